"""How long a call takes in its component, and how a fan-out becomes calls or one job."""

from __future__ import annotations

import math
from dataclasses import dataclass

from atlas.compile.ledger import Ledger
from atlas.model.flow import Call
from atlas.physics.distribution import Shape
from atlas.sim import Service

MOST_CALLS = 16
"""A constant fan-out up to this becomes calls side by side; a larger or varying one a single job."""
MOST_CV = 20.0
SHORTEST_S = 1e-9


@dataclass(frozen=True, slots=True)
class Job:
    """How many calls of the document one call of the plan stands for, and how that number varies."""

    count: float = 1.0
    cv: float = 0.0


def job_of(ledger: Ledger, call: Call, path: str, name: str, above: Job) -> tuple[int, Job]:
    """Calls side by side, and the job each of them is."""
    fan = ledger.system.dist(f"{path}.times")
    if fan is None or call.times is None:
        return 1, above
    varies = call.times.cv is not None or call.times.p99 is not None or call.times.p50 is not None
    ledger.note("sites", name, "times", fan.mean, f"{path}.times")
    if not varies and fan.mean <= MOST_CALLS and abs(fan.mean - round(fan.mean)) < 1e-9:
        return max(1, round(fan.mean)), above
    cv = fan.cv if varies else 0.0
    if call.times.max is not None:
        ledger.leave_out("largest fan-out: its distribution is not cut off")
    ledger.leave_out("large fan-outs side by side: each is one job of that length on one slot")
    return 1, Job(above.count * fan.mean, math.hypot(above.cv, cv))


def service_of(ledger: Ledger, call: Call, path: str, name: str, job: Job) -> Service:
    """Time in the component, without children: of the operation, its batch and its job."""
    system = ledger.system
    component = system.document.components[call.target]
    where = f"components.{call.target}.service"
    if call.operation and system.dist(f"components.{call.target}.operations.{call.operation}"):
        where = f"components.{call.target}.operations.{call.operation}"
    spread = system.dist(where)
    mean, cv, shape = (spread.mean, spread.cv, spread.shape) if spread else (0.0, 0.0, "constant")
    if spread is None:
        ledger.leave_out(f"time in {component.name}: none is known")
    batch = (ledger.mid(f"{path}.batch") or 1.0) if path else 1.0
    more = (batch - 1) * (ledger.mid(f"components.{call.target}.per_item") or 0.0)
    whole = (mean + more) * job.count
    if whole > 0 and (more or job != Job()):
        own = mean / (mean + more) * cv
        cv = math.hypot(own / math.sqrt(max(1.0, job.count)), job.cv)
        shape = "lognormal" if job.cv else shape
    ledger.note("sites", name, "service", whole, where)
    return Service(max(SHORTEST_S, whole), min(MOST_CV, cv), _shape(shape))


def _shape(name: str) -> Shape:
    known: dict[str, Shape] = {
        "lognormal": "lognormal",
        "exponential": "exponential",
        "constant": "constant",
        "gamma": "gamma",
        "pareto": "pareto",
    }
    return known[name]


def nominal_s(ledger: Ledger, calls: tuple[Call, ...], path: str, *, inside: bool = False) -> float:
    """Mean time of calls without queueing: one after the other, of groups the longest.

    ``path`` is that of the list, or, where ``calls`` is one call alone, of the call itself.
    """
    total = 0.0
    for index, call in enumerate(calls):
        here = f"{path}.{index}" if inside or path.endswith("steps") else path
        total += 0.0 if call.async_ and inside else _nominal_of(ledger, call, here)
    return total


def _nominal_of(ledger: Ledger, call: Call, path: str) -> float:
    chance = 1.0 if call.p is None else (ledger.mid(f"{path}.p") or 0.0)
    if call.call is None:
        form = "parallel" if call.parallel else "choose"
        members = call.parallel or call.choose
        return chance * max(_nominal_of(ledger, c, f"{path}.{form}.{i}") for i, c in enumerate(members))
    own = ledger.system.service_time(call.target, call.operation)
    return chance * ((own.mean if own else 0.0) + nominal_s(ledger, call.then, f"{path}.then", inside=True))
