"""The time a report is about: the last whole week, month or quarter before a day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

Kind = Literal["weekly", "monthly", "quarterly"]
_MONTHS_OF_A_QUARTER = 3


@dataclass(frozen=True, slots=True)
class Period:
    """From ``start`` to ``end``, both days included; ``label`` is ``2026-W46``, ``2026-10`` or ``2026-Q3``."""

    kind: Kind
    start: dt.date
    end: dt.date
    label: str

    def holds(self, day: dt.date) -> bool:
        """Whether a day lies in it."""
        return self.start <= day <= self.end

    @property
    def previous(self) -> Period:
        """The period of the same kind before it."""
        return last_period(self.kind, self.start)


def last_period(kind: Kind, today: dt.date) -> Period:
    """The last one that was over before ``today``: weeks begin on Monday, as ISO 8601 has them."""
    if kind == "weekly":
        end = today - dt.timedelta(days=today.isoweekday())
        year, week, _ = end.isocalendar()
        return Period(kind, end - dt.timedelta(days=6), end, f"{year}-W{week:02d}")
    months = 1 if kind == "monthly" else _MONTHS_OF_A_QUARTER
    first = today.replace(day=1, month=today.month - (today.month - 1) % months)
    end = first - dt.timedelta(days=1)
    start = end.replace(day=1, month=end.month - months + 1)
    label = f"{end.year}-{end.month:02d}" if months == 1 else f"{end.year}-Q{(end.month - 1) // months + 1}"
    return Period(kind, start, end, label)
