"""Commands about sources: list, lint, stats, import."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from atlas.cli.exit import FOUND, fail
from atlas.cli.options import CatalogueOption, JsonOption, TodayOption, find_root, open_catalogue, read_today

if TYPE_CHECKING:
    from atlas.catalogue import YamlSource
    from atlas.discover.registry import Registry

sources_app = typer.Typer(
    help="Who publishes about its systems: the source registry.", no_args_is_help=True, rich_markup_mode="rich"
)


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.add_typer(sources_app, name="sources", rich_help_panel="Discover")


@sources_app.command("list")
def list_(
    owners: Annotated[list[str] | None, typer.Argument(help="Organisations or aggregators. Default: all.")] = None,
    catalogue: CatalogueOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the feeds of the source registry: whose, which, when last read.

    Examples: atlas sources list · atlas sources list discord netflix · atlas sources list --json
    """
    import json

    from atlas.cli.nearest import nearest
    from atlas.cli.table import markdown

    registry, _ = _registry(catalogue)
    known = [*(p.org for p in registry.sources), *(a.id for a in registry.aggregators)]
    for name in owners or []:
        if name not in known:
            fail(f"the registry knows no {name!r}", nearest(name, known))
    rows = [row for row in _rows(registry) if not owners or row["owner"] in owners]
    if as_json:
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    columns = ("owner", "role", "type", "address", "checked")
    typer.echo(markdown(columns, [[str(row[c]) for c in columns] for row in rows]))


@sources_app.command()
def lint(catalogue: CatalogueOption = None, as_json: JsonOption = False, today: TodayOption = None) -> None:
    """Check the source registry: duplicates, unknown organisations, plain http, aggregators as primary.

    Exit code 0: no errors; 1: errors; 2: could not run.

    Examples: atlas sources lint · atlas sources lint --json
    """
    from atlas.catalogue import load_vocabulary
    from atlas.catalogue.location import vocabulary_folder
    from atlas.diagnostic import Level, at_or_above, to_json, to_text
    from atlas.discover.registry_lint import RegistryCase
    from atlas.discover.registry_lint import lint as findings_of

    registry, source = _registry(catalogue)
    root = find_root(catalogue)
    organisations = {s.slug: s.document.org for s in open_catalogue(catalogue, quiet=True).systems.values()}
    vocabulary = load_vocabulary(vocabulary_folder(root))[0]
    findings = findings_of(RegistryCase(registry, source, vocabulary, read_today(today), organisations))
    if as_json:
        typer.echo(to_json(findings))
    else:
        shown = at_or_above(findings, Level.WARNING)
        if shown:
            typer.echo(to_text(shown))
        quiet = len(findings) - len(shown)
        typer.echo(f"{len(shown)} findings, and {quiet} notes (--json shows them)", err=True)
    if at_or_above(findings, Level.ERROR):
        raise typer.Exit(FOUND)


@sources_app.command()
def stats(catalogue: CatalogueOption = None, as_json: JsonOption = False) -> None:
    """Count the source registry: organisations and systems that are followed, feeds by type, who has none and why.

    Examples: atlas sources stats · atlas sources stats --json
    """
    import json
    from dataclasses import asdict

    from atlas.catalogue import load_vocabulary
    from atlas.catalogue.location import vocabulary_folder
    from atlas.cli.table import markdown
    from atlas.discover.coverage import cover

    registry, _ = _registry(catalogue)
    found = cover(registry, load_vocabulary(vocabulary_folder(find_root(catalogue)))[0])
    if as_json:
        typer.echo(json.dumps(asdict(found), indent=2, ensure_ascii=False))
        return
    rows = [
        ("organisations with a feed", f"{found.followed} of {found.organisations}"),
        ("systems whose organisation has a feed", f"{found.systems_followed} of {found.systems}"),
        *((f"feeds of type {kind}", str(count)) for kind, count in found.feeds.items()),
        ("aggregators, and their feeds", f"{found.aggregators}, {found.aggregator_feeds}"),
        ("feeds read at least once", str(found.checked)),
    ]
    typer.echo(markdown(("what", "count"), rows))
    reasons = [*found.without.items(), *((org, "not listed") for org in found.unlisted)]
    if reasons:
        typer.echo("\n" + markdown(("organisation without a feed", "why"), reasons))


@sources_app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A list of feeds in OPML.", metavar="FILE.opml")],
    catalogue: CatalogueOption = None,
    write: Annotated[bool, typer.Option("--write", help="Add the feeds to catalogue/sources.yaml.")] = False,
    seen: Annotated[str | None, typer.Option("--seen", help="What to call the list. Default: its file name.")] = None,
) -> None:
    """Read a list of feeds and add those of known organisations; what is there already is never changed.

    Without --write it only says what would be added. Exit code 0: nothing to add, or added; 1: something to add.

    Examples: atlas sources import engineering.opml · atlas sources import engineering.opml --write
    """
    from collections import Counter

    from atlas.catalogue import load_vocabulary
    from atlas.catalogue.key_edit import write_whole
    from atlas.catalogue.location import vocabulary_folder
    from atlas.discover.opml import OpmlError, merged_text, plan_merge, read_opml
    from atlas.discover.registry import FILE

    registry, source = _registry(catalogue)
    root = find_root(catalogue)
    vocabulary = load_vocabulary(vocabulary_folder(root))[0]
    try:
        merge = plan_merge(read_opml(file), registry, vocabulary)
        text = merged_text(source.text, merge, seen or file.name)
    except OpmlError as error:
        fail(str(error))
    for org, outline in merge.added:
        typer.echo(f"{'added' if write else 'would add'} {org}: {outline.url} ({outline.title})")
    left = ", ".join(f"{count} {why}" for why, count in Counter(why for why, _ in merge.left).most_common())
    typer.echo(f"{len(merge.added)} new, {len(merge.known)} known; left out: {left or 'none'}", err=True)
    if write and merge.added:
        write_whole(root / FILE, text)
    elif merge.added:
        raise typer.Exit(FOUND)


def _registry(catalogue: Path | None) -> tuple[Registry, YamlSource]:
    """The registry, or an error where there is none to work on."""
    from atlas.diagnostic import to_text
    from atlas.discover.registry import FILE, load_registry

    root = find_root(catalogue)
    if not (root / FILE).is_file():
        fail(f"there is no {FILE} in {root}", "the source registry of the project is catalogue/sources.yaml")
    registry, source = load_registry(root)
    if source.findings:
        typer.echo(to_text(source.findings), err=True)
        raise typer.Exit(2)
    return registry, source


def _rows(registry: Registry) -> list[dict[str, Any]]:
    feeds = [(p.org, "primary", f) for p in registry.sources for f in p.feeds]
    feeds += [(a.id, "supporting", f) for a in registry.aggregators for f in a.feeds]
    return [
        {
            "owner": owner,
            "role": role,
            "type": feed.type,
            "address": feed.address or "not known",
            "checked": feed.checked,
        }
        for owner, role, feed in feeds
    ]
