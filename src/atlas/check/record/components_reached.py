"""Every component takes part: a flow or a link reaches it.

Fact: each component is called in a flow, stands behind a cache that is, or is an end of a link.
Bounds: none, from status draft on.

Fails: a metadata store that nothing calls and no link touches.
Mend: add the call, or a link with its kind (control, backup, replication, config).
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level


def reached(case: Case) -> set[str]:
    """Components that a flow or a link touches."""
    found: set[str] = set()
    for place in case.calls:
        found.add(place.call.target)
        if place.call.fallback is not None and place.call.fallback.call:
            found.add(place.call.fallback.call.partition(".")[0])
    for link in case.document.links:
        found |= {link.from_, link.to}
    for name, component in case.document.components.items():
        if component.cache is not None and name in found:
            found.add(component.cache.of)
        if component.queue is not None and component.queue.to is not None:
            found.add(component.queue.to)
    return found


def run(case: Case) -> Iterator[Breach]:
    """Each component of a draft or published system."""
    if case.document.status == "stub":
        return
    there = reached(case)
    for name in case.document.components:
        if name not in there:
            yield Breach(
                f"components.{name}",
                f"no flow and no link reaches {name}",
                tip="Add the call, or a link with its kind.",
                level=Level.ERROR if case.is_published else Level.WARNING,
            )


CHECK = Check("REC010", "components_reached", Scope.SYSTEM, Level.ERROR, Family.RECORD, run)
