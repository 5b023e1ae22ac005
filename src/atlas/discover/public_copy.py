"""Copies of cited pages in a public web archive: asked for, read, and noted beside the page's own address.

The archive says of an address which copy is nearest to a day (the Wayback Machine's availability API). That answer is
not believed for the figures: the copy is fetched like any page and each figure is looked for in it.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from atlas.catalogue.key_edit import with_key
from atlas.discover.anchor import Anchoring, Wanted, find
from atlas.discover.fetcher import Fetcher, FetchError
from atlas.discover.page_text import page_text
from atlas.discover.politeness import retry_after
from atlas.model.system import System

API = "https://archive.org/wayback/available"
_PLAIN, _SAFE = "http://web.archive.org/", "https://web.archive.org/"


class NoAnswerError(Exception):
    """The archive did not say whether it has a copy; the message says what it said instead."""


class PatienceError(NoAnswerError):
    """The archive asks to be left alone; nothing more is asked in this run."""


@dataclass(frozen=True, slots=True)
class Sought:
    """A source of a system whose copy is sought: nearest to ``day`` (ISO), on which its figures were read."""

    system: str
    source: str
    url: str
    day: str
    figures: tuple[Wanted, ...]


@dataclass(frozen=True, slots=True)
class PublicCopy:
    """A copy that the archive has: its address, and the day (ISO) on which it was taken."""

    address: str
    day: str


@dataclass(frozen=True, slots=True)
class FoundCopy:
    """What came of a search. ``standing`` of the figures were read in the copy; ``detail`` says why there is less."""

    sought: Sought
    copy: PublicCopy | None
    standing: int
    detail: str

    @property
    def is_whole(self) -> bool:
        """Whether the copy was read and has every figure."""
        return self.copy is not None and not self.detail and self.standing == len(self.sought.figures)

    @property
    def is_worth_noting(self) -> bool:
        """Whether the copy was read and can stand in for the page: it has its figures, or some of them."""
        return self.copy is not None and not self.detail and (self.standing > 0 or not self.sought.figures)


def without_copy(system: System) -> list[Sought]:
    """The sources of a system that have an address and no copy yet, with the figures that are cited from each."""
    document = system.document
    found = []
    for name, source in document.sources.items():
        if source.url is None or source.archived or source.role == "seed":
            continue
        figures = tuple(
            Wanted(claim.figure, tuple(claim.near))
            for claim in document.claims.values()
            if name in claim.source and claim.figure and claim.verdict == "found"
        )
        found.append(Sought(system.slug, name, source.url, source.accessed, figures))
    return found


async def seek(fetcher: Fetcher, sought: Iterable[Sought]) -> AsyncIterator[FoundCopy]:
    """Ask for a copy of each source, and read it; once the archive asks for patience the rest is not asked for."""
    patience = ""
    for each in sought:
        if patience:
            yield FoundCopy(each, None, 0, f"not asked: {patience}")
            continue
        try:
            yield await _seek_one(fetcher, each)
        except PatienceError as error:
            patience = str(error)
            yield FoundCopy(each, None, 0, patience)
        except NoAnswerError as error:
            yield FoundCopy(each, None, 0, str(error))


async def _seek_one(fetcher: Fetcher, sought: Sought) -> FoundCopy:
    copy = await copy_of(fetcher, sought.url, sought.day)
    if copy is None:
        return FoundCopy(sought, None, 0, "the archive has no copy")
    try:
        page = await fetcher.fetch(copy.address)
    except FetchError as error:
        return FoundCopy(sought, copy, 0, f"not read: {error}")
    text = page_text(page) if page.status == 200 else None
    if not text:
        return FoundCopy(sought, copy, 0, f"not read: the copy answered {page.status} without text")
    standing = sum(find(wanted, text).anchoring is Anchoring.UNCHANGED for wanted in sought.figures)
    return FoundCopy(sought, copy, standing, "")


async def copy_of(fetcher: Fetcher, url: str, day: str) -> PublicCopy | None:
    """The archive's copy of a page nearest to a day, ``None`` where it says there is none; raises ``NoAnswerError``."""
    stamp = "".join(c for c in day[:10] if c.isdecimal())  # a year or a month alone will do; none asks for the newest
    try:
        page = await fetcher.fetch(f"{API}?{urlencode({'url': url, 'timestamp': stamp})}")
    except FetchError as error:
        raise NoAnswerError(f"the archive gave no answer: {error}") from None
    if page.status in (429, 503):
        until = retry_after(page.headers, page.fetched_at)
        raise PatienceError(f"the archive asks for patience{f' until {until:%Y-%m-%d %H:%M}' if until else ''}")
    if page.status != 200:
        raise NoAnswerError(f"the archive gave no answer: {page.status}")
    return read_answer(page.body)


def read_answer(body: bytes) -> PublicCopy | None:
    """What the availability API says: its nearest copy of an answer of 200, or ``None``; raises ``NoAnswerError``."""
    try:
        said: Any = json.loads(body)
        snapshots = said["archived_snapshots"]
        closest = snapshots.get("closest")
        if closest is None or closest["available"] is not True or str(closest["status"]) != "200":
            return None
        address, stamp = str(closest["url"]), str(closest["timestamp"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise NoAnswerError("the archive gave an answer that cannot be read") from None
    if not (stamp.isdecimal() and len(stamp) == 14 and address.startswith(("http://", "https://"))):
        raise NoAnswerError("the archive gave an answer that cannot be read")
    safe = _SAFE + address.removeprefix(_PLAIN) if address.startswith(_PLAIN) else address
    return PublicCopy(safe, f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}")


def with_copies(text: str, found: Sequence[FoundCopy]) -> str:
    """A document with the addresses of copies beside those of their pages; raises ``KeyEditError``."""
    for each in found:
        if each.copy is not None:
            text = with_key(text, f"sources.{each.sought.source}", "archived", each.copy.address, ["type", "url"])
    return text
