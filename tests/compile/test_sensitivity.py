"""Which inputs move p99: held to what closed forms say of a call without queueing."""

from __future__ import annotations

import math
from typing import Any

import pytest

from atlas.compile import Case
from atlas.compile.sensitivity import MOST_EFFECT, Sensitivity, sensitivity

from .conftest import MakeCase, flow


def assumed(value: Any) -> dict[str, Any]:
    """A number that nobody published."""
    return {"assumed": value, "because": "for the test"}


def asking(make_case: MakeCase, *steps: dict[str, Any], **box: Any) -> Case:
    """The tiny system with a box of servers, and a flow at the published rate of reads."""
    component = {"name": "Box", "plane": "service", "kind": "service", "routing": "pooled", **box}
    return make_case(components={"box": component}, flows={"ask": flow(*steps) | {"rate": {"claim": "reads"}}})


EXPONENTIAL: dict[str, Any] = {
    "service": {"mean": assumed("20 ms"), "cv": 1, "shape": "exponential"},
    "instances": assumed(40),
    "concurrency": assumed(50),
}
"""Far more slots than twenty, which a thousand calls a second take."""


def found(of: Sensitivity, path: str) -> Any:
    """The effect of one input."""
    return next(e for e in of.effects if e.path == path)


def test_without_queueing_p99_goes_with_the_service_time_and_with_nothing_else(make_case: MakeCase) -> None:
    """p99 of an exponential time is ln 100 times its mean; half and twice of it are ln 2 away."""
    of = sensitivity(asking(make_case, {"call": "box"}, **EXPONENTIAL).system, "ask")
    assert of.p99_s == pytest.approx(0.020 * math.log(100), rel=0.01)
    service = found(of, "components.box.service")
    assert service.half_s == pytest.approx(of.p99_s / 2, rel=0.01)
    assert service.twice_s == pytest.approx(of.p99_s * 2, rel=0.01)
    assert service.size == pytest.approx(math.log(2), rel=0.02)
    assert of.strongest(1) == (service,)
    assert max(e.size for e in of.effects if e is not service) < 0.02
    assert of.published_share < 0.05


def test_half_of_what_is_needed_is_overload(make_case: MakeCase) -> None:
    """Slots used to sixty per cent: half of them lose requests, and then there is no p99; so does twice the rate."""
    box = {"service": {"mean": "60 ms", "cv": 1}, "instances": assumed(10), "concurrency": assumed(10)}
    of = sensitivity(asking(make_case, {"call": "box"}, **box).system, "ask")
    slots = found(of, "components.box.concurrency")
    assert (slots.half_s, slots.size) == (math.inf, MOST_EFFECT)
    rate = found(of, "flows.ask.rate")
    assert (rate.twice_s, rate.is_published) == (math.inf, True)
    assert of.published_share == pytest.approx(1 / 3, abs=0.01)  # rate, instances, slots: each overloads it


def test_shares_stop_at_one(make_case: MakeCase) -> None:
    """Twice a probability of 70 % is certainty, not 140 %."""
    one, always = {"call": "box", "p": assumed("70 %")}, {"call": "box"}
    of, full = (
        sensitivity(asking(make_case, {"call": "api", "then": [step]}, **EXPONENTIAL).system, "ask")
        for step in (one, always)
    )
    assert found(of, "flows.ask.steps.0.then.0.p").twice_s == pytest.approx(full.p99_s, rel=0.005)
