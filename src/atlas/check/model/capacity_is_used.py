"""Capacity that nobody published is used at the claimed peak.

Formula: rate × time a slot is held / (instances × concurrency), by Little's law, for components of which either number
is assumed and whose load the described flows explain.
Bounds: at least 15 %. Idle capacity makes every drill pass: what is assumed should not decide it.

Fails: an assumed fleet of a hundred instances of which two are busy at the peak.
Mend: assume as much as carries the peak (`sized`), or name the load that the flows do not describe (`background`).
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

LEAST = 0.15
EXPLAINED = 0.5
"""Where the flows explain less of a published load, the rest of it may use the capacity."""


def run(case: Case) -> Iterator[Breach]:
    """Each component that flows reach."""
    for name, load in case.system.traffic.components.items():
        used, explained = load.utilisation, load.explained
        if used is None or not 0 < used < LEAST or (explained is not None and explained < EXPLAINED):
            continue
        numbers = [case.value(f"components.{name}.{part}") for part in ("instances", "concurrency")]
        assumed = next((v for v in numbers if v is not None and v.origin == "assumed"), None)
        if assumed is not None:
            component = case.document.components[name].name
            message = f"the capacity of {component} is assumed, and hardly used at the claimed peak"
            yield Breach(assumed.path, message, f"{100 * used:.2g} % busy", f"at least {LEAST:.0%}".replace("%", " %"))


CHECK = Check("MOD004", "capacity_is_used", Scope.SYSTEM, Level.INFO, Family.MODEL, run)
