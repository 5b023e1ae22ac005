"""OPS, production operations: how changes ship, what is watched, who answers, how it is tested and tuned."""

from __future__ import annotations

from atlas.draw import figure
from atlas.draw.architecture import Architecture
from atlas.draw.content import Content
from atlas.draw.diagram import NOT_PUBLIC, Diagram
from atlas.draw.draft import finish, title
from atlas.draw.layout import Room, fit, spacing
from atlas.draw.mermaid import Flowchart, Line
from atlas.draw.plane_notes import texts
from atlas.draw.text import is_nothing, wrap
from atlas.model.record import Operations

_STATIONS = {
    "pipeline": "Ship",
    "monitoring": "Watch",
    "on-call": "Respond",
    "chaos": "Test",
    "performance": "Tune",
}
_MOST_ROWS, _LINES = 4, 5


def operations(architecture: Architecture) -> Diagram:
    """Five stations of a loop, each with what is known of it."""
    said = stations(architecture)
    chart = fit(lambda room: _chart(architecture, said, room), start=4)
    content = Content()
    for item in _STATIONS:
        content.drawn_gap(item, bool(said[item]))
    mttr = figure.at(architecture.system, "operations.mttr")
    content.add("Mean time to restore", mttr or NOT_PUBLIC)
    known = architecture.document.operations
    if known:
        content.add("Runbooks", known.runbooks.text if known.runbooks else None)
        content.add("Post-mortems", known.post_mortems.text if known.post_mortems else None)
    more = [f"{_STATIONS[k].lower()}: {t}" for k, rows in said.items() for t in rows[_MOST_ROWS:]]
    content.add("Also", figure.several(more, 4))
    return finish(architecture, "OPS", chart, content, _description(said))


def stations(architecture: Architecture) -> dict[str, list[str]]:
    """What is known at each station."""
    known = architecture.document.operations
    if known is None:
        return {item: [] for item in _STATIONS}
    dives = texts(architecture.document.deep_dives.get("performance", ()))
    rows = {
        "pipeline": texts(known.pipeline),
        "monitoring": _monitoring(known),
        "on-call": texts(known.on_call),
        "chaos": texts(known.chaos),
        "performance": texts(known.performance) or dives,
    }
    return {item: [text for text in said if not is_nothing(text)] for item, said in rows.items()}


def _monitoring(known: Operations) -> list[str]:
    """``application: Prometheus; age of the last place``, without tools or metrics that nobody named."""
    rows = []
    for watched in known.monitoring:
        parts = (", ".join(words) for words in (watched.tools, watched.metrics))
        said = figure.listed((part for part in parts if not is_nothing(part)), "; ")
        rows.append(f"{watched.layer}: {said}" if said else "")
    return rows


def _chart(architecture: Architecture, said: dict[str, list[str]], room: Room) -> Flowchart:
    chart = Flowchart(title(architecture, "OPS"), settings=spacing(room, 14))
    before = ""
    for item, name in _STATIONS.items():
        zone = chart.zone(item, name)
        rows = said[item][:_MOST_ROWS] or [NOT_PUBLIC]
        nodes = []
        for number, row in enumerate(rows):
            lines = wrap(row, room.prose, 14, _LINES)
            nodes.append(chart.node(f"{item} {number}", "", *lines, classes=() if said[item] else ("gap",), zone=zone))
        if before:
            chart.edge(before, zone, Line.NORMAL)
        before = zone
    return chart


def _description(said: dict[str, list[str]]) -> list[str]:
    return [f"{name}: {'; '.join(said[item]) or NOT_PUBLIC}" for item, name in _STATIONS.items()]
