"""Whether the page behind a claim is still there: link rot, and the copies that stand in for it.

One failure is the weather. Three in fourteen days without an answer between them are rot, and then a copy is read: the
archive's own, or one whose address a curator noted beside the page's.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from atlas.discover.frontier import Outcome
from atlas.discover.store import Store

WINDOW = dt.timedelta(days=14)
ROT_FAILURES = 3


@dataclass(frozen=True, slots=True)
class LinkStatus:
    """What is known of an address. ``failures`` are those since the last answer, within the window.

    ``sha256`` names the newest version in the archive; ``copies`` are addresses of copies elsewhere, newest first.
    """

    url: str
    failures: int
    is_rotten: bool
    last_answer: dt.datetime | None
    last_visit: dt.datetime | None
    reason: str
    sha256: str
    copies: tuple[str, ...]


def link_status(store: Store, url: str, now: dt.datetime) -> LinkStatus:
    """The status of an address at a moment; one that was never visited has no failures."""
    query = "SELECT at, outcome, reason FROM visit WHERE url = ? ORDER BY at DESC, rowid DESC LIMIT 100"
    visits = [(dt.datetime.fromisoformat(a), Outcome(o), str(r)) for a, o, r in store.database.execute(query, (url,))]
    failures = 0
    for at, outcome, _ in visits:
        if outcome.is_answer or now - at > WINDOW:
            break
        failures += outcome.is_failure
    answer = next((at for at, outcome, _ in visits if outcome.is_answer), None)
    failed = bool(visits) and not visits[0][1].is_answer
    return LinkStatus(
        url=url,
        failures=failures,
        is_rotten=failures >= ROT_FAILURES,
        last_answer=answer,
        last_visit=visits[0][0] if visits else None,
        reason=visits[0][2] if failed else "",
        sha256=_newest(store, url),
        copies=copies_of(store, url),
    )


def _newest(store: Store, url: str) -> str:
    row = store.database.execute("SELECT sha256 FROM address WHERE url = ?", (url,)).fetchone()
    return str(row[0]) if row is not None else ""


def note_copy(store: Store, url: str, address: str, now: dt.datetime) -> None:
    """Record the address of a copy (of a public web archive, say) beside the page's own."""
    with store.transaction() as database:
        query = "INSERT OR REPLACE INTO copy (url, address, noted_at) VALUES (?, ?, ?)"
        database.execute(query, (url, address, now.isoformat()))


def copies_of(store: Store, url: str) -> tuple[str, ...]:
    """The addresses of copies of a page, the one noted last first."""
    query = "SELECT address FROM copy WHERE url = ? ORDER BY noted_at DESC, address"
    return tuple(str(row[0]) for row in store.database.execute(query, (url,)))
