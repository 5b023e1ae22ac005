"""The ground the typed document stands on: a frozen model without unknown keys, and annotated keys.

Every key carries its meaning, an example, the status at which it is required, and (for numbers) the
dimension it measures. One definition feeds validation, the JSON Schema, editors and the reference pages.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

Status = Literal["stub", "draft", "published"]
STATUS_RANK: dict[str, int] = {"stub": 0, "draft": 1, "published": 2}


class Model(BaseModel, frozen=True, extra="forbid", defer_build=True):
    """A part of the document: immutable, and closed to unknown keys."""


def documented(
    meaning: str,
    default: Any = ...,
    *,
    example: Any = None,
    level: Status | None = None,
    dimension: str | None = None,
    alias: str | None = None,
    words: str | None = None,
    **constraints: Any,
) -> Any:
    """A documented key.

    ``level`` is the status from which the key is required although the type lets it be absent;
    ``dimension`` is what its numbers measure; ``words`` names the vocabulary its text comes from.
    """
    extra: dict[str, Any] = {}
    if level is not None:
        extra["x-required-at"] = level
    if dimension is not None:
        extra["x-dimension"] = dimension
    if words is not None:
        extra["x-vocabulary"] = words
    arguments: dict[str, Any] = {"description": meaning, **constraints}
    if extra:
        arguments["json_schema_extra"] = extra
    if example is not None:
        arguments["examples"] = [example]
    if alias is not None:
        arguments["alias"] = alias
    return Field(default, **arguments)
