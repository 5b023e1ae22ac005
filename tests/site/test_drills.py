"""Pages of drills: what was run, on both engines, with and without the mitigation."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from atlas.catalogue import Catalogue
from atlas.compile.kept import keep, read_kept
from atlas.compile.playbook import Playbook, Trial
from atlas.compile.report import shown
from atlas.site.build import build
from atlas.site.figure import EvidenceBook
from atlas.site.frame import Site
from atlas.site.pages.drills import system_drill_pages
from atlas.site.parts import Words
from atlas.site.table import Row
from atlas.site.tables.drills import HOLDS, MISSED, NOT_RUN, OPEN, PROVEN, drills, outcome

from .conftest import TODAY, Built


@pytest.fixture(scope="module")
def book(catalogue: Catalogue) -> Playbook:
    """The outcomes kept of one system."""
    kept = read_kept(catalogue.root, "discord")
    assert kept is not None
    return kept.playbook


def test_every_drill_of_a_page_is_one_that_was_run(site: Built, catalogue: Catalogue) -> None:
    """The rows of each system's table are the drills of its outcomes, in the document's order."""
    for slug, system in catalogue.systems.items():
        kept = read_kept(catalogue.root, slug)
        assert kept is not None
        table = json.loads((site.out / "systems" / slug / "drills" / "drills.json").read_text())
        written = [f.name for f in system.document.failures if f.drill]
        assert list(dict.fromkeys(row[0]["text"] for row in table["rows"])) == written
        assert [t.drill for t in kept.playbook.trials][::2] == [f.id for f in system.document.failures if f.drill]


def test_values_are_those_of_the_engines(catalogue: Catalogue, book: Playbook) -> None:
    """Each expectation has a row with each engine's value, and a missed one says so."""
    kept = read_kept(catalogue.root, "discord")
    assert kept is not None
    table = drills(catalogue.systems["discord"], kept)
    groups: list[list[Row]] = []
    for row in table.rows:
        groups = [*groups[:-1], [*groups[-1], row]] if row.goes_on else [*groups, [row]]
    for rows, drill in zip(groups, book.drills, strict=True):
        assert [row.anchor for row in rows] == [f"drill-{drill}", *[""] * (len(rows) - 1)]
        for at, trial in enumerate(book.of(drill)):
            for column, judged in ((2 + at, trial.judgements), (4 + at, trial.without_judgements)):
                found = [row.cells[column].text for row in rows]
                assert [text.partition(" missed")[0] for text in found] == [shown(j) for j in judged]
                assert [text.endswith(" missed") for text in found] == [not j.holds for j in judged]


def test_a_drill_that_misses_on_one_engine_is_missed(book: Playbook) -> None:
    """Two engines must agree before a page says that a mitigation works."""
    fluid, discrete = book.of(book.drills[0])
    failed = replace(discrete, judgements=tuple(replace(j, holds=False) for j in discrete.judgements))
    well = replace(discrete, without_judgements=discrete.judgements)

    def word(*trials: Trial) -> Words:
        return outcome(replace(book, trials=trials), book.drills[0])

    assert word(fluid, discrete) is PROVEN
    assert word(fluid, failed) is MISSED
    assert word(replace(fluid, not_reproduced="why"), failed) is OPEN
    assert word(fluid, well) is HOLDS
    assert word(fluid, replace(discrete, judgements=())) is NOT_RUN


def test_outcomes_of_another_document_are_called_so(catalogue: Catalogue) -> None:
    """A page whose document has changed since says that, and how to run the drills again."""
    kept = read_kept(catalogue.root, "discord")
    assert kept is not None
    evidence = EvidenceBook(catalogue.systems["discord"], TODAY)
    old = system_drill_pages(evidence, replace(kept, document="another"), Site())
    assert "has changed since" in old["systems/discord/drills/index.html"]
    assert "atlas drills discord" in old["systems/discord/drills/index.html"]


def test_new_outcomes_make_a_new_page(root: Path, tmp_path: Path) -> None:
    """The cache knows the outcomes: running the drills again changes the page without a change of the document."""
    catalogue = tmp_path / "catalogue"
    shutil.copytree(root / "catalogue" / "vocabulary", catalogue / "vocabulary")
    shutil.copytree(root / "catalogue" / "systems" / "messaging", catalogue / "systems" / "messaging")
    (catalogue / "systems" / "messaging" / "slack.yaml").unlink()
    cache = tmp_path / "cache"
    before = build(catalogue, tmp_path / "a", today=TODAY, cache=cache, with_search=False)
    assert not (tmp_path / "a" / "systems" / "discord" / "drills").exists()
    kept = read_kept(root / "catalogue", "discord")
    assert kept is not None
    keep(catalogue, kept)
    after = build(catalogue, tmp_path / "b", today=TODAY, cache=cache, with_search=False)
    assert (before.rendered, after.rendered) == (1, 1)
    assert (tmp_path / "b" / "systems" / "discord" / "drills" / "index.html").is_file()


def test_the_page_of_all_drills_counts_what_it_lists(site: Built) -> None:
    """The sentence above the table and the table agree."""
    table = json.loads((site.out / "drills" / "drills.json").read_text())
    words = [row[2]["text"].partition(";")[0] for row in table["rows"]]
    page = (site.out / "drills" / "index.html").read_text()
    assert f"{len(words)} failures were injected" in page
    assert f"In {words.count(PROVEN.text)} the mitigation" in page
