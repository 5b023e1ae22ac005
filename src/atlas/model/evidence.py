"""Sources and claims: what was published, by whom, when, and in which words."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import GetJsonSchemaHandler, field_validator, model_validator
from pydantic_core import CoreSchema, PydanticCustomError

from atlas.model.field import Model, documented
from atlas.model.text import DateText, Id, QuantityText, Text, Url

Confidence = Literal["A", "B", "C"]
Stat = Literal["total", "average", "peak", "p50", "p95", "p99", "p999", "min", "max", "capacity", "unstated"]
SourceType = Literal["blog", "paper", "talk", "doc", "video", "book", "filing", "letter", "status"]


class Source(Model):
    """A publication that was read."""

    type: SourceType = documented("what kind of publication")
    role: Literal["primary", "supporting", "seed"] = documented(
        "primary: the organisation's own; supporting: another's; seed: a statement to be checked, never evidence"
    )
    title: Text = documented("its title as published")
    url: Url | None = documented("its own address; absent only for a filing or letter without one", None)
    published: DateText = documented("date to any precision, or unknown with a note", example="2023-03-06")
    accessed: DateText = documented("when it was read", example="2026-11-21")
    access: Literal["original", "copy", "secondary", "unread"] = documented("what was really read")
    note: Text | None = documented("what a reader should know about it", None)

    @model_validator(mode="after")
    def _explained(self) -> Source:
        if self.published == "unknown" and not self.note:
            raise PydanticCustomError("source_date", "a source published at an unknown date needs a note", {})
        if self.url is None and self.type not in ("filing", "letter") and self.role != "seed":
            raise PydanticCustomError("source_url", "only a filing or a letter may stand without url", {})
        return self


class Claim(Model):
    """A published figure."""

    metric: str = documented("what is measured: gives dimension, unit and growth", words="metrics", example="nodes")
    of: str = documented("component, component.operation, flow, or system", "system", example="messages.read")
    value: QuantityText = documented("the value as printed", example="40 to 125 ms")
    stat: Stat = documented("which statistic; unstated when the source does not say", "total")
    as_of: DateText | None = documented("when it held; default: when the source was published", None, example="2022")
    era: Id | None = documented("which architecture it describes; default: the one at as_of", None)
    scope: Text | None = documented("narrower than `of`: an event, a customer, one machine, one region", None)
    source: tuple[Id, ...] = documented("source id, or a list")
    figure: Text | None = documented("the figure as printed, at most eight words", None, level="draft", example="72 ScyllaDB nodes")
    near: tuple[Text, ...] = documented("words that stand near it", ())
    confidence: Confidence | None = documented("default: A primary (original or copy), B secondary, C seed or unread", None)
    verdict: Literal["found", "unfound", "contradicted"] = documented("the last two are shown struck, never used as published", "found")
    note: Text | None = documented("what a reader should know about it", None)

    @field_validator("source", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @field_validator("near", mode="before")
    @classmethod
    def _words(cls, value: Any) -> Any:
        words = [value] if isinstance(value, str) else value
        return [str(w) for w in words] if isinstance(words, list) else words

    @field_validator("figure", mode="before")
    @classmethod
    def _printed(cls, value: Any) -> Any:
        return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        full = dict(handler.resolve_ref_schema(handler(schema)))
        for name in ("source", "near"):
            listed = full["properties"][name]
            described = {k: listed.pop(k) for k in ("description", "default", "examples") if k in listed}
            full["properties"][name] = {**described, "anyOf": [{"type": "string"}, listed]}
        for name in ("figure",):
            full["properties"][name] = {**full["properties"][name], "anyOf": [{"type": ["string", "number", "null"]}]}
        full["properties"]["near"]["anyOf"][-1]["items"] = {"type": ["string", "number"]}
        return full
