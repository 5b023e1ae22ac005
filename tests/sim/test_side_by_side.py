"""Records of arrays joined side by side and parted again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from atlas.sim.plan import Floats, Ints
from atlas.sim.side_by_side import NodeRowsState, NodeState, Of, give_back, joined, owners, spans_of


@dataclass
class Record:
    """Three nodes or so, and what points at them."""

    level: NodeState
    rows: NodeRowsState
    cube: Annotated[Floats, Of("nodes", axis=1, is_state=True)]
    child: Annotated[Ints, Of("calls", to="nodes")]
    is_busy: bool
    most: int
    name: str


def record(count: int, *, busy: bool = False, height: int = 1) -> Record:
    """A record of so many nodes; its one call goes to the last, its other to none."""
    return Record(
        level=count * 10.0 + np.arange(float(count)),
        rows=np.full((height, count), float(count)),
        cube=np.full((3, count, 2), float(count)),
        child=np.array([count - 1, -1]),
        is_busy=busy,
        most=count,
        name=str(count),
    )


def test_joined() -> None:
    """Arrays follow each other, indices are moved (none stays none), flags are any's, numbers the largest."""
    spans = spans_of([{"nodes": 2, "calls": 2}, {"nodes": 3, "calls": 2}])
    whole = joined([record(2, height=2), record(3, busy=True)], spans)
    assert whole.level.tolist() == [20, 21, 30, 31, 32]
    assert whole.child.tolist() == [1, -1, 4, -1]
    assert whole.rows.tolist() == [[2, 2, 3, 3, 3], [2, 2, 0, 0, 0]]
    assert whole.cube.shape == (3, 5, 2)
    assert whole.is_busy
    assert whole.most == 3
    assert owners(spans, "nodes").tolist() == [0, 0, 1, 1, 1]


def test_what_belongs_to_one_only_is_not_joined() -> None:
    """A field without an annotation is missing in the whole, so that nobody takes one plan's for that of all."""
    whole = joined([record(1), record(2)], spans_of([{"nodes": 1, "calls": 2}, {"nodes": 2, "calls": 2}]))
    assert not hasattr(whole, "name")


def test_given_back() -> None:
    """State that has changed goes back to its records, with as many rows; what never changes stays as it was."""
    parts = [record(2, height=2), record(3)]
    spans = spans_of([{"nodes": 2, "calls": 2}, {"nodes": 3, "calls": 2}])
    whole = joined(parts, spans)
    whole.level, whole.rows, whole.cube = whole.level + 1, whole.rows * 2, whole.cube * 3
    give_back(whole, parts, spans)
    assert [p.level.tolist() for p in parts] == [[21, 22], [31, 32, 33]]
    assert [p.rows.tolist() for p in parts] == [[[4, 4], [4, 4]], [[6, 6, 6]]]
    assert [p.cube[0, :, 0].tolist() for p in parts] == [[6, 6], [9, 9, 9]]
    assert [p.child.tolist() for p in parts] == [[1, -1], [2, -1]]


def test_one_alone_is_itself() -> None:
    """Nothing is copied for a single record."""
    alone = record(2)
    spans = spans_of([{"nodes": 2, "calls": 2}])
    assert joined([alone], spans) is alone
    give_back(alone, [alone], spans)
    assert alone.level.tolist() == [20, 21]
