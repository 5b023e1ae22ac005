"""Every pair of colours that the design uses is measured from the stylesheet itself."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

TEXT, SHAPE = 4.5, 3.0
PLANES = ("edge", "service", "stream", "state", "control")
GROUNDS = ("paper", "sunken", "raised")
INKS = ("ink", "ink-2", "ink-3", "accent", "good", "warn", "bad")


def _tokens() -> dict[str, tuple[str, str]]:
    css = files("atlas.site").joinpath("assets", "atlas.css").read_text("utf-8")
    return {m[1]: (m[2], m[3]) for m in re.finditer(r"--([\w-]+):\s*light-dark\((#\w{6}), (#\w{6})\)", css)}


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _pairs() -> list[tuple[str, str, float]]:
    pairs = [(ink, ground, TEXT) for ink in INKS for ground in GROUNDS]
    pairs += [
        (ink, tint, TEXT) for tint in ("accent-tint", "warn-tint", "bad-tint") for ink in ("ink", "ink-2", "ink-3")
    ]
    pairs += [
        ("accent", "accent-tint", TEXT),
        ("warn", "warn-tint", TEXT),
        ("bad", "bad-tint", TEXT),
        ("on-accent", "accent", TEXT),
    ]
    pairs += [("rule-strong", "paper", SHAPE), ("rule-strong", "sunken", SHAPE)]
    for plane in PLANES:
        pairs += [(plane, "paper", SHAPE), (plane, f"{plane}-tint", SHAPE), (f"{plane}-ink", "paper", TEXT)]
        pairs += [
            (f"{plane}-ink", f"{plane}-tint", TEXT),
            ("ink", f"{plane}-tint", TEXT),
            ("ink-2", f"{plane}-tint", TEXT),
        ]
    return pairs


@pytest.mark.parametrize(("front", "back", "least"), _pairs())
def test_pair_is_legible_in_both_themes(front: str, back: str, least: float) -> None:
    """Text reaches 4.5 : 1 and shapes 3 : 1 on their ground, light and dark."""
    tokens = _tokens()
    for theme in (0, 1):
        assert _contrast(tokens[front][theme], tokens[back][theme]) >= least


@pytest.mark.parametrize("step", range(6))
def test_utilisation_steps_carry_legible_text(step: int) -> None:
    """The number written on each step of utilisation reaches 4.5 : 1 in both themes."""
    tokens = _tokens()
    ink = tokens.get(f"u{step}-ink", tokens["ink"] if step < 5 else ("#ffffff", "#ffffff"))
    for theme in (0, 1):
        assert _contrast(ink[theme], tokens[f"u{step}"][theme]) >= TEXT


def test_no_colour_is_written_outside_the_tokens() -> None:
    """Below the block of tokens the stylesheet names no colour of its own, but for the popover's shadow."""
    css = files("atlas.site").joinpath("assets", "atlas.css").read_text("utf-8")
    rest = css[css.index("/* ---------- 2. Base") :]
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?!-)(?=[;\s,)])", rest) == []
