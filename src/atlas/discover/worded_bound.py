"""Bounds without a figure: ``sub-second``, ``single-digit milliseconds``, ``under a minute``, ``half a second``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from atlas.discover.figure import Figure, Kind
from atlas.discover.statistic import Qualifier, qualifier

_WORDED_BOUND = re.compile(
    r"(?i)\b(?:(?P<sub>sub)[\s-]?(?P<unit>nanosecond|microsecond|millisecond|second|minute"
    r"|hour)|(?P<single>(?:low )?single)[\s-]digit[\s-](?P<unit2>microsecond|millisecond|second"
    r"|minute|percent)s?"
    r"|(?P<bound>(?:well )?(?:under|below|within|less than|inside)|in under) (?:an?|one) (?P<unit3>millisecond"
    r"|microsecond|second|minute|hour)(?!\s(?:or two|and a|of))|(?P<half>half a|a (?:quarter"
    r"|tenth|hundredth|third) of an?|three quarters of an?|half an) (?P<unit4>second|minute|hour"
    r"|millisecond))\b"
)
_FRACTIONS = {
    "half a": 0.5,
    "half an": 0.5,
    "a quarter of a": 0.25,
    "a tenth of a": 0.1,
    "a hundredth of a": 0.01,
    "three quarters of a": 0.75,
    "a quarter of an": 0.25,
    "three quarters of an": 0.75,
}
_WORD_UNITS = {
    "nanosecond": "ns",
    "microsecond": "us",
    "millisecond": "ms",
    "second": "s",
    "minute": "min",
    "hour": "h",
    "percent": "%",
}


def worded_bounds(text: str) -> Iterator[tuple[Figure, Qualifier | None]]:
    """Every such bound, with what kind of bound it is."""
    for match in _WORDED_BOUND.finditer(text):
        word = match["unit"] or match["unit2"] or match["unit3"] or match["unit4"]
        unit = _WORD_UNITS[word.lower()]
        half = (match["half"] or "").lower()
        number = _FRACTIONS.get(half, 0.0) if half else 10.0 if match["single"] else 1.0
        if number:
            kind = qualifier(text, match.start(), match.end(), is_open=False) if half else "under"
            of: Kind = "ratio" if unit == "%" else "time"
            yield Figure(match.start(), match.end(), number, number, of, unit, is_worded=True), kind
