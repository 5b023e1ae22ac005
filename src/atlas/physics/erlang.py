"""Erlang's two formulas: the share of calls lost without a queue (B), and of calls that must wait (C).

A. K. Erlang, "Solution of some problems in the theory of probabilities of significance in automatic telephone
exchanges" (1917). ``offered`` is λ·S in Erlang (mean number of busy slots were there enough of them).

Few servers: the recursion 1/B(i) = 1 + i/(a·B(i−1)), which never overflows. Many, or a fraction of one: the integral
1/B = a·∫ e^(−a·t)·(1+t)^c dt over t ≥ 0 (Jagerman, "Some properties of the Erlang loss function", BSTJ 53, 1974),
whose cost does not grow with the number of servers.
"""

from __future__ import annotations

import math
from functools import lru_cache

_RECURSION_UP_TO = 200
_NODES = 400
_NEGLIGIBLE = 36.0


@lru_cache(maxsize=4096)
def erlang_b(servers: float, offered: float) -> float:
    """Share of arrivals that find every one of ``servers`` busy and are lost (M/G/c/c).

    Holds for every service distribution of that mean. Raises ``ValueError`` for negative arguments.
    """
    servers, offered = float(servers), float(offered)  # not numpy's, which warn where floats overflow to infinity
    if servers < 0 or offered < 0:
        raise ValueError("servers and offered load are not negative")
    if offered == 0:
        return 0.0 if servers > 0 else 1.0
    if servers <= _RECURSION_UP_TO and servers == int(servers):
        inverse = 1.0
        for i in range(1, int(servers) + 1):
            inverse = 1.0 + inverse * i / offered
            if inverse > 1e300:
                return 0.0
        return 1.0 / inverse
    return math.exp(-_log_inverse_b(servers, offered))


def _log_inverse_b(servers: float, offered: float) -> float:
    """The logarithm of 1/B by Simpson's rule around the peak of the integrand."""
    peak = max(0.0, servers / offered - 1.0)
    top = _exponent(peak, servers, offered)
    high = _where_it_ends(peak, 1.0 / math.sqrt(servers) + 1.0 / offered, servers, offered)
    low = max(0.0, peak - (high - peak))
    step = (high - low) / _NODES
    total = 0.0
    for i in range(_NODES + 1):
        t = low + i * step
        weight = 1.0 if i in {0, _NODES} else (4.0 if i % 2 else 2.0)
        total += weight * math.exp(_exponent(t, servers, offered) - top)
    return math.log(offered * total * step / 3.0) + top


def _exponent(t: float, servers: float, offered: float) -> float:
    return servers * math.log1p(t) - offered * t


def _where_it_ends(peak: float, width: float, servers: float, offered: float) -> float:
    """Where the integrand has fallen to e⁻³⁶ of its peak (within a tenth)."""
    top = _exponent(peak, servers, offered)
    while top - _exponent(peak + width, servers, offered) > _NEGLIGIBLE:
        width /= 2
    while top - _exponent(peak + width, servers, offered) < _NEGLIGIBLE:
        width *= 1.1
    return peak + width


@lru_cache(maxsize=4096)
def erlang_c(servers: float, offered: float) -> float:
    """Share of arrivals that must wait in M/M/c with an unbounded queue: C = B / (1 − ρ·(1 − B)).

    1 where the offered load is not below the number of servers: then all wait, in the end for ever.
    """
    if servers <= 0:
        raise ValueError("a queue needs at least a part of a server")
    utilisation = offered / servers
    if utilisation >= 1:
        return 1.0
    lost = erlang_b(servers, offered)
    return lost / (1.0 - utilisation * (1.0 - lost))


def servers_for_loss(offered: float, loss: float) -> int:
    """The fewest servers that lose at most the share ``loss`` (0 to 1, exclusive) of ``offered`` Erlang."""
    if not 0 < loss < 1:
        raise ValueError("the accepted loss lies between 0 and 1")
    low, high = 0, max(1, math.ceil(offered))
    while erlang_b(high, offered) > loss:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        if erlang_b(middle, offered) > loss:
            low = middle
        else:
            high = middle
    return high if erlang_b(low, offered) > loss else low
