"""Drills: faults on the plan's timeline, expectations judged, counterfactuals that fail."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from atlas.catalogue import Catalogue
from atlas.compile import (
    Case,
    Conditions,
    Settings,
    case_of,
    compile_system,
    load_drills,
    plan_drill,
    plan_system,
    run_drill,
    run_drills,
    run_system,
)
from atlas.compile.fault import conditions_of, hot_key_of, plan_faults, window_of
from atlas.compile.health import health
from atlas.compile.report import drill_rows, drilled_dict, fidelity, flow_rows, run_dict, station_rows
from atlas.compile.trace import FlowTrace, Trace
from atlas.compile.trace_fluid import Wanted, trace_fluids
from atlas.compile.verdict import goodput, recovery_s
from atlas.sim import Change, PlanError, with_faults

from .conftest import MakeCase, flow

DISCRETE = Settings(engine="discrete", seed=7, most_calls=2e6)


def drill_case(make_case: MakeCase, *faults: Mapping[str, Any], expect: list[Any], **more: Any) -> Case:
    """The tiny system with one drill."""
    without = more.pop("without", {})
    drill = {"cadence": "weekly", "fault": list(faults), "expect": expect, "without": without}
    failure = {"id": "storm", "name": "A storm", "detection": "d", "mitigation": "m", "recovery": "r", "drill": drill}
    return make_case(failures=[failure], **more)


def timeline(case: Case) -> list[tuple[float, Change, int, float]]:
    """The changes that a case's drill makes on its plan."""
    failure = load_drills(case)["storm"]
    assert failure.drill is not None
    compiled = compile_system(case.system, conditions_of(case.system, failure, Conditions()))
    found = with_faults(compiled.plan, plan_faults(compiled, failure, window_of(failure.drill))).timeline
    rows = zip(found.at_s.tolist(), found.kind.tolist(), found.index.tolist(), found.value.tolist(), strict=True)
    return [(at, Change(kind), index, value) for at, kind, index, value in rows]


def test_whole_instances_are_lost(make_case: MakeCase) -> None:
    """Sixty per cent of four instances are two (2.4, rounded); they come back."""
    fault = {"at": "10 s", "for": "5 s", "kind": "capacity", "on": "store", "share": "60 %"}
    rows = timeline(drill_case(make_case, fault, expect=[{"flow": "read", "goodput": ">= 90 %"}]))
    assert [(at, kind, value) for at, kind, _, value in rows] == [
        (10, Change.CAPACITY, 0.5),
        (15, Change.CAPACITY, 1.0),
    ]


def test_bulkheads_lose_their_share_once(make_case: MakeCase) -> None:
    """Half the instances of a component are half of each of its bulkheads, not a quarter of one."""
    fault = {"at": "10 s", "for": "5 s", "kind": "capacity", "on": "store", "share": "50 %"}
    case = drill_case(
        make_case,
        fault,
        expect=[{"flow": "read", "goodput": ">= 90 %"}],
        components={"store": {"pools": {"urgent": 0.5}}},
        flows={"read": {"client": {"timeout": "1 s"}}, "ask": flow({"call": "store.read", "pool": "urgent"})},
    )
    assert [value for at, _, _, value in timeline(case) if at == 10] == [0.5, 0.5]


def test_a_lost_cache_stays_at_what_is_left_while_the_fault_lasts(make_case: MakeCase) -> None:
    """The first flush takes the share; those that follow only what a second has refilled."""
    fault = {"at": "10 s", "for": "4 s", "kind": "cache_loss", "on": "cache", "share": "20 %"}
    cache = {"cache": {"of": "store", "hit": "90 %", "fill": "60 s"}}
    case = drill_case(make_case, fault, expect=[{"flow": "read", "goodput": ">= 90 %"}], components={"cache": cache})
    rows = [row for row in timeline(case) if row[1] == Change.FLUSH]
    assert [at for at, *_ in rows] == [10, 11, 12, 13]
    assert rows[0][3] == pytest.approx(0.2)
    assert rows[1][3] == pytest.approx(0.01 / 0.81)


def test_a_lost_region_takes_its_stations_and_later_gives_its_load_away(make_case: MakeCase) -> None:
    """Capacity 0 at once; after the time to restore no load there and twice as much in the other."""
    case = drill_case(
        make_case,
        {"at": "10 s", "kind": "region_loss", "on": "us-east-1"},
        expect=[{"flow": "read", "recover": "<= 60 s"}],
        regions={"topology": "multi_region", "names": ["us-east-1", "eu-west-1"], "strategy": "both"},
        multi_region={"writes": "w", "replication": "r", "failover": "automatic", "rto": "30 s"},
    )
    rows = timeline(case)
    assert {value for at, kind, _, value in rows if at == 10 and kind == Change.CAPACITY} == {0.0}
    assert sorted(value for at, kind, _, value in rows if at == 40 and kind == Change.LOAD) == [0, 0, 2, 2]


def test_the_hot_key_is_that_of_what_the_mitigation_guards(make_case: MakeCase) -> None:
    """Calls route by user and by room; the counterfactual is about rooms. Other keys are spread."""
    steps = {"call": "api", "then": [{"call": "cache", "key": "user"}, {"call": "store.read", "key": "room"}]}
    case = drill_case(
        make_case,
        {"at": "10 s", "for": "5 s", "kind": "hot_key", "on": "ask", "rate": "5k/s"},
        expect=[{"flow": "read", "goodput": ">= 90 %"}],
        without={"components.store.concurrency": 2},
        flows={"ask": flow(steps)},
    )
    failure = load_drills(case)["storm"]
    assert failure.drill is not None
    assert hot_key_of(case.system, failure.drill.fault[0], failure.drill) == "room"
    asked = conditions_of(case.system, failure, Conditions())
    plan = compile_system(case.system, asked).plan
    routing = dict(zip(plan.stations.name, plan.stations.routing.tolist(), strict=True))
    assert (routing["store"], routing["cache"]) == (2, 1)
    assert [value for _, kind, _, value in timeline(case) if kind == Change.RATE] == [5000, 0]


def test_a_drill_holds_and_fails_without_its_mitigation(make_case: MakeCase) -> None:
    """A spike of writes: with shedding the reads stay whole, without it they go under with them."""
    case = drill_case(
        make_case,
        {"at": "10 s", "for": "10 s", "kind": "spike", "on": "write", "factor": 60},
        expect=[{"flow": "read", "goodput": ">= 90 %", "recover": "<= 15 s"}],
        without={"components.api.shed": "none"},
        components={"api": {"shed": [{"over": "75 %", "priority": 2}], "queue": {"max": 100, "overflow": "reject"}}},
        flows={"write": {"priority": 3, "client": {"timeout": "1 s"}}, "read": {"priority": 0}},
    )
    done = run_drill(case, load_drills(case)["storm"], settings=DISCRETE)
    assert done.holds, done.judgements
    assert done.counterfactual_fails
    assert done.is_healthy
    assert done.is_reproduced
    assert done.verdict == "holds; without the mitigation it fails"
    rows = drill_rows(done)
    assert [row[0] for row in rows] == ["storm", ""]
    data = drilled_dict(done)
    assert data["reproduced"] is True
    assert len(data["run"]["flows"]["read"]["per_second"]["good"]) == len(data["run"]["stations"]["api"]["utilisation"])


def test_a_counterfactual_that_is_sick_without_the_fault_proves_nothing(make_case: MakeCase) -> None:
    """Without its instances the store fails before anything is slow: the drill is not reproduced."""
    case = drill_case(
        make_case,
        {"at": "10 s", "for": "5 s", "kind": "slow", "on": "store", "factor": 1.5},
        expect=[{"flow": "read", "goodput": ">= 90 %"}],
        without={"components.api.instances": 1},
    )
    done = run_drill(case, load_drills(case)["storm"], settings=DISCRETE)
    assert done.holds
    assert done.counterfactual_fails
    assert done.is_healthy is False
    assert not done.is_reproduced
    assert "proves nothing" in done.verdict


def test_what_is_well_is_what_the_flow_promises(make_case: MakeCase) -> None:
    """The bound without faults: the drill's own where it is higher, else 99 %, or the availability promised."""
    fault = {"at": "10 s", "for": "5 s", "kind": "slow", "on": "store", "factor": 2}
    expect = [{"flow": "read", "goodput": ">= 99.5 %"}, {"flow": "write", "recover": "<= 10 s"}]
    for promised, bound in (({}, ">= 99 %"), ({"slo": {"availability": 0.95}}, ">= 95 %")):
        case = drill_case(make_case, fault, expect=expect, flows={"write": promised})
        drill = load_drills(case)["storm"].drill
        assert drill is not None
        calm = run_system(case, settings=DISCRETE, for_s=12, warmup_s=2).trace
        assert [(j.flow, j.bound) for j in health(drill, calm, case.system)] == [
            ("read", ">= 99.5 %"),
            ("write", bound),
        ]


def test_the_plans_that_run_can_be_had(make_case: MakeCase) -> None:
    """What a drill and a plain run would run, without running it: faults on the timeline, slices as asked."""
    fault = {"at": "10 s", "for": "5 s", "kind": "slow", "on": "store", "factor": 2}
    case = drill_case(make_case, fault, expect=[{"flow": "read", "goodput": ">= 90 %"}])
    failure, given = load_drills(case)["storm"], Conditions(share=0.5)
    planned, window = plan_drill(case, failure, given, DISCRETE)
    ran = run_drill(case, failure, given, DISCRETE).run
    assert ran is not None
    assert (window.start_s, window.end_s) == (10, 15)
    assert planned.plan.timeline.at_s.tolist() == [10, 15]
    assert np.array_equal(planned.plan.sources.rate_per_s, ran.compiled.plan.sources.rate_per_s)
    assert plan_system(case, given, DISCRETE).plan.sources.rate_per_s[0] == 1500
    with pytest.raises(ValueError, match="no drill"):
        plan_drill(case, failure.model_copy(update={"drill": None}))


def test_background_of_flows_out_of_focus_follows_the_load(make_case: MakeCase) -> None:
    """Twice the load is twice the slots that they take, to the bit."""
    system = make_case().system
    busy = [compile_system(system, Conditions(load=f, focus=("write",))).plan.stations.background for f in (1.0, 2.0)]
    assert (busy[0] > 0).any()
    assert (busy[1] == 2 * busy[0]).all()


def test_a_fault_may_say_which_key_is_hot(make_case: MakeCase) -> None:
    """The key that is written is taken, whatever the counterfactual is about; one that no call has is refused."""
    steps = {"call": "api", "then": [{"call": "cache", "key": "user"}, {"call": "store.read", "key": "room"}]}
    fault = {"at": "10 s", "for": "5 s", "kind": "hot_key", "on": "ask", "rate": "5k/s", "key": "user"}
    more: Any = {
        "expect": [{"flow": "read", "goodput": ">= 90 %"}],
        "without": {"components.store.concurrency": 2},
        "flows": {"ask": flow(steps)},
    }
    case = drill_case(make_case, fault, **more)
    assert conditions_of(case.system, load_drills(case)["storm"], Conditions()).hot_key == "user"
    case = drill_case(make_case, {**fault, "key": "planet"}, **more)
    assert "there are user, room" in run_drill(case, load_drills(case)["storm"]).verdict


def test_what_cannot_be_run_is_said_in_the_result(make_case: MakeCase) -> None:
    """A fault on what the plan lacks, a counterfactual whose path is not there, a failure without a drill."""
    expect = [{"flow": "read", "goodput": ">= 90 %"}]
    fault: dict[str, Any] = {"at": "5 s", "for": "5 s", "kind": "cache_loss", "on": "api", "share": "10 %"}
    case = drill_case(make_case, fault, expect=expect)
    assert "no call of the plan goes through a cache" in run_drill(case, load_drills(case)["storm"]).verdict
    fault = {"at": "5 s", "for": "5 s", "kind": "slow", "on": "store", "factor": 2}
    case = drill_case(make_case, fault, expect=expect, without={"components.api.shed": "none"})
    done = run_drill(case, load_drills(case)["storm"], settings=DISCRETE)
    assert done.without is None
    assert "nothing to remove" in done.reason
    bare = load_drills(case)["storm"].model_copy(update={"drill": None})
    assert run_drill(case, bare).verdict == "not run: the failure has no drill"


def test_a_plain_run_says_rates_latencies_and_how_far_to_trust_it(make_case: MakeCase) -> None:
    """The rates are those of the plan, with their noise; the same seed gives the same numbers."""
    case = make_case()
    first, again = (run_system(case, settings=DISCRETE, for_s=20, warmup_s=5) for _ in range(2))
    assert run_dict(first) == run_dict(again)
    read = first.trace.flows["read"]
    assert float(read.arrived[5:].mean()) == pytest.approx(3000, abs=5 * math.sqrt(3000 / 15))
    assert 0.003 < read.latency[0.5] < read.latency[0.99] < 0.5
    assert flow_rows(first)[0][0] == "read"
    assert station_rows(first)[0][0] == "api"
    assert any(line.startswith("engine: discrete") for line in fidelity(first))


def test_a_run_can_be_stopped(make_case: MakeCase) -> None:
    """Who reports progress may say that it is enough."""
    from atlas.sim.kernel import Interrupted, load_kernel  # noqa: PLC0415 - only where there is a kernel

    if load_kernel() is None:  # no compiler here: the twin runs, and cannot be interrupted
        pytest.skip("the kernel cannot be built here")
    with pytest.raises(Interrupted):
        run_system(make_case(), settings=DISCRETE, for_s=2000, report=lambda *_: False)


def trace_of(good: list[float], arrived: list[float]) -> tuple[FlowTrace, Trace]:
    """A made-up trace of one flow, one bin a second."""
    whole, fine = np.array(arrived, dtype=np.float64), np.array(good, dtype=np.float64)
    flow_trace = FlowTrace(whole, fine, np.zeros_like(whole), whole - fine, {})
    return flow_trace, Trace("made up", None, float(len(good)), 0.0, 1.0, {"f": flow_trace}, {}, {})


def test_recovery_is_counted_from_the_end_of_the_faults(make_case: MakeCase) -> None:
    """Back after three seconds; never back; no fall at all; a fault that stays counts from its start."""
    fault = {"at": "4 s", "for": "2 s", "kind": "slow", "on": "store", "factor": 2}
    case = drill_case(make_case, fault, expect=[{"flow": "read", "goodput": ">= 90 %"}])
    drill = load_drills(case)["storm"].drill
    assert drill is not None
    window = window_of(drill)
    assert (window.start_s, window.end_s, window.stays) == (4, 6, False)
    for good, seconds in (
        ([1e5] * 4 + [2e4] * 5 + [1e5] * 3, 3.0),
        ([1e5] * 4 + [2e4] * 8, math.inf),
        ([1e5] * 12, 0.0),
    ):
        flow_trace, trace = trace_of(good, [1e5] * 12)
        assert recovery_s(flow_trace, trace, window) == seconds
    flow_trace, trace = trace_of([1e5] * 4 + [2e4] * 5 + [1e5] * 3, [1e5] * 12)
    assert goodput(flow_trace, trace, window) == pytest.approx(0.2)


def test_chance_in_a_thin_slice_is_no_relapse(make_case: MakeCase) -> None:
    """Of 120 requests a second that fail with 0.03 %, now and then two fail in one: that is not another outage."""
    fault = {"at": "40 s", "for": "2 s", "kind": "slow", "on": "store", "factor": 2}
    case = drill_case(make_case, fault, expect=[{"flow": "read", "goodput": ">= 90 %"}])
    drill = load_drills(case)["storm"].drill
    assert drill is not None
    rng = np.random.default_rng(1)
    late = 0
    for _ in range(300):
        flow_trace, trace = trace_of((120 - rng.binomial(120, 3e-4, 82)).astype(float).tolist(), [120.0] * 82)
        late += recovery_s(flow_trace, trace, window_of(drill)) > 0
    assert late <= 3
    good = [120.0] * 42 + [110.0] * 10 + [120.0] * 30
    flow_trace, trace = trace_of(good, [120.0] * 82)
    assert recovery_s(flow_trace, trace, window_of(drill)) == pytest.approx(10, abs=1)


def test_faults_of_every_system_stand_on_its_plan(catalogue: Catalogue) -> None:
    """Each of the drills compiles, and its counterfactual is a document."""
    for slug in catalogue.systems:
        case = case_of(catalogue, slug)
        for name, failure in load_drills(case).items():
            assert failure.drill is not None
            compiled = compile_system(case.system, conditions_of(case.system, failure, Conditions()))
            faults = plan_faults(compiled, failure, window_of(failure.drill))
            assert len(with_faults(compiled.plan, faults).timeline), f"{slug} {name}"
            assert case.overlaid(failure.drill.without).system.id == case.system.id


def test_a_flow_that_nobody_knows(make_case: MakeCase) -> None:
    """A spike on a flow that does not run is refused with its name."""
    fault = {"at": "5 s", "for": "5 s", "kind": "spike", "on": "browse", "factor": 3}
    with pytest.raises(PlanError, match="browse"):
        timeline(drill_case(make_case, fault, expect=[{"flow": "read", "goodput": ">= 90 %"}]))


def test_drills_together_are_as_one_by_one(make_case: MakeCase) -> None:
    """Side by side each drill is judged as alone; one that cannot be run says why, and spoils no other."""

    def failing(name: str, of: str) -> dict[str, Any]:
        slow = {"at": "10 s", "for": "5 s", "kind": "slow", "on": "store", "factor": 3}
        drill = {"cadence": "weekly", "fault": [slow], "expect": [{"flow": "read", "goodput": ">= 97 %"}]}
        told = {"name": name, "detection": "d", "mitigation": "m", "recovery": "r"}
        return {"id": name, **told, "drill": {**drill, "without": {f"components.{of}.concurrency": 2}}}

    case = make_case(failures=[failing("one", "store"), failing("wide", "nobody")])
    failures = list(load_drills(case).values())
    together = run_drills(case, failures)
    assert [d.failure.id for d in together] == ["one", "wide"]
    for ours, failure in zip(together, failures, strict=True):
        alone = run_drill(case, failure)
        assert (ours.verdict, ours.reason) == (alone.verdict, alone.reason)
        assert (ours.judgements, ours.without_judgements) == (alone.judgements, alone.without_judgements)
        assert ours.health == alone.health
    assert together[0].without is not None
    assert "nobody" in together[1].reason
    assert together[1].run is not None


def test_a_run_that_cannot_be_made_spoils_no_other(make_case: MakeCase) -> None:
    """Of runs side by side the one with no duration raises when it is asked for; the others are there."""
    compiled = plan_system(make_case())
    good, bad = Wanted(compiled, 20.0, 5.0), Wanted(compiled, -1.0, 0.0)
    traces = trace_fluids([bad, good])
    assert len(traces(good).flows["read"].arrived) == 20
    with pytest.raises(PlanError, match="for_s"):
        traces(bad)
