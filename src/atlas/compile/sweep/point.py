"""One point of a sweep: the system with its knobs set, run once with one seed, as rows of plain data.

What goes to an executor (bytes, text, numbers) and what comes back (lists of maps) is small and can be pickled, so that
any machine that has Atlas can do it, and gives the same rows to the bit for the same point and seed.
"""

from __future__ import annotations

import math
import pickle
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal

import numpy as np

from atlas.compile.conditions import Conditions
from atlas.compile.overlay import Case, OverlayError
from atlas.compile.plan import Compiled, compile_system
from atlas.compile.run import Settings, load_drills, run_drill, run_system
from atlas.compile.trace import LEVELS, Trace
from atlas.compile.verdict import goodput, recovery_s
from atlas.model.number import ORIGIN_KEYS
from atlas.sim import PlanError
from atlas.sim.analytic import SteadyState, solve

EngineName = Literal["auto", "discrete", "fluid", "analytic"]
Scalar = str | int | float
Cell = str | int | float | bool | None
PlainRow = dict[str, Cell]
LOAD: Final = "load"
RETRIES: Final = "retries"
MOST_CALLS: Final = 6e6
"""Calls that one discrete run of a sweep simulates before the plan is sliced: about a second of the kernel."""
BECAUSE = "varied in a sweep"


@dataclass(frozen=True, slots=True)
class Base:
    """What all runs of a sweep share. ``flow``: no flow but this; ``drill``: through this failure's drill."""

    engine: EngineName = "auto"
    drill: str = ""
    flow: str = ""
    for_s: float = 60.0
    most_calls: float = MOST_CALLS


@dataclass(frozen=True, slots=True)
class Point:
    """Where a run stands on each axis, and its seed."""

    at: tuple[tuple[str, Scalar], ...]
    seed: int

    @property
    def knobs(self) -> dict[str, Scalar]:
        """The axes' values by name."""
        return dict(self.at)


def pack(case: Case) -> bytes:
    """A case as the bytes that executors are sent."""
    return zlib.compress(pickle.dumps(case, protocol=5), 1)


def run_packed(packed: bytes, base: Base, point: Point) -> list[PlainRow]:
    """Run one point of a packed case: what an executor is asked to do."""
    return run_point(_unpacked(packed), base, point)


@lru_cache(maxsize=2)
def _unpacked(packed: bytes) -> Case:
    case: Case = pickle.loads(zlib.decompress(packed))  # noqa: S301 - bytes that this program's own ``pack`` made
    return case


def run_point(case: Case, base: Base, point: Point) -> list[PlainRow]:
    """The rows of one point: one for each flow, or one that gives the reason why it cannot be run."""
    knobs = point.knobs
    load = float(knobs.pop(LOAD, 1.0))
    try:
        changed = case.overlaid(changes_of(case.data, knobs))
        conditions = Conditions(load, only=base.flow)
        if base.engine == "analytic":
            return list(_steady_rows(compile_system(changed.system, conditions)))
        settings = Settings(base.engine, point.seed, most_calls=base.most_calls)
        if base.drill:
            return _drill_rows(changed, base, conditions, settings)
        run = run_system(changed, conditions, settings, for_s=base.for_s)
        return list(_trace_rows(run.compiled, run.trace))
    except (PlanError, OverlayError) as error:
        return [{"flow": "", "reason": str(error)}]


def changes_of(data: Mapping[str, Any], knobs: Mapping[str, Scalar]) -> dict[str, Any]:
    """What knobs (without the load) set in a document, by path.

    A number that said where it came from is then assumed, because it is varied.
    """
    changes: dict[str, Any] = {}
    for name, value in knobs.items():
        if name == RETRIES:
            changes |= {f"{path}.attempts": 1 + int(value) for path in retry_paths(data)}
        elif value != "none" and _has_origin(data, name):
            changes[name] = {"assumed": value, "because": BECAUSE}
        else:
            changes[name] = value
    return changes


def retry_paths(data: Mapping[str, Any]) -> list[str]:
    """Paths of every ``retry`` in the flows of a document: the calls whose attempts ``retries`` sets."""
    return list(_retries(data.get("flows"), "flows"))


def _retries(data: Any, path: str) -> Iterator[str]:
    if isinstance(data, Mapping):
        for key, value in data.items():
            if key == "retry" and isinstance(value, Mapping):
                yield f"{path}.{key}"
            else:
                yield from _retries(value, f"{path}.{key}")
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _retries(value, f"{path}.{index}")


def _has_origin(data: Any, path: str) -> bool:
    """Whether what stands at a path is a number with an origin."""
    for step in path.split("."):
        if isinstance(data, Mapping):
            data = data.get(step)
        else:
            data = data[int(step)] if isinstance(data, list) and step.isdigit() and int(step) < len(data) else None
    return isinstance(data, Mapping) and any(key in data for key in ORIGIN_KEYS)


def _drill_rows(case: Case, base: Base, conditions: Conditions, settings: Settings) -> list[PlainRow]:
    """A drill without its counterfactual: shares are those while the faults last."""
    done = run_drill(case, load_drills(case)[base.drill], conditions, settings, with_counterfactual=False)
    if done.run is None or done.run.window is None:
        return [{"flow": "", "reason": done.reason}]
    trace, window, rows = done.run.trace, done.run.window, []
    for row in _trace_rows(done.run.compiled, trace, window.end_s):
        flow = trace.flows[str(row["flow"])]
        back_s = recovery_s(flow, trace, window)
        recovered = None if math.isnan(back_s) else math.isfinite(back_s)
        row |= {"good": finite(goodput(flow, trace, window)), "recovered": recovered, "recovery_s": finite(back_s)}
        rows.append(row | {"holds": done.holds})
    return rows


def _trace_rows(compiled: Compiled, trace: Trace, end_s: float | None = None) -> Iterator[PlainRow]:
    """One row for each flow, over the time since the warm-up (in a drill: while the faults last)."""
    first, last = trace.bins(trace.from_s, trace.for_s if end_s is None else end_s)
    share = compiled.conditions.share
    used = {name: float(np.mean(u[first:last])) for name, u in trace.stations.items() if last > first}
    for name, flow in trace.flows.items():
        row: PlainRow = {"flow": name, "engine": trace.engine, "slice": share}
        row["requests_per_s"] = finite(float(np.mean(flow.arrived[first:last])) / share)
        for part in ("good", "degraded", "failed"):
            row[part] = finite(flow.share(getattr(flow, part), first, last))
        row |= {f"p{_digits(q)}_s": finite(flow.latency.get(q, math.nan)) for q in LEVELS}
        yield row | _busiest(used)


def _steady_rows(compiled: Compiled) -> Iterator[PlainRow]:
    """The same from the closed forms; ``reason`` says which queue grows for ever, where one does."""
    steady = solve(compiled.plan)
    used = {s.name: s.utilisation for s in steady.stations}
    for name in dict.fromkeys(compiled.flow_of.values()):
        if roots := compiled.roots_of(name):
            row: PlainRow = {"flow": name, "engine": "analytic", "slice": 1.0}
            row |= _steady_flow(steady, [compiled.plan.flows.name[i] for i in roots]) | _busiest(used)
            yield row | ({"reason": "; ".join(steady.unstable)} if steady.unstable else {})


def _steady_flow(steady: SteadyState, names: list[str]) -> PlainRow:
    """A flow of the document from those of the plan, weighted by their rates."""
    flows = [steady.flow(n) for n in names]
    total = sum(f.rate_per_s for f in flows)
    weights = [f.rate_per_s / total if total > 0 else 1 / len(flows) for f in flows]
    row: PlainRow = {"requests_per_s": finite(total)}
    for part in ("good", "degraded", "failed"):
        row[part] = finite(sum(w * getattr(f, part) for w, f in zip(weights, flows, strict=True)))
    for level in LEVELS:
        value = sum(w * f.quantiles.get(level, math.nan) for w, f in zip(weights, flows, strict=True))
        row[f"p{_digits(level)}_s"] = finite(value)
    return row


def _busiest(used: Mapping[str, float]) -> PlainRow:
    name = max(used, key=lambda n: used[n], default="")
    return {"busiest": name, "utilisation": finite(used[name]) if name else None}


def _digits(level: float) -> str:
    """``999`` for .999."""
    return f"{100 * level:g}".replace(".", "")


def finite(value: float) -> float | None:
    """A plain number that every format can hold."""
    return float(value) if math.isfinite(value) else None
