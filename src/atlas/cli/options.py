"""Options that several commands share, and how their values are read."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from atlas.cli.exit import fail

if TYPE_CHECKING:
    from collections.abc import Sequence

    from atlas.catalogue import Catalogue
    from atlas.check import Excuse
    from atlas.compile import Case

CatalogueOption = Annotated[
    Path | None,
    typer.Option(
        "--catalogue",
        "-c",
        help="Folder of the catalogue. Default: the nearest catalogue/ upward, else the packaged one.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
TodayOption = Annotated[str | None, typer.Option("--today", help="Pretend that it is this day, such as 2026-11-21.")]


def read_today(text: str | None) -> dt.date:
    """The day given, else the clock's, in UTC."""
    if text is None:
        return dt.datetime.now(tz=dt.UTC).date()  # noqa: TID251
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        fail(f"not a day: {text!r}", "write it as 2026-11-21")


def cache_folder() -> Path:
    """Where rendered systems are kept between builds: the user's cache, or ``ATLAS_CACHE``."""
    given = os.environ.get("ATLAS_CACHE")
    if given:
        return Path(given)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "atlas-systems"


def find_root(catalogue: Path | None) -> Path:
    """The catalogue's folder, or an error that says where it was looked for."""
    from atlas.catalogue import CatalogueNotFoundError, find_catalogue

    try:
        return find_catalogue(catalogue)
    except CatalogueNotFoundError as error:
        fail(str(error), "run in a clone of the project, or give --catalogue DIR")


def open_excuses(root: Path) -> Sequence[Excuse]:
    """The findings that a catalogue tolerates."""
    from atlas.check import ExcuseError, load_excuses

    try:
        return load_excuses(root)
    except ExcuseError as error:
        fail(str(error), "mend exceptions.yaml")


def open_catalogue(catalogue: Path | None, *, quiet: bool = False) -> Catalogue:
    """Load the catalogue with a progress bar."""
    from atlas.catalogue import load_catalogue
    from atlas.cli.progress import bar

    root = find_root(catalogue)
    with bar("Reading", quiet=quiet) as advance:
        return load_catalogue(root, progress=advance)


def open_case(slug: str, catalogue: Path | None, *, quiet: bool = True) -> Case:
    """A system of the catalogue, to be run."""
    from atlas.cli.nearest import nearest
    from atlas.compile import case_of

    loaded = open_catalogue(catalogue, quiet=quiet)
    if slug not in loaded.systems:
        fail(f"there is no system called {slug!r}", nearest(slug, loaded.systems))
    return case_of(loaded, slug)


def read_seconds(text: str) -> float:
    """How long a run lasts: ``60 s``, ``10m`` (minutes) or ``1 h``."""
    from atlas.quantity import QuantityError, parse

    tip = "write it as 60 s, 10m or 1 h"
    minutes = text.strip().removesuffix("m")
    try:
        quantity = parse(f"{minutes} min" if minutes != text.strip() else text)
    except QuantityError as error:
        fail(f"{text!r} is no time: {error}", tip)
    if quantity.dimension.name != "time" or not 0 < quantity.mid <= 86_400 * 31:
        fail(f"{text!r} is no time a run can last", f"{tip}; at most a month")
    return quantity.mid
