"""Dates run forward: published, then accessed, then today; and a figure is not younger than its source.

Fact: published ≤ accessed ≤ today, last_verified ≤ today, start of `as_of` ≤ the end of `published` of some source
that carries the claim (a living page, `published: unknown`, is left out).
Bounds: exact, at the precision written.

Fails: a post published in 2024 and accessed in 2023.
Mend: correct the date that was typed wrong.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level
from atlas.model.text import span


def run(case: Case) -> Iterator[Breach]:
    """The head, each source, each dated claim."""
    document = case.document
    if document.last_verified > case.today:
        yield Breach("last_verified", "verified in the future", str(document.last_verified), f"at most {case.today}")
    for ident, source in document.sources.items():
        read, out = span(source.accessed), span(source.published)
        if read is not None and read.start > case.today:
            yield Breach(f"sources.{ident}.accessed", "read in the future", source.accessed, f"at most {case.today}")
        if read is not None and out is not None and out.start > read.end:
            yield Breach(
                f"sources.{ident}.published",
                "published after it was read",
                source.published,
                f"at most {source.accessed}",
                tip="Correct the date that was typed wrong.",
            )
    yield from _younger_than_source(case)


def _younger_than_source(case: Case) -> Iterator[Breach]:
    for name, view in case.system.claims.items():
        held = span(view.claim.as_of) if view.claim.as_of else None
        out = [span(s.published) for s in view.sources.values()]
        if held is None or not out or None in out:
            continue
        latest = max(s.end for s in out if s is not None)
        if held.start > latest:
            yield Breach(
                f"claims.{name}.as_of",
                "the figure is younger than every source that prints it",
                actual=view.claim.as_of or "",
                expected=f"at most {latest}",
                because=(name,),
            )


CHECK = Check("EVI007", "dates_in_order", Scope.SYSTEM, Level.ERROR, Family.EVIDENCE, run)
