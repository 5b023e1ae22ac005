"""The set of diagrams a system has: the fifteen in order, then the extended ones its data allows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from atlas.draw.architecture import Architecture
from atlas.draw.backpressure import backpressure
from atlas.draw.consistency import consistency
from atlas.draw.cost import cost
from atlas.draw.diagram import Diagram
from atlas.draw.drills import drills
from atlas.draw.evolution import evolution
from atlas.draw.failure_map import failure_map
from atlas.draw.failure_sequence import failure_sequence
from atlas.draw.global_flow import global_flow
from atlas.draw.latency_budget import latency_budget
from atlas.draw.migration import migration
from atlas.draw.multi_region import multi_region
from atlas.draw.novel import novel
from atlas.draw.operations import operations
from atlas.draw.plane_zoom import plane_zoom
from atlas.draw.request_flow import request_flow
from atlas.draw.variant import variant_changes, variant_code
from atlas.model import System

Drawer = Callable[[Architecture], Diagram | None]

DRAWERS: Mapping[str, Callable[[Architecture], Diagram]] = {
    "L0": global_flow,
    "L1-EDGE": partial(plane_zoom, plane="edge"),
    "L1-SERVICE": partial(plane_zoom, plane="service"),
    "L1-STREAM": partial(plane_zoom, plane="stream"),
    "L1-STATE": partial(plane_zoom, plane="state"),
    "CO": consistency,
    "MR": multi_region,
    "BP": backpressure,
    "FM": failure_map,
    "SL": latency_budget,
    "RF": request_flow,
    "EVO": evolution,
    "COST": cost,
    "NOVEL": novel,
    "OPS": operations,
}
"""What draws each of the fifteen."""


def diagrams(system: System) -> tuple[Diagram, ...]:
    """Every diagram of ``system``: the fifteen in order, then the extended ones."""
    architecture = Architecture(system)
    drawn = (drawer(architecture) for drawer in _drawers(architecture).values())
    return tuple(diagram for diagram in drawn if diagram is not None)


def codes(system: System) -> tuple[str, ...]:
    """The codes of :func:`diagrams`, without drawing any."""
    return tuple(_drawers(Architecture(system)))


def draw(system: System, code: str) -> Diagram:
    """One diagram by its code; KeyError where the system has none of that code."""
    architecture = Architecture(system)
    diagram = _drawers(architecture)[code](architecture)
    if diagram is None:
        raise KeyError(code)
    return diagram


def _drawers(architecture: Architecture) -> dict[str, Drawer]:
    document = architecture.document
    found: dict[str, Drawer] = dict(DRAWERS)
    if any(failure.drill for failure in document.failures):
        found["DR"] = drills
    for failure in document.failures:
        found[f"FM-{failure.id}"] = partial(failure_sequence, failure=failure)
    for ident, variant in document.variants.items():
        found[variant_code(ident, variant)] = partial(variant_changes, ident=ident, variant=variant)
    if document.migrations:
        found["MIGRATION"] = migration
    return found
