"""All drills of a system on several engines, each with its counterfactual, as a table that files and pages can hold."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from atlas.compile.conditions import Conditions
from atlas.compile.overlay import Case
from atlas.compile.report import DRILL_COLUMNS, Row, finite, judged_rows, seconds, shown
from atlas.compile.run import Drilled, EngineName, Settings, load_drills, run_drills
from atlas.compile.verdict import Judged, Judgement, Measure
from atlas.sim.fidelity import stratum_of

Both = Literal["fluid", "discrete"]
BOTH: Final[tuple[Both, ...]] = ("fluid", "discrete")
MOST_CALLS: Final = 20e6
"""Calls that each discrete run of a playbook simulates before the plan is sliced: some seconds of the kernel.

A thinner slice leaves the smallest tiers of the largest systems so few slots that they are other queues.
"""
ENOUGH_HOLD, ENOUGH_FAIL = 0.8, 0.6
"""The bar of a playbook: four of five drills hold on both engines, three of five fail without the mitigation."""
AGREED_GOODPUT = 0.10
AGREED_RECOVERY, AGREED_RECOVERY_S = 0.10, 2.0
"""Engines agree on a drill: same verdict, goodput within ten points, recovery within the larger of 10 % and 2 s."""
Told = Callable[[int, int, str], None]
"""Told (trials done, trials in all, which)."""


@dataclass(frozen=True, slots=True)
class Trial(Judged):
    """One drill on one engine: what was measured with the mitigation, without it, and without the fault.

    ``share`` is the slice of the system that was run. ``reason`` says why the drill or its counterfactual was not run.
    ``on_slice`` is the same on the slice that the other engine could afford, with which that engine is compared: in a
    thin slice pools of few machines are other queues, and that is the slice's doing, not an engine's.
    """

    drill: str
    name: str
    engine: str
    share: float
    stratum: str
    judgements: tuple[Judgement, ...]
    without_judgements: tuple[Judgement, ...]
    health: tuple[Judgement, ...]
    verdict: str
    reason: str = ""
    not_reproduced: str = ""
    on_slice: Trial | None = None

    @property
    def is_proven(self) -> bool:
        """Whether an expectation that is met with the mitigation is missed without it, and only under the fault."""
        met = {(j.flow, j.measure) for j in self.judgements if j.holds}
        missed = {(j.flow, j.measure) for j in self.without_judgements if not j.holds}
        return bool(met & missed) and self.is_healthy is True

    def to_dict(self) -> dict[str, Any]:
        """Plain data that JSON can hold."""
        return {
            "drill": self.drill,
            "name": self.name,
            "engine": self.engine,
            "share": self.share,
            "stratum": self.stratum,
            "holds": self.holds,
            "counterfactual_fails": self.counterfactual_fails,
            "healthy": self.is_healthy,
            "proven": self.is_proven,
            "verdict": self.verdict,
            "reason": self.reason,
            "not_reproduced": self.not_reproduced,
            "expectations": [_as_dict(j) for j in self.judgements],
            "without": [_as_dict(j) for j in self.without_judgements],
            "health": [_as_dict(j) for j in self.health],
            "on_slice": self.on_slice.to_dict() if self.on_slice else None,
        }


@dataclass(frozen=True, slots=True)
class Playbook:
    """The drills of a system, each on every engine asked for, in the document's order."""

    system: str
    engines: tuple[str, ...]
    trials: tuple[Trial, ...]

    @property
    def drills(self) -> tuple[str, ...]:
        """Ids of the drills."""
        return tuple(dict.fromkeys(t.drill for t in self.trials))

    def of(self, drill: str) -> tuple[Trial, ...]:
        """The trials of a drill, one for each engine."""
        return tuple(t for t in self.trials if t.drill == drill)

    def holding(self) -> tuple[str, ...]:
        """Drills that hold on every engine."""
        return tuple(d for d in self.drills if all(t.holds for t in self.of(d)))

    def proven(self) -> tuple[str, ...]:
        """Drills that miss an expectation without the mitigation which they meet with it, on every engine."""
        return tuple(d for d in self.drills if all(t.is_proven for t in self.of(d)))

    def open(self) -> dict[str, str]:
        """Drills that do not hold, or prove nothing, on an engine: with the reason that the document gives, or none."""
        fine = {*self.holding()} & {*self.proven()}
        return {d: self.of(d)[0].not_reproduced for d in self.drills if d not in fine}

    @property
    def meets_bar(self) -> bool:
        """Whether enough of the drills hold, and fail without their mitigations."""
        count = len(self.drills)
        return len(self.holding()) >= ENOUGH_HOLD * count and len(self.proven()) >= ENOUGH_FAIL * count

    def agree(self, drill: str) -> bool:
        """Whether the engines say the same of a drill on one plan (see ``AGREED_GOODPUT``); true for one engine."""
        first, *others = self.of(drill)
        return all(_agree(first.on_slice or first, other) for other in others)

    def is_slice_other(self, drill: str) -> bool:
        """Whether the engines agree on the slice, which does something else than the whole."""
        first, *others = self.of(drill)
        return self.agree(drill) and not all(_agree(first, other) for other in others)

    def rows(self) -> list[Row]:
        """A row for each expectation and engine, columns as in ``PLAYBOOK_COLUMNS``."""
        return [row for trial in self.trials for row in trial_rows(trial)]

    def to_dict(self) -> dict[str, Any]:
        """Plain data that JSON can hold; ``playbook_from`` reads it."""
        return {
            "system": self.system,
            "engines": list(self.engines),
            "drills": len(self.drills),
            "holding": list(self.holding()),
            "proven": list(self.proven()),
            "open": self.open(),
            "meets_bar": self.meets_bar,
            "agree": {d: self.agree(d) for d in self.drills},
            "trials": [t.to_dict() for t in self.trials],
        }


PLAYBOOK_COLUMNS: Row = ("drill", "engine", *DRILL_COLUMNS[1:])


def run_playbook(
    case: Case,
    engines: Sequence[Both] = BOTH,
    *,
    conditions: Conditions | None = None,
    settings: Settings | None = None,
    executor: Executor | None = None,
    report: Told | None = None,
) -> Playbook:
    """Run every drill of a system, with its counterfactual, on each engine; here, or through an executor.

    ``settings`` hold the seed and the size of the discrete runs (default: ``MOST_CALLS``, so that a playbook takes
    seconds, not minutes); their engine is not used. Raises nothing for a drill that cannot be run: its trial says why.
    """
    how = settings or Settings(most_calls=MOST_CALLS)
    names = list(load_drills(case))
    parts = [(some, engine) for engine in engines for some in _at_once(names, engine)]
    trials: dict[tuple[str, str], Trial] = {}
    told = report or (lambda *_: None)
    asked = [_Asked(tuple(some), engine, conditions or Conditions()) for some, engine in parts]
    for which, made in _each(case, asked, how, executor):
        for name, trial in zip(which.drills, made, strict=True):
            trials[name, which.engine] = trial
            told(len(trials), len(names) * len(engines), f"{name}, {which.engine}")
    for which, made in _each(case, list(_slices(trials, conditions or Conditions())), how, executor):
        whole = trials[which.drills[0], "fluid"]
        trials[which.drills[0], "fluid"] = replace(whole, on_slice=made[0])
    return Playbook(case.system.slug, tuple(engines), tuple(trials[n, engine] for n in names for engine in engines))


@dataclass(frozen=True, slots=True)
class _Asked:
    """Drills to run on an engine under some conditions."""

    drills: tuple[str, ...]
    engine: EngineName
    conditions: Conditions


def _each(
    case: Case, asked: Sequence[_Asked], settings: Settings, executor: Executor | None
) -> Iterator[tuple[_Asked, list[Trial]]]:
    """What was asked with its trials: in the order asked, or as they come from an executor."""
    if executor is None:
        for one in asked:
            yield one, run_trials(case, one.drills, one.engine, one.conditions, settings)
        return
    futures = {executor.submit(run_trials, case, a.drills, a.engine, a.conditions, settings): a for a in asked}
    for future in as_completed(futures):
        yield futures[future], future.result()


def _slices(trials: Mapping[tuple[str, str], Trial], conditions: Conditions) -> Iterator[_Asked]:
    """The fluid engine on each slice that the discrete engine ran."""
    for (name, engine), trial in trials.items():
        if engine == "discrete" and trial.judgements and trial.share < 1 and (name, "fluid") in trials:
            yield _Asked((name,), "fluid", replace(conditions, share=trial.share))


def _at_once(names: Sequence[str], engine: EngineName) -> list[Sequence[str]]:
    """Drills that are run together: all where that is quicker than one by one."""
    return [names] if engine == "fluid" and names else [[name] for name in names]


def run_trials(
    case: Case, drills: Sequence[str], engine: EngineName, conditions: Conditions | None, settings: Settings
) -> list[Trial]:
    """Some drills on one engine. What it takes and gives can be pickled."""
    failures = [load_drills(case)[drill] for drill in drills]
    done = run_drills(case, failures, conditions, replace(settings, engine=engine))
    return [trial_of(drilled, engine) for drilled in done]


def trial_of(drilled: Drilled, engine: str) -> Trial:
    """A drill's outcome without its series over time."""
    run, drill = drilled.run, drilled.failure.drill
    return Trial(
        drilled.failure.id,
        drilled.failure.name,
        engine,
        run.compiled.conditions.share if run else 1.0,
        stratum_of(run.compiled.plan) if run else "",
        drilled.judgements,
        drilled.without_judgements,
        drilled.health,
        drilled.verdict,
        drilled.reason,
        (drill.not_reproduced if drill else None) or "",
    )


def playbook_from(data: Mapping[str, Any]) -> Playbook:
    """A playbook from what ``to_dict`` gave. Raises ``KeyError`` or ``TypeError`` for other data."""
    return Playbook(data["system"], tuple(data["engines"]), tuple(_trial_from(t) for t in data["trials"]))


def _trial_from(data: Mapping[str, Any]) -> Trial:
    kept = [f.name for f in dataclasses.fields(Trial) if f.name not in _JUDGED and f.name != "on_slice"]
    plain: dict[str, Any] = {name: data[name] for name in kept}
    plain |= {name: tuple(_judgement_from(j) for j in data[key]) for name, key in _JUDGED.items()}
    return Trial(**plain, on_slice=_trial_from(data["on_slice"]) if data["on_slice"] else None)


_JUDGED = {"judgements": "expectations", "without_judgements": "without", "health": "health"}


def _as_dict(judgement: Judgement) -> dict[str, Any]:
    """A judgement; ``value`` is null and ``text`` says why where it is infinite or was not measured."""
    return {
        "flow": judgement.flow,
        "measure": judgement.measure,
        "bound": judgement.bound,
        "value": finite(judgement.value),
        "text": shown(judgement),
        "holds": judgement.holds,
    }


def _judgement_from(data: Mapping[str, Any]) -> Judgement:
    measure: Measure = data["measure"]
    value = data["value"]
    if value is None:
        value = float("inf") if data["text"] == seconds(float("inf")) else float("nan")
    return Judgement(data["flow"], measure, data["bound"], value, data["holds"])


def trial_rows(trial: Trial) -> list[Row]:
    """One row for each expectation of a trial, columns as in ``PLAYBOOK_COLUMNS``."""
    return judged_rows((trial.drill, trial.engine), trial, trial.verdict)


def _agree(first: Trial, other: Trial) -> bool:
    if first.holds != other.holds or first.is_proven != other.is_proven:
        return False
    if len(first.judgements) != len(other.judgements):  # one of them was not run
        return False
    pairs = zip(first.judgements, other.judgements, strict=True)
    return all(_near(a, b) for a, b in pairs)


def _near(a: Judgement, b: Judgement) -> bool:
    if a.measure == "p99" or a.value == b.value:
        return True
    if a.measure == "recover":
        if math.isinf(a.value) or math.isinf(b.value):
            return False
        return abs(a.value - b.value) <= max(AGREED_RECOVERY * max(a.value, b.value), AGREED_RECOVERY_S)
    return abs(a.value - b.value) <= AGREED_GOODPUT
