"""`atlas report`: what came, what is missing, and whether targets are met."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from atlas.cli.exit import fail
from atlas.cli.options import CatalogueOption, JsonOption, TodayOption, open_catalogue, open_excuses, read_today

if TYPE_CHECKING:
    from atlas.report import Material, Report, Usage
    from atlas.report.period import Kind as Length


class Kind(StrEnum):
    """Which report."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"


class Form(StrEnum):
    """How it is written."""

    MARKDOWN = "markdown"
    HTML = "html"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(rich_help_panel="Keep the catalogue true")(report)


def report(
    kind: Annotated[Kind, typer.Argument(help="weekly, monthly or quarterly: the last whole one before today.")],
    form: Annotated[
        Form, typer.Option("--format", help="Markdown, or a page that needs nothing else.")
    ] = Form.MARKDOWN,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Write into this file.")] = None,
    log: Annotated[
        list[Path] | None, typer.Option("--log", help="Access log of the server, to count readers and embeds.")
    ] = None,
    usage: Annotated[Path | None, typer.Option("--usage", help="CSV instead of a log: month,viewers,embeds.")] = None,
    keep: Annotated[
        bool, typer.Option("--record", help="Add today's metrics to progress.csv of the catalogue, for the trend.")
    ] = False,
    catalogue: CatalogueOption = None,
    as_json: JsonOption = False,
    today: TodayOption = None,
) -> None:
    """Write the report of the last week, month or quarter.

    Examples: atlas report weekly · atlas report monthly --format html -o report.html · atlas report quarterly --record
    """
    from atlas.report import compose, record, to_html, to_json, to_markdown

    day = read_today(today)
    material = _material(catalogue, kind.value, day, _usage(log or [], usage))
    made: Report = compose(kind.value, material)
    if keep:
        record(material.catalogue.root, day, made.metrics)
    text = to_json(made) if as_json else to_html(made) if form is Form.HTML else to_markdown(made)
    if out is None:
        typer.echo(text, nl=False)
        return
    out.write_text(text, "utf-8")
    typer.echo(f"{made.title}: {out}", err=True)


def _material(catalogue: Path | None, kind: Length, day: dt.date, usage: Usage | None) -> Material:
    from atlas.catalogue.visits import read_visits
    from atlas.check import check_system
    from atlas.cli.progress import bar
    from atlas.report import Material, facts_of, last_period, read_changes, read_planned, read_progress
    from atlas.report.planned import PlanError
    from atlas.report.progress import ProgressError

    loaded = open_catalogue(catalogue, quiet=True)
    facts, excuses = {}, open_excuses(loaded.root)
    with bar("checking") as advance:
        for number, (slug, system) in enumerate(loaded.systems.items(), 1):
            found = check_system(system, today=day, root=loaded.root)
            facts[slug] = facts_of(system, (f for f in found if not any(e.covers(f) for e in excuses)))
            advance(number, len(loaded.systems), slug)
    since = min(last_period(kind, day).previous.start, day - dt.timedelta(days=31))
    try:
        planned, points = read_planned(loaded.root), read_progress(loaded.root)
    except (PlanError, ProgressError) as error:
        fail(str(error), "mend the file")
    changes = read_changes(loaded.root, since, day)
    visits = {slug: read_visits(loaded.root, slug) for slug in loaded.systems}
    return Material(loaded, facts, day, planned, changes, usage, points, {s: v for s, v in visits.items() if v})


def _usage(logs: list[Path], table: Path | None) -> Usage | None:
    from atlas.report import UsageError, read_logs, read_table

    if logs and table:
        fail("--log and --usage are two ways to the same numbers", "give one of them")
    try:
        if table is not None:
            return read_table(table)
        return read_logs(logs) if logs else None
    except (OSError, UsageError) as error:
        fail(f"cannot read {error}", "see atlas report --help for what is expected")
