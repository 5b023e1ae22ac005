"""Running a sweep: every point with every seed through an executor, what is already in the journal left out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, replace
from itertools import product
from typing import Final

from atlas.compile.conditions import Conditions
from atlas.compile.overlay import Case
from atlas.compile.plan import compile_system
from atlas.compile.run import load_drills
from atlas.compile.sweep.journal import Journal, code_hash
from atlas.compile.sweep.knob import Axis
from atlas.compile.sweep.point import LOAD, Base, PlainRow, Point, pack, run_packed, run_point
from atlas.compile.sweep.table import Sweep
from atlas.compile.trace import share_for
from atlas.sim import PlanError

MOST_RUNS: Final = 20_000
"""Points × seeds, unless more are asked for."""
IN_FLIGHT: Final = 32
"""Runs handed to an executor and not yet back: enough for it to be busy, few enough to stop soon."""


class SweepError(ValueError):
    """A sweep that cannot be run as asked."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a sweep is: runs done, runs in all, seconds that one took here on average (0: not known yet)."""

    done: int
    total: int
    one_s: float
    last: str = ""

    def expected_s(self, jobs: int) -> float:
        """Seconds until the end, with so many runs at a time."""
        return (self.total - self.done) * self.one_s / max(1, jobs)


Told = Callable[[Progress], None]


@dataclass(frozen=True)
class SweepPlan:
    """What will be run: the grid, and how. ``notes`` say what was decided."""

    case: Case
    axes: tuple[Axis, ...]
    base: Base
    seeds: tuple[int, ...]
    notes: tuple[str, ...] = ()

    @property
    def points(self) -> Iterator[Point]:
        """Every point, the whole grid with one seed before the next seed: an interrupted sweep has seen all of it."""
        for seed in self.seeds:
            for values in product(*(axis.values for axis in self.axes)):
                yield Point(tuple((a.name, v) for a, v in zip(self.axes, values, strict=True)), seed)

    @property
    def size(self) -> int:
        """Points × seeds."""
        count = len(self.seeds)
        for axis in self.axes:
            count *= len(axis.values)
        return count


def plan_sweep(
    case: Case,
    axes: Sequence[Axis],
    base: Base | None = None,
    *,
    seeds: int = 1,
    first_seed: int = 1,
    most_runs: int = MOST_RUNS,
) -> SweepPlan:
    """Settle the engine and the seeds of a sweep, and refuse what is no sweep or too large a one.

    ``auto`` is one engine for the whole grid: fluid for drills and where the heaviest load is too much to run every
    request of it, else discrete. Engines without chance get one seed. Raises ``SweepError``.
    """
    given = base or Base()
    names = [axis.name for axis in axes]
    if not axes:
        raise SweepError("nothing is varied")
    if double := next((n for n in names if names.count(n) > 1), ""):
        raise SweepError(f"{double} is varied twice")
    if given.drill and given.drill not in load_drills(case):
        raise SweepError(f"{case.system.slug} has no drill {given.drill!r}")
    if given.drill and given.engine == "analytic":
        raise SweepError("the analytic engine knows no time, so no drill: take fluid or discrete")
    settled, notes = _settle(case, axes, given)
    count = seeds
    if settled.engine != "discrete" and seeds > 1:
        count = 1
        notes.append(f"the {settled.engine} engine has no chance in it: one run of each point, not {seeds}")
    plan = SweepPlan(case, tuple(axes), settled, tuple(range(first_seed, first_seed + count)), tuple(notes))
    if seeds < 1 or first_seed < 0:
        raise SweepError("a sweep has at least one seed, and seeds are not negative")
    if plan.size > most_runs:
        raise SweepError(_too_many(plan, most_runs))
    return plan


def run_sweep(
    plan: SweepPlan,
    *,
    executor: Executor | None = None,
    journal: Journal | None = None,
    report: Told | None = None,
) -> Sweep:
    """Run what the journal does not hold yet, here or through an executor, and give all of it in the grid's order.

    The first run is always made here: how long it takes is the expectation that ``report`` is told. Interrupted at any
    moment (an exception of ``report`` included), everything that was finished is in the journal.
    """
    kept = Journal() if journal is None else journal
    missing = [point for point in plan.points if point not in kept]
    tally = _Tally(plan.size, plan.size - len(missing), kept, report or (lambda _: None))
    tally.tell("")
    for point in missing[:1]:
        tally.put(point, *_timed(plan, point))
    if executor is None:
        for point in missing[1:]:
            tally.put(point, *_timed(plan, point))
    else:
        _run_on(executor, plan, missing[1:], tally)
    rows = [(point, row) for point in plan.points for row in kept.rows(point)]
    system, drill = plan.case.system, load_drills(plan.case)[plan.base.drill].drill if plan.base.drill else None
    about = drill.expect[0].flow if drill and drill.expect else ""
    return Sweep(system.slug, system.document.name, plan.axes, plan.base, plan.seeds, tuple(rows), about)


class _Tally:
    """Counts and keeps what comes back."""

    def __init__(self, total: int, done: int, journal: Journal, report: Told) -> None:
        self._total, self._done, self._journal, self._report = total, done, journal, report
        self._here, self._here_s = 0, 0.0

    def put(self, point: Point, rows: list[PlainRow], took_s: float) -> None:
        self._journal.put(point, rows, took_s)
        self._done, self._here, self._here_s = self._done + 1, self._here + 1, self._here_s + took_s
        self.tell(", ".join(f"{name} {value}" for name, value in point.at))

    def tell(self, last: str) -> None:
        self._report(Progress(self._done, self._total, self._here_s / self._here if self._here else 0.0, last))


def _timed(plan: SweepPlan, point: Point) -> tuple[list[PlainRow], float]:
    began = time.perf_counter()
    return run_point(plan.case, plan.base, point), time.perf_counter() - began


def timed_packed(packed: bytes, base: Base, point: Point, code: str) -> tuple[list[PlainRow], float]:
    """Rows of a point and the seconds they took: what executors are asked.

    ``code`` is the ``code_hash`` of who asks. Raises ``SweepError`` where other code would answer: its numbers would be
    kept as if they were this one's.
    """
    if code_hash() != code:
        raise SweepError("a worker runs another version of Atlas than this machine: install the same on both")
    began = time.perf_counter()
    return run_packed(packed, base, point), time.perf_counter() - began


def _run_on(executor: Executor, plan: SweepPlan, points: Sequence[Point], tally: _Tally) -> None:
    """Keep the executor busy with a few runs more than it can do, and take back what is done as it comes."""
    packed, code, waiting = pack(plan.case), code_hash(), iter(points)
    out: dict[Future[tuple[list[PlainRow], float]], Point] = {}
    try:
        while True:
            while len(out) < IN_FLIGHT and (point := next(waiting, None)) is not None:
                out[executor.submit(timed_packed, packed, plan.base, point, code)] = point
            if not out:
                return
            done, _ = wait(out, return_when=FIRST_COMPLETED)
            for future in done:
                tally.put(out.pop(future), *future.result())
    finally:
        for future in out:
            future.cancel()


def _settle(case: Case, axes: Sequence[Axis], base: Base) -> tuple[Base, list[str]]:
    """The engine of the whole grid, and in words why."""
    if base.engine != "auto":
        return base, []
    if base.drill:
        return replace(base, engine="fluid"), ["engine: fluid, as drills are run; --engine discrete runs every request"]
    loads = [float(v) for a in axes if a.name == LOAD for v in a.values] or [1.0]
    try:
        compiled = compile_system(case.system, Conditions(min(loads), only=base.flow))
    except PlanError as error:
        raise SweepError(f"{case.system.slug} cannot be run: {error}") from None
    if share_for(compiled, base.for_s * max(loads) / min(loads), most_calls=base.most_calls) >= 1:
        return replace(base, engine="discrete"), ["engine: discrete, every request"]
    return replace(base, engine="fluid"), [
        "engine: fluid, since every request of the heaviest load would be too many; --engine discrete runs a slice"
    ]


def _too_many(plan: SweepPlan, most_runs: int) -> str:
    """The refusal, with the time that it would take: measured on the first point."""
    _, one_s = _timed(plan, next(plan.points))
    grid = " × ".join(str(len(axis.values)) for axis in plan.axes)
    return (
        f"{plan.size:,} runs ({grid} points × {len(plan.seeds)} seeds) are more than {most_runs:,}; one takes"
        f" {one_s:.2g} s here, all of them about {duration(plan.size * one_s)} one after the other"
    )


def duration(seconds: float) -> str:
    """A length of time for people, to two units: ``2 min 10 s``, ``3 h 5 min``, ``12 days``."""
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    if seconds < 3600:
        return f"{int(seconds // 60)} min {round(seconds % 60)} s"
    if seconds < 2 * 86_400:
        return f"{int(seconds // 3600)} h {round(seconds % 3600 / 60)} min"
    return f"{round(seconds / 86_400):,} days"
