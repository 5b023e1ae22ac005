"""What each zoomed plane has to say beside its picture."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from atlas.draw import figure
from atlas.draw.architecture import Architecture
from atlas.draw.content import Content
from atlas.model.component import Component
from atlas.model.number import Said

_ROUTES = {"dns", "cdn", "proxy", "load_balancer", "gateway", "connection_tier"}
_WORKERS = {"worker", "actor", "stream_processor", "function", "pipeline"}


def _edge(architecture: Architecture, content: Content) -> None:
    content.say("routing", "Routing", _routing(architecture))
    content.say("admission", "Admission", _admission(architecture))
    content.say("rate-limits", "Rate limits", _limits(architecture))


def _service(architecture: Architecture, content: Content) -> None:
    content.say("orchestration", "Orchestration", _orchestration(architecture))
    logic = [f"{c.name}: {c.does}" for c in _on(architecture, "service").values() if c.does]
    content.say("logic", "Business logic", figure.several(logic))
    content.add("When full", queues(architecture, "service"))


def _stream(architecture: Architecture, content: Content) -> None:
    content.say("events", "Events", _events(architecture))
    content.say("async", "Asynchronous work", _async(architecture))
    content.add("When full", queues(architecture, "stream"))


def _state(architecture: Architecture, content: Content) -> None:
    stores = _on(architecture, "state")
    content.say(("persistence", "stores"), "Stores", figure.several(_store(architecture, i) for i in stores))
    content.say("consistency", "Consistency", _consistency(architecture, stores))
    content.say("lag", "Replication lag", _lag(architecture))
    content.say("backup", "Backup, recovery", _backup(architecture, stores))
    content.say("migration", "Data moved", _migration(architecture))


SAY: Mapping[str, Callable[[Architecture, Content], None]] = {
    "edge": _edge,
    "service": _service,
    "stream": _stream,
    "state": _state,
}
"""Plane → the function that says its notes."""


def _on(architecture: Architecture, plane: str) -> dict[str, Component]:
    return {i: c for i, c in architecture.components.items() if c.plane == plane}


def _routing(architecture: Architecture) -> str | None:
    edge = _on(architecture, "edge")
    said = [f"{c.name}: {c.does}" for c in edge.values() if c.does and c.kind in _ROUTES]
    said += [f"{c.name} routes by key" for c in edge.values() if c.routing == "keyed"]
    return figure.several(said)


def texts(statements: Iterable[Said]) -> list[str]:
    """The texts of statements, without their full stops."""
    return [said.text.rstrip(".") for said in statements]


def _admission(architecture: Architecture) -> str | None:
    written = texts(architecture.document.backpressure.admission) if architecture.document.backpressure else []
    shed = [
        f"{c.name} refuses priority {s.priority} and below from {figure.brief(s.over)} use"
        for c in architecture.components.values()
        for s in c.shed
    ]
    return figure.several([*written, *shed])


def _limits(architecture: Architecture) -> str | None:
    return figure.several(limit(architecture, i) for i in architecture.components)


def limit(architecture: Architecture, ident: str) -> str | None:
    """``Gateway 2/s per user, burst 10``; ``None`` for a component without a limit of rate."""
    component = architecture.components[ident]
    if component.limits is None:
        return None
    rate = figure.at(architecture.system, f"components.{ident}.limits.rate")
    burst = figure.at(architecture.system, f"components.{ident}.limits.burst")
    per = f" per {component.limits.per}" if component.limits.per else ""
    return f"{component.name} {rate or 'rate not public'}{per}{f', burst {burst}' if burst else ''}"


def _orchestration(architecture: Architecture) -> str | None:
    if architecture.main is None or not architecture.main_path:
        return None
    names = [architecture.name(i) for i in architecture.main_path]
    return f"{architecture.main[1].name}: {' → '.join(names)}"


def queue(architecture: Architecture, ident: str) -> str | None:
    """``Index queue holds 50 M, then blocks``; ``None`` for a component whose queue is not described."""
    component = architecture.components[ident]
    if component.queue is None:
        return None
    most = figure.at(architecture.system, f"components.{ident}.queue.max")
    return f"{component.name} queues {most or 'a bounded number'}, then {overflow(architecture, component)}"


def overflow(architecture: Architecture, component: Component) -> str:
    """What a full queue does, in words."""
    assert component.queue is not None  # noqa: S101 - callers ask only for components with a queue
    to = f" to {architecture.name(component.queue.to)}" if component.queue.to else ""
    words = {
        "reject": "refuses at once",
        "drop_oldest": "drops the oldest",
        "drop_stale": "drops what is too old",
        "block": "blocks the caller",
        "divert": "diverts",
    }
    return words[component.queue.overflow] + to


def queues(architecture: Architecture, plane: str) -> str | None:
    """The queues of a plane."""
    return figure.several(queue(architecture, i) for i in _on(architecture, plane))


def _events(architecture: Architecture) -> str | None:
    loads = architecture.system.traffic.components
    stream = _on(architecture, "stream")
    rates = [
        f"{c.name} {figure.rate(loads[i].average)}" for i, c in stream.items() if i in loads and loads[i].average > 0
    ]
    does = [f"{c.name}: {c.does}" for i, c in stream.items() if c.does and c.kind not in _WORKERS and i not in loads]
    return figure.several([*rates, *does])


def _async(architecture: Architecture) -> str | None:
    said: dict[str, None] = {}
    for flow_id, flow in architecture.document.flows.items():
        for step in architecture.steps(flow_id):
            if step.call.async_:
                said[f"{flow.name} hands over to {architecture.name(step.call.target)}"] = None
    return figure.several(said)


def size(architecture: Architecture, ident: str) -> str | None:
    """What a store holds: total, or per node; ``None`` where neither is known."""
    total = figure.at(architecture.system, f"components.{ident}.storage.total")
    per_node = figure.at(architecture.system, f"components.{ident}.storage.per_node")
    return total or (f"{per_node} a node" if per_node else None)


def _store(architecture: Architecture, ident: str) -> str:
    component = architecture.components[ident]
    built = figure.listed(
        [architecture.technology(component) or architecture.kind(component), architecture.instances(ident)], " "
    )
    return f"{component.name}: {built}, {size(architecture, ident) or 'size not public'}"


def _consistency(architecture: Architecture, stores: Mapping[str, Component]) -> str | None:
    said = [f"{c.name}: {consistency(architecture, i)}" for i, c in stores.items() if consistency(architecture, i)]
    return figure.several(said)


def consistency(architecture: Architecture, ident: str) -> str | None:
    """Guarantee and quorums of a store: ``eventual consistency, quorum write 2, read 2 of 3``."""
    component = architecture.components[ident]
    name = architecture.guarantee_name(component.consistency).lower() if component.consistency else None
    return figure.listed([name, replication(architecture, ident)])


def replication(architecture: Architecture, ident: str) -> str | None:
    """How a component is copied: ``3 copies, async, write 2, read 2``; ``None`` without replication."""
    component = architecture.components[ident]
    if component.replication is None:
        return None
    base = f"components.{ident}.replication"
    factor = figure.at(architecture.system, f"{base}.factor")
    write = figure.at(architecture.system, f"{base}.write_quorum")
    read = figure.at(architecture.system, f"{base}.read_quorum")
    quorum = figure.listed([write and f"write {write}", read and f"read {read}"])
    return figure.listed([f"{factor} copies" if factor else None, component.replication.mode, quorum])


def _lag(architecture: Architecture) -> str | None:
    return figure.several(lags(architecture))


def lags(architecture: Architecture) -> list[str]:
    """Every stated lag, of replication and of links."""
    said = []
    for ident, component in architecture.components.items():
        if lag := lag_at(architecture, f"components.{ident}.replication.lag"):
            said.append(f"{component.name} {lag}")
    for number, link in enumerate(architecture.document.links):
        if lag := lag_at(architecture, f"links.{number}.lag"):
            said.append(f"{architecture.name(link.from_)} to {architecture.name(link.to)} {lag}")
    return said


def lag_at(architecture: Architecture, path: str) -> str | None:
    """The stated values of a distribution: ``mean 5 ms, p99 1 s``."""
    found = architecture.system.dist(path)
    if found is None:
        return None
    names = [n for n in ("mean", "p50", "p95", "p99", "max") if found.value(n)]
    word = len(names) > 1 or names not in (["mean"], [])
    return figure.listed(f"{f'{n} ' if word else ''}{figure.figure(found.value(n))}" for n in names)


def _backup(architecture: Architecture, stores: Mapping[str, Component]) -> str | None:
    said = []
    for ident, component in stores.items():
        if component.storage and component.storage.backup:
            base = f"components.{ident}.storage.backup"
            every, keep, restore = (figure.at(architecture.system, f"{base}.{k}") for k in ("every", "keep", "restore"))
            facts = [every and f"every {every}", keep and f"kept {keep}", restore and f"restored in {restore}"]
            words = figure.listed([component.storage.backup.note, *facts])
            said.append(f"{component.name}: {words}" if words else None)
    return figure.several(said)


def _migration(architecture: Architecture) -> str | None:
    written = [
        f"{m.from_} to {m.to}{': ' + '; '.join(texts(m.steps)) if m.steps else ''}"
        for m in architecture.document.migrations
    ]
    if written:
        return figure.several(written)
    eras = [f"{e.milestone}: {e.solved}" for e in architecture.eras() if e.solved]
    return figure.several(eras)
