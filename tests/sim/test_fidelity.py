"""What the engines that know only means say they leave out."""

from __future__ import annotations

from typing import Any

import pytest

from atlas.sim import UNLIMITED, Call, Plan, PlanBuilder, Service, Stage
from atlas.sim.fidelity import fluid_leaves_out, steady_leaves_out

TOGETHER, STILL_WAITED_FOR = "come together", "quorum still waits for"


def _fan(copies: int, quorum: int = 0, queue_max: int = 10, **settings: Any) -> Plan:
    """A gateway that calls one store several times at once."""
    builder = PlanBuilder()
    builder.station("gateway", slots=10)
    builder.station("store", slots=10, queue_max=queue_max)
    call = Call("store", Service(0.01), times=copies, **settings)
    builder.flow("read", Call("gateway", Service(0.001), (Stage((call,), quorum=quorum),)), rate_per_s=10.0)
    return builder.build()


def _said(plan: Plan, words: str) -> list[bool]:
    return [any(words in text for text in said) for said in (steady_leaves_out(plan, None), fluid_leaves_out(plan))]


@pytest.mark.parametrize(("copies", "queue_max", "named"), [(3, 10, True), (1, 10, False), (3, UNLIMITED, False)])
def test_calls_that_come_together_to_a_bounded_queue_are_named(copies: int, queue_max: int, named: bool) -> None:
    """Only where several calls of one stage go to a queue that can be full."""
    assert _said(_fan(copies, queue_max=queue_max), TOGETHER) == [named, named]


@pytest.mark.parametrize(
    ("quorum", "settings", "named"),
    [
        (2, {"timeout_s": 1.0, "attempts": 2}, True),
        (2, {"hedge_s": 0.1}, True),
        (2, {}, False),
        (0, {"attempts": 2}, False),
    ],
)
def test_retries_and_copies_in_quorums_are_named(quorum: int, settings: dict[str, Any], named: bool) -> None:
    """Only where calls of a quorum can be tried again or copied."""
    assert _said(_fan(3, quorum=quorum, **settings), STILL_WAITED_FOR) == [named, named]
