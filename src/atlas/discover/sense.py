"""Whether a number with what follows it measures anything, and what: a rate, a standing count, a listing, nothing."""

from __future__ import annotations

import re
from dataclasses import replace

from atlas.discover.figure import Figure
from atlas.discover.lexicon import is_known, metric_of, singular
from atlas.discover.statistic import qualifier

_FASTER = re.compile(
    r"(?i)\b(?:faster|slower|larger|bigger|cheaper|more|less|fewer|smaller|higher|lower|gains?"
    r"|improv\w+|increas\w+|reduc\w+|speed\w*|better|gr[eo]w\w*|jump\w*|spik\w+|surge\w*|drop\w*"
    r"|throughput|performance|compress\w*|efficien\w+|quicker|cut|shr[aiu]nk\w*|multipl\w+"
    r"|factor|denser|as (?:many|much|fast|large|big|cheap)|the (?:load|traffic|throughput|size"
    r"|speed|cost|capacity)|win|boost|longer|shorter|rose|went up|than before)\b"
)


def settled(text: str, figure: Figure) -> Figure:
    """The figure with ``every 20 minutes`` made a rate, users of a day a count, and tries counted."""
    return _counted_times(text, _standing(text, _every(text, figure)))


def is_claim(text: str, figure: Figure) -> bool:
    """Whether a number with what follows it measures anything."""
    if figure.kind == "bare" or figure.high <= 0:
        return False
    if figure.kind == "factor":
        return (figure.unit != "times" and _FASTER.search(text) is not None) or _is_times(text, figure)
    if figure.is_worded and figure.low == figure.high == 1:
        return (bool(figure.period) and figure.periods != 1) or (
            figure.kind in ("time", "data") and _is_bounded(text, figure)
        )
    if figure.kind == "count":
        return _counts(figure)
    return True


def _is_times(text: str, figure: Figure) -> bool:
    behind = text[figure.end : figure.end + 30]
    return (
        re.match(
            (
                r"(?i)\s(?:faster|slower|more|less|fewer|cheaper|bigger|larger|smaller|higher|lower"
                r"|quicker|as (?:many|much|fast|large|big)|the|better|longer|shorter)\b"
            ),
            behind,
        )
        is not None
    )


def _is_bounded(text: str, figure: Figure) -> bool:
    return qualifier(text, figure.start, figure.end, is_open=False) is not None


def _counts(figure: Figure) -> bool:
    """A known noun counts; an unknown one where the number is too large for a list, or is a rate."""
    if figure.is_worded and figure.high <= 10 and not figure.period and figure.unit != "-" and _is_listed(figure.noun):
        return False
    if figure.unit == "?" and not figure.period:
        small = figure.high < 50 and figure.high == int(figure.high)
        if figure.high != int(figure.high):
            return False  # of a thing without a name nobody counts tenths: ``0.4 microdollars``
        return (
            (not figure.is_worded or figure.high >= 100)
            and not small
            and not (figure.noun[:1].isupper() and not re.fullmatch(r"[A-Z]+s", figure.noun))
        )
    return True


def _is_listed(noun: str) -> bool:
    """Nouns of which a text tells two or three without measuring anything: teams, questions, tests."""
    words = noun.split()
    return (
        bool(words)
        and is_known(words[-1])
        and metric_of(noun) in (None, "records", "events")
        and singular(words[-1]) not in _TRIED
    )


_TRIED = frozenset(
    [
        "try",
        "time",
        "attempt",
        "retry",
        "hop",
        "country",
        "continent",
        "rack",
        "carrier",
        "drive",
        "ssd",
        "disk",
        "hall",
        "room",
        "dashboard",
        "language",
        "currency",
        "market",
    ]
)
"""Of these, two or three are told because they are so few."""


def _every(text: str, figure: Figure) -> Figure:
    """``every 20 minutes`` is a rate: once in that time."""
    if figure.kind != "time" or not re.search(r"(?i)\b(?:once )?every\s$", text[: figure.start]):
        return figure
    if figure.unit in ("month", "year", "quarter") or figure.low != figure.high:
        return figure
    start = figure.start - len("every ")
    count = replace(figure, start=start, kind="count", noun="time", unit="", period=figure.unit, periods=figure.low)
    return replace(count, low=1.0, high=1.0, is_worded=False)


_STANDING = (
    "users",
    "customers",
    "connections",
    "nodes",
    "clusters",
    "regions",
    "locations",
    "engineers",
    "services",
    "cores",
)


_PEOPLE = ("users", "customers")
_LONG_PERIODS = ("day", "week", "month", "quarter", "year")


def _standing(text: str, figure: Figure) -> Figure:
    """Users of a day or a month are counted, not a rate; new ones are a rate."""
    if figure.kind != "count" or not figure.period or figure.thing or metric_of(figure.noun) not in _STANDING:
        return figure
    if not figure.is_loose and (metric_of(figure.noun) not in _PEOPLE or figure.period not in _LONG_PERIODS):
        return figure
    around = text[max(0, figure.start - 60) : figure.end + 40]
    if re.search(
        (
            r"(?i)\b(?:new|sign[\s-]?ups?|(?:open|creat)\w* an? (?:account|profile)|join\w*|gain\w*|add\w*|grow\w*"
            r"|regist\w+|onboard\w*|replac\w+"
            r"|(?:re)?start(?:s|ed)?|spawn\w*|launch\w*|terminat\w+|churn\w*)\b"
        ),
        around,
    ):
        return figure
    return replace(figure, period="", periods=1.0)


_COPIED = re.compile(r"(?i)\b(?:exists?|stored|kept|written|held|copied|replicated)\s(?:\w+ly )?$")


def _counted_times(text: str, figure: Figure) -> Figure:
    """``try again up to three times`` counts tries; a factor of nothing larger is none."""
    if figure.kind == "factor" and figure.unit == "times" and figure.high >= 100 and not _is_times(text, figure):
        return replace(figure, kind="count", noun="occurrences", unit="")
    if figure.kind == "factor" and figure.unit == "times" and _COPIED.search(text[: figure.start]):
        return replace(figure, kind="count", noun="copies", unit="")
    if (
        figure.kind == "factor"
        and figure.unit == "times"
        and re.search(r"(?i)\b(?:retr(?:y|ies|ied)|tr(?:y|ies|ied)|attempt\w*|again)\b", text)
    ):
        return replace(figure, kind="count", noun="tries", unit="")
    return figure
