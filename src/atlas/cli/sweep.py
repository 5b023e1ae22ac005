"""The command that runs a system under many settings: sweep."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from atlas.cli.exit import fail
from atlas.cli.nearest import nearest
from atlas.cli.options import CatalogueOption, JsonOption, cache_folder, open_case, read_seconds

if TYPE_CHECKING:
    from atlas.compile import Case
    from atlas.compile.sweep import Axis, Journal, Sweep
    from atlas.compile.sweep.run import Progress, SweepPlan

_FAILED = "have its workers the same Atlas installed, and enough memory? what was run is kept"
TABLES, CHARTS = (".csv", ".parquet", ".json"), (".svg", ".png", ".json")


class SweepEngine(StrEnum):
    """Which engine makes every run of a sweep."""

    AUTO = "auto"
    DISCRETE = "discrete"
    FLUID = "fluid"
    ANALYTIC = "analytic"


class Measure(StrEnum):
    """What a chart shows."""

    GOOD = "good"
    DEGRADED = "degraded"
    FAILED = "failed"
    P50 = "p50"
    P95 = "p95"
    P99 = "p99"
    P999 = "p999"
    UTILISATION = "utilisation"
    RECOVERY = "recovery"

    @property
    def column(self) -> str:
        """Its column in the table."""
        return f"{self.value}_s" if self.value.startswith(("p", "recovery")) else self.value


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("sweep", rich_help_panel="Run")(sweep)


def sweep(
    system: Annotated[str, typer.Argument(help="Slug of the system.")],
    vary: Annotated[
        list[str] | None,
        typer.Option("--vary", help="KNOB=VALUES: load=0.5x..3x, load=0.5x..8x:5log, retries=0,1,3, or a path."),
    ] = None,
    knobs: Annotated[bool, typer.Option("--knobs", help="List what can be varied, and leave.")] = False,
    drill: Annotated[str, typer.Option("--drill", help="Every run goes through this failure's drill.")] = "",
    flow: Annotated[str, typer.Option("--flow", help="Only this flow.")] = "",
    engine: Annotated[
        SweepEngine,
        typer.Option("--engine", help="Of every run. auto: fluid for drills and for large systems, else discrete."),
    ] = SweepEngine.AUTO,
    seeds: Annotated[int, typer.Option("--seeds", help="Runs of each point, with other seeds.", min=1)] = 1,
    seed: Annotated[int, typer.Option("--seed", help="The first of the seeds.", min=0)] = 1,
    for_: Annotated[str, typer.Option("--for", help="How long a run without a drill lasts.")] = "60 s",
    executor: Annotated[
        str, typer.Option("--executor", help="serial, processes[:N], threads[:N], or dask://HOST:PORT.")
    ] = "processes",
    out: Annotated[Path | None, typer.Option("--out", help="Write the table: .csv, .parquet or .json.")] = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", help="Write a chart: .svg, .png, or .json (Vega-Lite).")
    ] = None,
    measure: Annotated[Measure, typer.Option("--measure", help="What the chart shows.")] = Measure.GOOD,
    again: Annotated[
        bool, typer.Option("--again/--resume", help="Run everything again, instead of what is not yet there.")
    ] = False,
    most_runs: Annotated[
        int, typer.Option("--most-runs", help="Refuse more points × seeds than this.", min=1)
    ] = 20_000,
    catalogue: CatalogueOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run a system at every point of a grid of settings, with several seeds, and show where it bends and breaks.

    Each finished run is kept at once: a sweep that was interrupted, or killed, goes on where it was when the same
    command is given again, and a wider grid runs only what is new.

    Examples: atlas sweep discord --knobs ·
    atlas sweep discord --vary load=0.5x..3x --vary retries=0,1,3 --plot heat.svg ·
    atlas sweep stripe --vary load=0.5x..2x --drill read-flood --out storm.parquet ·
    atlas sweep slack --vary load=1x..4x --engine discrete --seeds 8 --executor dask://127.0.0.1:8786
    """
    _check_files(out, plot)
    case = open_case(system, catalogue, quiet=False)
    if knobs:
        _put_knobs(case, as_json=as_json)
        return
    plan = _plan(case, vary or [], drill, flow, engine, (seeds, seed, most_runs), read_seconds(for_))
    for note in plan.notes:
        typer.echo(note, err=True)
    done = _run(plan, executor, again=again, quiet=as_json)
    _put_files(done, out, plot, measure)
    if as_json:
        typer.echo(json.dumps(done.to_dict(), indent=2, ensure_ascii=False, allow_nan=False))
    else:
        _put_table(done, flow)


def _plan(
    case: Case,
    vary: list[str],
    drill: str,
    flow: str,
    engine: SweepEngine,
    counts: tuple[int, int, int],
    for_s: float,
) -> SweepPlan:
    from atlas.compile import load_drills
    from atlas.compile.sweep import Base, SweepError, plan_sweep

    if drill and drill not in (known := load_drills(case)):
        fail(f"{case.system.slug} has no drill {drill!r}", nearest(drill, known))
    if flow and flow not in case.system.document.flows:
        fail(f"{case.system.slug} has no flow {flow!r}", nearest(flow, case.system.document.flows))
    if not vary:
        fail("nothing is varied", f"give --vary load=0.5x..3x, or a knob of: atlas sweep {case.system.slug} --knobs")
    axes = [_axis(text, case) for text in vary]
    base = Base(engine.value, drill, flow, for_s)
    try:
        return plan_sweep(case, axes, base, seeds=counts[0], first_seed=counts[1], most_runs=counts[2])
    except SweepError as error:
        fail(str(error), "fewer values or seeds, or --most-runs" if "are more than" in str(error) else "")


def _axis(text: str, case: Case) -> Axis:
    from atlas.compile.sweep import KnobError, read_axis

    try:
        axis = read_axis(text, case)
    except KnobError as error:
        listed = f"what can be varied: atlas sweep {case.system.slug} --knobs"
        fail(f"--vary {error}", nearest(text.partition("=")[0].strip(), error.knobs, listed) if error.knobs else listed)
    if axis.name == "retries":
        from atlas.compile.sweep.point import retry_paths

        paths = retry_paths(case.data)
        typer.echo(f"retries: after the first attempt, of {len(paths)} calls: {', '.join(paths)}", err=True)
    return axis


def _run(plan: SweepPlan, executor: str, *, again: bool, quiet: bool) -> Sweep:
    from concurrent.futures import BrokenExecutor, CancelledError

    from atlas.cli.executor import open_executor
    from atlas.compile.sweep import JournalError, SweepError, open_journal, run_sweep

    try:
        with (
            open_executor(executor) as (pool, jobs),
            open_journal(_folder(), plan.case, plan.base, again=again) as kept,
            _resumable(plan, kept),
            _progress(plan, jobs, quiet=quiet) as told,
        ):
            return run_sweep(plan, executor=pool, journal=kept, report=told)
    except JournalError as error:
        fail(str(error), "wait for it, or end it: what it has done is kept")
    except SweepError as error:
        fail(str(error))
    except (BrokenExecutor, CancelledError, ImportError) as error:
        fail(f"the executor {executor} failed: {error or type(error).__name__}", _FAILED)


def _folder() -> Path:
    """Where journals are kept."""
    return cache_folder() / "sweeps"


@contextmanager
def _resumable(plan: SweepPlan, kept: Journal) -> Iterator[None]:
    """However a sweep ends before its end, say what is kept and how to go on."""
    try:
        yield
    except BaseException:
        done = sum(point in kept for point in plan.points)
        typer.echo(f"{done} of {plan.size} runs are kept in {kept.path}; the same command goes on from there", err=True)
        raise


@contextmanager
def _progress(plan: SweepPlan, jobs: int, *, quiet: bool) -> Iterator[Callable[[Progress], None]]:
    """A bar of runs; before it what there is to do, and after the first run how long that will take."""
    from atlas.cli.progress import bar
    from atlas.compile.sweep.run import duration

    told = False
    with bar("Sweeping", quiet=quiet) as advance:

        def report(now: Progress) -> None:
            nonlocal told
            if not told and (now.one_s or now.done == now.total):
                told = True
                typer.echo(_expected(plan, now, jobs, duration), err=True)
            advance(now.done, now.total, now.last)

        yield report


def _expected(plan: SweepPlan, now: Progress, jobs: int, duration: Callable[[float], str]) -> str:
    grid = " × ".join(str(len(axis.values)) for axis in plan.axes)
    whole = f"{plan.size} runs: {grid} points × {len(plan.seeds)} seed{'s' if len(plan.seeds) > 1 else ''}"
    if now.done == now.total:
        return f"{whole}; all of them are there"
    before = f", {now.done - 1} of them there already" if now.done > 1 else ""
    left = duration(now.expected_s(jobs))
    return f"{whole}{before}; one takes {now.one_s:.2g} s, the rest about {left}, {jobs} at a time"


def _put_files(done: Sweep, out: Path | None, plot: Path | None, measure: Measure) -> None:
    from atlas.compile.sweep import save_sweep_chart

    try:
        if out is not None:
            _put_out(done, out)
        if plot is not None:
            save_sweep_chart(done, plot, measure.column)
            typer.echo(f"wrote {plot}", err=True)
    except ValueError as error:
        fail(str(error), "what was run is kept: give the command again, with other options")
    except OSError as error:
        fail(f"cannot write {error.filename}: {error.strerror}", "choose another file: what was run is kept")


def _put_out(done: Sweep, out: Path) -> None:
    if out.suffix == ".parquet":
        try:
            done.to_parquet(out)
        except ImportError:
            fail("Parquet needs pyarrow", "pip install 'atlas-systems[dask]', or write .csv")
    elif out.suffix == ".csv":
        out.write_text(done.to_csv(), "utf-8")
    else:
        out.write_text(json.dumps(done.to_dict(), indent=1, ensure_ascii=False, allow_nan=False) + "\n", "utf-8")
    typer.echo(f"wrote {out}", err=True)


def _put_table(done: Sweep, flow: str) -> None:
    from atlas.cli.table import markdown

    columns, rows = done.summary_rows(flow)
    typer.echo(markdown(columns, rows))
    typer.echo("")
    seeds = f", means over {len(done.seeds)} seeds, p99 with half its 95 % interval" if len(done.seeds) > 1 else ""
    typer.echo(f"flow {flow or done.main_flow}, {done.base.engine} engine{seeds}")
    if len(done.flows) > 1 and not flow:
        typer.echo(
            f"the other flows are in --out and --json: {', '.join(f for f in done.flows if f != done.main_flow)}"
        )
    for reason, count in done.reasons.items():
        typer.echo(f"{count} of {len(done.found)} rows: {reason}")


def _put_knobs(case: Case, *, as_json: bool) -> None:
    from atlas.cli.table import markdown
    from atlas.compile.sweep import knobs_of

    found = knobs_of(case)
    if as_json:
        plain = [{"knob": k.name, "now": k.now, "about": k.about} for k in found]
        typer.echo(json.dumps(plain, indent=2, ensure_ascii=False))
        return
    typer.echo(
        markdown(
            ("knob", "now", "what it is, or where the value comes from"), [(k.name, k.now, k.about) for k in found]
        )
    )


def _check_files(out: Path | None, plot: Path | None) -> None:
    """Names that cannot be written are refused before an hour of running."""
    for path, endings, option in ((out, TABLES, "--out"), (plot, CHARTS, "--plot")):
        if path is None:
            continue
        if path.suffix not in endings:
            fail(f"{option} {path.name} ends with none of {', '.join(endings)}")
        if not path.parent.is_dir():
            fail(f"{option}: there is no folder {path.parent}")
    if out is not None and out == plot:
        fail("--out and --plot are one file")
