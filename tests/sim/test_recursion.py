"""Feed-forward plans by recursion: the same record as event by event, to the bit, whatever the plan."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from atlas.sim import (
    Call,
    Fault,
    Outcome,
    Overflow,
    Plan,
    PlanBuilder,
    PlanError,
    Routing,
    Service,
    Stage,
    simulate,
    with_faults,
)
from atlas.sim.discrete import seeds_of
from atlas.sim.feed_forward import MOST_SITES, is_feed_forward
from atlas.sim.kernel import WORDS, load_kernel, prepare
from atlas.sim.plan import ANSWER, UNLIMITED
from atlas.sim.random_feed_forward import random_feed_forward_plan
from atlas.sim.random_plan import random_plan
from atlas.sim.record import Count, Record, new_record

PLANS = 60
LENGTH_S = 6.0
FRAMES = 1 << 16


def differences(one: Record, other: Record) -> list[str]:
    """Names of what is not the same to the bit, but for the histograms of call sites."""
    names = [name for name in one.__slots__ if name != "site_latency"]
    return [name for name in names if not np.array_equal(getattr(one, name), getattr(other, name))]


def by_recursion(plan: Plan, for_s: float, **how: Any) -> Record:
    """The record as the kernel makes it."""
    return simulate(plan, 7, for_s, engine="kernel", **how).records[0]


def by_events(plan: Plan, for_s: float, **how: Any) -> Record:
    """The record that the kernel makes event by event: it does so where each call site is looked at."""
    return simulate(plan, 7, for_s, engine="kernel", by_site=True, **how).records[0]


def is_made_by_recursion(plan: Plan, for_s: float, bin_s: float = 1.0, frames: int = FRAMES) -> bool:
    """Whether the kernel came to the end of a run without having to begin again with events."""
    kernel = load_kernel()
    assert kernel is not None
    words, kept = prepare(plan, new_record(plan, for_s, bin_s, by_site=False), seeds_of(7, 0), for_s, 0.0)
    words[WORDS.index("frames")] = frames
    kernel.start(words.ctypes.data)
    arena = np.empty(int(words[WORDS.index("arena_needed")]), dtype=np.uint8)
    words[WORDS.index("arena")], words[WORDS.index("arena_bytes")] = arena.ctypes.data, len(arena)
    kernel.start(words.ctypes.data)
    while kernel.go_on(words.ctypes.data, 10**6) == 1:
        pass
    assert kept
    return bool(words[WORDS.index("by_recursion")])


def chain(*slots: int, service: Service | None = None, rate_per_s: float = 50.0, **station: Any) -> Plan:
    """Stations in a row."""
    builder = PlanBuilder()
    call: Call | None = None
    for n, count in enumerate(slots):
        builder.station(f"s{n}", slots=count, **{"queue_max": UNLIMITED} | station)
        call = Call(f"s{n}", service or Service(0.01 * count), (Stage((call,)),) if call else ())
    assert call is not None
    builder.flow("flow", call, rate_per_s=rate_per_s)
    return builder.build()


def test_random_plans_have_the_same_record_by_recursion_by_events_and_by_the_twin() -> None:
    """All three leave the same record; most runs come to their end by recursion, and what the class has occurs."""
    ended, seen = 0, np.zeros(6)
    for seed in range(PLANS):
        plan = random_feed_forward_plan(seed)
        how = {"warmup_s": 1.0, "bin_s": 0.5 if seed % 2 else 0.17}
        record = by_recursion(plan, LENGTH_S, **how)
        assert differences(record, by_events(plan, LENGTH_S, **how)) == [], seed
        if seed % 3 == 0:
            twin = simulate(plan, 7, LENGTH_S, engine="twin", **how).records[0]  # type: ignore[arg-type]
            assert differences(record, twin) == [], seed
        ended += is_made_by_recursion(plan, LENGTH_S)
        slots = plan.stations.slots * plan.stations.instances
        seen += [
            *((plan.sites.chance < 1).any(), len(plan.profiles) > 0, len(plan.timeline) > 0),
            *((slots > 16).any(), (slots <= 16).any(), record.counts[Count.REFUSED] > 0),
        ]
    assert ended > 0.6 * PLANS
    assert (seen >= 0.05 * PLANS).all(), seen


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(min_value=1000, max_value=10**9), st.floats(min_value=0.05, max_value=40.0))
def test_any_random_plan_has_the_same_record(seed: int, for_s: float) -> None:
    """The property, on plans and lengths that Hypothesis chooses."""
    plan = random_feed_forward_plan(seed)
    assert is_feed_forward(plan)
    assert differences(by_recursion(plan, for_s, bin_s=0.3), by_events(plan, for_s, bin_s=0.3)) == []


@pytest.mark.parametrize("slots", [(1,), (2, 1, 3), (16, 17), (10, 10, 10, 10, 10), (UNLIMITED, 1)])
def test_chains_end_by_recursion(slots: tuple[int, ...]) -> None:
    """Stations in a row need no events, whatever their slots, and have the record of the events."""
    plan = chain(*slots, service=Service(0.015, 1.5))
    assert is_made_by_recursion(plan, 200.0)
    assert differences(by_recursion(plan, 200.0), by_events(plan, 200.0)) == []


@pytest.mark.parametrize("load", [0.999, 1.0, 1.6])
def test_queues_may_grow_without_bound(load: float) -> None:
    """At and above its capacity a queue grows by recursion as it does with events."""
    plan = chain(2, 4, service=Service(0.02), rate_per_s=100.0 * load)
    assert is_made_by_recursion(plan, 300.0)
    record = by_recursion(plan, 300.0)
    assert differences(record, by_events(plan, 300.0)) == []
    assert load < 1.5 or record.station_series[-1, :, 2].sum() > 0.9 * 300 * (100 * load - 100)


def test_bins_only_divide() -> None:
    """However long the bins are, histograms and counts are the same, and areas end at the same value."""
    plan = random_feed_forward_plan(1)
    whole = by_recursion(plan, 20.0, bin_s=20.0)
    for bin_s in (7.0, 1.0, 0.31):
        parts = by_recursion(plan, 20.0, bin_s=bin_s)
        assert np.array_equal(whole.flow_latency, parts.flow_latency)
        assert np.array_equal(whole.station_latency, parts.station_latency)
        assert np.array_equal(whole.counts, parts.counts)
        assert np.array_equal(whole.flow_series.sum(axis=0), parts.flow_series.sum(axis=0))
        assert parts.station_area[-1] == pytest.approx(whole.station_area[-1], rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("plan", "for_s", "bin_s"),
    [
        pytest.param(chain(1, 1, service=Service(0.01, 0.0)), 30.0, 1.0, id="two ends at the same instant"),
        pytest.param(chain(2, service=Service(0.03), queue_max=6), 60.0, 1.0, id="a queue that fills up"),
        pytest.param(chain(2, 3, rate_per_s=3.0), 60.0, 1.0, id="few arrivals a bin"),
    ],
)
def test_what_needs_events_gets_them(plan: Plan, for_s: float, bin_s: float) -> None:
    """Where the order of events matters, or a window would hold next to nothing, the run is made with events."""
    assert is_feed_forward(plan)
    assert not is_made_by_recursion(plan, for_s, bin_s)
    assert differences(by_recursion(plan, for_s, bin_s=bin_s), by_events(plan, for_s, bin_s=bin_s)) == []


def test_without_room_it_begins_again_with_events() -> None:
    """What does not fit is run with events, which say when they have no room either; nothing is counted twice."""
    plan = chain(1, service=Service(0.1), rate_per_s=1000.0)
    kernel = load_kernel()
    assert kernel is not None
    assert not is_made_by_recursion(plan, 30.0, frames=1000)
    record = new_record(plan, 30.0, 1.0, by_site=False)
    assert kernel.attempt(plan, record, seeds_of(7, 0), (30.0, 0.0), 1000) == -2
    assert is_made_by_recursion(plan, 30.0, frames=1 << 15)
    assert record.flow_series[:, :, 0].sum() <= 1000 + record.flow_series[:, :, 1].sum() + 1


def test_memory_follows_outstanding_work() -> None:
    """Room for a few hundred calls is enough for a run of a hundred thousand, however long it is."""
    plan = chain(2, 17, 10, service=Service(0.02), rate_per_s=80.0)
    assert is_made_by_recursion(plan, 2000.0, bin_s=100.0, frames=300)


def outside(**settings: Any) -> Plan:
    """Two stations, the inner called with settings; ``station`` are the inner station's own."""
    builder = PlanBuilder()
    builder.station("a")
    builder.station("b", slots=2, **settings.pop("station", {}))
    builder.cache("cache", 0.5)
    inner = Call("b", Service(0.01), **settings)
    builder.flow("flow", Call("a", Service(0.01), (Stage((inner,)),)), rate_per_s=10.0)
    return builder.build()


@pytest.mark.parametrize(
    "settings",
    [
        *({"timeout_s": 1.0}, {"hedge_s": 1.0}, {"breaker": 0.5}, {"network_s": 0.01}, {"coalesce": True}),
        *({"cache": "cache"}, {"units": 2}, {"times": 2}, {"detached": "later"}, {"key": 0}),
        {"station": {"routing": Routing.RANDOM, "instances": 2}},
        {"station": {"limit_rate": 5.0, "limit_burst": 1.0}},
        {"station": {"shed": [(0.5, 1)]}},
        {"station": {"error": 0.1}},
        {"station": {"overflow": int(Overflow.DROP_STALE)}},
        {"station": {"holds": 1}, "stages": (Stage((Call("a", Service(0.01)),)),)},
        {"stages": (Stage((Call("a", Service(0.01)),)),)},
        {"stages": (Stage((Call(stages=(), name="nothing"),)),)},
    ],
    ids=lambda settings: next(iter(settings)) + str(next(iter(settings.get("station", "")), "")),
)
def test_what_looks_at_other_calls_is_not_in_the_class(settings: dict[str, Any]) -> None:
    """Each mechanism that depends on the state of another call, alone, leaves a plan to the events."""
    assert is_feed_forward(outside())
    assert not is_feed_forward(outside(**settings))


def test_faults_of_stations_closed_sources_and_wide_plans_are_not_in_the_class() -> None:
    """Spikes are; slow stations, thinking users, and more sites than have lists of their own are not."""
    plan = outside(attempts=3, fallback=ANSWER)
    assert is_feed_forward(with_faults(plan, [Fault("spike", 1.0, 1.0, "flow", 2.0)]))
    assert not is_feed_forward(with_faults(plan, [Fault("slow", 1.0, 1.0, "a", 2.0)]))
    builder = PlanBuilder()
    builder.station("a")
    builder.flow("flow", Call("a", Service(0.01)), users=3, think=Service(0.5))
    assert not is_feed_forward(builder.build())
    assert not is_feed_forward(chain(*[1] * (MOST_SITES + 1)))
    assert not any(is_feed_forward(random_plan(seed)) for seed in range(20))


def test_a_result_says_how_it_was_made() -> None:
    """The words for the engine name the recursion, and the twin where it ran."""

    def words(plan: Plan, **how: Any) -> str:
        outcome: Outcome = simulate(plan, 1, 1.0, **how)
        return outcome.engine_words

    assert words(chain(1)) == "discrete, by recursion"
    assert words(outside(timeout_s=1.0)) == "discrete"
    assert words(chain(1), engine="twin") == "discrete (readable twin)"


def test_more_outstanding_than_memory_holds_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same statement as with events, when even the largest room is too small."""
    monkeypatch.setattr("atlas.sim.kernel.FIRST_FRAMES", 100)
    monkeypatch.setattr("atlas.sim.kernel.MOST_FRAMES", 1000)
    with pytest.raises(PlanError, match="outstanding at once"):
        simulate(chain(1, service=Service(1.0), rate_per_s=2000.0), 1, 20.0)
