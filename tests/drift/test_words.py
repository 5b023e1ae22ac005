"""Generated files and words are in step with the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import atlas.model
from atlas.model import Document, Vocabulary
from atlas.model.schema import schema_text

SHAPES = {"Model", "Status", "Number", "Dist", "Said", "Span", "Comparison", "Value", "Distribution", "ClaimView"}
"""Types that are forms of writing or of computing, not ideas of the field."""

COMPOSED = {
    "Edge": "plane",
    "FlowRate": "flow",
    "Load": "flow",
    "Traffic": "flow",
    "Call": "flow",
    "Document": "document",
}
"""Types that are parts of an idea of the glossary."""


def test_the_committed_schema_is_what_the_model_gives(root: Path, vocabulary: Vocabulary) -> None:
    """``atlas schema`` would change nothing."""
    committed = (root / "schemas" / "system.schema.json").read_text(encoding="utf-8")
    assert committed == schema_text(vocabulary), "run: atlas schema"


def _glossary(root: Path) -> set[str]:
    text = (root / "docs" / "glossary.md").read_text(encoding="utf-8")
    return set(re.findall(r"^\| ([a-z ]+) \|", text, re.M))


@pytest.mark.parametrize(
    "name", sorted(n for n in {*atlas.model.__all__} - SHAPES if isinstance(getattr(atlas.model, n), type))
)
def test_public_nouns_stand_in_the_glossary(root: Path, name: str) -> None:
    """One noun per idea: a public type is in the glossary, or a part of what is."""
    word = COMPOSED.get(name, name.lower())
    assert word in _glossary(root)


def test_every_key_has_a_meaning() -> None:
    """Editors show what a key means: no key of the head is undocumented."""
    undocumented = [name for name, info in Document.model_fields.items() if not info.description]
    assert undocumented == []


def test_the_readme_names_every_published_system(root: Path) -> None:
    """A system of the catalogue is linked from the README."""
    readme = (root / "README.md").read_text(encoding="utf-8")
    missing = [p.stem for p in (root / "catalogue" / "systems").glob("*/*.yaml") if p.name not in readme]
    assert missing == []


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/curators.md"])
def test_links_in_documents_lead_somewhere(root: Path, name: str) -> None:
    """Every relative link and picture of a document exists."""
    page = root / name
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []
