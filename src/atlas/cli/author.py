"""Commands that write documents: new, fix, import."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from atlas.cli.exit import COULD_NOT_RUN, FOUND, fail
from atlas.cli.nearest import nearest
from atlas.cli.options import CatalogueOption, TodayOption, find_root, read_today


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    write = "Write"
    app.command("new", rich_help_panel=write)(new)
    app.command("fix", rich_help_panel=write)(fix)
    importer = typer.Typer(name="import", help="Turn other formats into drafts.", no_args_is_help=True)
    importer.command("seed-yaml")(seed_yaml)
    app.add_typer(importer, rich_help_panel=write)


def new(
    slug: Annotated[str, typer.Argument(help="File name of the system, such as my-service.")],
    category: Annotated[str, typer.Option("--category", help="One of the thirteen categories.")] = "developer",
    name: Annotated[str | None, typer.Option("--name", help="Display name. Default: from the slug.")] = None,
    org: Annotated[str, typer.Option("--org", help="Organisation.")] = "",
    catalogue: CatalogueOption = None,
    today: TodayOption = None,
) -> None:
    """Write a commented template for a system.

    Example: atlas new checkout --category commerce --name "Checkout" --org example
    """
    from atlas.catalogue.template import TemplateError, write_template

    root = find_root(catalogue)
    try:
        path = write_template(root, slug, category=category, name=name, org=org, today=read_today(today))
    except TemplateError as error:
        fail(str(error), error.tip)
    typer.echo(f"wrote {path}\nnext: atlas check {path}")


def fix(
    targets: Annotated[list[str] | None, typer.Argument(help="Slugs or files. Default: every system.")] = None,
    catalogue: CatalogueOption = None,
    only: Annotated[list[str] | None, typer.Option("--only", help="Only these fixers.")] = None,
    check_only: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit 1 if something would change.")
    ] = False,
    list_fixers: Annotated[bool, typer.Option("--list", help="List the fixers and leave.")] = False,
) -> None:
    """Mend what is mechanical: order of keys, spelling of units, form of addresses. The meaning stays.

    Examples: atlas fix · atlas fix discord --only unit-spelling · atlas fix --check
    """
    from atlas.catalogue import system_files
    from atlas.catalogue.fix import FIXERS, FixError

    if list_fixers:
        for fixer in FIXERS.values():
            typer.echo(f"{fixer.name}: {fixer.meaning}")
        return
    for name in only or []:
        if name not in FIXERS:
            fail(f"there is no fixer called {name!r}", nearest(name, FIXERS))
    root = find_root(catalogue)
    files = _targets(targets or [], {p.stem: p for p in system_files(root)})
    changed = failed = 0
    for path in files:
        try:
            is_changed = _fix_file(path, only or [], check_only=check_only)
        except (OSError, UnicodeError, FixError) as error:
            typer.echo(f"{path}: not changed: {error}", err=True)
            failed += 1
            continue
        if is_changed:
            changed += 1
            typer.echo(f"{'would change' if check_only else 'changed'} {path}")
    typer.echo(f"{changed} of {len(files)} files {'would change' if check_only else 'changed'}", err=True)
    if failed:
        raise typer.Exit(COULD_NOT_RUN)
    if check_only and changed:
        raise typer.Exit(FOUND)


def _fix_file(path: Path, only: list[str], *, check_only: bool) -> bool:
    """Mend one file in one step; whether it changes."""
    from atlas.catalogue.fix import FixError, fix_text

    if not path.is_file():
        raise FixError("it is no file")
    text = path.read_text(encoding="utf-8")
    mended = fix_text(text, only=only)
    if mended != text and not check_only:
        partial = path.with_name(f".{path.name}.partial")
        partial.write_text(mended, encoding="utf-8")
        partial.replace(path)
    return mended != text


def _targets(targets: list[str], known: dict[str, Path]) -> list[Path]:
    files = []
    for target in targets:
        path = known.get(target, Path(target))
        if not path.is_file():
            fail(f"there is neither a system nor a file called {target!r}", nearest(target, known))
        files.append(path)
    return files or list(known.values())


def seed_yaml(
    file: Annotated[Path, typer.Argument(help="The specification, or a YAML file of its section E.")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="File to write. Default: standard output.")] = None,
    catalogue: CatalogueOption = None,
    today: TodayOption = None,
) -> None:
    """Read a document in the form of the founding specification into a draft.

    Old names are mapped, strings are parsed into claims with a seed source, and what has no place is listed.

    Example: atlas import seed-yaml specification.md --out catalogue/systems/messaging/discord-seed.yaml
    """
    from atlas.catalogue import load_vocabulary
    from atlas.catalogue.location import vocabulary_folder
    from atlas.catalogue.seed import SeedError, import_seed
    from atlas.catalogue.yaml_source import MAX_BYTES, read_bounded

    root = find_root(catalogue)
    try:
        raw = read_bounded(file)
    except OSError as error:
        fail(f"cannot read {file}: {error.strerror}")
    if len(raw) > MAX_BYTES:
        fail(f"{file} has more than {MAX_BYTES:,} bytes")
    try:
        draft = import_seed(raw, load_vocabulary(vocabulary_folder(root))[0], name=file.name, today=read_today(today))
    except SeedError as error:
        fail(str(error))
    if out is None:
        typer.echo(draft.text, nl=False)
    else:
        if out.exists():
            fail(f"{out} exists already", "choose another --out; nothing is overwritten")
        try:
            out.write_text(draft.text, encoding="utf-8")
        except OSError as error:
            fail(f"cannot write {out}: {error.strerror}")
        typer.echo(f"wrote {out}", err=True)
    for path, text in draft.unplaced:
        typer.echo(f"no place for {path}: {text}", err=True)
    typer.echo(f"{draft.placed} values placed, {len(draft.unplaced)} without a place", err=True)
