"""How much of the time a circuit breaker is open in the steady state.

It opens when, of its last hundred or so answers (an exponentially fading count) and at least twenty, more than a
threshold have failed; it closes, with nothing remembered, after a fixed time. A renewal process: the mean number of
answers until it opens, with answers that fail independently, against the time it stays open.
"""

from __future__ import annotations

import math
from functools import lru_cache

LEAST_ANSWERS = 21
_MOST_REMEMBERED = 199
_STRIDES = (*range(LEAST_ANSWERS, 210, 9),)
_NEW = 0.35
"""How much news nine further answers are, as a share of an independent look."""


@lru_cache(maxsize=4096)
def answers_until_open(threshold: float, failed: float) -> float:
    """Mean number of answers a closed breaker sees before it opens; infinite where failures are far below.

    Approximate (a sequence of normal tests); exact in both limits: at once after ``LEAST_ANSWERS`` where nearly all
    fail, never where none do. ``threshold`` and ``failed`` are shares.
    """
    if failed <= 0:
        return math.inf
    closed, mean, hazard = 1.0, float(LEAST_ANSWERS), 0.0
    for seen in _STRIDES:
        hazard = _too_many(threshold, failed, min(seen, _MOST_REMEMBERED))
        hazard = hazard if seen == LEAST_ANSWERS else hazard * _NEW
        closed *= 1 - hazard
        mean += closed * 9
    return mean + (closed * 9 / hazard if hazard > 1e-12 else math.inf if closed > 1e-12 else 0.0)


def _too_many(threshold: float, failed: float, answers: int) -> float:
    """Probability that more than the threshold of so many answers have failed (normal, with half a step)."""
    spread = math.sqrt(max(failed * (1 - failed), 1e-12) / answers)
    limit = (math.floor(threshold * answers) + 0.5) / answers
    return 0.5 * math.erfc((limit - failed) / spread / math.sqrt(2))


def open_share(threshold: float, failed: float, rate_per_s: float, open_s: float) -> float:
    """Share of the time that the breaker is open; ``rate_per_s``: answers while it is closed, ``open_s``: one pause."""
    if rate_per_s <= 0 or open_s <= 0:
        return 0.0
    answers = answers_until_open(round(threshold, 4), round(failed, 4))
    return open_s / (open_s + answers / rate_per_s) if math.isfinite(answers) else 0.0
