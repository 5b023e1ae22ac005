"""How often a cache answers, from how skewed the requests are.

H. Che, Y. Tung, Z. Wang, "Hierarchical Web Caching Systems", IEEE JSAC 20 (2002): an LRU cache of ``size`` items holds
an item as if for a fixed time T after its last use, with Σ (1 − e^(−pᵢ·T)) = size. Popularity after Zipf: pᵢ ∝ i^(−s).
"""

from __future__ import annotations

import math

_EXACT = 2_000
_STEPS_PER_OCTAVE = 24


def zipf_hit_ratio(items: float, size: float, exponent: float) -> float:
    """Share of requests that an LRU cache of ``size`` of ``items`` equally large items answers (Che).

    Requests are independent, popularity is Zipf with ``exponent`` (0: all alike). Raises ``ValueError`` for sizes
    that are not positive. Billions of items cost the same as thousands: ranks above 2,000 are taken in bands.
    """
    if items <= 0 or size <= 0 or exponent < 0:
        raise ValueError("items and size are positive, the exponent is not negative")
    if size >= items:
        return 1.0
    bands = _bands(items, exponent)
    total = math.fsum(count * weight for count, weight in bands)
    shares = [(count, weight / total) for count, weight in bands]
    time = characteristic_time(shares, size)
    return math.fsum(count * p * -math.expm1(-p * time) for count, p in shares)


def characteristic_time(shares: list[tuple[float, float]], size: float) -> float:
    """Che's T in requests: how long an unused item stays. ``shares``: (number of items, share of requests of each)."""
    low, high = 0.0, 1.0
    while _held(shares, high) < size:
        low, high = high, high * 2
    for _ in range(100):
        middle = (low + high) / 2
        if _held(shares, middle) < size:
            low = middle
        else:
            high = middle
        if high - low <= 1e-12 * high:
            break
    return high


def most_popular_share(items: float, size: float, exponent: float) -> float:
    """Share of requests for the ``size`` most popular items: the best that any cache without foresight can reach."""
    if size >= items:
        return 1.0
    bands = _bands(items, exponent)
    total = math.fsum(count * weight for count, weight in bands)
    seen, kept = 0.0, 0.0
    for count, weight in bands:
        taken = min(count, max(0.0, size - seen))
        kept += taken * weight
        seen += count
    return kept / total


def _held(shares: list[tuple[float, float]], time: float) -> float:
    return math.fsum(count * -math.expm1(-p * time) for count, p in shares)


def _bands(items: float, exponent: float) -> list[tuple[float, float]]:
    """(number of items, weight of each) by falling popularity; exact for the first, geometric bands after them."""
    exact = int(min(items, _EXACT))
    bands = [(1.0, float(i) ** -exponent) for i in range(1, exact + 1)]
    low, factor = exact + 0.5, 2 ** (1 / _STEPS_PER_OCTAVE)
    while low < items + 0.5 and items > exact:
        high = min(low * factor, items + 0.5)
        bands.append((high - low, _mean_weight(low, high, exponent)))
        low = high
    return bands


def _mean_weight(low: float, high: float, exponent: float) -> float:
    """Mean of x^(−s) between two ranks."""
    if math.isclose(exponent, 1.0, abs_tol=1e-9):
        return math.log(high / low) / (high - low)
    power = 1 - exponent
    return float((high**power - low**power) / (power * (high - low)))
