"""Rules that keep a drawing legible: spacings, the length of labels, how many nodes, how wide.

At a page width of 1136 px a drawing of 1320 px keeps its 16 px names at 13.8 px and its 14 px facts at 12 px.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from atlas.draw.mermaid import Notes
from atlas.draw.pele import natural_width

WIDEST = 1320.0
WIDEST_OVERVIEW = 1440.0
"""The overview carries the most: its facts may shrink to 11 px."""
WIDEST_TALL = 520.0
WIDEST_BESIDE = 740.0
"""A drawing that leaves room for its notes beside it."""
MOST_NODES = 12
MOST_NODES_TALL = 9
"""On a drawing for phones."""


@dataclass(frozen=True, slots=True)
class Room:
    """How long labels may be (characters of a name and of a fact, px of a column of prose), px between ranks, and
    whether words may stand on edges (each takes a rank of its own).
    """

    name: int
    fact: int
    prose: float
    gap: int = 22
    has_words: bool = True


ROOMS = (
    Room(24, 30, 240),
    Room(20, 24, 215),
    Room(17, 20, 185),
    Room(13, 15, 150, 10),
    Room(13, 15, 150, 14, has_words=False),
)


def spacing(room: Room, between: int = 22) -> dict[str, int | bool | str]:
    """Mermaid's settings for a flowchart; labels arrive already broken into lines, so wrapping never happens."""
    return {"rankSpacing": room.gap, "nodeSpacing": between, "padding": 8, "wrappingWidth": 640}


class Chart(Protocol):
    """Anything that writes itself as Mermaid text."""

    title: str
    description: str

    def text(self, notes: Notes = ()) -> str:
        """The Mermaid text."""


C = TypeVar("C", bound=Chart)


_RATIOS = (1.13, 1.07, 1.0, 0.9, 0.84)
"""How wide a drawing is with each of ROOMS, against the middle one: measured over the catalogue, ± 5 %."""


def fit(build: Callable[[Room], C], widest: float = WIDEST, start: int = 2) -> C:
    """The chart with the longest labels that is not wider than ``widest``; the narrowest when none is.

    Drawing is what takes the time: the room ``start`` (where this kind of chart usually ends) is drawn, and the best
    one predicted from its width.
    """
    first = build(ROOMS[start])
    scale = _RATIOS[start] * widest / natural_width(first.text())
    predicted = next((n for n, ratio in enumerate(_RATIOS) if ratio <= scale), len(ROOMS) - 1)
    for number in range(predicted, len(ROOMS)):
        chart = first if number == start else build(ROOMS[number])
        if number == len(ROOMS) - 1 or natural_width(chart.text()) <= widest:
            return chart
    return first
