"""FM, the failure map: five failures, how each is noticed, limited and overcome, and what it takes with it."""

from __future__ import annotations

from atlas.draw import figure
from atlas.draw.architecture import Architecture
from atlas.draw.call_settings import breakers
from atlas.draw.content import Content
from atlas.draw.diagram import NOT_PUBLIC, Diagram
from atlas.draw.draft import finish, title
from atlas.draw.hot_path import hot_path, path_to
from atlas.draw.layout import Room, fit, spacing
from atlas.draw.mermaid import Flowchart, Line
from atlas.draw.text import wrap
from atlas.model.failure import Failure

_PHASES = ("detection", "mitigation", "recovery")
_LINES = 4


def failure_map(architecture: Architecture) -> Diagram:
    """A row for each failure, a column for each phase. Phases have no colour: colours belong to planes."""
    failures = architecture.document.failures
    chart = fit(lambda room: _chart(architecture, room), start=3)
    content = Content()
    content.drawn_gap("behaviours", bool(failures))
    content.say("blast-radius", "Takes with it", figure.several((_blast(architecture, f) for f in failures), 5))
    content.say("cascade", "Spreads along", figure.several((_cascade(architecture, f) for f in failures), 5))
    content.say("isolation", "Breakers, bulkheads", figure.several(_isolation(architecture), 5))
    content.say("incidents", "What happened", figure.several(_incidents(architecture), 5))
    content.say("objectives", "Restored, at risk", _objectives(architecture))
    return finish(architecture, "FM", chart, content, _description(architecture))


def _chart(architecture: Architecture, room: Room) -> Flowchart:
    chart = Flowchart(title(architecture, "FM"), settings=spacing(room, 18))
    columns = [chart.zone(name, name.capitalize()) for name in ("failure", *_PHASES)]
    for failure in architecture.document.failures:
        before = chart.node(failure.id, *_what(architecture, failure, room), classes=("fail",), zone=columns[0])
        for phase, zone in zip(_PHASES, columns[1:], strict=True):
            words = getattr(failure, phase)
            lines = wrap(words or NOT_PUBLIC, room.prose, 14, _LINES)
            node = chart.node(f"{failure.id} {phase}", "", *lines, classes=() if words else ("gap",), zone=zone)
            chart.edge(before, node)
            before = node
    if not architecture.document.failures:
        before = ""
        for zone in columns:
            node = chart.node(f"none {zone}", "", NOT_PUBLIC, classes=("gap",), zone=zone)
            if before:
                chart.edge(before, node, Line.HIDDEN)
            before = node
    return chart


def _what(architecture: Architecture, failure: Failure, room: Room) -> list[str]:
    """Name on up to two lines, whether it is known or modelled, restoration, and the incident that it was."""
    name = "\n".join(wrap(failure.name, room.prose, 16, 2, bold=True))
    happened = [i.date[:4] for i in architecture.document.incidents if i.failure == failure.id]
    basis = (
        f"happened {', '.join(happened)}"
        if happened
        else {"stated": "described", "inferred": "inferred"}[failure.basis]
    )
    rto = figure.at(architecture.system, f"{_path(architecture, failure)}.rto", word=False)
    return [name, figure.listed([basis, f"RTO {rto or NOT_PUBLIC}"]) or ""]


def _path(architecture: Architecture, failure: Failure) -> str:
    return f"failures.{architecture.document.failures.index(failure)}"


def blast(architecture: Architecture, failure: Failure) -> list[str]:
    """Names of what a failure takes with it: as written, else everything upstream of its faults."""
    written = failure.blast_radius or upstream(architecture, failure)
    return [architecture.name(place) for place in written]


def upstream(architecture: Architecture, failure: Failure) -> tuple[str, ...]:
    """The faulty components of a drill and all that call them, directly or through others, nearest first."""
    found: dict[str, None] = {}
    for ident in origins(architecture, failure):
        found[ident] = None
    for ident in list(found):
        for caller in _callers(architecture, ident):
            found[caller] = None
    return tuple(found)


def origins(architecture: Architecture, failure: Failure) -> list[str]:
    """Where a failure begins: the components its faults name, else the first of its blast radius, else the deepest
    call of the flow that a fault strikes.
    """
    on = [
        fault.on.partition(" ->")[0].partition(".")[0].strip()
        for fault in (failure.drill.fault if failure.drill else ())
    ]
    parts = [place for place in on if place in architecture.components]
    written = [place.partition(".")[0] for place in failure.blast_radius]
    struck = [place for place in written if place in architecture.components][:1]
    deepest = [hops[-1].call.target for place in on if (hops := hot_path(architecture, place))]
    return parts or struck or deepest[:1]


def _callers(architecture: Architecture, ident: str) -> list[str]:
    """Everyone who waits for a component, nearest first."""
    found: dict[str, None] = {}
    front = [ident]
    while front:
        front = [
            w.caller
            for w in architecture.ways
            if w.callee in front and not w.is_async and w.caller and w.caller not in found
        ]
        found |= dict.fromkeys(front)
    return list(found)


def _blast(architecture: Architecture, failure: Failure) -> str | None:
    names = blast(architecture, failure)
    return f"{failure.name}: {', '.join(names)}" if names else None


def _cascade(architecture: Architecture, failure: Failure) -> str | None:
    """Along whom it travels back to the client: who waits for whom."""
    faulty = origins(architecture, failure)
    if not faulty:
        return None
    chain = list(reversed(path_to(architecture, faulty[0])))
    return " → ".join(architecture.name(i) for i in chain) if len(chain) > 1 else None


def _isolation(architecture: Architecture) -> list[str]:
    pools = [f"{c.name}: pools {', '.join(c.pools)}" for c in architecture.components.values() if c.pools]
    return [*breakers(architecture), *pools]


def _incidents(architecture: Architecture) -> list[str]:
    said = []
    for incident in architecture.document.incidents:
        lasted = f", {figure.brief(incident.duration)}" if incident.duration else ""
        said.append(f"{incident.date}{lasted}: {incident.title}")
    return said


def _objectives(architecture: Architecture) -> str | None:
    said = []
    for number, failure in enumerate(architecture.document.failures):
        rto, rpo = (figure.at(architecture.system, f"failures.{number}.{key}") for key in ("rto", "rpo"))
        if rto or rpo:
            said.append(f"{failure.name}: RTO {rto or NOT_PUBLIC}, RPO {rpo or NOT_PUBLIC}")
    return figure.several(said)


def _description(architecture: Architecture) -> list[str]:
    rows = []
    for failure in architecture.document.failures:
        phases = "; ".join(f"{phase}: {getattr(failure, phase) or NOT_PUBLIC}" for phase in _PHASES)
        rows.append(f"{failure.name}. {phases}")
    return rows or [f"The failures of {architecture.document.name} are {NOT_PUBLIC}"]
