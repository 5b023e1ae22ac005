"""A published system shows ten components on four planes.

Fact: at least ten components, on at least four of the five planes.
Bounds: ten and four, at status published.

Fails: a published system of six services.
Mend: describe what routes, queues, stores and controls, and not only what serves.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

COMPONENTS, PLANES = 10, 4


def run(case: Case) -> Iterator[Breach]:
    """The components of a published system."""
    components = case.document.components
    planes = {c.plane for c in components.values()}
    if case.is_published and (len(components) < COMPONENTS or len(planes) < PLANES):
        yield Breach(
            "components",
            "too small a picture of a published system",
            actual=f"{len(components)} components on {len(planes)} planes",
            expected=f"at least {COMPONENTS} on {PLANES}",
        )


CHECK = Check("REC003", "enough_components", Scope.SYSTEM, Level.ERROR, Family.RECORD, run)
