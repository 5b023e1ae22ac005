"""What was found when the sources of claims were visited again: ``visits/<slug>.json`` of the catalogue.

A visit never changes a claim. What it found is kept beside the claims, so that pages can say when a figure was last
seen in its source, and checks can tell a curator which figures no longer stand there.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from atlas.model.evidence import Claim

FOLDER: Final = "visits"
UNCHANGED: Final = "unchanged"
UNREACHABLE: Final = "unreachable"
GONE: Final = ("value changed", "vanished")
"""What a curator has to look at: the source does not say what the claim says."""
MOST_WORDS: Final = 8
"""Of what a source prints now: no more is ever shown than of a claim's own figure."""


@dataclass(frozen=True, slots=True)
class Visited:
    """One claim in one of its sources on a day (ISO): ``asked`` is the figure that was looked for.

    ``state`` is unchanged, moved, value changed, vanished or unreachable; ``now`` what is printed there now, at most
    eight words; ``is_rotten`` whether the address failed for so long that a copy stands in for it.
    """

    claim: str
    source: str
    day: str
    asked: str
    state: str
    now: str = ""
    detail: str = ""
    is_rotten: bool = False

    @property
    def is_gone(self) -> bool:
        """Whether the source no longer prints the figure."""
        return self.state in GONE

    def is_about(self, claim: Claim, accessed: str) -> bool:
        """Whether it still speaks of a claim: the same figure, and not read again since (``accessed``, ISO)."""
        return claim.figure == self.asked and accessed <= self.day


def read_visits(root: Path, slug: str) -> tuple[Visited, ...]:
    """The last visit of each claim of a system; none where there is no file, or none that can be read."""
    try:
        rows = json.loads((root / FOLDER / f"{slug}.json").read_text("utf-8"))
        visits = tuple(Visited(**row) for row in rows["visits"])
        for visit in visits:
            dt.date.fromisoformat(visit.day)
    except (OSError, ValueError, TypeError, KeyError):
        return ()
    return visits


def keep_visits(root: Path, slug: str, visits: Iterable[Visited]) -> Path:
    """Write the visits of a system, in place of earlier ones of the same claims and sources; the file."""
    kept = {(v.claim, v.source): v for v in read_visits(root, slug)}
    kept |= {(v.claim, v.source): v for v in visits}
    path = root / FOLDER / f"{slug}.json"
    path.parent.mkdir(exist_ok=True)
    rows = [asdict(kept[key]) for key in sorted(kept)]
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps({"visits": rows}, indent=1, ensure_ascii=False) + "\n", "utf-8")
    partial.replace(path)
    return path


def few_words(text: str) -> str:
    """At most eight words of what a source prints."""
    words = text.split()
    return " ".join(words[:MOST_WORDS]) + (" …" if len(words) > MOST_WORDS else "")
