"""A published system says how it came to be: four decisions, four eras, four lessons.

Fact: at least four decisions, four timeline entries, two lessons that worked and two that did not.
Bounds: these, at status published.

Fails: a timeline of two eras and one lesson.
Mend: older posts tell what broke and what was tried.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level


def run(case: Case) -> Iterator[Breach]:
    """The record of a published system; what is named in not_public is left out."""
    if not case.is_published:
        return
    document = case.document
    kinds = [lesson.kind for lesson in document.lessons]
    wanted = (
        ("decisions", len(document.decisions), 4, "decisions"),
        ("timeline", len(document.timeline), 4, "timeline entries"),
        ("lessons", kinds.count("worked"), 2, "lessons that worked"),
        ("lessons", kinds.count("did_not"), 2, "lessons that did not"),
    )
    for section, found, least, noun in wanted:
        if found < least and section not in document.not_public:
            yield Breach(section, f"too few {noun}", str(found), f"at least {least}")


CHECK = Check("REC007", "enough_history", Scope.SYSTEM, Level.ERROR, Family.RECORD, run)
