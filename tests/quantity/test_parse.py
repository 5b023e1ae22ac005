"""Quantities are read as people print them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas.quantity import Form, Quantity, QuantityError, format_quantity, parse
from atlas.quantity.unit import UNITS


@pytest.mark.parametrize(
    ("text", "low", "mid", "high", "dimension"),
    [
        (72, 72, 72, 72, "count"),
        ("9 TB", 9e12, 9e12, 9e12, "bytes"),
        ("15 ms", 0.015, 0.015, 0.015, "time"),
        ("3.2M/s", 3.2e6, 3.2e6, 3.2e6, "count/time"),
        ("3.2 M/s", 3.2e6, 3.2e6, 3.2e6, "count/time"),
        ("220 Gbit/s", 27.5e9, 27.5e9, 27.5e9, "bytes/time"),
        ("220 Gbps", 27.5e9, 27.5e9, 27.5e9, "bytes/time"),
        ("99.99 %", 0.9999, 0.9999, 0.9999, "count"),
        ("1T USD/year", 1e12 / 31_536_000, 1e12 / 31_536_000, 1e12 / 31_536_000, "money/time"),
        ("40 to 125 ms", 0.04, math.sqrt(0.04 * 0.125), 0.125, "time"),
        ("40..125 ms", 0.04, math.sqrt(0.04 * 0.125), 0.125, "time"),
        ("900 ms to 2.1 s", 0.9, math.sqrt(0.9 * 2.1), 2.1, "time"),
        ("tens of trillions", 1e13, 3e13, 1e14, "count"),
        ("1 to 2M", 1e6, math.sqrt(2) * 1e6, 2e6, "count"),
        ("over 4B/day", 4e9 / 86_400, 4e9 / 86_400, math.inf, "count/time"),
        ("≥ 5M", 5e6, 5e6, math.inf, "count"),
        ("up to 500k", 0, 500e3, 500e3, "count"),
        ("nearly 5M", 4.5e6, 5e6, 5e6, "count"),
        ("about 5M", 4.5e6, 5e6, 5.5e6, "count"),
        ("about 99.75 %", 0.99745, 0.9975, 0.99755, "count"),
        ("about 150M", 145e6, 150e6, 155e6, "count"),
        ("trillions", 1e12, 3e12, 1e15, "count"),
        ("tens of millions/day", 1e7 / 86_400, 3e7 / 86_400, 1e8 / 86_400, "count/time"),
        ("petabytes", 1e15, 3e15, 1e18, "bytes"),
        ("1,389/s", 1389, 1389, 1389, "count/time"),
        ("125M h/day", 125e6 * 3600 / 86_400, 125e6 * 3600 / 86_400, 125e6 * 3600 / 86_400, "count"),
    ],
)
def test_reads_what_is_printed(text: str | int, low: float, mid: float, high: float, dimension: str) -> None:
    """Value, interval and dimension follow from the wording."""
    quantity = parse(text)
    assert (quantity.low, quantity.mid, quantity.high) == pytest.approx((low, mid, high))
    assert quantity.dimension.name == dimension


@pytest.mark.parametrize(
    ("text", "tip"),
    [
        ("72 nodes", "72, not 72 nodes"),
        ("5 m", "min for minutes"),
        ("$5", "18.6B USD"),
        ("15 mss", "did you mean 'ms'?"),
        ("9 gb", "did you mean 'GB'?"),
        ("10 to 5 ms", "smaller number first"),
        ("-3", "not negative"),
        ("milions", "did you mean 'millions'?"),
        ("5/fortnight", "/day"),
        ("many", "3.2M/s"),
    ],
)
def test_refuses_with_a_mend(text: str, tip: str) -> None:
    """What cannot be read is refused, with what to write instead."""
    with pytest.raises(QuantityError) as error:
        parse(text)
    assert tip in error.value.tip


@pytest.mark.parametrize("value", [True, -1, math.inf, math.nan, "", "1" * 101, "1e999 s", "over 5 to 6 ms"])
def test_refuses_what_is_no_quantity(value: float | str) -> None:
    """Booleans, negatives, infinities and excess are no quantities."""
    with pytest.raises(QuantityError):
        parse(value)


@given(st.text(max_size=30))
def test_any_text_parses_or_is_refused(text: str) -> None:
    """No text makes the parser fail in another way, and what it reads is ordered and finite in the middle."""
    try:
        quantity = parse(text)
    except QuantityError:
        return
    assert 0 <= quantity.low <= quantity.mid <= quantity.high
    assert math.isfinite(quantity.mid)


_NUMBERS = st.floats(min_value=1e-3, max_value=9e5).map(lambda x: float(f"{x:.4g}"))
_UNITS = st.sampled_from(sorted({u.symbol for u in UNITS.values()}))
_PERIODS = st.sampled_from(["", "/s", "/min", "/day", "/year"])


@given(
    number=_NUMBERS,
    suffix=st.sampled_from(["", "k", "M", "B", "T"]),
    unit=_UNITS,
    period=_PERIODS,
    word=st.sampled_from(["", "over ", "up to ", "nearly ", "about "]),
)
def test_print_and_parse_again(number: float, suffix: str, unit: str, period: str, word: str) -> None:
    """What is displayed reads back as the same quantity, to the digits that are displayed."""
    text = f"{word}{number:.10f}".rstrip("0").rstrip(".") + suffix + (f" {unit}" if unit else "") + period
    quantity = parse(text)
    again = parse(format_quantity(quantity))
    assert again.dimension == quantity.dimension
    assert again.form == quantity.form
    assert again.mid == pytest.approx(quantity.mid, rel=6e-4)


@given(low=_NUMBERS, factor=st.floats(min_value=1.01, max_value=1e6), unit=st.sampled_from(["", "ms", "GB", "/s"]))
def test_ranges_print_and_parse_again(low: float, factor: float, unit: str) -> None:
    """A range keeps both ends, and its middle is geometric."""
    high = float(f"{low * factor:.4g}")
    quantity = parse(f"{low:.10f} to {high:.10f} {unit}")
    assert quantity.mid == pytest.approx(math.sqrt(quantity.low * quantity.high))
    again = parse(format_quantity(quantity))
    assert (again.low, again.high) == pytest.approx((quantity.low, quantity.high), rel=6e-4)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("3.2M/s", "3.2 M/s"),
        ("15ms", "15 ms"),
        ("over 4B/day", "> 4 B/day"),
        ("nearly 5M", "nearly 5 M"),
        ("40 to 125 ms", "40 to 125 ms"),
        ("1389/s", "1,389/s"),
        ("99.999 %", "99.999 %"),
        ("99.9999 %", "99.9999 %"),
        ("99.95 %", "99.95 %"),
        ("over 94B h", "> 94 B h"),
        ("99.5 %", "99.5 %"),
        ("trillions", "trillions"),
        ("18.6B USD", "18.6 B USD"),
        ("220 Gbps", "220 Gbit/s"),
    ],
)
def test_display_form(text: str, shown: str) -> None:
    """One spelling everywhere: a space before the unit, thin suffixes, signs for wording."""
    assert format_quantity(parse(text), digits=5) == shown


def test_computed_quantities_choose_a_unit() -> None:
    """A quantity that nobody printed is shown in a fitting unit."""
    assert format_quantity(parse("72") * parse("9 TB")) == "648 TB"
    assert format_quantity(parse("4B/day") / parse("4B")) == "1/day"
    assert format_quantity(parse("500 kbit/s") * parse("2M")) == "1 Tbit/s"


def test_take_picks_an_end() -> None:
    """The low, middle or high end of a range is an exact quantity."""
    quantity = parse("40 to 125 ms")
    assert quantity.take("high").mid == 0.125
    assert quantity.take("high").is_exact
    assert quantity.take("low").form is Form.PLAIN
    assert isinstance(quantity.take("mid"), Quantity)


def test_an_interval_that_begins_at_zero_is_a_bound() -> None:
    """``0 to 150`` says less to a reader than ``≤ 150``, and parses to the same interval."""
    product = parse("up to 150") * parse("1000 USD/month")
    assert format_quantity(product) == "≤ 150 k USD/month"
    assert parse(format_quantity(product)).high == pytest.approx(product.high)


@pytest.mark.parametrize(("text", "letter"), [("3 million", "M"), ("2 milion/s", "M"), ("4 billions", "B")])
def test_a_multiple_in_words_is_told_its_letter(text: str, letter: str) -> None:
    """Whoever writes 3 million as the source does is told 3M, and not asked for milliseconds."""
    with pytest.raises(QuantityError) as refused:
        parse(text)
    assert f"write {letter} for" in refused.value.tip
