"""EVO, the scale evolution: what it was made of at each milestone, what broke, how it was solved, what it cost."""

from __future__ import annotations

from atlas.draw import figure
from atlas.draw.architecture import Architecture
from atlas.draw.content import Content
from atlas.draw.diagram import NOT_PUBLIC, Diagram
from atlas.draw.draft import finish, title
from atlas.draw.mermaid import Timeline
from atlas.draw.text import shorten, wrap
from atlas.draw.theme import SMALL
from atlas.model.record import Era

MOST_ERAS = 6
_EVENT = 92
_ROOM = 144.0
"""Width in px of an event's words; broken here, because the renderer would part a number from its unit."""


def evolution(architecture: Architecture) -> Diagram:
    """A period for each era of the timeline; the last ones when there are many."""
    eras = architecture.eras()
    drawn = eras if len(eras) <= MOST_ERAS else (eras[0], *eras[1 - MOST_ERAS :])
    chart = Timeline(title(architecture, "EVO"))
    for era in drawn:
        chart.period(when(era), _events(architecture, era))
    if not eras:
        chart.period("Eras", [NOT_PUBLIC])
    return finish(architecture, "EVO", chart, _content(architecture), _description(architecture))


def when(era: Era) -> str:
    """``2017 to 2022-05``, ``since 2022-05``, ``2024``."""
    if era.to == era.from_:
        return era.from_
    return f"{era.from_} to {era.to}" if era.to else f"since {era.from_}"


def _events(architecture: Architecture, era: Era) -> list[str]:
    made = ", ".join(architecture.name(part) for part in era.components)
    scale = figure.several(_scale(architecture, era), 2)
    said = [
        shorten(era.milestone, _EVENT),
        shorten(made, _EVENT) if made and made.lower() not in era.milestone.lower() else "",
        shorten(scale, 2 * _EVENT) if scale else "",
        f"broke: {shorten(era.broke, _EVENT)}" if era.broke else "",
        f"solved: {shorten(era.solved, _EVENT)}" if era.solved else "",
        f"cost: {shorten(era.cost, _EVENT)}" if era.cost else "",
    ]
    return ["\n".join(wrap(text, _ROOM, SMALL)) for text in said if text]


def _scale(architecture: Architecture, era: Era) -> list[str | None]:
    """The newest figure of each fact of an era, with what it is of: three years of one rate are one line."""
    newest: dict[tuple[str, ...], str] = {}
    for ident in era.scale:
        view = architecture.system.claims.get(ident)
        if view is None:
            continue
        fact = (view.claim.metric, view.claim.of, view.claim.stat, view.claim.scope or "")
        if fact not in newest or view.as_of > architecture.system.claims[newest[fact]].as_of:
            newest[fact] = ident
    return [architecture.claim(ident) for ident in newest.values()]


def _content(architecture: Architecture) -> Content:
    content, eras = Content(), architecture.eras()
    content.drawn_gap("snapshots", bool(eras))
    content.drawn("broke", any(e.broke for e in eras), "What broke")
    content.drawn("solved", any(e.solved for e in eras), "How solved")
    costs = [f"{when(e)} {e.cost}" for e in eras if e.cost]
    content.say("costs", "Cost as it grew", figure.several(costs))
    moves = [f"{m.from_} to {m.to}" for m in architecture.document.migrations]
    decided = [f"{d.decision}: {d.choice}" for d in architecture.document.decisions]
    content.say("technology", "Technology moved", figure.several([*moves, *decided], 6))
    return content


def _description(architecture: Architecture) -> list[str]:
    rows = []
    for era in architecture.eras():
        parts = [era.milestone, era.broke and f"broke: {era.broke}", era.solved and f"solved: {era.solved}"]
        scale = figure.several(_scale(architecture, era), 6, ", ")
        rows.append(f"{when(era)}: {figure.listed([*parts, scale], '; ')}")
    return rows or [f"The eras of {architecture.document.name} are {NOT_PUBLIC}"]
