"""The twin's answers: what a call's end means for who waits for it; timeouts, retries, hedges, breakers, caches."""

from __future__ import annotations

from atlas.sim.plan import ANSWER, NONE, BreakerPer
from atlas.sim.record import Count
from atlas.sim.reference_call import advance, dispatch, divert, send
from atlas.sim.reference_queue import release
from atlas.sim.reference_state import (
    BREAKER_LEAST,
    BREAKER_MEMORY,
    ENDED,
    FOREVER,
    LEARNING,
    LEARNT_RANGE,
    NOBODY,
    Event,
    Frame,
    Retry,
    State,
    Work,
    World,
    cell_of,
)


def drain(world: World) -> None:
    """Do all there is to do now, the last put first."""
    while world.work:
        frame, work = world.work.pop()
        if work == Work.ADVANCE:
            advance(world, frame)
        elif work == Work.DIVERT:
            divert(world, frame)
        else:
            finish(world, frame, succeeded=work == Work.SUCCEED)


def finish(world: World, frame: Frame, *, succeeded: bool) -> None:
    """A call ends: give back what it holds, tell who waits for it."""
    if frame.holding:
        release(world, frame)
    world.sites[frame.site].waiting.pop(frame, None)
    if frame.flight != NONE:
        _land(world, frame, succeeded=succeeded)
    if frame.root != NOBODY:
        _end_request(world, frame, succeeded=succeeded)
    elif _is_settled(world, frame, succeeded=succeeded):
        _settle(world, frame, succeeded=succeeded)
    world.free(frame)


def _land(world: World, frame: Frame, *, succeeded: bool) -> None:
    """The leader of a shared call answers all who joined."""
    state = world.sites[frame.site]
    state.leaders[frame.flight] = None
    joined, state.joined[frame.flight] = state.joined[frame.flight], []
    for other in joined:
        other.degraded = frame.degraded
        world.do(other, Work.SUCCEED if succeeded else Work.FAIL)


def _end_request(world: World, frame: Frame, *, succeeded: bool) -> None:
    flow, now = int(world.plan.sites.flow[frame.site]), world.now
    outcome = 3 if not succeeded else 2 if frame.degraded else 1
    world.record.flow_series[world.bin, flow, outcome] += 1
    if succeeded and frame.start >= world.warmup_s:
        world.record.flow_latency[flow, cell_of(now - frame.start)] += 1
    source = frame.root
    if source < len(world.plan.sources) and world.plan.sources.users[source]:
        think = world.random.draw(world.tables[world.plan.sources.think[source]])
        world.schedule(now + think, Event.THINK, source)


def _is_settled(world: World, frame: Frame, *, succeeded: bool) -> bool:
    """Whether the logical call has its answer with this frame (not so if a hedged copy may still give it)."""
    if not frame.is_awaited():
        return False
    twin, frame.twin = frame.twin, None
    if twin is None:
        return True
    twin.twin = None
    if not succeeded:
        _feed_breaker(world, frame, succeeded=False)
        return False
    twin.parent = None
    world.sites[twin.site].waiting.pop(twin, None)
    if twin.state == State.LOST:
        world.free(twin)
    return True


def _settle(world: World, frame: Frame, *, succeeded: bool) -> None:
    """The answer of an awaited call: learn from it, then retry, fall back, or tell the parent."""
    site, parent = frame.site, frame.parent
    if parent is None:
        return
    sites, state = world.plan.sites, world.sites[site]
    _feed_breaker(world, frame, succeeded=succeeded)
    if succeeded:
        _learn(world, site, world.now - frame.start, is_copy=frame.is_copy)
        if frame.start >= world.warmup_s and len(world.record.site_latency):
            world.record.site_latency[site, cell_of(world.now - frame.start)] += 1
        if sites.cache[site] != NONE and not frame.degraded:
            _fill(world, int(sites.cache[site]))
        _deliver(world, parent, succeeded=True, degraded=frame.degraded)
        return
    if frame.attempt + 1 < sites.attempts[site]:
        if sites.retry_budget[site] == 0 or state.retry_tokens >= 1:
            _retry(world, frame, parent)
            return
        world.counts[Count.BUDGET_REFUSED] += 1
    _fall_back(world, parent, int(sites.fallback[site]))


def _retry(world: World, frame: Frame, parent: Frame) -> None:
    sites, site = world.plan.sites, frame.site
    if sites.retry_budget[site] > 0:
        world.sites[site].retry_tokens -= 1
    world.counts[Count.RETRIES] += 1
    wait = sites.backoff_s[site] * float(1 << frame.attempt)
    if sites.jitter[site]:
        wait *= 2.0 * world.random.unit()
    world.occupy()
    world.schedule(world.now + wait, Event.RETRY, Retry(site, parent, parent.stage, frame.attempt + 1))


def _fall_back(world: World, parent: Frame, fallback: int) -> None:
    if fallback == NONE:
        _deliver(world, parent, succeeded=False, degraded=False)
        return
    world.counts[Count.FALLBACKS] += 1
    if fallback == ANSWER:
        _deliver(world, parent, succeeded=True, degraded=True)
        return
    frame = send(world, fallback, parent, parent.identity, 0)
    frame.degraded = True
    dispatch(world, frame)


def _deliver(world: World, parent: Frame, *, succeeded: bool, degraded: bool) -> None:
    """Tell a parent the outcome of one of its calls."""
    parent.pending -= 1
    if succeeded:
        parent.succeeded += 1
        parent.degraded = parent.degraded or degraded
    if parent.succeeded >= parent.needed:
        if parent.pending:
            world.counts[Count.QUORUM_EARLY] += 1
        parent.stage += 1
        world.do(parent, Work.ADVANCE)
    elif parent.succeeded + parent.pending < parent.needed:
        parent.stage = ENDED
        world.do(parent, Work.FAIL)


def _feed_breaker(world: World, frame: Frame, *, succeeded: bool) -> None:
    """Count an answer, unless the breaker itself gave it: else it would never close."""
    sites, site = world.plan.sites, frame.site
    if sites.breaker[site] == 0 or frame.refused_by_breaker:
        return
    per = frame.queue if sites.breaker_per[site] == BreakerPer.INSTANCE else 0
    breaker = world.sites[site].breakers[per]
    if breaker.open_until > world.now:
        return
    breaker.answers = breaker.answers * BREAKER_MEMORY + 1.0
    breaker.failures = breaker.failures * BREAKER_MEMORY + (0.0 if succeeded else 1.0)
    if breaker.answers > BREAKER_LEAST and breaker.failures > sites.breaker[site] * breaker.answers:
        world.counts[Count.BREAKER_OPENED] += 1
        breaker.open_until = world.now + sites.breaker_open_s[site]
        breaker.answers = breaker.failures = 0.0


def _learn(world: World, site: int, latency: float, *, is_copy: bool) -> None:
    """Move the observed quantiles that timeout and hedge follow.

    A copy that answers first says that the original took longer than the hedge waited: how long is not known.
    """
    sites, state = world.plan.sites, world.sites[site]
    if sites.timeout_level[site] > 0:
        first = sites.timeout_s[site] / sites.timeout_factor[site]
        state.timeout_estimate = _moved(state.timeout_estimate, latency, float(sites.timeout_level[site]), float(first))
    if sites.hedge_level[site] > 0:
        first, known = sites.hedge_s[site], FOREVER if is_copy else latency
        state.hedge_estimate = _moved(state.hedge_estimate, known, float(sites.hedge_level[site]), float(first))


def _moved(estimate: float, latency: float, level: float, first: float) -> float:
    estimate *= 1.0 + LEARNING * level if latency > estimate else 1.0 - LEARNING * (1.0 - level)
    return min(first * LEARNT_RANGE, max(first / LEARNT_RANGE, estimate))


def _fill(world: World, cache: int) -> None:
    """A miss that succeeded brings back a little of what the cache had lost."""
    caches, warm = world.plan.caches, world.warm[cache]
    cold = 1.0 - caches.hit[cache] * warm
    needed = max(1.0, caches.lookups_per_s[cache] * caches.fill_s[cache] / 3.0)
    if caches.fill_s[cache] == 0 or cold <= 0:
        world.warm[cache] = 1.0
    elif warm < 1.0:
        world.warm[cache] = min(1.0, warm + (1.0 - warm) / (cold * needed))


def time_out(world: World, frame: Frame) -> None:
    """The caller's patience is at its end; the call itself goes on for nobody."""
    world.counts[Count.TIMEOUTS] += 1
    if frame.is_awaited():
        twin = frame.twin
        frame.twin = None
        _learn(world, frame.site, FOREVER, is_copy=frame.is_copy)
        if twin is not None:
            twin.twin = None
            _feed_breaker(world, frame, succeeded=False)
        else:
            _settle(world, frame, succeeded=False)
    frame.parent = None
    if frame.state == State.LOST:
        world.free(frame)


def expire(world: World, site: int) -> None:
    """Time out all calls of a site whose fixed timeout has come; wake again for the next."""
    state, limit = world.sites[site], world.plan.sites.timeout_s[site]
    while state.waiting:
        frame = next(iter(state.waiting))
        if frame.start + limit > world.now:
            world.schedule(frame.start + limit, Event.EXPIRE, site)
            return
        del state.waiting[frame]
        time_out(world, frame)
    state.armed = False


def meet_deadline(world: World, frame: Frame) -> None:
    """An adaptive timeout has come."""
    if frame.alive and frame.parent is not None:
        time_out(world, frame)


def hedge(world: World, frame: Frame) -> None:
    """Send a second copy of a call that is still waited for, if the budget allows."""
    sites, site = world.plan.sites, frame.site
    if not frame.alive or frame.parent is None or frame.twin is not None or not frame.is_awaited():
        return
    if sites.hedge_budget[site] > 0:
        if world.sites[site].hedge_tokens < 1:
            return
        world.sites[site].hedge_tokens -= 1
    world.counts[Count.HEDGES] += 1
    copy = send(world, site, frame.parent, frame.identity, frame.attempt)
    copy.degraded, copy.is_copy = frame.degraded, True
    frame.twin, copy.twin = copy, frame
    dispatch(world, copy, is_copy=True)


def try_again(world: World, retry: Retry) -> None:
    """A backoff is over: send the next attempt if it is still wanted."""
    parent = retry.parent
    if parent.alive and parent.stage == retry.parent_stage:
        frame = send(world, retry.site, parent, parent.identity, retry.attempt)
        dispatch(world, frame)
