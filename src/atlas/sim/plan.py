"""The Plan: a system as flat arrays, the one input of the three engines.

A plan has *stations* (a component, or one bulkhead of it, in one region: instances × slots behind queues), *sites*
(call sites: one place in a call tree that calls a station), *flows* (what is counted: a request type, or work handed
over asynchronously), *sources* (what makes requests of a flow), *caches*, and a *timeline* of faults. Times are
seconds, rates per second, shares and probabilities 0 to 1. Engines read plans and never change them.

How a request runs, and so what every engine has to reproduce or to refuse:

1. A source makes a request of its flow: a call of the flow's root site.
2. A call waits ``network_s`` (the round trip), passes breaker, limit, shedding and queue of its station, takes
   ``units`` slots for a time drawn from its table, then runs its stages one after the other; all calls of a stage
   run side by side, or one of them where the stage chooses. With ``holds`` the slots stay taken until the stages
   are done. A *virtual* site (station ``NONE``) has no service: it only runs its stages.
3. A stage succeeds when ``quorum`` of its calls did (0: all), and fails, with the call, when that has become
   impossible. Calls no longer waited for run on: work is never cancelled, only unwaited for.
4. A call that failed or timed out is retried, then answered by its fallback (the outcome is then *degraded*), else
   it has failed. A call whose queue is full and diverts is replaced by its ``divert`` site.
5. A request's outcome is good, degraded or failed, counted in its flow with its latency.

Sites form trees: a child has a lower index than its parent, and one parent. ``PlanBuilder`` (atlas.sim.builder)
makes plans in Python and ``validate`` (atlas.sim.validation) says what is wrong with one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from atlas.physics.distribution import Shape

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NONE: Final = -1
"""No station (virtual site), no table, no cache, no fallback, no key, no profile."""
ANSWER: Final = -2
"""The fallback that answers at once with something lesser."""
UNLIMITED: Final = 1 << 30
"""As many slots, or places in a queue, as are asked for."""


class PlanError(ValueError):
    """A plan that no engine can run, or a mechanism that the engine asked does not do.

    ``place`` names the part of the plan ("stations.db.slots"), ``reason`` says what is wrong with it.
    """

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}")
        self.place = place
        self.reason = reason


class Routing(IntEnum):
    """How a call finds one of a station's instances."""

    POOLED = 0
    """All instances share one queue and all slots."""
    RANDOM = 1
    """Any instance, each with its own queue, with equal probability."""
    KEYED = 2
    """The instance that has the partition of the call's key: equal keys meet."""
    SHORTEST = 3
    """The less loaded (busy and waiting) of two drawn at random, as load balancers do."""


class Overflow(IntEnum):
    """What happens to a call that finds the queue full."""

    REJECT = 0
    """It fails at once."""
    DROP_OLDEST = 1
    """It is queued; the call that waited longest fails."""
    DROP_STALE = 2
    """It fails; and calls whose caller has given up are thrown away instead of served."""
    BLOCK = 3
    """It waits for a place, without bound."""
    DIVERT = 4
    """Its site's ``divert`` is called instead; where the site has none it fails."""


class BreakerPer(IntEnum):
    """What a breaker counts apart."""

    CALL = 0
    """One breaker for the call site."""
    INSTANCE = 1
    """One for each instance called (and so, behind keyed routing, for each group of keys)."""


class Change(IntEnum):
    """The kinds of change on the timeline. ``index`` says what changes, ``value`` to what."""

    SLOW = 0
    """Service times of station ``index`` are multiplied by ``value`` (1: as in the plan)."""
    CAPACITY = 1
    """The share ``value`` of the instances of station ``index`` is there; what waited at the lost ones fails."""
    ERROR = 2
    """The share ``value`` of the calls served by station ``index`` fails, besides those that fail anyway."""
    FLUSH = 3
    """The share ``value`` of what cache ``index`` holds is lost."""
    LOAD = 4
    """The rate of source ``index`` is multiplied by ``value`` (1: as in the plan)."""
    RATE = 5
    """The rate of source ``index`` is ``value`` per second, whatever its profile (for hot keys)."""
    CUT = 6
    """Calls of site ``index`` are lost (value 1) or arrive again (0): they time out, or fail where no timeout is."""


@dataclass(frozen=True, slots=True)
class Stations:
    """Groups of equal instances. Arrays have one entry for each station; ``shed_*`` are CSR."""

    name: tuple[str, ...]
    component: tuple[str, ...]
    """The component it belongs to: bulkheads and regions of one component are stations of their own."""
    region: Ints
    """Index into ``Plan.regions``."""
    instances: Ints
    slots: Ints
    """Of one instance; ``UNLIMITED`` for what belongs to somebody else."""
    routing: Ints
    holds: Ints
    """1 where a slot stays taken while children run."""
    queue_max: Ints
    """Places of one queue: of the station where it is pooled, else of one instance."""
    overflow: Ints
    background: Floats
    """Mean number of slots (of the whole station) kept busy by flows that are not in the plan."""
    error: Floats
    """Share of the calls that fail after their service, from the start."""
    limit_rate: Floats
    """Calls per second that one token bucket lets through; 0: no limit."""
    limit_burst: Floats
    limit_buckets: Ints
    """Number of buckets: whom the limit is counted for (1: all together). A call's bucket follows from its key."""
    partitions: Ints
    """Number of partitions keys fall into (KEYED only); partition p lies on instance p mod instances."""
    hottest: Floats
    """Share of the keyed calls that falls on partition 0; the rest spreads evenly over the others."""
    partition_rate: Floats
    """Calls per second that one partition takes (a token bucket of one second's burst); 0: no limit."""
    shed_start: Ints
    """Rules ``shed_start[k]`` to ``shed_start[k + 1]`` are those of station k."""
    shed_over: Floats
    """Above this utilisation (smoothed over SHED_MEMORY_S) ..."""
    shed_priority: Ints
    """... calls of flows of this priority number and above (less important ones) are refused."""

    def __len__(self) -> int:
        return len(self.name)


SHED_MEMORY_S: Final = 0.1
"""Seconds over which the utilisation that shedding looks at is smoothed."""


@dataclass(frozen=True, slots=True)
class Sites:
    """Call sites. Stages of site n are ``stage_start[n]`` to ``stage_start[n + 1]``."""

    name: tuple[str, ...]
    station: Ints
    table: Ints
    """Service time: a row of ``Tables`` (``NONE`` for virtual sites)."""
    flow: Ints
    """The flow whose request this is (for priority and counting); a site whose flow differs from its parent's is
    handed over asynchronously: the caller goes on at once, and the outcome counts in its own flow."""
    units: Ints
    """Slots one call takes (for bandwidth: its pace in the station's unit)."""
    items: Floats
    """Operations that one call stands for in tables (a batch; a large fan-out as one job)."""
    chance: Floats
    """Probability that the call happens; in a choosing stage its share (they sum to 1)."""
    cache: Ints
    """The cache in front: the call happens only on a miss (and with probability ``chance``)."""
    coalesce: Ints
    """1: equal keys (those of hot sources) in flight from one instance of the caller share one call."""
    network_s: Floats
    """Round trip, spent before the call arrives."""
    timeout_s: Floats
    """0: none. With ``timeout_level`` > 0 the value until enough is observed."""
    timeout_level: Floats
    """0: the timeout is fixed; else it is ``timeout_factor`` × this quantile of the observed latency."""
    timeout_factor: Floats
    attempts: Ints
    """In all: 1 is no retry."""
    backoff_s: Floats
    """Before the first retry; doubled each time."""
    jitter: Ints
    """1: the wait is uniform between 0 and twice the backoff (full, same mean); 0: exactly the backoff."""
    retry_budget: Floats
    """Retries allowed as a share of first attempts (saved up to a hundred, ten to begin with); 0: no budget kept."""
    hedge_s: Floats
    """A second copy is sent after this time; 0: none. With ``hedge_level`` > 0 the value until enough is observed."""
    hedge_level: Floats
    """0: ``hedge_s`` is fixed; else the wait is this quantile of the observed latency."""
    hedge_budget: Floats
    """Copies allowed as a share of calls, saved up like retries; 0: no budget kept."""
    breaker: Floats
    """Share of failures (of the last hundred or so, and at least 20) that opens it; 0: no breaker."""
    breaker_open_s: Floats
    breaker_per: Ints
    fallback: Ints
    """Site called when the call has finally failed, or ``NONE``, or ``ANSWER``."""
    divert: Ints
    """Site called instead when the queue is full and its station diverts, or ``NONE``."""
    key: Ints
    """Which of the request's keys routes the call; ``NONE``: a key of the call's own, fresh each time."""
    stage_start: Ints

    def __len__(self) -> int:
        return len(self.name)


@dataclass(frozen=True, slots=True)
class Stages:
    """Calls of stage q are ``calls[call_start[q]:call_start[q + 1]]``; a site listed k times is called k times."""

    call_start: Ints
    calls: Ints
    quorum: Ints
    """How many must succeed; 0: all that happen."""
    choose: Ints
    """1: exactly one of the calls happens, by their ``chance``."""

    def __len__(self) -> int:
        return len(self.quorum)


@dataclass(frozen=True, slots=True)
class Tables:
    """Service and think times: rows of quantiles (see atlas.sim.quantile_table) with what they were made from."""

    quantiles: Floats
    """One row for each distribution, ``CELLS`` values at survival probabilities on a logarithmic grid."""
    mean: Floats
    cv: Floats
    shape: tuple[Shape, ...]

    def __len__(self) -> int:
        return len(self.shape)


@dataclass(frozen=True, slots=True)
class Caches:
    """Hit ratios that are state: the share that is warm is lost by a flush and comes back with successful misses.

    With warm share w the hit ratio is ``hit × w``. Each successful miss raises w by
    ``(1 − w) / ((1 − hit × w) × lookups_per_s × fill_s / 3)``, so that at nominal load, when every miss succeeds,
    95 % of what was lost is back after ``fill_s``.
    """

    name: tuple[str, ...]
    hit: Floats
    """Hit ratio of the warm cache."""
    fill_s: Floats
    """0: it fills at once (a flush is not felt)."""
    lookups_per_s: Floats
    """Nominal lookups per second, from the sources' rates."""
    constant_work: Ints
    """1: the backing store is called on hits too (unwaited for), so that its load does not depend on the hit ratio."""

    def __len__(self) -> int:
        return len(self.name)


@dataclass(frozen=True, slots=True)
class Flows:
    """What is counted apart: request types, and work handed over asynchronously."""

    name: tuple[str, ...]
    request: tuple[str, ...]
    """The request type it belongs to: in each region that serves a type, it is a flow with a call tree of its own."""
    root: Ints
    """Its outermost site."""
    priority: Ints
    """0 is shed last."""
    detached: Ints
    """1: handed over by another flow, has no source."""

    def __len__(self) -> int:
        return len(self.name)


@dataclass(frozen=True, slots=True)
class Sources:
    """What makes requests: Poisson arrivals (``users`` 0), or a closed population that thinks between requests."""

    name: tuple[str, ...]
    flow: Ints
    region: Ints
    rate_per_s: Floats
    """Mean rate at factor 1 (open)."""
    users: Ints
    """Population (closed); 0 for open sources."""
    think: Ints
    """Row of ``Tables`` (closed), else ``NONE``."""
    hot: Ints
    """1: all its requests have the same, hot key: partition 0, bucket 0, and they coalesce."""
    profile: Ints
    """Row of ``Plan.profiles``, ``NONE``: flat."""

    def __len__(self) -> int:
        return len(self.name)


@dataclass(frozen=True, slots=True)
class Timeline:
    """Changes in the order of their times."""

    at_s: Floats
    kind: Ints
    index: Ints
    value: Floats

    def __len__(self) -> int:
        return len(self.at_s)


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything an engine needs to know."""

    stations: Stations
    sites: Sites
    stages: Stages
    tables: Tables
    caches: Caches
    flows: Flows
    sources: Sources
    timeline: Timeline
    regions: tuple[str, ...]
    profiles: Floats
    """Rows of factors, each valid for ``profile_step_s``; after the last the first comes again."""
    profile_step_s: float
    keys: int
    """Number of different keys a request has."""

    def find_station(self, name: str) -> int:
        """Index of the station of that name; PlanError where there is none."""
        return _find("stations", self.stations.name, name)

    def find_flow(self, name: str) -> int:
        """Index of the flow of that name; PlanError where there is none."""
        return _find("flows", self.flows.name, name)

    def find_source(self, name: str) -> int:
        """Index of the source of that name; PlanError where there is none."""
        return _find("sources", self.sources.name, name)

    def calls_of(self, site: int) -> list[tuple[int, list[int]]]:
        """The stages of a site, each with its index and the sites it calls."""
        first, last = self.sites.stage_start[site : site + 2]
        starts = self.stages.call_start
        return [(q, self.stages.calls[starts[q] : starts[q + 1]].tolist()) for q in range(int(first), int(last))]


def _find(kind: str, names: tuple[str, ...], name: str) -> int:
    try:
        return names.index(name)
    except ValueError:
        raise PlanError(f"{kind}.{name}", f"there is none of this name; there are {', '.join(names[:20])}") from None


def arrays_of(part: Any) -> dict[str, NDArray[Any]]:
    """The arrays of one part of a plan, by name (for engines that take them all, and for checks)."""
    return {k: v for k in part.__slots__ if isinstance(v := getattr(part, k), np.ndarray)}
