"""Walk a document: every number, distribution and reference with its path and the key it stands at."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from pydantic import BaseModel

from atlas.model.number import Dist, Number


class Place(NamedTuple):
    """A value, the dotted path to it, and what its key says about it."""

    path: str
    value: Any
    dimension: str | None
    words: str | None
    field: str
    owner: str


@cache
def keys_of(model: type[BaseModel]) -> tuple[tuple[str, str, str | None, str | None], ...]:
    """For each field: its python name, its key in YAML, and its dimension and vocabulary."""
    rows = []
    for name, info in model.model_fields.items():
        extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
        dimension, words = extra.get("x-dimension"), extra.get("x-vocabulary")
        rows.append((name, info.alias or name, str(dimension) if dimension else None, str(words) if words else None))
    return tuple(rows)


def walk(model: BaseModel, path: str = "", dimension: str | None = None) -> list[Place]:
    """Every written value below ``model``, depth first, containers before what they hold.

    A ``Dist`` hands its dimension to its members; values that are ``None`` are not visited.
    """
    places: list[Place] = []
    _below(model, path, dimension, places)
    return places


def _below(model: BaseModel, path: str, dimension: str | None, places: list[Place]) -> None:
    inherited = dimension if isinstance(model, Dist) else None
    owner = type(model).__name__
    values = model.__dict__
    for name, alias, own, words in keys_of(type(model)):
        value = values[name]
        if value is None or (isinstance(value, tuple | dict) and not value):
            continue
        _visit(Place(f"{path}.{alias}" if path else alias, value, own or inherited, words, name, owner), places)


def _visit(place: Place, places: list[Place]) -> None:
    path, value, dimension, words, field, owner = place
    if isinstance(value, tuple):
        for index, item in enumerate(value):
            _visit(Place(f"{path}.{index}", item, dimension, words, field, owner), places)
        return
    places.append(place)
    if isinstance(value, dict):
        for name, item in value.items():
            _visit(Place(f"{path}.{name}", item, dimension, words, field, owner), places)
    elif isinstance(value, BaseModel) and not isinstance(value, Number):
        _below(value, path, dimension, places)
