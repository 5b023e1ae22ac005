"""Knobs and axes: what can be varied, how values are written, and what is said of those that cannot be."""

from __future__ import annotations

import pytest

from atlas.compile.sweep import Axis, KnobError, axis_of, knobs_of, read_axis
from atlas.compile.sweep.point import changes_of, retry_paths

from .conftest import MakeCase


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("load=0.5x..3x", (0.5, 1.0, 1.5, 2.0, 2.5, 3.0)),
        ("load=0.5x..2x:4", (0.5, 1.0, 1.5, 2.0)),
        ("load=1x..8x:4log", (1.0, 2.0, 4.0, 8.0)),
        ("load=50 %, 2x", (0.5, 2.0)),
        ("retries=0,1,3", (0, 1, 3)),
        ("retries=0..3:4", (0, 1, 2, 3)),
        ("components.store.instances=2,4", (2, 4)),
        ("components.store.instances=2..6:3", (2, 4, 6)),
        ("components.cache.cache.hit=0..1:3", (0.0, 0.5, 1.0)),
        ("flows.read.client.timeout=200 ms..1 s:3", ("200 ms", "600 ms", "1000 ms")),
        ("flows.read.client.retry.budget=none,20 %", ("none", "20 %")),
        ("retries=1,1,2", (1, 2)),
    ],
)
def test_values_are_written_as_people_write_them(make_case: MakeCase, text: str, values: tuple[object, ...]) -> None:
    """Lists and ranges, evenly or by a factor; between whole numbers far apart the values are whole."""
    assert read_axis(text, make_case()).values == values


def test_an_axis_knows_its_numbers() -> None:
    """Quantities as plain numbers for a chart; what has none is drawn as words."""
    assert Axis("flows.read.client.timeout", ("200 ms", "1 s")).numbers == (0.2, 1.0)
    assert Axis("flows.read.client.retry.budget", ("none", "20 %")).numbers is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("load", "KNOB=VALUES"),
        ("load=", "KNOB=VALUES"),
        ("=3", "KNOB=VALUES"),
        ("load=heavy", "no factor"),
        ("load=0x", "above 0"),
        ("load=-1", "above 0"),
        ("load=3x..1x", "does not go up"),
        ("load=1x..3x:1", "between 2 and"),
        ("load=1x..3x:100000", "between 2 and"),
        ("load=0..3x:3log", "cannot begin at 0"),
        ("retries=-1", "whole numbers"),
        ("retries=1.5", "whole numbers"),
        ("retries=25", "whole numbers"),
        ("retries=many", "whole numbers"),
        ("components.store.instance=2", "no such knob"),
        ("speed=2", "no such knob"),
        ("name=Tiny", "no such knob"),
        ("components.store.instances={", "no value"),
        ("components.store.instances=4 bananas", "components.store.instances=4 bananas"),
        ("flows.read.client.timeout=50 ms..3:3", "does not go up"),
    ],
)
def test_what_cannot_be_varied_is_said(make_case: MakeCase, text: str, said: str) -> None:
    """A knob that is not there, a value it cannot have: before anything is run, with the axis it stands in."""
    with pytest.raises(KnobError, match=r"^.+: .+") as caught:
        read_axis(text, make_case())
    assert said in str(caught.value)


def test_a_mistyped_knob_is_told_what_there_is(make_case: MakeCase) -> None:
    """The error carries the names, for whoever asks what was meant."""
    with pytest.raises(KnobError) as caught:
        axis_of("components.store.instance", [2], make_case())
    assert "components.store.instances" in caught.value.knobs


def test_knobs_are_the_numbers_of_components_and_flows(make_case: MakeCase) -> None:
    """The load, all retries together, and every number by its path, with what it is now and where that comes from."""
    knobs = {k.name: k for k in knobs_of(make_case())}
    assert list(knobs)[:2] == ["load", "retries"]
    assert (knobs["components.store.instances"].now, knobs["components.store.instances"].about) == ("4", "claim")
    assert knobs["flows.read.client.timeout"].now == "1 s"
    assert "components.api.name" not in knobs
    for name in list(knobs)[2:]:
        axis_of(name, [knobs[name].now.replace(",", "").split(" to ")[0].lstrip("> ≈")], make_case())


def test_retries_are_those_of_every_call_that_has_a_retry(make_case: MakeCase) -> None:
    """N retries are 1 + N attempts; calls that the document never tries again stay so."""
    case = make_case()
    assert retry_paths(case.data) == ["flows.read.client.retry"]
    assert changes_of(case.data, {"retries": 3}) == {"flows.read.client.retry.attempts": 4}
    bare = make_case(flows={"read": {"client": None}})
    with pytest.raises(KnobError, match="no call of tiny is tried again"):
        read_axis("retries=0,1", bare)


def test_a_varied_figure_is_assumed(make_case: MakeCase) -> None:
    """A number from a claim does not pass for published once it is varied; a design setting stays one."""
    case = make_case()
    assert changes_of(case.data, {"components.store.instances": 8}) == {
        "components.store.instances": {"assumed": 8, "because": "varied in a sweep"}
    }
    assert changes_of(case.data, {"components.api.concurrency": 9}) == {"components.api.concurrency": 9}
