"""Every drawing says in words what it shows.

Fact: a title, and a description of at least forty characters that says more than the title.
Bounds: forty characters.

Fails: a diagram whose description repeats its title.
Mend: the description is computed; give the parts it names their `does`.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

LEAST = 40


def run(case: Case) -> Iterator[Breach]:
    """Each drawing."""
    for diagram in case.drawings:
        words = diagram.description.strip()
        if not diagram.title.strip() or len(words) < LEAST or words == diagram.title:
            yield Breach(
                "",
                f"the diagram {diagram.code} has no text alternative",
                actual=words or "nothing",
                expected=f"at least {LEAST} characters",
            )


CHECK = Check("DIA004", "text_alternative", Scope.SYSTEM, Level.ERROR, Family.DIAGRAMS, run, is_costly=True)
