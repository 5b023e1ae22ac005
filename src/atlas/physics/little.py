"""Little's law: what is inside = what arrives × how long it stays.

L = λ·W holds for every stable system, whatever its distributions and its order of service
(J. D. C. Little, "A Proof for the Queuing Formula: L = λW", Operations Research 9, 1961).
"""

from __future__ import annotations


def inside(rate_per_s: float, stay_s: float) -> float:
    """How many are inside on average, where ``rate_per_s`` arrive and each stays ``stay_s``."""
    return rate_per_s * stay_s


def stay(inside_count: float, rate_per_s: float) -> float:
    """How long each stays on average, in seconds. Raises ``ValueError`` where nothing arrives."""
    if rate_per_s <= 0:
        raise ValueError("nothing arrives: the time of stay is not defined")
    return inside_count / rate_per_s


def rate(inside_count: float, stay_s: float) -> float:
    """Arrivals per second. Raises ``ValueError`` where nobody stays."""
    if stay_s <= 0:
        raise ValueError("nobody stays: the rate is not defined")
    return inside_count / stay_s


def utilisation(rate_per_s: float, service_s: float, slots: float) -> float:
    """Share of the slots that is busy: λ·S/c. Above 1 the demand cannot be met."""
    if slots <= 0:
        raise ValueError("a station needs at least a part of a slot")
    return rate_per_s * service_s / slots
