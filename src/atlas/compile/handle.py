"""The way in from Python and notebooks: ``atlas.load("discord").run(drill="celebrity-storm")``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from atlas.catalogue import load_catalogue
from atlas.compile.chart import chart_of
from atlas.compile.conditions import Conditions
from atlas.compile.overlay import Case, case_of
from atlas.compile.plan import Compiled, compile_system
from atlas.compile.report import (
    DRILL_COLUMNS,
    FLOW_COLUMNS,
    STATION_COLUMNS,
    Row,
    drill_rows,
    drilled_dict,
    fidelity,
    flow_rows,
    run_dict,
    station_rows,
)
from atlas.compile.run import DEFAULT_FOR_S, Drilled, Run, Settings, load_drills, run_drill, run_system
from atlas.compile.sensitivity import Sensitivity, sensitivity_dict, sensitivity_of
from atlas.compile.sweep import Base, EngineName, Scalar, Sweep, axis_of, open_journal, plan_sweep, run_sweep


@dataclass(frozen=True)
class Result:
    """What a run or a drill gave: as tables (columns first), as plain data, as a chart."""

    outcome: Run | Drilled

    @property
    def verdict(self) -> str:
        """Of a drill: whether it holds, and whether it fails without the mitigation; empty for plain runs."""
        return self.outcome.verdict if isinstance(self.outcome, Drilled) else ""

    @property
    def run(self) -> Run | None:
        """The run (of a drill: that with the mitigation), or ``None`` where a drill could not be run."""
        return self.outcome.run if isinstance(self.outcome, Drilled) else self.outcome

    @property
    def fidelity(self) -> list[str]:
        """How far to trust it."""
        return fidelity(self.run) if self.run else []

    @cached_property
    def sensitivity(self) -> Sensitivity | None:
        """Which inputs move p99 most (some seconds to work out); ``None`` where nothing was run.

        Of the first flow that a drill expects something of, else of the document's main one.
        """
        return sensitivity_of(self.outcome)

    def flows(self) -> list[Row]:
        """The flows: rates, outcomes, latencies."""
        return [FLOW_COLUMNS, *(flow_rows(self.run) if self.run else [])]

    def stations(self) -> list[Row]:
        """The busiest stations."""
        return [STATION_COLUMNS, *(station_rows(self.run) if self.run else [])]

    def expectations(self) -> list[Row]:
        """Of a drill: what must hold, and what was measured with and without the mitigation."""
        return [DRILL_COLUMNS, *(drill_rows(self.outcome) if isinstance(self.outcome, Drilled) else [])]

    def chart(self) -> Any:
        """An Altair chart of goodput and utilisation over time."""
        return chart_of(self.outcome)

    def to_dict(self) -> dict[str, Any]:
        """Plain data that JSON can hold."""
        plain = drilled_dict(self.outcome) if isinstance(self.outcome, Drilled) else run_dict(self.outcome)
        return {**plain, "sensitivity": sensitivity_dict(found) if (found := self.sensitivity) else None}


@dataclass(frozen=True)
class Handle:
    """A system that can be compiled and run."""

    case: Case

    @property
    def drills(self) -> list[str]:
        """Ids of its drills."""
        return list(load_drills(self.case))

    def with_changes(self, **changes: Any) -> Handle:
        """The same system with paths set otherwise; ``__`` stands for the dots: ``flows__read__client="none"``.

        Paths with hyphens go through ``Handle(handle.case.overlaid({"components.auth-db.instances": 6}))``.
        """
        return Handle(self.case.overlaid({path.replace("__", "."): value for path, value in changes.items()}))

    def plan(self, load: float = 1.0) -> Compiled:
        """Its plan, at a multiple of its peak."""
        return compile_system(self.case.system, Conditions(load=load))

    def run(
        self,
        *,
        drill: str | None = None,
        load: float = 1.0,
        for_s: float = DEFAULT_FOR_S,
        settings: Settings | None = None,
        seed: int | None = None,
    ) -> Result:
        """Run it as it is, or through a drill (twice: also without the mitigation).

        Raises ``KeyError`` for a drill it does not have, ``atlas.sim.PlanError`` for a run that is not possible.
        """
        how = settings or Settings()
        if seed is not None:
            how = replace(how, seed=seed)
        conditions = Conditions(load=load)
        if drill is None:
            return Result(run_system(self.case, conditions, how, for_s=for_s))
        return Result(run_drill(self.case, load_drills(self.case)[drill], conditions, how))

    def sweep(
        self,
        vary: Mapping[str, str | Sequence[Scalar]],
        *,
        seeds: int = 1,
        engine: EngineName = "auto",
        drill: str = "",
        for_s: float = DEFAULT_FOR_S,
        executor: Executor | None = None,
        journal: Path | None = None,
    ) -> Sweep:
        """Run it at every point of a grid: ``vary={"load": "0.5x..3x", "retries": [0, 1, 3]}``.

        Runs go through the ``executor`` where one is given: a pool, or ``distributed.Client(…).get_executor()``.
        In the folder ``journal`` finished runs are kept, and those that are there are not made again. Raises
        ``KnobError`` or ``SweepError`` (both ``ValueError``) for what cannot be varied or run.
        """
        axes = [axis_of(name, values, self.case) for name, values in vary.items()]
        plan = plan_sweep(self.case, axes, Base(engine, drill, for_s=for_s), seeds=seeds)
        kept = open_journal(journal, self.case, plan.base) if journal is not None else nullcontext()
        with kept as found:
            return run_sweep(plan, executor=executor, journal=found)


def load(slug: str, catalogue: Path | None = None) -> Handle:
    """A system of a catalogue (default: the nearest, else the packaged one). Raises ``KeyError`` for another slug."""
    loaded = load_catalogue(catalogue)
    if slug not in loaded.systems:
        raise KeyError(f"there is no system {slug!r}; there are {', '.join(loaded.systems)}")
    return Handle(case_of(loaded, slug))
