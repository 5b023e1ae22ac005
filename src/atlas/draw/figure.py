"""Numbers as words on a drawing, with their origin readable without colour.

Published and designed figures stand as they are; derived ones carry ``≈`` and their middle (their range is on the
page); assumed ones ``~`` and the word; planning defaults ``~`` and the word. What is absent is ``None``, and the
caller says "not public".
"""

from __future__ import annotations

from collections.abc import Iterable

from atlas.draw.text import shorten
from atlas.model import System, Value
from atlas.quantity import Dimension, Quantity, format_quantity

_SIGNS = ("≈", "~", ">", "<", "≤", "≥")
_RATE = Dimension(time=-1)
_TIME = Dimension(time=1)
_SCOPE = 60
"""Characters of a scope: without it a figure would claim to be of the whole."""


def figure(value: Value | None, word: bool = True) -> str | None:
    """The value with its mark of origin; ``word=False`` keeps the mark and leaves out the word."""
    if value is None:
        return None
    if value.origin in ("claim", "design"):
        return brief(value.quantity)
    text = brief(value.quantity if _is_bound(value.quantity) else value.quantity.take("mid"))
    if value.origin in ("derived", "sized"):
        return _marked("≈", text)
    words = {"assumed": " assumed", "default": " default"}
    return _marked("~", text) + (words[value.origin] if word else "")


def _is_bound(quantity: Quantity) -> bool:
    """Whether a figure says no more than "at most": its middle would be a number that nobody knows."""
    return quantity.low == 0 < quantity.high


def brief(quantity: Quantity, digits: int = 3) -> str:
    """The display form in at most ``digits`` significant digits, as a drawing has room for."""
    nines = quantity.unit.startswith("%") and 0.99 < quantity.mid < 1  # 99.95 % is not 100 %
    return format_quantity(quantity, 6 if nines else digits)


def _marked(mark: str, text: str) -> str:
    return text if text.startswith(_SIGNS) else f"{mark} {text}"


def rate(per_second: float, mark: str = "≈") -> str:
    """A computed rate: ``≈ 46.3 k/s``."""
    amount = per_second
    for suffix, factor in (("B/s", 1e9), ("M/s", 1e6), ("k/s", 1e3)):
        if per_second >= factor:
            return f"{mark} {_three(amount / factor)} {suffix}"
    return f"{mark} {_three(amount)}/s" if amount >= 0.1 else f"{mark} {_three(amount * 86_400)}/day"


def duration(seconds: float, mark: str = "≈") -> str:
    """A computed time: ``≈ 15 ms``."""
    text = brief(Quantity(seconds, seconds, seconds, _TIME), 2)
    return f"{mark} {text}".strip()


def _three(amount: float) -> str:
    decimals = 0 if amount >= 100 else 1 if amount >= 10 else 2
    text = f"{amount:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def at(system: System, path: str, word: bool = True) -> str | None:
    """The figure at a dotted path, or ``None`` where there is none."""
    return figure(system.value(path), word)


def listed(parts: Iterable[str | None], separator: str = ", ") -> str | None:
    """The parts that are there, joined; ``None`` when none is."""
    present = [part for part in parts if part]
    return separator.join(present) if present else None


def several(parts: Iterable[str | None], most: int = 5, separator: str = "; ") -> str | None:
    """The first parts, and how many more there are: a title block is read, not searched."""
    present = list(dict.fromkeys(part for part in parts if part))
    more = [f"and {len(present) - most} more"] if len(present) > most + 1 else present[most:]
    return separator.join([*present[:most], *more]) or None


def claim(system: System, ident: str) -> str | None:
    """A claim as printed with what it measures, of what part of it and when: ``72 nodes (2022)``; ``None`` if unknown.

    A claim that was not found in its source says so.
    """
    view = system.claims.get(ident)
    if view is None:
        return None
    name = view.metric.name.lower() if view.metric else view.claim.metric
    if view.claim.stat not in ("total", "unstated"):
        name = f"{'p99.9' if view.claim.stat == 'p999' else view.claim.stat} {name}"
    scope = f", {shorten(view.claim.scope, _SCOPE)}" if view.claim.scope else ""
    year = f" ({view.as_of[:4]})" if view.as_of and view.as_of[:4].isdigit() else ""
    held = "" if view.is_usable else f", {view.claim.verdict}" if view.claim.verdict != "found" else ", to be checked"
    return f"{brief(view.quantity)} {name}{scope}{year}{held}"
