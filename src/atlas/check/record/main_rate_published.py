"""The rate of the main flow is published or derived from what is published.

Fact: the rate of the first flow has the origin claim, or derived from at least one claim that was found.
Bounds: none, at status published.

Fails: `rate: {assumed: 46k/s, because: …}` on the first flow.
Mend: find a count per day, or users and what each does, and derive the rate from it.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level


def run(case: Case) -> Iterator[Breach]:
    """The first flow of a published system."""
    flows = case.document.flows
    if not case.is_published or not flows:
        return
    name = next(iter(flows))
    path = f"flows.{name}.rate"
    value = case.value(path) or case.value(f"{path}.closed")
    if value is None or value.origin not in ("claim", "derived"):
        yield Breach(
            path,
            f"the rate of the main flow {name} is not published",
            actual=value.origin if value is not None else "absent",
            expected="claim or derived",
            tip="Find a count per day, or users and what each does, and derive it.",
        )


CHECK = Check("REC005", "main_rate_published", Scope.SYSTEM, Level.ERROR, Family.RECORD, run)
