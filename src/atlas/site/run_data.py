"""What the run panel of a system needs: its plan as it is, and each drill with and without its mitigation.

The plans are those of ``atlas run --engine discrete --slice …``; the page makes the same runs with the same kernel.
Plans are told as differences from the first, so that a system's runs are some ten kilobytes compressed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any, Final

from atlas.compile import Case, Compiled, Conditions, OverlayError, compile_system
from atlas.compile.fault import Window, conditions_of, plan_faults, window_of
from atlas.compile.report import ORIGINS
from atlas.compile.run import DEFAULT_FOR_S, DEFAULT_WARMUP_S
from atlas.compile.trace import share_for, smallest_hot_share
from atlas.model import System
from atlas.model.failure import Drill, Failure, Fault
from atlas.sim import Plan, PlanError, with_faults
from atlas.sim.fidelity import STRATA, stratum_of
from atlas.sim.packed import difference, packed

VERSION = 1
MOST_CALLS: Final = 2e7
"""Calls that a run on a page makes at most at one time the load: some seconds."""
MOST_CALLS_HOT: Final = 1.6e8
"""The same where a hot key meets one instance, which can be sliced only so far: half a minute."""
DIGITS = 3
"""Digits of a slice, so that a command line can name it."""


def run_data(case: Case) -> dict[str, Any] | None:
    """Everything as plain data; None where nothing of the system can be run."""
    maker = _Maker(case)
    try:
        steady = maker.steady()
    except PlanError:
        return None
    drills = [maker.drill(f) for f in case.system.document.failures if f.drill is not None]
    return {
        "version": VERSION,
        "system": {"slug": case.system.slug, "name": case.system.document.name},
        "flows": {n: f.name for n, f in case.system.document.flows.items()},
        "components": {n: c.name for n, c in case.system.document.components.items()},
        "plans": maker.plans,
        "runs": [steady, *drills],
    }


class _Maker:
    """Makes plans, each once; ``plans`` holds them in the order of their numbers."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.plans: list[dict[str, Any]] = []
        self._compiled: dict[Conditions, Compiled] = {}
        self._longest_s = max([DEFAULT_FOR_S, *(window_of(f.drill).for_s for f in _drilled(case.system))])

    @cached_property
    def _base(self) -> dict[str, Any]:
        """The first plan in full, of which the others are told as differences."""
        return packed(self._compile(self._sliced(Conditions())).plan)

    def steady(self) -> dict[str, Any]:
        """The system as it is, without a fault."""
        compiled = self._compile(self._sliced(Conditions()))
        window = {"start": DEFAULT_WARMUP_S, "end": DEFAULT_FOR_S, "for": DEFAULT_FOR_S, "stays": False}
        plan = self._add(compiled, compiled.plan, self.case)
        return {"id": "", "name": "No fault", "window": window, "plan": plan, "expect": [], "flows": _flows(compiled)}

    def drill(self, failure: Failure) -> dict[str, Any]:
        """One drill: its times, what must hold, and the plans with and without the mitigation, or why there is none."""
        drill = failure.drill
        assert drill is not None  # noqa: S101 - only failures with a drill come here
        window = window_of(drill)
        told: dict[str, Any] = {
            "id": failure.id,
            "name": failure.name,
            "faults": [_fault_words(self.case.system, f) for f in drill.fault],
            "mitigation": failure.mitigation or "",
            "window": {"start": window.start_s, "end": window.end_s, "for": window.for_s, "stays": window.stays},
            "expect": _expectations(drill),
        }
        try:
            conditions = self._sliced(conditions_of(self.case.system, failure, Conditions()), window.for_s)
            compiled = self._compile(conditions)
            told |= {"plan": self._faulted(compiled, failure, window, self.case), "flows": _flows(compiled)}
        except PlanError as error:
            return {**told, "reason": str(error)}
        return told | self._counterfactual(failure, window, conditions)

    def _counterfactual(self, failure: Failure, window: Window, conditions: Conditions) -> dict[str, Any]:
        drill = failure.drill
        if drill is None or not drill.without:
            return {}
        changes = {path: _told(value) for path, value in drill.without.items()}
        try:
            case = self.case.overlaid(drill.without)
            other = next(f for f in case.system.document.failures if f.id == failure.id)
            plan = self._faulted(compile_system(case.system, conditions), other, window, case)
        except (PlanError, OverlayError) as error:
            return {"without": {"changes": changes, "reason": str(error)}}
        return {"without": {"changes": changes, "plan": plan}}

    def _faulted(self, compiled: Compiled, failure: Failure, window: Window, case: Case) -> int:
        return self._add(compiled, with_faults(compiled.plan, plan_faults(compiled, failure, window)), case)

    def _compile(self, conditions: Conditions) -> Compiled:
        """The plan of the system as it is, each made once; that of a variant is used once, and so not kept."""
        if conditions not in self._compiled:
            self._compiled[conditions] = compile_system(self.case.system, conditions)
        return self._compiled[conditions]

    def _sliced(self, conditions: Conditions, for_s: float = 0.0) -> Conditions:
        """The same conditions for the slice that a page can afford. PlanError where a hot key needs more than that.

        Drills without a hot key have the slice that the longest of them can afford, and so one plan in common.
        """
        whole = self._compile(conditions)
        share = share_for(whole, self._longest_s, most_calls=MOST_CALLS)
        if conditions.hot_key:
            share = max(share, smallest_hot_share(whole))
            if share_for(whole, for_s, most_calls=MOST_CALLS_HOT) < share:
                raise PlanError("for_s", "one hot key needs nearly all of the system: too many calls for a page")
        return conditions if share >= 1 else replace(conditions, share=_short(share))

    def _add(self, compiled: Compiled, plan: Plan, case: Case) -> int:
        whole = packed(plan)
        told = {**(difference(whole, self._base) if self.plans else whole), **_about(compiled, plan, case.system)}
        self.plans.append(told)
        return len(self.plans) - 1


def _drilled(system: System) -> list[Any]:
    return [f for f in system.document.failures if f.drill is not None]


def _short(share: float) -> float:
    """The share with few digits, not above it."""
    scale = 10.0 ** (DIGITS - 1 - math.floor(math.log10(share)))
    return float(f"{math.floor(share * scale) / scale:.{DIGITS}g}")


def _about(compiled: Compiled, plan: Plan, system: System) -> dict[str, Any]:
    """Names and what follows from the load: see ``atLoad`` in assets/run-kernel.js."""
    flows = [compiled.flow_of.get(n, n) for n in plan.flows.name]
    counts = compiled.origins()
    return {
        "share": compiled.conditions.share,
        "stations": list(plan.stations.name),
        "component": list(plan.stations.component),
        "flow_of": [None if plan.flows.detached[i] else flow for i, flow in enumerate(flows)],
        "load": _loads(compiled, plan, system),
        "stratum": [stratum_of(plan), STRATA[stratum_of(plan)]],
        "origins": {o: counts[o] for o in ORIGINS if counts.get(o)},
        "left_out": list(compiled.not_modelled),
    }


def _loads(compiled: Compiled, plan: Plan, system: System) -> dict[str, Any]:
    """Rates and users of each source before load, slice and regions: what ``atlas.compile.flow`` multiplies."""
    sources, document = plan.sources, system.document
    names = [compiled.flow_of[plan.flows.name[f]] for f in sources.flow.tolist()]
    users = [system.value(f"flows.{n}.rate.closed") if u else None for n, u in zip(names, sources.users, strict=True)]
    open_ = [float(r) > 0 for r in sources.rate_per_s]
    regions = len({r for r, hot in zip(sources.region.tolist(), sources.hot.tolist(), strict=True) if not hot})
    known = document.flows.keys()
    return {
        "regions": regions,
        "peaks": [
            system.traffic.flows[n].peak if is_open and n in known else 0.0
            for n, is_open in zip(names, open_, strict=True)
        ],
        "users": [u.mid if u is not None else 0.0 for u in users],
    }


def _flows(compiled: Compiled) -> list[str]:
    """The document's flows that a run has, each once."""
    return list(dict.fromkeys(compiled.flow_of.values()))


def _expectations(drill: Drill) -> list[dict[str, Any]]:
    measures = ("goodput", "degraded", "recover", "p99")
    return [
        {
            "flow": expected.flow,
            "measure": measure,
            "operator": bound.operator,
            "bound": bound.bound.mid,
            "text": bound.text,
        }
        for expected in drill.expect
        for measure in measures
        if (bound := getattr(expected, measure)) is not None
    ]


_WORDS: Mapping[str, Callable[[str, str], str]] = {
    "spike": lambda on, size: f"{on}: {size} times the requests",
    "hot_key": lambda on, size: f"{on}: {size} on one key",
    "slow": lambda on, size: f"{on}: {size} times as slow",
    "capacity": lambda on, size: f"{on}: {size} of the capacity left",
    "cache_loss": lambda on, size: f"{on}: {size} of the cache lost",
    "error": lambda on, size: f"{on}: {size} of the calls fail",
    "partition": lambda on, _: f"{on}: cut apart",
    "region_loss": lambda on, _: f"{on}: the region is lost",
}


def _fault_words(system: System, fault: Fault) -> str:
    """``Auth store: 67 % of the capacity left, 120 s``."""
    size = next((q.text for q in (fault.factor, fault.share, fault.rate) if q is not None), "")
    names = {n: c.name for n, c in system.document.components.items()}
    names |= {n: f.name for n, f in system.document.flows.items()}
    on = " – ".join(names.get(end.strip(), end.strip()) for end in fault.on.split("->"))
    lasts = f"for {fault.for_.text}" if fault.for_ is not None else "from then on"
    return f"{_WORDS[fault.kind](on, size)}, {lasts}"


def _told(value: Any) -> str:
    """A change as ``atlas run --without`` is told it."""
    if isinstance(value, Mapping):
        return ", ".join(f"{k} {_told(v)}" for k, v in value.items())
    return str(value).lower() if isinstance(value, bool) else str(value)
