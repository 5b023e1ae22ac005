"""How long calls wait in M/G/c, as a distribution on a lattice.

Exact for one server (Pollaczek and Khinchine) and for exponential service; for several servers and general service
the approximation of H. C. Tijms, M. H. van Hoorn, A. Federgruen, "Approximations for the Steady-State Probabilities in
the M/G/c Queue", Adv. Appl. Prob. 13 (1981): who waits, waits for the first of c services in course to end, and then
as in front of one server that is c times as fast. The share that waits is Erlang's.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from atlas.physics.erlang import erlang_b, erlang_c
from atlas.physics.lattice import Axis, Each, Floats, Ints, Spread, exponential, geometric_sum
from atlas.physics.tabulated import Rows, Tables, residual, share_left

NOBODY_WAITS = 1e-7


@dataclass(frozen=True, slots=True)
class Services:
    """Service times of several queues: each draws from one or more tables, stretched. Parts of a queue lie together."""

    tables: Tables
    start: Ints
    """The first part of each queue."""
    table: Ints
    """Of each part."""
    stretch: Floats
    """Column: factor on the times of each part."""
    rate: Floats
    """Column: calls per second of each part (only their proportions count)."""


def wait_spread(axis: Axis, servers: Each, offered: Each, services: Services, gaps: tuple[Each, Each]) -> Spread:
    """Distributions of the waits of several queues; ``offered`` Erlang (below ``servers``), as columns.

    ``gaps``, for arrivals that are not Poisson: by how much waits are longer ((ca² + cs²)/(1 + cs²)), and by how much
    fewer calls wait; 1 and 1 for Poisson.
    """
    burst, seldom = gaps
    waits = each(erlang_c, servers, offered) * seldom
    owner = np.repeat(np.arange(len(services.start)), np.diff(services.start, append=len(services.table)))
    fine = Axis(axis.step / burst, axis.count)
    parts, slots = fine.rows(owner), servers[owner]
    # of those met in service, a part is of each kind: in proportion to the time it takes
    busy = services.rate * services.stretch * services.tables.mean[services.table]
    share = busy / np.add.reduceat(busy, services.start)[owner]
    rest = residual(parts, services.tables, Rows(services.table, services.stretch / slots)).masses
    left = share_left(parts, services.tables, Rows(services.table, services.stretch, parts.step / 2))
    whole, left = (np.add.reduceat(share * x, services.start) for x in (rest, left))
    beyond = left**servers
    first = np.where(servers == 1, whole, beyond[:, :-1] - beyond[:, 1:])
    wait = Spread(fine, first).then(geometric_sum(Spread(fine, whole), offered / servers))
    return _for_some(axis, waits, wait)


def exponential_wait(axis: Axis, waits: Each, mean_s: Each) -> Spread:
    """A share ``waits`` waits an exponential time, so that the mean over all is ``mean_s``."""
    some = (waits >= NOBODY_WAITS) & (mean_s > 0)
    return _for_some(
        axis, waits * some, exponential(axis, np.where(some, mean_s, axis.step) / np.where(some, waits, 1))
    )


def _for_some(axis: Axis, waits: Each, wait: Spread) -> Spread:
    """The wait for a share of the calls; none for the others."""
    share = np.where(waits < NOBODY_WAITS, 0.0, waits)
    return Spread(axis, None, wait.spectrum * share + (1 - share), 1.0 + 0.0 * share)


def each(function: Callable[[float, float], float], one: Each, other: Each) -> Each:
    """A function of two numbers, for each row of two columns (or for two numbers)."""
    if np.ndim(one) == np.ndim(other) == 0:
        return function(float(one), float(other))
    rows = zip(one.ravel().tolist(), other.ravel().tolist(), strict=True)
    return np.array([function(x, y) for x, y in rows])[:, None]


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


def bounded_wait(axis: Axis, servers: Each, offered: Each, places: Each, service: tuple[Each, Each]) -> Spread:
    """Distribution of the wait of those let into a queue of ``places``, at any load; ``service``: mean and cv².

    M/M/c/K exactly: who meets j in the queue waits for j + 1 ends of service. For other service times the number met
    falls (or grows) by ρ^(2/(1 + cv²)) from place to place.
    """
    mean_s, cv2 = service
    full, ratio = each(erlang_b, servers, offered), (offered / servers) ** (2 / (1 + cv2))
    ratio = np.where(np.abs(ratio - 1) > 1e-7, ratio, 1 + 1e-7)
    with np.errstate(under="ignore", over="ignore"):
        small = np.maximum(ratio, 1.0) ** -places  # divided by the largest term
        large = np.where(ratio > 1, 1.0, np.minimum(ratio, 1.0) ** places)
        waiting = full * (small - large) / (1 - ratio)
        let_in = small * (1 - full) + waiting
        waits = np.where(let_in > 0, waiting / np.where(let_in > 0, let_in, 1.0), 1.0)
        phi = exponential(axis, mean_s / servers).spectrum
        share = np.where(small == large, 1.0, small - large)
        powers = phi * (small - large * phi**places) / (1 - ratio * phi) * (1 - ratio) / share
    return _for_some(axis, waits, Spread(axis, None, powers, 1.0))
