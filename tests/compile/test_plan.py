"""System → Plan: what a document says stands in the plan's arrays, and the ledger says why."""

from __future__ import annotations

import numpy as np
import pytest

from atlas.catalogue import Catalogue
from atlas.compile import Compiled, Conditions, compile_system
from atlas.compile.report import plan_dict, plan_text
from atlas.compile.station import whole_size
from atlas.sim import ANSWER, NONE, UNLIMITED, BreakerPer, Overflow, PlanError, Routing
from atlas.sim.rate import site_rates, station_busy

from .conftest import MakeCase, flow


def site(compiled: Compiled, target: str, flow_name: str = "") -> int:
    """The site that calls a target (in a flow)."""
    names = compiled.plan.sites.name
    found = [i for i, n in enumerate(names) if compiled.targets.get(n) == target and n.startswith(f"{flow_name}")]
    assert found, f"no call of {target}"
    return found[0]


def test_sizes_rates_and_times_are_those_of_the_document(make_case: MakeCase) -> None:
    """Instances, slots, peak rates and service means, in the plan's units."""
    compiled = compile_system(make_case().system)
    plan = compiled.plan
    store = plan.find_station("store")
    assert (plan.stations.instances[store], plan.stations.slots[store]) == (4, 16)
    assert plan.sources.rate_per_s[plan.find_source("read")] == pytest.approx(3000)
    assert plan.sources.rate_per_s[plan.find_source("write")] == pytest.approx(200)
    assert plan.tables.mean[plan.sites.table[site(compiled, "store.write")]] == pytest.approx(0.005)
    assert plan.stations.slots[plan.find_station("bank")] == UNLIMITED
    assert plan.stations.holds[plan.find_station("api")] == 1


def test_every_entry_says_where_it_comes_from(make_case: MakeCase) -> None:
    """A published figure by its claim, a sized one, a setting of the design."""
    compiled = compile_system(make_case().system)
    entries = {e.place: e for e in compiled.entries}
    nodes = entries["stations.store.instances"]
    assert (nodes.value, nodes.origin, nodes.claims, nodes.path) == (
        4,
        "claim",
        ("store-nodes",),
        "components.store.instances",
    )
    assert nodes.is_published
    assert entries["stations.api.instances"].origin == "sized"
    assert entries["sources.read.rate_per_s"].origin == "derived"
    assert entries["sites.read.client.timeout_s"].origin == "design"
    assert entries["caches.cache.hit"].because == "typical"
    assert sum(compiled.origins().values()) == len(compiled.entries)


def test_the_client_stands_around_the_first_call(make_case: MakeCase) -> None:
    """Its timeout, attempts and budget belong to a virtual site below the root."""
    plan = compile_system(make_case().system).plan
    client = plan.sites.name.index("read.client")
    assert plan.sites.station[client] == NONE
    assert plan.sites.timeout_s[client] == 1.0
    assert (plan.sites.attempts[client], plan.sites.retry_budget[client]) == (2, 0.1)


def test_a_call_behind_a_cache_happens_on_a_miss(make_case: MakeCase) -> None:
    """The store is read for one lookup in ten."""
    compiled = compile_system(make_case().system)
    read = site(compiled, "store.read")
    assert compiled.plan.caches.name[compiled.plan.sites.cache[read]] == "cache"
    assert site_rates(compiled.plan)[read] == pytest.approx(300)


def test_fan_out_quorum_and_hand_over(make_case: MakeCase) -> None:
    """Three writes of which two must succeed; the bank is asked in a flow of its own, every other time."""
    compiled = compile_system(make_case().system)
    plan = compiled.plan
    write = site(compiled, "store.write")
    stage = next(
        q for q in range(len(plan.stages)) if write in plan.stages.calls[slice(*plan.stages.call_start[q : q + 2])]
    )
    assert plan.stages.quorum[stage] == 2
    assert int(np.count_nonzero(plan.stages.calls == write)) == 3
    bank = plan.find_flow("write/bank")
    assert plan.flows.detached[bank] == 1
    assert site_rates(plan)[site(compiled, "bank")] == pytest.approx(100)
    assert compiled.flow_of["write/bank"] == "write"


def test_a_large_fan_out_is_one_job(make_case: MakeCase) -> None:
    """A hundred calls of 5 ms are one of half a second, whose spread is that of their number."""
    compiled = compile_system(
        make_case(flows={"ask": flow({"call": "store.write", "times": {"mean": 100, "cv": 2}})}).system
    )
    table = compiled.plan.sites.table[site(compiled, "store.write", "ask")]
    assert compiled.plan.tables.mean[table] == pytest.approx(0.5)
    assert compiled.plan.tables.cv[table] == pytest.approx(2.0, rel=0.01)
    assert any("fan-outs" in what for what in compiled.not_modelled)


def test_a_batch_pays_for_each_item(make_case: MakeCase) -> None:
    """Five items: the operation and four times the time of one more."""
    case = make_case(
        components={"store": {"per_item": "1 ms"}}, flows={"ask": flow({"call": "store.write", "batch": 5})}
    )
    compiled = compile_system(case.system)
    found = site(compiled, "store.write", "ask")
    assert compiled.plan.tables.mean[compiled.plan.sites.table[found]] == pytest.approx(0.009)
    assert compiled.plan.sites.items[found] == 5


def test_choices_and_side_by_side(make_case: MakeCase) -> None:
    """Shares of a choice sum to 1, also where one of them is behind a probability; members of a group share a stage."""
    case = make_case(
        flows={
            "ask": flow(
                {"choose": [{"call": "store.write", "weight": 3}, {"call": "bank", "weight": 1, "p": 0.5}]},
                {"parallel": [{"call": "api"}, {"call": "cache"}]},
            )
        }
    )
    compiled = compile_system(case.system)
    rates = site_rates(compiled.plan)
    assert rates[site(compiled, "store.write", "ask")] == pytest.approx(75)
    assert rates[site(compiled, "bank", "ask")] == pytest.approx(12.5)
    assert rates[site(compiled, "cache", "ask")] == pytest.approx(100)


def test_settings_of_a_call(make_case: MakeCase) -> None:
    """Timeout, retries, breaker, hedge, key, fallback: each in its array."""
    call = {
        "call": "store.read",
        "timeout": {"adaptive": "p99", "factor": 3},
        "retry": {"attempts": 3, "backoff": "10 ms", "jitter": "none", "budget": "20 %"},
        "hedge": {"after": "p95", "budget": "5 %"},
        "breaker": {"threshold": "50 %", "open": "4 s", "per": "instance"},
        "fallback": {"answer": "an old one"},
        "key": "row",
    }
    compiled = compile_system(make_case(flows={"ask": flow(call)}).system)
    sites, n = compiled.plan.sites, site(compiled, "store.read", "ask")
    assert (sites.timeout_level[n], sites.timeout_factor[n]) == (0.99, 3)
    assert sites.timeout_s[n] > 0
    assert (sites.attempts[n], sites.backoff_s[n], sites.jitter[n], sites.retry_budget[n]) == (3, 0.01, 0, 0.2)
    assert (sites.hedge_level[n], sites.hedge_budget[n]) == (0.95, 0.05)
    assert (sites.breaker[n], sites.breaker_open_s[n], sites.breaker_per[n]) == (0.5, 4, BreakerPer.INSTANCE)
    assert sites.fallback[n] == ANSWER
    assert sites.key[n] == 0


def test_what_a_component_does_under_load(make_case: MakeCase) -> None:
    """Bulkheads, queue, overflow, limit, shedding, background load, partitions."""
    store = {
        "pools": {"urgent": 0.25},
        "queue": {"max": 40, "overflow": "drop_oldest"},
        "limits": {"rate": "500/s", "burst": 50},
        "shed": [{"over": "80 %", "priority": 2}],
        "background": "100/s",
        "partitions": {"count": 400, "hottest": "2 %"},
    }
    case = make_case(components={"store": store}, flows={"ask": flow({"call": "store.read", "pool": "urgent"})})
    stations = compile_system(case.system).plan.stations
    urgent, rest = stations.name.index("store#urgent"), stations.name.index("store")
    assert (stations.instances[urgent], stations.slots[urgent], stations.slots[rest]) == (4, 4, 12)
    assert (stations.queue_max[urgent], stations.overflow[urgent]) == (10, Overflow.DROP_OLDEST)
    assert (stations.limit_rate[rest], stations.limit_burst[rest], stations.limit_buckets[rest]) == (500, 50, 1)
    assert (stations.shed_over.tolist(), stations.shed_priority.tolist()) == ([0.8, 0.8], [2, 2])
    assert 0 < stations.background[urgent] < stations.background[rest]
    assert (stations.routing[rest], stations.partitions[rest], stations.hottest[rest]) == (Routing.KEYED, 400, 0.02)


def test_a_limit_per_user_is_left_out_with_its_name(make_case: MakeCase) -> None:
    """No user of the plan reaches it; the plan says so."""
    compiled = compile_system(make_case(components={"api": {"limits": {"rate": "5/s", "per": "user"}}}).system)
    assert compiled.plan.stations.limit_rate.max() == 0
    assert any("per user" in what for what in compiled.not_modelled)


def test_bytes_through_a_pipe(make_case: MakeCase) -> None:
    """Ten megabytes at ten a second take a second of one of a hundred places."""
    case = make_case(
        components={"cache": {"bandwidth": "1 GB/s"}},
        flows={"ask": flow({"call": "cache", "size": {"mean": "10 MB", "cv": 0.5}, "pace": "10 MB/s"}, rate="20/s")},
    )
    compiled = compile_system(case.system)
    pipe = compiled.plan.find_station("cache#bandwidth")
    assert compiled.plan.stations.slots[pipe] == 100
    assert station_busy(compiled.plan)[pipe] == pytest.approx(20)


def test_regions_are_told_apart_when_asked(make_case: MakeCase) -> None:
    """Load and instances are divided; calls to the home region pay the distance."""
    case = make_case(
        regions={"topology": "multi_region", "names": ["us-east-1", "eu-west-1"], "strategy": "one writes"},
        components={"store": {"regions": "home"}},
    )
    compiled = compile_system(case.system, Conditions(by_region=True))
    plan = compiled.plan
    assert plan.regions == ("us-east-1", "eu-west-1", "outside")
    assert plan.stations.region[plan.find_station("bank@outside")] == 2
    assert "store@eu-west-1" not in plan.stations.name
    far = [n for n in np.flatnonzero(plan.sites.network_s > 0) if compiled.targets[plan.sites.name[n]] == "store.write"]
    assert plan.sites.network_s[far].tolist() == [pytest.approx(0.081)]
    assert plan.sources.rate_per_s.sum() == pytest.approx(3200)


def test_load_average_and_day(make_case: MakeCase) -> None:
    """A factor on the peak; the average; a day whose mean is the average and whose top is the peak."""
    system = make_case().system
    assert compile_system(system, Conditions(load=2)).plan.sources.rate_per_s.tolist() == [6000, 400]
    assert compile_system(system, Conditions(at="average")).plan.sources.rate_per_s.tolist() == [1000, 100]
    day = compile_system(system, Conditions(at="day")).plan
    assert day.profiles.mean(axis=1) == pytest.approx([1, 1])
    assert day.profiles.max(axis=1) == pytest.approx([3, 2], rel=0.02)


def test_a_slice_keeps_utilisation(make_case: MakeCase) -> None:
    """A quarter of the rate on a quarter of the slots: 300 reads of 2.04 ms and 600 writes of 5 ms on 64 slots."""
    system = make_case().system
    whole, part = compile_system(system), compile_system(system, Conditions(share=0.25))
    assert part.plan.sources.rate_per_s.sum() == pytest.approx(whole.plan.sources.rate_per_s.sum() / 4)
    for compiled in (whole, part):
        stations = compiled.plan.stations
        index = stations.name.index("store")
        used = station_busy(compiled.plan)[index] / (stations.instances[index] * stations.slots[index])
        assert used == pytest.approx(0.0564, abs=0.002)


@pytest.mark.parametrize(
    ("instances", "total", "size"),
    [
        (273, 3712.8, (265, 14)),
        (1.36, 174.0, (1, 174)),
        (157.3, 10067.2, (157, 64)),
        (0.1, 2.4, (1, 3)),
        (4, 64, (4, 16)),
    ],
)
def test_rounding_never_makes_a_station_much_smaller(instances: float, total: float, size: tuple[int, int]) -> None:
    """Bulkheads, slices and fractions of machines become whole instances and slots of nearly the same product."""
    assert whole_size(instances, total) == size
    assert size[0] * size[1] >= 0.97 * total


def test_flows_out_of_focus_are_background_load(make_case: MakeCase) -> None:
    """Without the writes' own calls the store is as busy as with them; so is the API that waits for them."""
    system = make_case().system
    whole, near = compile_system(system), compile_system(system, Conditions(focus=("read",)))
    assert near.plan.flows.name == ("read",)
    store = near.plan.find_station("store")
    assert near.plan.stations.background[store] == pytest.approx(3.0)
    assert near.plan.stations.background[near.plan.find_station("api")] == pytest.approx(200 * 0.010)
    assert station_busy(near.plan)[store] + 3.0 == pytest.approx(
        station_busy(whole.plan)[whole.plan.find_station("store")]
    )


def test_what_cannot_be_compiled_is_refused_with_a_reason(make_case: MakeCase) -> None:
    """A flow that is not there; more requests than there are."""
    with pytest.raises(PlanError, match="there is none of this name"):
        compile_system(make_case().system, Conditions(only="browse"))
    with pytest.raises(PlanError, match="rate_per_s"):
        compile_system(make_case().system, Conditions(load=1e9))


def test_background_load_beyond_all_slots_leaves_a_few(make_case: MakeCase) -> None:
    """A station that others overload alone is overloaded, not refused; the plan says so."""
    compiled = compile_system(make_case(components={"store": {"background": "1M/s"}}).system)
    stations, store = compiled.plan.stations, compiled.plan.find_station("store")
    slots = int(stations.slots[store]) * int(stations.instances[store])
    assert stations.background[store] == pytest.approx(0.98 * slots)
    assert any("store is overloaded by background load alone" in said for said in compiled.not_modelled)


def test_every_system_of_the_catalogue_compiles(catalogue: Catalogue) -> None:
    """And where flows alone load a component, the plan's busy slots are those of the document's own traffic."""
    for slug, system in catalogue.systems.items():
        compiled = compile_system(system)
        plan, busy = compiled.plan, station_busy(compiled.plan) + compiled.plan.stations.background
        for index, name in enumerate(plan.stations.name):
            told = system.traffic.components[plan.stations.component[index]].busy
            if "#" in name or plan.stations.holds[index] or plan.stations.slots[index] >= UNLIMITED or told < 1:
                continue
            if not any("#" in n for n in plan.stations.name if n.startswith(f"{name}#")):
                assert busy[index] == pytest.approx(told, rel=0.05), f"{slug} {name}"


def test_a_plan_reads_well(make_case: MakeCase) -> None:
    """Stations, calls, origins and what is left out, as text and as data."""
    compiled = compile_system(make_case().system)
    text = plan_text(compiled)
    assert "4 × 16 slots" in text
    assert "cv 1, on a miss of cache (10.0 %), timeout 100 ms" in text
    assert "claim store-nodes" in text
    assert "hands over write/bank" in text
    assert plan_dict(compiled)["entries"][0].keys() == {"place", "value", "origin", "path", "claims", "because"}


def test_a_plan_without_caches_is_told_too(make_case: MakeCase) -> None:
    """Where none of the flows that run goes through a cache."""
    compiled = compile_system(make_case().system, Conditions(only="write"))
    assert not len(compiled.plan.caches)
    assert "store.write" in plan_text(compiled)
