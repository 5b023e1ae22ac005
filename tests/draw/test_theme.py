"""Colours of drawings: measured, and the same words in files and pages."""

from __future__ import annotations

import re

import pytest

from atlas.draw import stylesheet, theme


@pytest.mark.parametrize("plane", theme.PLANES)
def test_planes_pass_contrast(plane: str) -> None:
    """A stroke has 3:1 and an ink 4.5:1, on paper and on the plane's tint."""
    paint = theme.PLANE_PAINT[plane]
    for ground in (theme.PAPER, paint.tint):
        assert theme.contrast(paint.stroke, ground) >= 3
        assert theme.contrast(paint.ink, ground) >= 4.5
        assert theme.contrast(theme.INK, ground) >= 4.5
        assert theme.contrast(theme.INK_2, ground) >= 4.5


def test_contrast_is_that_of_the_standard() -> None:
    """Black on white is 21, a colour on itself is 1."""
    assert round(theme.contrast("#000000", "#ffffff"), 2) == 21
    assert theme.contrast("#123456", "#123456") == 1


def test_the_stylesheet_repaints_from_tokens_only() -> None:
    """A page's themes decide every colour: no hex value stands in the stylesheet."""
    css = stylesheet()
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b", css)
    for plane in theme.PLANES:
        assert f".plane-{plane}" in css
        assert f"var(--{plane}-tint)" in css


def test_paint_follows_the_first_class_that_has_one() -> None:
    """Planes by class, notes, gaps and the main thing by name, the rest neutral."""
    assert theme.paint_of(["pele-node", "plane-state"]) == theme.PLANE_PAINT["state"]
    assert theme.paint_of(["gap"]) == theme.GAP
    assert theme.paint_of(["pele-node"]) == theme.NEUTRAL
