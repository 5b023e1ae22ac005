"""The command that runs the drills of systems on both engines and keeps the outcomes: drills."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from atlas.cli.executor import open_executor
from atlas.cli.exit import FOUND, fail
from atlas.cli.nearest import nearest
from atlas.cli.options import CatalogueOption, open_catalogue

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from atlas.catalogue import Catalogue


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("drills", rich_help_panel="Run")(drills)


def drills(
    targets: Annotated[list[str] | None, typer.Argument(help="Slugs. Default: every system.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Run nothing; say whose outcomes are out of date.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Run also those that are up to date.")] = False,
    executor: Annotated[
        str, typer.Option("--executor", help="serial, processes[:N], threads[:N] or dask://HOST:PORT.")
    ] = "serial",
    seed: Annotated[int, typer.Option("--seed", help="Of the random numbers.", min=0)] = 1,
    catalogue: CatalogueOption = None,
) -> None:
    """Run every drill on both engines and keep the outcomes in catalogue/runs, which the site shows.

    Systems whose document and whose engines are unchanged since are left as they are.

    Exit code 0: all are up to date; 1: with --check, some are not; 2: could not run.

    Examples: atlas drills · atlas drills discord --executor processes:2 · atlas drills --check
    """
    loaded = open_catalogue(catalogue, quiet=True)
    slugs = targets or list(loaded.systems)
    for slug in slugs:
        if slug not in loaded.systems:
            fail(f"there is no system called {slug!r}", nearest(slug, loaded.systems))
    reasons = {slug: _out_of_date(loaded, slug) for slug in slugs}
    if check:
        late = {slug: reason for slug, reason in reasons.items() if reason}
        for slug, reason in late.items():
            typer.echo(f"{slug}: {reason}")
        raise typer.Exit(FOUND if late else 0)
    with open_executor(executor) as (pool, _):
        for slug in slugs:
            if again or reasons[slug]:
                typer.echo(_run_and_keep(loaded, slug, seed, pool))


def _out_of_date(loaded: Catalogue, slug: str) -> str:
    """Why a system's outcomes have to be made again; empty: they do not."""
    from atlas.compile.kept import read_kept

    kept = read_kept(loaded.root, slug)
    if kept is None:
        return "its drills were not run yet"
    if not kept.is_of(loaded.systems[slug]):
        return "its document changed since its drills were run"
    return "" if kept.is_of_this_code else "the engines changed since its drills were run"


def _run_and_keep(loaded: Catalogue, slug: str, seed: int, executor: Executor | None) -> str:
    from atlas.cli.progress import bar
    from atlas.compile import Settings, case_of, run_playbook
    from atlas.compile.kept import keep, keep_of
    from atlas.compile.playbook import MOST_CALLS
    from atlas.compile.sensitivity import sensitivity
    from atlas.sim import PlanError

    case = case_of(loaded, slug)
    with bar(slug) as advance:
        how = Settings(seed=seed, most_calls=MOST_CALLS)
        book = run_playbook(case, settings=how, executor=executor, report=advance)
    with bar(f"{slug}: what moves p99") as advance:
        try:
            moved = sensitivity(case.system, report=advance)
        except PlanError:
            moved = None
    path = keep(loaded.root, keep_of(case, book, moved, seed))
    count = len(book.drills)
    told = f"{len(book.holding())} of {count} hold on both engines, {len(book.proven())} fail without"
    return f"{Path(path).name}: {told}; {'meets' if book.meets_bar else 'does not meet'} the bar"
