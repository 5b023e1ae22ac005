"""Numbers that say where they come from, distributions, and statements with a source."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema, PydanticCustomError

from atlas.model.field import Model, documented
from atlas.model.text import Id, QuantityText, Text

ORIGIN_KEYS = ("claim", "derived", "assumed", "sized")
_QUANTITY_SCHEMA = {"type": ["number", "string"], "description": "a quantity such as 72, 15 ms, 3.2M/s"}


def or_short(
    schema: CoreSchema, handler: GetJsonSchemaHandler, short: dict[str, Any] | None, drop: tuple[str, ...] = ()
) -> dict[str, Any]:
    """The schema of a model that also has a short form, kept as one shared definition.

    Without ``short`` the short form is that of the model's first key.
    """
    reference = handler(schema)
    definition = handler.resolve_ref_schema(reference)
    full = dict(definition)
    if "anyOf" in full:  # a definition is rewritten once, however often it is asked for
        return reference
    full["properties"] = {k: v for k, v in full["properties"].items() if k not in drop}
    first = next(iter(full["properties"].values()))
    definition.clear()
    definition.update({"anyOf": [short or dict(first), full]})
    return reference


class Number(Model, frozen=True):
    """A number and its origin: exactly one of ``claim``, ``derived``, ``assumed``, ``sized``, or a bare quantity.

    A bare quantity is kept in ``literal``; at *published* it may only be a design setting.
    """

    claim: Id | None = documented("a published figure: the id of a claim", None, example="message-db-nodes")
    derived: Text | None = documented(
        "an expression of claims, quantities and paths with + - * / ( ) min max",
        None,
        example="bfcm-count / 4 days * 3",
    )
    assumed: QuantityText | None = documented("nobody published it", None, example="64")
    sized: QuantityText | None = documented(
        "as many as give this utilisation at peak (instances, bandwidth)", None, example="60 %"
    )
    take: Literal["low", "mid", "high"] = documented("which end of a range", "mid")
    because: Text | None = documented("why this number; required with assumed at published", None)
    literal: QuantityText | None = None

    @model_validator(mode="before")
    @classmethod
    def _accept_bare(cls, value: Any) -> Any:
        if isinstance(value, dict):
            if "literal" in value:
                raise PydanticCustomError("unknown_key", "unknown key 'literal': write the quantity itself", {})
            return value
        return value if isinstance(value, Number) else {"literal": value}

    @model_validator(mode="after")
    def _one_origin(self) -> Number:
        named = [name for name in (*ORIGIN_KEYS, "literal") if getattr(self, name) is not None]
        if len(named) != 1:
            found = " and ".join(named) or "none"
            raise PydanticCustomError(
                "one_origin",
                "a number has exactly one of claim, derived, assumed, sized; found {found}",
                {"found": found},
            )
        return self

    @property
    def origin_key(self) -> str:
        """Which of the origin keys is written (``literal`` for a bare quantity)."""
        return next(n for n in (*ORIGIN_KEYS, "literal") if getattr(self, n) is not None)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return or_short(schema, handler, _QUANTITY_SCHEMA, drop=("literal",))


class Dist(Model, frozen=True):
    """A time or a count that varies: one number (its mean), or two of mean, p50, p95, p99, cv."""

    mean: Number | None = documented("mean", None)
    p50: Number | None = documented("median", None)
    p95: Number | None = documented("95th percentile", None)
    p99: Number | None = documented("99th percentile", None)
    cv: Number | None = documented("coefficient of variation: standard deviation over mean", None, dimension="count")
    max: Number | None = documented("largest value", None)
    shape: Literal["lognormal", "exponential", "constant", "gamma", "pareto"] = documented(
        "family of distributions", "lognormal"
    )

    @model_validator(mode="before")
    @classmethod
    def _accept_number(cls, value: Any) -> Any:
        if isinstance(value, Dist):
            return value
        if not isinstance(value, dict) or set(value) & {*ORIGIN_KEYS, "take", "because"}:
            return {"mean": value}
        return value

    @model_validator(mode="after")
    def _enough(self) -> Dist:
        if not any((self.mean, self.p50, self.p95, self.p99)):
            raise PydanticCustomError("distribution", "a distribution needs a mean or a percentile", {})
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return or_short(schema, handler, None)


class Said(Model, frozen=True):
    """A statement about the system: text, who says so, and whether it is stated or inferred."""

    text: Text = documented("the statement, in our own words")
    source: Id | None = documented("the source that states it", None)
    basis: Literal["stated", "inferred"] = documented("stated by the source, or inferred by us", "stated")
    year: int | None = documented("when it held", None, ge=1960, le=2100)

    @model_validator(mode="before")
    @classmethod
    def _accept_text(cls, value: Any) -> Any:
        return {"text": value} if isinstance(value, str) else value

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return or_short(schema, handler, {"type": "string"})


class GuaranteeLabel(Model, frozen=True):
    """A guarantee on an edge: its id, and where and within what bound it holds."""

    id: str = documented("guarantee", words="guarantees", example="G-ALO")
    scope: Text | None = documented("within what it holds", None, example="guild")
    bound: QuantityText | None = documented("its bound", None, example="2 s")

    @model_validator(mode="before")
    @classmethod
    def _accept_id(cls, value: Any) -> Any:
        return {"id": value} if isinstance(value, str) else value

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return or_short(schema, handler, None)
