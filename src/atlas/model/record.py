"""The record: eras, incidents, decisions, costs, operations, lessons, exercises, relations."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import GetJsonSchemaHandler, field_validator, model_validator
from pydantic_core import CoreSchema

from atlas.model.field import Model, documented
from atlas.model.number import Number, Said, or_short
from atlas.model.text import DateText, Id, LongText, OneOrMany, QuantityText, SystemId, Text, Url, Words

Basis = Literal["stated", "inferred"]


class Era(Model, frozen=True):
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


class Migration(Model, frozen=True):
    """From one architecture to the next."""

    from_: Text = documented("old", alias="from")
    to: Text = documented("new")
    steps: tuple[Said, ...] = documented("steps", ())
    checks: Said | tuple[Said, ...] | None = documented("how it was verified", None)
    source: Id | None = documented("source", None)
    basis: Basis = documented("stated or inferred", "stated")


class Variant(Model, frozen=True):
    """An overlay of this document: another scale or another region strategy."""

    kind: Literal["scale", "region"] = documented("what varies")
    title: Text = documented("title")
    set: dict[str, Any] = documented("path -> value", {})
    note: Text | None = documented("what it shows", None)


class Incident(Model, frozen=True):
    """Something that really happened."""

    date: DateText = documented("when")
    title: Text = documented("what")
    failure: Id | None = documented("which failure of this document it was", None)
    duration: QuantityText | None = documented("how long", None, dimension="time")
    impact: Text = documented("what users saw")
    cause: Text = documented("why")
    fix: Text = documented("what was changed")
    source: Id = documented("source")


class Decision(Model, frozen=True):
    """A choice, what it cost and what it brought."""

    decision: Text = documented("what had to be decided")
    choice: Text = documented("what was chosen")
    trade_off: Text = documented("what was given up")
    impact: Text = documented("what it brought")
    source: Id | None = documented("source", None)
    basis: Basis = documented("stated or inferred", "stated")


class Purchase(Model, frozen=True):
    """How capacity is bought."""

    reserved: Number | None = documented("share bought in advance", None, dimension="count")
    note: Text | None = documented("what is known", None)
    source: Id | None = documented("source", None)


class Saving(Model, frozen=True):
    """What was saved, and how."""

    what: Text = documented("what was done")
    saved: Text = documented("what it saved")
    source: Id | None = documented("source", None)
    basis: Basis = documented("stated or inferred", "stated")


class Costs(Model, frozen=True):
    """Published, or a labelled estimate."""

    total: Number | None = documented("altogether", None, dimension="money/time")
    per_unit: Number | None = documented("for one unit", None)
    unit: Text | None = documented("the unit", None, example="message")
    by: dict[str, Number] = documented("component -> money", {}, dimension="money/time")
    purchase: Purchase | None = documented("how capacity is bought", None)
    savings: tuple[Saving, ...] = documented("optimisations", ())
    note: Text | None = documented("what the estimate rests on", None)


class Monitoring(Model, frozen=True):
    """What is watched on one layer."""

    layer: Literal["infrastructure", "application", "business", "logs", "traces"] = documented("layer")
    tools: Words = documented("tools", ())
    metrics: Words = documented("key metrics", ())
    source: Id | None = documented("source", None)
    basis: Basis = documented("stated or inferred", "stated")


class Operations(Model, frozen=True):
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


class Lesson(Model, frozen=True):
    """What worked and what did not."""

    kind: Literal["worked", "did_not"] = documented("which")
    text: Text = documented("what happened")
    insight: Text = documented("what to learn")
    source: Id | None = documented("source", None)
    basis: Basis = documented("stated or inferred", "stated")


class Resource(Model, frozen=True):
    """A pointer for further reading."""

    title: Text = documented("title")
    url: Url | None = documented("address", None)

    @model_validator(mode="before")
    @classmethod
    def _accept_text(cls, value: Any) -> Any:
        return {"title": value} if isinstance(value, str) else value

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return or_short(schema, handler, {"type": "string"})


class TryIt(Model, frozen=True):
    """A small version to build in a day."""

    goal: Text = documented("what to achieve")
    success: Text = documented("the measurable criterion")
    minimal: LongText | None = documented("a compose file", None)
    resources: tuple[Resource, ...] = documented("further help", ())


class RelatedSystem(Model, frozen=True):
    """Another system worth comparing."""

    id: SystemId = documented("system")
    because: Text = documented("compared for what")


class RelatedPatterns(Model, frozen=True):
    """Where to go from here."""

    next: Annotated[tuple[str, ...], OneOrMany] = documented("next step of evolution", (), words="patterns")
    complementary: Annotated[tuple[str, ...], OneOrMany] = documented("goes well with", (), words="patterns")
    alternative: Annotated[tuple[str, ...], OneOrMany] = documented("modern alternative", (), words="patterns")


class Related(Model, frozen=True):
    """Relations to other systems, patterns and readings."""

    systems: tuple[RelatedSystem, ...] = documented("systems", ())
    patterns: RelatedPatterns | None = documented("patterns", None)
    reading: tuple[Resource, ...] = documented("further reading", ())
