"""The command that notes public copies of cited pages: ``atlas sources archive``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from atlas.cli.exit import FOUND, fail
from atlas.cli.nearest import nearest
from atlas.cli.network import ContactOption, DataOption, clock_on, data_root, open_fetcher
from atlas.cli.options import CatalogueOption, JsonOption, TodayOption, open_catalogue
from atlas.cli.sources import sources_app

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    from atlas.catalogue import Catalogue
    from atlas.discover.public_copy import FoundCopy, Sought


def register(_app: typer.Typer) -> None:
    """Add the command to the group of the sources."""
    sources_app.command()(archive)


def archive(
    systems: Annotated[list[str] | None, typer.Argument(help="Slugs of systems. Default: all.")] = None,
    catalogue: CatalogueOption = None,
    contact: ContactOption = None,
    data: DataOption = None,
    keep: Annotated[
        bool, typer.Option("--record", help="Write the address of each copy that was read beside the page's own.")
    ] = False,
    as_json: JsonOption = False,
    today: TodayOption = None,
) -> None:
    """Ask the Wayback Machine for a copy of each cited page, nearest to the day on which it was read.

    Each copy is read and the claims' figures are looked for in it. Only a copy that was read and has figures is
    recorded, as `archived:` of the source: it stands in when the page itself is gone. Sources that have one are left
    alone.
    Exit code 0: a copy of every source, with all its figures; 1: something for a curator to look at; 2: could not run.

    Examples: atlas sources archive discord --contact you@example.org · atlas sources archive discord --record
    """
    import json

    from atlas.cli.table import markdown
    from atlas.discover.public_copy import without_copy

    loaded = open_catalogue(catalogue, quiet=as_json)
    for slug in systems or []:
        if slug not in loaded.systems:
            fail(f"there is no system called {slug!r}", nearest(slug, loaded.systems))
    sought = [s for slug in systems or loaded.systems for s in without_copy(loaded.systems[slug])]
    found = _seek(sought, contact, data_root(data), clock_on(today), quiet=as_json)
    noted = _record(loaded, found) if keep else 0
    if as_json:
        typer.echo(json.dumps([_plain(f) for f in found], indent=2, ensure_ascii=False))
    elif found:
        columns = ("system", "source", "copy of", "figures in it", "address, or why there is none")
        typer.echo(markdown(columns, [_row(f) for f in found]))
    typer.echo(f"{sum(f.is_whole for f in found)} of {len(found)} sources have a whole copy; {noted} noted", err=True)
    if not all(f.is_whole for f in found):
        raise typer.Exit(FOUND)


def _seek(
    sought: Sequence[Sought], contact: str | None, folder: Path, now: Callable[[], dt.datetime], *, quiet: bool
) -> list[FoundCopy]:
    import asyncio

    from atlas.cli.progress import bar
    from atlas.discover.frontier import Frontier
    from atlas.discover.public_copy import seek
    from atlas.discover.store import Store, StoreError, open_store

    async def run(store: Store) -> list[FoundCopy]:
        found = []
        with bar("Asking", quiet=quiet) as advance:
            async with open_fetcher(contact, Frontier(store), now) as fetcher:
                async for each in seek(fetcher, sought):
                    found.append(each)
                    advance(len(found), len(sought), each.sought.url)
        return found

    try:
        with open_store(folder) as store:
            return asyncio.run(run(store))
    except StoreError as error:
        fail(str(error))


def _record(loaded: Catalogue, found: Sequence[FoundCopy]) -> int:
    """Write the copies that were read into their documents; gives how many."""
    from atlas.catalogue.key_edit import KeyEditError, write_whole
    from atlas.discover.public_copy import with_copies

    noted = 0
    for slug in dict.fromkeys(f.sought.system for f in found):
        copies = [f for f in found if f.sought.system == slug and f.is_worth_noting]
        path = next(p for p in (loaded.root / "systems").glob(f"*/{slug}.yaml"))
        try:
            text = with_copies(path.read_text(encoding="utf-8"), copies)
        except KeyEditError as error:
            fail(f"{path}: {error}")
        if copies:
            write_whole(path, text)
        noted += len(copies)
    return noted


def _row(found: FoundCopy) -> tuple[str, str, str, str, str]:
    day = found.copy.day if found.copy else ""
    told = found.detail or (found.copy.address if found.copy else "")
    figures = f"{found.standing} of {len(found.sought.figures)}" if found.copy and not found.detail else ""
    return found.sought.system, found.sought.source, day, figures, told


def _plain(found: FoundCopy) -> dict[str, Any]:
    return {
        "system": found.sought.system,
        "source": found.sought.source,
        "url": found.sought.url,
        "copy": found.copy.address if found.copy else None,
        "day": found.copy.day if found.copy else None,
        "figures": len(found.sought.figures),
        "standing": found.standing,
        "detail": found.detail,
    }
