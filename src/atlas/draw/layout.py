"""Rules that keep a drawing legible: spacings, the length of labels, how many nodes, how wide.

At a page width of 1136 px a drawing of 1240 px keeps its 16 px names at 14.7 px and its 14 px facts at 12.8 px.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from atlas.draw.mermaid import Notes
from atlas.draw.render import natural_width

WIDEST = 1240.0
WIDEST_TALL = 520.0
MOST_NODES = 12

SPACING: dict[str, int | bool | str] = {"rankSpacing": 26, "nodeSpacing": 22, "padding": 8, "wrappingWidth": 640}
"""Mermaid's settings for every flowchart; labels arrive already broken into lines, so wrapping never happens."""


@dataclass(frozen=True, slots=True)
class Room:
    """How long labels may be: characters of a name and of a fact, px of a column of prose."""

    name: int
    fact: int
    prose: float


ROOMS = (Room(26, 34, 250), Room(22, 26, 215), Room(18, 21, 185), Room(16, 17, 160), Room(13, 14, 135))


class Chart(Protocol):
    """Anything that writes itself as Mermaid text."""

    title: str
    description: str

    def text(self, notes: Notes = ()) -> str:
        """The Mermaid text."""


C = TypeVar("C", bound=Chart)


def fit(build: Callable[[Room], C], widest: float = WIDEST) -> C:
    """The chart with the longest labels that is not wider than ``widest``; the narrowest when none is."""
    chart = build(ROOMS[0])
    for room in ROOMS[1:]:
        if natural_width(chart.text()) <= widest:
            break
        chart = build(room)
    return chart
