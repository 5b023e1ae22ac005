"""A figure is never a sentence.

Fact: `figure` does not end like a sentence, and has no subject with a finite verb in more than six words.
Bounds: none.

Fails: "Our cluster has 72 nodes."
Mend: keep the number and the noun.
"""

import re
from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

END = re.compile(r"[a-z]{3,}[.!?]$")
SUBJECT = re.compile(
    r"^(?:We|Our|The|It|They|This|These|There)\s+(?:\w+\s+){0,2}(?:is|are|was|were|has|have|had|can|serve[sd]?|store[sd]?|handle[sd]?|process(?:e[sd])?|use[sd]?|run|ran)\b"
)
LONG = 6


def is_sentence(text: str) -> bool:
    """Whether a text reads as a sentence."""
    return bool(END.search(text)) or (len(text.split()) > LONG and bool(SUBJECT.search(text)))


def run(case: Case) -> Iterator[Breach]:
    """Each claim with a figure."""
    for name, view in case.system.claims.items():
        if view.claim.figure and is_sentence(view.claim.figure):
            yield Breach(
                f"claims.{name}.figure",
                "the figure is a sentence",
                actual=view.claim.figure,
                because=(name,),
                tip="Keep the number and the noun.",
            )


CHECK = Check("LEG002", "figure_is_no_sentence", Scope.SYSTEM, Level.ERROR, Family.LEGAL, run)
