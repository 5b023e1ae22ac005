"""Which figures may be held against each other."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from atlas.check.fact import Fact, days_apart, is_comparable, middle_days_apart
from atlas.check.interval import Interval, exactly
from atlas.check.physics.fact_spread import ratio
from atlas.check.physics.percentile_order import must_precede
from atlas.check.physics.series_growth import yearly
from atlas.check.physics.unit_cost import unit_of
from atlas.check.series import steps
from atlas.quantity import COUNT, Form


def fact(ident: str = "a", **changes: Any) -> Fact:
    """A figure of 2023, changed where a test needs it."""
    words: dict[str, Any] = {
        "metric": "users", "of": "system", "stat": "total", "scope": None, "era": None, "interval": exactly(1.0),
        "mid": 1.0, "form": Form.PLAIN, "dimension": COUNT, "unit": "", "text": "1",
        "start": dt.date(2023, 1, 1), "end": dt.date(2023, 12, 31),
    }  # fmt: skip
    return Fact(id=ident, **{**words, **changes})


@pytest.mark.parametrize(
    "changes", [{"scope": "one day"}, {"start": dt.date(2026, 1, 1), "end": dt.date(2026, 12, 31)}]
)
def test_figures_of_another_scope_or_time_are_not_compared(changes: dict[str, Any]) -> None:
    """They are different facts."""
    assert not is_comparable(fact(), fact("b", **changes))


def test_figures_of_two_eras_are_not_compared() -> None:
    """An era that only one of them names does not part them."""
    assert not is_comparable(fact(era="old"), fact("b", era="new"))
    assert is_comparable(fact(era="old"), fact("b"))


def test_an_undated_figure_is_compared_with_every_other() -> None:
    """Its finding asks for the date."""
    assert is_comparable(fact(), fact("b", start=None, end=None))
    assert days_apart(fact(), fact("b", start=None, end=None)) is None


def test_distances_are_those_of_the_gap_and_of_the_middles() -> None:
    """Neighbouring years have no gap worth a day, and middles a year apart."""
    later = fact("b", start=dt.date(2024, 1, 1), end=dt.date(2024, 12, 31))
    assert days_apart(fact(), later) == 1
    assert middle_days_apart(fact(), later) == pytest.approx(365.5)


def test_intervals_that_meet_have_no_ratio() -> None:
    """Only the gap between two figures counts as spread."""
    assert ratio(Interval(1, 3), Interval(2, 4)) == Interval(1.0, 1.0)
    assert ratio(Interval(10, 11), Interval(2, 5)) == Interval(2.0, 5.5)


def test_statistics_have_an_order() -> None:
    """A median never exceeds a p99; an average is only held against the extremes."""
    assert must_precede(fact(stat="p50"), fact(stat="p99"))
    assert must_precede(fact(stat="average"), fact(stat="max"))
    assert not must_precede(fact(stat="average"), fact(stat="p50"))


def test_growth_is_by_the_year() -> None:
    """Four times in two years is twice a year; a step of months counts as a year."""
    assert yearly(exactly(4.0), 2.0) == exactly(2.0)
    assert yearly(exactly(4.0), 0.2) == exactly(4.0)


def test_a_series_runs_by_date() -> None:
    """Points of one fact are taken in the order of their dates, whatever the order in the document."""
    later = fact("b", start=dt.date(2025, 1, 1), end=dt.date(2025, 12, 31))
    assert [(a.id, b.id) for a, b in steps([later, fact()])] == [("a", "b")]
    assert list(steps([fact(), fact("b", start=None, end=None)])) == []


def test_a_scope_names_the_unit_of_a_cost() -> None:
    """Unit and period are read from the words of the scope."""
    assert unit_of("one user and month") == ("users", 2_628_000.0)
    assert unit_of("one request") == ("rate", None)
    assert unit_of(None) == ("", None)
