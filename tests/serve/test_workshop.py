"""A site that is kept in step with its catalogue."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections import Counter
from pathlib import Path

import pytest

from atlas.catalogue.visits import Visited, keep_visits
from atlas.serve.error import ServeError
from atlas.serve.workshop import Workshop
from atlas.site.cache import Cache

from .conftest import TODAY


@pytest.fixture
def workshop(own_catalogue: Path, tmp_path: Path, cache: Path) -> Workshop:
    """A built site over a catalogue that the test may change."""
    made = Workshop(own_catalogue, tmp_path / "out", today=TODAY, cache=cache)
    made.build()
    return made


@pytest.fixture
def vocabulary_copy(own_catalogue: Path, root: Path) -> Path:
    """A vocabulary of the catalogue's own."""
    return Path(shutil.copytree(root / "catalogue" / "vocabulary", own_catalogue / "vocabulary"))


def page(workshop: Workshop) -> str:
    """The overview page as it stands."""
    return (workshop.site / "systems" / "tiny" / "index.html").read_text()


def test_a_changed_document_changes_its_pages_only(workshop: Workshop, document: Path) -> None:
    """What is written differs; nothing else is touched."""
    untouched = workshop.site / "assets" / "atlas.css"
    before = untouched.stat().st_mtime_ns
    document.write_text(document.read_text().replace("A service, its cache", "One service, its cache"))
    change = workshop.update()
    assert change.rendered == ("tiny",)
    assert "systems/tiny/index.html" in change.files
    assert "One service, its cache" in page(workshop)
    assert workshop.state.revision == 2
    assert workshop.state.digests["tiny"].summary.startswith("One service")
    assert untouched.stat().st_mtime_ns == before


def test_nothing_changed_is_no_change(workshop: Workshop, document: Path) -> None:
    """A file that was only touched gives no revision."""
    document.touch()
    assert not workshop.update()
    assert workshop.state.revision == 1


def test_a_broken_document_keeps_its_last_good_page(workshop: Workshop, document: Path) -> None:
    """Its findings are told once, and its mending too, even when it is mended to what it was."""
    good, before = document.read_text(), page(workshop)
    document.write_text(good + "\n  : broken\n")
    change = workshop.update()
    assert (change.broken, change.rendered, change.files) == (("tiny",), (), ())
    assert page(workshop) == before
    (finding,) = workshop.state.broken["tiny"]
    assert (finding.code, finding.position.line > 1) == ("DOC002", True)
    assert not workshop.update()
    document.write_text(good + "\n  : broken otherwise\n\n: too\n")
    workshop.update()
    document.write_text(good)
    change = workshop.update()
    assert change.mended == ("tiny",)
    assert workshop.state.broken == {}


def test_a_document_broken_at_the_start_is_known_and_appears_when_mended(
    own_catalogue: Path, document: Path, tmp_path: Path, cache: Path
) -> None:
    """The rest of the site is built without it."""
    good = document.read_text()
    document.write_text("id: [")
    workshop = Workshop(own_catalogue, tmp_path / "out", today=TODAY, cache=cache)
    state = workshop.build()
    assert list(state.broken) == ["tiny"]
    assert state.broken["tiny"][0].code == "DOC002"
    assert (workshop.site / "index.html").is_file()
    document.write_text(good)
    change = workshop.update()
    assert (change.rendered, change.mended) == (("tiny",), ("tiny",))
    assert "Tiny" in page(workshop)


def test_systems_come_and_go(workshop: Workshop, document: Path) -> None:
    """A new document gets pages, a removed one loses them."""
    other = document.with_name("other.yaml")
    other.write_text(document.read_text().replace("CS-TINY", "CS-OTHER").replace("name: Tiny", "name: Other"))
    assert workshop.update().rendered == ("other",)
    assert set(workshop.state.digests) == {"tiny", "other"}
    assert "Other" in (workshop.site / "systems" / "index.html").read_text()
    other.unlink()
    assert workshop.update().removed == ("other",)
    assert not (workshop.site / "systems" / "other").exists()
    assert set(workshop.state.digests) == {"tiny"}


def test_a_file_that_an_editor_is_replacing_is_looked_for_again(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a moment there is none at its name."""
    calls = []
    live = workshop._site()
    update = live.update

    def first_nothing() -> object:
        calls.append(1)
        if len(calls) == 1:
            raise FileNotFoundError
        return update()

    monkeypatch.setattr(live, "update", first_nothing)
    assert not workshop.update()
    assert len(calls) == 2


def test_a_folder_that_is_not_ours_is_never_replaced(own_catalogue: Path, tmp_path: Path, cache: Path) -> None:
    """The error says why, and what stands there stays."""
    kept = tmp_path / "out" / "site" / "mine.txt"
    kept.parent.mkdir(parents=True)
    kept.write_text("mine")
    with pytest.raises(ServeError, match="not written by atlas build"):
        Workshop(own_catalogue, tmp_path / "out", today=TODAY, cache=cache).build()
    assert kept.read_text() == "mine"


def test_a_catalogue_that_is_not_there_is_an_error_with_a_mend(
    tmp_path: Path, own_catalogue: Path, cache: Path
) -> None:
    """It may have been moved since it was found."""
    shutil.rmtree(own_catalogue)
    with pytest.raises(ServeError, match="holds no catalogue") as caught:
        Workshop(own_catalogue, tmp_path / "out", today=TODAY, cache=cache).build()
    assert "--catalogue" in caught.value.tip


def test_the_search_index_is_made_beside_the_pages(workshop: Workshop) -> None:
    """Readers find it at its address when it is done."""
    assert not (workshop.site / "pagefind").exists()
    problem = workshop.reindex()
    assert problem == "" or "Pagefind" in problem or "pagefind" in problem
    if not problem:
        assert (workshop.site / "pagefind" / "pagefind.js").is_file()


def test_findings_follow_the_document_and_the_vocabulary(
    workshop: Workshop, document: Path, vocabulary_copy: Path
) -> None:
    """They are those of the files as they stand, words included."""
    assert "DOC018" not in {f.code for f in workshop.findings("tiny")}
    words = vocabulary_copy / "categories.yaml"
    words.write_text(words.read_text().replace("\ndeveloper:", "\ndevelopment:"))
    assert "DOC018" in {f.code for f in workshop.findings("tiny")}
    document.write_text("id: [")
    assert [f.code for f in workshop.findings("tiny")] == ["DOC002"]
    with pytest.raises(KeyError):
        workshop.findings("other")


def test_updates_need_a_site(own_catalogue: Path, tmp_path: Path, cache: Path) -> None:
    """The order of calls is said, not guessed."""
    with pytest.raises(RuntimeError, match="build"):
        Workshop(own_catalogue, tmp_path, today=TODAY, cache=cache).update()


def test_a_full_disk_is_an_error_with_a_mend(
    own_catalogue: Path, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is served that could not be written."""

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Cache, "copy", full)
    with pytest.raises(ServeError, match="No space left") as caught:
        Workshop(own_catalogue, tmp_path, today=TODAY, cache=cache).build()
    assert "ATLAS_CACHE" in caught.value.tip


def test_a_lock_of_an_editor_beside_a_vocabulary_is_passed_over(workshop: Workshop, document: Path) -> None:
    """A link that leads nowhere is no vocabulary."""
    folder = workshop.root / "vocabulary"
    folder.mkdir(exist_ok=True)
    (folder / ".#planes.yaml").symlink_to("someone@somewhere.1")
    workshop.update()
    assert workshop.findings(document.stem) is not None


def test_findings_are_those_of_the_page(workshop: Workshop, document: Path) -> None:
    """What a visit found counts, and what is excused does not, as on the page of the system."""
    claim = workshop.state.digests["tiny"].claims[0]
    gone = Visited(claim.id, claim.source, "2026-11-21", claim.quote, "vanished")
    keep_visits(workshop.root, "tiny", [gone])
    (found,) = (f for f in workshop.findings("tiny") if f.code == "EVI020")
    entry = {"code": found.code, "system": found.system, "path": found.path, "because": "a test", "since": "2026-11-20"}
    (workshop.root / "exceptions.yaml").write_text(json.dumps({"exceptions": [entry]}))
    assert "EVI020" not in {f.code for f in workshop.findings("tiny")}
    workshop.update()
    counts = Counter(f.level.value for f in workshop.findings("tiny"))
    assert workshop.state.digests["tiny"].findings == dict(counts)
