"""Periods: whole ones, one after the other, without gap or overlap."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas.report import last_period
from atlas.report.period import Kind

KINDS: tuple[Kind, ...] = ("weekly", "monthly", "quarterly")


@pytest.mark.parametrize(
    ("kind", "today", "start", "end", "label"),
    [
        ("weekly", "2026-11-21", "2026-11-09", "2026-11-15", "2026-W46"),
        ("weekly", "2026-11-16", "2026-11-09", "2026-11-15", "2026-W46"),
        ("weekly", "2027-01-05", "2026-12-28", "2027-01-03", "2026-W53"),
        ("monthly", "2026-03-01", "2026-02-01", "2026-02-28", "2026-02"),
        ("monthly", "2026-01-31", "2025-12-01", "2025-12-31", "2025-12"),
        ("quarterly", "2026-11-21", "2026-07-01", "2026-09-30", "2026-Q3"),
        ("quarterly", "2026-01-01", "2025-10-01", "2025-12-31", "2025-Q4"),
    ],
)
def test_the_last_whole_period_before_a_day(kind: Kind, today: str, start: str, end: str, label: str) -> None:
    """Weeks are those of ISO 8601; months and quarters those of the calendar."""
    period = last_period(kind, dt.date.fromisoformat(today))
    assert (period.start.isoformat(), period.end.isoformat(), period.label) == (start, end, label)


@given(st.dates(dt.date(1990, 1, 1), dt.date(2100, 1, 1)), st.sampled_from(KINDS))
def test_periods_follow_each_other(today: dt.date, kind: Kind) -> None:
    """A period is over before the day, and the one before it ends on the day before it begins."""
    period = last_period(kind, today)
    assert period.start <= period.end < today
    assert period.previous.end == period.start - dt.timedelta(days=1)
    assert period.holds(period.start)
    assert not period.holds(today)
