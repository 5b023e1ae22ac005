"""Whether the page behind a claim is still there: link rot, and the copies that stand in for it.

One failure is the weather. Three in fourteen days without an answer between them are rot, and then a copy is read: the
archive's own, or else the public one whose address stands beside the page's in the document (``archived``).
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

    ``sha256`` names the newest version in the archive.
    """

    url: str
    failures: int
    is_rotten: bool
    last_answer: dt.datetime | None
    last_visit: dt.datetime | None
    reason: str
    sha256: str


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
    )


def _newest(store: Store, url: str) -> str:
    row = store.database.execute("SELECT sha256 FROM address WHERE url = ?", (url,)).fetchone()
    return str(row[0]) if row is not None else ""
