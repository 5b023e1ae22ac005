"""No component is built with a technology that the timeline says was replaced.

Fact: a technology that is named by an era that had ended at `model.as_of` (or today, where there is no model), and by
no era that still ran, and of which the record says that it was replaced, is not the technology of a component.
Bounds: none.

Fails: a message store on Cassandra, beside an era "ScyllaDB replaces Cassandra" that began before.
Mend: describe the component of the current era; the old one belongs to the timeline.
"""

import re
from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level
from atlas.model.record import Era
from atlas.model.text import span


def names(case: Case, technology: str) -> list[str]:
    """The id, the display name and the other spellings of a technology, in lower case."""
    vocabulary = case.system.vocabulary
    ident = vocabulary.canonical("technologies", technology) or technology
    entry = vocabulary.technologies.get(ident)
    spellings = [ident, technology, *([entry.name, *entry.aliases] if entry else [])]
    return list(dict.fromkeys(s.lower() for s in spellings))


def is_named(spellings: list[str], era: Era) -> bool:
    """Whether an era speaks of it as what it was made of."""
    text = " ".join((era.id.replace("-", " "), era.milestone, *era.components)).lower()
    return any(s in text and re.search(rf"(?<![a-z0-9]){re.escape(s)}(?![a-z0-9])", text) for s in spellings)


def is_left(case: Case, spellings: list[str]) -> bool:
    """Whether the record says in words that it was replaced, and not only that an era went by."""
    eras = (f"{e.milestone} {e.broke or ''} {e.solved or ''}" for e in case.document.timeline)
    moves = (f"from {m.from_} to {m.to}" for m in case.document.migrations)
    text = " ".join((*eras, *moves)).lower()
    leaving = r"(?:replac\w+|from|off|left|leaves|leaving|drop\w*|instead of|retir\w+|out of)"
    return any(s in text and re.search(rf"{leaving}\s+(?:the\s+)?{re.escape(s)}(?![a-z0-9])", text) for s in spellings)


def replaced_by(case: Case, technology: str) -> Era | None:
    """The ended era of a technology that no running era names; None where it still runs or is in no era."""
    model = case.document.model
    moment = span(model.as_of) if model is not None else None
    now = moment.end if moment is not None else case.today
    spellings = names(case, technology)
    ended, running = None, False
    for era in case.document.timeline:
        start = span(era.from_)
        if not is_named(spellings, era) or (start is not None and start.start > now):
            continue
        until = span(era.to) if era.to else None
        if era.to is not None and (until is None or until.end < now):
            ended = era
        elif not is_left_in(era, spellings):
            running = True
    return ended if not running and is_left(case, spellings) else None


def is_left_in(era: Era, spellings: list[str]) -> bool:
    """Whether a running era names a technology only as what it replaced."""
    text = f"{era.milestone} {' '.join(era.components)}".lower()
    return any(
        s in text and re.search(rf"(?:replac\w+|from|instead of)\s+(?:the\s+)?{re.escape(s)}", text) for s in spellings
    )


def run(case: Case) -> Iterator[Breach]:
    """Each component with a technology; components of a legacy system stand as they are."""
    for name, component in case.document.components.items():
        if component.technology is None:
            continue
        era = replaced_by(case, component.technology)
        if era is not None:
            yield Breach(
                f"components.{name}.technology",
                f"{component.technology} was left behind when the era {era.id} ended in {era.to}",
                actual=component.technology,
                expected="the technology of an era that still runs",
                tip="Describe the component as it is now; keep the old one in the timeline.",
            )


CHECK = Check("EVI012", "current_architecture", Scope.SYSTEM, Level.ERROR, Family.EVIDENCE, run)
