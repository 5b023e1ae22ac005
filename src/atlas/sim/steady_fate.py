"""What the answers of a network's calls say about their traffic: arrays by node."""

from __future__ import annotations

import numpy as np

from atlas.sim.network import Network
from atlas.sim.plan import Floats


class Fates:
    """Shares and times of the attempts of each node; to begin with, all go well."""

    def __init__(self, network: Network) -> None:
        count = len(network.nodes)
        most = max((len(n.stages) for n in network.nodes), default=0)
        self.attempts: Floats = np.ones(count)
        self.copies: Floats = np.zeros(count)
        """Hedged copies for each attempt."""
        self.shared: Floats = np.ones(count)
        """Share of the attempts that is not joined to an equal one in flight."""
        self.reach: Floats = np.ones((count, most + 1))
        """Share of the calls served that comes to each stage; and whose stages all succeed (at the place behind)."""
        self.fallback: Floats = np.zeros(count)
        """Share of the calls that come to their fallback."""
        self.stay_s: Floats = np.zeros(count)
        """Mean time of the stages ..."""
        self.stay2: Floats = np.zeros(count)
        """... and of its square."""
        self.failed: Floats = np.zeros(count)
        """Share of the attempts that fails."""
        self.barred: Floats = np.zeros(count)
        """Share of the attempts refused before the queue: by a limit, a cut, shedding, or since nothing is there."""
        self.opened: Floats = np.zeros(count)
        """Share of the attempts refused by an open breaker."""
        self.full: Floats = np.zeros(count)
        """Share of the others refused by a full queue."""
        self.stuck: Floats = np.zeros(count)
        """Share of those let in that an overloaded queue without bound never comes to serve."""
        self.hedge_s: Floats = np.zeros(count)
        """When a copy is sent, ..."""
        self.hedged: Floats = np.ones(count)
        """... and in which share of those cases (the budget)."""
        self.timeout_s: Floats = np.zeros(count)
        """What was learnt of it, where it follows observed latencies."""
