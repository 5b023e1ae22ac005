"""What retries do to the load: more of it exactly when there is least room for it.

Sources: N. Bronson et al., "Metastable Failures in Distributed Systems", HotOS '21; L. Huang et al., "Metastable
Failures in the Wild", OSDI '22.
"""

from __future__ import annotations

import math


def attempts_per_request(failed: float, attempts: int) -> float:
    """Mean number of attempts where each fails with probability ``failed``: 1 + f + f² + … (``attempts`` terms)."""
    if not 0 <= failed <= 1 or attempts < 1:
        raise ValueError("a share lies between 0 and 1, and there is at least one attempt")
    return float(attempts) if failed == 1 else (1 - failed**attempts) / (1 - failed)


def amplification_over_levels(failed: float, attempts: int, levels: int) -> float:
    """Attempts at the bottom for one request at the top, where ``levels`` callers above each other all retry."""
    return attempts_per_request(failed, attempts) ** levels


def metastable_above(attempts: float) -> float:
    """The utilisation (first attempts alone) above which an overload keeps itself alive: 1/attempts.

    While everything times out every request is tried ``attempts`` times (with a budget b: 1 + b); the queue drains
    only if that load is below the capacity.
    """
    if attempts < 1:
        raise ValueError("there is at least one attempt")
    return 1 / attempts


def drain_time(backlog: float, capacity_per_s: float, load_per_s: float) -> float:
    """Seconds until ``backlog`` jobs are worked off: backlog / (capacity − load); infinity where load ≥ capacity."""
    if backlog <= 0:
        return 0.0
    return backlog / (capacity_per_s - load_per_s) if capacity_per_s > load_per_s else math.inf
