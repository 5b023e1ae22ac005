"""The record: eras, incidents, decisions, costs, operations, lessons, exercises, relations."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import field_validator, model_validator

from atlas.model.field import Model, documented
from atlas.model.number import Number, Said
from atlas.model.text import DateText, Id, LongText, QuantityText, SystemId, Text, Url

Basis = Literal["stated", "inferred"]


class Era(Model):
    """One architecture in time."""

    id: Id = documented("id, referred to by claims")
    from_: DateText = documented("since", alias="from")
    to: DateText | None = documented("until; absent: still", None)
    milestone: Text = documented("what it was")
    components: tuple[Text, ...] = documented("what it was made of", ())
    scale: tuple[Id, ...] = documented("claims that show its scale", ())
    cost: Text | None = documented("what it cost, where public", None)
    broke: Text | None = documented("what broke", None)
    solved: Text | None = documented("how it was solved", None)
    source: Id | None = documented("source", None)
    basis: Basis = documented("stated or inferred", "stated")


class Migration(Model):
    """From one architecture to the next."""

    from_: Text = documented("old", alias="from")
    to: Text = documented("new")
    steps: tuple[Said, ...] = documented("steps", ())
    checks: Said | tuple[Said, ...] | None = documented("how it was verified", None)
    source: Id | None = documented("source", None)
    basis: Basis = documented("stated or inferred", "stated")


class Variant(Model):
    """An overlay of this document: another scale or another region strategy."""

    kind: Literal["scale", "region"] = documented("what varies")
    title: Text = documented("title")
    set: dict[str, Any] = documented("path -> value", {})
    note: Text | None = documented("what it shows", None)


class Incident(Model):
    """Something that really happened."""

    date: DateText = documented("when")
    title: Text = documented("what")
    failure: Id | None = documented("which failure of this document it was", None)
    duration: QuantityText | None = documented("how long", None)
    impact: Text = documented("what users saw")
    cause: Text = documented("why")
    fix: Text = documented("what was changed")
    source: Id = documented("source")


class Decision(Model):
    """A choice, what it cost and what it brought."""

    decision: Text = documented("what had to be decided")
    choice: Text = documented("what was chosen")
    trade_off: Text = documented("what was given up")
    impact: Text = documented("what it brought")
    source: Id | None = documented("source", None)
    basis: Basis = documented("stated or inferred", "stated")


class Purchase(Model):
    """How capacity is bought."""

    reserved: Number | None = documented("share bought in advance", None, dimension="count")
    note: Text | None = documented("what is known", None)
    source: Id | None = documented("source", None)


class Saving(Model):
    """What was saved, and how."""

    what: Text = documented("what was done")
    saved: Text = documented("what it saved")
    source: Id | None = documented("source", None)
    basis: Basis = documented("stated or inferred", "stated")


class Costs(Model):
    """Published, or a labelled estimate."""

    total: Number | None = documented("altogether", None, dimension="money/time")
    per_unit: Number | None = documented("for one unit", None)
    unit: Text | None = documented("the unit", None, example="message")
    by: dict[str, Number] = documented("component -> money", {}, dimension="money/time")
    purchase: Purchase | None = documented("how capacity is bought", None)
    savings: tuple[Saving, ...] = documented("optimisations", ())
    note: Text | None = documented("what the estimate rests on", None)


class Monitoring(Model):
    """What is watched on one layer."""

    layer: Literal["infrastructure", "application", "business", "logs", "traces"] = documented("layer")
    tools: tuple[Text, ...] = documented("tools", ())
    metrics: tuple[Text, ...] = documented("key metrics", ())
    source: Id | None = documented("source", None)
    basis: Basis = documented("stated or inferred", "stated")

    @field_validator("tools", "metrics", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value


class Operations(Model):
    """How it is run."""

    pipeline: tuple[Said, ...] = documented("deployment", ())
    on_call: tuple[Said, ...] = documented("on-call and incident response", ())
    chaos: tuple[Said, ...] = documented("reliability testing", ())
    performance: tuple[Said, ...] = documented("performance work", ())
    monitoring: tuple[Monitoring, ...] = documented("monitoring by layer", ())
    mttr: Number | None = documented("mean time to restore", None, dimension="time")
    runbooks: Said | None = documented("runbooks", None)
    post_mortems: Said | None = documented("policy of post-mortems", None)

    @field_validator("pipeline", "on_call", "chaos", "performance", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return [value] if isinstance(value, str | dict) else value


class Lesson(Model):
    """What worked and what did not."""

    kind: Literal["worked", "did_not"] = documented("which")
    text: Text = documented("what happened")
    insight: Text = documented("what to learn")
    source: Id | None = documented("source", None)
    basis: Basis = documented("stated or inferred", "stated")


class Resource(Model):
    """A pointer for further reading."""

    title: Text = documented("title")
    url: Url | None = documented("address", None)

    @model_validator(mode="before")
    @classmethod
    def _accept_text(cls, value: Any) -> Any:
        return {"title": value} if isinstance(value, str) else value


class TryIt(Model):
    """A small version to build in a day."""

    goal: Text = documented("what to achieve")
    success: Text = documented("the measurable criterion")
    minimal: LongText | None = documented("a compose file", None)
    resources: tuple[Resource, ...] = documented("further help", ())


class RelatedSystem(Model):
    """Another system worth comparing."""

    id: SystemId = documented("system")
    because: Text = documented("compared for what")


class RelatedPatterns(Model):
    """Where to go from here."""

    next: tuple[str, ...] = documented("next step of evolution", (), words="patterns")
    complementary: tuple[str, ...] = documented("goes well with", (), words="patterns")
    alternative: tuple[str, ...] = documented("modern alternative", (), words="patterns")

    @field_validator("*", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value


class Related(Model):
    """Relations to other systems, patterns and readings."""

    systems: tuple[RelatedSystem, ...] = documented("systems", ())
    patterns: RelatedPatterns | None = documented("patterns", None)
    reading: tuple[Resource, ...] = documented("further reading", ())
