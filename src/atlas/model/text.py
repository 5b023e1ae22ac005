"""Texts of a fixed form: ids, dates to any precision, web addresses, comparisons."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, PlainValidator, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from atlas.quantity import Quantity, QuantityError, parse

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
"""``kebab-case``: what claims, components, flows and eras are called."""

Word = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=60)]
"""An id of a vocabulary."""

SystemId = Annotated[str, StringConstraints(pattern=r"^CS-[A-Z0-9]+(-[A-Z0-9]+)*$", max_length=60)]
"""``CS-DISCORD``: stable, never renamed."""

Text = Annotated[str, StringConstraints(min_length=1, max_length=4000, strip_whitespace=True)]
LongText = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]


@dataclass(frozen=True, slots=True)
class Span:
    """The days a date of any precision covers."""

    start: dt.date
    end: dt.date

    @property
    def middle(self) -> dt.date:
        """The day in the middle."""
        return self.start + (self.end - self.start) / 2


@lru_cache(maxsize=4096)
def span(text: str) -> Span | None:
    """The days that ``2017``, ``2022-07``, ``2023-03-06`` or ``A to B`` covers; ``None`` for ``unknown``."""
    if text in ("unknown", ""):
        return None
    first, _, second = text.partition(" to ")
    start = _span(first)
    return Span(start.start, _span(second).end) if second else start


def _span(text: str) -> Span:
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError(f"not a date: {text!r}")
    year = int(match[1])
    month = int(match[2] or 1)
    if match[3]:
        day = dt.date(year, month, int(match[3]))
        return Span(day, day)
    last = 12 if match[2] is None else month
    return Span(dt.date(year, month, 1), dt.date(year, last, calendar.monthrange(year, last)[1]))


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _check_date(text: str) -> str:
    try:
        span(text)
    except ValueError as error:
        raise PydanticCustomError(
            "date_form", "{reason}; write 2017, 2022-07 or 2023-03-06", {"reason": str(error)}
        ) from None
    return text


DateText = Annotated[
    str, BeforeValidator(_as_text), AfterValidator(_check_date), WithJsonSchema({"type": ["string", "integer"]})
]
"""A date to any precision, a span ``A to B``, or ``unknown``."""


def _check_url(text: str) -> str:
    if not re.fullmatch(r"https?://[^\s/$.?#][^\s\"<>]*", text) or len(text) > 500:
        raise PydanticCustomError("web_address", "not a web address: write http(s)://host/path", {})
    return text


Url = Annotated[str, AfterValidator(_check_url)]


def _to_quantity(value: Any) -> Quantity:
    if isinstance(value, Quantity):
        return value
    if not isinstance(value, str | int | float):
        raise PydanticCustomError("quantity_form", "a quantity is a number or a text such as 15 ms", {"tip": ""})
    try:
        return parse(value)
    except QuantityError as error:
        raise PydanticCustomError("quantity_form", "{reason}", {"reason": str(error), "tip": error.tip}) from None


QuantityText = Annotated[
    Quantity,
    PlainValidator(_to_quantity),
    PlainSerializer(lambda q: q.text, return_type=str),
    WithJsonSchema(
        {"type": ["number", "string"], "description": "a quantity: 72, 9 TB, 15 ms, 3.2M/s, 40 to 125 ms, over 4B/day"}
    ),
]
"""A quantity as it is written; validated to a ``Quantity``."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What must hold of a result: ``>= 90 %``, ``<= 10 s``."""

    operator: Literal[">=", "<=", ">", "<"]
    bound: Quantity
    text: str

    def holds(self, value: float) -> bool:
        """Whether a value in the bound's base unit satisfies it."""
        limit = self.bound.mid
        return {">=": value >= limit, "<=": value <= limit, ">": value > limit, "<": value < limit}[self.operator]


def _to_comparison(value: Any) -> Comparison:
    if isinstance(value, Comparison):
        return value
    text = str(value).strip().replace("≥", ">=").replace("≤", "<=")
    match = re.fullmatch(r"(>=|<=|>|<)\s*(.+)", text)
    if match is None:
        raise PydanticCustomError("comparison_form", 'a comparison is written ">= 90 %" or "<= 10 s"', {})
    operator: Any = match[1]
    return Comparison(operator, _to_quantity(match[2]), text)


ComparisonText = Annotated[
    Comparison,
    PlainValidator(_to_comparison),
    PlainSerializer(lambda c: c.text, return_type=str),
    WithJsonSchema({"type": "string", "pattern": "^\\s*(>=|<=|>|<|≥|≤)"}),
]


def _listed(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else [value]


def _texts(value: Any) -> Any:
    return [str(v) if isinstance(v, int | float) and not isinstance(v, bool) else v for v in _listed(value)]


OneOrMany = BeforeValidator(_listed, json_schema_input_type=str | list[str])
"""A list that may be written as its only item."""

Words = Annotated[tuple[Text, ...], BeforeValidator(_texts, json_schema_input_type=str | list[str | float])]
"""Words or numbers as they are printed; one may stand alone."""

Printed = Annotated[
    Text, BeforeValidator(lambda v: _texts(v)[0] if not isinstance(v, list) else v, json_schema_input_type=str | float)
]
"""A text that may look like a number."""
