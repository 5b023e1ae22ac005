"""Percentiles far below the tail are as accurate as those in it."""

from __future__ import annotations

import pytest

from atlas.physics.many_servers import mmc_mean_wait, mmc_response_quantile
from atlas.sim import Call, PlanBuilder, Service, Stage
from atlas.sim.analytic import solve
from atlas.sim.steady_percentile import LEVELS


def test_a_rare_slow_call_does_not_blur_the_others() -> None:
    """One request in a thousand takes a thousand times as long: the median is that of the others, to a percent."""
    builder = PlanBuilder()
    builder.station("fast", slots=4)
    builder.station("slow", slots=100)
    rare = Call("slow", Service(1.0, shape="exponential"), chance=1e-3)
    builder.flow("read", Call("fast", Service(0.001, shape="exponential"), (Stage((rare,)),)), rate_per_s=2000)
    steady = solve(builder.build()).flow("read")
    for level in (0.5, 0.9, 0.95, 0.99):
        lower, upper = (mmc_response_quantile(2000, 0.001, 4, p) for p in (level, level / 0.999))
        assert lower * 0.995 <= steady.quantiles[level] <= upper * 1.005
    wait_s = mmc_mean_wait(2000, 0.001, 4)
    # on the axis that reaches the slow calls, the fast station's wait is far below a step
    assert steady.mean_s == pytest.approx(0.001 + wait_s + 1e-3 * 1.0, rel=3e-2)


@pytest.mark.parametrize("load", [0.3, 0.8])
def test_every_level_is_that_of_the_closed_form(load: float) -> None:
    """M/M/c from the median to the thousandth slowest, to half a percent."""
    builder = PlanBuilder()
    builder.station("db", slots=10)
    builder.flow("read", Call("db", Service(0.01, shape="exponential")), rate_per_s=1000 * load)
    found = solve(builder.build()).flow("read").quantiles
    for level in LEVELS:
        assert found[level] == pytest.approx(mmc_response_quantile(1000 * load, 0.01, 10, level), rel=5e-3)
