"""A published system has eight figures that were found in their sources.

Fact: at least eight claims with verdict found that are not only a seed's.
Bounds: eight, at status published.

Fails: a published system with five figures.
Mend: read on: posts print more numbers than one thinks.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

LEAST = 8


def run(case: Case) -> Iterator[Breach]:
    """The claims of a published system."""
    found = [v for v in case.system.claims.values() if v.is_usable]
    if case.is_published and len(found) < LEAST:
        yield Breach("claims", "too few figures for a published system", str(len(found)), f"at least {LEAST}")


CHECK = Check("REC002", "enough_claims", Scope.SYSTEM, Level.ERROR, Family.RECORD, run)
