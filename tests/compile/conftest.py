"""What the tests of compile share: a system made of a few lines, compiled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from atlas.catalogue import parse_yaml
from atlas.catalogue.load import build
from atlas.compile import Case
from atlas.model import Vocabulary

TINY = Path(__file__).resolve().parent.parent / "assets" / "catalogue" / "systems" / "developer" / "tiny.yaml"
MakeCase = Callable[..., Case]


def _merge(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        deeper = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _merge(merged[key], value) if deeper else value
    return merged


@pytest.fixture
def make_case(vocabulary: Vocabulary) -> MakeCase:
    """A case of the tiny system with parts of its document replaced (maps are merged)."""

    def make(**changes: Any) -> Case:
        source = parse_yaml(TINY.read_text(encoding="utf-8"))
        data = _merge(source.data, changes)
        read = parse_yaml(yaml.safe_dump(data, sort_keys=False), "tiny.yaml")
        loaded = build(read, vocabulary, "tiny")
        assert loaded.system is not None, loaded.findings
        return Case(loaded.system, read.data)

    return make


def flow(*steps: dict[str, Any], rate: str = "100/s", **more: Any) -> dict[str, Any]:
    """A flow of the document: its rate and its steps."""
    return {"name": "Ask", "rate": rate, "steps": list(steps), **more}
