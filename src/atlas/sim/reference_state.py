"""State of the readable twin: random numbers, frames, queues, sites, and the calendar.

The twin (this module, reference_queue, reference_call, reference) is the specification of ``kernel.c``: the same
algorithm with the same random numbers in the same order, so that both leave the same record to the bit. Frames are
objects here and pool entries there; nothing depends on which.
"""

from __future__ import annotations

import heapq
import struct
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from atlas.sim.feed_forward import is_feed_forward
from atlas.sim.plan import NONE, Plan
from atlas.sim.quantile_table import ONE_BITS, SHIFT
from atlas.sim.record import HISTOGRAM_BITS, HISTOGRAM_CELLS, HISTOGRAM_OFFSET, Count, Record

MASK64: Final = (1 << 64) - 1
_CELL_MASK: Final = (1 << SHIFT) - 1
_CELL_WIDTH: Final = 1.0 / (1 << SHIFT)
_GOLDEN: Final = 0x9E3779B97F4A7C15
BUDGET_START: Final = 10.0
BUDGET_MOST: Final = 100.0
BREAKER_MEMORY: Final = 0.99
BREAKER_LEAST: Final = 20.0
LEARNING: Final = 0.05
"""Step by which an observed quantile moves with each call."""
LEARNT_RANGE: Final = 64.0
"""How far an observed quantile may move from its first value, up or down."""
ENDED: Final = 30_000
"""The stage of a call whose failure is decided."""
FOREVER: Final = 1e300
NOBODY: Final = -1

_pack, _unpack = struct.Struct("<d").pack, struct.Struct("<q").unpack


def bits_of(x: float) -> int:
    """The 64 bits of a float, as an integer."""
    bits: int = _unpack(_pack(x))[0]
    return bits


def cell_of(x: float) -> int:
    """Histogram cell of a time."""
    cell = (bits_of(x) >> (52 - HISTOGRAM_BITS)) - HISTOGRAM_OFFSET
    return 0 if cell < 0 else min(cell, HISTOGRAM_CELLS - 1)


class Random:
    """The generator xoroshiro128+ (Blackman and Vigna, 2018)."""

    def __init__(self, first: int, second: int) -> None:
        self._a, self._b = first, second

    def stream(self, n: int) -> Random:
        """The generator of stream n of a run, of which this is the generator."""
        step = (n + 1) * _GOLDEN
        return Random(_mixed((self._a + step) & MASK64), _mixed((self._b + step) & MASK64) | 1)

    def bits(self) -> int:
        """64 random bits."""
        a, b = self._a, self._b
        result = (a + b) & MASK64
        b ^= a
        self._a = (((a << 24) | (a >> 40)) & MASK64) ^ b ^ ((b << 16) & MASK64)
        self._b = ((b << 37) | (b >> 27)) & MASK64
        return result

    def unit(self) -> float:
        """Uniform above 0 and up to 1."""
        return ((self.bits() >> 11) + 1.0) * (1.0 / 9007199254740992.0)

    def draw(self, table: list[float]) -> float:
        """A value of the distribution with this quantile table."""
        distance = ONE_BITS - bits_of(self.unit())
        cell = distance >> SHIFT
        low = table[cell]
        return low + (table[cell + 1] - low) * ((distance & _CELL_MASK) * _CELL_WIDTH)


def key_unit(identity: int, key: int) -> float:
    """Where one of a request's keys lies between 0 and 1: the same for all its calls, 0 for the hot key."""
    if identity == 0:
        return 0.0
    return (_mixed((identity + (key + 1) * _GOLDEN) & MASK64) >> 11) * (1.0 / 9007199254740992.0)


def _mixed(z: int) -> int:
    """The mixing step of splitmix64 (Steele, Lea and Flood, 2014)."""
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK64
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK64
    return z ^ (z >> 31)


class State(IntEnum):
    """Where a frame is."""

    RUNNING = 0
    """Its stages run, or it has just been made."""
    TRAVELLING = 1
    QUEUED = 2
    IN_SERVICE = 3
    LOST = 4
    """On a cut link: only its timeout ends it."""
    JOINED = 5
    """Waits for the answer to an equal call."""


class Event(IntEnum):
    """Kinds of entries of the calendar."""

    SERVED = 0
    RETRY = 1
    EXPIRE = 2
    ARRIVE = 3
    THINK = 4
    DEADLINE = 5
    HEDGE = 6


class Work(IntEnum):
    """Kinds of entries of the stack of things to do now."""

    FAIL = 0
    SUCCEED = 1
    ADVANCE = 2
    DIVERT = 3


@dataclass(slots=True, eq=False)
class Frame:
    """One attempt of a call."""

    site: int
    parent: Frame | None
    parent_stage: int
    identity: int
    attempt: int
    start: float
    root: int = NOBODY
    """The source that waits for it (root frames), else NOBODY; a root of detached work has the number of sources."""
    state: State = State.RUNNING
    alive: bool = True
    stage: int = 0
    pending: int = 0
    succeeded: int = 0
    needed: int = 0
    queue: int = 0
    degraded: bool = False
    holding: bool = False
    refused_by_breaker: bool = False
    is_copy: bool = False
    flight: int = NONE
    """The shared call it leads."""
    twin: Frame | None = None

    def is_awaited(self) -> bool:
        """Whether somebody still waits for this call's answer."""
        parent = self.parent
        return self.root != NOBODY or (parent is not None and parent.alive and parent.stage == self.parent_stage)


@dataclass(slots=True)
class Timer:
    """A deadline or hedge of a frame, in the calendar."""

    frame: Frame


@dataclass(slots=True)
class Retry:
    """A retry that waits out its backoff."""

    site: int
    parent: Frame
    parent_stage: int
    attempt: int


@dataclass(slots=True)
class Queue:
    """One queue with its slots (of an instance, or of a pooled station)."""

    slots: int
    busy: int = 0
    waiting: list[Frame] = field(default_factory=list)
    """Head first (a list: queues of the twin are short)."""


@dataclass(slots=True)
class StationState:
    """What changes about a station."""

    queues: list[Queue]
    alive: int
    """Instances that are there (pooled: 1 or 0)."""
    slots: int
    """Of all queues, for utilisation."""
    stretch: float = 1.0
    slow: float = 1.0
    error: float = 0.0
    busy: int = 0
    queued: int = 0
    busy_area: float = 0.0
    queued_area: float = 0.0
    counted_to: float = 0.0
    served: int = 0
    refused: int = 0
    load: float = 0.0
    load_at: float = 0.0
    bucket_tokens: list[float] = field(default_factory=list)
    bucket_at: list[float] = field(default_factory=list)
    partition_tokens: list[float] = field(default_factory=list)
    partition_at: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Breaker:
    """Decaying counts of answers and failures."""

    answers: float = 0.0
    failures: float = 0.0
    open_until: float = 0.0


@dataclass(slots=True)
class SiteState:
    """What changes about a call site."""

    retry_tokens: float = BUDGET_START
    hedge_tokens: float = BUDGET_START
    timeout_estimate: float = 0.0
    hedge_estimate: float = 0.0
    cut: bool = False
    waiting: dict[Frame, None] = field(default_factory=dict)
    """Frames with the fixed timeout, oldest first."""
    armed: bool = False
    breakers: list[Breaker] = field(default_factory=list)
    leaders: list[Frame | None] = field(default_factory=list)
    joined: list[list[Frame]] = field(default_factory=list)


Entry = tuple[float, int, Event, Frame | Retry | Timer | int]


class World:
    """Everything a run of the twin knows."""

    def __init__(self, plan: Plan, record: Record, seed: tuple[int, int], warmup_s: float) -> None:
        self.plan, self.record, self.warmup_s = plan, record, warmup_s
        self.random = Random(*seed)
        count = len(plan.stations) + len(plan.sites)
        streams = [self.random.stream(n) for n in range(count)] if is_feed_forward(plan) else [self.random] * count
        self.service_random = streams[: len(plan.stations)]
        """By station: service times come from here."""
        self.chance_random = streams[len(plan.stations) :]
        """By site: whether it is called."""
        self.now = 0.0
        self.bin = 0
        self.calendar: list[Entry] = []
        self.work: list[tuple[Frame, Work]] = []
        self.stations: list[StationState] = []
        self.sites: list[SiteState] = []
        self.warm: list[float] = [1.0] * len(plan.caches)
        self.counts = [0] * int(Count.LAST)
        self.tables = [row.tolist() for row in plan.tables.quantiles]
        self._sequence = 0
        self._frames = 0

    def schedule(self, at: float, event: Event, what: Frame | Retry | Timer | int) -> None:
        """Put an entry into the calendar; entries of one instant come out in the order they went in."""
        heapq.heappush(self.calendar, (at, self._sequence, event, what))
        self._sequence += 1

    def do(self, frame: Frame, work: Work) -> None:
        """Put something to do now on the stack."""
        self.work.append((frame, work))

    def occupy(self) -> None:
        """Count one more outstanding frame (or retry, or timer)."""
        self._frames += 1
        self.counts[Count.FRAMES] = max(self.counts[Count.FRAMES], self._frames)

    def free(self, frame: Frame | None = None) -> None:
        """Count one less; a frame is no longer alive."""
        self._frames -= 1
        if frame is not None:
            frame.alive = False
