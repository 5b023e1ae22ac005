"""Commands that look: check, explain, stats, find, diff, schema."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from atlas.cli.exit import COULD_NOT_RUN, FOUND, fail
from atlas.cli.options import CatalogueOption, JsonOption, TodayOption, find_root, open_catalogue, read_today

if TYPE_CHECKING:
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
    targets: Sequence[str], folder: Path | None, only: Sequence[str], day: object, *, quiet: bool
) -> tuple[Sequence[Finding], int]:
    from atlas.check import all_checks, load_excuses, run_checks

    known = {word for c in all_checks() for word in (c.code, c.name, c.family.value)}
    for word in only:
        if word not in known:
            fail(f"there is no check, code or family called {word!r}", "atlas explain lists them")
    files = [Path(t) for t in targets if t.endswith((".yaml", ".yml")) or "/" in t]
    slugs = [t for t in targets if Path(t) not in files]
    if files:
        return _check_files(files, folder, only, day)
    loaded = open_catalogue(folder, quiet=quiet)
    for slug in slugs:
        if slug not in loaded.systems and not any(Path(f).stem == slug for f in loaded.sources):
            fail(f"there is no system called {slug!r}", f"there are: {', '.join(loaded.systems) or 'none'}")
    excuses = load_excuses(loaded.root)
    return run_checks(loaded, today=day, only=only, scope=slugs, exceptions=excuses), len(slugs or loaded.systems)  # type: ignore[arg-type]


def _check_files(
    files: Sequence[Path], folder: Path | None, only: Sequence[str], day: object
) -> tuple[Sequence[Finding], int]:
    from atlas.catalogue import Catalogue, load_file, load_vocabulary
    from atlas.catalogue.location import vocabulary_folder
    from atlas.check import run_checks

    findings: list[Finding] = []
    for path in files:
        if not path.exists():
            fail(f"there is no file {path}")
        root = find_root(folder or _catalogue_above(path))
        vocabulary, _ = load_vocabulary(vocabulary_folder(root))
        loaded = load_file(path, vocabulary, root)
        if loaded.system is None:
            findings += loaded.findings
            continue
        single: Catalogue = Catalogue(
            root, vocabulary, {loaded.system.slug: loaded.system}, loaded.findings, {loaded.source.file: loaded.source}
        )
        findings += run_checks(single, today=day, only=only, scope=[loaded.system.slug])  # type: ignore[arg-type]
    return findings, len(files)


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
) -> None:
    """Explain a finding's code: what is asserted, why, and how to mend it.

    Example: atlas explain PHY001
    """
    from atlas.check import all_checks
    from atlas.check import explain as explain_code
    from atlas.cli.table import markdown
    from atlas.diagnostic import CODES

    if code is None:
        rows = [(c.code, c.name.replace("_", "-"), c.family.value, c.level.value) for c in all_checks()]
        rows += [(c.code, c.name, "document", "error") for c in CODES.values()]
        typer.echo(markdown(("code", "name", "family", "level"), rows))
        return
    try:
        found = explain_code(code)
    except KeyError:
        from difflib import get_close_matches

        near = get_close_matches(code.upper(), [*(c.code for c in all_checks()), *CODES], n=1)
        fail(f"there is no code {code!r}", f"did you mean {near[0]}?" if near else "atlas explain lists all")
    typer.echo(f"{found.code} {found.name.replace('_', '-')}\n\n{found.text}")


def stats(catalogue: CatalogueOption = None, as_json: JsonOption = False, today: TodayOption = None) -> None:
    """Coverage and evidence of each system, as Markdown or JSON."""
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

    Examples: atlas find 'components.*.technology=kafka' · atlas find '**.because=*assumed*' · atlas find claims.*.figure
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
        bool, typer.Option("--check", help="Only say whether the committed file is up to date.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", help="File to write. Default: schemas/ beside the catalogue.")
    ] = None,
) -> None:
    """Write the JSON Schema of the system document, for editors and other programs."""
    from atlas.catalogue import load_vocabulary
    from atlas.catalogue.location import vocabulary_folder
    from atlas.model.schema import schema_text

    root = find_root(catalogue)
    text = schema_text(load_vocabulary(vocabulary_folder(root))[0])
    path = out or root.parent / "schemas" / "system.schema.json"
    if check_only:
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            typer.echo(f"{path} is not what the model gives; run: atlas schema", err=True)
            raise typer.Exit(FOUND)
        typer.echo(f"{path} is up to date")
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        typer.echo(f"atlas: cannot write {path}: {error.strerror}", err=True)
        raise typer.Exit(COULD_NOT_RUN) from None
    typer.echo(f"wrote {path}")
