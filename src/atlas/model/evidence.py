"""Sources and claims: what was published, by whom, when, and in which words."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from atlas.model.field import Model, documented
from atlas.model.text import DateText, Id, OneOrMany, Printed, QuantityText, Text, Url, Words

Confidence = Literal["A", "B", "C"]
Stat = Literal["total", "average", "peak", "p50", "p95", "p99", "p999", "min", "max", "capacity", "unstated"]
SourceType = Literal["blog", "paper", "talk", "doc", "video", "book", "filing", "letter", "status"]


class Source(Model, frozen=True):
    """A publication that was read."""

    type: SourceType = documented("what kind of publication")
    role: Literal["primary", "supporting", "seed"] = documented(
        "primary: the organisation's own; supporting: another's; seed: a statement to be checked, never evidence"
    )
    title: Text = documented("its title as published")
    url: Url | None = documented("its own address; absent only for a filing or letter without one", None)
    archived: Url | None = documented(
        "address of an archived copy, which stands in when the page itself is gone",
        None,
        example="https://web.archive.org/web/20230306120000/https://discord.com/blog/a-post",
    )
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


class Claim(Model, frozen=True):
    """A published figure."""

    metric: str = documented("what is measured: gives dimension, unit and growth", words="metrics", example="nodes")
    of: str = documented("component, component.operation, flow, or system", "system", example="messages.read")
    value: QuantityText = documented("the value as printed", example="40 to 125 ms")
    stat: Stat = documented("which statistic; unstated when the source does not say", "total")
    as_of: DateText | None = documented("when it held; default: when the source was published", None, example="2022")
    era: Id | None = documented("which architecture it describes; default: the one at as_of", None)
    scope: Text | None = documented("narrower than `of`: an event, a customer, one machine, one region", None)
    source: Annotated[tuple[Id, ...], OneOrMany] = documented("source id, or a list")
    figure: Printed | None = documented(
        "the figure as printed, at most eight words", None, level="draft", example="72 ScyllaDB nodes"
    )
    near: Words = documented("words that stand near it", ())
    confidence: Confidence | None = documented(
        "default: A primary (original or copy), B secondary, C seed or unread", None
    )
    verdict: Literal["found", "unfound", "contradicted"] = documented(
        "the last two are shown struck, never used as published", "found"
    )
    note: Text | None = documented("what a reader should know about it", None)
