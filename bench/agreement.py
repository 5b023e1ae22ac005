"""The engines against each other on random plans, stratum by stratum; writes ``src/atlas/sim/agreement.json``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from atlas.sim.agreement import POINTS, STEADY, Agreement, fired_in, summarise, to_json
from atlas.sim.compare import FaultApart, SteadyApart, compare_fault, compare_steady
from atlas.sim.fidelity import STRATA, Stratum
from atlas.sim.stratum_plan import FAULT_AT_S, FAULT_S, faulted, stratum_plan
from bench.calibration import Calibration
from bench.measure import ROOT, Say, Section

PLANS = 50
"""Of each stratum."""
SEED = 1
RUN_S = 90.0
"""Seconds of a run with a fault."""
EFFORT: dict[Stratum, tuple[float, int]] = {"a": (350.0, 8), "b": (350.0, 8), "c": (150.0, 8), "d": (150.0, 8)}
"""Simulated seconds (a thousand requests each, and more) and replications of a run at rest."""
LEAST_SHARE = 0.05
MECHANISMS = (
    *("RETRIES", "TIMEOUTS", "BREAKER_OPENED", "LIMITED", "PARTITION_LIMITED", "SHED", "OVERFLOWED"),
    *("LOST_INSTANCE", "DIVERTED", "STALE", "ERRORS", "HEDGES", "FALLBACKS", "COALESCED", "CACHE_HITS"),
    *("CACHE_MISSES", "DETACHED", "CUT", "BUDGET_REFUSED", "QUORUM_EARLY", "HELD", "CHOSEN", "THOUGHT"),
)
DATA = ROOT / "src" / "atlas" / "sim" / "agreement.json"


def measure(_calibration: Calibration, _scratch: Path, say: Say) -> Section:
    """200 plans on all cores; the table, and whether the gates hold."""
    section = Section("Agreement of the engines")
    found: dict[Stratum, list[tuple[SteadyApart, FaultApart]]] = {stratum: [] for stratum in STRATA}
    jobs = [(stratum, seed) for stratum in STRATA for seed in range(PLANS)]
    with ProcessPoolExecutor() as pool:
        for done, (job, result) in enumerate(zip(jobs, pool.map(compare, jobs), strict=True), 1):
            found[job[0]].append(result)
            if done % 25 == 0:
                say(f"{done} of {len(jobs)} plans")
    strata = [summarise(*_split(found[stratum])) for stratum in STRATA]
    every = [pair for pairs in found.values() for pair in pairs]
    fired = fired_in(*_split(every))
    _gates(section, found, strata)
    rarest = min(MECHANISMS, key=lambda name: fired.get(name, 0.0))
    section.at_least(f"plans in which the rarest mechanism acts ({rarest})", 5, fired.get(rarest, 0.0) * 100, "%")
    about = {"plans": len(every), "seed": SEED, "run_s": RUN_S, "replications": EFFORT["a"][1]}
    text = to_json(strata, fired, about)
    DATA.write_text(text, "utf-8")
    section.text = "\n".join(_table(strata))
    section.data = {"mechanisms": fired, "strata": {s.stratum: s.text() for s in strata}}
    return section


def compare(job: tuple[Stratum, int]) -> tuple[SteadyApart, FaultApart]:
    """One plan at rest, and with its fault."""
    stratum, seed = job
    plan = stratum_plan(stratum, seed)
    for_s, replications = EFFORT[stratum]
    shaken, _ = faulted(plan, seed)
    window = (FAULT_AT_S, FAULT_AT_S + FAULT_S)
    return compare_steady(plan, SEED, for_s, replications), compare_fault(shaken, window, RUN_S, SEED)


def _split(pairs: Sequence[tuple[SteadyApart, FaultApart]]) -> tuple[list[SteadyApart], list[FaultApart]]:
    return [p[0] for p in pairs], [p[1] for p in pairs]


def _gates(
    section: Section, found: dict[Stratum, list[tuple[SteadyApart, FaultApart]]], strata: Sequence[Agreement]
) -> None:
    """The gates; three standard errors of the truth are allowed for."""
    gates: tuple[tuple[str, Stratum, str, float], ...] = (
        ("utilisation within 0.2 %", "a", "utilisation", 0.002),
        ("p99 within 1 %", "a", "p99", 0.01),
        ("p99 within 6 %", "b", "p99", 0.06),
    )
    for what, stratum, name, gate in gates:
        steady = [s for s, _ in found[stratum]]
        share = sum(getattr(s, name).within(gate) for s in steady) / len(steady)
        section.at_least(f"stratum {stratum}: {what}, share of the plans", 100, share * 100, "%")
    for agreement in strata[2:]:
        section.at_most(f"stratum {agreement.stratum}: p99, median error", 5, agreement.figures["p99"].median, "%")
        section.at_most(f"stratum {agreement.stratum}: p99, 95th percentile", 5, agreement.figures["p99"].p95, "%")
    for agreement in strata:
        named = f"stratum {agreement.stratum}, under a fault"
        section.at_least(f"{named}: same verdict", 100, agreement.same_verdict * 100, "%")
        section.at_least(f"{named}: goodput within 10 points", 95, agreement.goodput_alike * 100, "%")
        section.at_least(f"{named}: recovery within 2 s or a tenth", 95, agreement.recovers_alike * 100, "%")


def _table(strata: Sequence[Agreement]) -> Iterator[str]:
    """Errors by stratum: median, 95th percentile, largest."""
    yield "Errors without signs: median / 95th percentile / largest (standard error of the truth)."
    yield ""
    names = [*STEADY, *POINTS]
    yield "| stratum | plans | " + " | ".join(f"{n} {'%' if n in STEADY else 'points'}" for n in names) + " |"
    yield "| --- | --- |" + " --- |" * len(names)
    for s in strata:
        cells = (
            f"{f.median:.2g} / {f.p95:.2g} / {f.largest:.2g} ({f.standard_error:.1g})"
            for f in (s.figures[name] for name in names)
        )
        yield f"| {s.stratum} | {s.plans} | " + " | ".join(cells) + " |"
    yield ""
    yield from (f"* {stratum}: {said}" for stratum, said in STRATA.items())
