"""Numbers as they are printed in prose: ``nearly five million``, ``5-70ms p99``, ``$1 trillion``, ``66-hour``.

Used to hold a claim's value against the figure it was taken from. Reading is generous about words and strict about
magnitudes and units: what is read is a set of numbers, each in base units (seconds, bytes, counts) where a unit stands
beside it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MAGNITUDES = {
    "k": 1e3, "K": 1e3, "thousand": 1e3, "thousands": 1e3, "m": 1e6, "M": 1e6, "MM": 1e6, "mn": 1e6, "mln": 1e6,
    "million": 1e6, "millions": 1e6, "b": 1e9, "B": 1e9, "bn": 1e9, "billion": 1e9, "billions": 1e9, "t": 1e12,
    "T": 1e12, "tn": 1e12, "trillion": 1e12, "trillions": 1e12, "quadrillion": 1e15, "quadrillions": 1e15, "Q": 1e15,
    "hundred": 1e2, "hundreds": 1e2,
}  # fmt: skip
WORDS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90, "a": 1, "an": 1, "half": 0.5, "quarter": 0.25, "third": 1 / 3,
    "dozen": 12, "single-digit": 10, "double-digit": 100, "doubled": 2, "double": 2, "tripled": 3, "twice": 2,
    "halved": 0.5, "once": 1,
}  # fmt: skip
_DATA = {"": 1.0, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18, "Z": 1e21}
_DATA_WORDS = {"kilo": 1e3, "mega": 1e6, "giga": 1e9, "tera": 1e12, "peta": 1e15, "exa": 1e18}
_TIMES = {
    "ns": 1e-9, "nanosecond": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "microsecond": 1e-6, "ms": 1e-3, "msec": 1e-3,
    "millisecond": 1e-3, "s": 1.0, "sec": 1.0, "second": 1.0, "min": 60.0, "minute": 60.0, "h": 3600.0, "hr": 3600.0,
    "hour": 3600.0, "day": 86400.0, "week": 604800.0, "month": 2628000.0, "quarter": 7884000.0, "year": 31536000.0,
}  # fmt: skip
_PERIOD_WORDS = {
    "daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter", "yearly": "year", "annually": "year",
    "annual": "year", "hourly": "hour", "rps": "s", "qps": "s", "tps": "s", "ops": "", "rpm": "min", "qpm": "min",
    "qpd": "day",     "nightly": "day",
}  # fmt: skip
_NUMBER = re.compile(
    r"(?<![A-Za-z0-9,])(?<!\d\.)(?P<digits>\d+(?:[,\u2009\u202f ]\d{3}(?!\d))*(?:\.\d+)?|(?<![\d])\.\d+)"
    r"\+?[\s\u00a0-]?(?P<suffix>(?:(?-i:[kKmMbBTQ]|MM)|[mb]n|mln|tn|(?:hundred|thousand|million|billion|trillion|quadrillion)s?)(?![A-Za-z]))?"
    r"|\b(?P<word>" + "|".join(sorted((w for w in WORDS), key=len, reverse=True)) + r")\b"
    r"(?:[\s-]+(?:a[\s-]+)?(?P<scale>(?i:(?:hundred[\s-]+)?(?:thousand|million|billion|trillion)|hundred)s?)\b)?",
    re.IGNORECASE,
)
_UNIT = re.compile(r"\+?[\s\u00a0-]*(?P<unit>%|[A-Za-zµμ]+(?:/[A-Za-z]+)?)")
_PERIOD = re.compile(
    r"(?:\bper|\ba|\ban|\beach|\bevery|/|\bin\s+(?:one|a|an))[\s-]*(?P<period>second|sec|s|minute|min|hour|hr|h|day|week|month|quarter|year|yr)s?\b"
    r"|\b(?P<word>" + "|".join(_PERIOD_WORDS) + r")\b|(?:bit|bits|[kKMGTP]b|[kKMGTP]B)(?P<bps>ps)\b",
    re.IGNORECASE,
)
_VAGUE = re.compile(
    r"\b(?:(?:tens|dozens|hundreds|thousands) of )?(?:hundreds|thousands|millions|billions|trillions|quadrillions"
    r"|terabytes|petabytes|exabytes|dozens|tens)\b",
    re.IGNORECASE,
)
_PLAIN = str.maketrans({**dict.fromkeys("‐‑‒–—", "-"), "İ": "I", "ı": "i", "ſ": "s", "\u212a": "K"})
"""Hyphens, and the four letters that a pattern without case takes for ASCII while no table of words knows them."""
_NOISE = re.compile(r"\bp\d+(?:\.\d+)?\b|\b[A-Za-z]+\d+\b|\b(?:19|20)\d\d-\d\d(?:-\d\d)?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Printed:
    """A number as printed: ``amount`` without a unit, ``factor`` to base units or None where no unit stands beside it.

    ``kind`` is ``time``, ``data``, ``percent`` or empty.
    """

    amount: float
    factor: float | None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything read from a figure. ``period_s`` is 0 where none is printed."""

    numbers: tuple[Printed, ...]
    vague: tuple[str, ...]
    period_s: float
    currency: str

    @property
    def is_empty(self) -> bool:
        """Whether no number could be read at all."""
        return not self.numbers and not self.vague


def read(figure: str) -> Reading:
    """All numbers of a figure, with units shared backwards over ranges (``5-70ms``)."""
    text = _NOISE.sub(lambda m: " " * len(m[0]), figure.translate(_PLAIN))
    numbers = _shares(text) + _share_units(
        [_printed(m, text) for m in _NUMBER.finditer(text) if not _is_article(m, text)]
    )
    currency = (
        "USD" if re.search(r"\$|\bUSD\b|\bdollars?\b", figure) else "EUR" if "€" in figure or "EUR" in figure else ""
    )
    vague = tuple(m[0].lower() for m in _VAGUE.finditer(text))
    return Reading(tuple(numbers), vague, _period_s(text), currency)


def _shares(text: str) -> list[Printed]:
    """Both parts of a proportion, ``60/40``, as per cent."""
    found = []
    for match in re.finditer(r"(?<![\d/])(\d{1,3})/(\d{1,3})(?![\d/])", text):
        parts = (float(match[1]), float(match[2]))
        if sum(parts) == 100:
            found += [Printed(part, 0.01, "percent") for part in parts]
    return found


def _is_article(match: re.Match[str], text: str) -> bool:
    """``a`` and ``an`` count as one only before a magnitude (``a million``) or a unit of time."""
    if match["word"] is None or match["word"].lower() not in ("a", "an"):
        return False
    return match["scale"] is None


def _printed(match: re.Match[str], text: str) -> Printed:
    if match["digits"] is not None:
        amount = float(re.sub(r"[,\s\u2009\u202f]", "", match["digits"])) * _magnitude(match["suffix"])
    else:
        amount = WORDS[match["word"].lower()] * _magnitude(match["scale"])
    unit = _UNIT.match(text, match.end())
    factor, kind = _unit(unit["unit"]) if unit else (None, "")
    return Printed(amount, factor, kind)


def _magnitude(word: str | None) -> float:
    if not word:
        return 1.0
    if word in MAGNITUDES:
        return MAGNITUDES[word]
    factor = 1.0
    for part in re.split(r"[\s-]+", word.lower()):
        factor *= MAGNITUDES[part]
    return factor


def _unit(word: str) -> tuple[float | None, str]:
    """Factor to base units and kind of a unit as printed; None where the word is no unit."""
    head = word.partition("/")[0]
    if head in ("%",) or head.lower() in ("percent", "pct"):
        return 0.01, "percent"
    if packets := re.fullmatch(r"([kKMG])(?:pps|rps|qps|ops)", head):
        return {"k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9}[packets[1]], ""
    lower = head.lower()
    singular = lower.removesuffix("s") if lower not in ("s", "ms", "us", "ns", "µs", "μs") else lower
    if lower in _TIMES or singular in _TIMES:
        return _TIMES.get(lower) or _TIMES[singular], "time"
    return _data_unit(head)


def _data_unit(head: str) -> tuple[float | None, str]:
    match = re.fullmatch(r"(?P<prefix>[kKMGTPEZ]?)(?P<i>i?)(?P<what>B|b|bit|bits|bps|byte|bytes)(?:ps)?", head)
    if match and (match["prefix"] or match["what"] in ("bit", "bits", "byte", "bytes", "bps")):
        base = (
            _DATA[match["prefix"]]
            if not match["i"]
            else 1024.0 ** "kMGTPEZ".index(match["prefix"].replace("K", "k")) * 1024
        )
        return base / (8 if match["what"].startswith(("b",)) and not match["what"].startswith("byte") else 1), "data"
    words = re.fullmatch(r"(?P<prefix>kilo|mega|giga|tera|peta|exa)?(?P<what>byte|bit)s?", head, re.IGNORECASE)
    if words:
        factor = _DATA_WORDS.get((words["prefix"] or "").lower(), 1.0)
        return factor / (8 if words["what"].lower() == "bit" else 1), "data"
    return None, ""


def _share_units(numbers: list[Printed]) -> list[Printed]:
    """A number without a unit takes the next one's: ``40-125ms``."""
    shared: list[Printed] = []
    for position, own in enumerate(numbers):
        number = own
        after = numbers[position + 1] if position + 1 < len(numbers) else None
        if number.factor is None and after is not None and after.factor is not None:
            number = Printed(number.amount, after.factor, after.kind)
        shared.append(number)
    return shared


def _period_s(text: str) -> float:
    match = _PERIOD.search(text)
    if match is None:
        return 0.0
    if match["bps"]:
        return 1.0
    word = match["period"] or _PERIOD_WORDS[match["word"].lower()]
    if not word:
        return 0.0
    return _TIMES["year" if word.lower() == "yr" else word.lower()]
