"""An availability that is published leaves room for the outages that are published.

Formula: sum of incident durations in the years of the claim ≤ (1 − availability) × those years.
Bounds: 99.999 % allows 5.3 minutes a year. Outages are often partial: up to 20 times as much is a warning only.

Fails: 99.999 % for 2023 beside an outage of three hours in 2023.
Mend: say what the availability is of (`of`, `scope`): one interface, a contract, requests rather than time.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.fact import Fact
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level
from atlas.model.text import span

YEAR_S = 365 * 86_400.0
PARTIAL = 20.0


def outage_s(case: Case, fact: Fact) -> float:
    """Seconds of dated incidents in the years in which the availability held."""
    total = 0.0
    for incident in case.document.incidents:
        days = span(incident.date)
        if days is None or incident.duration is None or fact.start is None or fact.end is None:
            continue
        if fact.start.year <= days.start.year <= fact.end.year:
            total += incident.duration.low
    return total


def run(case: Case) -> Iterator[Breach]:
    """Each availability of the whole system that has no narrower scope."""
    for fact in case.facts.of_metric("availability"):
        if fact.scope is not None or fact.of != "system" or fact.start is None or fact.end is None:
            continue
        years = fact.end.year - fact.start.year + 1
        allowed = (1 - fact.interval.low) * years * YEAR_S
        lost = outage_s(case, fact)
        if lost > allowed:
            yield Breach(
                fact.value_path,
                f"the incidents of that time are longer than {fact.text} allows",
                actual=f"{lost / 60:.3g} min",
                expected=f"at most {allowed / 60:.3g} min",
                because=(fact.id,),
                tip="Say what the availability is of: an interface, a contract, requests.",
                level=Level.ERROR if lost > PARTIAL * allowed else Level.WARNING,
            )


CHECK = Check("PHY038", "downtime_allowed", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
