"""plan and run: tables for people, JSON for programs, exit codes that say what happened."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Atlas


def test_a_plan_is_printed(atlas: Atlas, own: Path) -> None:
    """Stations, calls and origins as text; every entry in JSON."""
    outcome = atlas("plan", "tiny", "--catalogue", own)
    assert outcome.code == 0
    assert "4 × 16 slots" in outcome.out
    data = atlas("plan", "tiny", "--flow", "read", "--load", "2x", "--catalogue", own, "--json").json
    rate = next(e for e in data["entries"] if e["place"] == "sources.read.rate_per_s")
    assert (rate["value"], rate["origin"], rate["claims"]) == (6000, "derived", ["reads"])
    assert data["flows"] == ["read"]


def test_a_system_runs_as_it_is(atlas: Atlas, own: Path, tmp_path: Path) -> None:
    """Flows and stations with how far to trust them; the same in JSON; a chart."""
    chart = tmp_path / "run.svg"
    words = ("run", "tiny", "--catalogue", own, "--for", "5 s", "--engine", "discrete")
    outcome = atlas(*words, "--plot", chart)
    assert outcome.code == 0
    assert "| read" in outcome.out
    assert "engine: discrete" in outcome.out
    assert chart.read_text().startswith("<svg")
    data = atlas(*words, "--json").json
    assert len(data["flows"]["read"]["per_second"]["arrived"]) == 5
    assert data["seed"] == 1


def test_a_drill_runs_with_and_without(atlas: Atlas, own: Path) -> None:
    """The verdict decides the exit code, whichever it is."""
    words = ("run", "tiny", "--drill", "cache-cold", "--catalogue", own, "--engine", "discrete")
    outcome = atlas(*words)
    assert "cache-cold: " in outcome.out
    data = atlas(*words, "--json").json
    assert (outcome.code == 0) is data["holds"]
    assert data["drill"] == "cache-cold"
    assert {e["measure"] for e in data["expectations"]} == {"goodput", "recover"}
    every = atlas("run", "tiny", "--all-drills", "--catalogue", own, "--engine", "discrete")
    assert every.code == outcome.code


def test_a_mitigation_can_be_taken_away(atlas: Atlas, own: Path) -> None:
    """A path alone removes, with a value it sets; the result is that of the changed document."""
    words = ("run", "tiny", "--catalogue", own, "--for", "3 s", "--engine", "discrete", "--json")
    lost = atlas(*words, "--without", "components.api.instances=1").json["flows"]["read"]
    kept = atlas(*words).json["flows"]["read"]
    assert kept["good"] > 0.99 > lost["good"]
    assert atlas(*words, "--without", "flows.read.client.retry").code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "tinny"), "tiny"),
        (("plan", "tinny"), "tiny"),
        (("run", "tiny", "--drill", "cache-old"), "cache-cold"),
        (("run", "tiny", "--drill", "cache-cold", "--all-drills"), "exclude"),
        (("run", "tiny", "--flow", "browse"), "none of this name"),
        (("run", "tiny", "--load", "heavy"), "2x"),
        (("run", "tiny", "--load", "0x"), "above 0"),
        (("run", "tiny", "--for", "60 kB"), "no time"),
        (("run", "tiny", "--for", "soon"), "no time"),
        (("run", "tiny", "--plot", "chart.gif"), ".svg"),
        (("run", "tiny", "--all-drills", "--plot", "chart.svg"), "--drill"),
        (("run", "tiny", "--without", "components.api.shed"), "nothing to remove"),
        (("run", "tiny", "--without", "components.api.instances={"), "no value"),
    ],
)
def test_what_cannot_be_run_is_said(atlas: Atlas, own: Path, words: tuple[str, ...], said: str) -> None:
    """Exit code 2, the reason, and what would mend it."""
    outcome = atlas(*words, "--catalogue", own)
    assert outcome.code == 2
    assert said in outcome.err
