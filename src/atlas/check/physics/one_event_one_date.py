"""One event happened once: the same milestone, incident or innovation has one date.

Fact: two entries of the record whose texts share their weighty words do not bear years that are apart.
Bounds: four fifths of the words; a year and a half between them.

Fails: "moved to GCP" in 2018 and "moved to GCP" in 2023.
Mend: keep the date that a source states; if both are true, say what each of them moved.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from atlas.check.case import Case
from atlas.check.evidence.title_matches_url import words
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level
from atlas.model.text import Span, span

ALIKE = 0.8
APART_DAYS = 550


@dataclass(frozen=True, slots=True)
class Event:
    """A dated text of the record."""

    path: str
    text: str
    weighty: frozenset[str]
    when: Span


def events(case: Case) -> list[Event]:
    """Eras by their milestone, incidents by their title, innovations by their text."""
    document = case.document
    rows = [(f"timeline.{i}", e.milestone, e.from_) for i, e in enumerate(document.timeline)]
    rows += [(f"incidents.{i}", e.title, e.date) for i, e in enumerate(document.incidents)]
    rows += [(f"innovations.{i}", e.text, str(e.year)) for i, e in enumerate(document.innovations) if e.year]
    found = []
    for path, text, date in rows:
        when = span(date)
        weighty = frozenset(w for w in words(text) if not w.isdigit())
        if when is not None and weighty:
            found.append(Event(path, text, weighty, when))
    return found


def is_same(a: Event, b: Event) -> bool:
    """Whether two texts speak of one event."""
    return len(a.weighty & b.weighty) >= ALIKE * len(a.weighty | b.weighty)


def run(case: Case) -> Iterator[Breach]:
    """Each pair of dated entries."""
    rows = events(case)
    for position, a in enumerate(rows):
        for b in rows[position + 1 :]:
            days = max((b.when.start - a.when.end).days, (a.when.start - b.when.end).days)
            if is_same(a, b) and days > APART_DAYS:
                yield Breach(
                    b.path,
                    f"{b.text!r} stands at two dates",
                    actual=f"{b.when.start.year} and {a.when.start.year} ({a.path})",
                    expected="one date",
                    tip="Keep the date that a source states.",
                )


CHECK = Check("PHY044", "one_event_one_date", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
