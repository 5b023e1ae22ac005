"""A name fits its box: at most 24 characters for a component, 90 for its line of explanation.

Fact: length of `name` and of `does`, which stand in the nodes of the diagrams.
Bounds: 24 and 90 characters; information only, for text is wrapped rather than cut.

Fails: a component named "Distributed consistent-hashing session registry".
Mend: shorten the name; what it does belongs in `does`.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

NAME, DOES = 24, 90


def run(case: Case) -> Iterator[Breach]:
    """Each component; needs no drawing."""
    for ident, component in case.document.components.items():
        for key, text, most in (("name", component.name, NAME), ("does", component.does or "", DOES)):
            if len(text) > most:
                yield Breach(
                    f"components.{ident}.{key}",
                    f"the {key} of {ident} is too long for a box",
                    actual=f"{len(text)} characters",
                    expected=f"at most {most}",
                    tip="Shorten it.",
                )


CHECK = Check("DIA005", "label_length", Scope.SYSTEM, Level.INFO, Family.DIAGRAMS, run)
