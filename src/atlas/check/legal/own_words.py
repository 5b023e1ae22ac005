"""Texts are written in our own words: no long quotation.

Fact: no quotation (between quotation marks) is longer than twelve words.
Bounds: twelve words; names and titles in quotation marks are shorter.

Fails: a lesson that quotes a paragraph of a post.
Mend: say what was learned in your own words, and cite the source.
"""

import re
from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

QUOTED = re.compile(r"[\"“«]([^\"”»]{20,})[\"”»]")
MOST = 12
TEXTS = frozenset({"text", "insight", "cause", "fix", "impact", "choice", "trade_off", "summary", "challenge", "does"})


def longest_quotation(text: str) -> str:
    """The longest quotation of a text; empty where there is none."""
    return max(QUOTED.findall(text), key=lambda q: len(q.split()), default="")


def run(case: Case) -> Iterator[Breach]:
    """Each prose text of the document."""
    for place in case.written:
        if place.field not in TEXTS or not isinstance(place.value, str):
            continue
        quotation = longest_quotation(place.value)
        if len(quotation.split()) > MOST:
            yield Breach(
                place.path,
                "a long quotation",
                actual=f"{len(quotation.split())} words",
                expected=f"at most {MOST}",
                tip="Say it in your own words, and cite the source.",
            )


CHECK = Check("LEG004", "own_words", Scope.SYSTEM, Level.ERROR, Family.LEGAL, run)
