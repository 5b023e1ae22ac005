"""Erlang's formulas against the truncated Poisson distribution, the recursion, and each other."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas.physics.erlang import erlang_b, erlang_c, servers_for_loss


@given(servers=st.integers(1, 200), load=st.floats(0.05, 1.5))
def test_loss_is_a_truncated_poisson(servers: int, load: float) -> None:
    """B is the probability of c in a Poisson distribution cut off at c."""
    offered = servers * load
    logs = [n * math.log(offered) - math.lgamma(n + 1) for n in range(servers + 1)]
    expected = math.exp(logs[-1] - max(logs)) / math.fsum(math.exp(x - max(logs)) for x in logs)
    assert erlang_b(servers, offered) == pytest.approx(expected, rel=1e-9, abs=1e-290)


@pytest.mark.parametrize("load", [0.8, 0.97, 1.0, 1.03, 1.3])
@pytest.mark.parametrize("servers", [201, 3_000, 300_000])
def test_loss_of_many_servers(servers: int, load: float) -> None:
    """The integral, whose cost does not grow, agrees with the recursion, whose cost does."""
    offered, recursion = servers * load, 1.0
    for i in range(1, servers + 1):
        recursion = offered * recursion / (i + offered * recursion)
    assert erlang_b(servers, offered) == pytest.approx(recursion, rel=1e-6, abs=1e-250)


@given(servers=st.floats(0.2, 60), load=st.floats(0.3, 1.4))
def test_fractions_of_a_server_obey_the_recursion(servers: float, load: float) -> None:
    """B(c + 1) = a·B(c) / (c + 1 + a·B(c)) holds for every real c."""
    offered = servers * load
    below = erlang_b(servers, offered)
    assert erlang_b(servers + 1, offered) == pytest.approx(offered * below / (servers + 1 + offered * below), rel=1e-3)


@given(load=st.floats(0.01, 0.99))
def test_one_server_waits_with_the_probability_of_its_load(load: float) -> None:
    """C(1, a) = a."""
    assert erlang_c(1, load) == pytest.approx(load)


def test_waiting_is_certain_at_full_load() -> None:
    """Where demand reaches capacity everybody waits."""
    assert erlang_c(10, 10) == 1.0
    assert erlang_c(10, 9.999999) == pytest.approx(1.0, abs=1e-5)


@given(offered=st.floats(0.1, 500), loss=st.floats(0.001, 0.5))
def test_servers_for_a_loss_are_the_fewest(offered: float, loss: float) -> None:
    """One server less loses more than accepted."""
    found = servers_for_loss(offered, loss)
    assert erlang_b(found, offered) <= loss
    assert found == 0 or erlang_b(found - 1, offered) > loss


def test_nothing_offered_nothing_lost() -> None:
    """The ends of the range are defined, and nonsense is refused."""
    assert erlang_b(3, 0) == 0
    assert erlang_b(0, 3) == 1
    with pytest.raises(ValueError, match="not negative"):
        erlang_b(-1, 1)
    with pytest.raises(ValueError, match="server"):
        erlang_c(0, 1)
    with pytest.raises(ValueError, match="between 0 and 1"):
        servers_for_loss(1, 0)
