"""Words of a vocabulary are written as their id, not as an alias.

Fact: every organisation, technology, mechanism, guarantee and pattern is named by its own id.
Bounds: none; aliases are understood, so this is information only.

Fails: `id: linearizable` for G-LIN.
Mend: write the id.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level


def run(case: Case) -> Iterator[Breach]:
    """Each word that comes from a vocabulary."""
    vocabulary = case.system.vocabulary
    for place in case.written:
        if place.words is None or not isinstance(place.value, str):
            continue
        ident = vocabulary.canonical(place.words, place.value)
        if ident is not None and ident != place.value:
            yield Breach(
                place.path,
                f"{place.value} is another spelling of {ident}",
                actual=place.value,
                expected=ident,
                tip=f"Write {ident}.",
            )


CHECK = Check("VOC006", "canonical_words", Scope.SYSTEM, Level.INFO, Family.VOCABULARY, run)
