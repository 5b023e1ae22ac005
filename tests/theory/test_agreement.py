"""The engines against each other on random plans of all strata: the gates, and what is published where there is none.

The bench does the same with two hundred plans (``python -m bench agreement``) and keeps the figures that results print.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from bench.agreement import MECHANISMS
from bench.agreement import PLANS as MEASURED

from atlas.sim import simulate
from atlas.sim.agreement import fired_in, for_stratum, measured, mechanisms, summarise
from atlas.sim.compare import FaultApart, SteadyApart, compare_fault, compare_steady
from atlas.sim.fidelity import STRATA, Stratum, stratum_of
from atlas.sim.record import Count
from atlas.sim.stratum_plan import FAULT_AT_S, FAULT_S, faulted, stratum_plan

PLANS = 5
"""Of each stratum; others than those of the bench."""
FIRST = 1000
ERRORS = 4.0
"""Standard errors of the discrete engine that are allowed for."""


@cache
def at_rest(stratum: Stratum) -> list[SteadyApart]:
    """Analytic against discrete."""
    seconds = 200.0 if stratum in "ab" else 80.0
    return [compare_steady(stratum_plan(stratum, FIRST + n), 3, seconds, 6) for n in range(PLANS)]


@cache
def under_faults(stratum: Stratum) -> list[FaultApart]:
    """Fluid against discrete."""
    window = (FAULT_AT_S, FAULT_AT_S + FAULT_S)
    plans = (faulted(stratum_plan(stratum, FIRST + n), FIRST + n)[0] for n in range(PLANS))
    return [compare_fault(plan, window, 90.0, 3) for plan in plans]


_NAMES = {int(c): c.name for c in Count}


def test_stratum_a() -> None:
    """Many slots, moderate load, nothing that reacts: utilisation within 0.2 %, the 99th percentile within 1 %."""
    for found in at_rest("a"):
        assert found.utilisation.within(0.002, ERRORS), found
        assert found.p99.within(0.01, ERRORS), found
        assert not found.is_unstable


def test_stratum_b() -> None:
    """Single servers and bursty service: the 99th percentile within 6 %."""
    for found in at_rest("b"):
        assert found.p99.within(0.06, ERRORS), found


@pytest.mark.parametrize("stratum", ["c", "d"])
def test_strata_with_a_published_error(stratum: Stratum) -> None:
    """What reacts, and slots that are held: the 99th percentile is within 5 % for most plans."""
    errors = [abs(found.p99.error) for found in at_rest(stratum) if np.isfinite(found.p99.error)]
    assert len(errors) >= PLANS - 1
    assert float(np.median(errors)) <= 0.05


@pytest.mark.parametrize("stratum", ["a", "b"])
def test_under_faults(stratum: Stratum) -> None:
    """Fluid and discrete: the same verdict, goodput within ten points, recovery within 2 seconds or a tenth."""
    for found in under_faults(stratum):
        assert found.is_same_verdict, found
        assert abs(found.during.error) <= 10 + ERRORS * found.during.standard_error, found
        assert abs(found.after.error) <= 10 + ERRORS * found.after.standard_error, found
        assert found.recovers_alike, found


@pytest.mark.parametrize("stratum", ["c", "d"])
def test_under_faults_with_reactions(stratum: Stratum) -> None:
    """Where everything reacts, no fewer plans agree than the published share lets one expect of so few."""
    found, published = under_faults(stratum), for_stratum(stratum)
    few = 2.5 / np.sqrt(PLANS) / 2
    assert np.mean([f.is_same_verdict for f in found]) >= published.same_verdict - few
    alike = [max(abs(f.during.error), abs(f.after.error)) <= 10 for f in found]
    assert np.mean(alike) >= published.goodput_alike - few


def test_plans_are_of_their_strata_and_each_seed_is_one_plan() -> None:
    """The maker keeps to the definition that results are labelled by, and draws the same twice."""
    for stratum in STRATA:
        plan, again = stratum_plan(stratum, 7), stratum_plan(stratum, 7)
        assert stratum_of(plan) == stratum
        assert plan.tables.quantiles.tobytes() == again.tables.quantiles.tobytes()
        assert plan.stations.slots.tolist() == again.stations.slots.tolist()


def test_figures_are_kept_for_every_stratum() -> None:
    """What results print exists, is in order, and names its stratum."""
    strata = measured()
    assert [s.stratum for s in strata] == list(STRATA)
    for agreement in strata:
        assert agreement.plans >= 50
        for figures in agreement.figures.values():
            assert 0 <= figures.median <= figures.p95 <= figures.largest
        assert f"stratum {agreement.stratum}" in agreement.text()
    with pytest.raises(KeyError):
        for_stratum("e")  # type: ignore[arg-type]  # it is no stratum


def test_every_mechanism_acts_in_a_twentieth_of_the_plans() -> None:
    """The two hundred plans of the bench are not two hundred times the same few mechanisms."""
    acted = dict.fromkeys(MECHANISMS, 0)
    for stratum in STRATA:
        for seed in range(MEASURED):
            shaken, _ = faulted(stratum_plan(stratum, seed), seed)
            run = simulate(shaken, 1, 90.0)
            for count in run.records[0].counts.nonzero()[0].tolist():
                name = _NAMES[count]
                if name in acted:
                    acted[name] += 1
    assert min(acted.values()) >= 0.05 * MEASURED * len(STRATA), acted
    kept = mechanisms()
    assert all(kept[name] >= 0.05 for name in MECHANISMS)


def test_a_summary_is_of_errors_without_signs() -> None:
    """Medians, high and largest errors of some plans; who fired is counted once a plan."""
    steady, shaken = at_rest("a"), under_faults("a")
    summary = summarise(steady, shaken)
    assert summary.plans == PLANS
    assert summary.figures["p99"].largest == pytest.approx(max(abs(s.p99.error) for s in steady) * 100, abs=1e-3)
    assert all(share <= 1 for share in fired_in(steady, shaken).values())
