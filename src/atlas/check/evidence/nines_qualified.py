"""Five nines say of what: an interface, a contract, a period.

Fact: an availability of 99.999 % or more has a `scope` (or is of one component): contracts cover one product, status
pages one interface, and measurements one period.
Bounds: from 99.999 % (5.3 minutes a year) on.

Fails: 99.999 % for a database, when only its multi-region tables are under that contract.
Mend: write in `scope` what is covered, and whether it is measured or promised.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

FROM = 0.99999


def run(case: Case) -> Iterator[Breach]:
    """Each availability."""
    for fact in case.facts.of_metric("availability"):
        if fact.mid >= FROM - 1e-9 and fact.scope is None and fact.of == "system":
            yield Breach(
                f"claims.{fact.id}",
                f"{fact.text} of what? A contract, one interface, one year?",
                actual="no scope",
                expected="a scope",
                because=(fact.id,),
                tip="Write in scope what is covered, and whether it is measured or promised.",
            )


CHECK = Check("EVI016", "nines_qualified", Scope.SYSTEM, Level.ERROR, Family.EVIDENCE, run)
