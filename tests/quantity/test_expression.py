"""Derived numbers are small safe expressions."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas.quantity import Quantity, QuantityError, evaluate, format_quantity, parse, references

NAMES = {"daily": parse("4B/day"), "read-p99": parse("15 ms"), "hop": parse("5 ms"), "flows.x.rate": parse("10k/s")}


def lookup(name: str) -> Quantity:
    """The quantities that the expressions of this module use."""
    try:
        return NAMES[name]
    except KeyError:
        raise QuantityError(f"unknown {name}") from None


@pytest.mark.parametrize(
    ("expression", "shown"),
    [
        ("daily * 2.5", "115.7 k/s"),
        ("read-p99 - hop", "10 ms"),
        ("read-p99 + hop * 2", "25 ms"),
        ("(read-p99 + hop) * 2", "40 ms"),
        ("min(daily, 1k/s)", "1,000/s"),
        ("max(read-p99, hop, 1 s)", "1 s"),
        ("4 Mbit/s * 45 min", "1.35 GB"),
        ("flows.x.rate / 10", "1,000/s"),
        ("300M / 4 days * 3", "2,604/s"),
        ("daily * 50 %", "23.15 k/s"),
    ],
)
def test_evaluates(expression: str, shown: str) -> None:
    """Precedence, brackets, functions, units and names."""
    assert format_quantity(evaluate(expression, lookup)) == shown


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "daily *",
        "daily + hop",
        "hop / 0",
        "daily daily",
        "(hop",
        "min(hop, daily)",
        "__import__('os')",
        "a.b",
        "1 -hop",
        "hop - read-p99",
    ],
)
def test_refuses(expression: str) -> None:
    """Syntax, dimensions, division by zero and unknown names are errors of one kind."""
    with pytest.raises(QuantityError):
        evaluate(expression, lookup)


def test_hyphen_belongs_to_the_name() -> None:
    """Without spaces a hyphen is part of a name; the tip says so."""
    assert references("read-p99 - hop * daily / read-p99") == ("read-p99", "hop", "daily")
    with pytest.raises(QuantityError) as error:
        evaluate("hop -hop", lookup)
    assert "space on both sides" in error.value.tip


@given(st.text(alphabet="abh1.5 +-*/(),mins%kM", max_size=60))
def test_any_expression_is_a_quantity_or_refused(text: str) -> None:
    """No text makes the evaluator fail in another way."""
    with contextlib.suppress(QuantityError):
        assert isinstance(evaluate(text, lookup), Quantity)


def test_depth_and_length_are_bounded() -> None:
    """A hostile expression is refused before it costs anything."""
    for text in ("(" * 500 + "1" + ")" * 500, "1 + " * 400 + "1"):
        with pytest.raises(QuantityError):
            evaluate(text, lookup)
