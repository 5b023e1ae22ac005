"""When a page was published: from its feed, its structured data, its address or its text; never guessed.

``htmldate`` finds the place. It also completes what is not there (the first of January for a bare year, one of two
readings of ``12/04/2019``, the year of a copyright line), so only its careful search is used, and a day is kept only
to the precision in which the page really prints it.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal

from htmldate import find_date

UNKNOWN = "unknown"
EARLIEST = dt.date(1994, 1, 1)
"""Before, there were no posts; such a date is a default of somebody's clock."""

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH_YEAR = re.compile(
    r"(?:<time\b[^>]*>|<\w+\b[^>]*(?:class|id|itemprop)=[\"'][^\"']*(?:date|publish|time|posted"
    r"|meta)[^\"']*[\"'][^>]*>)"
    r"\s*(?:published|posted|updated)?(?:\s+(?:on|in))?:?\s*"
    r"(?P<month>[A-Z][a-z]{2,8})\.?,?\s+(?P<year>(?:19|20)\d\d)\s*<",
    re.IGNORECASE,
)

Origin = Literal["feed", "page", "none"]


@dataclass(frozen=True, slots=True)
class Published:
    """A date to the precision that was printed (``2023``, ``2023-03``, ``2023-03-06``, ``unknown``) and its place."""

    date: str
    origin: Origin


def published(page: str, url: str, *, feed: str = UNKNOWN, today: dt.date) -> Published:
    """The date of a page. A feed's date wins; one after tomorrow or before the web is no date."""
    if _is_possible(feed, today):
        return Published(feed, "feed")
    found = find_date(
        page, extensive_search=False, original_date=True, url=url or None, max_date=_end(today), min_date=str(EARLIEST)
    )
    if found and (date := _as_printed(found, page, url)):
        return Published(date, "page")
    if (match := _MONTH_YEAR.search(page)) and match["month"][:3].lower() in _MONTHS:
        date = f"{match['year']}-{_MONTHS.index(match['month'][:3].lower()) + 1:02}"
        if _is_possible(date, today):
            return Published(date, "page")
    return Published(UNKNOWN, "none")


def _end(today: dt.date) -> str:
    return (today + dt.timedelta(days=1)).isoformat()


def _is_possible(date: str, today: dt.date) -> bool:
    return date != UNKNOWN and EARLIEST.isoformat() <= date <= _end(today)


def _as_printed(found: str, page: str, url: str) -> str | None:
    """The found day, cut to what the page prints: a day, a month, a year; ``None`` where not even the year stands."""
    year, month, day = found.split("-")
    name = _MONTHS[int(month) - 1]
    place = page + " " + url
    if re.search(_DAY.format(y=year, m=int(month), d=int(day), name=name), place, re.IGNORECASE):
        return found
    if re.search(_NUMERIC.format(y=year, m=int(month), d=int(day)), place):
        return found if int(month) == int(day) or max(int(month), int(day)) > 12 else year
    if re.search(_MONTH.format(y=year, m=int(month), name=name), place, re.IGNORECASE):
        return f"{year}-{month}"
    return year if year in place else None


_DAY = (
    r"\b{y}[-/.年]0?{m}[-/.月]0?{d}(?!\d)|\b{y}0?{m}0?{d}(?:T|\b)|\b{name}[a-z]*\.?,?\s+0?{d}(?:st|nd|rd|th)?,?\s+{y}"
    r"|\b0?{d}(?:st|nd|rd|th|\.)?(?:\s+of)?[\s-]+{name}[a-z]*\.?,?[\s-]+{y}|\b{y}[\s-]+{name}[a-z]*[\s-]+0?{d}(?!\d)"
)
_NUMERIC = r"\b0?(?:{m}[/.-]0?{d}|{d}[/.-]0?{m})[/.-]{y}"
_MONTH = r"\b{name}[a-z]*\.?,?\s+{y}|\b{y}[-/]0?{m}(?!\d)"
