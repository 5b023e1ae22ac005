"""The command that finds new systems: ``atlas discover``."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from atlas.cli.candidates import proposed, row
from atlas.cli.exit import fail
from atlas.cli.nearest import nearest
from atlas.cli.network import ContactOption, DataOption, clock_on, data_root, open_fetcher
from atlas.cli.options import CatalogueOption, JsonOption, TodayOption, open_catalogue, read_today

if TYPE_CHECKING:
    import datetime as dt
    from collections import Counter
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import ExitStack

    from atlas.discover.candidate import Candidates
    from atlas.discover.crew import Crew
    from atlas.discover.frontier import Outcome
    from atlas.discover.pipeline import Discovery, Summary
    from atlas.discover.registry import Followed


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("discover", rich_help_panel="Discover")(discover)


def discover(
    feed: Annotated[list[str] | None, typer.Option("--feed", help="Owner or address. Default: all feeds.")] = None,
    since: Annotated[str, typer.Option("--since", help="Only posts of the last 30d, 8w or 2y; or all.")] = "30d",
    limit: Annotated[int, typer.Option("--limit", min=1, help="Pages to fetch or read at most.")] = 200,
    warc: Annotated[Path | None, typer.Option("--warc", help="Read the WARC files of a folder, not the web.")] = None,
    least: Annotated[int | None, typer.Option("--least", help="Score from which a page is a candidate.")] = None,
    executor: Annotated[
        str, typer.Option("--executor", help="serial, processes[:N], threads[:N] or dask://HOST:PORT.")
    ] = "processes",
    contact: ContactOption = None,
    data: DataOption = None,
    catalogue: CatalogueOption = None,
    pr: Annotated[
        bool, typer.Option("--pr", help="Make a branch and a pull request text for each that has none.")
    ] = False,
    keep: Annotated[
        bool, typer.Option("--record", help="Write into sources.yaml on which day a feed was read, once a month.")
    ] = False,
    as_json: JsonOption = False,
    today: TodayOption = None,
) -> None:
    """Read the feeds of the source registry, and make candidates of the posts that describe systems.

    What is interrupted goes on with the next run; what was seen does not come again.

    Examples: atlas discover --contact you@example.org · atlas discover --feed discord --since 1y ·
    atlas discover --warc crawl/
    """
    import json
    from contextlib import ExitStack

    from atlas.discover.candidate import Candidates
    from atlas.discover.pipeline import Discovery
    from atlas.discover.relevance import LEAST
    from atlas.discover.store import StoreError, open_store

    loaded = open_catalogue(catalogue, quiet=as_json)
    age = _age(since)
    day = read_today(today)
    try:
        with open_store(data_root(data)) as store, ExitStack() as stack:
            discovery = Discovery(store, loaded, day, LEAST if least is None else least)
            crew = _crew(stack, executor, loaded.root, day)
            if warc is not None:
                summary = _backfill(discovery, crew, warc, limit, quiet=as_json)
            else:
                followed = _followed(loaded.root, feed or [])
                work = _Fetching(discovery, followed, age, limit, clock_on(today))
                _crawl(work, contact, quiet=as_json)
                if keep:
                    _record(loaded.root, work.answered, day)
                summary = _read(discovery, crew, quiet=as_json)
            branches = _propose_all(Candidates(store), loaded.root, store.folder, day) if pr else []
    except StoreError as error:
        fail(str(error))
    typer.echo(json.dumps(_plain(summary), indent=2, ensure_ascii=False) if as_json else _told(summary))
    for branch, path in branches:
        typer.echo(f"branch {branch}, text {path}", err=True)


def _age(text: str) -> dt.timedelta | None:
    import datetime as dt
    import re

    if text == "all":
        return None
    match = re.fullmatch(r"(\d{1,4})([dwmy])", text)
    if match is None:
        fail(f"not an age: {text!r}", "write 30d, 8w, 6m, 2y or all")
    return dt.timedelta(days=int(match[1]) * {"d": 1, "w": 7, "m": 30, "y": 365}[match[2]])


def _crew(stack: ExitStack, text: str, root: Path, today: dt.date) -> Crew:
    """Where pages are read. A pool that breaks is opened anew, so each opening stands for itself."""
    from atlas.cli.executor import open_executor
    from atlas.discover.crew import Crew

    opened = [stack.enter_context(open_executor(text))]

    def open_one() -> Any:
        return opened.pop()[0] if opened else stack.enter_context(open_executor(text))[0]

    return Crew(root, today, open_one, opened[0][1])


def _followed(root: Path, names: Sequence[str]) -> list[Followed]:
    """The feeds asked for: by owner, by address, or an address that the registry does not know."""
    from atlas.discover.registry import Feed, Followed, load_registry

    registry, source = load_registry(root)
    if any(f.level.value == "error" for f in source.findings):
        fail(f"{source.file} is broken", "atlas sources lint says where")
    every = list(registry.followed())
    if not names:
        return every
    chosen = []
    for name in names:
        found = [f for f in every if name in (f.owner, f.address)]
        if not found and name.startswith(("http://", "https://")):
            found = [Followed(Feed(type="rss", url=name), "", is_primary=False)]
        if not found:
            fail(f"the registry knows no feed {name!r}", nearest(name, [f.owner for f in every]))
        chosen += found
    return chosen


@dataclass(frozen=True)
class _Fetching:
    """What to fetch: feeds, posts of an age, so many pages, at a moment."""

    discovery: Discovery
    followed: Sequence[Followed]
    since: dt.timedelta | None
    limit: int
    now: Callable[[], dt.datetime]
    answered: dict[str, bool] = field(default_factory=dict)
    """Feeds that answered, and whether with a feed."""


def _crawl(asked: _Fetching, contact: str | None, *, quiet: bool) -> None:
    """Fetch the feeds that are due, then the pages they lead to, and tell what the visits came to."""
    import asyncio

    from atlas.cli.progress import bar
    from atlas.discover.archive import Archive
    from atlas.discover.crawl import Crawl, crawl
    from atlas.discover.frontier import Found, Frontier

    store, feeds = asked.discovery.store, [f.address for f in asked.followed]
    frontier = Frontier(store)
    frontier.add([Found(f.address, "feed", f.owner) for f in asked.followed], asked.now())

    async def run() -> None:
        with bar("Fetching", quiet=quiet) as advance:
            done = 0

            def told(task: Any, _visit: Any) -> None:
                nonlocal done
                done += 1
                advance(done, max(done, asked.limit), task.url)

            async with open_fetcher(contact, frontier, asked.now) as fetcher:
                read = asked.discovery.reader(asked.followed, asked.since, asked.answered.__setitem__)
                work = Crawl(store, frontier, Archive(store), fetcher, asked.now, read, progress=told)
                visits = await crawl(work, limit=len(feeds), kind="feed", among=feeds)
                _tell_visits("feeds", visits, len(feeds) - visits.total())
                for url in (url for url, is_feed in asked.answered.items() if not is_feed):
                    typer.echo(f"no feed: {url}", err=True)
                _tell_visits("pages", await crawl(work, limit=asked.limit, kind="page"))

    asyncio.run(run())


def _record(root: Path, answered: Mapping[str, bool], today: dt.date) -> None:
    """Write the day beside each feed that was read."""
    from atlas.catalogue.key_edit import KeyEditError, write_whole
    from atlas.discover.registry import FILE
    from atlas.discover.registry_record import with_checked

    path = root / FILE
    try:
        text, count = with_checked(path.read_text(encoding="utf-8"), {u for u, good in answered.items() if good}, today)
    except KeyEditError as error:
        fail(f"{path}: {error}")
    if count:
        write_whole(path, text)
    typer.echo(f"{count} feeds dated in {path}", err=True)


def _tell_visits(what: str, visits: Counter[Outcome], left: int = 0) -> None:
    """How visits went, on standard error; ``left`` were not due."""
    parts = [f"{count} {outcome}" for outcome, count in visits.most_common()]
    parts += [f"{left} not due yet"] if left else []
    typer.echo(f"{what}: {', '.join(parts) or 'none to fetch'}", err=True)


def _read(discovery: Discovery, crew: Crew, *, quiet: bool) -> Summary:
    from atlas.cli.progress import bar
    from atlas.discover.archive import Archive
    from atlas.discover.frontier import Frontier

    with bar("Reading", quiet=quiet) as advance:
        return discovery.read_fetched(Archive(discovery.store), Frontier(discovery.store), crew, advance)


def _backfill(discovery: Discovery, crew: Crew, folder: Path, limit: int, *, quiet: bool) -> Summary:
    from atlas.cli.progress import bar
    from atlas.discover.archive import archive_files
    from atlas.discover.pipeline import warc_pages

    files = archive_files(folder) if folder.is_dir() else []
    if not files:
        fail(f"there is no WARC file in {folder}", "they are called *.warc or *.warc.gz")
    with bar("Reading", quiet=quiet) as advance:
        return discovery.read_archive(warc_pages(files, discovery.catalogue, limit), crew, advance)


def _propose_all(kept: Candidates, root: Path, folder: Path, today: dt.date) -> list[tuple[str, Path]]:
    """A branch and a text for each open candidate that has none: those of a run that was cut short too."""
    done = []
    for candidate in kept.unproposed():
        branch, text = proposed(candidate, root, may_exist=True)
        path = folder / f"{branch.replace('/', '-')}.md"
        path.write_text(text, encoding="utf-8")
        kept.note_proposal(candidate.id, branch, today)
        done.append((branch, path))
    return done


def _told(summary: Summary) -> str:
    from atlas.cli.table import markdown

    lines = [
        (f"{sum(summary.pages.values())} pages read, {summary.claims} figures, {len(summary.candidates)} candidates")
    ]
    lines += [f"  {count} × {why}" for why, count in summary.passed_by.most_common()]
    if summary.candidates:
        rows = [(c.id, c.kind, str(c.score), c.org, c.title) for c in summary.candidates]
        lines += ["", markdown(("id", "kind", "score", "org", "title"), rows)]
        lines.append("next: atlas candidates show ID")
    return "\n".join(lines)


def _plain(summary: Summary) -> dict[str, Any]:
    return {
        "pages": dict(summary.pages),
        "claims": summary.claims,
        "passed_by": dict(summary.passed_by),
        "candidates": [row(c) for c in summary.candidates],
    }
