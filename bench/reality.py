"""A real system against the engines: a bounded pool in front of PostgreSQL under an open-loop load on loopback."""

from __future__ import annotations

import asyncio
import heapq
import random
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from atlas.sim import UNLIMITED, Call, Plan, PlanBuilder, Service, Stage, simulate
from atlas.sim.analytic import solve
from atlas.sim.fluid import run_fluid
from bench.calibration import Calibration
from bench.measure import ROOT, Say, Section
from bench.postgres import NoServerError, running_server
from bench.reality_load import Measured, Patience, Planned, Shape, offer, percentile_of, poisson, timer_error, works

SLOTS: Final = 40
"""Connections of the pool."""
WORK_S: Final = 0.050
"""Mean of ``pg_sleep``: long beside the millisecond or so that timers and event loops cost."""
WITHIN: Final = 10.0
"""Per cent that p50, p99 and goodput may be off."""
SEED: Final = 20261121
QUIET: Final = 0.3
"""Utilisation at which the cost of the path is measured: of 40 connections there is always one free."""
QUIET_S: Final = 2.0
_SIMULATED_S: Final = 400.0


PATIENT: Final = Patience()


@dataclass(frozen=True, slots=True)
class Case:
    """One load on the system: shape and cv of the work, offered utilisation, queue, the client's patience, seconds."""

    name: str
    shape: Shape
    cv: float
    load: float
    places: int = UNLIMITED
    patience: Patience = PATIENT
    for_s: float = 6.0

    @property
    def rate_per_s(self) -> float:
        """First attempts per second."""
        return self.load * SLOTS / WORK_S


SHAPES: Final[tuple[tuple[Shape, float], ...]] = (("constant", 0.0), ("exponential", 1.0), ("lognormal", 1.5))
LOADS: Final = ((0.5, 2.5), (0.7, 4.0), (0.85, 12.0))
"""Offered utilisations, and seconds of each: the nearer to 1, the longer a queue remembers."""
CASES: Final = (
    *(Case(f"{shape}, utilisation {u:g}", shape, cv, u, for_s=s) for shape, cv in SHAPES for u, s in LOADS),
    Case("overload 1.4, queue of 80", "exponential", 1.0, 1.4, places=80, for_s=5.0),
    Case("timeouts and retries, utilisation 0.6", "exponential", 1.0, 0.6, patience=Patience(0.1, 2, 0.02)),
)


@dataclass(frozen=True, slots=True)
class PathCost:
    """What the service adds to the work, measured where nothing waits: seconds with the connection, and without it."""

    held_s: float
    outside_s: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What was measured or predicted of a case: latency (s) of good answers, share of good answers."""

    p50_s: float
    p99_s: float
    good: float


def measure(_calibration: Calibration, _scratch: Path, say: Say) -> Section:
    """Every case on the real system and on the three engines."""
    section = Section("Reality: a pool in front of PostgreSQL")
    what = "p50, p99 and goodput of a real service against three engines"
    try:
        with running_server(SLOTS) as folder, running_service(folder) as port:
            asyncio.run(_measure(port, section, say))
    except (NoServerError, ImportError) as error:
        section.missing(what, f"≤ {WITHIN:g} %", str(error))
    return section


async def _measure(port: int, section: Section, say: Say) -> None:
    say("what timers, the event loop and the connection cost")
    middle, tail = await timer_error()
    paths: dict[Shape, PathCost] = {}
    for shape, cv in SHAPES:
        quiet = Case("quiet", shape, cv, QUIET, for_s=QUIET_S)
        paths[shape] = path_of(await _offered(port, quiet))
    lines = ["| case | | p50 | p99 | good | largest error |", "|---|---|---|---|---|---|"]
    latest = 0.0
    for case in CASES:
        say(case.name)
        found = await _offered(port, case)
        latest = max(latest, float(np.quantile([m.late_s for m in found], 0.99)))
        real, engines = answer_of(found), await asyncio.to_thread(predict, case, paths[case.shape])
        chance = await asyncio.to_thread(spread, case, paths[case.shape])
        lines += list(_lines(case, real, engines, (len(found), chance)))
        if case.patience == PATIENT and case.places == UNLIMITED:
            lines.append(_line("its own trace", by_hand(planned(case, _chance(case)), paths[case.shape]), real))
        worst = max(error_of(real, predicted) for predicted in engines.values())
        section.at_most(f"{case.name}: largest error of three engines", WITHIN, 100 * worst, "%")
        section.data[case.name] = {"measured": _plain(real), **{name: _plain(a) for name, a in engines.items()}}
    section.data["path"] = {shape: {"held_s": p.held_s, "outside_s": p.outside_s} for shape, p in paths.items()}
    section.data["timer_late_s"] = {"p50": middle, "p99": tail}
    section.text = "\n".join([*_explained(paths, (middle, tail), latest), "", *lines])


def _explained(paths: dict[Shape, PathCost], timer_s: tuple[float, float], latest_s: float) -> Iterator[str]:
    """How it was done, for whoever reads the table."""
    costs = ", ".join(f"{shape} {1000 * p.held_s:.2f} + {1000 * p.outside_s:.2f} ms" for shape, p in paths.items())
    yield (
        f"A service with {SLOTS} connections to a PostgreSQL server; every request is one `pg_sleep` of"
        f" {1000 * WORK_S:g} ms on average. Arrivals are a Poisson process; latency counts from the moment a request"
        " was meant to be sent."
        " Work is the distribution's quantiles in random order, so that a few seconds have its percentiles."
    )
    yield ""
    yield (
        f"Added to the work as measured at a utilisation of {QUIET:g}, where nothing waits, never fitted: with the"
        f" connection + outside it, {costs}. Timers of this machine fire late by {1000 * timer_s[0]:.2f} ms (median),"
        f" {1000 * timer_s[1]:.2f} ms (p99); of the requests of a case 99 % were sent within {1000 * latest_s:.1f} ms."
        " Percentiles of the fluid engine are the analytic one's. Chance: the standard deviation of the p99 of runs as"
        " short as the measured one, in the discrete engine. Its own trace: the very arrivals and works that were sent,"
        " queued by recursion."
    )


def _lines(case: Case, real: Answer, engines: dict[str, Answer], sample: tuple[int, float]) -> Iterator[str]:
    yield f"| {case.name} | measured | {_cells(real)} | of {sample[0]:,}; chance {100 * sample[1]:.1f} % |"
    for name, answer in engines.items():
        yield _line(name, answer, real)


def _line(name: str, answer: Answer, real: Answer) -> str:
    return f"| | {name} | {_cells(answer)} | {100 * error_of(real, answer):.1f} % off |"


def _cells(answer: Answer) -> str:
    return f"{1000 * answer.p50_s:.1f} ms | {1000 * answer.p99_s:.1f} ms | {100 * answer.good:.1f} %"


def _plain(answer: Answer) -> dict[str, float]:
    return {"p50_s": answer.p50_s, "p99_s": answer.p99_s, "good": answer.good}


def error_of(real: Answer, predicted: Answer) -> float:
    """The largest of the relative errors of p50, p99 and goodput."""
    pairs = ((real.p50_s, predicted.p50_s), (real.p99_s, predicted.p99_s), (real.good, predicted.good))
    return max(abs(there / here - 1) for here, there in pairs)


def answer_of(found: Sequence[Measured]) -> Answer:
    """What was measured."""
    good = sum(m.good for m in found) / len(found)
    return Answer(percentile_of(found, 0.5), percentile_of(found, 0.99), good)


def path_of(found: Sequence[Measured]) -> PathCost:
    """The cost of the path: mean time with the connection beyond the work, mean latency beyond that time."""
    held = float(np.mean([m.held_s - m.work_s for m in found]))
    return PathCost(held, float(np.mean([m.latency_s - m.held_s for m in found])))


async def _offered(port: int, case: Case) -> list[Measured]:
    chance = _chance(case)
    return await offer(port, planned(case, chance), case.patience, case.places, chance)


def _chance(case: Case) -> random.Random:
    return random.Random(f"{SEED} {case.name} {case.shape}")


def planned(case: Case, chance: random.Random) -> list[Planned]:
    """The requests of a case: their times, and the work of each attempt."""
    count = round(case.rate_per_s * case.for_s)
    tries = [works(case.shape, WORK_S, case.cv, count, chance) for _ in range(case.patience.attempts)]
    times = poisson(count, case.for_s, chance)
    return [Planned(at_s, tuple(work)) for at_s, *work in zip(times, *tries, strict=True)]


def by_hand(requests: Sequence[Planned], path: PathCost) -> Answer:
    """These very arrivals and works through the pool, one after the other: each takes the connection free first.

    The recursion of J. Kiefer and J. Wolfowitz (1955) for first come, first served, without refusals or retries. What
    is left between it and the measurement is the apparatus; between it and the engines, the chance of one short run.
    """
    free, latencies = [0.0] * SLOTS, []
    for request in requests:
        begun = max(request.at_s, heapq.heappop(free))
        heapq.heappush(free, begun + path.held_s + request.work_s[0])
        latencies.append(begun - request.at_s + path.held_s + request.work_s[0] + path.outside_s)
    return Answer(float(np.quantile(latencies, 0.5)), float(np.quantile(latencies, 0.99)), 1.0)


def plan_of(case: Case, path: PathCost) -> Plan:
    """The same system as a Plan: a connection is held while the database works."""
    builder = PlanBuilder()
    builder.station("pool", slots=SLOTS, holds=1, queue_max=case.places)
    builder.station("postgres", slots=UNLIMITED)
    query = Call("postgres", Service(WORK_S, case.cv, case.shape))
    request = Call(
        "pool",
        Service(path.held_s, 0.0, "constant"),
        (Stage((query,)),),
        network_s=path.outside_s,
        timeout_s=case.patience.timeout_s,
        attempts=case.patience.attempts,
        backoff_s=case.patience.backoff_s,
    )
    builder.flow("request", Call(stages=(Stage((request,)),)), rate_per_s=case.rate_per_s)
    return builder.build()


def predict(case: Case, path: PathCost) -> dict[str, Answer]:
    """What each engine says of a case."""
    plan = plan_of(case, path)
    steady = solve(plan).flow("request")
    analytic = Answer(steady.quantiles[0.5], steady.quantiles[0.99], steady.good)
    outcome = simulate(plan, 1, _SIMULATED_S, warmup_s=10.0)
    p50, p99 = (outcome.latency("request", level).mean for level in (0.5, 0.99))
    series = run_fluid(plan, 60.0).flow_series("request")
    ended = series.good + series.degraded + series.failed
    fluid = float(series.good[10:].sum() / ended[10:].sum())
    return {
        "analytic": analytic,
        "fluid": Answer(analytic.p50_s, analytic.p99_s, fluid),
        "discrete": Answer(p50, p99, outcome.shares("request")["good"].mean),
    }


def spread(case: Case, path: PathCost) -> float:
    """Relative standard deviation of the p99 over runs of the case's length: what chance does to a measurement."""
    runs = simulate(plan_of(case, path), 2, case.for_s, replications=24).latency("request", 0.99)
    return float(np.std(runs.values, ddof=1)) / runs.mean


@contextmanager
def running_service(folder: Path) -> Iterator[int]:
    """The service in a process of its own; the port it listens to."""
    command = [sys.executable, "-m", "bench.reality_service", str(folder), str(SLOTS)]
    service = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert service.stdin is not None
    assert service.stdout is not None
    try:
        line = service.stdout.readline()
        if not line:
            raise NoServerError("the service did not start (is psycopg installed?)")
        yield int(line)
    finally:
        service.stdin.close()
        try:
            service.wait(10)
        except subprocess.TimeoutExpired:
            service.kill()
            service.wait()
        service.stdout.close()
