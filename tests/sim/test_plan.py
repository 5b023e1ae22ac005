"""Plans: what the builder makes, what validation refuses, how faults become changes."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from atlas.sim import (
    NONE,
    Call,
    Change,
    Fault,
    Plan,
    PlanBuilder,
    PlanError,
    Routing,
    Service,
    Stage,
    simulate,
    validate,
    with_faults,
)
from atlas.sim.plan import Overflow, arrays_of
from atlas.sim.rate import site_rates, station_busy


def example() -> Plan:
    """A gateway that calls a cached store, and hands work over."""
    builder = PlanBuilder(("here", "there"))
    builder.station("gateway", slots=10, shed=[(0.9, 2)])
    builder.station("store", instances=3, slots=4, routing=Routing.KEYED, partitions=12)
    builder.cache("cache", 0.9, 10.0)
    read = Call("store", Service(0.01), cache="cache", timeout_s=0.1, attempts=2)
    later = Call("store", Service(0.02), detached="later", chance=0.5)
    builder.flow("read", Call("gateway", Service(0.001), (Stage((read, later)),)), rate_per_s=100.0)
    return builder.build()


def changed(plan: Plan, part: str, field: str, value: float, index: int = 0) -> Plan:
    """The plan with one number replaced."""
    values = getattr(getattr(plan, part), field).copy()
    values[index] = value
    return replace(plan, **{part: replace(getattr(plan, part), **{field: values})})


def test_children_come_before_parents() -> None:
    """Sites are numbered so that passes over the tree are plain loops; every flow knows its root."""
    plan = example()
    for site in range(len(plan.sites)):
        assert all(child < site for _, calls in plan.calls_of(site) for child in calls)
    assert plan.sites.station[plan.flows.root[0]] == plan.find_station("gateway")
    assert plan.flows.name == ("read", "read/later")
    assert plan.flows.detached.tolist() == [0, 1]


def test_settings_of_a_caller_get_a_virtual_root() -> None:
    """A first call with a timeout has somebody around it who waits."""
    builder = PlanBuilder()
    builder.station("a")
    builder.flow("flow", Call("a", Service(0.01), timeout_s=1.0), rate_per_s=1.0)
    plan = builder.build()
    assert plan.sites.station[plan.flows.root[0]] == NONE
    assert len(plan.sites) == 2


def test_nominal_rates_follow_the_tree() -> None:
    """Rates fall with chance and cache; busy slots are rate × mean service; a cache knows its lookups."""
    plan = example()
    rates = dict(zip(plan.sites.name, site_rates(plan).tolist(), strict=True))
    assert rates["gateway"] == pytest.approx(100.0)
    assert plan.caches.lookups_per_s.tolist() == pytest.approx([100.0])
    assert station_busy(plan).tolist() == pytest.approx([0.1, 100 * 0.1 * 0.01 + 100 * 0.5 * 0.02])


@pytest.mark.parametrize(
    ("part", "field", "value", "index"),
    [
        ("stations", "slots", 0, 0),
        ("stations", "slots", -3, 0),
        ("stations", "instances", 10**7, 1),
        ("stations", "queue_max", -1, 0),
        ("stations", "routing", 9, 0),
        ("stations", "overflow", 5, 0),
        ("stations", "error", 1.5, 0),
        ("stations", "error", math.nan, 0),
        ("stations", "background", 10.0, 0),
        ("stations", "limit_rate", 5.0, 0),
        ("stations", "hottest", -0.1, 1),
        ("stations", "partitions", 3, 0),
        ("stations", "partition_rate", -1.0, 1),
        ("stations", "region", 2, 0),
        ("sites", "chance", 1.2, 0),
        ("sites", "chance", -0.1, 0),
        ("sites", "timeout_s", -1.0, 0),
        ("sites", "timeout_s", math.inf, 0),
        ("sites", "timeout_level", 1.0, 0),
        ("sites", "hedge_level", 0.9, 0),
        ("sites", "attempts", 0, 0),
        ("sites", "attempts", 31, 0),
        ("sites", "backoff_s", -0.5, 0),
        ("sites", "units", 0, 0),
        ("sites", "units", 5, 0),
        ("sites", "station", 7, 0),
        ("sites", "table", NONE, 0),
        ("sites", "cache", 3, 0),
        ("sites", "key", 0, 0),
        ("sites", "fallback", 99, 0),
        ("sites", "flow", 1, 0),
        ("sites", "breaker", 2.0, 0),
        ("stages", "quorum", 3, 0),
        ("stages", "quorum", -1, 0),
        ("stages", "choose", 1, 0),
        ("stages", "calls", 9, 0),
        ("flows", "root", 99, 0),
        ("flows", "priority", 10, 0),
        ("caches", "hit", 1.1, 0),
        ("caches", "fill_s", -1.0, 0),
        ("sources", "rate_per_s", 0.0, 0),
        ("sources", "rate_per_s", -5.0, 0),
        ("sources", "users", 5, 0),
        ("sources", "flow", 1, 0),
        ("sources", "profile", 0, 0),
    ],
)
def test_refused(part: str, field: str, value: float, index: int) -> None:
    """Numbers out of range are refused with the place that holds them."""
    with pytest.raises(PlanError) as refusal:
        validate(changed(example(), part, field, value, index))
    assert refusal.value.place
    assert refusal.value.reason


def test_cycles_and_shared_sites_are_refused() -> None:
    """A call that comes back to its caller, or belongs to two callers, is no tree."""
    plan = example()
    root = int(plan.flows.root[0])
    with pytest.raises(PlanError, match="cycle"):
        validate(changed(plan, "stages", "calls", root, len(plan.stages.calls) - 1))
    with pytest.raises(PlanError, match="two places"):
        validate(changed(plan, "sites", "divert", 0, 2))


def test_roots_have_no_caller_settings() -> None:
    """A request cannot time out by itself: its caller does."""
    plan = example()
    with pytest.raises(PlanError, match="virtual"):
        validate(changed(plan, "sites", "timeout_s", 1.0, int(plan.flows.root[0])))


@pytest.mark.parametrize(
    "call",
    [
        Call("a", Service(0.01), coalesce=True, hedge_s=0.1),
        Call(stages=(Stage((Call("a", Service(0.01)),)),), hedge_s=0.1),
        Call(stages=(Stage((Call("a", Service(0.01)),)),), network_s=0.1),
        Call(stages=(Stage(()),)),
        Call(stages=(Stage((Call("a", Service(0.01), times=300),)),)),
        Call(stages=(Stage((Call("a", Service(0.01), chance=0.4),), choose=True),)),
        Call(stages=(Stage((Call("a", Service(0.01)),), quorum=2),)),
        Call("nowhere", Service(0.01)),
        Call("a"),
        Call("a", Service(0.0)),
        Call("a", Service(-1.0)),
        Call("a", Service(0.01, cv=-1)),
        Call("a", Service(math.nan)),
        Call("a", Service(0.01), cache="nowhere"),
        Call("a", Service(0.01), fallback=Call("a", Service(0.01), detached="later")),
    ],
)
def test_calls_that_mean_nothing_are_refused(call: Call) -> None:
    """Mechanisms that do not go together are refused, not ignored."""

    def build() -> Plan:
        builder = PlanBuilder()
        builder.station("a")
        builder.flow("flow", call, rate_per_s=1.0)
        return builder.build()

    with pytest.raises(PlanError):
        build()


def test_constant_work_does_not_go_with_dropping_the_stale() -> None:
    """A store that drops what nobody waits for would drop a cache's constant work: refused."""
    builder = PlanBuilder()
    builder.station("a", overflow=int(Overflow.DROP_STALE))
    builder.cache("cache", 0.9, constant_work=True)
    builder.flow("flow", Call(stages=(Stage((Call("a", Service(0.01), cache="cache"),)),)), rate_per_s=1.0)
    with pytest.raises(PlanError, match="constant work"):
        builder.build()


def test_names_and_settings_are_checked() -> None:
    """Names are taken once; settings, regions and flows have to exist."""
    builder = PlanBuilder()
    builder.station("a")
    builder.flow("flow", Call("a", Service(0.01)), rate_per_s=1.0)
    refused: list[tuple[Any, tuple[Any, ...], dict[str, Any]]] = [
        (builder.station, ("a",), {}),
        (builder.station, ("b",), {"slot": 3}),
        (builder.station, ("b",), {"region": "moon"}),
        (builder.flow, ("flow", Call("a", Service(0.01))), {}),
        (builder.source, ("s", "nothing"), {}),
    ]
    for make, args, settings in refused:
        with pytest.raises(PlanError):
            make(*args, **settings)


def test_too_large_is_a_limit_with_its_reason() -> None:
    """A million components, or queues, are refused before anything large is made."""
    builder = PlanBuilder()
    builder._stations = [{}] * 1_000_000
    with pytest.raises(PlanError, match="too many"):
        builder.build()
    builder = PlanBuilder()
    builder.station("a", instances=2_000_000)
    builder.flow("flow", Call("a", Service(0.01)), rate_per_s=1.0)
    with pytest.raises(PlanError, match="instances"):
        builder.build()


@pytest.mark.parametrize(("for_s", "warmup_s"), [(0, 0), (-1, 0), (math.inf, 0), (1e12, 0), (10, 10), (10, -1)])
def test_absurd_durations_are_refused(for_s: float, warmup_s: float) -> None:
    """Empty, endless and all-warm-up runs are refused."""
    with pytest.raises(PlanError):
        simulate(example(), 1, for_s, warmup_s=warmup_s)


def test_too_much_work_is_refused_before_it_starts() -> None:
    """A planet's year request by request is refused at once: to be sliced, or asked of another engine."""
    busy = changed(example(), "sources", "rate_per_s", 1e9)
    with pytest.raises(PlanError, match="slice"):
        simulate(busy, 1, 3600.0)


def test_too_many_bins_are_refused() -> None:
    """A year in milliseconds does not fit in memory: a limit, not a crash."""
    with pytest.raises(PlanError, match="bins"):
        simulate(example(), 1, 1e6, bin_s=0.0001)


def test_empty_plans_are_refused() -> None:
    """A plan without flows or sources has nothing to run."""
    with pytest.raises(PlanError, match="flow"):
        PlanBuilder().build()
    builder = PlanBuilder()
    builder.station("a")
    builder.flow("flow", Call("a", Service(0.01)))
    with pytest.raises(PlanError, match="request"):
        builder.build()


def test_faults_become_changes_that_end() -> None:
    """Each fault begins and ends; those on one target at one time go together."""
    faults = [
        Fault("slow", 10.0, 10.0, "store", 2.0),
        Fault("slow", 15.0, 10.0, "store", 3.0),
        Fault("error", 10.0, 5.0, "gateway", 0.5),
        Fault("partition", 1.0, 2.0, ("gateway", "store")),
        Fault("hot_key", 3.0, 4.0, "read", 500.0),
    ]
    plan = with_faults(example(), faults)
    rows = list(
        zip(plan.timeline.at_s.tolist(), plan.timeline.kind.tolist(), plan.timeline.value.tolist(), strict=True)
    )
    slow = [(at, value) for at, kind, value in rows if kind == Change.SLOW]
    assert slow == [(10.0, 2.0), (15.0, 6.0), (20.0, 3.0), (25.0, 1.0)]
    assert [(at, value) for at, kind, value in rows if kind == Change.ERROR] == [(10.0, 0.5), (15.0, 0.0)]
    assert [(at, value) for at, kind, value in rows if kind == Change.RATE] == [(3.0, 500.0), (7.0, 0.0)]
    assert {value for _, kind, value in rows if kind == Change.CUT} == {0.0, 1.0}
    assert plan.sources.name == ("read", "read#hot")


@pytest.mark.parametrize(
    "fault",
    [
        Fault("slow", 1.0, 1.0, "nothing", 2.0),
        Fault("slow", -1.0, 1.0, "store", 2.0),
        Fault("slow", 1.0, 0.0, "store", 2.0),
        Fault("error", 1.0, 1.0, "store", 1.5),
        Fault("capacity", 1.0, 1.0, "store", -0.5),
        Fault("spike", 1.0, 1.0, "nothing", 2.0),
        Fault("cache_loss", 1.0, 1.0, "store", 0.5),
        Fault("region_loss", 1.0, 1.0, "moon"),
        Fault("partition", 1.0, 1.0, ("store", "moon")),
        Fault("slow", 1.0, 1.0, ("a", "b"), 2.0),
    ],
)
def test_faults_without_a_target_are_refused(fault: Fault) -> None:
    """A fault on nothing is a mistake of the drill, and says so."""
    with pytest.raises(PlanError):
        with_faults(example(), [fault])


def test_arrays_of_a_part() -> None:
    """Engines can take all arrays of a part by name."""
    arrays = arrays_of(example().caches)
    assert set(arrays) == {"hit", "fill_s", "lookups_per_s", "constant_work"}
    assert all(isinstance(a, np.ndarray) for a in arrays.values())
