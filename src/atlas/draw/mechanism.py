"""Mechanisms of a system: those written down, and those that can be read off components and calls."""

from __future__ import annotations

from atlas.draw.architecture import Architecture
from atlas.model.component import Component


def mechanisms(architecture: Architecture) -> dict[str, tuple[str, ...]]:
    """Display name → names of the components where it is at work, written ones first."""
    found: dict[str, list[str]] = {}
    for use in architecture.document.mechanisms:
        places = found.setdefault(architecture.mechanism_name(use.id), [])
        places.extend(architecture.name(place) for place in use.at)
    for ident, component in architecture.components.items():
        for slug in _of_component(component):
            _add(found, architecture.mechanism_name(slug), component.name)
        if architecture.is_log(component):
            _add(found, architecture.mechanism_name("p3_durable_log"), architecture.name(ident))
    for flow_id in architecture.document.flows:
        for step in architecture.steps(flow_id):
            target = architecture.name(step.call.target)
            if step.call.retry:
                _add(found, architecture.mechanism_name("p8_timeout_retry"), target)
            if step.call.breaker:
                _add(found, architecture.mechanism_name("p9_circuit_breaker"), target)
    return {name: tuple(dict.fromkeys(places)) for name, places in found.items()}


def _add(found: dict[str, list[str]], name: str, place: str) -> None:
    found.setdefault(name, []).append(place)


def _of_component(component: Component) -> list[str]:
    """Slugs of the mechanisms that the fields of a component state."""
    present = {
        "p1_partitioning": component.partitions,
        "p2_replication": component.replication,
        "p5_consensus": component.replication and component.replication.mode == "consensus",
        "p10_bulkhead": component.pools,
        "p11_cache": component.cache,
        "p12_load_shedding": component.shed or component.limits,
    }
    return [slug for slug, field in present.items() if field]
