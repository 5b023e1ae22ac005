"""What a document sets, in words: a dotted path and the value that a drill or a variant writes there."""

from __future__ import annotations

from typing import Any

from atlas.draw import figure
from atlas.draw.architecture import Architecture
from atlas.draw.text import plain
from atlas.quantity import QuantityError, parse

_NOUNS = {
    "shed": "shedding",
    "retry": "retries",
    "retry budget": "budget of retries",
    "p": "share of calls",
    "cache work": "work of the cache",
    "cache coalesce": "coalescing",
    "cache hit": "hit ratio of the cache",
    "partitions limit": "limit of a partition",
    "service mean": "mean time",
}
_ORIGINS = ("assumed", "derived", "claim", "sized")


def setting(architecture: Architecture, path: str) -> str:
    """A dotted path in words: ``Message store: instances``, ``Open a channel: retries of Message store``."""
    parts = path.split(".")
    if parts[0] == "flows" and "steps" in parts and parts[1] in architecture.document.flows:
        called = [s for s in architecture.steps(parts[1]) if path.startswith(f"{s.path}.")]
        if called:
            what = _noun(path.removeprefix(f"{called[-1].path}.").split("."))
            return f"{architecture.name(parts[1])}: {what} of {architecture.name(called[-1].call.target)}"
    if parts[0] in ("components", "flows") and len(parts) > 2:
        return f"{architecture.name(parts[1])}: {_noun(parts[2:])}"
    return " ".join(parts)


def _noun(parts: list[str]) -> str:
    if parts[0] == "client" and len(parts) > 1:
        return f"{_noun(parts[1:])} of the client"
    if parts[0] == "operations" and len(parts) > 2:
        return f"{parts[1]}, {_noun(['service', *parts[2:]])}"
    words = " ".join(parts)
    return _NOUNS.get(words, words)


def change(architecture: Architecture, path: str, value: Any) -> str:
    """The setting with what is written there: ``Data services: coalescing off``, ``API monolith: no shedding``."""
    subject, _, noun = setting(architecture, path).partition(": ")
    if noun and value in (None, "none"):
        return f"{subject}: no {noun}"
    return f"{setting(architecture, path)} {worded(value)}"


def worded(value: Any) -> str:
    """A value as a person writes it: ``45 M/day``, ``off``, ``sized to 30 % use``."""
    if value is None or isinstance(value, bool):
        return {None: "none", True: "on", False: "off"}[value]
    if isinstance(value, dict):
        origin = next((key for key in _ORIGINS if key in value), None)
        if origin is None:
            return ", ".join(f"{key} {worded(inner)}" for key, inner in value.items())
        return f"sized to {worded(value[origin])} use" if origin == "sized" else worded(value[origin])
    try:
        return figure.brief(parse(str(value)))
    except QuantityError:
        return plain(str(value))
