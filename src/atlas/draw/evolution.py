"""EVO, the scale evolution: what it was made of at each milestone, what broke, how it was solved, what it cost."""

from __future__ import annotations

from atlas.draw import figure
from atlas.draw.architecture import Architecture
from atlas.draw.content import Content
from atlas.draw.diagram import NOT_PUBLIC, Diagram
from atlas.draw.draft import finish, title
from atlas.draw.mermaid import Timeline
from atlas.draw.text import shorten
from atlas.model.record import Era

MOST_ERAS = 6
_EVENT = 92


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
    scale = figure.several((_short_claim(architecture, c) for c in era.scale), 3, ", ")
    said = [
        shorten(era.milestone, _EVENT),
        shorten(made, _EVENT) if made and made.lower() not in era.milestone.lower() else "",
        scale or "",
        f"broke: {shorten(era.broke, _EVENT)}" if era.broke else "",
        f"solved: {shorten(era.solved, _EVENT)}" if era.solved else "",
        f"cost: {shorten(era.cost, _EVENT)}" if era.cost else "",
    ]
    return [text for text in said if text]


def _short_claim(architecture: Architecture, ident: str) -> str | None:
    text = figure.claim(architecture.system, ident)
    return text.partition(" (")[0] if text else None


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
        scale = figure.several((figure.claim(architecture.system, c) for c in era.scale), 6, ", ")
        rows.append(f"{when(era)}: {figure.listed([*parts, scale], '; ')}")
    return rows or [f"The eras of {architecture.document.name} are {NOT_PUBLIC}"]
