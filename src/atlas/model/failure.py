"""Failures with their executable drills."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from atlas.model.field import Model, documented
from atlas.model.number import Number
from atlas.model.text import ComparisonText, Id, QuantityText, Text

FaultKind = Literal["spike", "hot_key", "slow", "capacity", "cache_loss", "error", "partition", "region_loss"]
_NEEDS = {
    "spike": "factor",
    "hot_key": "rate",
    "slow": "factor",
    "capacity": "share",
    "cache_loss": "share",
    "error": "share",
}


class Fault(Model, frozen=True):
    """What a drill injects, when, and for how long."""

    at: QuantityText = documented("when it begins", dimension="time", example="40 s")
    for_: QuantityText | None = documented("how long it lasts; absent: it stays", None, alias="for", dimension="time")
    kind: FaultKind = documented("what breaks")
    on: Text = documented("component, flow, region, or a link `a -> b`")
    factor: QuantityText | None = documented("times this (spike, slow)", None, dimension="count")
    share: QuantityText | None = documented("this share (capacity left, cache lost, errors)", None, dimension="count")
    rate: QuantityText | None = documented("absolute rate on one key (hot_key)", None, dimension="count/time")
    key: Text | None = documented(
        "what the hot requests have in common (hot_key); default: the key of what the counterfactual is about",
        None,
        example="channel",
    )
    because: Text | None = documented("why of this size", None)

    @model_validator(mode="after")
    def _complete(self) -> Fault:
        needed = _NEEDS.get(self.kind)
        if needed and getattr(self, needed) is None:
            raise PydanticCustomError(
                "fault", "a fault of kind {kind} needs {needed}", {"kind": self.kind, "needed": needed}
            )
        if self.key is not None and self.kind != "hot_key":
            raise PydanticCustomError("fault", "a fault of kind {kind} has no key", {"kind": self.kind})
        return self


class Expectation(Model, frozen=True):
    """What must hold of a flow while and after the fault."""

    flow: Id = documented("which flow")
    goodput: ComparisonText | None = documented("share of good answers", None, dimension="count", example=">= 90 %")
    degraded: ComparisonText | None = documented("share of degraded answers", None, dimension="count")
    recover: ComparisonText | None = documented(
        "time after the fault until goodput is back", None, dimension="time", example="<= 10 s"
    )
    p99: ComparisonText | None = documented("99th percentile", None, dimension="time")
    because: Text | None = documented("why less is expected than the flow promises (its slo)", None)

    @model_validator(mode="after")
    def _something(self) -> Expectation:
        if not any((self.goodput, self.degraded, self.recover, self.p99)):
            raise PydanticCustomError("expectation", "an expectation names goodput, degraded, recover or p99", {})
        return self


class Drill(Model, frozen=True):
    """Failure, fault and what must hold; ``without`` is the counterfactual."""

    cadence: Literal["weekly", "monthly", "quarterly", "yearly", "none"] = documented("how often it is practised")
    fault: tuple[Fault, ...] = documented("what is injected", min_length=1)
    expect: tuple[Expectation, ...] = documented("what must hold", min_length=1)
    without: dict[str, Any] = documented("path -> value without the mitigation; none removes", {})
    not_reproduced: Text | None = documented(
        "why the engines do not show what the system does, where they do not: said instead of bending a number", None
    )


class Failure(Model, frozen=True):
    """One of at most five ways the system breaks."""

    id: Id = documented("id", example="celebrity-storm")
    name: Text = documented("name")
    detection: Text | None = documented("how it is noticed", None, level="draft")
    mitigation: Text | None = documented("immediate response", None, level="draft")
    recovery: Text | None = documented("full restoration", None, level="draft")
    blast_radius: tuple[Text, ...] = documented("components and flows; default everything upstream", ())
    rto: Number | None = documented("time to restore", None, dimension="time")
    rpo: Number | None = documented("data at risk", None, dimension="time")
    basis: Literal["stated", "inferred"] = documented("stated or inferred", "inferred")
    source: Id | None = documented("source", None)
    drill: Drill | None = documented("how it is practised", None, level="published")
