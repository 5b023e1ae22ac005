"""The extended diagrams: drills, one failure, variants, migration."""

from __future__ import annotations

import pytest

from atlas.draw import draw
from atlas.draw.architecture import Architecture
from atlas.draw.setting import change, setting
from atlas.model import System


def test_drills_say_what_is_injected_and_what_must_hold(rich: System) -> None:
    """Fault and expectation stand beside the failure; the counterfactual below."""
    text = draw(rich, "DR").description
    assert "Scan events: × 5 slower, at 40 s for 60 s" in text
    assert "Track a parcel: goodput ≥ 99 %, back ≤ 10 s" in text
    assert "Recent scans: hit ratio of the cache 0 %" in text


def test_one_failure_runs_along_calls_that_exist(rich: System) -> None:
    """From the client down to the faulty part, and nobody else."""
    diagram = draw(rich, "FM-strike")
    assert list(diagram.nodes.values()) == ["edge", "api", "hot", "events"]
    assert "n_ledger" not in diagram.mermaid
    assert "places were ten minutes old" in diagram.description


def test_a_fault_without_end_says_so(rich: System) -> None:
    """An absent duration is not a forgotten one."""
    assert "and it stays" in draw(rich, "FM-cache-lost").mermaid


def test_variants_show_here_and_there(rich: System) -> None:
    """Each changed setting as it is and as it would be."""
    text = draw(rich, "SCALE-depot").description
    assert "Scan events: instances: 48 becomes 3" in text
    assert "Scan a parcel: rate" in text


def test_a_migration_is_told_in_its_order(rich: System) -> None:
    """Steps are numbered from the old to the new."""
    text = draw(rich, "MIGRATION").mermaid
    assert text.index("1. Write to both") < text.index("2. Compare") < text.index("3. Switch")


def test_a_setting_of_a_call_is_named_by_what_it_calls(rich: System) -> None:
    """``flows.x.steps.0.then.0.retry`` says nothing to a reader."""
    architecture = Architecture(rich)
    path = "flows.track.steps.0.then.0.then.1.retry"
    assert setting(architecture, path) == "Track a parcel: retries of Delivery ledger"
    assert setting(architecture, "components.events.instances") == "Scan events: instances"


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("components.events.instances", {"sized": "30 %"}, "Scan events: instances sized to 30 % use"),
        ("components.events.instances", {"assumed": 3, "because": "small"}, "Scan events: instances 3"),
        ("components.events.cache.coalesce", False, "Scan events: coalescing off"),
        ("components.events.shed", "none", "Scan events: no shedding"),
        ("flows.track.client.retry", "none", "Track a parcel: no retries of the client"),
        ("flows.track.rate", "45M/day", "Track a parcel: rate 45 M/day"),
    ],
)
def test_what_a_drill_or_a_variant_writes_is_in_words(rich: System, path: str, value: object, words: str) -> None:
    """A reader sees neither Python nor YAML: ``{'sized': '30 %'}`` and ``False`` are for programs."""
    assert change(Architecture(rich), path, value) == words
