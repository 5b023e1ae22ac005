"""The compiled kernel, called through ctypes: arranges a plan's arrays as the words that ``kernel.c`` reads."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from atlas.sim.build_kernel import BUILT, BuildError, build_native, library_path, source_hash
from atlas.sim.feed_forward import is_feed_forward
from atlas.sim.plan import NONE, BreakerPer, Ints, Plan, PlanError, Routing
from atlas.sim.quantile_table import quantile_table
from atlas.sim.record import Record
from atlas.sim.reference import calling_stations, needs_identity

WORDS: Final = (
    *("arena", "arena_bytes", "arena_needed", "frames"),
    *("seed_a", "seed_b", "for_s", "warmup_s", "bin_s", "bins", "by_site", "has_keys", "is_feed_forward"),
    *("exponential", "now", "by_recursion"),
    *("stations", "sites", "sources", "flows", "caches", "changes"),
    *("profile_steps", "profiles", "profile_step_s"),
    *("queue_start", "bucket_start", "partition_start", "breaker_start", "flight_start"),
    *("instances", "slots", "routing", "holds", "queue_max", "overflow", "background", "error"),
    *("limit_rate", "limit_burst", "partition_count", "hottest", "partition_rate"),
    *("shed_start", "shed_over", "shed_priority"),
    *("station", "table", "flow", "units", "chance", "cache", "coalesce", "network_s"),
    *("timeout_s", "timeout_level", "timeout_factor", "attempts", "backoff_s", "jitter", "retry_budget"),
    *("hedge_s", "hedge_level", "hedge_budget", "breaker", "breaker_open_s", "breaker_per"),
    *("fallback", "divert", "key", "stage_start"),
    *("call_start", "calls", "quorum", "choose"),
    *("quantiles", "cache_hit", "cache_fill_s", "cache_lookups", "cache_constant"),
    *("flow_root", "flow_priority"),
    *("source_flow", "source_rate", "source_users", "source_think", "source_hot", "source_profile"),
    *("change_at", "change_kind", "change_index", "change_value"),
    *("flow_latency", "station_latency", "site_latency", "flow_series", "station_area", "station_series"),
    *("cache_series", "counts"),
)
"""Names of the words, in the order of ``enum word`` in kernel.c (a test compares them)."""

DONE, MORE, ARENA_TOO_SMALL, OUT_OF_FRAMES, TOO_MANY_EVENTS = 0, 1, -1, -2, -3
FIRST_FRAMES: Final = 1 << 20
MOST_FRAMES: Final = 1 << 25
"""Outstanding calls at most (2 GB); memory is taken from the system only as it is used."""
EVENTS_AT_ONCE: Final = 4_000_000

Values = dict[str, int | float | NDArray[Any]]
Progress = Callable[[float], bool]
"""Told the simulated seconds reached; returns whether to go on."""


class Interrupted(Exception):  # noqa: N818 (not an error: what was asked for)
    """The run was told not to go on."""


class Kernel:
    """A loaded library. ``run`` is safe in several threads at once: all state is in the call's own arena."""

    def __init__(self, path: Path) -> None:
        library = ctypes.CDLL(str(path))
        self.start = library.atlas_start
        self.go_on = library.atlas_run
        self.start.restype = self.go_on.restype = library.atlas_source_hash.restype = ctypes.c_int64
        self.start.argtypes = [ctypes.c_void_p]
        self.go_on.argtypes = [ctypes.c_void_p, ctypes.c_int64]
        self.source_hash: int = library.atlas_source_hash()

    def run(
        self,
        plan: Plan,
        record: Record,
        seed: tuple[int, int],
        for_s: float,
        warmup_s: float,
        progress: Progress | None = None,
    ) -> None:
        """Fill the record. PlanError where more calls pile up than memory holds; Interrupted if told to stop."""
        frames = FIRST_FRAMES
        while (status := self.attempt(plan, record, seed, (for_s, warmup_s), frames, progress)) == OUT_OF_FRAMES:
            frames *= 8
            if frames > MOST_FRAMES:
                reason = (
                    f"more than {MOST_FRAMES:,} calls are outstanding at once: the plan is unstable, or to be sliced"
                )
                raise PlanError("sites", reason)
            _clear(record)
        if status != DONE:
            raise PlanError("for_s", "more than 2³³ events: shorten the run, or slice the plan")

    def attempt(
        self,
        plan: Plan,
        record: Record,
        seed: tuple[int, int],
        times_s: tuple[float, float],
        frames: int,
        progress: Progress | None = None,
    ) -> int:
        """One run with room for so many frames, of (duration, warm-up) in seconds: DONE, or why not."""
        words, kept = prepare(plan, record, seed, times_s[0], times_s[1])
        words[WORDS.index("frames")] = frames
        address = words.ctypes.data
        self.start(address)
        needed = int(words[WORDS.index("arena_needed")])
        arena = np.empty(needed, dtype=np.uint8)
        words[WORDS.index("arena")], words[WORDS.index("arena_bytes")] = arena.ctypes.data, needed
        status = int(self.start(address))
        while status == MORE:
            status = int(self.go_on(address, EVENTS_AT_ONCE))
            if progress is not None and not progress(float(words.view(np.float64)[WORDS.index("now")])):
                raise Interrupted
        del kept
        return status


def prepare(
    plan: Plan, record: Record, seed: tuple[int, int], for_s: float, warmup_s: float
) -> tuple[Ints, list[NDArray[Any]]]:
    """The words of a run without its arena, and the arrays that they point to (to be kept while it runs)."""
    values = run_values(plan, seed, for_s, warmup_s) | record_values(record)
    words = np.zeros(len(WORDS), dtype=np.int64)
    kept: list[NDArray[Any]] = []
    for index, name in enumerate(WORDS):
        value = values.get(name, 0)
        if isinstance(value, np.ndarray):
            array = np.ascontiguousarray(value)
            kept.append(array)
            words[index] = array.ctypes.data
        elif isinstance(value, float):
            words.view(np.float64)[index] = value
        else:
            words.view(np.uint64)[index] = value
    return words, kept


def run_values(plan: Plan, seed: tuple[int, int], for_s: float, warmup_s: float) -> Values:
    """The numbers and arrays a run reads, by the names of WORDS (for ctypes here, for a page as JSON elsewhere)."""
    values: Values = {}
    for part in (plan.stations, plan.sites, plan.stages):
        values |= {name: getattr(part, name) for name in part.__slots__ if name in WORDS}
    caches, flows, sources, timeline = plan.caches, plan.flows, plan.sources, plan.timeline
    values |= {"quantiles": plan.tables.quantiles, "profiles": plan.profiles, "profile_step_s": plan.profile_step_s}
    values |= {"cache_hit": caches.hit, "cache_fill_s": caches.fill_s, "cache_lookups": caches.lookups_per_s}
    values |= {"cache_constant": caches.constant_work, "flow_root": flows.root, "flow_priority": flows.priority}
    values |= {"source_flow": sources.flow, "source_rate": sources.rate_per_s, "source_users": sources.users}
    values |= {"source_think": sources.think, "source_hot": sources.hot, "source_profile": sources.profile}
    values |= {"change_at": timeline.at_s, "change_kind": timeline.kind, "change_index": timeline.index}
    values |= {"change_value": timeline.value, "partition_count": plan.stations.partitions}
    values |= {"stations": len(plan.stations), "sites": len(plan.sites), "sources": len(sources)}
    values |= {"flows": len(flows), "caches": len(caches), "changes": len(timeline)}
    values |= {"profile_steps": plan.profiles.shape[1] if len(plan.profiles) else 0}
    values |= {"has_keys": int(needs_identity(plan)), "exponential": quantile_table("exponential", 1.0, 1.0)}
    values |= {"is_feed_forward": int(is_feed_forward(plan))}
    values |= {"seed_a": seed[0], "seed_b": seed[1], "for_s": float(for_s), "warmup_s": float(warmup_s)}
    return values | _starts(plan)


def record_values(record: Record) -> Values:
    """The arrays that a run writes."""
    names = ("flow_latency", "station_latency", "site_latency", "flow_series", "station_area", "station_series")
    values: Values = {name: getattr(record, name) for name in (*names, "cache_series", "counts")}
    return values | {"bin_s": float(record.bin_s), "bins": record.bins, "by_site": int(len(record.site_latency) > 0)}


def _starts(plan: Plan) -> Values:
    """Where each station's queues and buckets, each site's breakers and shared calls begin."""
    stations, sites = plan.stations, plan.sites
    queues = np.where(stations.routing == Routing.POOLED, 1, stations.instances)
    of_site = np.append(queues, 1)[sites.station]
    callers = np.append(queues, 1)[np.array(calling_stations(plan), dtype=np.int64)]
    breakers = np.where(sites.breaker_per == BreakerPer.INSTANCE, of_site, 1)
    return {
        "queue_start": _running(queues),
        "bucket_start": _running(np.where(stations.limit_rate > 0, stations.limit_buckets, 0)),
        "partition_start": _running(np.where(stations.partition_rate > 0, stations.partitions, 0)),
        "breaker_start": _running(np.where((sites.breaker > 0) & (sites.station != NONE), breakers, 0)),
        "flight_start": _running(np.where(sites.coalesce == 1, callers, 0)),
    }


def _running(counts: NDArray[Any]) -> Ints:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _clear(record: Record) -> None:
    for name in record.__slots__:
        value = getattr(record, name)
        if isinstance(value, np.ndarray):
            value[...] = 0


_lock = threading.Lock()
_loaded: list[Kernel | None] = []


def load_kernel() -> Kernel | None:
    """The kernel of this source, built if need be; None where it cannot be built (the twin runs instead)."""
    with _lock:
        if not _loaded:
            _loaded.append(_find_or_build())
        return _loaded[0]


def _find_or_build() -> Kernel | None:
    for path in (library_path(BUILT), library_path()):
        if path.exists():
            kernel = Kernel(path)
            if kernel.source_hash == source_hash():
                return kernel
    try:
        return Kernel(build_native())
    except (BuildError, OSError):
        return None
