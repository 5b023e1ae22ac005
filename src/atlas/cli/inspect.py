"""Commands that look: check, explain, stats, find, diff, schema."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from atlas.cli.exit import FOUND, fail
from atlas.cli.nearest import nearest
from atlas.cli.options import (
    CatalogueOption,
    JsonOption,
    TodayOption,
    find_root,
    open_catalogue,
    open_excuses,
    read_today,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from atlas.catalogue import Catalogue
    from atlas.diagnostic import Finding


class Format(StrEnum):
    """How findings are printed."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


class LevelName(StrEnum):
    """From which weight on findings fail the command."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    look = "Look"
    app.command("check", rich_help_panel=look)(check)
    app.command("explain", rich_help_panel=look)(explain)
    app.command("stats", rich_help_panel=look)(stats)
    app.command("find", rich_help_panel=look)(find)
    app.command("diff", rich_help_panel=look)(diff)
    app.command("schema", rich_help_panel=look)(schema)


def check(
    targets: Annotated[list[str] | None, typer.Argument(help="Slugs or files. Default: everything.")] = None,
    catalogue: CatalogueOption = None,
    output: Annotated[Format, typer.Option("--format", "-f", help="How to print findings.")] = Format.TEXT,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    fail_on: Annotated[
        LevelName, typer.Option("--fail-on", help="From which level on the exit code is 1.")
    ] = LevelName.ERROR,
    show: Annotated[LevelName, typer.Option("--show", help="Lightest level that is printed.")] = LevelName.INFO,
    only: Annotated[list[str] | None, typer.Option("--only", help="Only these codes, check names or families.")] = None,
    today: TodayOption = None,
) -> None:
    """Check the catalogue: references, evidence, physics, diagrams, legal.

    Exit code 0: nothing at or above --fail-on; 1: findings; 2: could not run.

    Examples: atlas check · atlas check discord · atlas check mine.yaml --only physics · atlas check --format github
    """
    from atlas.diagnostic import Level, at_or_above, to_github, to_json, to_text

    day = read_today(today)
    findings, counted = _run_checks(
        targets or [], catalogue, only or [], day, quiet=as_json or output is not Format.TEXT
    )
    shown = at_or_above(findings, Level(show.value))
    if as_json or output is Format.JSON:
        typer.echo(to_json(shown))
    elif output is Format.GITHUB:
        typer.echo(to_github(shown))
    else:
        if shown:
            typer.echo(to_text(shown))
        typer.echo(_summary(findings, counted), err=True)
    if at_or_above(findings, Level(fail_on.value)):
        raise typer.Exit(FOUND)


def _run_checks(
    targets: Sequence[str], folder: Path | None, only: Sequence[str], day: dt.date, *, quiet: bool
) -> tuple[Sequence[Finding], int]:
    """The findings of what was asked for, and of how many systems."""
    from atlas.check import all_checks

    known = {word for c in all_checks() for word in (c.code, c.name, c.family.value)}
    for word in only:
        if word not in known:
            fail(f"there is no check, code or family called {word!r}", nearest(word, known, "atlas explain lists them"))
    files = [t for t in targets if t.endswith((".yaml", ".yml")) or "/" in t]
    slugs = [t for t in targets if t not in files]
    findings = [f for file in files for f in _check_file(Path(file), folder, only, day)]
    counted = len(files)
    if not targets:
        return _check_everything(find_root(folder), only, day, quiet=quiet)
    if slugs:
        loaded = open_catalogue(folder, quiet=quiet)
        findings += _check_slugs(loaded, slugs, only, day)
        counted += len(slugs)
    return findings, counted


def _check_everything(root: Path, only: Sequence[str], day: dt.date, *, quiet: bool) -> tuple[Sequence[Finding], int]:
    """The findings of the whole catalogue, read and checked on all cores."""
    import os

    from atlas.check import check_catalogue
    from atlas.cli.progress import bar

    jobs = os.cpu_count() or 1
    with bar("Checking", quiet=quiet) as advance:
        return check_catalogue(root, today=day, only=only, exceptions=open_excuses(root), jobs=jobs, progress=advance)


def _check_slugs(loaded: Catalogue, slugs: Sequence[str], only: Sequence[str], day: dt.date) -> list[Finding]:
    """The findings of some systems of a catalogue."""
    from atlas.check import run_checks

    known = {*loaded.systems, *(Path(file).stem for file in loaded.sources)}
    for slug in slugs:
        if slug not in known:
            fail(f"there is no system called {slug!r}", nearest(slug, known))
    broken = [s for s in slugs if s not in loaded.systems]
    whole = [s for s in slugs if s in loaded.systems]
    findings = [f for f in loaded.findings if Path(f.position.file).stem in broken]
    if whole:
        findings += run_checks(loaded, today=day, only=only, scope=whole, exceptions=open_excuses(loaded.root))
    return findings


def _check_file(path: Path, folder: Path | None, only: Sequence[str], day: dt.date) -> Sequence[Finding]:
    """The findings of one file, which may stand in a catalogue or anywhere."""
    from atlas.catalogue import Catalogue, load_file, load_vocabulary
    from atlas.catalogue.location import vocabulary_folder
    from atlas.check import run_checks

    if path.is_dir():
        fail(f"{path} is a folder", "name files or slugs; for a whole catalogue: atlas check --catalogue DIR")
    if not path.exists():
        fail(f"there is no file {path}")
    root = find_root(folder or _catalogue_above(path))
    vocabulary, _ = load_vocabulary(vocabulary_folder(root))
    loaded = load_file(path, vocabulary, root)
    if loaded.system is None:
        return loaded.findings
    slug = loaded.system.slug
    single = Catalogue(root, vocabulary, {slug: loaded.system}, loaded.findings, {loaded.source.file: loaded.source})
    return run_checks(single, today=day, only=only, scope=[slug], exceptions=open_excuses(root))


def _catalogue_above(path: Path) -> Path | None:
    """The catalogue a file stands in, if it stands in one."""
    return next((p for p in path.resolve().parents if (p / "systems").is_dir()), None)


def _summary(findings: Sequence[Finding], systems: int) -> str:
    counts = [sum(f.level.value == level for f in findings) for level in ("error", "warning", "info")]
    words = [f"{n} {w}{'' if n == 1 else 's'}" for n, w in zip(counts, ("error", "warning", "note"), strict=True)]
    return f"{systems} system{'' if systems == 1 else 's'}: {', '.join(words)}"


def explain(
    code: Annotated[
        str | None, typer.Argument(help="A code such as PHY001, or a check's name. Default: list all.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Explain a finding's code: what is asserted, why, and how to mend it.

    Examples: atlas explain · atlas explain PHY001 · atlas explain little-law --json
    """
    import json
    from dataclasses import asdict

    from atlas.check import all_checks
    from atlas.check import explain as explain_code
    from atlas.cli.table import markdown
    from atlas.diagnostic import CODES

    names = {c.name.replace("_", "-"): c.code for c in all_checks()} | {c.name: c.code for c in CODES.values()}
    if code is None:
        known = [each for c in names.values() if (each := explain_code(c))]
        if as_json:
            typer.echo(json.dumps([asdict(each) for each in known], indent=2, ensure_ascii=False))
            return
        rows = [(each.code, each.name.replace("_", "-"), each.family, each.level) for each in known]
        typer.echo(markdown(("code", "name", "family", "level"), sorted(rows)))
        return
    found = explain_code(names.get(code.lower().replace("_", "-"), code))
    if found is None:
        fail(f"there is no code {code!r}", nearest(code, [*names.values(), *names], "atlas explain lists all"))
    if as_json:
        typer.echo(json.dumps(asdict(found), indent=2, ensure_ascii=False))
        return
    typer.echo(f"{found.code} {found.name.replace('_', '-')}\n\n{found.text}")


def stats(catalogue: CatalogueOption = None, as_json: JsonOption = False, today: TodayOption = None) -> None:
    """Coverage and evidence of each system, as Markdown or JSON.

    Examples: atlas stats · atlas stats --json --today 2026-11-21
    """
    import json
    from dataclasses import asdict

    from atlas.catalogue.statistics import COLUMNS, statistics
    from atlas.cli.table import markdown

    loaded = open_catalogue(catalogue, quiet=as_json)
    rows = statistics(loaded, today=read_today(today))
    if as_json:
        typer.echo(json.dumps([asdict(r) for r in rows], indent=2, ensure_ascii=False))
    else:
        typer.echo(markdown(COLUMNS, [r.cells() for r in rows]))


def find(
    expression: Annotated[
        str, typer.Argument(help="A path pattern, optionally = and a value: 'components.*.technology=kafka'")
    ],
    catalogue: CatalogueOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find paths in all documents; * stands for one part, ** for any number.

    Examples: atlas find 'components.*.technology=kafka' · atlas find '**.because=*assumed*' · atlas find '**.figure'
    """
    import json
    from dataclasses import asdict

    from atlas.catalogue.find import find_paths

    loaded = open_catalogue(catalogue, quiet=as_json)
    hits = find_paths(loaded, expression)
    if as_json:
        typer.echo(json.dumps([asdict(h) for h in hits], indent=2, ensure_ascii=False, default=str))
        return
    for hit in hits:
        typer.echo(f"{hit.file}:{hit.line}: {hit.path}: {hit.value}")
    typer.echo(f"{len(hits)} found", err=True)
    if not hits:
        raise typer.Exit(FOUND)


def diff(
    before: Annotated[str, typer.Argument(help="A file, a catalogue folder, or a git revision.")],
    after: Annotated[str, typer.Argument(help="The same, for the newer version. Default: the working files.")] = "",
    catalogue: CatalogueOption = None,
    as_json: JsonOption = False,
) -> None:
    """Claims added, changed and removed between two versions.

    Examples: atlas diff HEAD~1 · atlas diff v1 v2 · atlas diff old.yaml new.yaml
    """
    import json
    from dataclasses import asdict

    from atlas.catalogue.difference import DiffError, changes_as_markdown, claim_changes

    try:
        changes = claim_changes(before, after, find_root(catalogue))
    except DiffError as error:
        fail(str(error))
    if as_json:
        typer.echo(json.dumps([asdict(c) for c in changes], indent=2, ensure_ascii=False))
    else:
        typer.echo(changes_as_markdown(changes))


def schema(
    catalogue: CatalogueOption = None,
    check_only: Annotated[
        bool, typer.Option("--check", help="Only say whether the committed files are up to date.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder to write to. Default: schemas/ beside the catalogue.")
    ] = None,
) -> None:
    """Write the JSON Schemas of the system document and of the source registry, for editors and other programs.

    Examples: atlas schema · atlas schema --check · atlas schema --out schemas
    """
    from atlas.catalogue import load_vocabulary
    from atlas.catalogue.location import SCHEMA_FILE, vocabulary_folder
    from atlas.discover import registry_schema
    from atlas.model.schema import schema_text

    root = find_root(catalogue)
    vocabulary = load_vocabulary(vocabulary_folder(root))[0]
    texts = {
        SCHEMA_FILE: schema_text(vocabulary),
        registry_schema.SCHEMA_FILE: registry_schema.registry_schema_text(vocabulary),
    }
    beside = "_schemas" if root.name == "_catalogue" else "schemas"  # as an installed package holds them
    folder = out or root.parent / beside
    for path, text in ((folder / name, text) for name, text in texts.items()):
        if check_only:
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                typer.echo(f"{path} is not what the model gives; run: atlas schema", err=True)
                raise typer.Exit(FOUND)
            typer.echo(f"{path} is up to date")
            continue
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            fail(f"cannot write {path}: {error.strerror}", "choose another folder with --out")
        typer.echo(f"wrote {path}")
