"""The way in from Python."""

from __future__ import annotations

from pathlib import Path

import pytest

import atlas
from atlas.compile import Settings
from atlas.compile.chart import save_chart
from atlas.compile.handle import Handle


def test_a_system_is_loaded_and_run(root: Path, tmp_path: Path) -> None:
    """Tables with their columns first, data, a chart as SVG and as Vega-Lite."""
    discord = atlas.load("discord", root / "catalogue")
    assert "celebrity-storm" in discord.drills
    assert "messages" in discord.plan().plan.stations.name
    how = Settings(engine="discrete", most_calls=3e5)
    result = discord.run(drill="reconnect-storm", settings=how)
    assert result.verdict.startswith(("holds", "fails"))
    assert result.expectations()[0][0] == "drill"
    assert {row[0] for row in result.flows()} >= {"flow", "connect", "send-message"}
    assert len(result.stations()) > 5
    assert result.to_dict()["drill"] == "reconnect-storm"
    assert result.fidelity[0].startswith("engine: discrete")
    assert any(line.startswith("agreement on ") for line in result.fidelity)
    assert result.sensitivity is not None
    assert result.sensitivity.flow == "connect"
    assert len(result.sensitivity.strongest()) == 3
    assert result.to_dict()["sensitivity"]["effects"][0]["size"] == pytest.approx(result.sensitivity.effects[0].size)
    assert result.chart().to_dict()["vconcat"]
    save_chart(result.outcome, tmp_path / "storm.json")
    assert (tmp_path / "storm.json").stat().st_size > 1000
    with pytest.raises(ValueError, match="svg"):
        save_chart(result.outcome, tmp_path / "storm.gif")


def test_what_is_not_there(root: Path) -> None:
    """A slug, a drill."""
    with pytest.raises(KeyError, match="nobody"):
        atlas.load("nobody", root / "catalogue")
    with pytest.raises(KeyError):
        atlas.load("stripe", root / "catalogue").run(drill="nothing")


@pytest.mark.parametrize("for_s", [2.0, 5.0, 10.0])
def test_a_short_run_is_measured_too(root: Path, for_s: float) -> None:
    """Of a run shorter than the usual warm-up only its first quarter is left out."""
    result = atlas.load("discord", root / "catalogue").run(for_s=for_s, settings=Settings("discrete", most_calls=3e5))
    assert len(result.stations()) > 5
    assert {row[2] for row in result.flows()[1:]} & {"–", "nan %"} == set()


def test_a_system_with_changes_is_another(root: Path) -> None:
    """Two underscores stand for a dot of the path; the system itself stays what it is."""
    discord = atlas.load("discord", root / "catalogue")
    changed = discord.with_changes(components__messages__instances={"assumed": 7, "because": "a test"})

    def instances(handle: Handle) -> int:
        stations = handle.plan().plan.stations
        return int(stations.instances[stations.name.index("messages")])

    assert instances(changed) == 7
    assert instances(discord) != 7
