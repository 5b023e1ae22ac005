"""Flows: request types as call trees, and links outside them."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import field_validator, model_validator
from pydantic_core import PydanticCustomError

from atlas.model.field import Model, documented
from atlas.model.number import Dist, GuaranteeLabel, Number
from atlas.model.text import Id, QuantityText, Text


class AdaptiveTimeout(Model, frozen=True):
    """A timeout that follows a percentile of recent calls."""

    adaptive: Literal["p50", "p95", "p99"] = documented("which percentile")
    factor: float = documented("times this", 2.0, gt=0)


class Retry(Model, frozen=True):
    """Attempts in all, spacing, and the budget that keeps retries from becoming a storm."""

    attempts: int = documented("attempts in all", ge=1, le=20)
    backoff: QuantityText | None = documented("first pause", None, dimension="time", example="50 ms")
    jitter: Literal["full", "none"] = documented("spread of the pause", "full")
    budget: QuantityText | None = documented("retries as a share of requests", None, dimension="count", example="10 %")


class Hedge(Model, frozen=True):
    """A second request when the first is slow."""

    after: Literal["p50", "p95", "p99"] | QuantityText = documented("when", example="p95")
    budget: QuantityText | None = documented("as a share of requests", None, dimension="count", example="5 %")


class Breaker(Model, frozen=True):
    """Stop calling what fails."""

    threshold: QuantityText = documented("share of failures that opens it", dimension="count", example="50 %")
    open: QuantityText | None = documented("how long it stays open", None, dimension="time", example="2 s")
    per: Literal["call", "instance", "key"] = documented("one breaker for each", "call")


class Fallback(Model, frozen=True):
    """What happens instead; the outcome counts as degraded."""

    call: Text | None = documented("another call", None)
    answer: Text | None = documented("a fixed or reduced answer", None, example="a row is left out")

    @model_validator(mode="after")
    def _one(self) -> Fallback:
        if (self.call is None) == (self.answer is None):
            raise PydanticCustomError("fallback", "a fallback has either call or answer", {})
        return self


class CallSettings(Model, frozen=True):
    """How a call waits, retries and gives up."""

    timeout: QuantityText | AdaptiveTimeout | None = documented("how long to wait", None, dimension="time")
    retry: Retry | None = documented("when to try again; default one attempt", None)
    hedge: Hedge | None = documented("second request when the first is slow", None)
    breaker: Breaker | None = documented("circuit breaker", None)


class Call(CallSettings, frozen=True):
    """One of ``call``, ``parallel``, ``choose``, with what it calls in turn."""

    KEY_ORDER: ClassVar[tuple[str, ...]] = (
        "call", "parallel", "choose", "weight", "p", "times", "batch", "quorum", "size", "pace", "key", "timeout",
        "retry", "hedge", "breaker", "pool", "async", "fallback", "guarantee", "note", "then",
    )  # fmt: skip

    call: str | None = documented("component or component.operation", None, example="messages.read")
    parallel: tuple[Call, ...] = documented("calls side by side", ())
    choose: tuple[Call, ...] = documented("one of several, by weight", ())
    weight: Number | None = documented("weight inside choose", None, dimension="count")
    then: tuple[Call, ...] = documented("what it calls, in order", ())
    p: Number | None = documented("probability; below a cache it is 1 - hit", None, dimension="count")
    times: Dist | None = documented("number of calls side by side", None, dimension="count")
    batch: Number | None = documented("items in one call", None, dimension="count")
    quorum: Number | None = documented("how many of times suffice", None, dimension="count")
    size: Dist | None = documented("bytes, for a bandwidth resource", None, dimension="bytes")
    pace: Number | None = documented("bit rate, for a bandwidth resource", None, dimension="bytes/time")
    key: Text | None = documented("which key routes it", None)
    pool: Id | None = documented("bulkhead it uses", None)
    async_: bool = documented("handed over: the caller goes on", False, alias="async")
    fallback: Fallback | None = documented("what happens when it fails", None)
    guarantee: GuaranteeLabel | None = documented("label of the edge", None)
    note: Text | None = documented("one quiet fact", None)

    @model_validator(mode="after")
    def _one_form(self) -> Call:
        forms = [n for n in ("call", "parallel", "choose") if getattr(self, n)]
        if len(forms) != 1:
            found = " and ".join(forms) or "none"
            raise PydanticCustomError(
                "one_call", "a step has exactly one of call, parallel, choose; found {found}", {"found": found}
            )
        return self

    @property
    def target(self) -> str:
        """The component's id, without the operation; empty for parallel and choose."""
        return (self.call or "").partition(".")[0]

    @property
    def operation(self) -> str:
        """The operation's id; empty where the component is called as a whole."""
        return (self.call or "").partition(".")[2]


class ClosedRate(Model, frozen=True):
    """A fixed population that asks, waits, thinks and asks again."""

    closed: Number = documented("users", dimension="count")
    think: Number = documented("pause between answer and next request", dimension="time")


class Slo(Model, frozen=True):
    """What a flow promises."""

    p50: Number | None = documented("median", None, dimension="time")
    p95: Number | None = documented("95th percentile", None, dimension="time")
    p99: Number | None = documented("99th percentile", None, dimension="time")
    p999: Number | None = documented("99.9th percentile", None, dimension="time")
    availability: Number | None = documented("share of good answers", None, dimension="count")


class Flow(Model, frozen=True):
    """A request type as a call tree."""

    name: Text = documented("what the user does", example="Open a channel")
    rate: Number | ClosedRate | None = documented("average rate", None, level="draft", dimension="count/time")
    peak: Number | None = documented("busiest rate", None, dimension="count/time")
    profile: Literal["flat", "diurnal"] | tuple[float, ...] | None = documented(
        "shape of a day; 24 factors are allowed", None
    )
    unit: Text | None = documented("what one is worth in tables and costs", None, example="message")
    priority: int = documented("0 is shed last", 1, ge=0, le=9)
    idempotent: bool | None = documented("whether a retry does no harm", None)
    payload: Number | None = documented("bytes of one request", None, dimension="bytes")
    slo: Slo | None = documented("what is promised", None, level="published")
    client: CallSettings | None = documented("the caller's own timeout and retries", None)
    steps: tuple[Call, ...] = documented("one after the other", (), level="draft")

    @field_validator("profile")
    @classmethod
    def _day(cls, value: Any) -> Any:
        if isinstance(value, tuple) and len(value) != 24:
            raise PydanticCustomError("profile", "a profile has 24 factors", {})
        return value


class Link(Model, frozen=True):
    """What connects components outside flows: no request waits for it."""

    from_: Id = documented("component", alias="from")
    to: Id = documented("component")
    kind: Literal["cdc", "replication", "control", "batch", "backup", "config"] = documented("what runs along it")
    lag: Dist | None = documented("how far behind", None, dimension="time")
    rate: Number | None = documented("events a second", None, dimension="count/time")
    guarantee: GuaranteeLabel | None = documented("label of the edge", None)
    note: Text | None = documented("one quiet fact", None)
    source: Id | None = documented("source", None)
    basis: Literal["stated", "inferred"] = documented("stated or inferred", "stated")
