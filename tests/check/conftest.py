"""What the tests of checks share: a base document, patches on it, and a fixed day."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from atlas.catalogue import LoadedFile, load_text, read_yaml
from atlas.model import Vocabulary

Patch = dict[str, Any]
BASE = Path(__file__).resolve().parent.parent / "assets" / "check" / "base.yaml"


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
    return read_yaml(BASE, BASE.name).data


@pytest.fixture(scope="session")
def build(base: Any, vocabulary: Vocabulary) -> Callable[[Patch], LoadedFile]:
    """Load the base document with a patch on it."""

    def make(patch: Patch) -> LoadedFile:
        text = yaml.safe_dump(apply(base, patch), sort_keys=False, allow_unicode=True)
        name = str(patch.get("id", "CS-RELAY")).removeprefix("CS-").lower()
        return load_text(text, vocabulary, f"{name}.yaml")

    return make
