"""MIGRATION: the way from the previous architecture to this one, step by step, and how it was checked."""

from __future__ import annotations

from atlas.draw import figure
from atlas.draw.architecture import Architecture
from atlas.draw.content import Content
from atlas.draw.diagram import NOT_PUBLIC, Diagram
from atlas.draw.draft import finish, title
from atlas.draw.layout import Room, fit, spacing
from atlas.draw.mermaid import Flowchart
from atlas.draw.plane_notes import texts
from atlas.draw.text import wrap
from atlas.model.number import Said
from atlas.model.record import Migration

_MOST, _LINES = 4, 6


def migration(architecture: Architecture) -> Diagram | None:
    """A column for each migration; ``None`` where none is described."""
    known = architecture.document.migrations
    if not known:
        return None
    chart = fit(lambda room: _chart(architecture, room), start=0)
    content = Content()
    content.drawn_gap("evolution", is_there=True)
    content.add("Checked by", figure.several(text for m in known for text in _checks(m)))
    later = [f"{m.from_} to {m.to}" for m in known[_MOST:]]
    content.add("Also", figure.several(later))
    rows = [f"From {m.from_} to {m.to}: {'; '.join(texts(m.steps)) or f'steps {NOT_PUBLIC}'}" for m in known]
    return finish(architecture, "MIGRATION", chart, content, rows)


def _checks(moved: Migration) -> list[str]:
    if moved.checks is None:
        return []
    return texts((moved.checks,) if isinstance(moved.checks, Said) else moved.checks)


def _chart(architecture: Architecture, room: Room) -> Flowchart:
    chart = Flowchart(title(architecture, "MIGRATION"), direction="TB", settings=spacing(room))
    for number, moved in enumerate(architecture.document.migrations[:_MOST]):
        old, new = ("\n".join(wrap(name, room.prose, 16, 3, bold=True)) for name in (moved.from_, moved.to))
        before = chart.node(f"{number} from", old, "before", classes=("retired",))
        steps = texts(moved.steps) or [f"steps {NOT_PUBLIC}"]
        for place, text in enumerate(steps, 1):
            words = f"{place}. {text}" if moved.steps else text
            node = chart.node(f"{number} step {place}", "", *wrap(words, room.prose * 1.4, 14, _LINES))
            chart.edge(before, node)
            before = node
        chart.edge(before, chart.node(f"{number} to", new, "after", classes=("main",)))
    return chart
