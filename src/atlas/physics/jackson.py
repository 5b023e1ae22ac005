"""Networks of stations: rates from routing, and Jackson's theorem.

In an open network with Poisson arrivals, exponential service and random routing every station behaves as an M/M/c of
its own (J. R. Jackson, "Networks of Waiting Lines", Operations Research 5, 1957).
"""

from __future__ import annotations

from collections.abc import Sequence

from atlas.physics.many_servers import mmc_mean_wait

_PIVOT = 1e-12


def station_rates(arrivals_per_s: Sequence[float], routing: Sequence[Sequence[float]]) -> list[float]:
    """The rate through every station: the solution of λ = γ + λ·P.

    ``arrivals_per_s[i]``: from outside to i; ``routing[i][j]``: share of what leaves i that goes on to j. Raises
    ``ValueError`` where a row sums to more than 1, or where jobs of a station never leave.
    """
    n = len(arrivals_per_s)
    if any(share < 0 for row in routing for share in row) or any(sum(row) > 1 + 1e-9 for row in routing):
        raise ValueError("the routes from a station are shares that sum to at most 1")
    # Gauss–Jordan on (I − Pᵀ) λ = γ
    rows = [[(1.0 if i == j else 0.0) - routing[j][i] for j in range(n)] + [arrivals_per_s[i]] for i in range(n)]
    for i in range(n):
        best = max(range(i, n), key=lambda k: abs(rows[k][i]))
        rows[i], rows[best] = rows[best], rows[i]
        if abs(rows[i][i]) < _PIVOT:
            raise ValueError("jobs circulate for ever: some station has no way out")
        for k in range(n):
            if k != i and rows[k][i]:
                factor = rows[k][i] / rows[i][i]
                rows[k] = [a - factor * b for a, b in zip(rows[k], rows[i], strict=True)]
    return [rows[i][n] / rows[i][i] for i in range(n)]


def mean_response(
    arrivals_per_s: Sequence[float],
    routing: Sequence[Sequence[float]],
    service_s: Sequence[float],
    servers: Sequence[int],
) -> float:
    """Mean time from entering the network to leaving it: Σ inside(i) / Σ γ (Little's law on the whole).

    Infinity where a station is not stable. Raises ``ValueError`` where nothing arrives.
    """
    total = sum(arrivals_per_s)
    if total <= 0:
        raise ValueError("nothing arrives")
    rates = station_rates(arrivals_per_s, routing)
    inside = sum(
        rate * (service + mmc_mean_wait(rate, service, count))
        for rate, service, count in zip(rates, service_s, servers, strict=True)
    )
    return inside / total
