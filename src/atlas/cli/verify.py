"""The command that visits the sources of claims: ``atlas sources verify``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from atlas.cli.exit import FOUND, fail
from atlas.cli.nearest import nearest
from atlas.cli.network import ContactOption, DataOption, clock_on, data_root, open_fetcher
from atlas.cli.options import CatalogueOption, JsonOption, TodayOption, find_root, open_catalogue
from atlas.cli.sources import sources_app

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    from atlas.discover.verify import Cited, Verified


def register(_app: typer.Typer) -> None:
    """Add the command to the group of the sources."""
    sources_app.command()(verify)


def verify(
    systems: Annotated[list[str] | None, typer.Argument(help="Slugs of systems. Default: all.")] = None,
    catalogue: CatalogueOption = None,
    contact: ContactOption = None,
    data: DataOption = None,
    keep: Annotated[
        bool, typer.Option("--record", help="Keep what was found in visits/ of the catalogue, for pages and checks.")
    ] = False,
    as_json: JsonOption = False,
    today: TodayOption = None,
) -> None:
    """Visit the sources of claims and find each figure again; no claim is changed.

    unchanged: printed as it was, or in other words; moved: at another address or away from its terms; value changed;
    vanished; unreachable (after three failures in fourteen days the archive's copy is read instead).
    Exit code 0: all unchanged; 1: something for a curator to look at; 2: could not run.

    Examples: atlas sources verify discord --contact you@example.org · atlas sources verify --json
    """
    import json
    from collections import Counter

    from atlas.cli.table import markdown
    from atlas.discover.anchor import Anchoring

    cited = _cited(systems or [], catalogue, quiet=as_json)
    found = _visit(cited, contact, data_root(data), clock_on(today), quiet=as_json)
    if keep:
        _record(find_root(catalogue), cited, found)
    if as_json:
        typer.echo(json.dumps([_plain(v) for v in found], indent=2, ensure_ascii=False))
    else:
        rows = [(v.system, v.claim, v.anchoring, v.figure, v.detail) for v in found]
        look = [row for row in rows if row[2] is not Anchoring.UNCHANGED]
        if look:
            typer.echo(markdown(("system", "claim", "source says", "now", "detail"), look))
        counts = Counter(v.anchoring.value for v in found)
        typer.echo(", ".join(f"{n} {name}" for name, n in counts.most_common()) or "no claim to look up", err=True)
    if any(v.anchoring is not Anchoring.UNCHANGED for v in found):
        raise typer.Exit(FOUND)


def _cited(systems: Sequence[str], catalogue: Path | None, *, quiet: bool) -> list[Cited]:
    from atlas.discover.verify import cited_claims

    loaded = open_catalogue(catalogue, quiet=quiet)
    for slug in systems:
        if slug not in loaded.systems:
            fail(f"there is no system called {slug!r}", nearest(slug, loaded.systems))
    return [c for slug in systems or loaded.systems for c in cited_claims(loaded.systems[slug])]


def _visit(
    cited: Sequence[Cited], contact: str | None, folder: Path, now: Callable[[], dt.datetime], *, quiet: bool
) -> list[Verified]:
    import asyncio

    from atlas.cli.progress import bar
    from atlas.discover.archive import Archive
    from atlas.discover.crawl import Crawl
    from atlas.discover.frontier import Frontier
    from atlas.discover.store import Store, StoreError, open_store
    from atlas.discover.verify import verify as verify_claims

    async def run(store: Store) -> list[Verified]:
        frontier = Frontier(store)
        total, done = len({c.url for c in cited}), iter(range(1, len(cited) + 1))
        with bar("Visiting", quiet=quiet) as advance:
            async with open_fetcher(contact, frontier, now) as fetcher:
                work = Crawl(store, frontier, Archive(store), fetcher, now)
                return await verify_claims(work, cited, lambda url: advance(next(done), total, url))

    try:
        with open_store(folder) as store:
            return asyncio.run(run(store))
    except StoreError as error:
        fail(str(error))


def _record(root: Path, cited: Sequence[Cited], found: Sequence[Verified]) -> None:
    from atlas.catalogue.visits import keep_visits
    from atlas.discover.verify import visited

    for slug in dict.fromkeys(c.system for c in cited):
        pairs = zip(cited, found, strict=True)
        keep_visits(root, slug, [visited(c, v) for c, v in pairs if c.system == slug])


def _plain(verified: Verified) -> dict[str, str]:
    from dataclasses import asdict

    return {**asdict(verified), "at": verified.at.isoformat()}
