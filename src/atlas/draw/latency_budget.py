"""SL, the latency and capacity budget: p50, p95, p99 of every step of the hot path, pools, partitions, objective."""

from __future__ import annotations

from atlas.draw import figure
from atlas.draw.architecture import CLIENTS, Architecture, Step
from atlas.draw.backpressure import slots_of
from atlas.draw.call_settings import timeout
from atlas.draw.content import Content
from atlas.draw.diagram import NOT_PUBLIC, Diagram
from atlas.draw.draft import finish, title
from atlas.draw.hot_path import hot_path
from atlas.draw.layout import Room, fit, spacing
from atlas.draw.mermaid import Flowchart, Line, Shape
from atlas.draw.text import shorten
from atlas.model import Distribution

_PERCENTILES = ("p50", "p95", "p99")


def latency_budget(architecture: Architecture) -> Diagram:
    """One box a step: its own time at three percentiles, its slots, its partitions; the objective at the end."""
    hops = hot_path(architecture)
    chart = fit(lambda room: _chart(architecture, hops, room), start=0)
    nodes = {n.id: c.removeprefix("cmp-") for n in chart.nodes.values() for c in n.classes if c.startswith("cmp-")}
    return finish(
        architecture, "SL", chart, _content(architecture, hops), _description(architecture, hops), nodes=nodes
    )


def time_of(architecture: Architecture, hop: Step) -> Distribution | None:
    """The time a step takes in the component itself."""
    return architecture.system.service_time(hop.call.target, hop.call.operation)


def percentile(dist: Distribution, name: str) -> str:
    """A percentile: as stated with the mark of its origin, else as it follows from the shape, marked ``≈`` or ``~``."""
    stated = dist.value(name)
    if stated is not None:
        return figure.figure(stated, word=False) or ""
    mark = "≈" if dist.origin in ("claim", "derived") else "~"
    return figure.duration(getattr(dist, name), mark)


def _chart(architecture: Architecture, hops: list[Step], room: Room) -> Flowchart:
    chart = Flowchart(title(architecture, "SL"), settings=spacing(room))
    flow = architecture.main[1] if architecture.main else None
    before = chart.node(CLIENTS, "Clients", figure.several(_rates(architecture), 1) or "", shape=Shape.ROUND)
    for number, hop in enumerate(hops):
        ident = hop.call.target
        component = architecture.components[ident]
        classes = (f"plane-{component.plane}", f"cmp-{ident}")
        wait = timeout(hop.call) or (timeout(flow.client) if flow and flow.client and not hop.caller else "")
        facts = [f"timeout {wait}" if wait else f"timeout {NOT_PUBLIC}", *_facts(architecture, hop, room)]
        node = chart.node(f"{ident} {number}", architecture.heading(ident, room.name), *facts, classes=classes)
        chart.edge(before, node, Line.THICK)
        before = node
    facts = _objective(architecture, word=False) or [NOT_PUBLIC]
    end = chart.node("objective", "Objective", *facts, classes=("main",))
    chart.edge(before, end, Line.DASHED)
    return chart


def _facts(architecture: Architecture, hop: Step, room: Room) -> list[str]:
    dist = time_of(architecture, hop)
    times = [f"{name} {percentile(dist, name)}" for name in _PERCENTILES] if dist else [f"latency {NOT_PUBLIC}"]
    slots = slots_of(architecture, hop.call.target)
    capacity = [f"slots {slots}" if slots else f"slots {NOT_PUBLIC}", _partitions(architecture, hop.call.target, room)]
    return [*times, *[c for c in capacity if c]]


def _partitions(architecture: Architecture, ident: str, room: Room) -> str:
    partitions = architecture.components[ident].partitions
    if partitions is None:
        return ""
    count = figure.at(architecture.system, f"components.{ident}.partitions.count", word=False)
    return f"{count} partitions" if count else shorten(f"split by {partitions.key or NOT_PUBLIC}", room.fact)


def _rates(architecture: Architecture) -> list[str]:
    if architecture.main is None:
        return []
    rate = architecture.system.traffic.flows.get(architecture.main[0])
    return [f"{figure.rate(rate.average)}, peak {figure.rate(rate.peak, '')}".strip()] if rate else []


def _objective(architecture: Architecture, word: bool = True) -> list[str]:
    """Promised percentiles and availability of the main flow."""
    if architecture.main is None:
        return []
    base = f"flows.{architecture.main[0]}.slo"
    names = {"p50": "p50", "p95": "p95", "p99": "p99", "p999": "p99.9", "availability": "available"}
    found = {name: figure.at(architecture.system, f"{base}.{key}", word) for key, name in names.items()}
    return [f"{name} {text}" for name, text in found.items() if text]


def _content(architecture: Architecture, hops: list[Step]) -> Content:
    content = Content()
    known = [h for h in hops if time_of(architecture, h)]
    content.drawn_gap("percentiles", bool(known))
    shares = [
        f"{c.name} {pool} {figure.at(architecture.system, f'components.{ident}.pools.{pool}')}"
        for ident, c in architecture.components.items()
        for pool in c.pools
    ]
    slots = [f"{architecture.name(h.call.target)} {slots_of(architecture, h.call.target)}" for h in hops]
    has_slots = [s for s, h in zip(slots, hops, strict=True) if slots_of(architecture, h.call.target)]
    content.say("pools", "Pools: machines × slots", figure.several([*shares, *has_slots], 6))
    content.say("partitions", "Partitions", figure.several(_split(architecture), 6))
    content.add("Busy at peak", figure.several(_busy(architecture, hops), 6))
    content.add("Marks", "≈ follows from published figures, ~ assumed or a planning default")
    return content


def _split(architecture: Architecture) -> list[str]:
    said = []
    for ident, component in architecture.components.items():
        if component.partitions:
            base = f"components.{ident}.partitions"
            count, hottest = (figure.at(architecture.system, f"{base}.{k}", word=False) for k in ("count", "hottest"))
            key = f"by {component.partitions.key}" if component.partitions.key else None
            said.append(f"{component.name} {figure.listed([count, key, hottest and f'hottest takes {hottest}'])}")
    return said


def _busy(architecture: Architecture, hops: list[Step]) -> list[str]:
    """Utilisation at peak by Little's law, where slots are known."""
    loads = architecture.system.traffic.components
    rows = {h.call.target: loads[h.call.target].utilisation for h in hops if h.call.target in loads}
    return [
        f"{architecture.name(ident)} ≈ {share:.0%}".replace("%", " %")
        for ident, share in rows.items()
        if share is not None
    ]


def _description(architecture: Architecture, hops: list[Step]) -> list[str]:
    if not hops or architecture.main is None:
        return [f"The latency budget of {architecture.document.name} is {NOT_PUBLIC}"]
    rows = []
    for hop in hops:
        dist = time_of(architecture, hop)
        times = ", ".join(f"{n} {percentile(dist, n)}" for n in _PERCENTILES) if dist else f"latency {NOT_PUBLIC}"
        rows.append(f"{architecture.name(hop.call.call or '')}: {times}")
    objective = figure.listed(_objective(architecture)) or NOT_PUBLIC
    return [
        f"The steps of {architecture.main[1].name} in order, time in each step itself",
        *rows,
        f"Objective: {objective}",
    ]
