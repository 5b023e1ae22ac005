"""Every call that leaves the process has an end.

Fact: a call to a component has a timeout, or one above it in the same flow has (the client's counts), unless it is
handed over.
Bounds: a warning in a draft, an error at published.

Fails: a call to a third party without any timeout above it.
Mend: write how long the caller waits; where nobody publishes it, a design value is fine.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level


def run(case: Case) -> Iterator[Breach]:
    """Each flow's first call without any timeout above it, once for each flow."""
    if case.document.status == "stub":
        return
    said: set[str] = set()
    for place in case.calls:
        client = case.document.flows[place.flow].client
        bounded = [client, *place.above, place.call]
        if place.call.async_ or not place.call.call or any(c is not None and c.timeout is not None for c in bounded):
            continue
        if place.flow not in said:
            said.add(place.flow)
            yield Breach(
                place.path,
                f"nothing ends the wait for {place.call.call}",
                actual="no timeout",
                expected="a timeout here, above, or at the client",
                tip="Write how long the caller waits.",
                level=Level.ERROR if case.is_published else Level.WARNING,
            )


CHECK = Check("REC011", "remote_calls_bounded", Scope.SYSTEM, Level.ERROR, Family.RECORD, run)
