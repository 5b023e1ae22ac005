"""Find paths in documents: ``components.*.technology=kafka``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from atlas.catalogue.load import Catalogue


@dataclass(frozen=True, slots=True)
class Hit:
    """A path that matched, where it stands, and its value."""

    file: str
    line: int
    column: int
    path: str
    value: str


def find_paths(catalogue: Catalogue, expression: str) -> list[Hit]:
    """Every path that matches; ``*`` is one part, ``**`` any number, and after ``=`` a pattern of the value."""
    pattern, equals, wanted = expression.partition("=")
    regex = _regex(pattern.strip())
    hits = []
    for source in catalogue.sources.values():
        for path, value in _leaves(source.data, ""):
            if not regex.fullmatch(path):
                continue
            text = _shown(value)
            if equals and not fnmatchcase(text.lower(), wanted.strip().lower()):
                continue
            place = source.position(path)
            hits.append(Hit(place.file, place.line, place.column, path, text))
    return hits


def _regex(pattern: str) -> re.Pattern[str]:
    parts = []
    for part in pattern.split("."):
        if part == "**":
            parts.append(r"(?:[^.]+\.)*")
        else:
            parts.append("".join("[^.]*" if c == "*" else re.escape(c) for c in part) + r"\.")
    return re.compile("".join(parts).removesuffix(r"\."))


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every path below a value, with containers before what they hold."""
    if path:
        yield path, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in items:
        yield from _leaves(item, f"{path}.{name}" if path else str(name))


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(value) + "}"
    if isinstance(value, list):
        return f"[{len(value)}]"
    return str(value).strip()
