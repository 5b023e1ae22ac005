"""Walk a document: every number, distribution and reference with its path and the key it stands at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from atlas.model.number import Dist, Number


@dataclass(frozen=True, slots=True)
class Place:
    """A value, the dotted path to it, and what its key says about it."""

    path: str
    value: Any
    dimension: str | None
    words: str | None
    field: str
    owner: str


@cache
def keys_of(model: type[BaseModel]) -> tuple[tuple[str, str, FieldInfo, str | None, str | None], ...]:
    """For each field: its python name, its key in YAML, and its dimension and vocabulary."""
    rows = []
    for name, info in model.model_fields.items():
        extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
        dimension, words = extra.get("x-dimension"), extra.get("x-vocabulary")
        rows.append(
            (name, info.alias or name, info, str(dimension) if dimension else None, str(words) if words else None)
        )
    return tuple(rows)


def walk(model: BaseModel, path: str = "", dimension: str | None = None) -> Iterator[Place]:
    """Every written value below ``model``, depth first, containers before what they hold.

    A ``Dist`` hands its dimension to its members; values that are ``None`` are not visited.
    """
    inherited = dimension if isinstance(model, Dist) else None
    owner = type(model).__name__
    for name, alias, _, own, words in keys_of(type(model)):
        value = getattr(model, name)
        if value is None or (isinstance(value, tuple | dict) and not value):
            continue
        below = f"{path}.{alias}" if path else alias
        yield from _visit(value, below, own or inherited, words, name, owner)


def _visit(value: Any, path: str, dimension: str | None, words: str | None, field: str, owner: str) -> Iterator[Place]:
    if isinstance(value, dict):
        yield Place(path, value, dimension, words, field, owner)
        for name, item in value.items():
            yield from _visit(item, f"{path}.{name}", dimension, words, field, owner)
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _visit(item, f"{path}.{index}", dimension, words, field, owner)
    else:
        yield Place(path, value, dimension, words, field, owner)
        if isinstance(value, BaseModel) and not isinstance(value, Number):
            yield from walk(value, path, dimension)
