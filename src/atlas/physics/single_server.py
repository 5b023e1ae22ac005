"""One server, arrivals without memory: M/M/1 and M/G/1.

Times in seconds, rates per second. Utilisation ρ = λ·S. All raise ``ValueError`` for a negative rate or a service
time that is not positive, and return infinity where ρ ≥ 1: the queue grows for ever.

Sources: L. Kleinrock, *Queueing Systems* I (1975), sections 3.2 and 5.6; F. Pollaczek (1930), A. Khinchine (1932).
"""

from __future__ import annotations

import math


def mm1_mean_inside(rate_per_s: float, service_s: float) -> float:
    """Mean number in the system: ρ/(1 − ρ)."""
    load = _load(rate_per_s, service_s)
    return load / (1 - load) if load < 1 else math.inf


def mm1_mean_response(rate_per_s: float, service_s: float) -> float:
    """Mean time in the system, waiting and service: S/(1 − ρ)."""
    load = _load(rate_per_s, service_s)
    return service_s / (1 - load) if load < 1 else math.inf


def mm1_response_quantile(rate_per_s: float, service_s: float, level: float) -> float:
    """The response time that a share ``level`` stays below; the response is exponential: −ln(1 − level)·S/(1 − ρ)."""
    return -math.log1p(-level) * mm1_mean_response(rate_per_s, service_s)


def mm1_state_probability(rate_per_s: float, service_s: float, inside: int) -> float:
    """Share of the time with exactly ``inside`` jobs in the system: (1 − ρ)·ρⁿ."""
    load = _load(rate_per_s, service_s)
    return (1 - load) * load**inside if load < 1 else 0.0


def mg1_mean_wait(rate_per_s: float, service_s: float, cv: float) -> float:
    """Mean waiting time (Pollaczek–Khinchine): ρ/(1 − ρ) · S · (1 + cv²)/2.

    The second factor is the mean of what is left of the job in service. A constant (cv = 0) waits half as long as an
    exponential service time (cv = 1).
    """
    load = _load(rate_per_s, service_s)
    return load / (1 - load) * service_s * (1 + cv * cv) / 2 if load < 1 else math.inf


def mg1_wait_variance(rate_per_s: float, service_s: float, second: float, third: float) -> float:
    """Variance of the waiting time: E[W]² + λ·E[S³]/(3·(1 − ρ)) (Takács). ``second``, ``third``: E[S²], E[S³]."""
    load = _load(rate_per_s, service_s)
    if load >= 1:
        return math.inf
    mean = rate_per_s * second / (2 * (1 - load))
    return mean * mean + rate_per_s * third / (3 * (1 - load))


def _load(rate_per_s: float, service_s: float) -> float:
    if rate_per_s < 0 or service_s <= 0:
        raise ValueError("a rate is not negative and a service time is positive")
    return rate_per_s * service_s
