"""The set of diagrams a system has: the fifteen in order, then the extended ones its data allows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from atlas.draw.architecture import Architecture
from atlas.draw.backpressure import backpressure
from atlas.draw.consistency import consistency
from atlas.draw.cost import cost
from atlas.draw.evolution import evolution
from atlas.draw.failure_map import failure_map
from atlas.draw.latency_budget import latency_budget
from atlas.draw.multi_region import multi_region
from atlas.draw.novel import novel
from atlas.draw.operations import operations
from atlas.draw.request_flow import request_flow
from atlas.draw.diagram import Diagram
from atlas.draw.global_flow import global_flow
from atlas.draw.plane_zoom import plane_zoom
from atlas.model import System

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


def diagrams(system: System) -> tuple[Diagram, ...]:
    """Every diagram of ``system``."""
    architecture = Architecture(system)
    return tuple(drawer(architecture) for drawer in DRAWERS.values())


def draw(system: System, code: str) -> Diagram:
    """One diagram by its code; KeyError where the system has none of that code."""
    return DRAWERS[code](Architecture(system))
