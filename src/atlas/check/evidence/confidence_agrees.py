"""The confidence of a system is what its claims give.

Formula: over the claims that are used: A if at least 80 % are A, B if at least 80 % are A or B, else C.
Bounds: exact; an error once published, a warning in a draft.

Fails: confidence A where half of the claims come from secondary sources.
Mend: write the letter that is computed, or read the originals.
"""

from collections.abc import Iterator

from atlas.catalogue import overall_confidence
from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level


def run(case: Case) -> Iterator[Breach]:
    """The head of a system that states its confidence."""
    stated, found = case.document.confidence, overall_confidence(case.system.claims.values(), case.system.used_claims)
    if stated is not None and found is not None and stated != found:
        yield Breach(
            "confidence",
            "the stated confidence is not what the claims give",
            actual=stated,
            expected=found,
            tip=f"Write {found}, or read the originals of what is B or C.",
            level=Level.ERROR if case.is_published else Level.WARNING,
        )


CHECK = Check("EVI013", "confidence_agrees", Scope.SYSTEM, Level.ERROR, Family.EVIDENCE, run)
