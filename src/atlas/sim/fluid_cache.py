"""The caches of the fluid engine: what misses, and how successful misses bring back what was lost."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from atlas.sim.fluid_web import Web, summed
from atlas.sim.plan import NONE, Floats, Ints
from atlas.sim.side_by_side import ByNode, Of

ByCache = Annotated[Floats, Of("caches")]


class Caches:
    """The share of each that is warm, and what follows from it."""

    warm: Annotated[Floats, Of("caches", is_state=True)]
    hit: ByCache
    _fill_s: ByCache
    _slowness: ByCache
    """Successful misses for each cold lookup that fill an empty cache by 1 − 1/e."""
    _chance: ByNode
    _node: Annotated[Ints, Of("cached", to="nodes")]
    _cache: Annotated[Ints, Of("cached", to="caches")]

    def __init__(self, web: Web, warm: Floats) -> None:
        caches = web.network.plan.caches
        self.warm, self.hit, self._fill_s = warm, caches.hit, caches.fill_s
        self._slowness = np.maximum(1.0, caches.lookups_per_s * caches.fill_s / 3)
        self._chance = web.chance
        self._node = np.flatnonzero(web.cache != NONE)
        self._cache = web.cache[self._node]
        self.restart()

    def restart(self) -> None:
        """Forget what was worked out for other caches."""
        self._known: tuple[Floats, Floats, Floats] | None = None

    @property
    def hits(self) -> Floats:
        """Hit ratios of this moment."""
        hits: Floats = self.warm * self.hit
        return hits

    def misses(self, web: Web) -> tuple[Floats, Floats]:
        """Chance that a lookup misses, by node; and that a call of a stage is made, by entry."""
        if self._known is None or not bool((self._known[0] == self.warm).all()):
            miss = np.ones(len(self._chance))
            miss[self._node] = 1 - self.hits[self._cache]
            self._known = self.warm.copy(), miss, (self._chance * miss)[web.entry_child]
        return self._known[1:]

    def refill(self, answered: Floats, dt: Floats) -> None:
        """Misses that succeed (per second, by node) bring back what was lost; length of the step by cache."""
        warm = self.warm
        if not len(warm) or warm.min() >= 1:
            return
        filled = summed(self._cache, answered[self._node], len(warm))
        gain = filled / (np.maximum(1 - self.hits, 1e-9) * self._slowness) * dt
        warm[:] = np.where(self._fill_s == 0, 1.0, np.where(warm < 1, (warm + gain) / (1 + gain), warm))
