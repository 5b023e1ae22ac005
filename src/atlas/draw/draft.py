"""From a chart and its content to a finished diagram: ids, titles, the description, variants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from atlas.draw.architecture import Architecture
from atlas.draw.content import Content
from atlas.draw.diagram import Diagram, Note, Picture
from atlas.draw.layout import Chart
from atlas.draw.mermaid import Flowchart, identifier
from atlas.draw.registry import kind_of
from atlas.draw.text import plain


def title(architecture: Architecture, code: str, name: str = "") -> str:
    """``Discord: global flow``."""
    words = name or kind_of(code).name
    return f"{architecture.document.name}: {words[:1].lower()}{words[1:]}"


def sentences(parts: Sequence[str | None]) -> str:
    """Sentences joined, each with one full stop."""
    said = [plain(part).rstrip(" .") for part in parts if part and plain(part)]
    return ". ".join(said) + "." if said else ""


def finish(
    architecture: Architecture,
    code: str,
    chart: Chart,
    content: Content,
    description: Sequence[str | None],
    tall: tuple[Chart, Content] | None = None,
    nodes: Mapping[str, str] | None = None,
    classes: Mapping[str, tuple[str, ...]] | None = None,
) -> Diagram:
    """The diagram: the description ends with the notes, so that nothing of the drawing is missing from it.

    ``tall`` is the drawing for phones with what is said under it.
    """
    whole = sentences([*description, *(f"{note.name}: {note.text}" for note in content.notes)])
    kind = kind_of(code)
    # What is laid out has no description yet: the text is the one that fitting drew, so it is not drawn again.
    wide = Picture(chart.text(), tuple(content.notes))
    narrow = Picture(tall[0].text(), tuple(tall[1].notes)) if tall else None
    chart.description = whole
    notes = tuple(content.notes)
    ident = f"{architecture.system.id.lower()}-{code.lower()}"
    words = chart.title.removeprefix(f"{architecture.document.name}: ")
    name = kind.name if kind.code == code else f"{kind.name}: {words}"
    return Diagram(
        code=code,
        id=ident,
        name=name,
        title=chart.title,
        description=whole,
        mermaid=chart.text(_pairs(notes)),
        wide=wide,
        tall=narrow,
        nodes=MappingProxyType(dict(nodes or {})),
        classes=MappingProxyType(dict(classes or {})),
        shows=MappingProxyType(dict(content.shows)),
    )


def _pairs(notes: tuple[Note, ...]) -> list[tuple[str, str]]:
    return [(note.name, note.text) for note in notes]


def life_lines(architecture: Architecture, components: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Classes of the life lines of a sequence, which Mermaid has no way to give."""
    return {identifier(i): (f"plane-{architecture.components[i].plane}", f"cmp-{i}") for i in components}


def component_nodes(architecture: Architecture, chart: Flowchart) -> dict[str, str]:
    """Which nodes of a flowchart stand for which component."""
    named = {identifier(ident): ident for ident in architecture.components}
    return {node: named[node] for node in chart.nodes if node in named}
