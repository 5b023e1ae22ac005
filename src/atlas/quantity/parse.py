"""Text to quantity: ``3.2M/s``, ``40 to 125 ms``, ``over 4B/day``, ``tens of millions``."""

from __future__ import annotations

import math
import re
from difflib import get_close_matches

from atlas.quantity.dimension import COUNT, DATA
from atlas.quantity.quantity import Form, Quantity, QuantityError
from atlas.quantity.unit import (
    BIT_RATES,
    PERIODS,
    SUFFIXES,
    UNITS,
    VAGUE_BYTES,
    VAGUE_COUNTS,
    Unit,
)

MAX_LENGTH = 100

_WORDS = {
    "more than": Form.AT_LEAST,
    "at least": Form.AT_LEAST,
    "over": Form.AT_LEAST,
    "above": Form.AT_LEAST,
    ">=": Form.AT_LEAST,
    "≥": Form.AT_LEAST,
    ">": Form.AT_LEAST,
    "up to": Form.AT_MOST,
    "at most": Form.AT_MOST,
    "less than": Form.AT_MOST,
    "under": Form.AT_MOST,
    "below": Form.AT_MOST,
    "<=": Form.AT_MOST,
    "≤": Form.AT_MOST,
    "<": Form.AT_MOST,
    "nearly": Form.NEARLY,
    "almost": Form.NEARLY,
    "about": Form.ABOUT,
    "around": Form.ABOUT,
    "~": Form.ABOUT,
    "≈": Form.ABOUT,
}
_WORD = re.compile("(" + "|".join(re.escape(w) for w in sorted(_WORDS, key=len, reverse=True)) + r")\s*")
_NUMBER = re.compile(r"(?P<digits>\d+(?:,\d{3})*(?:\.\d+)?(?:e[+-]?\d+)?)\s?(?P<suffix>[kKMBT](?![A-Za-z]))?")
_TO = re.compile(r"\s*(?:\bto\b|\.\.|–)\s*")
_TWO_UNITS = re.compile(r"([\d.,]+\s?(?![kKMBT]\s)[A-Za-zµμ%/]*[A-Za-zµμ%]+)\s+to\s+([\d.,]+\s?[A-Za-zµμ%/]+)")
_UNIT = re.compile(r"\s*(?P<unit>[A-Za-zµμ%×]*)\s*(?:/\s*(?P<per>[A-Za-zµμ]+)|\bper\s+(?P<per2>[a-z]+))?\s*")


def parse(value: str | int | float) -> Quantity:
    """Read a quantity; raises ``QuantityError`` with what is wrong and what to write.

    A bare number is a count. Ranges have a geometric middle; *over* is open above, *up to* reaches down to
    zero, *nearly* is the last tenth below the number, *about* is half of the last printed digit either way
    (a tenth for one digit).
    """
    if isinstance(value, bool):
        raise QuantityError(f"not a quantity: {str(value).lower()}")
    if isinstance(value, int | float):
        if not math.isfinite(value) or value < 0:
            raise QuantityError(f"not a quantity: {value} (quantities are finite and not negative)")
        return Quantity(float(value), float(value), float(value), text=f"{value}")
    text = value.strip()
    if len(text) > MAX_LENGTH:
        raise QuantityError(f"not a quantity: {text[:40]!r}… is longer than {MAX_LENGTH} characters")
    return _vague(text) or _parse_text(text)


def _vague(text: str) -> Quantity | None:
    if not text[:1].isalpha():
        return None
    head, _, tail = text.partition("/")
    words = head.strip()
    for table, dimension in ((VAGUE_COUNTS, COUNT), (VAGUE_BYTES, DATA)):
        if words in table:
            factor, unit, measured = 1.0, "", dimension
            if tail:
                period = _period(tail.strip(), text)
                measured, factor, unit = dimension / period.dimension, 1 / period.factor, f"/{period.symbol}"
            low, mid, high = (x * factor for x in table[words])
            return Quantity(low, mid, high, measured, unit, Form.VAGUE, text)
    return None


def _parse_text(text: str) -> Quantity:
    rest, form = text, Form.PLAIN
    if "$" in rest or "€" in rest:
        raise QuantityError(f"not a quantity: {text!r}", "money is written with its code: 18.6B USD, 4 EUR/month")
    if (word := _WORD.match(rest)) is not None:
        form, rest = _WORDS[word[1]], rest[word.end() :]
    if (two := _TWO_UNITS.fullmatch(rest)) is not None and form is Form.PLAIN:
        return _two_units(two, text)
    first = _NUMBER.match(rest)
    if first is None:
        raise QuantityError(f"not a quantity: {text!r}", _tip_for_word(text))
    rest = rest[first.end() :]
    second = None
    if (to := _TO.match(rest)) is not None and (second := _NUMBER.match(rest, to.end())) is not None:
        rest = rest[second.end() :]
    unit = _unit(rest, text)
    if second is not None:
        if form is not Form.PLAIN:
            raise QuantityError(f"a range cannot also be {form.value!r}: {text!r}")
        return _range(first, second, unit, text)
    return _single(first, form, unit, text)


def _two_units(match: re.Match[str], text: str) -> Quantity:
    """A range whose ends carry units of their own: ``900 ms to 2.1 s``."""
    low, high = _parse_text(match[1].strip()), _parse_text(match[2].strip())
    if low.dimension != high.dimension:
        raise QuantityError(f"the ends of {text!r} measure different things")
    if low.mid > high.mid:
        raise QuantityError(f"the range {text!r} runs downwards", "write the smaller number first")
    mid = math.sqrt(low.mid) * math.sqrt(high.mid)
    return Quantity(low.mid, min(max(mid, low.mid), high.mid), high.mid, high.dimension, high.unit, Form.RANGE, text)


def _unit(rest: str, text: str) -> Unit:
    match = _UNIT.fullmatch(rest)
    if match is None:
        raise QuantityError(f"not a quantity: {text!r} (cannot read {rest.strip()!r})")
    name, per = match["unit"], match["per"] or match["per2"]
    if name in BIT_RATES and not per:
        name, per = BIT_RATES[name], "s"
    if name not in UNITS:
        raise QuantityError(f"unknown unit {name!r} in {text!r}", _tip_for_unit(name))
    unit = UNITS[name]
    if not per:
        return unit
    period = _period(per, text)
    return Unit(f"{unit.symbol}/{period.symbol}", unit.factor / period.factor, unit.dimension / period.dimension)


def _period(name: str, text: str) -> Unit:
    if name in PERIODS:
        return PERIODS[name]
    if name in UNITS and name:
        return UNITS[name]
    raise QuantityError(f"unknown period {name!r} in {text!r}", "write /s, /min, /h, /day, /week, /month or /year")


def _number(match: re.Match[str], suffix: str | None) -> float:
    return float(match["digits"].replace(",", "")) * SUFFIXES.get(suffix or "", 1.0)


def _single(match: re.Match[str], form: Form, unit: Unit, text: str) -> Quantity:
    mid = _number(match, match["suffix"])
    low, high = mid, mid
    if form is Form.AT_LEAST:
        high = math.inf
    elif form is Form.AT_MOST:
        low = 0.0
    elif form is Form.NEARLY:
        low = 0.9 * mid
    elif form is Form.ABOUT:
        spread = _last_digit(match) * SUFFIXES.get(match["suffix"] or "", 1.0)
        low, high = mid - spread, mid + spread
    return _quantity(low, mid, high, unit, form, text)


def _last_digit(match: re.Match[str]) -> float:
    """Half of the last significant digit as printed; a tenth of the number when only one is."""
    digits = match["digits"].replace(",", "")
    number = float(digits)
    mantissa = digits.split("e")[0]
    whole, _, decimals = mantissa.partition(".")
    significant = (whole + decimals).strip("0") if decimals else whole.strip("0")
    if len(significant) <= 1:
        return 0.1 * number
    step = 10.0 ** -len(decimals) if decimals else 10.0 ** (len(whole) - len(whole.rstrip("0")))
    exponent = float("1e" + mantissa_exponent) if (mantissa_exponent := digits.partition("e")[2]) else 1.0
    return 0.5 * step * exponent


def _range(first: re.Match[str], second: re.Match[str], unit: Unit, text: str) -> Quantity:
    low = _number(first, first["suffix"] or second["suffix"])
    high = _number(second, second["suffix"])
    if low > high:
        raise QuantityError(f"the range {text!r} runs downwards", "write the smaller number first")
    mid = math.sqrt(low) * math.sqrt(high) if low > 0 else (low + high) / 2
    return _quantity(low, min(max(mid, low), high), high, unit, Form.RANGE, text)


def _quantity(low: float, mid: float, high: float, unit: Unit, form: Form, text: str) -> Quantity:
    factor = unit.factor
    if not math.isfinite(mid * factor):
        raise QuantityError(f"not a quantity: {text!r} is too large")
    symbol = unit.symbol
    return Quantity(low * factor, mid * factor, high * factor, unit.dimension, symbol, form, text)


_MULTIPLES = {"thousand": "k", "million": "M", "billion": "B", "trillion": "T"}


def _tip_for_word(text: str) -> str:
    near = get_close_matches(text, [*VAGUE_COUNTS, *VAGUE_BYTES], n=1)
    if near:
        return f"did you mean {near[0]!r}?"
    if text.startswith("-"):
        return "quantities are not negative"
    return "write a number with a unit, such as 15 ms, 3.2M/s, 9 TB, 40 to 125 ms, over 4B/day"


def _tip_for_unit(name: str) -> str:
    if near := get_close_matches(name.lower().removesuffix("s"), _MULTIPLES, n=1, cutoff=0.8):
        return f"write {_MULTIPLES[near[0]]} for {near[0]}, such as 3{_MULTIPLES[near[0]]} or 3{_MULTIPLES[near[0]]}/s"
    if name == "m":
        return "write min for minutes or M for million"
    if name.lower() == "b":
        return "bytes are written kB and up, or with the word bytes; B is billion"
    if name.lower() in ("gb", "mb", "tb", "pb", "eb"):
        return f"did you mean {name.upper()!r}?"
    near = get_close_matches(name, [u for u in UNITS if u], n=1)
    return f"did you mean {near[0]!r}?" if near else "a count has no noun: write 72, not 72 nodes"
