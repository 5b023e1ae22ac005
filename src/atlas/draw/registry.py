"""The diagrams of a system: codes in order, names, types, and what each has to show.

``required`` maps a key to what it stands for. The keys of ``seed 000`` (eight diagrams with nicknames) and of the core
specification (ten diagrams by code) are merged where both describe one picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of diagram. ``nickname`` is the family's word for it; ``is_core``: one of the ten of the specification."""

    code: str
    name: str
    type: str
    is_core: bool = False
    nickname: str = ""
    required: Mapping[str, str] = field(default_factory=lambda: _NOTHING)


KINDS: tuple[Kind, ...] = (
    Kind(
        "L0",
        "Global flow",
        "flowchart",
        is_core=True,
        nickname="The Money Shot",
        required={
            "planes": "the planes, each part on its own",
            "critical-path": "the path a main request waits for",
            "technologies": "every major part with its technology",
            "numbers": "real figures: users, requests, data",
            "machines": "instance types and how they are set up",
            "timeouts": "timeouts of connections, and retries",
            "costs": "what each part costs",
            "mechanisms": "the mechanisms at work",
            "guarantees": "guarantees on the edges",
        },
    ),
    Kind(
        "L1-EDGE",
        "Edge plane",
        "flowchart",
        is_core=True,
        required={
            "routing": "how requests find their way",
            "admission": "what is let in",
            "rate-limits": "limits of rate",
        },
    ),
    Kind(
        "L1-SERVICE",
        "Service plane",
        "flowchart",
        is_core=True,
        required={"orchestration": "who calls whom, in which order", "logic": "what is decided where"},
    ),
    Kind(
        "L1-STREAM",
        "Stream plane",
        "flowchart",
        is_core=True,
        required={"events": "the events that run", "async": "work that no request waits for"},
    ),
    Kind(
        "L1-STATE",
        "State plane",
        "flowchart",
        is_core=True,
        nickname="The Data Journey",
        required={
            "persistence": "where and how data is kept",
            "stores": "every store with its size and type",
            "consistency": "consistency, and where its boundaries lie",
            "lag": "how far copies are behind",
            "backup": "backup and recovery",
            "migration": "how data was moved",
        },
    ),
    Kind(
        "CO",
        "Consistency boundaries",
        "flowchart",
        is_core=True,
        required={"strengths": "what is linearizable, what is bounded, what is eventual"},
    ),
    Kind(
        "MR",
        "Multi-region strategy",
        "flowchart",
        is_core=True,
        required={
            "pinning": "which region owns what",
            "replication": "how copies travel between regions",
            "causality": "what order a user may rely on",
        },
    ),
    Kind(
        "BP",
        "Backpressure ladder",
        "sequence",
        is_core=True,
        required={"ladder": "what each step of the hot path does when it is full"},
    ),
    Kind(
        "FM",
        "Failure map",
        "flowchart",
        is_core=True,
        nickname="The Incident Map",
        required={
            "behaviours": "the five failures and what follows each",
            "blast-radius": "what each failure takes with it",
            "cascade": "the paths along which it spreads",
            "isolation": "breakers and bulkheads",
            "incidents": "what really happened",
            "objectives": "time to restore, and data at risk",
        },
    ),
    Kind(
        "SL",
        "Latency and capacity budget",
        "flowchart",
        is_core=True,
        required={
            "percentiles": "p95 and p99 of each step",
            "pools": "the size of each pool",
            "partitions": "how each step is partitioned",
        },
    ),
    Kind(
        "RF",
        "Request flow",
        "sequence",
        nickname="The Golden Path",
        required={
            "journey": "the whole way from the click to the answer",
            "budget": "latency at each step",
            "fallbacks": "what happens instead when a step fails",
            "objectives": "promised p50, p99, p99.9",
            "errors": "how errors and retries are handled",
        },
    ),
    Kind(
        "EVO",
        "Scale evolution",
        "timeline",
        nickname="The Growth Story",
        required={
            "snapshots": "the architecture at milestones of growth",
            "broke": "what broke at each",
            "solved": "how it was solved",
            "costs": "how cost grew with scale",
            "technology": "which technology gave way to which",
        },
    ),
    Kind(
        "COST",
        "Cost",
        "sankey",
        nickname="The Money Graph",
        required={
            "by-component": "spend by component",
            "per-unit": "cost of one user, transaction or request",
            "savings": "where money can be saved, and what it brings",
            "purchase": "capacity bought in advance and on demand",
            "total": "total cost of ownership",
        },
    ),
    Kind(
        "NOVEL",
        "Novel solutions",
        "mindmap",
        nickname="The Innovation",
        required={
            "problems": "problems that exist only at this scale",
            "inventions": "what was invented",
            "open-source": "what was given away as open source",
            "patents": "patents filed",
            "influence": "who took it up",
        },
    ),
    Kind(
        "OPS",
        "Production operations",
        "flowchart",
        nickname="The Ops View",
        required={
            "pipeline": "how changes are shipped",
            "monitoring": "what is watched, and what raises an alarm",
            "on-call": "who answers, and how incidents are run",
            "chaos": "how reliability is tested",
            "performance": "how performance is worked on",
        },
    ),
)

EXTENDED: tuple[Kind, ...] = (
    Kind("DR", "Drills", "flowchart", required={"drills": "required drills and what proves them"}),
    Kind("FM-*", "Failure", "sequence", required={"sequence": "one failure from fault to recovery"}),
    Kind("SCALE-*", "Another scale", "flowchart", required={"scale": "what differs at another scale"}),
    Kind("MR-*", "Another region strategy", "flowchart", required={"regions": "what differs with other regions"}),
    Kind("MIGRATION", "Migration", "flowchart", required={"evolution": "the way from the previous architecture"}),
)

CODES: tuple[str, ...] = tuple(kind.code for kind in KINDS)
_BY_CODE = {kind.code: kind for kind in (*KINDS, *EXTENDED)}


def kind_of(code: str) -> Kind:
    """The kind of a code such as ``L0`` or ``FM-hot-partition``; KeyError for a code that no kind has."""
    if code in _BY_CODE:
        return _BY_CODE[code]
    return _BY_CODE[f"{code.partition('-')[0]}-*"]
