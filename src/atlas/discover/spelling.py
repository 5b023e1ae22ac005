"""A figure in the one form that ``atlas.quantity.parse`` reads, with the vocabulary's name of its dimension."""

from __future__ import annotations

import re

from atlas.discover.figure import Figure
from atlas.discover.unit_words import PERIOD_NAMES


def written(text: str, figure: Figure) -> tuple[str, str] | None:
    """The quantity in the catalogue's spelling, and the vocabulary's name of its dimension."""
    per = f"/{figure.period}" if figure.period else ""
    low, high = figure.low / figure.periods, figure.high / figure.periods
    ends = _ends(low, high)
    if figure.kind == "ratio":
        return f"{ends} %", "ratio"
    if figure.kind == "nines":
        return _nines(high), "ratio"
    if figure.kind == "factor":
        return f"{ends} x", "ratio"
    if figure.kind == "time":
        return (
            (f"{_ends(low, high, is_long=True)} {figure.unit}{per}", "time/time")
            if per
            else (f"{ends} {figure.unit}", "time")
        )
    if figure.kind in ("data", "bits"):
        return (f"{ends} {figure.unit}{per}", "bytes/time") if per else (f"{ends} {figure.unit}", "bytes")
    if figure.kind == "money":
        return _money(text, figure, low, high)
    spelt = _ends(low, high, is_long=True)
    return (f"{spelt}{per}", "count/time") if per else (spelt, "count")


def _nines(count: float) -> str:
    if count != int(count):  # three and a half nines are 99.95 %
        return f"99.{'9' * (int(count) - 2)}5 %"
    return f"99.{'9' * (int(count) - 2)} %" if count > 2 else "99 %"


def _ends(low: float, high: float, *, is_long: bool = False) -> str:
    """One number, or a range; a suffix behind the second end alone would be read for both."""
    one = _spelt if is_long else _number
    if low == high:
        return one(low)
    ends = one(low), one(high)
    if ends[0][-1].isdigit() != ends[1][-1].isdigit():
        ends = _number(low), _number(high)
    return " to ".join(ends)


def _number(value: float) -> str:
    return f"{value:.10g}" if value < 1e10 else f"{value:.12e}".replace("e+", "e")


def _spelt(value: float) -> str:
    """A count with a suffix where few digits say it all: ``1.2M``, ``48k``, ``12,400``."""
    for suffix, factor in (("T", 1e12), ("B", 1e9), ("M", 1e6), ("k", 1e4)):
        if value >= factor:
            unit = 1e3 if suffix == "k" else factor
            if (
                float(f"{value / unit:.4g}") * unit == value
                or abs(float(f"{value / unit:.4g}") * unit / value - 1) < 1e-12
            ):
                return f"{value / unit:.4g}{suffix}"
    return f"{value:,.0f}" if value == int(value) and value < 1e15 else _number(value)


_PER_COUNT = re.compile(
    r"(?i)^(?:\s?/\s?|\sper\s|\san?\s|\sfor (?:each |every |a |an )?|\sfor\s|\seach\s)(?P<n>1,?000,?000"
    r"|1,?000|100,?000|10,?000|100|million|thousand|hundred|1k|1M|CPM\b)?\s?(?P<what>[A-Za-z][\w-]*)?"
)
_COUNT_BEFORE = re.compile(
    r"(?i)\b(?:an?|one|per|1|every|each)\s?(?P<n>thousand|million|hundred|,000|,000,000|,?000)\s(?:\w+\s){1,4}?(?:comes?"
    r"|costs?|is|are|sells?|goes|priced|at|for|sets us back)\b[^.;]{0,20}$"
    r"|(?i:cost|price|charge)s? per (?P<m>thousand|million|hundred|1,000|1k|1M)(?:\s\w+){1,4}:[^.;:]{0,25}$"
)
_COUNTS = {"million": 1e6, "thousand": 1e3, "hundred": 100.0, "1k": 1e3, "1M": 1e6, "1m": 1e6, "cpm": 1e3}


def _money(text: str, figure: Figure, low: float, high: float) -> tuple[str, str] | None:
    """A sum, a sum per time, or a price for one unit of something (``$0.40 per million calls``)."""
    behind = text[figure.end : figure.end + 60]
    each = _PER_COUNT.match(behind)
    divisor = 0.0
    if (
        each is not None
        and (not figure.period or figure.is_loose)
        and (each["n"] or (figure.high < 10_000 and _is_unit_of_sale(each["what"] or "")))
    ):
        divisor = _per(each["n"]) if each["n"] else 1.0
    elif (before := _COUNT_BEFORE.search(text[max(0, figure.start - 70) : figure.start])) is not None:
        divisor = _per(before["n"] or before["m"])
    if divisor:
        return f"{_ends(low / divisor, high / divisor)} {figure.unit}", "money/count"
    if _is_price(text, figure):
        return f"{_ends(low, high)} {figure.unit}", "money/count"
    period = figure.period or _billed(text, figure)
    spelt = _ends(low, high, is_long=True)
    return (f"{spelt} {figure.unit}/{period}", "money/time") if period else (f"{spelt} {figure.unit}", "money")


def _per(words: str) -> float:
    low = words.lower().replace(",", "")
    return _COUNTS.get(low) or (float(low) if low.isdigit() and float(low) else 1e3)


def _is_unit_of_sale(word: str) -> bool:
    return (
        bool(word)
        and word.lower() not in PERIOD_NAMES
        and word.lower()
        not in (
            "the",
            "our",
            "its",
            "his",
            "a",
            "an",
            "this",
            "that",
            "running",
            "storage",
            "compute",
            "egress",
            "hosting",
            "it",
            "all",
            "each",
            "us",
            "them",
            "tiles",
        )
    )


_PRICED = re.compile(
    r"(?i)\b(?:an?|one|each|every|per|single|storing|serving|sending|running|processing|keeping"
    r"|answering)\s(?:[\w,.-]+\s){1,5}?(?:costs?|is priced at|comes (?:at|to|in at)|sells for"
    r"|goes for|is billed at|sets us back|for)\s(?:us\s|you\s|them\s)?(?:only\s|just\s|about\s"
    r"|around\s|roughly\s|less than\s|under\s)*$"
)
_COST_PER = re.compile(r"(?i)\b(?:costs?|price|charge) (?:per|of an?|of one|for (?:each|one|an?)) (?:\w+\s){1,5}$")
_SUBSCRIBED = re.compile(
    r"(?i)\b(?:subscri\w+|plans?|seats?|per user|users? pay|customers? pay|members? pay|price[ds]?"
    r"|tiers?|membership|licen[cs]e)\b"
)


def _is_price(text: str, figure: Figure) -> bool:
    """Whether a small sum is what one unit costs: ``one inference costs 0.2 cents``, ``the plan is $12 a month``."""
    if figure.thing and not figure.period and figure.high < 10_000 and _COST_PER.search(text[: figure.start]):
        return True
    if figure.high >= 500:
        return False
    if figure.period:
        each = _PRICED.search(text[: figure.start]) is not None
        return figure.period in ("month", "year") and (each or _SUBSCRIBED.search(text) is not None)
    if figure.high < 0.1:
        return True
    if figure.high < 0.1:
        return True
    return figure.high < 1000 and (
        _PRICED.search(text[: figure.start]) is not None or _COST_PER.search(text[: figure.start]) is not None
    )


_BILLED = re.compile(
    r"(?i)\b(?P<how>yearly|annual|annually|monthly|daily|weekly|quarterly)\s(?:\w+\s){0,2}?(?:bills?"
    r"|spend\w*|costs?|budget|invoice|fees?|volume|revenue|payments?|sales|run rate|savings?"
    r"|turnover)\b"
)
_HOW = {
    "yearly": "year",
    "annual": "year",
    "annually": "year",
    "monthly": "month",
    "daily": "day",
    "weekly": "week",
    "quarterly": "quarter",
}


def _billed(text: str, figure: Figure) -> str:
    match = _BILLED.search(text[max(0, figure.start - 60) : figure.end + 30])
    return _HOW[match["how"].lower()] if match else ""
