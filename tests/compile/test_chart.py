"""Charts of runs: what is drawn, and where."""

from __future__ import annotations

from typing import Any

import pytest

from atlas.compile import Case, Settings, load_drills, run_drill, run_system
from atlas.compile.chart import WITH, WITHOUT, chart_of, moving_stations

from .conftest import MakeCase

FLUID = Settings(engine="fluid")


@pytest.fixture
def case(make_case: MakeCase) -> Case:
    """The tiny system; half its services are lost from 10 s to 15 s, and the mitigation is that there are enough."""
    drill = {
        "cadence": "weekly",
        "fault": [{"at": "10 s", "for": "5 s", "kind": "capacity", "on": "api", "share": "60 %"}],
        "expect": [{"flow": "read", "goodput": ">= 97 %"}],
        "without": {"components.api.instances": 3},
    }
    failure = {"id": "lost", "name": "Lost", "detection": "d", "mitigation": "m", "recovery": "r", "drill": drill}
    return make_case(failures=[failure])


def panels(chart: Any) -> dict[str, dict[str, Any]]:
    """The panels of a chart by their titles."""
    return {panel["title"]["text"]: panel for panel in chart.to_dict()["vconcat"]}


def rows(chart: Any, layer: dict[str, Any]) -> list[dict[str, Any]]:
    """The data of a layer."""
    found: list[dict[str, Any]] = chart.to_dict()["datasets"][layer["data"]["name"]]
    return found


def test_a_drill_shows_its_flow_the_stations_that_move_and_the_fault(case: Case) -> None:
    """Both runs in each panel, the fault shaded from its beginning to its end, the verdict above."""
    done = run_drill(case, load_drills(case)["lost"], settings=FLUID)
    chart = chart_of(done)
    found = panels(chart)
    assert list(found) == ["Read: good answers", "API: busy slots"]
    shade, lines = found["Read: good answers"]["layer"]
    assert rows(chart, shade) == [{"from": 10, "to": 15}]
    least = {name: min(r["value"] for r in rows(chart, lines) if r["run"] == name) for name in (WITH, WITHOUT)}
    assert least[WITHOUT] < 97 <= least[WITH]
    assert chart.to_dict()["title"]["subtitle"][0].startswith("The drill holds; without the mitigation it fails.")


def test_a_plain_run_shows_the_busiest_flows_and_stations(case: Case) -> None:
    """Where nothing moves, the busiest stations; nothing is shaded."""
    run = run_system(case, settings=FLUID, for_s=20, warmup_s=5)
    found = panels(chart_of(run))
    assert list(found)[:2] == ["Read: good answers", "Write: good answers"]
    assert moving_stations([run])[0] == "api"
    assert all(len(p["layer"]) == 1 for p in found.values())


def test_what_was_not_run_has_no_chart(case: Case) -> None:
    """A failure without a drill."""
    bare = load_drills(case)["lost"].model_copy(update={"drill": None})
    with pytest.raises(ValueError, match="no chart"):
        chart_of(run_drill(case, bare))
