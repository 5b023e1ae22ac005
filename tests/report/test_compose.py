"""Reports of the real catalogue, and what they look like."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from atlas.catalogue import Catalogue
from atlas.catalogue.visits import Visited
from atlas.check import check_system
from atlas.cli.main import app
from atlas.report import Material, Section, compose, facts_of, read_planned, to_html, to_markdown
from atlas.report.period import Kind
from atlas.report.planned import PlanError

TODAY = dt.date(2026, 11, 21)


@pytest.fixture(scope="module")
def material(catalogue: Catalogue) -> Material:
    """The catalogue without a history."""
    facts = {slug: facts_of(s, check_system(s, today=TODAY)) for slug, s in catalogue.systems.items()}
    return Material(catalogue, facts, TODAY, read_planned(catalogue.root))


@pytest.mark.parametrize("kind", ["weekly", "monthly", "quarterly"])
def test_every_table_is_whole(material: Material, kind: Kind) -> None:
    """Each row has a cell for each column, and each section something to say."""
    report = compose(kind, material)
    for section in report.sections:
        assert section.words or section.rows, section.title
        assert {len(row) for row in section.rows} <= {len(section.columns)}


def test_what_was_not_measured_is_said(material: Material) -> None:
    """Without history and verification the report says so instead of showing zeros."""
    text = to_markdown(compose("weekly", material))
    assert text.count("Not measured") == 3


def test_figures_that_changed_are_for_a_curator(material: Material) -> None:
    """Visits are counted; what no longer stands in its source is listed with both wordings, lost pages apart."""
    visits = [
        Visited("a", "post", "2026-11-20", "72 nodes", "unchanged"),
        Visited("b", "post", "2026-11-20", "9 TB", "value changed", "12 TB"),
        Visited("c", "talk", "2026-11-20", "5 ms", "unreachable", detail="404", is_rotten=True),
    ]
    told = Material(material.catalogue, material.facts, TODAY, visits={"discord": visits})
    links, sources = compose("weekly", told).sections[-2:]
    assert links.words == ("1 of 2 pages answered; 1 are given up as rotten.",)
    assert links.rows == (("discord", "talk", "2026-11-20", "404"),)
    assert sources.words[0].startswith("1 of 3 figures")
    assert sources.rows == (("discord", "b", "value changed", "9 TB", "12 TB", "2026-11-20"),)


def test_gaps_are_what_is_planned_and_not_published(material: Material) -> None:
    """Published and missing systems of a category are its planned ones."""
    section = next(s for s in compose("monthly", material).sections if s.title == "Coverage and gaps")
    row = next(r for r in section.rows if r[0] == "Commerce")
    missing = row[3].split("; ")
    assert int(row[1]) + len(missing) == int(row[2])
    assert not any("Shopify" in name for name in missing)


def test_every_described_system_was_planned(catalogue: Catalogue) -> None:
    """The list of planned systems knows every system of the catalogue, in its category."""
    planned = {p.id: p.category for p in read_planned(catalogue.root)}
    assert {s.id: s.document.category for s in catalogue.systems.values()}.items() <= planned.items()
    assert set(planned.values()) == set(catalogue.vocabulary.categories)


def test_a_page_is_inert_and_whole(material: Material) -> None:
    """Text from outside is text in the page, and the page asks for nothing else."""
    odd = Section("<script>alert(1)</script>", ("a | b",), ("x",), (("<img src=x onerror=1>",),))
    hostile = Material(material.catalogue, material.facts, TODAY, extra=(odd,))
    page = to_html(compose("weekly", hostile))
    assert "<script" not in page
    assert "<img" not in page
    assert not re.search(r"<[^>]*(src|href)=", page)


def test_a_broken_plan_is_refused(tmp_path: Path) -> None:
    """The error says what an entry looks like."""
    (tmp_path / "planned.yaml").write_text("CS-A: social\n")
    with pytest.raises(PlanError, match="CS-UBER"):
        read_planned(tmp_path)


def test_the_command_writes_what_it_says(root: Path, tmp_path: Path) -> None:
    """JSON, a page and Markdown of one report agree about its title and its metrics."""
    common = ["report", "quarterly", "--catalogue", str(root / "catalogue"), "--today", "2026-11-21"]
    printed = CliRunner().invoke(app, [*common, "--json"])
    data = json.loads(printed.stdout)
    assert (data["title"], data["from"], data["to"]) == ("Quarterly report, 2026-Q3", "2026-07-01", "2026-09-30")
    assert next(m for m in data["metrics"] if m["id"] == "categories")["target"] == 13
    page = tmp_path / "r.html"
    assert CliRunner().invoke(app, [*common, "--format", "html", "--out", str(page)]).exit_code == 0
    assert "<h1>Quarterly report, 2026-Q3</h1>" in page.read_text()


def test_two_sources_of_usage_are_refused(root: Path, tmp_path: Path) -> None:
    """A log and a table cannot both be the truth."""
    (tmp_path / "a").write_text("x")
    given = [
        "report",
        "weekly",
        "-c",
        str(root / "catalogue"),
        "--log",
        str(tmp_path / "a"),
        "--usage",
        str(tmp_path / "a"),
    ]
    done = CliRunner().invoke(app, given)
    assert done.exit_code == 2
    assert "give one of them" in done.output
