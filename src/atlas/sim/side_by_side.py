"""Records of arrays joined side by side, so that one call of numpy serves many plans; and parted again.

A record says in its annotations what each of its arrays is by: ``Annotated[Floats, Of("nodes")]`` has one entry for
each node, and ``Annotated[Ints, Of("calls", to="nodes")]`` holds for each call the index of a node (negative: none).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

from atlas.sim.plan import Floats, Ints

T = TypeVar("T")

Spans = Mapping[str, slice]
"""Where the nodes (groups, stations, …) of one plan lie among those of all."""


@dataclass(frozen=True, slots=True)
class Of:
    """What an array has one entry for, along ``axis``; what its values are indices of; whether steps change it.

    Arrays with more rows than one have the entries along axis 1; where plans have fewer rows, noughts follow.
    """

    each: str
    to: str = ""
    axis: int = 0
    is_state: bool = False


Flags = NDArray[np.bool_]
ByNode = Annotated[Floats, Of("nodes")]
NodeRows = Annotated[Floats, Of("nodes", axis=1)]
NodeRowsState = Annotated[Floats, Of("nodes", axis=1, is_state=True)]
NodeFlags = Annotated[Flags, Of("nodes")]
NodeState = Annotated[Floats, Of("nodes", is_state=True)]
ByStation = Annotated[Floats, Of("stations")]
StationState = Annotated[Floats, Of("stations", is_state=True)]
ByGroup = Annotated[Floats, Of("groups")]
GroupState = Annotated[Floats, Of("groups", is_state=True)]


def spans_of(sizes: Sequence[Mapping[str, int]]) -> list[Spans]:
    """Where each plan's part lies, from how many of everything each has."""
    ends = {name: np.cumsum([s[name] for s in sizes]).tolist() for name in sizes[0]}
    return [{name: slice(ends[name][n] - size[name], ends[name][n]) for name in size} for n, size in enumerate(sizes)]


def owners(spans: Sequence[Spans], each: str) -> Ints:
    """For each node (group, station, …) of all plans the number of its plan."""
    counts = [s[each].stop - s[each].start for s in spans]
    return np.repeat(np.arange(len(spans), dtype=np.int64), counts)


def joined(records: Sequence[T], spans: Sequence[Spans]) -> T:
    """One record of all: arrays one behind the other, flags that any of them has, the largest of the numbers."""
    if len(records) == 1:
        return records[0]
    form: Any = type(records[0])
    made: T = object.__new__(form)
    for name, kind in _hints(form).items():
        values = [getattr(record, name) for record in records]
        if isinstance(kind, Of):
            object.__setattr__(made, name, _behind(values, kind, spans))
        elif kind in (bool, int):
            object.__setattr__(made, name, max(values))
    return made


def give_back(whole: Any, records: Sequence[Any], spans: Sequence[Spans]) -> None:
    """Let the single records have what steps have made of the state of the joined one."""
    if len(records) == 1:
        return
    form: Any = type(whole)
    for name, kind in _hints(form).items():
        if isinstance(kind, Of) and kind.is_state:
            values = getattr(whole, name)
            for record, span in zip(records, spans, strict=True):
                mine = span[kind.each]
                rows = len(getattr(record, name))
                setattr(record, name, (values[:rows, mine] if kind.axis else values[mine]).copy())


def _behind(values: Sequence[Any], kind: Of, spans: Sequence[Spans]) -> Any:
    if kind.to:
        indices = np.concatenate(values)
        first = np.repeat([span[kind.to].start for span in spans], [len(v) for v in values])
        return np.where(indices >= 0, indices + first, indices)
    if not kind.axis or values[0].ndim > 2:
        return np.concatenate(values, axis=kind.axis)
    ends = np.cumsum([v.shape[1] for v in values])
    whole = np.zeros((max(len(v) for v in values), ends[-1]), values[0].dtype)
    for v, end in zip(values, ends.tolist(), strict=True):
        whole[: len(v), end - v.shape[1] : end] = v
    return whole


@lru_cache(maxsize=64)
def _hints(form: type) -> dict[str, Any]:
    """The fields to be joined, with what they are by (or ``bool``, or ``int``)."""
    found = {}
    for name, hint in get_type_hints(form, include_extras=True).items():
        if get_origin(hint) is Annotated:
            found[name] = next(of for of in get_args(hint) if isinstance(of, Of))
        elif hint in (bool, int):
            found[name] = hint
    return found
