"""Running a system: at a load, through a drill, and through the same drill without the mitigation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from atlas.compile.conditions import Conditions
from atlas.compile.fault import Window, conditions_of, focus_of, plan_faults, window_of
from atlas.compile.health import HEALTH_S, SETTLED_S, health
from atlas.compile.overlay import Case, OverlayError
from atlas.compile.plan import Compiled, compile_system
from atlas.compile.trace import MOST_CALLS, MOST_CALLS_HOT, Trace, share_for, smallest_hot_share, trace_discrete
from atlas.compile.trace_fluid import Wanted, trace_fluids
from atlas.compile.verdict import Judged, Judgement, judge
from atlas.model.failure import Failure
from atlas.model.system import System
from atlas.sim import PlanError, with_faults

EngineName = Literal["auto", "discrete", "fluid"]
Report = Callable[[float, float, str], bool]
"""Told (seconds done, seconds in all, what); returns whether to go on."""
THIN = 0.05
"""In thinner slices small components are no longer what they were: then flows that a drill does not touch become
background load instead."""
DEFAULT_FOR_S = 60.0
DEFAULT_WARMUP_S = 10.0


@dataclass(frozen=True, slots=True)
class Settings:
    """How to run: the engine, its seed, and the most calls that a discrete run simulates before it is sliced.

    ``auto`` is the fluid engine for drills and for what is too large to run whole, else the discrete one.
    """

    engine: EngineName = "auto"
    seed: int = 1
    replications: int = 1
    most_calls: float = MOST_CALLS


@dataclass(frozen=True)
class Run:
    """One run: the plan it was made on (with the faults on its timeline) and what the engine said."""

    compiled: Compiled
    trace: Trace
    window: Window | None = None

    @property
    def not_modelled(self) -> tuple[str, ...]:
        """What neither the plan nor the engine has."""
        return tuple(dict.fromkeys((*self.compiled.not_modelled, *self.trace.not_modelled)))


@dataclass(frozen=True)
class Drilled(Judged):
    """A drill's outcome. ``without`` is the same without the mitigation; ``reason`` says why one was not run.

    ``health`` is how the system without the mitigation does while nothing is broken.
    """

    system: str
    failure: Failure
    run: Run | None
    judgements: tuple[Judgement, ...]
    without: Run | None = None
    without_judgements: tuple[Judgement, ...] = ()
    health: tuple[Judgement, ...] = ()
    reason: str = ""

    @property
    def is_reproduced(self) -> bool:
        """Whether the drill holds and its counterfactual, well without the fault, fails."""
        return self.holds and self.counterfactual_fails is True and self.is_healthy is not False

    @property
    def verdict(self) -> str:
        """The outcome in words."""
        if self.run is None:
            return f"not run: {self.reason}"
        first = "holds" if self.holds else "fails"
        if self.without is None:
            return f"{first}; no counterfactual{f': {self.reason}' if self.reason else ''}"
        if not self.counterfactual_fails:
            return f"{first}; without the mitigation it holds too"
        well = "" if self.is_healthy is not False else ", but so it does without the fault: that proves nothing"
        return f"{first}; without the mitigation it fails{well}"


def plan_system(
    case: Case, conditions: Conditions | None = None, settings: Settings | None = None, *, for_s: float = DEFAULT_FOR_S
) -> Compiled:
    """The plan that ``run_system`` would run: sliced where the whole costs the discrete engine too much."""
    how = settings or Settings()
    given = conditions or Conditions()
    return _affordable(case, given, _chosen(case, given, how, for_s), for_s)


def plan_drill(
    case: Case, failure: Failure, conditions: Conditions | None = None, settings: Settings | None = None
) -> tuple[Compiled, Window]:
    """The plan that ``run_drill`` would run, faults on its timeline, and when they begin and end.

    Raises PlanError where there is no such plan, ``ValueError`` for a failure without a drill.
    """
    if failure.drill is None:
        raise ValueError(f"{failure.id} has no drill")
    how, given, window = _for_drills(settings), conditions or Conditions(), window_of(failure.drill)
    base = _base(case, failure, given, how, window)
    return _broken(base, failure, window).compiled, window


def run_system(
    case: Case,
    conditions: Conditions | None = None,
    settings: Settings | None = None,
    *,
    for_s: float = DEFAULT_FOR_S,
    warmup_s: float | None = None,
    report: Report | None = None,
) -> Run:
    """Run a system as it is. PlanError where it cannot be.

    What happens in the first ``warmup_s`` is not counted (default: a quarter of the run, at most
    ``DEFAULT_WARMUP_S``).
    """
    given = conditions or Conditions()
    how = _chosen(case, given, settings or Settings(), for_s)
    compiled = _affordable(case, given, how, for_s)
    from_s = min(DEFAULT_WARMUP_S, for_s / 4) if warmup_s is None else warmup_s
    return Run(compiled, _trace(Wanted(compiled, for_s, from_s), how, report, "as it is"))


def run_drill(
    case: Case,
    failure: Failure,
    conditions: Conditions | None = None,
    settings: Settings | None = None,
    *,
    with_counterfactual: bool = True,
    report: Report | None = None,
) -> Drilled:
    """Run a drill, and again without its mitigation. What cannot be run is said in the result, not raised.

    Where the conditions name one flow (``only``), the drill is run whole and only that flow is judged.
    """
    failures = [failure]
    return run_drills(case, failures, conditions, settings, with_counterfactual=with_counterfactual, report=report)[0]


def run_drills(
    case: Case,
    failures: Sequence[Failure],
    conditions: Conditions | None = None,
    settings: Settings | None = None,
    *,
    with_counterfactual: bool = True,
    report: Report | None = None,
) -> list[Drilled]:
    """Run several drills, each as ``run_drill`` does; on the fluid engine all of their runs side by side."""
    how, given = _for_drills(settings), conditions or Conditions()
    ready = [_prepared(case, failure, given, how, with_counterfactual=with_counterfactual) for failure in failures]
    if how.engine == "fluid":
        traces = trace_fluids([wanted for drill in ready for wanted in drill.wanted])
        return [_judged(drill, lambda wanted, _: traces(wanted)) for drill in ready]
    return [_judged(drill, lambda wanted, what: _trace(wanted, how, report, what)) for drill in ready]


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A drill before it is run: its run, the one without the mitigation, and that while nothing is broken."""

    done: Drilled
    window: Window | None = None
    run: Wanted | None = None
    other: System | None = None
    without: Wanted | None = None
    calm: Wanted | None = None

    @property
    def wanted(self) -> list[Wanted]:
        """The runs that it takes."""
        return [w for w in (self.run, self.without, self.calm) if w is not None]


def _prepared(
    case: Case, failure: Failure, given: Conditions, how: Settings, *, with_counterfactual: bool
) -> _Prepared:
    """Plan the runs of a drill."""
    slug, drill = case.system.slug, failure.drill
    if drill is None:
        return _Prepared(Drilled(slug, failure, None, (), reason="the failure has no drill"))
    judged = _narrowed(failure, given.only)
    if judged is None:
        return _Prepared(Drilled(slug, failure, None, (), reason=f"it expects nothing of {given.only}"))
    window, given = window_of(drill), replace(given, only="")
    try:
        base = _base(case, failure, given, how, window)
        ready = _Prepared(Drilled(slug, judged, None, ()), window, _broken(base, failure, window))
    except (PlanError, OverlayError) as error:
        return _Prepared(Drilled(slug, failure, None, (), reason=str(error)))
    if not with_counterfactual or not drill.without:
        return ready
    try:
        other = case.overlaid(drill.without)
        base = _base(other, _same(other, failure), given, how, window)
        without = _broken(base, _same(other, failure), window)
    except (PlanError, OverlayError) as error:
        return replace(ready, done=replace(ready.done, reason=str(error)))
    return replace(ready, other=other.system, without=without, calm=Wanted(base, HEALTH_S, SETTLED_S))


def _judged(ready: _Prepared, trace: Callable[[Wanted, str], Trace]) -> Drilled:
    """Run what was planned, and judge it."""
    done, window, name = ready.done, ready.window, ready.done.failure.id
    drill = done.failure.drill
    if ready.run is None or window is None or drill is None:
        return done
    try:
        run = Run(ready.run.compiled, trace(ready.run, name), window)
    except PlanError as error:
        return replace(done, reason=str(error))
    done = replace(done, run=run, judgements=judge(drill, run.trace, window))
    if ready.without is None or ready.calm is None or ready.other is None:
        return done
    try:
        without = Run(ready.without.compiled, trace(ready.without, f"{name} without"), window)
        calm = trace(ready.calm, f"{name} unbroken")
    except PlanError as error:
        return replace(done, reason=str(error))
    return replace(
        done,
        without=without,
        without_judgements=judge(drill, without.trace, window),
        health=health(drill, calm, ready.other),
    )


def _narrowed(failure: Failure, flow: str) -> Failure | None:
    """The failure with only what its drill expects of a flow (empty: of all); ``None`` where that is nothing."""
    assert failure.drill is not None  # noqa: S101 - only failures with a drill are run
    expected = tuple(e for e in failure.drill.expect if not flow or e.flow == flow)
    drill = failure.drill.model_copy(update={"expect": expected})
    return failure.model_copy(update={"drill": drill}) if expected else None


def _same(case: Case, failure: Failure) -> Failure:
    """The failure in a changed document (whose own numbers may have changed)."""
    return next(f for f in case.system.document.failures if f.id == failure.id)


def _base(case: Case, failure: Failure, given: Conditions, how: Settings, window: Window) -> Compiled:
    """The plan of a drill, before anything breaks."""
    asked = conditions_of(case.system, failure, given)
    return _affordable(case, asked, how, window.for_s, focus_of(case.system, failure))


def _broken(base: Compiled, failure: Failure, window: Window) -> Wanted:
    faulty = replace(base, plan=with_faults(base.plan, plan_faults(base, failure, window)))
    return Wanted(faulty, window.for_s, window.start_s)


def _for_drills(settings: Settings | None) -> Settings:
    how = settings or Settings()
    return replace(how, engine="fluid") if how.engine == "auto" else how


def _chosen(case: Case, given: Conditions, how: Settings, for_s: float) -> Settings:
    """For plain runs: the discrete engine where it can run all of the system, else the fluid one."""
    if how.engine != "auto":
        return how
    whole = share_for(compile_system(case.system, given), for_s, most_calls=how.most_calls) >= 1
    return replace(how, engine="discrete" if whole else "fluid")


def _affordable(
    case: Case, conditions: Conditions, how: Settings, for_s: float, focus: tuple[str, ...] = ()
) -> Compiled:
    """The plan, sliced where the engine's cost grows with the rate and the whole would cost too much."""
    compiled = compile_system(case.system, conditions)
    if how.engine != "discrete" or conditions.share < 1:
        return compiled
    share = share_for(compiled, for_s, most_calls=how.most_calls)
    if share < THIN and focus:
        nearer = compile_system(case.system, replace(conditions, focus=focus))
        if (more := share_for(nearer, for_s, most_calls=how.most_calls)) > share:
            compiled, conditions, share = nearer, nearer.conditions, more
    if conditions.hot_key:
        share = max(share, smallest_hot_share(compiled))
        if share_for(compiled, for_s, most_calls=MOST_CALLS_HOT) < share:
            raise PlanError("for_s", "too many calls for the discrete engine: one hot key needs nearly all of the plan")
    return compiled if share >= 1 else compile_system(case.system, replace(conditions, share=share))


def _trace(wanted: Wanted, how: Settings, report: Report | None, what: str) -> Trace:
    if how.engine == "fluid":
        return trace_fluids([wanted])(wanted)

    def progress(now_s: float) -> bool:
        return report is None or report(now_s, wanted.for_s * how.replications, what)

    return trace_discrete(
        wanted.compiled,
        seed=how.seed,
        for_s=wanted.for_s,
        from_s=wanted.from_s,
        replications=how.replications,
        progress=progress,
    )


def load_drills(case: Case) -> Mapping[str, Failure]:
    """The failures of a system that have a drill, by id."""
    return {f.id: f for f in case.system.document.failures if f.drill is not None}
