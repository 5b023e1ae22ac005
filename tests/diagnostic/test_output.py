"""Findings are printed with place, mend and weight."""

from __future__ import annotations

import json

import pytest

from atlas.diagnostic import (
    CODES,
    Finding,
    Level,
    Position,
    at_or_above,
    code,
    sort_findings,
    to_github,
    to_json,
    to_text,
)

FINDING = Finding(
    "PHY999",
    Level.ERROR,
    "the peak, 25M/s,\nand the average do not fit: 100%",
    Position("a,b:c.yaml", 7, 3),
    "claims.peak.value",
    actual="540 times",
    expected="at most 10",
    because=("peak", "daily"),
    tip="say what each counts",
    fixable=True,
)


def test_text_has_place_figures_and_mend() -> None:
    """A person reads where, what was found, from which claims, and what would mend it."""
    text = to_text([FINDING])
    assert text.startswith("a,b:c.yaml:7:3: error PHY999:")
    assert "found 540 times, expected at most 10" in text
    assert "from peak, daily" in text
    assert "mend: say what each counts (atlas fix does this)" in text


def test_json_is_flat_and_complete() -> None:
    """A program reads file, line and column as fields."""
    (row,) = json.loads(to_json([FINDING]))
    assert (row["file"], row["line"], row["column"], row["level"]) == ("a,b:c.yaml", 7, 3, "error")
    assert row["because"] == ["peak", "daily"]


def test_github_escapes_what_would_break_a_command() -> None:
    """Line breaks, percent signs, colons and commas cannot end the command early."""
    text = to_github([FINDING])
    assert text.count("\n") == 0
    assert "file=a%2Cb%3Ac.yaml,line=7,col=3" in text
    assert "100%25" in text


def test_order_and_threshold() -> None:
    """Findings are sorted by place, the heaviest first; a level keeps those that weigh as much."""
    later = Finding("A1", Level.ERROR, "m", Position("f", 9))
    light = Finding("A2", Level.INFO, "m", Position("f", 2))
    heavy = Finding("A3", Level.ERROR, "m", Position("f", 2))
    assert sort_findings([later, light, heavy]) == [heavy, light, later]
    assert at_or_above([later, light, heavy], Level.WARNING) == [later, heavy]


def test_a_code_is_never_reused() -> None:
    """Registering a code a second time is a programming error."""
    taken = next(iter(CODES))
    with pytest.raises(ValueError, match="is taken"):
        code(taken, "another", "text")
