"""Reading a system for drawing."""

from __future__ import annotations

from atlas.catalogue import Catalogue
from atlas.draw.architecture import Architecture
from atlas.draw.failure_map import blast, origins
from atlas.draw.hot_path import hot_path, path_to
from atlas.draw.layout import MOST_NODES
from atlas.draw.mechanism import mechanisms
from atlas.model import System


def test_ways_are_the_calls_of_all_flows(rich: System) -> None:
    """Who calls whom, once each, with the client as the empty caller."""
    ways = {(w.caller, w.callee): w for w in Architecture(rich).ways}
    assert ("", "edge") in ways
    assert ways["edge", "api"].is_main
    assert ways["log", "notify"].is_async
    assert ways["log", "notify"].guarantee == "At most once"
    assert ways["api", "hot"].guarantee == "Bounded staleness 1 s"
    assert ("edge", "events") not in ways


def test_rates_are_those_of_the_traffic(rich: System) -> None:
    """The average on a way is the sum of the flows along it."""
    ways = {(w.caller, w.callee): w.average for w in Architecture(rich).ways}
    assert abs(ways["", "edge"] - 49_000) < 1


def test_the_hot_path_is_the_deepest_chain_that_is_waited_for(rich: System) -> None:
    """From the edge through the cache to the store behind it."""
    assert [s.call.target for s in hot_path(Architecture(rich))] == ["edge", "api", "hot", "events"]


def test_a_path_is_a_chain_of_real_calls(rich: System) -> None:
    """A failure is drawn along calls that exist, and a part that no flow reaches stands alone."""
    architecture = Architecture(rich)
    path = path_to(architecture, "ledger")
    assert path == ["edge", "api", "ledger"]
    assert path_to(architecture, "rollout") == ["rollout"]


def test_the_overview_shows_every_plane_within_its_budget(catalogue: Catalogue) -> None:
    """However large a system is: at most twelve nodes, no plane lost, nothing unnamed."""
    for system in catalogue.systems.values():
        architecture = Architecture(system)
        assert len(architecture.shown) <= MOST_NODES - 1
        assert set(architecture.shown) | set(architecture.folded) == set(architecture.components)
        planes = {architecture.components[i].plane for i in architecture.shown}
        assert planes == {c.plane for c in architecture.components.values()}


def test_overview_ways_pass_over_what_is_not_drawn(catalogue: Catalogue) -> None:
    """No edge of the overview begins or ends at a part that has no node."""
    for system in catalogue.systems.values():
        architecture = Architecture(system)
        shown = {"", *architecture.shown}
        assert all({w.caller, w.callee} <= shown for w in architecture.overview_ways), system.slug


def test_a_failure_begins_where_its_fault_is_injected(rich: System) -> None:
    """The drill says where; everyone who waits for it is in the blast radius."""
    architecture = Architecture(rich)
    strike = rich.document.failures[0]
    assert origins(architecture, strike) == ["events"]
    assert blast(architecture, strike) == ["Scan events", "Recent scans", "Tracking API", "Edge gateway"]


def test_mechanisms_are_read_off_the_parts(rich: System) -> None:
    """Written ones first, then what fields and calls show."""
    found = mechanisms(Architecture(rich))
    assert next(iter(found)) == "Idempotency"
    assert found["Partitioning"] == ("Scan events",)
    assert found["Cache"] == ("Recent scans",)
    assert "Circuit breaker" in found
