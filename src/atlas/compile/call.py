"""Call trees of a document to those of a plan: one tree for each flow and region."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import Any

from atlas.compile.conditions import Conditions
from atlas.compile.ledger import Ledger
from atlas.compile.place import Map
from atlas.compile.service import Job, job_of, nominal_s, service_of
from atlas.compile.station import Bandwidth, Spot, pool_of
from atlas.model.component import Component
from atlas.model.flow import AdaptiveTimeout, Call, CallSettings, Fallback, Flow
from atlas.quantity import Quantity
from atlas.sim import ANSWER, BreakerPer, Service, Stage
from atlas.sim import Call as PlanCall

DEFAULT_BACKOFF_S = 0.05
DEFAULT_BREAKER_OPEN_S = 2.0
LONG_TRANSFER_S = 60.0
"""Transfers longer than this outlast a run: those in progress are background load of the pipe."""
_LEVELS = {"p50": 0.50, "p95": 0.95, "p99": 0.99}
_BREAKER = {"call": BreakerPer.CALL, "instance": BreakerPer.INSTANCE, "key": BreakerPer.INSTANCE}


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a tree a call stands: who calls, in which region, for requests of which, in jobs of how many."""

    flow: str
    caller: str
    region: str
    asked_in: str
    job: Job


@dataclass(slots=True)
class Needs:
    """What trees need of the plan: stations with the keys their calls route by, pipes, caches, keys."""

    spots: dict[Spot, set[str]] = field(default_factory=dict)
    pipes: dict[Spot, Bandwidth] = field(default_factory=dict)
    caches: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Name of each cache of the plan: its component, its region."""
    keys: dict[str, int] = field(default_factory=dict)
    targets: dict[str, str] = field(default_factory=dict)
    """For each site's name what it calls: ``messages.read``."""


class Forest:
    """Compiles flows and collects what they need."""

    def __init__(self, ledger: Ledger, regions: Map, conditions: Conditions) -> None:
        self.needs = Needs()
        self._ledger, self._map, self._conditions = ledger, regions, conditions
        self._components = ledger.system.document.components
        self._handed: dict[tuple[str, str], int] = defaultdict(int)

    def tree(self, name: str, flow: Flow, region: str) -> PlanCall:
        """The root of a flow for requests made in a region: a virtual site, with the client's patience around."""
        self._handed.clear()
        path = f"flows.{name}.steps"
        place = Place(name, "", region, region, Job())
        stages = self._stages(flow.steps, path, place)
        root = PlanCall(stages=stages, name=name)
        if flow.client is None:
            return root
        settings = self._settings(flow.client, f"flows.{name}.client", f"{name}.client", flow.steps, path)
        for refused in ("breaker", "breaker_open_s", "breaker_per", "hedge_s", "hedge_level", "hedge_budget"):
            settings.pop(refused, None)
        client = PlanCall(stages=stages, name=f"{name}.client", **settings)
        return PlanCall(stages=(Stage((client,)),), name=name)

    def _stages(self, calls: tuple[Call, ...], path: str, place: Place) -> tuple[Stage, ...]:
        return tuple(self._stage(call, f"{path}.{i}", place) for i, call in enumerate(calls))

    def _stage(self, call: Call, path: str, place: Place) -> Stage:
        """One step: a call, or a group of them where nothing but the group's members is written."""
        if call.call is None and call.p is None and not call.async_ and not _has_settings(call):
            return self._group(call, path, place)
        return Stage((self._call(call, path, place),), quorum=self._quorum(call, path))

    def _quorum(self, call: Call, path: str) -> int:
        return 0 if call.quorum is None else round(self._ledger.mid(f"{path}.quorum") or 0.0)

    def _group(self, call: Call, path: str, place: Place) -> Stage:
        if call.choose:
            return Stage(self._choices(call, f"{path}.choose", place), choose=True)
        members = [self._alone(c, f"{path}.parallel.{i}", place) for i, c in enumerate(call.parallel)]
        return Stage(tuple(members), quorum=self._quorum(call, path))

    def _alone(self, call: Call, path: str, place: Place) -> PlanCall:
        """A member of a group: one with a quorum of its own stands in a group of its own."""
        stage = self._stage(call, path, place)
        if len(stage.calls) == 1 and not stage.quorum and not stage.choose:
            return stage.calls[0]
        return PlanCall(stages=(stage,), name=_site_name(path))

    def _choices(self, call: Call, path: str, place: Place) -> tuple[PlanCall, ...]:
        raw = [1.0 if (w := self._ledger.mid(f"{path}.{i}.weight")) is None else w for i in range(len(call.choose))]
        total = sum(raw) or 1.0
        chosen = []
        for index, (option, weight) in enumerate(zip(call.choose, raw, strict=True)):
            here = f"{path}.{index}"
            stage = self._stage(option, here, place)
            one = stage.calls[0]
            if len(stage.calls) > 1 or stage.quorum or stage.choose or one.chance != 1 or one.cache or one.times > 1:
                one = PlanCall(stages=(stage,), name=f"{_site_name(here)}.chosen")
            share = self._ledger.note("sites", one.name, "chance", weight / total, f"{here}.weight")
            chosen.append(replace(one, chance=share))
        return tuple(chosen)

    def _call(self, call: Call, path: str, place: Place) -> PlanCall:
        name = _site_name(path)
        settings = self._settings(call, path, name, (call,), path)
        if call.p is not None:
            settings["chance"] = min(
                1.0, self._ledger.note("sites", name, "chance", self._mid(f"{path}.p"), f"{path}.p")
            )
        if call.async_:
            settings["detached"] = self._hand_over(place.flow, call.target or "group")
        if call.fallback is not None:
            settings["fallback"] = self._fallback(call.fallback, name, place)
        if call.call is None:
            for refused in ("breaker", "breaker_open_s", "breaker_per", "hedge_s", "hedge_level", "hedge_budget"):
                settings.pop(refused, None)
            return PlanCall(stages=(self._group(call, path, place),), name=name, **settings)
        return self._service_call(call, path, place, settings)

    def _service_call(self, call: Call, path: str, place: Place, settings: dict[str, Any]) -> PlanCall:
        component = self._components[call.target]
        name, ledger = _site_name(path), self._ledger
        region = self._map.of(component, place.asked_in)
        spot = self._spot(call.target, component, call.pool, region, call.key)
        times, job = job_of(ledger, call, path, name, place.job)
        settings |= {"times": times, "items": job.count * (self._mid(f"{path}.batch") or 1.0)}
        settings |= self._behind_cache(call, place)
        settings["network_s"] = self._map.round_trip_s(place.region, region)
        if call.key is not None:
            settings["key"] = self.needs.keys.setdefault(call.key, len(self.needs.keys))
        below = Place(place.flow, call.target, region, place.asked_in, job)
        stages = (*self._transfer(call, path, below), *self._stages(call.then, f"{path}.then", below))
        stages += self._implied(call, path, component, below, place.caller)
        settings["divert"] = self._divert(component, name, below)
        self.needs.targets[name] = call.call or ""
        if settings.get("coalesce"):
            for refused in ("hedge_s", "hedge_level", "hedge_budget"):
                settings.pop(refused, None)
        service = service_of(ledger, call, path, name, job)
        return PlanCall(spot.name(self._map), service, stages, name, **settings)

    def _mid(self, path: str) -> float:
        return self._ledger.mid(path) or 0.0

    def _spot(self, target: str, component: Component, pool: str | None, region: str, key: str | None) -> Spot:
        spot = Spot(target, pool_of(component, pool, self._ledger, target), region)
        keys = self.needs.spots.setdefault(spot, set())
        if key is not None:
            keys.add(key)
        return spot

    def _hand_over(self, flow: str, target: str) -> str:
        self._handed[flow, target] += 1
        count = self._handed[flow, target]
        return target if count == 1 else f"{target}-{count}"

    def _behind_cache(self, call: Call, place: Place) -> dict[str, Any]:
        """A call to what is behind the caller's cache happens on a miss, unless its probability is written."""
        caller = self._components.get(place.caller)
        cache = caller.cache if caller is not None else None
        if cache is None or cache.of != call.target:
            return {}
        if call.p is not None:
            self._ledger.leave_out(f"cache of {place.caller} where a call behind it has a written probability")
            return {"coalesce": cache.coalesce}
        found = f"{place.caller}@{place.region}" if self._map.is_divided else place.caller
        self.needs.caches[found] = (place.caller, place.region)
        return {"cache": found, "coalesce": cache.coalesce}

    def _implied(self, call: Call, path: str, component: Component, below: Place, caller: str) -> tuple[Stage, ...]:
        """The call behind a cache that the document leaves unsaid, as its traffic counts it."""
        cache = component.cache
        if cache is None or cache.hit is None or cache.of == caller or _calls(call.then, cache.of):
            return ()
        return (self._stage(Call(call=cache.of), f"{path}.cache", below),)

    def _transfer(self, call: Call, path: str, place: Place) -> tuple[Stage, ...]:
        """Bytes through a pipe: a slot of the pipe for size ÷ pace seconds."""
        component = self._components[call.target]
        size, pace = self._ledger.system.dist(f"{path}.size"), self._mid(f"{path}.pace")
        if component.bandwidth is None or size is None or pace <= 0:
            if component.bandwidth is not None:
                self._ledger.leave_out(f"bandwidth of {component.name} for calls without size and pace")
            return ()
        spot = Spot(call.target, "bandwidth", place.region)
        known = self.needs.pipes.get(spot, Bandwidth(pace))
        seconds = size.mean / pace
        if seconds > LONG_TRANSFER_S:
            rate = self._rate_through(path) * self._conditions.load / len(self._map.names)
            self.needs.pipes[spot] = replace(known, background=known.background + rate * seconds)
            self._ledger.leave_out(
                f"transfers of {component.name} outlast a run: those in progress are background load of its bandwidth"
            )
            seconds = 1.0
        self.needs.pipes[spot] = self.needs.pipes.get(spot, known)
        self.needs.spots.setdefault(spot, set())
        name = f"{_site_name(path)}.transfer"
        self._ledger.note("sites", name, "service", seconds, f"{path}.size")
        self.needs.targets[name] = f"{call.target} (bandwidth)"
        return (Stage((PlanCall(spot.name(self._map), Service(seconds, size.cv), name=name),)),)

    def _rate_through(self, path: str) -> float:
        """Calls per second of the call at a path, over the whole system."""
        for edge in self._ledger.system.traffic.edges:
            if edge.path == path and not edge.is_implied:
                return edge.average if self._conditions.at == "average" else edge.peak
        return 0.0

    def _fallback(self, fallback: Fallback, name: str, place: Place) -> PlanCall | int:
        if fallback.call is None:
            return ANSWER
        return self._plain(fallback.call, f"{name}.fallback", place)

    def _divert(self, component: Component, name: str, place: Place) -> PlanCall | None:
        queue = component.queue
        if queue is None or queue.overflow != "divert" or not queue.to or queue.to not in self._components:
            return None
        return self._plain(queue.to, f"{name}.divert", place)

    def _plain(self, target: str, name: str, place: Place) -> PlanCall:
        """A call that is only named: to a component or an operation, without settings."""
        call = Call(call=target)
        component = self._components[call.target]
        region = self._map.of(component, place.asked_in)
        spot = self._spot(call.target, component, None, region, None)
        self.needs.targets[name] = target
        service = service_of(self._ledger, call, "", name, place.job)
        network = self._map.round_trip_s(place.region, region)
        return PlanCall(spot.name(self._map), service, name=name, network_s=network)

    def _settings(
        self, call: CallSettings, path: str, name: str, below: tuple[Call, ...], below_path: str
    ) -> dict[str, Any]:
        """Timeout, retries, hedge and breaker."""
        ledger, settings = self._ledger, dict[str, Any]()
        if isinstance(call.timeout, Quantity):
            settings["timeout_s"] = ledger.setting(name, "timeout_s", call.timeout, f"{path}.timeout")
        elif isinstance(call.timeout, AdaptiveTimeout):
            level, factor = _LEVELS[call.timeout.adaptive], call.timeout.factor
            first = _percentile(nominal_s(ledger, below, below_path), level) * factor
            settings |= {"timeout_level": level, "timeout_factor": factor, "timeout_s": first}
            ledger.note("sites", name, "timeout_s", first, f"{path}.timeout", because="first guess, then observed")
        if call.retry is not None:
            retry = call.retry
            settings["attempts"] = retry.attempts
            ledger.note("sites", name, "attempts", retry.attempts, f"{path}.retry.attempts")
            settings["backoff_s"] = DEFAULT_BACKOFF_S
            if retry.backoff is not None:
                settings["backoff_s"] = ledger.setting(name, "backoff_s", retry.backoff, f"{path}.retry.backoff")
            settings["jitter"] = retry.jitter == "full"
            settings["retry_budget"] = ledger.setting(name, "retry_budget", retry.budget, f"{path}.retry.budget")
        if call.hedge is not None:
            settings |= self._hedge(call, path, name, nominal_s(ledger, below, below_path))
        if call.breaker is not None:
            settings["breaker"] = ledger.setting(name, "breaker", call.breaker.threshold, f"{path}.breaker.threshold")
            opened = call.breaker.open.mid if call.breaker.open is not None else DEFAULT_BREAKER_OPEN_S
            settings |= {"breaker_open_s": opened, "breaker_per": _BREAKER[call.breaker.per]}
        return settings

    def _hedge(self, call: CallSettings, path: str, name: str, nominal: float) -> dict[str, Any]:
        assert call.hedge is not None  # noqa: S101 - asked only for calls that hedge
        budget = self._ledger.setting(name, "hedge_budget", call.hedge.budget, f"{path}.hedge.budget")
        if isinstance(call.hedge.after, Quantity):
            return {"hedge_s": call.hedge.after.mid, "hedge_budget": budget}
        level = _LEVELS[call.hedge.after]
        return {"hedge_s": _percentile(nominal, level), "hedge_level": level, "hedge_budget": budget}


def _percentile(mean_s: float, level: float) -> float:
    """A first guess at a percentile: that of an exponential time; the engines then follow what they observe."""
    return max(1e-6, -mean_s * math.log(1 - level))


def _site_name(path: str) -> str:
    return path.removeprefix("flows.")


def _has_settings(call: Call) -> bool:
    return any((call.timeout, call.retry, call.hedge, call.breaker, call.fallback))


def all_calls(calls: tuple[Call, ...]) -> list[Call]:
    """These calls and all below them, groups opened."""
    found: list[Call] = []
    for call in calls:
        found += [call] if call.call is not None else []
        found += all_calls((*call.parallel, *call.choose, *call.then))
    return found


def _calls(calls: tuple[Call, ...], target: str) -> bool:
    return any(c.target == target or _calls(c.parallel, target) or _calls(c.choose, target) for c in calls)
