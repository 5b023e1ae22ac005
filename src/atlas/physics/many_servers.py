"""Several servers in front of one queue: M/M/c, M/M/c/K and the approximation for G/G/c.

``servers`` may be a fraction (what background load leaves of a machine) except in M/M/c/K. Times in seconds, rates per
second; infinity where the demand is not below the capacity.

Sources: D. Gross, C. Harris, *Fundamentals of Queueing Theory*, chapter 2 (M/M/c, M/M/c/K); A. O. Allen, *Probability,
Statistics and Queueing Theory* (1990), section 5.3.5 (the Allen–Cunneen approximation).
"""

from __future__ import annotations

import math

from atlas.physics.erlang import erlang_c


def mmc_mean_wait(rate_per_s: float, service_s: float, servers: float) -> float:
    """Mean waiting time of M/M/c: C·S/(c·(1 − ρ)), with Erlang's C."""
    load = rate_per_s * service_s / servers
    if load >= 1:
        return math.inf
    return erlang_c(servers, rate_per_s * service_s) * service_s / (servers * (1 - load))


def mmc_wait_quantile(rate_per_s: float, service_s: float, servers: float, level: float) -> float:
    """The waiting time a share ``level`` stays below: P(W > t) = C·e^(−c·(1 − ρ)·t/S); 0 for those who never wait."""
    load = rate_per_s * service_s / servers
    if load >= 1:
        return math.inf
    waits = erlang_c(servers, rate_per_s * service_s)
    left = 1 - level
    return math.log(waits / left) * service_s / (servers * (1 - load)) if waits > left else 0.0


def mmc_response_survival(rate_per_s: float, service_s: float, servers: float, time_s: float) -> float:
    """Share of responses (waiting and service) of M/M/c that take longer than ``time_s``."""
    load = rate_per_s * service_s / servers
    if load >= 1:
        return 1.0
    waits = erlang_c(servers, rate_per_s * service_s)
    drain, serve = servers * (1 - load) / service_s, 1 / service_s
    if math.isclose(drain, serve, rel_tol=1e-9):
        return math.exp(-serve * time_s) * (1 + waits * serve * time_s)
    # an exponential wait (with probability C) plus an exponential service: the sum of two exponentials
    both = (drain * math.exp(-serve * time_s) - serve * math.exp(-drain * time_s)) / (drain - serve)
    return (1 - waits) * math.exp(-serve * time_s) + waits * both


def mmc_response_quantile(rate_per_s: float, service_s: float, servers: float, level: float) -> float:
    """The response time of M/M/c that a share ``level`` stays below, by bisection of its survival function."""
    if rate_per_s * service_s >= servers:
        return math.inf
    low, high = 0.0, service_s
    while mmc_response_survival(rate_per_s, service_s, servers, high) > 1 - level:
        high *= 2
    for _ in range(100):
        middle = (low + high) / 2
        if mmc_response_survival(rate_per_s, service_s, servers, middle) > 1 - level:
            low = middle
        else:
            high = middle
    return high


def mmck_states(rate_per_s: float, service_s: float, servers: int, room: int) -> list[float]:
    """Share of the time with 0, 1, … ``room`` jobs in M/M/c/K (``room`` counts those in service; at least c)."""
    if room < servers:
        raise ValueError("the room includes the servers")
    weights, top = [0.0], 0.0  # logarithms: 200 servers overflow a float
    offered = rate_per_s * service_s
    if offered == 0:
        return [1.0] + [0.0] * room
    for n in range(1, room + 1):
        weights.append(weights[-1] + math.log(offered / min(n, servers)))
        top = max(top, weights[-1])
    scaled = [math.exp(w - top) for w in weights]
    total = sum(scaled)
    return [w / total for w in scaled]


def mmck_loss(rate_per_s: float, service_s: float, servers: int, room: int) -> float:
    """Share of arrivals that find no room in M/M/c/K and are refused. Stable at every load."""
    return mmck_states(rate_per_s, service_s, servers, room)[-1]


def mmck_mean_wait(rate_per_s: float, service_s: float, servers: int, room: int) -> float:
    """Mean waiting time of those who are let in, by Little's law on the queue."""
    states = mmck_states(rate_per_s, service_s, servers, room)
    waiting = sum((n - servers) * p for n, p in enumerate(states) if n > servers)
    admitted = rate_per_s * (1 - states[-1])
    return waiting / admitted if admitted > 0 else 0.0


def allen_cunneen_mean_wait(
    rate_per_s: float, service_s: float, servers: float, arrival_cv: float, service_cv: float
) -> float:
    """Mean waiting time of G/G/c, approximately: that of M/M/c × (ca² + cs²)/2.

    Exact for M/M/c and M/G/1; within a few percent for cs ≤ 1.5 at ρ ≥ .5, too high for bursty service on many servers.
    """
    return mmc_mean_wait(rate_per_s, service_s, servers) * (arrival_cv**2 + service_cv**2) / 2


def departure_cv2(load: float, servers: float, arrival_cv2: float, service_cv2: float) -> float:
    """Squared cv of the gaps between departures: 1 + (1 − ρ²)(ca² − 1) + ρ²·(cs² − 1)/√c.

    W. Whitt, "The Queueing Network Analyzer", BSTJ 62 (1983), equation 39; exact for M/M/c (Burke: 1).
    """
    load = min(load, 1.0)
    return 1 + (1 - load**2) * (arrival_cv2 - 1) + load**2 * (max(service_cv2, 0.2) - 1) / math.sqrt(servers)


def merged_cv2(load: float, shares_and_cv2: list[tuple[float, float]]) -> float:
    """Squared cv of the gaps of a stream merged from independent ones, given as (share of the rate, cv²) each.

    Whitt (1983), equations 29–30: w·Σ share·cv² + 1 − w; many streams, or a light load, look like Poisson.
    """
    concentration = sum(share**2 for share, _ in shares_and_cv2)
    if concentration <= 0:
        return 1.0
    weight = 1 / (1 + 4 * (1 - load) ** 2 * (1 / concentration - 1))
    return weight * sum(share * cv2 for share, cv2 in shares_and_cv2) + 1 - weight
