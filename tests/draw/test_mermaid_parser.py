"""All Mermaid text of the catalogue parses in Mermaid's own parser."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from atlas.draw import Diagram

pytestmark = pytest.mark.node


def refused(node_modules: Path, root: Path, texts: list[dict[str, str]]) -> list[dict[str, str]]:
    """What Mermaid's parser refuses, with its message."""
    script = root / "tests" / "draw" / "parse.mjs"
    done = subprocess.run(
        ["node", str(script), str(node_modules)],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        timeout=240,
        check=True,
    )
    answer: list[dict[str, str]] = json.loads(done.stdout)
    return answer


def test_every_diagram_parses(node_modules: Path, root: Path, drawn: tuple[Diagram, ...]) -> None:
    """The text a reader copies, and the text that is laid out, for every system and every code."""
    texts = [{"name": d.id, "text": d.mermaid} for d in drawn] + [
        {"name": f"{d.id} picture", "text": d.wide.mermaid} for d in drawn
    ]
    texts += [{"name": f"{d.id} tall", "text": d.tall.mermaid} for d in drawn if d.tall]
    assert len(texts) > 60
    assert refused(node_modules, root, texts) == []


def test_hostile_text_parses(node_modules: Path, root: Path, hostile: dict[str, str]) -> None:
    """No text of a document can break the text a reader copies."""
    texts = [{"name": name, "text": text} for name, text in hostile.items()]
    assert refused(node_modules, root, texts) == []


def test_the_parser_refuses_what_is_wrong(node_modules: Path, root: Path) -> None:
    """The check can fail: a broken text is named."""
    assert [r["name"] for r in refused(node_modules, root, [{"name": "broken", "text": "flowchart LR\n  a -->"}])] == [
        "broken"
    ]
