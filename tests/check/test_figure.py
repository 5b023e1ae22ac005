"""The value of a claim against the words it was printed in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas.check.figure import mismatch
from atlas.check.printed import read
from atlas.quantity import QuantityError, parse

AGREE = [
    ("72", "just 72 ScyllaDB nodes"),
    ("40 to 125 ms", "between 40-125ms"),
    ("15 ms", "15ms p99 latency"),
    ("up to 3.2M/s", "up to 3.2 million per second"),
    ("up to 5M", "nearly five million concurrent users"),
    ("30 to 70 us", "30μs to 70us"),
    ("125M h/day", "125 Million hours of streaming per day"),
    ("over 50 Tbit/s", "50+ Terabits of capacity"),
    ("400M/s", "400 million ops per second"),
    ("over 2000", "2,000+ database shards"),
    ("1T USD/year", "$1 trillion in total payments volume"),
    ("up to 2 s", "less than two seconds"),
    ("66 h", "66-hour"),
    ("about 99.75 %", "approximately 99.75 percent"),
    ("trillions", "trillions of messages"),
    ("petabytes", "petabytes of important financial data"),
    ("over 200k", "more than two hundred thousand active users"),
    ("500k", "half a million CPU cores"),
    ("120 s", "120‑second SLA"),
    ("up to 100k/s", "100K starts-per-second"),
    ("489M/min", "489 million requests per minute"),
    ("220 Gbit/s", "220 Gbps"),
    ("120M/s", "120 Mpps"),
    ("100k/s", "100,000 rps"),
    ("4B/day", "four billion a day"),
    ("50 %", "about 50/50"),
    ("about 0.1M/s", "around .1 million"),
    ("up to 10 ms", "single-digit millisecond"),
]
DIFFER = [
    ("720", "72 nodes"),
    ("15 s", "15ms p99"),
    ("32M/s", "3.2 million per second"),
    ("3.2M/min", "3.2 million per second"),
    ("9 GB", "9 TB of disk space"),
    ("99.75", "99.75 percent"),
    ("72 %", "72 nodes"),
    ("1T EUR/year", "$1 trillion"),
    ("billions", "trillions of messages"),
    ("50M", "nearly five million"),
    ("17", "no number at all"),
    ("99", "15ms p99"),
]


@pytest.mark.parametrize(("value", "figure"), AGREE)
def test_a_value_is_found_in_its_figure(value: str, figure: str) -> None:
    """Magnitudes in words, units, periods, ranges and vague magnitudes are understood."""
    assert mismatch(parse(value), figure) == ""


@pytest.mark.parametrize(("value", "figure"), DIFFER)
def test_another_value_is_not_found(value: str, figure: str) -> None:
    """Another digit, unit, period, currency or magnitude is said to differ."""
    assert mismatch(parse(value), figure) != ""


@given(st.integers(min_value=1, max_value=10**12), st.sampled_from(["", " ms", " TB", "/s", "/day", " %"]))
def test_what_is_printed_as_it_is_written_agrees(number: int, unit: str) -> None:
    """A figure that repeats the value never differs, and ten times the value always does."""
    assert mismatch(parse(f"{number}{unit}"), f"{number}{unit} in all") == ""
    assert mismatch(parse(f"{number * 10}{unit}"), f"{number}{unit} in all") != ""


@pytest.mark.parametrize(
    ("figure", "amount"),
    [("5 q", 5), ("5 t", 5), ("5 mm", 5), ("5 mM", 5), ("5 \u212a", 5e3), ("5 mıllion", 5e6), ("ſix", 6)],
)
def test_odd_letters_beside_a_number_are_read(figure: str, amount: float) -> None:
    """A letter that is no magnitude in this case leaves the number alone; look-alikes count as what they look like."""
    assert [number.amount for number in read(figure).numbers] == [amount]


@given(st.text(max_size=80))
def test_any_text_can_be_read(text: str) -> None:
    """No figure, however odd, makes reading fail."""
    read(text)
    try:
        value = parse(text)
    except QuantityError:
        value = parse("72")
    assert isinstance(mismatch(value, text), str)
