"""Keys that are required at a document's status are present, or named in ``not_public``."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from typing import Any

from pydantic import BaseModel

from atlas.catalogue.yaml_source import YamlSource
from atlas.diagnostic import Finding, Level
from atlas.diagnostic.code import DANGLING, MISSING_KEY
from atlas.model.document import Document
from atlas.model.field import STATUS_RANK

_OPTIONAL_INSIDE = ("technology",)
"""Keys that may be absent although DOCUMENT asks for them at a status, because a kind can stand alone."""


def check_completeness(document: Document, source: YamlSource) -> list[Finding]:
    """A finding for each key that the status asks for and that is neither written nor not public."""
    findings = []
    rank = STATUS_RANK[document.status]
    for path, name, level in _absent(document, ""):
        if STATUS_RANK[level] > rank or (not path and _is_not_public(name, document)) or name in _OPTIONAL_INSIDE:
            continue
        where = f"{path}.{name}" if path else name
        tip = f"add {name}:" if path else f"add {name}:, or name it in not_public if it was looked for and not found"
        message = f"{name!r} is required at status {document.status}"
        findings.append(Finding(MISSING_KEY, Level.ERROR, message, source.position(path), where, tip=tip))
    return findings + _unknown_sections(document, source)


def _is_not_public(name: str, document: Document) -> bool:
    return name in document.not_public or name == "not_public"


def _unknown_sections(document: Document, source: YamlSource) -> list[Finding]:
    known = list(Document.model_fields)
    findings = []
    for index, name in enumerate(document.not_public):
        # An entry of several words says in prose what was looked for; one word names a section.
        if " " not in name and name.partition(".")[0] not in known:
            near = get_close_matches(name, known, n=1)
            tip = f"did you mean {near[0]!r}?" if near else "name a section of the document, or a dotted key in one"
            path = f"not_public.{index}"
            findings.append(
                Finding(DANGLING, Level.ERROR, f"there is no section {name!r}", source.position(path), path, tip=tip)
            )
    return findings


def _absent(model: BaseModel, path: str) -> Iterator[tuple[str, str, str]]:
    """(path of the parent, key, status that asks for it) for keys that are empty."""
    values = model.__dict__
    for name, alias, level in _asked(type(model)):
        value = values[name]
        if value is None or (isinstance(value, tuple | dict) and not value):
            if level:
                yield path, alias, level
        elif isinstance(value, BaseModel | tuple | dict):
            yield from _absent_below(value, f"{path}.{alias}" if path else alias)


@cache
def _asked(model: type[BaseModel]) -> tuple[tuple[str, str, str], ...]:
    """For each field: its python name, its key in YAML, and the status that asks for it (empty: none)."""
    rows = []
    for name, info in model.model_fields.items():
        extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
        rows.append((name, info.alias or name, str(extra.get("x-required-at", ""))))
    return tuple(rows)


def _absent_below(value: Any, path: str) -> Iterator[tuple[str, str, str]]:
    if isinstance(value, BaseModel):
        yield from _absent(value, path)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _absent_below(item, f"{path}.{name}")
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _absent_below(item, f"{path}.{index}")
