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


def test_an_overload_is_called_one(atlas: Atlas, own: Path) -> None:
    """What is asked for more than it can do is named with its demand, apart from what the model leaves out."""
    usual, flood = (
        atlas("run", "tiny", "--load", load, "--engine", "fluid", "--catalogue", own) for load in ("1x", "500x")
    )
    lines = [line for line in flood.out.splitlines() if " times what it can do" in line]
    assert lines
    assert all(line.startswith("overloaded: ") for line in lines)
    assert "overloaded: " not in usual.out
    assert "read is overloaded even without faults" in flood.out


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


def test_all_drills_run_on_both_engines(atlas: Atlas, own: Path) -> None:
    """A table with a line for each engine, the tally, and the same as data."""
    words = ("run", "tiny", "--all-drills", "--engine", "both", "--catalogue", own)
    outcome = atlas(*words)
    assert "of 1 drills hold on both engines" in outcome.out
    data = atlas(*words, "--json", "--executor", "threads:2").json
    assert [(t["drill"], t["engine"]) for t in data["trials"]] == [("cache-cold", "fluid"), ("cache-cold", "discrete")]
    assert (outcome.code == 0) is (data["holding"] == ["cache-cold"])
    assert data["trials"][0]["health"][0]["bound"] == ">= 99 %"


def test_a_result_names_what_moves_p99(atlas: Atlas, own: Path) -> None:
    """The inputs nobody published, with half and with twice; not with --quick."""
    words = ("run", "tiny", "--for", "3 s", "--catalogue", own)
    outcome = atlas(*words)
    assert "it moves most with" in outcome.out
    assert "published: " in outcome.out
    moved = atlas(*words, "--flow", "write", "--json").json["sensitivity"]
    assert moved["flow"] == "write"
    sizes = [e["size"] for e in moved["effects"]]
    assert sizes == sorted(sizes, reverse=True)
    assert "moves most" not in atlas(*words, "--quick").out


def test_outcomes_are_kept_until_the_document_changes(atlas: Atlas, own: Path, document: Path) -> None:
    """Late before they are run, up to date after, late again when a number changes, and not for a text."""
    words = ("drills", "--catalogue", own)
    assert atlas(*words, "--check").code == 1
    outcome = atlas(*words)
    assert outcome.code == 0
    assert "tiny.json" in outcome.out
    assert atlas(*words, "--check").code == 0
    text = document.read_text()
    document.write_text(text.replace("because: a pair", "because: two"))
    assert atlas(*words, "--check").code == 0
    document.write_text(text.replace("instances: {assumed: 2,", "instances: {assumed: 3,"))
    late = atlas(*words, "--check")
    assert (late.code, late.out) == (1, "tiny: its document changed since its drills were run\n")
    assert atlas("drills", "tinny", "--catalogue", own).code == 2


def test_a_drill_is_judged_by_one_flow(atlas: Atlas, own: Path) -> None:
    """All flows run; what is expected of another flow is not asked. A flow nothing is expected of is refused."""
    words = ("run", "tiny", "--drill", "cache-cold", "--quick", "--json", "--catalogue", own)
    data = atlas(*words, "--flow", "read").json
    assert {e["flow"] for e in data["expectations"]} == {"read"}
    assert set(data["run"]["flows"]) == {"read", "write"}
    other = atlas(*words, "--flow", "write")
    assert other.code == 2
    assert "expects nothing of write" in other.err


@pytest.mark.parametrize(("text", "seconds"), [("5s", 5), ("0.1m", 6), ("0.002 h", 7.2)])
def test_times_as_people_write_them(atlas: Atlas, own: Path, text: str, seconds: float) -> None:
    """Seconds, minutes as m, hours."""
    data = atlas("run", "tiny", "--for", text, "--engine", "fluid", "--quick", "--json", "--catalogue", own).json
    assert data["for_s"] == pytest.approx(seconds)


def test_a_slice_is_run_as_asked(atlas: Atlas, own: Path) -> None:
    """A tenth of the rates and slots; the rates are told in full."""
    words = ("run", "tiny", "--for", "10 s", "--quick", "--json", "--catalogue", own, "--engine", "discrete")
    data = atlas(*words, "--slice", "0.5").json
    assert data["share"] == 0.5
    arrived = data["flows"]["read"]["per_second"]["arrived"]
    assert sum(arrived) / len(arrived) == pytest.approx(3000, rel=0.05)


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
        (("run", "tiny", "--engine", "both"), "--all-drills"),
        (("run", "tiny", "--all-drills", "--executor", "cloud"), "dask://"),
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
