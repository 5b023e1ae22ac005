"""Keys in the order of the document reference."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from pydantic import BaseModel
from ruamel.yaml.comments import CommentedMap

from atlas.model.annotation import below, is_model
from atlas.model.document import Document
from atlas.model.number import Number

Types = Sequence[Any]


def is_ordered(value: Any, types: Types = (Document,)) -> bool:
    """Whether every map below ``value`` has its keys in order; ``types`` is what the value may be."""
    model = _model_of(types, value)
    if model is not None:
        rank = _rank(model)
        known = [rank[k] for k in value if k in rank]
        if known != sorted(known):
            return False
    return all(is_ordered(item, _types_at(types, model, name)) for name, item in _items(value))


def put_in_order(value: Any, types: Types = (Document,)) -> None:
    """Order the keys of every map below ``value`` in place; unknown keys go last."""
    model = _model_of(types, value)
    if model is not None and isinstance(value, CommentedMap):
        rank = _rank(model)
        for name in sorted(value, key=lambda k: rank.get(k, len(rank))):
            value.move_to_end(name)
    for name, item in _items(value):
        put_in_order(item, _types_at(types, model, name))


def _items(value: Any) -> list[tuple[Any, Any]]:
    if isinstance(value, dict):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, list) else []


def _types_at(types: Types, model: type[BaseModel] | None, part: str | int) -> Types:
    """What may stand at a key or index; a map whose model is known narrows it to that model."""
    return [t for candidate in ([model] if model is not None else types) for t in below(candidate, part)]


@cache
def _rank(model: type[BaseModel]) -> dict[str, int]:
    written: tuple[str, ...] | None = getattr(model, "KEY_ORDER", None)
    names = written or tuple(info.alias or name for name, info in model.model_fields.items())
    return {name: index for index, name in enumerate(names)}


def _model_of(types: Types, value: Any) -> type[BaseModel] | None:
    """The model whose keys a map has: among the possible types the one that knows all of them."""
    if not isinstance(value, dict):
        return None
    models = [t for t in types if is_model(t)]
    fitting = [m for m in models if set(value) <= set(_rank(m))]
    if not fitting and models and set(value) <= set(_rank(Number)):
        return Number  # the short form of a distribution
    return fitting[0] if fitting else None
