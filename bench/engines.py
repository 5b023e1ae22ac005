"""The analytic and the fluid engine: how long a solve, a planet's day and all drills of the catalogue take."""

from __future__ import annotations

import math
import statistics
from pathlib import Path

import numpy as np

from atlas.catalogue import load_catalogue
from atlas.compile import Compiled, Settings, case_of, compile_system, load_drills, plan_drill
from atlas.sim import Call, Plan, PlanBuilder, PlanError, Service, Stage, run_fluid, run_fluids, solve
from bench.calibration import Calibration
from bench.measure import ROOT, Say, Section, Taken, timed
from bench.simulating import micro

SOLVE_S = 0.010
PLANET_DAY_S = 0.2
DRILLS_S = 2.0
DAY = 86_400


def measure(calibration: Calibration, _scratch: Path, say: Say) -> Section:
    """Seconds on one core, converted to the reference machine."""
    section = Section("The analytic and the fluid engine")
    say("solving")
    _solves(section, calibration)
    say("a planet's day")
    plan = planet_day()
    run_fluid(plan, DAY)  # curves of queues are kept between runs
    section.seconds(
        "fluid: a day at 100 million requests a second, 12 components, bins of a second",
        PLANET_DAY_S,
        timed(calibration, lambda: run_fluid(plan, DAY).station_series("s1"), repeat=5),
    )
    say("all drills")
    drills = [(compiled.plan, for_s) for compiled, for_s in _drills()]
    taken = timed(calibration, lambda: run_fluids(drills), repeat=3)
    section.seconds(f"fluid: all {len(drills)} drills of the catalogue, side by side as playbooks run", DRILLS_S, taken)
    single = timed(calibration, lambda: [run_fluid(*drill) for drill in drills], repeat=1)
    section.data["drills"] = {
        "count": len(drills),
        "reference_s": round(taken.reference_s, 3),
        "one_after_the_other_s": round(single.reference_s, 3),
    }
    section.text += f" One after the other, the {len(drills)} drills take {single.reference_s:.1f} s."
    return section


def _solves(section: Section, calibration: Calibration) -> None:
    """The micro model, without and with what reacts, and every system of the catalogue at its peak."""
    catalogue = load_catalogue(ROOT / "catalogue")
    systems = {slug: compile_system(case_of(catalogue, slug).system).plan for slug in catalogue.systems}
    plans = {"twelve components, timeouts and retries": micro(1000.0)}
    plans |= {"twelve components, slots held too": micro(1000.0, holds=True)}
    for name, plan in plans.items():
        section.seconds(f"analytic: {name}", SOLVE_S, _solved(plan, calibration))
    taken = {slug: _solved(plan, calibration) for slug, plan in systems.items()}
    if taken:
        slowest = max(taken, key=lambda slug: taken[slug].reference_s)
        section.seconds(f"analytic: the slowest of {len(taken)} systems ({slowest})", SOLVE_S, taken[slowest])
        middle = statistics.median(t.reference_s for t in taken.values())
        section.data["systems_s"] = {slug: round(t.reference_s, 4) for slug, t in taken.items()}
        section.text = f"The middle one of the {len(taken)} systems is solved in {middle * 1000:.0f} ms."


def _solved(plan: Plan, calibration: Calibration) -> Taken:
    solve(plan)
    return timed(calibration, lambda: solve(plan), repeat=7)


def _drills() -> list[tuple[Compiled, float]]:
    """The plans of all drills with their mitigation, and for how long they run."""
    catalogue, found = load_catalogue(ROOT / "catalogue"), []
    for slug in catalogue.systems:
        case = case_of(catalogue, slug)
        for failure in load_drills(case).values():
            try:
                compiled, window = plan_drill(case, failure, None, Settings(engine="fluid"))
            except PlanError:
                continue
            found.append((compiled, window.for_s))
    return found


def planet_day() -> Plan:
    """Twelve stations in four levels through a day whose load swings by half, second by second."""
    builder, wave = PlanBuilder(), 1 + 0.5 * np.sin(np.arange(DAY) / DAY * 2 * np.pi)
    for n in range(12):
        builder.station(f"s{n}", slots=math.ceil(1.5e8 * 0.004 / 0.7))
    leaves = [Call(f"s{n}", Service(0.004), timeout_s=0.25, attempts=3, backoff_s=0.01) for n in range(4, 12)]
    middle = [Call(f"s{n}", Service(0.004), (Stage(tuple(leaves[n * 2 : n * 2 + 4])),)) for n in (0, 2)]
    root = Call("s1", Service(0.004), (Stage((middle[0],)), Stage((middle[1],))))
    builder.flow("read", root, rate_per_s=1e8, profile=wave.tolist())
    builder.profile_step(1.0)
    return builder.build()
