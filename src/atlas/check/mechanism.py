"""Which mechanisms a system has: those it names, and those that can be read off components and calls."""

from __future__ import annotations

from collections.abc import Callable

from atlas.check.call_tree import attempts, timeout_s
from atlas.check.case import Case
from atlas.model.component import Component
from atlas.model.flow import CallSettings

LOG_KINDS = frozenset({"log", "queue"})
_OF_COMPONENT: dict[str, Callable[[Component], bool]] = {
    "p1_partitioning": lambda c: c.partitions is not None or c.routing == "keyed",
    "p2_replication": lambda c: c.replication is not None,
    "p3_durable_log": lambda c: c.kind in LOG_KINDS,
    "p5_consensus": lambda c: c.replication is not None and c.replication.mode == "consensus",
    "quorum": lambda c: c.replication is not None and bool(c.replication.write_quorum or c.replication.read_quorum),
    "p10_bulkhead": lambda c: bool(c.pools),
    "p11_cache": lambda c: c.cache is not None or c.kind in {"cache", "cdn"},
    "p12_load_shedding": lambda c: bool(c.shed) or c.limits is not None,
}


def of_component(component: Component) -> set[str]:
    """What a component shows."""
    return {name for name, is_shown in _OF_COMPONENT.items() if is_shown(component)}


def of_call(call: CallSettings | None) -> set[str]:
    """What the settings of a call show."""
    found = set()
    if attempts(call) > 1 or timeout_s(call) is not None:
        found.add("p8_timeout_retry")
    if call is not None and call.breaker is not None:
        found.add("p9_circuit_breaker")
    return found


def present(case: Case) -> set[str]:
    """Canonical ids of every mechanism that is named or shown."""
    vocabulary, document = case.system.vocabulary, case.document
    found = {vocabulary.canonical("mechanisms", m.id) or m.id for m in document.mechanisms}
    for component in document.components.values():
        found |= of_component(component)
    for flow in document.flows.values():
        found |= of_call(flow.client)
    for place in case.calls:
        found |= of_call(place.call)
        if place.call.async_:
            found.add("event_driven")
        if place.call.times is not None or place.call.parallel:
            found.add("fanout")
    return found
