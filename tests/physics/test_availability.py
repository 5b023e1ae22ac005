"""Availability of parts, quorums and zones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas.physics.availability import (
    downtime_hours_per_year,
    from_times,
    in_parallel,
    in_series,
    quorum,
    quorum_over_zones,
)

shares = st.lists(st.floats(0, 1), min_size=1, max_size=6)


@given(shares)
def test_series_and_parallel_are_the_ends_of_a_quorum(parts: list[float]) -> None:
    """All of n is the product; one of n its complement's complement."""
    assert quorum(len(parts), parts) == pytest.approx(in_series(parts), abs=1e-12)
    assert quorum(1, parts) == pytest.approx(in_parallel(parts), abs=1e-12)


@given(zone=st.floats(0, 1), replica=st.floats(0, 1))
def test_one_replica_in_each_zone_is_a_plain_quorum(zone: float, replica: float) -> None:
    """With a zone for every replica only the product of both counts."""
    assert quorum_over_zones(2, [1, 1, 1], zone, replica) == pytest.approx(quorum(2, [zone * replica] * 3), abs=1e-12)


def test_zones_that_hold_a_majority_decide() -> None:
    """Two of three replicas in one zone: its loss is the loss of the quorum."""
    spread = quorum_over_zones(2, [1, 1, 1], 0.999, 0.99)
    heaped = quorum_over_zones(2, [2, 1], 0.999, 0.99)
    assert heaped < spread
    assert quorum_over_zones(2, [2, 1], 0.9, 1.0) == pytest.approx(0.9)


def test_nines_in_hours() -> None:
    """Three nines are under nine hours a year; a repair of an hour every 99 is 99 %."""
    assert downtime_hours_per_year(0.999) == pytest.approx(8.766)
    assert from_times(99 * 3600, 3600) == pytest.approx(0.99)


def test_nonsense_is_refused() -> None:
    """Shares outside 0 to 1, no time between failures, too many zones."""
    with pytest.raises(ValueError, match="between 0 and 1"):
        in_series([1.2])
    with pytest.raises(ValueError, match="positive"):
        from_times(0, 1)
    with pytest.raises(ValueError, match="zones"):
        quorum_over_zones(1, [1] * 21, 0.9, 0.9)
