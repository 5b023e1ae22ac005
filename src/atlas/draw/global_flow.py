"""L0, the global flow: planes, parts with their technology, the critical path, guarantees on edges."""

from __future__ import annotations

from atlas.draw import figure
from atlas.draw.architecture import CLIENTS, Architecture, Way
from atlas.draw.call_settings import timeouts
from atlas.draw.content import Content
from atlas.draw.diagram import Diagram
from atlas.draw.draft import component_nodes, finish, title
from atlas.draw.layout import MOST_NODES_TALL, WIDEST_BESIDE, WIDEST_OVERVIEW, WIDEST_TALL, Room, fit, spacing
from atlas.draw.mechanism import mechanisms
from atlas.draw.mermaid import Flowchart, Line, Shape, identifier
from atlas.draw.pele import natural_width
from atlas.draw.text import stacked
from atlas.draw.theme import PLANES

_MOST_FIGURES = 4


def global_flow(architecture: Architecture) -> Diagram:
    """The overview of the whole system; for phones a second drawing that runs downwards.

    A system with many ranks runs downwards in both; its notes then stand beside it. Words stay on the edges in every
    room: the guarantees are what an overview is for.
    """
    phone = Architecture(architecture.system, MOST_NODES_TALL)
    tall = fit(lambda room: _chart(phone, room, "TB"), WIDEST_TALL, 4)
    wide = fit(lambda room: _chart(architecture, room, "LR"), WIDEST_OVERVIEW, 3)
    if natural_width(wide.text()) > WIDEST_OVERVIEW:
        wide = fit(lambda room: _chart(architecture, room, "TB"), WIDEST_BESIDE)
    return finish(
        architecture,
        "L0",
        wide,
        _content(architecture),
        _description(architecture),
        (tall, _content(phone)),
        component_nodes(architecture, wide),
    )


def _chart(architecture: Architecture, room: Room, direction: str) -> Flowchart:
    chart = Flowchart(title(architecture, "L0"), direction=direction, settings=spacing(room))
    words = architecture.system.vocabulary.planes
    for plane in PLANES:
        name = words[plane].name if plane in words else plane.capitalize()
        chart.zone(plane, f"{name} plane", (f"zone-{plane}",))
    if any(not way.caller for way in architecture.overview_ways):
        chart.node(CLIENTS, "Clients", shape=Shape.ROUND)
    for plane in PLANES:
        _plane(chart, architecture, plane, room)
    _edges(chart, architecture)
    return chart


def _plane(chart: Flowchart, architecture: Architecture, plane: str, room: Room) -> None:
    zone = identifier(plane, "z")
    for ident in architecture.shown:
        component = architecture.components[ident]
        if component.plane == plane:
            lines = (architecture.heading(ident, room.name), *architecture.built_lines(ident, room.fact))
            shape = architecture.shape(component)
            chart.node(ident, *lines, shape=shape, classes=(f"plane-{plane}", f"cmp-{ident}"), zone=zone)


def _place(ident: str) -> str:
    return identifier(ident or CLIENTS)


def _edges(chart: Flowchart, architecture: Architecture) -> None:
    drawn: dict[tuple[str, str], None] = {}
    touched: set[str] = set()
    for way in _by_weight(architecture):
        ends = (_place(way.caller), _place(way.callee))
        is_needed = way.is_in_main or not {*ends} <= touched or _is_entry(architecture, way)
        if ends in drawn or ends[0] == ends[1] or not is_needed:
            continue
        drawn[ends] = None
        touched |= {*ends}
        chart.edge(*ends, _line(way), stacked(way.guarantee))
    for link in architecture.document.links:
        ends = (_place(link.from_), _place(link.to))
        if not {*ends} <= chart.nodes.keys():
            continue
        if ends not in drawn and ends[0] != ends[1] and not {*ends} <= touched:
            drawn[ends] = None
            touched |= {*ends}
            chart.edge(*ends, Line.DASHED, stacked(architecture.guarantee(link.guarantee)))


def _is_entry(architecture: Architecture, way: Way) -> bool:
    """Whether clients come in this way: a gateway that only gets pushed to would seem to have no callers."""
    return not way.is_async and architecture.components[way.callee].plane == "edge"


def _by_weight(architecture: Architecture) -> list[Way]:
    """Calls of the main flow as they come, then the others, busiest first: an overview shows what carries the load."""
    others = sorted((w for w in architecture.overview_ways if not w.is_in_main), key=lambda w: -w.average)
    return [*(w for w in architecture.overview_ways if w.is_in_main), *others]


def _line(way: Way) -> Line:
    if way.is_main:
        return Line.THICK
    return Line.DASHED if way.is_async else Line.NORMAL


def _content(architecture: Architecture) -> Content:
    content = Content()
    content.drawn("planes", bool(architecture.components), "Planes")
    built = any(architecture.technology(c) for c in architecture.components.values())
    content.drawn("technologies", built, "Technologies")
    content.say("numbers", "Figures", _figures(architecture))
    flow = architecture.main[1] if architecture.main else None
    content.say("critical-path", "Thick line", f"what one request waits for: {flow.name}" if flow else None)
    content.say("guarantees", "Guarantees", _guarantees(architecture))
    content.say("mechanisms", "Mechanisms", figure.several(mechanisms(architecture), 9, ", "))
    content.say("timeouts", "Timeouts, retries", figure.several(timeouts(architecture)))
    content.say("machines", "Machines", _machines(architecture))
    content.say("costs", "Cost by component", costs(architecture))
    rest = [f"{architecture.name(i)} ({architecture.built(i)})" for i in architecture.folded]
    content.add("Not drawn", figure.several(rest, 16, ", "))
    return content


def _figures(architecture: Architecture) -> str | None:
    """The figures of the overview: those that meet the scale bar, then those the document shows."""
    scale = architecture.document.scale
    idents = dict.fromkeys([*(scale.show if scale else ()), *(scale.bar.values() if scale else ())])
    return figure.listed([text for i in idents if (text := architecture.claim(i))][:_MOST_FIGURES], "; ")


def _guarantees(architecture: Architecture) -> str | None:
    """Guarantees of the edges drawn, then those of the document."""
    edges = [f"{architecture.name(w.callee)} {w.guarantee.lower()}" for w in architecture.overview_ways if w.guarantee]
    uses = [architecture.guarantee_use(use) for use in architecture.document.guarantees]
    return figure.several([*edges, *uses], 6)


def _machines(architecture: Architecture) -> str | None:
    typed = [f"{c.name} {c.instance_type}" for c in architecture.components.values() if c.instance_type]
    return figure.several(typed)


def costs(architecture: Architecture) -> str | None:
    """What each component costs, marked by origin; ``None`` where nothing is said."""
    by = architecture.document.costs.by if architecture.document.costs else {}
    paths = ((architecture.name(ident), figure.at(architecture.system, f"costs.by.{ident}")) for ident in by)
    return figure.several(f"{name} {amount}" for name, amount in paths if amount)


def _description(architecture: Architecture) -> list[str]:
    names = [f"{c.name} ({architecture.built(i)}, {c.plane} plane)" for i, c in architecture.components.items()]
    ways = [
        f"{architecture.name(w.caller) or 'Clients'} to {architecture.name(w.callee)}"
        for w in architecture.overview_ways
    ]
    return [
        architecture.document.summary,
        f"Parts: {'; '.join(names)}" if names else "No parts are described",
        f"Calls: {'; '.join(ways)}" if ways else "No calls are described",
    ]
