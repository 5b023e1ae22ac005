"""What a key's type says about the keys that may stand below it."""

from __future__ import annotations

from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel


def alternatives(annotation: Any) -> list[Any]:
    """The types a value may have: the members of a union, without ``Annotated``."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return alternatives(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return [a for member in get_args(annotation) for a in alternatives(member)]
    return [annotation]


def is_model(annotation: Any) -> bool:
    """Whether it is a part of the document with keys of its own."""
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def below(annotation: Any, part: str | int) -> list[Any]:
    """The types of what stands at a key or an index below a value of this type; empty where nothing may."""
    if is_model(annotation):
        for name, field in annotation.model_fields.items():
            if part in (name, field.alias):
                return alternatives(field.annotation)
        return []
    arguments = get_args(annotation)
    if get_origin(annotation) is dict:
        return alternatives(arguments[1])
    if get_origin(annotation) is tuple:
        return alternatives(arguments[0])
    return []
