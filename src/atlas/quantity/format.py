"""Quantity to text, in the one form every page and message uses: ``3.2 M/s``, ``40 – 125 ms``.

What is printed can be parsed again; the property tests hold that round trip.
"""

from __future__ import annotations

import math

from atlas.quantity.dimension import COUNT, DATA, EUR, TIME, USD, Dimension
from atlas.quantity.quantity import Form, Quantity
from atlas.quantity.unit import PERIODS, UNITS

_SIGNS = {Form.AT_LEAST: "> ", Form.AT_MOST: "≤ ", Form.NEARLY: "nearly ", Form.ABOUT: "≈ "}
_RATE = COUNT / TIME
_BYTES = ("EB", "PB", "TB", "GB", "MB", "kB", "bytes")
_BITS = ("Tbit", "Gbit", "Mbit", "kbit", "bit")
_TIMES = ("year", "day", "h", "min", "s", "ms", "us", "ns")


def format_quantity(quantity: Quantity, digits: int = 4) -> str:
    """The display form, in the unit it was written in, else in a fitting one; ``digits`` significant."""
    if quantity.form is Form.VAGUE and quantity.text:
        return quantity.text
    unit = quantity.unit or _choose_unit(quantity)
    if quantity.form is Form.RANGE or quantity.form is Form.VAGUE:
        return format_interval(quantity.low, quantity.high, unit, digits)
    return _SIGNS.get(quantity.form, "") + _amount(quantity.mid, unit, digits)


def format_interval(low: float, high: float, unit: str, digits: int = 4) -> str:
    """``40 – 125 ms``; one suffix for each end; one that begins at zero or has no end is a bound."""
    if math.isinf(high):
        return _SIGNS[Form.AT_LEAST] + _amount(low, unit, digits)
    if low == 0 < high:
        return _SIGNS[Form.AT_MOST] + _amount(high, unit, digits)
    factor, symbol = _factor(unit)
    ends = [_scaled(low / factor, symbol, digits), _scaled(high / factor, symbol, digits)]
    if ends[0][-1:].isdigit() and not ends[1][-1:].isdigit():
        # "1 to 10 k" would read as 1 k to 10 k: a lone suffix belongs to both ends.
        ends = [_plain(low / factor, digits), _plain(high / factor, digits)]
    return " to ".join(ends) + _spaced(symbol)


def _amount(value: float, unit: str, digits: int) -> str:
    factor, symbol = _factor(unit)
    number = _scaled(value / factor, symbol, digits)
    return number + _spaced(symbol, is_one=number == "1")


def _spaced(symbol: str, is_one: bool = False) -> str:
    """The unit after its number; documents write ``us`` and ``35 day``, pages ``µs`` and ``35 days``."""
    if symbol in ("day", "year") and not is_one:
        symbol += "s"
    symbol = "µs" if symbol == "us" else symbol
    return symbol if not symbol or symbol.startswith("/") else f" {symbol}"


def _factor(unit: str) -> tuple[float, str]:
    head, _, per = unit.partition("/")
    factor = UNITS[head].factor
    if per:
        factor /= (PERIODS.get(per) or UNITS[per]).factor
    return factor, unit


def _scaled(number: float, unit: str, digits: int) -> str:
    """The number with a suffix where its unit takes one: counts, money, hours a day; never bytes or short times."""
    head, _, per = unit.partition("/")
    if head == "%" and 99 <= number < 100:
        # 99.999 % is not 100 %: as many nines as there are, and one digit more.
        return f"{number:.{min(10, math.ceil(-math.log10(100 - number)) + 1)}f}".rstrip("0").rstrip(".")
    if head in ("", "USD", "EUR", "x") or (head in PERIODS and (per or number >= 1e6)):
        for suffix, factor in (("T", 1e12), ("B", 1e9), ("M", 1e6)):
            if number >= factor * 0.99995:
                return f"{_plain(number / factor, digits)} {suffix}"
        if number >= 10_000 and unit != "":
            return f"{_plain(number / 1e3, digits)} k"
    return _plain(number, digits)


def _plain(number: float, digits: int) -> str:
    if number == 0:
        return "0"
    exponent = math.floor(math.log10(abs(number)))
    if exponent < -6 or exponent >= 15:
        return f"{number:.{digits - 1}e}".replace("e+", "e").replace("e0", "e").replace("e-0", "e-")
    decimals = max(0, digits - 1 - exponent)
    text = f"{number:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _choose_unit(quantity: Quantity) -> str:
    value, dimension = quantity.mid, quantity.dimension
    simple = {TIME: _TIMES, DATA: _BYTES}
    if dimension in simple:
        return _largest(value, simple[dimension])
    if dimension == DATA / TIME:
        return _largest(value, _BITS) + "/s"
    if dimension == _RATE:
        return "/s" if value >= 0.1 else "/day" if value * 86_400 >= 0.1 else "/year"
    return _money_unit(dimension)


def _money_unit(dimension: Dimension) -> str:
    names = {
        USD: "USD",
        EUR: "EUR",
        USD / TIME: "USD/month",
        EUR / TIME: "EUR/month",
        USD / DATA: "USD/GB",
    }
    return names.get(dimension, "")


def _largest(value: float, units: tuple[str, ...]) -> str:
    return next((u for u in units if value >= UNITS[u].factor * 0.99995), units[-1])
