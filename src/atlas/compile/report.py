"""Results as text, tables and plain data: what was run, what came out, how far to trust it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from atlas.compile.ledger import Entry
from atlas.compile.plan import Compiled
from atlas.compile.run import Drilled, Run
from atlas.compile.trace import LEVELS
from atlas.compile.verdict import Judged, Judgement
from atlas.quantity import Dimension, Quantity, format_quantity
from atlas.sim import UNLIMITED
from atlas.sim.agreement import for_stratum
from atlas.sim.fidelity import STRATA, stratum_of

Row = tuple[str, ...]
FLOW_COLUMNS: Row = ("flow", "requests/s", "good", "degraded", "failed", "p50", "p95", "p99", "p99.9")
STATION_COLUMNS: Row = ("station", "utilisation", "busiest", "waiting")
DRILL_COLUMNS: Row = ("drill", "flow", "measure", "must be", "with it", "", "without it", "")
ORIGINS = ("claim", "derived", "sized", "default", "assumed", "design", "compiled")
_SECONDS = Dimension(time=1)
_MINUTE_S, _LONG_S, _VERY_LONG_S = 60, 120, 7200
"""From here on a time is told in seconds still, in minutes and seconds, in hours and minutes."""
_NEARLY_ALL = 0.999995
"""Rounds to 100 % at three digits."""


def seconds(value: float) -> str:
    """A time for people: ``12 ms``, ``5 min 49 s``; ``–`` where there is none, ``never`` where it is infinite."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "never"
    if value >= _LONG_S:
        larger, smaller, size = ("h", "min", 3600) if value >= _VERY_LONG_S else ("min", "s", 60)
        whole, rest = divmod(round(value / size * 60), 60)
        return f"{whole} {larger} {rest} {smaller}" if rest else f"{whole} {larger}"
    if value == 0 or value >= _MINUTE_S:
        return f"{value:.3g} s"
    return format_quantity(Quantity(value, value, value, _SECONDS))


def percent(share: float) -> str:
    """A share of 1 for people: ``99.95 %``; what is nearly all is not called all."""
    if math.isnan(share):
        return "–"
    if _NEARLY_ALL <= share < 1 + 1e-9:
        return "100 %" if share > 1 - 1e-9 else "> 99.999 %"
    digits = 3 if 0.999 < share < 1 else 2 if 0.99 < share < 1 else 1
    return f"{share:.{digits}%}".replace("%", " %")


def number(value: float) -> str:
    """A count or rate to three digits with thousands."""
    if not math.isfinite(value):
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def flow_rows(run: Run) -> list[Row]:
    """One row for each flow: rates and outcomes since the warm-up (in drills: since the faults)."""
    trace, rows = run.trace, []
    first, last = trace.bins(trace.from_s, trace.for_s)
    for name, flow in trace.flows.items():
        rate = float(np.mean(flow.arrived[first:last])) / run.compiled.conditions.share
        shares = [percent(flow.share(part, first, last)) for part in (flow.good, flow.degraded, flow.failed)]
        rows.append((name, number(rate), *shares, *(seconds(flow.latency.get(q, math.nan)) for q in LEVELS)))
    return rows


def station_rows(run: Run, most: int = 12) -> list[Row]:
    """The busiest stations: mean and highest utilisation since the warm-up, mean number of waiting calls."""
    trace = run.trace
    first, last = trace.bins(trace.from_s, trace.for_s)
    found = []
    for name, used in trace.stations.items():
        part = used[first:last]
        waiting = float(np.mean(trace.queued[name][first:last]))
        found.append((float(part.max()), name, float(part.mean()), waiting))
    found.sort(reverse=True)
    return [(name, percent(mean), percent(peak), number(waiting)) for peak, name, mean, waiting in found[:most]]


def drill_rows(drilled: Drilled) -> list[Row]:
    """One row for each expectation of a drill, columns as in ``DRILL_COLUMNS``."""
    return judged_rows((drilled.failure.id,), drilled, drilled.verdict)


def judged_rows(names: Row, judged: Judged, verdict: str) -> list[Row]:
    """One row for each expectation, with the value without the mitigation beside it.

    ``names`` stand in the first row only; the ``verdict`` stands alone where nothing was measured.
    """
    others = {(j.flow, j.measure): j for j in judged.without_judgements}
    rows: list[Row] = []
    for judgement in judged.judgements:
        other = others.get((judgement.flow, judgement.measure))
        measured = (judgement.flow, judgement.measure, judgement.bound, shown(judgement), _word(judgement))
        rows.append((*names, *measured, *((shown(other), _word(other)) if other else ("", ""))))
        names = ("",) * len(names)
    return rows or [(*names, "", "", "", verdict, "", "", "")]


def health_line(health: Sequence[Judgement]) -> str:
    """How a counterfactual does without the fault, in a line; empty where it was not run."""
    if not health:
        return ""
    told = ", ".join(f"{j.flow} {j.measure} {shown(j)} ({j.bound}: {_word(j)})" for j in health)
    return f"without the mitigation and without the fault: {told}"


def shown(judgement: Judgement) -> str:
    """What was measured, in the measure's own form."""
    return seconds(judgement.value) if judgement.measure in ("recover", "p99") else percent(judgement.value)


def _word(judgement: Judgement) -> str:
    return "holds" if judgement.holds else "missed"


def fidelity(run: Run) -> list[str]:
    """How far to trust a run: engine, seed, stratum, origins of its inputs; what is overloaded, what not modelled."""
    compiled, trace = run.compiled, run.trace
    plan_says = stratum_of(compiled.plan)
    lines = [
        f"engine: {trace.engine}" + (f", seed {trace.seed}" if trace.seed is not None else ""),
        f"stratum {plan_says}: {STRATA[plan_says]}",
        for_stratum(plan_says).text(),
        f"inputs: {origins(compiled)}",
    ]
    if compiled.conditions.share < 1:
        lines.append(f"a slice of {compiled.conditions.share:.2g} of the system was run; rates are scaled back")
    lines += [f"overloaded: {what}" for what in trace.overloaded]
    lines += [f"not modelled: {what}" for what in run.not_modelled]
    return lines


def origins(compiled: Compiled) -> str:
    """Where the entries of a plan come from, design settings apart: ``18 % published or derived, …``."""
    counts = compiled.origins()
    total = sum(counts.get(o, 0) for o in ORIGINS if o not in ("design", "compiled")) or 1
    named = {
        "published or derived from it": counts.get("claim", 0) + counts.get("derived", 0),
        "sized": counts.get("sized", 0),
        "defaults": counts.get("default", 0),
        "assumed": counts.get("assumed", 0),
    }
    parts = [f"{count / total:.0%} {word}".replace("%", " %") for word, count in named.items() if count]
    return f"{', '.join(parts)} (of {total}; besides {counts.get('design', 0)} settings of the design)"


def run_dict(run: Run) -> dict[str, Any]:
    """A run as plain data: what JSON can hold (no NaN, no infinity: ``null``)."""
    trace, conditions = run.trace, run.compiled.conditions
    first, last = trace.bins(trace.from_s, trace.for_s)
    scale = 1.0 / conditions.share
    return {
        "system": run.compiled.system.slug,
        "engine": trace.engine,
        "seed": trace.seed,
        "for_s": trace.for_s,
        "from_s": trace.from_s,
        "load": conditions.load,
        "share": conditions.share,
        "stratum": stratum_of(run.compiled.plan),
        "agreement": for_stratum(stratum_of(run.compiled.plan)).text(),
        "origins": run.compiled.origins(),
        "overloaded": list(trace.overloaded),
        "not_modelled": list(run.not_modelled),
        "flows": {
            name: {
                "good": finite(flow.share(flow.good, first, last)),
                "degraded": finite(flow.share(flow.degraded, first, last)),
                "failed": finite(flow.share(flow.failed, first, last)),
                "latency_s": {f"p{100 * q:g}": finite(v) for q, v in flow.latency.items()},
                "per_second": {
                    part: _rounded(getattr(flow, part) * scale) for part in ("arrived", "good", "degraded", "failed")
                },
            }
            for name, flow in trace.flows.items()
        },
        "stations": {name: {"utilisation": _rounded(used, 4)} for name, used in trace.stations.items()},
    }


def drilled_dict(drilled: Drilled) -> dict[str, Any]:
    """A drill as plain data."""
    return {
        "system": drilled.system,
        "drill": drilled.failure.id,
        "name": drilled.failure.name,
        "verdict": drilled.verdict,
        "holds": drilled.holds,
        "counterfactual_fails": drilled.counterfactual_fails,
        "reproduced": drilled.is_reproduced,
        "reason": drilled.reason,
        "expectations": [_judgement(j) for j in drilled.judgements],
        "without": [_judgement(j) for j in drilled.without_judgements],
        "healthy": drilled.is_healthy,
        "health": [_judgement(j) for j in drilled.health],
        "run": run_dict(drilled.run) if drilled.run else None,
        "run_without": run_dict(drilled.without) if drilled.without else None,
    }


def _judgement(judgement: Judgement) -> dict[str, Any]:
    value = finite(judgement.value)
    plain = {"flow": judgement.flow, "measure": judgement.measure, "bound": judgement.bound}
    return {**plain, "value": value, "holds": judgement.holds}


def finite(value: float) -> float | None:
    """A number that JSON can hold."""
    return value if math.isfinite(value) else None


def _rounded(values: Any, digits: int = 3) -> list[float]:
    return [round(float(v), digits) for v in values]


def plan_text(compiled: Compiled) -> str:
    """A plan for people: stations, flows with their calls, where each entry comes from, what is left out."""
    return "\n".join([*_stations(compiled), "", *_flows(compiled), "", *_origins(compiled), "", *_left_out(compiled)])


def _stations(compiled: Compiled) -> list[str]:
    stations, lines = compiled.plan.stations, ["Stations"]
    for k, name in enumerate(stations.name):
        slots = int(stations.slots[k])
        size = "unlimited" if slots >= UNLIMITED else f"{int(stations.instances[k]):,} × {slots:,} slots"
        extra = [] if slots >= UNLIMITED else [f"queue {int(stations.queue_max[k]):,}"]
        extra += ["held while waiting"] if stations.holds[k] else []
        extra += [f"background {stations.background[k]:,.1f} busy"] if stations.background[k] else []
        extra += [f"{int(stations.partitions[k]):,} partitions"] if stations.partitions[k] else []
        extra += [f"limit {stations.limit_rate[k]:,.0f}/s"] if stations.limit_rate[k] else []
        lines.append(f"  {name:24} {size:24} {', '.join(extra)}")
    return lines


def _flows(compiled: Compiled) -> list[str]:
    plan, lines = compiled.plan, ["Flows"]
    rates = {int(f): float(plan.sources.rate_per_s[s]) for s, f in enumerate(plan.sources.flow.tolist())}
    for index, name in enumerate(plan.flows.name):
        rate = f"{number(rates[index])}/s" if index in rates else "handed over"
        lines.append(f"  {name} ({rate})")
        lines += _tree(compiled, int(plan.flows.root[index]), 2)
    return lines


def _tree(compiled: Compiled, site: int, depth: int) -> list[str]:
    plan, lines = compiled.plan, []
    for _, calls in plan.calls_of(site):
        for call, times in {c: calls.count(c) for c in calls}.items():
            if plan.sites.flow[call] != plan.sites.flow[site]:
                lines.append(f"{'  ' * depth}… hands over {plan.flows.name[int(plan.sites.flow[call])]}")
                continue
            deeper = depth
            if target := compiled.targets.get(plan.sites.name[call]):
                lines.append(f"{'  ' * depth}{_call(compiled, call, target, times)}")
                deeper += 1
            lines += _tree(compiled, call, deeper)
    return lines


def _call(compiled: Compiled, site: int, target: str, times: int) -> str:
    plan, sites = compiled.plan, compiled.plan.sites
    words = [target, *([f"× {times}"] if times > 1 else [])]
    table = int(sites.table[site])
    words.append(f"{seconds(float(plan.tables.mean[table]))} cv {plan.tables.cv[table]:.2g}")
    cache = int(sites.cache[site])
    if cache >= 0:
        words.append(f"on a miss of {plan.caches.name[cache]} ({percent(1 - float(plan.caches.hit[cache]))})")
    words += [f"with {percent(float(sites.chance[site]))}"] * bool(sites.chance[site] < 1)
    words += [f"timeout {seconds(float(sites.timeout_s[site]))}"] * bool(sites.timeout_s[site])
    words += [f"{int(sites.attempts[site])} attempts"] * bool(sites.attempts[site] > 1)
    return ", ".join(words)


def _origins(compiled: Compiled) -> list[str]:
    told = [f"  {entry_text(e)}" for e in compiled.entries if e.origin not in ("design", "compiled")]
    return [f"Origins: {origins(compiled)}", *told]


def entry_text(entry: Entry) -> str:
    """One entry: ``stations.messages.instances = 72  claim nodes-scylla  (components.messages.instances)``."""
    claims = f" {', '.join(entry.claims)}" if entry.claims else ""
    path = f"  ({entry.path})" if entry.path else ""
    return f"{entry.place} = {entry.value:.6g}  {entry.origin}{claims}{path}"


def _left_out(compiled: Compiled) -> Sequence[str]:
    return ["Not modelled", *(f"  {what}" for what in compiled.not_modelled)]


def plan_dict(compiled: Compiled) -> dict[str, Any]:
    """A plan as plain data: stations, flows, every entry with its origin, what is left out."""
    plan = compiled.plan
    return {
        "system": compiled.system.slug,
        "stations": [
            {"name": n, "instances": int(plan.stations.instances[k]), "slots": int(plan.stations.slots[k])}
            for k, n in enumerate(plan.stations.name)
        ],
        "flows": list(plan.flows.name),
        "sites": len(plan.sites),
        "stratum": stratum_of(plan),
        "entries": [
            {
                "place": e.place,
                "value": e.value,
                "origin": e.origin,
                "path": e.path,
                "claims": list(e.claims),
                "because": e.because,
            }
            for e in compiled.entries
        ],
        "not_modelled": list(compiled.not_modelled),
    }
