"""NOVEL, novel solutions: problems that exist only at this scale, what was invented, given away, patented, taken up."""

from __future__ import annotations

from atlas.draw import figure
from atlas.draw.architecture import Architecture
from atlas.draw.content import Content
from atlas.draw.diagram import NOT_PUBLIC, Diagram
from atlas.draw.draft import finish, title
from atlas.draw.layout import Room, fit
from atlas.draw.mermaid import Branch, Mindmap
from atlas.draw.text import is_nothing, two_lines, wrap
from atlas.model.architecture import Innovation

MOST = 5
_LEAVES = (("problem", "problem"), ("open source", "open_source"), ("influence", "influence"))


def novel(architecture: Architecture) -> Diagram:
    """A mind map: a branch for each invention, with its problem, what was given away and who took it up."""
    known = architecture.document.innovations
    chart = fit(lambda room: _chart(architecture, room))
    content = Content()
    content.drawn_gap("inventions", bool(known))
    if known:
        content.drawn("problems", any(_said(i.problem) for i in known), "Problems of scale")
    else:
        content.drawn_gap("problems", is_there=False)
    content.say("open-source", "Open source", figure.several((_said(i.open_source) for i in known), 5))
    content.say("patents", "Patents", figure.several((_said(i.patent) for i in known), 5))
    content.say("influence", "Influence", figure.several((_said(i.influence) for i in known), 5))
    return finish(architecture, "NOVEL", chart, content, _description(architecture))


def _chart(architecture: Architecture, room: Room) -> Mindmap:
    chart = Mindmap(title(architecture, "NOVEL"), two_lines(architecture.document.name, 10))
    chart.branches = [_branch(innovation, room) for innovation in architecture.document.innovations[:MOST]]
    if not chart.branches:
        chart.branches = [Branch(("Inventions", NOT_PUBLIC)), Branch(("Problems of scale", NOT_PUBLIC))]
    return chart


def _said(text: str | None) -> str | None:
    """``text`` unless it only says that there is nothing."""
    return None if text is None or is_nothing(text) else text


def _branch(innovation: Innovation, room: Room) -> Branch:
    year = f" ({innovation.year})" if innovation.year else ""
    name = "\n".join(wrap(innovation.text + year, room.prose, 16, 5, bold=True))
    leaves = [
        Branch(("", *wrap(f"{word}: {text}", room.prose, 14, 3)))
        for word, field in _LEAVES
        if (text := _said(getattr(innovation, field)))
    ]
    return Branch((name,), leaves)


def _description(architecture: Architecture) -> list[str]:
    rows = []
    for innovation in architecture.document.innovations:
        parts = [f"{word}: {getattr(innovation, field)}" for word, field in _LEAVES if getattr(innovation, field)]
        rows.append(f"{innovation.text} ({figure.listed(parts, '; ') or NOT_PUBLIC})")
    return rows or [f"The inventions of {architecture.document.name} are {NOT_PUBLIC}"]
