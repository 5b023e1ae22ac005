"""L1-EDGE, L1-SERVICE, L1-STREAM, L1-STATE: one plane with its neighbours, and what that plane has to answer for."""

from __future__ import annotations

from collections.abc import Mapping

from atlas.draw import figure, plane_notes
from atlas.draw.architecture import CLIENTS, Architecture, Way
from atlas.draw.content import Content
from atlas.draw.diagram import Diagram
from atlas.draw.draft import component_nodes, finish, title
from atlas.draw.layout import MOST_NODES, WIDEST, Room, fit, spacing
from atlas.draw.mermaid import Flowchart, Line, Shape, identifier
from atlas.draw.pele import natural_width
from atlas.draw.text import wrap


def plane_zoom(architecture: Architecture, plane: str) -> Diagram:
    """One plane: its parts with their settings, who calls them and whom they call, with rates."""
    code = f"L1-{plane.upper()}"
    chart = fit(lambda room: _chart(architecture, plane, code, room))
    if natural_width(chart.text()) > WIDEST:
        chart = fit(lambda room: _chart(architecture, plane, code, room, "TB"), start=0)
    content = Content()
    plane_notes.SAY[plane](architecture, content)
    nodes = component_nodes(architecture, chart)
    return finish(architecture, code, chart, content, _description(architecture, plane), nodes=nodes)


def parts(architecture: Architecture, plane: str) -> list[str]:
    """Components of a plane in the author's order."""
    return [i for i, c in architecture.components.items() if c.plane == plane]


def _chart(architecture: Architecture, plane: str, code: str, room: Room, direction: str = "LR") -> Flowchart:
    chart = Flowchart(title(architecture, code), direction=direction, settings=spacing(room))
    zone = chart.zone(plane, f"{plane.capitalize()} plane", (f"zone-{plane}",))
    own = parts(architecture, plane)
    if not own:
        chart.node("none", "No part is described here", "not public", classes=("gap",), zone=zone)
        return chart
    callers, callees = _neighbours(architecture, plane)
    for ident in callers:
        _neighbour(chart, architecture, ident, room)
    for ident in own:
        _part(chart, architecture, ident, zone, room)
    for ident in callees:
        _neighbour(chart, architecture, ident, room)
    _edges(chart, architecture, set(own), room)
    return chart


def _neighbours(architecture: Architecture, plane: str) -> tuple[list[str], list[str]]:
    """Who calls into the plane and whom it calls, as many as there is room for.

    First those without whom a part would stand alone, then the busiest. Ids that are no component are left to the
    check of references.
    """
    own = set(parts(architecture, plane))
    pairs = {(w.caller, w.callee): w.average for w in sorted(architecture.ways, key=_rate)}
    for link in architecture.document.links:
        pairs.setdefault((link.from_, link.to), 0.0)
    into, out = dict[str, float](), dict[str, float]()
    for (caller, callee), rate in pairs.items():
        if callee in own and caller not in own:
            into[caller] = max(rate, into.get(caller, 0.0))
        if caller in own and callee not in own:
            out[callee] = max(rate, out.get(callee, 0.0))
    needed = _only_company(pairs, own)
    room = max(2, MOST_NODES - len(own))
    known = {"", *architecture.components}
    callers = [i for i in sorted(into, key=lambda i: (i not in needed, -into[i])) if i in known]
    callers = callers[: max(1, room - min(len(out), room // 2))]
    callees = [i for i in sorted(out, key=lambda i: (i not in needed, -out[i])) if i in known and i not in callers]
    return callers, callees[: room - len(callers)]


def _only_company(pairs: Mapping[tuple[str, str], float], own: set[str]) -> set[str]:
    """For each part of a plane that talks to no other part of it, the neighbour it talks to most."""
    kept: set[str] = set()
    for part in own:
        company = {a if b == part else b: rate for (a, b), rate in pairs.items() if part in (a, b) and a != b}
        if company and not own & company.keys():
            kept.add(max(company, key=lambda ident: (company[ident], ident)))
    return kept


def _rate(way: Way) -> float:
    return way.average


def _neighbour(chart: Flowchart, architecture: Architecture, ident: str, room: Room) -> None:
    if not ident:
        chart.node(CLIENTS, "Clients", shape=Shape.ROUND)
        return
    component = architecture.components[ident]
    classes = (f"plane-{component.plane}", f"cmp-{ident}")
    lines = (architecture.heading(ident, room.name), f"{component.plane} plane")
    chart.node(ident, *lines, shape=architecture.shape(component), classes=classes)


def _part(chart: Flowchart, architecture: Architecture, ident: str, zone: str, room: Room) -> None:
    component = architecture.components[ident]
    facts = architecture.built_lines(ident, room.fact)
    if component.does:
        facts += wrap(component.does, room.prose, 14, 2)
    classes = (f"plane-{component.plane}", f"cmp-{ident}")
    heading = architecture.heading(ident, room.name)
    chart.node(ident, heading, *facts, shape=architecture.shape(component), classes=classes, zone=zone)


def _edges(chart: Flowchart, architecture: Architecture, own: set[str], room: Room) -> None:
    for way in architecture.ways:
        ends = (identifier(way.caller or CLIENTS), identifier(way.callee))
        if not own & {way.caller, way.callee} or ends[0] not in chart.nodes or ends[1] not in chart.nodes:
            continue
        line = Line.DASHED if way.is_async else Line.THICK if way.is_main else Line.NORMAL
        chart.edge(*ends, line, figure.rate(way.average) if way.average and room.has_words else "")
    for link in architecture.document.links:
        ends = (identifier(link.from_), identifier(link.to))
        if link.from_ != link.to and own & {link.from_, link.to} and ends[0] in chart.nodes and ends[1] in chart.nodes:
            chart.edge(*ends, Line.DASHED, link.kind if room.has_words else "")


def _description(architecture: Architecture, plane: str) -> list[str]:
    own = parts(architecture, plane)
    if not own:
        return [f"No part of the {plane} plane is described; what it consists of is not public"]
    described = [_described(architecture, ident) for ident in own]
    touching = [w for w in architecture.ways if w.caller in own or w.callee in own]
    calls = [f"{architecture.name(w.caller) or 'Clients'} to {architecture.name(w.callee)}" for w in touching]
    return [
        f"The {plane} plane of {architecture.document.name}",
        *described,
        f"Calls: {'; '.join(calls)}" if calls else "",
    ]


def _described(architecture: Architecture, ident: str) -> str:
    component = architecture.components[ident]
    return f"{component.name} ({architecture.built(ident)})" + (f": {component.does}" if component.does else "")
