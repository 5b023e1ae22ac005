"""Commands that run systems: plan, run."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from atlas.cli.exit import FOUND, fail
from atlas.cli.nearest import nearest
from atlas.cli.options import CatalogueOption, JsonOption, open_case, read_seconds

if TYPE_CHECKING:
    from atlas.compile import Case, Conditions, Drilled, Playbook, Run, Settings
    from atlas.compile.sensitivity import Sensitivity
    from atlas.model.failure import Failure

Told = Callable[[float, float, str], bool]


class EngineName(StrEnum):
    """Which engine answers."""

    AUTO = "auto"
    DISCRETE = "discrete"
    FLUID = "fluid"
    BOTH = "both"


LoadOption = Annotated[str, typer.Option("--load", help="Times the peak of every flow, such as 2x.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    panel = "Run"
    app.command("plan", rich_help_panel=panel)(plan)
    app.command("run", rich_help_panel=panel)(run)


def plan(
    system: Annotated[str, typer.Argument(help="Slug of the system.")],
    flow: Annotated[str, typer.Option("--flow", help="Only this flow.")] = "",
    load: LoadOption = "1x",
    regions: Annotated[bool, typer.Option("--regions", help="Tell regions apart.")] = False,
    catalogue: CatalogueOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print what the engines run of a system: stations, calls, where each number comes from, what is left out.

    Examples: atlas plan discord · atlas plan stripe --flow create-charge · atlas plan netflix --regions --json
    """
    from atlas.compile import Conditions, compile_system
    from atlas.compile.report import plan_dict, plan_text
    from atlas.sim import PlanError

    case = open_case(system, catalogue)
    try:
        compiled = compile_system(case.system, Conditions(_factor(load), only=flow, by_region=regions))
    except PlanError as error:
        fail(f"{system} cannot be run: {error}")
    typer.echo(json.dumps(plan_dict(compiled), indent=2, ensure_ascii=False) if as_json else plan_text(compiled))


def run(
    system: Annotated[str, typer.Argument(help="Slug of the system.")],
    drill: Annotated[str, typer.Option("--drill", help="Run this failure's drill.")] = "",
    all_drills: Annotated[bool, typer.Option("--all-drills", help="Run every drill.")] = False,
    flow: Annotated[
        str, typer.Option("--flow", help="Run only this flow; of a drill, judge only what it expects of this one.")
    ] = "",
    load: LoadOption = "1x",
    without: Annotated[
        list[str] | None,
        typer.Option("--without", help="Change the document: PATH removes a setting, PATH=VALUE sets it."),
    ] = None,
    engine: Annotated[
        EngineName,
        typer.Option("--engine", help="Which engine answers. auto: fluid for drills, else discrete where it can."),
    ] = EngineName.AUTO,
    seed: Annotated[int, typer.Option("--seed", help="Of the random numbers.", min=0)] = 1,
    seeds: Annotated[int, typer.Option("--replications", help="Runs with other seeds.", min=1, max=1000)] = 1,
    quick: Annotated[
        bool, typer.Option("--quick", help="Leave out which inputs move p99 most (some seconds).")
    ] = False,
    slice_: Annotated[
        float, typer.Option("--slice", help="Run this share of the system (rates and slots).", min=1e-9, max=1.0)
    ] = 1.0,
    executor: Annotated[
        str,
        typer.Option("--executor", help="For --all-drills: serial, processes[:N], threads[:N] or dask://HOST:PORT."),
    ] = "serial",
    for_: Annotated[str, typer.Option("--for", help="How long a run without a drill lasts: 30s, 10m, 1 h.")] = "60 s",
    plot: Annotated[
        Path | None, typer.Option("--plot", help="Write a chart to this file: .svg, .png, or .json (Vega-Lite).")
    ] = None,
    catalogue: CatalogueOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run a system at its peak, or through a drill with and without its mitigation.

    Exit code 0: it ran and every expectation holds; 1: an expectation is missed; 2: could not run.

    Examples: atlas run discord --load 2x --for 30s · atlas run discord --drill celebrity-storm --plot storm.svg ·
    atlas run stripe --all-drills --engine both · atlas run stripe --drill read-flood --without components.api.shed
    """
    if drill and all_drills:
        fail("--drill and --all-drills exclude each other")
    if engine is EngineName.BOTH and not all_drills:
        fail("--engine both compares the drills of a system", "give --all-drills with it, or one engine")
    _check_plot(plot, all_drills=all_drills)
    case = _changed(open_case(system, catalogue), without or [])
    asked = _Asked(_conditions(_factor(load), flow, slice_), _settings(engine, seed, seeds), plot, as_json, quick)
    if all_drills:
        _drills(case, "")
        _run_playbook(case, engine, asked, executor)
    elif drill:
        _run_drill(case, _drills(case, drill)[0], asked)
    else:
        _run_plain(case, asked, read_seconds(for_))


class _Asked:
    """What was asked for, whatever is run."""

    def __init__(
        self, conditions: Conditions, settings: Settings, plot: Path | None, as_json: bool, quick: bool
    ) -> None:
        self.conditions, self.settings, self.plot = conditions, settings, plot
        self.as_json, self.quick = as_json, quick


def _run_plain(case: Case, asked: _Asked, for_s: float) -> None:
    from atlas.cli.table import markdown
    from atlas.compile import run_system
    from atlas.compile.report import FLOW_COLUMNS, STATION_COLUMNS, flow_rows, run_dict, station_rows
    from atlas.sim import PlanError

    with _progress(quiet=asked.as_json) as told:
        try:
            done = run_system(case, asked.conditions, asked.settings, for_s=for_s, report=told)
        except PlanError as error:
            fail(f"{case.system.slug} cannot be run: {error}")
    _put_chart(done, asked.plot)
    moved = None if asked.quick else _sensitivity(done)
    if asked.as_json:
        _put_json({**run_dict(done), **_moved_dict(moved)})
        return
    typer.echo(markdown(FLOW_COLUMNS, flow_rows(done)))
    typer.echo("")
    typer.echo(markdown(STATION_COLUMNS, station_rows(done)))
    _put_fidelity(done, moved)


def _run_drill(case: Case, failure: Failure, asked: _Asked) -> None:
    from atlas.compile import run_drill
    from atlas.compile.report import drilled_dict

    with _progress(quiet=asked.as_json) as told:
        done = run_drill(case, failure, asked.conditions, asked.settings, report=told)
    moved = None if asked.quick else _sensitivity(done)
    if asked.as_json:
        _put_json({**drilled_dict(done), **_moved_dict(moved)})
    else:
        _put_drill(done, moved)
    if done.run is None:
        fail(f"{failure.id}: {done.reason}")
    _put_chart(done, asked.plot)
    if not done.holds:
        raise typer.Exit(FOUND)


def _sensitivity(done: Run | Drilled) -> Sensitivity | None:
    from atlas.cli.progress import bar
    from atlas.compile.sensitivity import sensitivity_of

    with bar("What moves p99") as advance:
        return sensitivity_of(done, advance)


def _moved_dict(moved: Sensitivity | None) -> dict[str, Any]:
    from atlas.compile.sensitivity import sensitivity_dict

    return {"sensitivity": sensitivity_dict(moved)} if moved else {}


def _put_drill(done: Drilled, moved: Sensitivity | None) -> None:
    from atlas.cli.table import markdown
    from atlas.compile.report import DRILL_COLUMNS, drill_rows, health_line

    typer.echo(markdown(DRILL_COLUMNS, drill_rows(done)))
    typer.echo("")
    typer.echo(f"{done.failure.id}: {done.verdict}")
    if done.health:
        typer.echo(health_line(done.health))
    if done.failure.drill and done.failure.drill.not_reproduced:
        typer.echo(f"said not to be reproduced: {done.failure.drill.not_reproduced}")
    if done.run is not None:
        _put_fidelity(done.run, moved)


def _run_playbook(case: Case, engine: EngineName, asked: _Asked, where: str) -> None:
    from atlas.cli.executor import open_executor
    from atlas.cli.progress import bar
    from atlas.compile import BOTH, run_playbook
    from atlas.compile.playbook import MOST_CALLS

    engines = {EngineName.BOTH: BOTH, EngineName.DISCRETE: BOTH[1:]}.get(engine, BOTH[:1])
    with bar("Running", quiet=asked.as_json) as advance, open_executor(where) as (executor, _):
        done = run_playbook(
            case,
            engines,
            conditions=asked.conditions,
            settings=replace(asked.settings, most_calls=MOST_CALLS),
            executor=executor,
            report=advance,
        )
    if asked.as_json:
        _put_json(done.to_dict())
    else:
        _put_playbook(done)
    if failed := [t for t in done.trials if not t.judgements]:
        fail(*(f"{t.drill} was not run on the {t.engine} engine: {t.reason}" for t in failed[:1]))
    if len(done.holding()) < len(done.drills):
        raise typer.Exit(FOUND)


def _put_playbook(done: Playbook) -> None:
    from atlas.cli.table import markdown
    from atlas.compile.playbook import PLAYBOOK_COLUMNS

    typer.echo(markdown(PLAYBOOK_COLUMNS, done.rows()))
    typer.echo("")
    for trial in done.trials:
        typer.echo(f"{trial.drill}, {trial.engine}: {trial.verdict}")
    typer.echo("")
    where = "both engines" if len(done.engines) > 1 else f"the {done.engines[0]} engine"
    count = len(done.drills)
    typer.echo(f"{len(done.holding())} of {count} drills hold on {where}; ", nl=False)
    typer.echo(f"{len(done.proven())} of {count} fail without their mitigation, and only under the fault")
    for drill, reason in done.open().items():
        typer.echo(f"open: {drill}{f': {reason}' if reason else ''}")


def _put_fidelity(run_: Run, moved: Sensitivity | None) -> None:
    from atlas.compile.report import fidelity
    from atlas.compile.sensitivity import sensitivity_lines

    typer.echo("")
    for line in (*(sensitivity_lines(moved) if moved else ()), *fidelity(run_)):
        typer.echo(line)


def _put_json(data: Any) -> None:
    typer.echo(json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False))


def _put_chart(result: Run | Drilled, path: Path | None) -> None:
    if path is None:
        return
    from atlas.compile.chart import save_chart

    try:
        save_chart(result, path)
    except OSError as error:
        fail(f"cannot write {path}: {error.strerror}", "choose another file with --plot")
    typer.echo(f"wrote {path}", err=True)


def _check_plot(path: Path | None, *, all_drills: bool) -> None:
    if path is None:
        return
    if all_drills:
        fail("--plot shows one drill", "name it with --drill")
    if path.suffix not in (".svg", ".png", ".json"):
        fail(f"{path.name} is no name for a chart", "end it with .svg, .png or .json")


def _changed(case: Case, changes: list[str]) -> Case:
    from atlas.catalogue import parse_yaml
    from atlas.compile import OverlayError

    if not changes:
        return case
    wanted: dict[str, Any] = {}
    for change in changes:
        path, equals, value = change.partition("=")
        read = parse_yaml(f"value: {value.strip()}")
        if equals and (read.findings or not isinstance(read.data, dict)):
            fail(f"{value.strip()!r} is no value", "quote text with a colon or a comma")
        wanted[path.strip()] = read.data["value"] if equals else "none"
    try:
        return case.overlaid(wanted)
    except OverlayError as error:
        fail(str(error), "paths are those of the document, such as components.api.shed")


def _drills(case: Case, drill: str) -> list[Failure]:
    from atlas.compile import load_drills

    known = load_drills(case)
    if not known:
        fail(f"{case.system.slug} has no drill")
    if drill and drill not in known:
        fail(f"{case.system.slug} has no drill {drill!r}", nearest(drill, known))
    return [known[drill]] if drill else list(known.values())


def _conditions(load: float, flow: str, share: float) -> Conditions:
    from atlas.compile import Conditions

    return Conditions(load, only=flow, share=share)


def _settings(engine: EngineName, seed: int, replications: int) -> Settings:
    from atlas.compile import Settings

    match engine:
        case EngineName.FLUID:
            return Settings("fluid", seed, replications)
        case EngineName.DISCRETE:
            return Settings("discrete", seed, replications)
        case _:
            return Settings("auto", seed, replications)


def _factor(text: str) -> float:
    """``2x``, ``2`` or ``150 %`` as a factor."""
    from atlas.quantity import QuantityError, parse

    try:
        value = float(text.removesuffix("x")) if text.removesuffix("x") != text else parse(text).mid
    except (ValueError, QuantityError):
        fail(f"{text!r} is no factor", "write it as 2x or 150 %")
    if not 0 < value <= 1e6:
        fail(f"a load of {text} cannot be run", "write a factor above 0, such as 2x")
    return value


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Told]:
    """A bar of simulated seconds."""
    from atlas.cli.progress import bar

    with bar("Running", quiet=quiet) as advance:

        def told(done_s: float, all_s: float, what: str) -> bool:
            advance(int(done_s), int(all_s), what)
            return True

        yield told
