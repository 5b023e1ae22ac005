"""The success metrics, and their values over time."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from atlas.report import Facts, Metric, Usage, read_progress, record, success_metrics
from atlas.report.history import Activity
from atlas.report.progress import ProgressError, change

TODAY = dt.date(2026, 11, 21)
FACTS = Facts("CS-A", "a", "A", "social", "published", "A", "2026-11-01", "2026-05-01", 15, 10, 9, 4, 4, 0)


def _values(*facts: Facts, **more: Any) -> dict[str, Metric]:
    return {m.id: m for m in success_metrics(facts, 13, TODAY, **more)}


def test_shares_are_over_all_systems() -> None:
    """Figures are summed over systems before they are divided, so a small system does not count as much as a large."""
    other = replace(FACTS, id="CS-B", slug="b", confidence="C", claims=90, verified=9, cited=1, rights=2)
    found = _values(FACTS, other)
    assert found["verified"].value == pytest.approx(18 / 100)
    assert found["confidence"].value == found["rights"].value == 0.5
    assert found["scale"].value == pytest.approx(5 / 8)
    assert found["systems"].value == 2
    assert found["diagrams"].value == 30
    assert found["categories"].value == 1


def test_what_is_not_published_does_not_count() -> None:
    """A draft and a stub are no coverage."""
    assert _values(replace(FACTS, status="draft"))["systems"].value == 0


def test_sources_grow_old() -> None:
    """Five years are recent, a day more is not; a system without a dated source is not."""
    assert _values(replace(FACTS, newest_source="2021-11-22"))["recency"].value == 1
    assert _values(replace(FACTS, newest_source="2021-11-19"))["recency"].value == 0
    assert _values(replace(FACTS, newest_source=""))["recency"].value == 0


def test_more_than_four_of_five_is_more() -> None:
    """The target of the grades is passed, not reached, at exactly four fifths."""
    systems = [replace(FACTS, slug=str(i), confidence="A" if i < 4 else "C") for i in range(5)]
    assert _values(*systems)["confidence"].is_met is False
    assert _values(*systems, FACTS)["confidence"].is_met is True


def test_what_nobody_counted_is_not_zero() -> None:
    """Without a log there are no readers to speak of; with one, the newest month counts."""
    assert _values(FACTS)["viewers"].shown == _values(FACTS)["contributions"].shown == "not measured"
    usage = Usage({"2026-09": 5, "2026-10": 7}, {"2026-09": 2})
    found = _values(FACTS, usage=usage, recent=Activity(3, 2, (), ()))
    assert (found["viewers"].value, found["embeds"].value) == (7, 0)
    assert (found["contributions"].value, found["contributors"].value) == (3, 2)


def test_shares_are_not_rounded_up_to_all() -> None:
    """999 of 1,000 is not 100 %."""
    assert _values(replace(FACTS, claims=1000, verified=999))["verified"].shown == "99 %"


def test_recorded_values_come_back(tmp_path: Path) -> None:
    """A day recorded twice keeps its last values; what is not measured is not recorded."""
    record(tmp_path, dt.date(2026, 10, 1), success_metrics([], 13, TODAY))
    record(tmp_path, TODAY, success_metrics([FACTS], 13, TODAY))
    points = record(tmp_path, TODAY, success_metrics([FACTS, FACTS], 13, TODAY))
    assert read_progress(tmp_path) == points
    assert [p.value for p in points if p.metric == "systems"] == [0, 2]
    assert not [p for p in points if p.metric == "viewers"]
    assert change(points, "systems", TODAY) == 2
    assert change(points, "viewers", TODAY) is None


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    """The file of past values is read whole or not at all."""
    (tmp_path / "progress.csv").write_text("day,metric,value\n2026-10-01,systems,8\n2026-10-99,systems,9\n")
    with pytest.raises(ProgressError, match=r"progress\.csv:3"):
        read_progress(tmp_path)


@pytest.mark.parametrize(("part", "shown"), [(29, "29 %"), (57, "57 %"), (58, "58 %"), (0, "0 %"), (100, "100 %")])
def test_whole_per_cents_are_themselves(part: int, shown: str) -> None:
    """29 of 100 is 29 %, though 0.29 is no number that a computer has."""
    assert _values(replace(FACTS, claims=100, verified=part))["verified"].shown == shown


@pytest.mark.parametrize("line", [b"2026-10-01,systems,nan", b"2026-10-01,systems,inf", b"2026-10-01,\xff,8"])
def test_what_is_no_number_and_no_text_is_a_broken_line(tmp_path: Path, line: bytes) -> None:
    """Pages and reports are made without the file, not ended by it."""
    (tmp_path / "progress.csv").write_bytes(b"day,metric,value\n" + line + b"\n")
    with pytest.raises(ProgressError, match=r"progress\.csv"):
        read_progress(tmp_path)
