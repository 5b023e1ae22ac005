"""Fitting a chart into its width."""

from __future__ import annotations

from itertools import pairwise

import pytest

from atlas.draw.layout import ROOMS, Room, fit
from atlas.draw.mermaid import Flowchart


def chain(length: int, asked: list[Room]) -> Flowchart:
    """A chain of nodes whose labels fill the room they get."""

    def build(room: Room) -> Flowchart:
        asked.append(room)
        chart = Flowchart("t", settings={"wrappingWidth": 640})
        nodes = [chart.node(f"n{n}", "M" * room.name) for n in range(length)]
        for before, after in pairwise(nodes):
            chart.edge(before, after)
        return chart

    return fit(build)


def test_a_short_chain_gets_the_longest_labels() -> None:
    """Where there is room, nothing is shortened."""
    asked: list[Room] = []
    assert "M" * ROOMS[0].name in chain(2, asked).text()


def test_a_long_chain_gets_the_shortest_labels() -> None:
    """Where nothing fits, the narrowest chart is given, not none."""
    asked: list[Room] = []
    text = chain(12, asked).text()
    assert "M" * ROOMS[-1].name in text
    assert "M" * ROOMS[0].name not in text


@pytest.mark.parametrize("length", range(2, 9))
def test_few_drawings_are_made_to_find_out(length: int) -> None:
    """Drawing takes the time: the guess from one drawing is nearly always right."""
    asked: list[Room] = []
    chain(length, asked)
    assert len(asked) <= 4
