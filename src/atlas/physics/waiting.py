"""How long calls wait in M/G/c, as a distribution on a lattice.

Exact for one server (Pollaczek and Khinchine) and for exponential service; for several servers and general service
the approximation of H. C. Tijms, M. H. van Hoorn, A. Federgruen, "Approximations for the Steady-State Probabilities in
the M/G/c Queue", Adv. Appl. Prob. 13 (1981): who waits, waits for the first of c services in course to end, and then
as in front of one server that is c times as fast. The share that waits is Erlang's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from atlas.physics.erlang import erlang_b, erlang_c
from atlas.physics.lattice import (
    Axis,
    Floats,
    Spread,
    at_time,
    exponential,
    geometric_sum,
    residual,
    share_left,
)

NOBODY_WAITS = 1e-7


@dataclass(frozen=True, slots=True)
class Times:
    """A distribution by its distribution function: ``below[i]`` of the times are at most ``times[i]`` seconds."""

    times: Floats
    below: Floats


def wait_spread(
    axis: Axis, servers: float, offered: float, service: Times, gaps: tuple[float, float] = (1.0, 1.0)
) -> Spread:
    """Distribution of the wait; ``offered`` Erlang (below ``servers``).

    ``gaps``, for arrivals that are not Poisson: by how much waits are longer ((ca² + cs²)/(1 + cs²)), and by how much
    fewer calls wait.
    """
    burst, seldom = gaps
    waits = erlang_c(servers, offered) * seldom
    if waits < NOBODY_WAITS:
        return at_time(axis, 0.0)
    fine = Axis(axis.step / burst, axis.count)
    after = geometric_sum(residual(fine, service.times / servers, service.below), offered / servers)
    if servers == 1:
        first = residual(fine, service.times, service.below)
    else:
        middles = (np.arange(axis.count + 1) - 0.5) * fine.step
        left = np.where(middles > 0, share_left(service.times, service.below, np.maximum(middles, 0)), 1.0) ** servers
        first = Spread(fine, masses=left[:-1] - left[1:])
    wait = first.then(after).masses
    return Spread(axis, masses=_with_immediate(np.maximum(wait, 0.0) * waits, 1 - waits))


def exponential_wait(axis: Axis, waits: float, mean_s: float) -> Spread:
    """A share ``waits`` waits an exponential time, so that the mean over all is ``mean_s``."""
    if waits < NOBODY_WAITS or mean_s <= 0:
        return at_time(axis, 0.0)
    return Spread(axis, masses=_with_immediate(exponential(axis, mean_s / waits).masses * waits, 1 - waits))


def _with_immediate(masses: Floats, immediate: float) -> Floats:
    masses[0] += immediate
    return masses


def loss_share(servers: float, offered: float, places: float, service_cv2: float) -> float:
    """Share of calls refused in front of ``servers`` and a queue of ``places``, at any load.

    M/M/c/K, exactly; for other service times with places × 2/(1 + cv²), which has the right decay in heavy traffic and
    the right limits (Erlang's loss without places; 1 − c/a in overload).
    """
    if math.isinf(places):
        return 0.0
    full = erlang_b(servers, offered)
    load = offered / servers
    effective = places * 2 / (1 + service_cv2)
    if full == 0 or (load < 1 and effective * math.log(max(load, 1e-300)) < -700):
        return 0.0
    if load > 1:
        grown = math.exp(-effective * math.log(load))  # divide by the largest term
        queue = load * (1 - grown) / (load - 1)
        return full / (grown + full * queue)
    shrunk = math.exp(effective * math.log(load)) if load > 0 else 0.0
    queue = effective if load == 1 else load * (1 - shrunk) / (1 - load)
    return full * shrunk / (1 + full * queue)


@lru_cache(maxsize=1024)
def shortest_of_two(servers: int, offered: float) -> tuple[float, float]:
    """(Share that waits, mean number waiting) at each of many equal queues that calls choose between, two at random.

    The mean-field limit: λ·(s²ⱼ₋₁ − s²ⱼ) = min(j, c)·(sⱼ − sⱼ₊₁), sⱼ being the share of queues with at least j inside
    (N. Vvedenskaya, R. Dobrushin, F. Karpelevich 1996; M. Mitzenmacher 2001). Exponential service.
    """
    load = offered / servers
    if load >= 1:
        return 1.0, math.inf
    if offered <= 0:
        return 0.0, 0.0
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if _idle_share(servers, offered, middle) > 1:
            high = middle
        else:
            low = middle
    busy = load * low * low  # share of queues with all servers busy
    waiting, level = 0.0, load * busy * busy
    while level > 1e-15:
        waiting += level
        level = load * level * level
    return busy * busy, waiting


def shortest_of_few(servers: int, offered: float, instances: int) -> tuple[float, float]:
    """The same for a limited number of queues: between the mean field and one queue for all.

    Few queues work as one in heavy traffic (their lengths differ little: H. Chen, H.-Q. Ye, "Asymptotic Optimality of
    Balanced Routing", Operations Research 60, 2012), many as the mean field. In between both means are added as
    powers; the exponent is fitted to simulations of two to eight queues of one to twenty servers, which the mean time
    in the system then meets within 6 %.
    """
    waits, waiting = shortest_of_two(servers, offered)
    if instances > 100 or offered <= 0 or math.isinf(waiting):
        return waits, waiting
    load = offered / servers
    together = erlang_c(servers * instances, offered * instances)
    return max(waits, together), _added(waiting, together * load / (1 - load) / instances)


def _added(one: float, other: float) -> float:
    return float((one**_POWER + other**_POWER) ** (1 / _POWER))


_POWER = 1.35


def _idle_share(servers: int, offered: float, almost: float) -> float:
    """The share of queues with at least none inside (which has to be 1), if ``almost`` has at least c − 1."""
    levels = [offered / servers * almost * almost, almost]
    above = levels[0]
    for j in range(servers - 1, 0, -1):
        value = math.sqrt(min(4.0, (j * levels[-1] + above) / offered))
        above += levels[-1]
        levels.append(value)
    return levels[-1]


def bounded_wait(axis: Axis, servers: float, offered: float, places: float, service: tuple[float, float]) -> Spread:
    """Distribution of the wait of those let into a queue of ``places``, at any load; ``service``: mean and cv².

    M/M/c/K exactly: who meets j in the queue waits for j + 1 ends of service. For other service times the number met
    falls (or grows) by ρ^(2/(1 + cv²)) from place to place.
    """
    mean_s, cv2 = service
    full, ratio = erlang_b(servers, offered), (offered / servers) ** (2 / (1 + cv2))
    ratio = ratio if abs(ratio - 1) > 1e-7 else 1 + 1e-7
    scale = max(ratio, 1.0) ** -places  # divide by the largest term
    small, large = scale, 1.0 if ratio > 1 else ratio**places
    waiting = full * (small - large) / (1 - ratio)
    let_in = scale * (1 - full) + waiting
    waits = waiting / let_in if let_in > 0 else 1.0
    if places == 0 or waits < NOBODY_WAITS:
        return at_time(axis, 0.0)
    phi = exponential(axis, mean_s / servers).spectrum
    with np.errstate(under="ignore"):
        powers = phi * (small - large * phi**places) / (1 - ratio * phi) * (1 - ratio) / (small - large)
    masses = np.maximum(Spread(axis, spectrum=powers).masses, 0.0)
    return Spread(axis, masses=_with_immediate(masses * waits, 1 - waits))
