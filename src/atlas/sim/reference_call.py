"""The twin's calls: sending them on their way, and what they call in turn: stages, choices, caches, hand-off."""

from __future__ import annotations

from atlas.sim.plan import NONE, BreakerPer, Overflow, Plan, Routing
from atlas.sim.record import Count
from atlas.sim.reference_queue import arrive, is_let_in, refuse, release
from atlas.sim.reference_state import (
    BUDGET_MOST,
    NOBODY,
    Breaker,
    Event,
    Frame,
    SiteState,
    State,
    Timer,
    Work,
    World,
    cell_of,
)


def make_site(plan: Plan, site: int, caller: int) -> SiteState:
    """The state of a call site at the start; ``caller`` is the station it is called from."""
    sites, state = plan.sites, SiteState()
    if sites.timeout_level[site] > 0:
        state.timeout_estimate = float(sites.timeout_s[site]) / float(sites.timeout_factor[site])
    state.hedge_estimate = float(sites.hedge_s[site])
    if sites.breaker[site] > 0:
        apart = _queues(plan, int(sites.station[site])) if sites.breaker_per[site] == BreakerPer.INSTANCE else 1
        state.breakers = [Breaker() for _ in range(apart)]
    if sites.coalesce[site]:
        callers = _queues(plan, caller)
        state.leaders = [None] * callers
        state.joined = [[] for _ in range(callers)]
    return state


def _queues(plan: Plan, station: int) -> int:
    if station == NONE or plan.stations.routing[station] == Routing.POOLED:
        return 1
    return int(plan.stations.instances[station])


def send(world: World, site: int, parent: Frame | None, identity: int, attempt: int, root: int = NOBODY) -> Frame:
    """Send one attempt of a call for a parent frame (or a root, or nobody)."""
    frame = Frame(site, parent, parent.stage if parent else 0, identity, attempt, world.now, root)
    world.occupy()
    world.counts[Count.CALLS] += 1
    return frame


def dispatch(world: World, frame: Frame, *, is_copy: bool = False) -> None:
    """Let a sent call go its way: deposits, timers, admission, network, a shared call, arrival."""
    site = frame.site
    sites, state = world.plan.sites, world.sites[site]
    if frame.attempt == 0 and not is_copy:
        state.retry_tokens = min(BUDGET_MOST, state.retry_tokens + sites.retry_budget[site])
        state.hedge_tokens = min(BUDGET_MOST, state.hedge_tokens + sites.hedge_budget[site])
    if sites.station[site] == NONE:
        _arm_timeout(world, frame)
        world.do(frame, Work.ADVANCE)
        return
    if not is_let_in(world, frame):
        return
    _arm_timeout(world, frame)
    if sites.hedge_s[site] > 0 and not is_copy:
        world.occupy()
        world.schedule(world.now + state.hedge_estimate, Event.HEDGE, Timer(frame))
    if state.cut:
        _lose(world, frame)
    elif sites.coalesce[site] and frame.identity == 0 and _joins(world, frame):
        world.counts[Count.COALESCED] += 1
    elif sites.network_s[site] > 0:
        frame.state = State.TRAVELLING
        world.schedule(world.now + sites.network_s[site], Event.ARRIVE, frame)
    else:
        arrive(world, frame)


def _arm_timeout(world: World, frame: Frame) -> None:
    sites, state = world.plan.sites, world.sites[frame.site]
    if sites.timeout_s[frame.site] == 0:
        return
    if sites.timeout_level[frame.site] > 0:
        world.occupy()
        after = state.timeout_estimate * sites.timeout_factor[frame.site]
        world.schedule(world.now + after, Event.DEADLINE, Timer(frame))
        return
    state.waiting[frame] = None
    if not state.armed:
        state.armed = True
        world.schedule(world.now + sites.timeout_s[frame.site], Event.EXPIRE, frame.site)


def _lose(world: World, frame: Frame) -> None:
    """A call on a cut link waits for its timeout; without one it fails."""
    if world.plan.sites.timeout_s[frame.site] > 0:
        world.counts[Count.CUT] += 1
        frame.state = State.LOST
    else:
        refuse(world, frame, Count.CUT)


def _joins(world: World, frame: Frame) -> bool:
    """Join the equal call in flight from the caller's instance, or lead one."""
    state, parent = world.sites[frame.site], frame.parent
    flight = parent.queue if parent is not None and len(state.leaders) > 1 else 0
    if state.leaders[flight] is None:
        state.leaders[flight] = frame
        frame.flight = flight
        return False
    frame.state = State.JOINED
    state.joined[flight].append(frame)
    return True


def serve(world: World, frame: Frame) -> None:
    """A service ends: keep or free the slots, perhaps fail, else go on to the stages."""
    plan, site = world.plan, frame.site
    k = int(plan.sites.station[site])
    state = world.stations[k]
    state.served += 1
    frame.state = State.RUNNING
    if frame.start >= world.warmup_s:
        world.record.station_latency[k, cell_of(world.now - frame.start - plan.sites.network_s[site])] += 1
    first, last = plan.sites.stage_start[site : site + 2]
    if plan.stations.holds[k] and last > first:
        world.counts[Count.HELD] += 1
        frame.holding = True
    else:
        release(world, frame)
    if state.error > 0 and world.random.unit() <= state.error:
        world.counts[Count.ERRORS] += 1
        world.do(frame, Work.FAIL)
    elif _is_orphan(frame) and plan.stations.overflow[k] == Overflow.DROP_STALE:
        world.counts[Count.STALE] += 1
        world.do(frame, Work.FAIL)
    else:
        world.do(frame, Work.ADVANCE)


def _is_orphan(frame: Frame) -> bool:
    return frame.parent is None and frame.root == NOBODY


def advance(world: World, frame: Frame) -> None:
    """Issue the calls of the next stage that has any, or succeed."""
    first, last = world.plan.sites.stage_start[frame.site : frame.site + 2].tolist()
    issued: list[int] = []
    while frame.stage < last - first:
        q = first + frame.stage
        issued = _issue(world, frame, q)
        if issued:
            break
        frame.stage += 1
    if not issued:
        world.do(frame, Work.SUCCEED)
        return
    quorum = int(world.plan.stages.quorum[q])
    frame.pending, frame.succeeded = len(issued), 0
    frame.needed = min(quorum, len(issued)) if quorum else len(issued)
    for site in issued:
        _call(world, frame, site)


def _call(world: World, parent: Frame, site: int, attempt: int = 0) -> Frame:
    frame = send(world, site, parent, parent.identity, attempt)
    dispatch(world, frame)
    return frame


def _issue(world: World, frame: Frame, q: int) -> list[int]:
    """The calls of a stage that happen and are waited for; those that are not waited for are sent here."""
    stages, sites = world.plan.stages, world.plan.sites
    calls = stages.calls[stages.call_start[q] : stages.call_start[q + 1]].tolist()
    if stages.choose[q]:
        world.counts[Count.CHOSEN] += 1
        calls = [_choose(world, calls)]
    issued = []
    for call in calls:
        if not stages.choose[q] and sites.chance[call] < 1 and world.chance_random[call].unit() > sites.chance[call]:
            continue
        if sites.cache[call] != NONE and _hits(world, frame, call):
            continue
        if sites.flow[call] != sites.flow[frame.site]:
            hand_over(world, frame, call)
        else:
            issued.append(call)
    return issued


def _choose(world: World, calls: list[int]) -> int:
    left = world.random.unit()
    for call in calls[:-1]:
        left -= world.plan.sites.chance[call]
        if left <= 0:
            return call
    return calls[-1]


def _hits(world: World, frame: Frame, call: int) -> bool:
    """Whether the cache answers; with constant work its store is called all the same, and not waited for."""
    caches, cache = world.plan.caches, int(world.plan.sites.cache[call])
    if world.random.unit() > caches.hit[cache] * world.warm[cache]:
        world.counts[Count.CACHE_MISSES] += 1
        return False
    world.counts[Count.CACHE_HITS] += 1
    if caches.constant_work[cache]:
        dispatch(world, send(world, call, None, frame.identity, 0), is_copy=True)
    return True


def hand_over(world: World, frame: Frame, site: int) -> None:
    """Start work of a flow of its own, that the caller does not wait for."""
    world.counts[Count.DETACHED] += 1
    start_root(world, site, frame.identity, len(world.plan.sources))


def start_root(world: World, site: int, identity: int, source: int) -> None:
    """Start a request: a root frame, counted as arrived in its flow."""
    world.record.flow_series[world.bin, world.plan.sites.flow[site], 0] += 1
    frame = send(world, site, None, identity, 0, source)
    dispatch(world, frame)


def divert(world: World, frame: Frame) -> None:
    """Let another call stand for this one: its only child from now on."""
    first, last = world.plan.sites.stage_start[frame.site : frame.site + 2].tolist()
    frame.state = State.RUNNING
    frame.stage = last - first
    frame.pending, frame.succeeded, frame.needed = 1, 0, 1
    _call(world, frame, int(world.plan.sites.divert[frame.site]))
