"""Knobs: what of a system can be varied, and the values that an axis of a sweep gives to one.

``load`` is times the peak of every flow, ``retries`` the retries of every call that the document lets try again, and
every number of the document's components and flows is a knob by its path: ``components.messages.instances``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from atlas.catalogue import parse_yaml
from atlas.compile.overlay import REMOVED, Case, OverlayError
from atlas.compile.sweep.point import LOAD, RETRIES, Scalar, changes_of, retry_paths
from atlas.model.number import ORIGIN_KEYS
from atlas.quantity import Quantity, QuantityError, format_quantity, parse

STEPS: Final = 6
"""Values of a range that does not say how many."""
MOST_VALUES: Final = 1000
MOST_LOAD: Final = 1e6
_RANGE = re.compile(r"(?P<low>[^,]+?)\s*\.\.\s*(?P<high>[^,:]+?)\s*(?::\s*(?P<steps>\d+)\s*(?P<log>log)?)?")
_WORDS = frozenset({"name", "note", "because", "source", "does", "kind", "plane", "technology", "owner", "unit", "key"})
"""Keys that hold text, though it may begin with a number."""


class KnobError(ValueError):
    """A knob that is not there, or a value it cannot have. ``place`` is the axis, ``knobs`` what could be meant."""

    def __init__(self, place: str, reason: str, knobs: Sequence[str] = ()) -> None:
        super().__init__(f"{place}: {reason}")
        self.place, self.knobs = place, tuple(knobs)


@dataclass(frozen=True, slots=True)
class Knob:
    """Something that can be varied: its name, its value now as text, and where that comes from or what it does."""

    name: str
    now: str
    about: str


@dataclass(frozen=True, slots=True)
class Axis:
    """One varied knob and its values, in their order."""

    name: str
    values: tuple[Scalar, ...]

    @property
    def numbers(self) -> tuple[float, ...] | None:
        """The values as plain numbers (seconds, bytes, counts), or ``None`` where one of them is none."""
        try:
            return tuple(_number(value) for value in self.values)
        except QuantityError:
            return None


def read_axis(text: str, case: Case) -> Axis:
    """An axis as people write it: ``load=0.5x..3x:6``, ``retries=0,1,3``, ``flows.read.client.timeout=50 ms..1 s``.

    Between two ends there are ``STEPS`` values, or as many as stand after the colon, evenly spaced (``:5log``: by a
    constant factor). Between whole numbers far enough apart the values are whole. Raises ``KnobError``.
    """
    name, equals, values = text.partition("=")
    if not equals or not name.strip() or not values.strip():
        raise KnobError(text or "--vary", "an axis is written KNOB=VALUES, such as load=0.5x..3x or retries=0,1,3")
    return axis_of(name.strip(), values.strip(), case)


def axis_of(name: str, values: str | Sequence[Scalar], case: Case) -> Axis:
    """The axis of a knob with values written as one text, or given one by one; each is tried on the document.

    Raises ``KnobError`` for a knob that is not there, a value it cannot have, and more than ``MOST_VALUES`` values.
    """
    if isinstance(values, str):
        span = _RANGE.fullmatch(values)
        found = _spread(name, span) if span else [_scalar(name, v.strip()) for v in values.split(",")]
    else:
        found = list(values)
    if not 0 < len(found) <= MOST_VALUES:
        raise KnobError(name, f"an axis has between 1 and {MOST_VALUES:,} values, not {len(found):,}")
    axis = Axis(name, tuple(dict.fromkeys(_valid(name, value) for value in found)))
    _try(axis, case)
    return axis


def knobs_of(case: Case) -> list[Knob]:
    """Everything of a system that can be varied, the two that concern all of it first."""
    calls = retry_paths(case.data)
    about = f"retries after the first attempt, of the {len(calls)} calls that have a retry: {', '.join(calls)}"
    knobs = [Knob(LOAD, "1x", "times the peak of every flow")]
    knobs += [Knob(RETRIES, "as written", about)] if calls else []
    for part in ("components", "flows"):
        knobs += [_knob(case, path, value) for path, value in _numbers(case.data.get(part), part)]
    return knobs


def _knob(case: Case, path: str, written: Any) -> Knob:
    value = case.system.value(path)
    if value is not None:
        return Knob(path, format_quantity(value.quantity), value.origin)
    spread = case.system.dist(path)
    return Knob(path, str(written), spread.origin if spread is not None else "design")


def _numbers(data: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Paths of the numbers below a part of a document, as written."""
    if isinstance(data, Mapping):
        if any(key in data for key in ORIGIN_KEYS):
            yield path, next(str(data[key]) for key in ORIGIN_KEYS if key in data)
            return
        for key, value in data.items():
            if key not in _WORDS:
                yield from _numbers(value, f"{path}.{key}")
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _numbers(value, f"{path}.{index}")
    elif isinstance(data, int | float | str) and not isinstance(data, bool) and _is_quantity(data):
        yield path, data


def _is_quantity(value: Scalar) -> bool:
    try:
        parse(value)
    except QuantityError:
        return False
    return True


def _number(value: Scalar) -> float:
    return float(value) if isinstance(value, int | float) else parse(value).mid


def _scalar(name: str, text: str) -> Scalar:
    """A value as YAML reads it; ``load`` may end in ``x``."""
    read = parse_yaml(f"value: {text}")
    data = read.data["value"] if not read.findings and isinstance(read.data, dict) else None
    if isinstance(data, bool) or not isinstance(data, int | float | str):
        raise KnobError(name, f"{text!r} is no value: write numbers or quantities with commas between them")
    return data


def _valid(name: str, value: Scalar) -> Scalar:
    if name == LOAD:
        return _factor(value)
    if name == RETRIES:
        if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value) or not 0 <= value < 20:
            raise KnobError(name, f"{value!r} is no number of retries: write whole numbers from 0 to 19")
        return int(value)
    return value


def _factor(value: Scalar) -> float:
    try:
        factor = _number(value)
    except QuantityError:
        raise KnobError(LOAD, f"{value!r} is no factor: write 0.5x or 150 %") from None
    if not 0 < factor <= MOST_LOAD:
        raise KnobError(LOAD, f"a load of {value} cannot be run: factors are above 0, and {MOST_LOAD:,.0f} at most")
    return factor


def _spread(name: str, span: re.Match[str]) -> list[Scalar]:
    """The values of a range."""
    steps = int(span["steps"] or STEPS)
    if not 2 <= steps <= MOST_VALUES:
        raise KnobError(name, f"a range has between 2 and {MOST_VALUES:,} values, not {steps:,}")
    low, high = (_end(name, span[end]) for end in ("low", "high"))
    if low.dimension != high.dimension or not low.mid < high.mid:
        raise KnobError(name, f"{span[0]} does not go up from one end to the other")
    if span["log"] and low.mid <= 0:
        raise KnobError(name, "a range by a constant factor cannot begin at 0")
    ways = [k / (steps - 1) for k in range(steps)]
    if span["log"]:
        mids = [low.mid * (high.mid / low.mid) ** way for way in ways]
    else:
        mids = [low.mid + (high.mid - low.mid) * way for way in ways]
    if low.dimension.name != "count" or low.unit or name == LOAD:
        return [_written(mid, low) if name != LOAD else round(mid, 9) for mid in mids]
    whole = low.mid == int(low.mid) and high.mid == int(high.mid) and high.mid - low.mid >= steps - 1
    return [round(mid) if whole else float(f"{mid:.6g}") for mid in mids]


def _end(name: str, text: str) -> Quantity:
    try:
        return parse(text)
    except QuantityError as error:
        raise KnobError(name, f"{text!r} is no end of a range: {error}") from None


def _written(mid: float, like: Quantity) -> str:
    """A quantity in the unit of the range's lower end, to six digits."""
    return format_quantity(Quantity(mid, mid, mid, like.dimension, like.unit), 6).replace(",", "")


def _try(axis: Axis, case: Case) -> None:
    """Each value is set in the document: what it cannot have is said now, not after an hour."""
    name = axis.name
    if name == RETRIES and not retry_paths(case.data):
        raise KnobError(name, f"no call of {case.system.slug} is tried again: give one a retry in its document")
    if name == LOAD:
        return
    if name != RETRIES and not name.startswith(("components.", "flows.")):
        raise KnobError(name, f"{case.system.slug} has no such knob", [k.name for k in knobs_of(case)])
    for value in axis.values:
        try:
            case.overlaid(changes_of(case.data, {name: value}))
        except OverlayError as error:
            known = [k.name for k in knobs_of(case)]
            reason = str(error).removeprefix(f"{name}: ")
            said = reason if name in known or value == REMOVED else f"{case.system.slug} has no such knob ({reason})"
            raise KnobError(f"{name}={value}", said, [] if name in known else known) from None
