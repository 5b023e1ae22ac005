"""CO, consistency boundaries: what is linearizable, what is bounded, what is eventual, and how data crosses over."""

from __future__ import annotations

from dataclasses import dataclass

from atlas.draw import figure
from atlas.draw.architecture import Architecture
from atlas.draw.content import Content
from atlas.draw.diagram import NOT_PUBLIC, Diagram
from atlas.draw.draft import finish, title
from atlas.draw.layout import Room, fit, spacing
from atlas.draw.mermaid import Flowchart, Line, Shape
from atlas.draw.plane_notes import lag_at, replication
from atlas.draw.text import two_lines, wrap
from atlas.model.architecture import GuaranteeUse
from atlas.quantity import Quantity

_BOUNDARIES = {
    "linearizable": "Linearizable: one order for all",
    "bounded": "Bounded: behind, but by a known limit",
    "eventual": "Eventual: agrees after a while",
}
_DELIVERY = "Order and delivery"
_MOST_ROWS = 4


@dataclass(frozen=True, slots=True)
class _Promise:
    """What is promised (``name``), of what (a component, or words), and what says so."""

    strength: str
    name: str
    of: str
    ident: str
    facts: tuple[str, ...]


def consistency(architecture: Architecture) -> Diagram:
    """Three boundaries by strength, the promises inside each, and the paths between stores of different strength."""
    promises = _promises(architecture)
    places: dict[str, str] = {}
    chart = fit(lambda room: _chart(architecture, promises, places, room), start=0)
    content = Content()
    strengths = [p for p in promises if p.strength in _BOUNDARIES]
    content.drawn_gap("strengths", bool(strengths))
    delivery = [f"{p.name} of {p.of}" for p in promises if p.strength not in _BOUNDARIES]
    content.add(_DELIVERY, figure.several(delivery, 6))
    content.add("Would show it broken", figure.several((u.test for u in architecture.document.guarantees), 3))
    content.add("Replication lag", figure.several(_lags(architecture)))
    nodes = {node: ident for ident, node in places.items() if ident in architecture.components}
    return finish(architecture, "CO", chart, content, _description(promises), nodes=nodes)


def _promises(architecture: Architecture) -> list[_Promise]:
    """Promises of the document, then those of stores that the document's list leaves out."""
    found = [p for use in architecture.document.guarantees for p in _of_use(architecture, use)]
    named = {p.ident for p in found if p.strength in _BOUNDARIES}
    for ident, component in architecture.components.items():
        if component.consistency and ident not in named:
            facts = tuple(f for f in (replication(architecture, ident),) if f)
            name = architecture.guarantee_name(component.consistency)
            found.append(_Promise(_strength(architecture, component.consistency), name, component.name, ident, facts))
    return found


def _of_use(architecture: Architecture, use: GuaranteeUse) -> list[_Promise]:
    bound = figure.brief(use.bound) if isinstance(use.bound, Quantity) else use.bound
    scope = figure.listed([bound, use.scope and f"per {use.scope}" if _is_word(use.scope) else use.scope])
    facts = (scope,) if scope else ()
    strength, name = _strength(architecture, use.id), architecture.guarantee_name(use.id)
    places = use.on or (architecture.document.name,)
    return [_Promise(strength, name, architecture.name(p), p.partition(".")[0], facts) for p in places]


def _is_word(scope: str | None) -> bool:
    return bool(scope) and " " not in str(scope)


def _strength(architecture: Architecture, ident: str) -> str:
    vocabulary = architecture.system.vocabulary
    canonical = vocabulary.canonical("guarantees", ident)
    if canonical is None:
        return "none"
    entry = vocabulary.guarantees[canonical]
    return "bounded" if entry.strength == "none" and entry.category == "session" else entry.strength


def _chart(architecture: Architecture, promises: list[_Promise], places: dict[str, str], room: Room) -> Flowchart:
    chart = Flowchart(title(architecture, "CO"), settings=spacing(room))
    places.clear()
    for strength, name in _BOUNDARIES.items():
        zone = chart.zone(strength, name)
        inside = [p for p in promises if p.strength == strength]
        for number, promise in enumerate(inside[:_MOST_ROWS]):
            _node(chart, architecture, promise, f"{strength} {number}", zone, places, room)
        if not inside:
            chart.node(f"{strength} none", "None is published", NOT_PUBLIC, classes=("gap",), zone=zone)
    first = {zone: next(n.id for n in chart.nodes.values() if n.zone == zone) for zone in chart.zones}
    for before, after in zip(chart.zones, list(chart.zones)[1:], strict=False):
        for node in [n for n in chart.nodes.values() if n.zone == after]:
            chart.edge(first[before], node.id, Line.HIDDEN)
    _edges(chart, architecture, places)
    return chart


def _node(
    chart: Flowchart,
    architecture: Architecture,
    promise: _Promise,
    key: str,
    zone: str,
    places: dict[str, str],
    room: Room,
) -> None:
    component = architecture.components.get(promise.ident)
    classes = (f"plane-{component.plane}", f"cmp-{promise.ident}") if component else ()
    shape = architecture.shape(component) if component else Shape.BOX
    facts = [row for fact in (promise.name, *promise.facts) for row in wrap(fact, max(room.prose, 180), 14, 2)]
    node = chart.node(key, two_lines(promise.of, 24), *facts[:3], shape=shape, classes=classes, zone=zone)
    places.setdefault(promise.ident, node)


def _edges(chart: Flowchart, architecture: Architecture, places: dict[str, str]) -> None:
    """Calls and links that cross a boundary: inside one the promise holds, between two it is the weaker one."""
    drawn = set()
    for way in architecture.ways:
        ends = (places.get(way.caller), places.get(way.callee))
        if ends[0] and ends[1] and _crosses(chart, ends[0], ends[1]) and ends not in drawn:
            drawn.add(ends)
            line = Line.DASHED if way.is_async else Line.NORMAL
            chart.edge(ends[0], ends[1], line)
    for link in architecture.document.links:
        ends = (places.get(link.from_), places.get(link.to))
        if ends[0] and ends[1] and _crosses(chart, ends[0], ends[1]) and ends not in drawn:
            drawn.add(ends)
            chart.edge(ends[0], ends[1], Line.DASHED)


def _crosses(chart: Flowchart, one: str, other: str) -> bool:
    return chart.nodes[one].zone != chart.nodes[other].zone


def _lags(architecture: Architecture) -> list[str]:
    said = []
    for ident, component in architecture.components.items():
        if component.replication:
            lag = lag_at(architecture, f"components.{ident}.replication.lag") or NOT_PUBLIC
            said.append(f"{component.name} {lag}")
    return said


def _description(promises: list[_Promise]) -> list[str]:
    rows = []
    for strength, name in _BOUNDARIES.items():
        inside = [f"{p.of} ({figure.listed([p.name, *p.facts])})" for p in promises if p.strength == strength]
        rows.append(f"{name}: {'; '.join(inside) if inside else NOT_PUBLIC}")
    return rows
