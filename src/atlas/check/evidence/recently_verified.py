"""A person looked at the sources within the last year.

Formula: today − last_verified.
Bounds: a warning after 365 days, an error after 730: the check warns before it breaks.

Fails: last verified 2024-01-01, checked on 2026-11-21.
Mend: look at the sources again, correct what changed, and set last_verified.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

WARN_DAYS, BREAK_DAYS = 365, 730


def run(case: Case) -> Iterator[Breach]:
    """The head of any system."""
    age = (case.today - case.document.last_verified).days
    if age > WARN_DAYS:
        yield Breach(
            "last_verified",
            "nobody has looked at the sources for long",
            actual=f"{age} days",
            expected=f"at most {WARN_DAYS} days",
            tip="Look at the sources again, then set last_verified.",
            level=Level.ERROR if age > BREAK_DAYS else Level.WARNING,
        )


CHECK = Check("EVI008", "recently_verified", Scope.SYSTEM, Level.WARNING, Family.EVIDENCE, run)
