"""What the tests of checks share: a base document, patches on it, and a fixed day."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from atlas.catalogue import LoadedFile, load_text, parse_yaml
from atlas.model import Vocabulary

ASSETS = Path(__file__).resolve().parent.parent / "assets" / "check"
TODAY = dt.date(2026, 11, 21)
Patch = dict[str, Any]
Build = Callable[[Patch], LoadedFile]


def read(path: Path) -> Any:
    """A YAML asset as the catalogue would read it."""
    source = parse_yaml(path.read_text(encoding="utf-8"), path.name)
    assert not source.findings, source.findings
    return source.data


def apply(document: Any, patch: Patch) -> Any:
    """A copy of a document with values set at dotted paths; ``None`` removes."""
    patched = copy.deepcopy(document)
    for path, value in patch.items():
        *parents, last = path.split(".")
        node = patched
        for part in parents:
            node = node[int(part)] if isinstance(node, list) else node.setdefault(part, {})
        if value is None:
            node.pop(last, None)
        else:
            node[last] = value
    return patched


@pytest.fixture(scope="session")
def base() -> Any:
    """The plain data of the base document."""
    return read(ASSETS / "base.yaml")


@pytest.fixture(scope="session")
def build(base: Any, vocabulary: Vocabulary) -> Build:
    """Load the base document with a patch on it."""

    def make(patch: Patch) -> LoadedFile:
        text = yaml.safe_dump(apply(base, patch), sort_keys=False, allow_unicode=True)
        name = str(patch.get("id", "CS-RELAY")).removeprefix("CS-").lower()
        return load_text(text, vocabulary, f"{name}.yaml")

    return make
