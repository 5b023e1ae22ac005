"""Che's approximation against a simulated LRU cache and exact cases."""

from __future__ import annotations

import math
from collections import OrderedDict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas.physics.cache import most_popular_share, zipf_hit_ratio


def _lru_hits(items: int, size: int, exponent: float, seed: int) -> float:
    weights = np.arange(1, items + 1, dtype=float) ** -exponent
    draws = np.random.default_rng(seed).choice(items, 30_000, p=weights / weights.sum())
    held: OrderedDict[int, None] = OrderedDict()
    hits = 0
    for position, item in enumerate(draws.tolist()):
        if item in held:
            held.move_to_end(item)
            hits += position >= 10_000
        else:
            held[item] = None
            if len(held) > size:
                held.popitem(last=False)
    return hits / 20_000


@pytest.mark.parametrize(("size", "exponent"), [(50, 0.9), (300, 1.0), (100, 1.3)])
def test_che_predicts_an_lru_cache(size: int, exponent: float) -> None:
    """Within four standard errors over ten replications, plus the half percent the approximation is known for."""
    observed = np.array([_lru_hits(2_000, size, exponent, seed) for seed in range(10)])
    error = float(observed.std(ddof=1)) / math.sqrt(len(observed))
    assert abs(float(observed.mean()) - zipf_hit_ratio(2_000, size, exponent)) <= 4 * error + 0.005


@given(items=st.floats(10, 1e10), share=st.floats(0.001, 0.99), exponent=st.floats(0, 2))
def test_no_cache_beats_foresight(items: float, share: float, exponent: float) -> None:
    """LRU hits less often than keeping the most popular, and at least as often as keeping any."""
    size = items * share
    hit = zipf_hit_ratio(items, size, exponent)
    assert share - 1e-6 <= hit <= most_popular_share(items, size, exponent) + 0.01


def test_equal_popularity_hits_by_size() -> None:
    """Where all items are alike the hit ratio is the share that fits."""
    assert zipf_hit_ratio(1_000_000, 250_000, 0.0) == pytest.approx(0.25, rel=1e-6)
    assert zipf_hit_ratio(10, 10, 1.0) == 1
    assert most_popular_share(10, 20, 1.0) == 1
    with pytest.raises(ValueError, match="positive"):
        zipf_hit_ratio(0, 1, 1)


def test_bands_are_as_good_as_single_items() -> None:
    """A million items in bands give the hit ratio of a million single items."""
    ranks = np.arange(1, 1_000_001, dtype=float) ** -0.8
    shares = ranks / ranks.sum()
    low, high = 0.0, 1e9
    for _ in range(80):
        time = (low + high) / 2
        low, high = (time, high) if -np.expm1(-shares * time).sum() < 50_000 else (low, time)
    expected = float((shares * -np.expm1(-shares * high)).sum())
    assert zipf_hit_ratio(1e6, 50_000, 0.8) == pytest.approx(expected, rel=1e-4)
