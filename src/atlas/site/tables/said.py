"""Statements, sources and lists as parts of cells."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from atlas.model import Said, System
from atlas.site.names import technology
from atlas.site.parts import Link, Part, Words, joined, parts_of


class Sourced(Protocol):
    """Whatever a document says with a source and a basis."""

    @property
    def source(self) -> str | None:
        """The id of the source that states it."""

    @property
    def basis(self) -> str:
        """``stated`` or ``inferred``."""


def source_link(system: System, source_id: str | None) -> Part | None:
    """A short link to a source's row: its year where known, else its id; ``None`` without a source."""
    if source_id is None or source_id not in system.document.sources:
        return None
    source = system.document.sources[source_id]
    year = source.published[:4] if source.published != "unknown" else "undated"
    kind = "docs" if source.type == "doc" else source.type
    return Link(f"{kind} {year}", f"systems/{system.slug}/#source-{source_id}")


def basis(system: System, said: Sourced) -> tuple[Part, ...]:
    """Where a statement comes from: a link to its source, or the word *inferred*."""
    link = source_link(system, said.source)
    if said.basis == "inferred":
        return joined((Words("inferred", "tag"), link), " ") if link else parts_of(Words("inferred", "tag"))
    return parts_of(link)


def sentences(system: System, statements: Iterable[Said]) -> list[tuple[str, tuple[Part, ...]]]:
    """Each statement with its basis, for lists."""
    return [(s.text, basis(system, s)) for s in statements]


def listed(names: Iterable[str]) -> str:
    """Plain names with commas."""
    return ", ".join(names)


def component_names(system: System, ids: Iterable[str]) -> str:
    """Names of components, flows and technologies; anything else as written."""
    document = system.document
    found = []
    for one in ids:
        head, _, operation = one.partition(".")
        if head in document.components:
            found.append(document.components[head].name + (f", {operation}" if operation else ""))
        elif head in document.flows:
            found.append(document.flows[head].name)
        else:
            found.append(technology(system.vocabulary, one))
    return listed(found)
