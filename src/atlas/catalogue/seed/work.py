"""The draft while it is being written, and the words of the seed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from atlas.model.vocabulary import Vocabulary
from atlas.quantity import QuantityError, parse

SEED = "seed"


@dataclass
class Work:
    """The document being written, and what has been used of the seed."""

    vocabulary: Vocabulary
    used: set[str] = field(default_factory=set)
    claims: dict[str, dict[str, Any]] = field(default_factory=dict)
    components: dict[str, dict[str, Any]] = field(default_factory=dict)
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)
    notes: list[tuple[str, str]] = field(default_factory=list)

    def take(self, path: str) -> None:
        """Mark a path of the seed as placed."""
        self.used.add(path)


def leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every value that is not a container, with its dotted path."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, f"{path}.{index}")
    elif value is not None:
        yield path, str(value)


def kebab(text: str) -> str:
    """An id from any text."""
    words = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return words if words[:1].isalpha() else f"x-{words}"


def words(slug: str) -> str:
    """A sentence from a slug."""
    text = str(slug).replace("_", " ")
    return text[:1].upper() + text[1:]


def section(seed: dict[str, Any], name: str) -> dict[str, Any]:
    """A map of the seed; empty where it is none."""
    value = seed.get(name)
    return value if isinstance(value, dict) else {}


def entries(value: Any) -> list[Any]:
    """A list of the seed; empty where it is none."""
    return value if isinstance(value, list) else []


def _quantity(text: str, per: str = "") -> str | None:
    """The seed's spelling as a quantity: ``10M+ concurrent users`` is ``over 10M``."""
    match = re.match(r"^\s*([<>~]?)\s*([\d.,]+\s?[kKMBT]?)\s?(\+)?\s*(%|ms|s|min|h|[kMGTPE]?B\b)?", text)
    if match is None:
        return None
    sign, number, plus, unit = match.groups()
    word = "over " if plus or sign == ">" else "up to " if sign == "<" else "about " if sign == "~" else ""
    spaced = f" {unit}" if unit else ""
    value = f"{word}{number.strip()}{spaced}{per}"
    try:
        parse(value)
    except QuantityError:
        return None
    return value


def add_claim(work: Work, path: str, raw: Any, metric: str, *, per: str = "", **more: str) -> str | None:
    """Add a claim for a seed figure; ``None`` (and a note) where the text is no quantity."""
    value = _quantity(str(raw), per)
    if value is None:
        return None
    ident = f"seed-{kebab(path.rpartition('.')[2])}"
    figure = " ".join(str(raw).split()[:8])
    work.claims[ident] = {"metric": metric, **more, "value": value, "source": SEED, "figure": figure, "confidence": "C"}
    work.take(path)
    return ident


def said(text: Any) -> dict[str, str]:
    """A statement that rests on the seed."""
    return {"text": str(text), "source": SEED, "basis": "inferred"}
