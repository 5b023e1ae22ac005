"""What the commands that go out to the web share: who asks, when, and where it is kept."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from atlas.cli.exit import fail
from atlas.cli.options import read_today

if TYPE_CHECKING:
    from collections.abc import Callable

    from atlas.discover.fetcher import Fetcher
    from atlas.discover.frontier import Frontier

ContactOption = Annotated[
    str | None,
    typer.Option(
        "--contact",
        envvar="ATLAS_CONTACT",
        help="Address or page where those whose pages are fetched can reach you; sent with every request.",
    ),
]
DataOption = Annotated[
    Path | None,
    typer.Option("--data", help="Folder of what was fetched. Default: ATLAS_DATA, else the user's data folder."),
]


def clock() -> dt.datetime:
    """The moment, in UTC."""
    return dt.datetime.now(tz=dt.UTC)  # noqa: TID251 - the command line gives the clock to everything below it


def clock_on(today: str | None) -> Callable[[], dt.datetime]:
    """The clock of a command: the moment in UTC, or noon of the day that it is told to pretend."""
    if today is None:
        return clock
    noon = dt.datetime.combine(read_today(today), dt.time(12), tzinfo=dt.UTC)
    return lambda: noon


def data_root(given: Path | None) -> Path:
    """The folder of what was fetched."""
    import os

    from atlas.discover.store import data_folder

    return given or data_folder(os.environ)


def open_fetcher(contact: str | None, frontier: Frontier, now: Callable[[], dt.datetime]) -> Fetcher:
    """A fetcher with the settings that people use; without a contact nothing is fetched."""
    from atlas import __version__
    from atlas.discover.fetcher import Fetcher, Settings

    try:
        return Fetcher(Settings((contact or "").strip(), version=__version__), now, frontier)
    except ValueError as error:
        fail(str(error), "give --contact you@example.org, or set ATLAS_CONTACT")
