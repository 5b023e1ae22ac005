"""Numbers as words on a drawing: the origin can be read without colour."""

from __future__ import annotations

from dataclasses import replace

import pytest

from atlas.draw import figure
from atlas.model import System, Value
from atlas.model.system import Origin
from atlas.quantity import parse


@pytest.mark.parametrize(
    ("origin", "text"),
    [
        ("claim", "64"),
        ("design", "64"),
        ("derived", "≈ 64"),
        ("sized", "≈ 64"),
        ("assumed", "~ 64 assumed"),
        ("default", "~ 64 default"),
    ],
)
def test_each_origin_has_its_mark(origin: Origin, text: str) -> None:
    """Published plain, derived ``≈``, assumed ``~`` and the word."""
    assert figure.figure(Value("x", parse("64"), origin)) == text


def test_a_published_range_stays_a_range_and_a_derived_one_is_its_middle() -> None:
    """What was printed is shown as printed; what was computed is one number with its mark."""
    assert figure.figure(Value("x", parse("40 to 125 ms"), "claim")) == "40 to 125 ms"
    assert figure.figure(Value("x", parse("40 to 125 ms"), "derived")) == "≈ 70.7 ms"


def test_a_derived_bound_stays_a_bound() -> None:
    """At most 150 is not about 134: a middle between nothing and a bound is known to nobody."""
    assert figure.figure(Value("x", parse("up to 150"), "derived")) == "≤ 150"


def test_nothing_is_none() -> None:
    """The caller says "not public"; this function never invents a number."""
    assert figure.figure(None) is None
    assert figure.listed([None, ""]) is None


def test_nines_are_not_rounded_away() -> None:
    """99.95 % is not 100 %."""
    assert figure.brief(parse("99.95 %")) == "99.95 %"
    assert figure.brief(parse("99.999 %")) == "99.999 %"


def test_rates_keep_their_size() -> None:
    """Computed rates have three digits and a fitting unit."""
    assert figure.rate(46_296.3) == "≈ 46.3 k/s"
    assert figure.rate(2_310_000) == "≈ 2.31 M/s"
    assert figure.rate(0.01) == "≈ 864/day"


def test_several_says_how_many_more() -> None:
    """A title block is read, not searched; no part is dropped without a word, and one more part is just shown."""
    assert figure.several("abcdef", 3) == "a; b; c; and 3 more"
    assert figure.several("abcd", 3) == "a; b; c; d"
    assert figure.several(["a", "a", None]) == "a"


def test_a_claim_says_what_it_measures(rich: System) -> None:
    """Figure and metric, with the year it held."""
    assert figure.claim(rich, "nodes") == "48 nodes (2025)"
    assert figure.claim(rich, "no-such-claim") is None


def test_a_claim_about_a_part_says_which_part(rich: System) -> None:
    """A figure without its scope and its statistic would claim to be of the whole."""
    view = rich.claims["nodes"]
    narrow = replace(view, claim=view.claim.model_copy(update={"scope": "one region", "stat": "p999"}))
    narrowed = replace(rich, claims={"nodes": narrow})
    assert figure.claim(narrowed, "nodes") == "48 p99.9 nodes, one region (2025)"
