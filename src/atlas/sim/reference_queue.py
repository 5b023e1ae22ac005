"""The twin's stations: routing, breakers, limits, shedding, queues, slots and lost capacity."""

from __future__ import annotations

import math

from atlas.sim.plan import NONE, SHED_MEMORY_S, UNLIMITED, BreakerPer, Overflow, Plan, Routing
from atlas.sim.record import Count
from atlas.sim.reference_state import Event, Frame, Queue, State, StationState, Work, World, key_unit


def make_station(plan: Plan, k: int) -> StationState:
    """The state of station k at the start."""
    s = plan.stations
    pooled = s.routing[k] == Routing.POOLED
    queues = [Queue(0) for _ in range(1 if pooled else int(s.instances[k]))]
    state = StationState(queues, len(queues), 0)
    buckets = int(s.limit_buckets[k]) if s.limit_rate[k] > 0 else 0
    parts = int(s.partitions[k]) if s.partition_rate[k] > 0 else 0
    state.bucket_tokens, state.bucket_at = [float(s.limit_burst[k])] * buckets, [0.0] * buckets
    state.partition_tokens = [max(1.0, float(s.partition_rate[k]))] * parts
    state.partition_at = [0.0] * parts
    state.error = float(s.error[k])
    return state


def set_capacity(world: World, k: int, share: float) -> None:
    """Let the share of station k's instances be there. What waited at lost ones fails; what they serve ends."""
    s, state = world.plan.stations, world.stations[k]
    count_to_now(world, state)
    instances, slots = int(s.instances[k]), int(s.slots[k])
    if len(state.queues) == 1:
        state.alive = 1 if share > 0 else 0
        total = float(slots) * (instances if s.routing[k] == Routing.POOLED else 1)
    else:
        state.alive = min(len(state.queues), math.ceil(share * instances - 1e-9))
        total = float(slots)
    scale = share if len(state.queues) == 1 else share * instances / max(1, state.alive)
    each, state.stretch = _slots(total, scale, float(s.background[k]) / max(1, state.alive))
    state.slots = each * state.alive
    for q, queue in enumerate(state.queues):
        queue.slots = each if q < state.alive else 0
        if q >= state.alive:
            for frame in queue.waiting:
                state.queued -= 1
                refuse(world, frame, Count.LOST_INSTANCE)
            queue.waiting.clear()
    for queue in state.queues[: state.alive]:
        serve_waiting(world, k, queue)


def _slots(slots: float, scale: float, background: float) -> tuple[int, float]:
    """Slots of one queue that are left by background load, and by how much its remainder stretches service."""
    if slots >= UNLIMITED:
        return UNLIMITED, 1.0
    scaled = max(1.0, min(float(UNLIMITED), math.floor(slots * scale + 0.5)))
    left = max(1.0, scaled - math.floor(background))
    rest = min(background - (scaled - left), 0.9375)
    return int(left), left / (left - rest) if rest > 0 else 1.0


def count_to_now(world: World, state: StationState) -> None:
    """Bring the integrals of busy slots and waiting calls up to now."""
    passed = world.now - state.counted_to
    state.busy_area += passed * state.busy
    state.queued_area += passed * state.queued
    state.counted_to = world.now


def refuse(world: World, frame: Frame, reason: Count) -> None:
    """Let a call fail at once."""
    world.counts[reason] += 1
    world.counts[Count.REFUSED] += 1
    world.stations[world.plan.sites.station[frame.site]].refused += 1
    world.do(frame, Work.FAIL)


def is_let_in(world: World, frame: Frame) -> bool:
    """Route a call and ask breaker, partition limit and limit, in this order; refuse it where one says no."""
    plan, site = world.plan, frame.site
    k = int(plan.sites.station[site])
    state = world.stations[k]
    unit = _key_of(world, frame, k)
    partition = _route(world, frame, k, unit)
    if plan.sites.breaker[site] > 0:
        per = frame.queue if plan.sites.breaker_per[site] == BreakerPer.INSTANCE else 0
        if world.sites[site].breakers[per].open_until > world.now:
            frame.refused_by_breaker = True
            refuse(world, frame, Count.BREAKER_REFUSED)
            return False
    if state.partition_tokens:
        rate = float(plan.stations.partition_rate[k])
        if not _take(world.now, state.partition_tokens, state.partition_at, partition, rate, max(1.0, rate)):
            refuse(world, frame, Count.PARTITION_LIMITED)
            return False
    if state.bucket_tokens:
        buckets = len(state.bucket_tokens)
        bucket = min(buckets - 1, int(unit * buckets))
        rate, burst = float(plan.stations.limit_rate[k]), float(plan.stations.limit_burst[k])
        if not _take(world.now, state.bucket_tokens, state.bucket_at, bucket, rate, burst):
            refuse(world, frame, Count.LIMITED)
            return False
    return True


def _key_of(world: World, frame: Frame, k: int) -> float:
    """Where the call's key lies between 0 and 1; drawn only where the station looks at it."""
    stations = world.plan.stations
    limited = stations.limit_rate[k] > 0 and stations.limit_buckets[k] > 1
    if stations.routing[k] != Routing.KEYED and not limited:
        return 0.0
    key = int(world.plan.sites.key[frame.site])
    if frame.identity == 0:
        return 0.0
    return world.random.unit() if key == NONE else key_unit(frame.identity, key)


def _route(world: World, frame: Frame, k: int, unit: float) -> int:
    """Choose the instance; the partition, behind keyed routing."""
    stations, state = world.plan.stations, world.stations[k]
    alive, routing = max(1, state.alive), int(stations.routing[k])
    frame.queue = 0
    if routing == Routing.KEYED:
        partitions = int(stations.partitions[k]) or int(stations.instances[k])
        partition = _partition(unit, float(stations.hottest[k]), partitions)
        frame.queue = partition % alive
        return partition
    if alive > 1 and routing != Routing.POOLED:
        frame.queue = min(alive - 1, int(world.random.unit() * alive))
        if routing == Routing.SHORTEST:
            other = min(alive - 1, int(world.random.unit() * alive))
            if _load(state.queues[other]) < _load(state.queues[frame.queue]):
                frame.queue = other
    return 0


def _load(queue: Queue) -> int:
    return queue.busy + len(queue.waiting)


def _partition(unit: float, hottest: float, partitions: int) -> int:
    if partitions == 1 or unit < hottest:
        return 0
    if hottest > 0:
        return min(partitions - 1, 1 + int((unit - hottest) / (1.0 - hottest) * (partitions - 1)))
    return min(partitions - 1, int(unit * partitions))


def _take(now: float, tokens: list[float], at: list[float], bucket: int, rate: float, burst: float) -> bool:
    """Take a token from a bucket that fills at a rate."""
    have = min(burst, tokens[bucket] + (now - at[bucket]) * rate)
    at[bucket] = now
    tokens[bucket] = have - 1.0 if have >= 1.0 else have
    return have >= 1.0


def arrive(world: World, frame: Frame) -> None:
    """Let a call arrive at its instance: serve it, queue it, or do what its station does when full."""
    plan, site = world.plan, frame.site
    k = int(plan.sites.station[site])
    state = world.stations[k]
    if frame.queue >= state.alive:
        refuse(world, frame, Count.LOST_INSTANCE)
        return
    if _is_shed(world, k, state, int(plan.flows.priority[plan.sites.flow[site]])):
        refuse(world, frame, Count.SHED)
        return
    queue = state.queues[frame.queue]
    overflow = plan.stations.overflow[k]
    count_to_now(world, state)
    if not queue.waiting and queue.busy + int(plan.sites.units[site]) <= queue.slots:
        _start(world, state, queue, frame)
    elif len(queue.waiting) < plan.stations.queue_max[k] or overflow == Overflow.BLOCK:
        _enqueue(state, queue, frame)
    elif overflow == Overflow.DROP_OLDEST and queue.waiting:
        state.queued -= 1
        refuse(world, queue.waiting.pop(0), Count.OVERFLOWED)
        _enqueue(state, queue, frame)
    elif overflow == Overflow.DIVERT and plan.sites.divert[site] != NONE:
        world.counts[Count.DIVERTED] += 1
        world.do(frame, Work.DIVERT)
    else:
        refuse(world, frame, Count.OVERFLOWED)


def _is_shed(world: World, k: int, state: StationState, priority: int) -> bool:
    s = world.plan.stations
    first, last = int(s.shed_start[k]), int(s.shed_start[k + 1])
    if first == last:
        return False
    passed = world.now - state.load_at
    state.load += (state.busy / state.slots - state.load) * (passed / (passed + SHED_MEMORY_S))
    state.load_at = world.now
    return any(state.load > s.shed_over[r] and priority >= s.shed_priority[r] for r in range(first, last))


def _enqueue(state: StationState, queue: Queue, frame: Frame) -> None:
    frame.state = State.QUEUED
    queue.waiting.append(frame)
    state.queued += 1


def _start(world: World, state: StationState, queue: Queue, frame: Frame) -> None:
    sites = world.plan.sites
    units = int(sites.units[frame.site])
    queue.busy += units
    state.busy += units
    frame.state = State.IN_SERVICE
    random = world.service_random[sites.station[frame.site]]
    service = random.draw(world.tables[sites.table[frame.site]]) * (state.slow * state.stretch)
    world.schedule(world.now + service, Event.SERVED, frame)


def release(world: World, frame: Frame) -> None:
    """Give a call's slots back, and serve who waits for them."""
    k = int(world.plan.sites.station[frame.site])
    state = world.stations[k]
    queue = state.queues[frame.queue]
    units = int(world.plan.sites.units[frame.site])
    count_to_now(world, state)
    queue.busy -= units
    state.busy -= units
    serve_waiting(world, k, queue)


def serve_waiting(world: World, k: int, queue: Queue) -> None:
    """Start calls from the head of a queue as long as their slots are free."""
    state, units = world.stations[k], world.plan.sites.units
    drops = world.plan.stations.overflow[k] == Overflow.DROP_STALE
    while queue.waiting:
        frame = queue.waiting[0]
        stale = drops and frame.parent is None and frame.root < 0
        if not stale and queue.busy + units[frame.site] > queue.slots:
            return
        queue.waiting.pop(0)
        state.queued -= 1
        if stale:
            world.counts[Count.STALE] += 1
            world.do(frame, Work.FAIL)
        else:
            _start(world, state, queue, frame)
