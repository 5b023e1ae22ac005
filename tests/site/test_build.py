"""Building: cache, determinism, processes, broken documents, and following changes."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from atlas.site.build import build
from atlas.site.live import LiveSite
from atlas.site.output import OutputError

from .conftest import TODAY

Small = Callable[[], Path]


def _hashes(out: Path) -> dict[str, str]:
    return {
        str(p.relative_to(out)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(out.rglob("*"))
        if p.is_file()
    }


def _second(root: Path) -> Path:
    first = root / "systems" / "social" / "first.yaml"
    second = first.with_name("second.yaml")
    second.write_text(first.read_text("utf-8").replace("CS-FIRST", "CS-SECOND"), "utf-8")
    return second


def test_the_same_catalogue_gives_the_same_bytes(small: Small, tmp_path: Path) -> None:
    """Two builds without a common cache write identical files."""
    root = small()
    build(root, tmp_path / "a", today=TODAY, with_search=False)
    build(root, tmp_path / "b", today=TODAY, with_search=False)
    assert _hashes(tmp_path / "a") == _hashes(tmp_path / "b")


def test_more_processes_give_the_same_bytes(small: Small, tmp_path: Path) -> None:
    """Rendering in other processes changes nothing."""
    root = small()
    for name in ("second", "third"):
        other = root / "systems" / "social" / f"{name}.yaml"
        text = (root / "systems" / "social" / "first.yaml").read_text("utf-8")
        other.write_text(text.replace("CS-FIRST", f"CS-{name.upper()}"), "utf-8")
    build(root, tmp_path / "one", today=TODAY, with_search=False)
    build(root, tmp_path / "two", today=TODAY, jobs=2, with_search=False)
    assert _hashes(tmp_path / "one") == _hashes(tmp_path / "two")


def test_what_is_excused_is_not_shown(small: Small, tmp_path: Path) -> None:
    """A finding that the catalogue tolerates is on no page; without the entry the same build shows it."""
    root, cache = small(), tmp_path / "cache"
    before = build(root, tmp_path / "a", today=TODAY, cache=cache, with_search=False)
    made = next(f for f in before.findings if f.system == "CS-FIRST")
    (root / "exceptions.yaml").write_text(
        f"exceptions:\n  - code: {made.code}\n    system: CS-FIRST\n    path: {json.dumps(made.path)}\n"
        "    because: known\n    since: 2026-11-01\n",
        "utf-8",
    )
    after = build(root, tmp_path / "b", today=TODAY, cache=cache, with_search=False)
    assert after.rendered == 1
    assert [f for f in before.findings if f not in after.findings] == [made]


def test_a_broken_file_of_exceptions_is_said(small: Small, tmp_path: Path) -> None:
    """Nothing is excused by a file that cannot be read, and the build says so."""
    root = small()
    (root / "exceptions.yaml").write_text("exceptions: 3\n", "utf-8")
    report = build(root, tmp_path / "out", today=TODAY, with_search=False)
    assert [f.position.file for f in report.left_out] == ["exceptions.yaml"]


def test_only_what_changed_is_rendered(small: Small, tmp_path: Path) -> None:
    """The cache answers for every document whose text is the same."""
    root, cache, out = small(), tmp_path / "cache", tmp_path / "out"
    second = _second(root)
    assert build(root, out, today=TODAY, cache=cache, with_search=False).rendered == 2
    assert build(root, out, today=TODAY, cache=cache, with_search=False).rendered == 0
    second.write_text(second.read_text("utf-8").replace("social", "social "), "utf-8")
    assert build(root, out, today=TODAY, cache=cache, with_search=False).rendered == 1


def test_a_cached_build_gives_the_same_bytes(small: Small, tmp_path: Path) -> None:
    """What the cache holds is what would have been rendered."""
    root, cache = small(), tmp_path / "cache"
    build(root, tmp_path / "a", today=TODAY, cache=cache, with_search=False)
    build(root, tmp_path / "b", today=TODAY, cache=cache, with_search=False)
    assert _hashes(tmp_path / "a") == _hashes(tmp_path / "b")


def test_a_broken_cache_entry_is_rendered_again(small: Small, tmp_path: Path) -> None:
    """A damaged digest counts as absent."""
    root, cache = small(), tmp_path / "cache"
    build(root, tmp_path / "out", today=TODAY, cache=cache, with_search=False)
    for digest in cache.glob("*/digest.json"):
        digest.write_text("{", "utf-8")
    report = build(root, tmp_path / "out", today=TODAY, cache=cache, with_search=False)
    assert (report.systems, report.rendered) == (1, 1)


def test_a_broken_document_is_left_out_and_reported(small: Small, tmp_path: Path) -> None:
    """One broken file costs its own pages only, and its finding says where."""
    root = small()
    _second(root).write_text("id: [", "utf-8")
    report = build(root, tmp_path / "out", today=TODAY, with_search=False)
    assert report.broken == ("second",)
    assert report.systems == 1
    assert [f.position.file for f in report.findings if f.level == "error"]
    assert (tmp_path / "out" / "systems" / "first" / "index.html").is_file()


@pytest.mark.parametrize("damage", ["gone", "cut", "replaced", "list"])
def test_a_cache_entry_without_all_its_pages_is_rendered_again(damage: str, small: Small, tmp_path: Path) -> None:
    """A page that was removed from the cache, or cut short, is never missing on the site."""
    root, cache = small(), tmp_path / "cache"
    build(root, tmp_path / "a", today=TODAY, cache=cache, with_search=False)
    (entry,) = (file.parent for file in cache.glob("*/digest.json"))
    page = entry / "files" / "systems" / "first" / "index.html"
    if damage == "gone":
        page.unlink()
    elif damage == "cut":
        page.write_text("<!doctype", "utf-8")
    elif damage == "replaced":
        shutil.rmtree(entry / "files")
        (entry / "files").write_text("no folder")
    else:
        (entry / "sizes.json").write_text("[]")
    assert build(root, tmp_path / "b", today=TODAY, cache=cache, with_search=False).rendered == 1
    assert _hashes(tmp_path / "a") == _hashes(tmp_path / "b")


@pytest.mark.parametrize("kind", ["link", "folder", "pipe"])
def test_what_is_no_file_costs_no_other_system_its_pages(kind: str, small: Small, tmp_path: Path) -> None:
    """A link that leads nowhere, a folder and a pipe under the name of a document are reported like a broken one."""
    root = small()
    odd = root / "systems" / "social" / "odd.yaml"
    make: dict[str, Callable[[], None]] = {
        "link": lambda: odd.symlink_to("nowhere"),
        "folder": odd.mkdir,
        "pipe": lambda: os.mkfifo(odd),
    }
    make[kind]()
    report = build(root, tmp_path / "out", today=TODAY, cache=tmp_path / "cache", with_search=False)
    assert report.broken == ("odd",)
    assert [f.position.file for f in report.findings if f.code == "DOC001"] == ["catalogue/systems/social/odd.yaml"]
    assert (tmp_path / "out" / "systems" / "first" / "index.html").is_file()
    assert LiveSite(root, tmp_path / "out", tmp_path / "cache", today=TODAY).update().broken == ("odd",)


@pytest.mark.parametrize(
    "name", ["UPPER", "a b", 'x"y', "<script>", "a%2fb", "dіscord", "new\nline", "end\n", "x" * 99, b"\xff"]
)
def test_a_file_name_that_makes_no_address_has_no_page(name: str | bytes, small: Small, tmp_path: Path) -> None:
    """Markup, blanks, look-alikes and bytes that are no text in a file name are reported, and stay off the site."""
    root = small()
    first = root / "systems" / "social" / "first.yaml"
    odd = first.with_name(f"{os.fsdecode(name)}.yaml")
    odd.write_text(first.read_text("utf-8").replace("CS-FIRST", "CS-ODD"), "utf-8")
    report = build(root, tmp_path / "out", today=TODAY, cache=tmp_path / "cache", with_search=False)
    assert report.broken == (odd.stem,)
    assert "is not a slug" in str([f.message for f in report.findings])
    assert [p.name for p in (tmp_path / "out" / "systems").iterdir() if p.is_dir()] == ["first"]


def test_references_that_lead_nowhere_cost_no_page(small: Small, tmp_path: Path) -> None:
    """A claim without its source and a call of nothing are findings; everything else of the system is shown."""
    root = small()
    document = root / "systems" / "social" / "first.yaml"
    text = document.read_text("utf-8").replace("source: one", "source: none").replace("call: front", "call: back")
    document.write_text(text, "utf-8")
    report = build(root, tmp_path / "out", today=TODAY, with_search=False)
    assert report.systems == 1
    assert {f.actual for f in report.findings if f.code == "DOC011"} == {"none", "back"}


def test_progress_counts_to_the_end(small: Small, tmp_path: Path) -> None:
    """Progress is told for each system and ends at the total."""
    told: list[tuple[int, int, str]] = []
    build(small(), tmp_path / "out", today=TODAY, with_search=False, progress=lambda *step: told.append(step))
    assert told == [(1, 1, "first")]


def test_an_output_that_is_not_ours_is_refused_before_anything_is_rendered(small: Small, tmp_path: Path) -> None:
    """The check of the output folder comes first."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("x")
    told: list[str] = []
    with pytest.raises(OutputError):
        build(small(), tmp_path / "out", today=TODAY, progress=lambda *_: told.append("rendered"))
    assert told == []


def test_the_search_index_is_made(small: Small, tmp_path: Path) -> None:
    """A build with search holds Pagefind's entry file."""
    report = build(small(), tmp_path / "out", today=TODAY)
    assert report.search_problem == ""
    assert (tmp_path / "out" / "pagefind" / "pagefind.js").is_file()


def test_the_list_of_systems_is_data(small: Small, tmp_path: Path) -> None:
    """The static API lists the systems and points at their data."""
    build(small(), tmp_path / "out", today=TODAY, with_search=False)
    listing = json.loads((tmp_path / "out" / "api" / "v1" / "systems.json").read_text("utf-8"))
    (entry,) = listing["systems"]
    assert entry["slug"] == "first"
    own = json.loads((tmp_path / "out" / entry["data"]).read_text("utf-8"))
    assert own["claims"][0]["id"] == "rate-a"


def _live(root: Path, tmp_path: Path) -> LiveSite:
    build(root, tmp_path / "out", today=TODAY, cache=tmp_path / "cache", with_search=False)
    return LiveSite(root, tmp_path / "out", tmp_path / "cache", today=TODAY)


def _is_as_fresh(root: Path, tmp_path: Path) -> bool:
    """Whether the site that was followed has the files of one that is built now."""
    build(root, tmp_path / "fresh", today=TODAY, with_search=False)
    return _hashes(tmp_path / "out") == _hashes(tmp_path / "fresh")


def test_a_live_site_with_nothing_changed_writes_nothing(small: Small, tmp_path: Path) -> None:
    """An update without a change is empty."""
    assert not _live(small(), tmp_path).update().is_change


def test_a_live_site_follows_a_change(small: Small, tmp_path: Path) -> None:
    """A changed document changes its pages, and ends equal to a fresh build."""
    root = small()
    live = _live(root, tmp_path)
    file = root / "systems" / "social" / "first.yaml"
    file.write_text(file.read_text("utf-8").replace("value: 1000/s", "value: 2000/s"), "utf-8")
    update = live.update()
    assert update.rendered == ("first",)
    assert "systems/first/index.html" in update.files
    assert _is_as_fresh(root, tmp_path)


def test_a_live_site_takes_up_a_new_document(small: Small, tmp_path: Path) -> None:
    """A new file becomes pages and a line of the index."""
    root = small()
    live = _live(root, tmp_path)
    _second(root)
    live.update()
    assert (tmp_path / "out" / "systems" / "second" / "index.html").is_file()
    assert "systems/second/" in (tmp_path / "out" / "index.html").read_text("utf-8")


def test_a_live_site_drops_a_removed_document(small: Small, tmp_path: Path) -> None:
    """A file that is gone takes its pages with it."""
    root = small()
    second = _second(root)
    live = _live(root, tmp_path)
    second.unlink()
    assert live.update().removed == ("second",)
    assert not (tmp_path / "out" / "systems" / "second").exists()
    assert "systems/second/" not in (tmp_path / "out" / "index.html").read_text("utf-8")


def test_a_live_site_keeps_the_pages_of_a_document_that_breaks(small: Small, tmp_path: Path) -> None:
    """While a document is broken its last good pages stay."""
    root = small()
    live = _live(root, tmp_path)
    (root / "systems" / "social" / "first.yaml").write_text("id: [", "utf-8")
    update = live.update()
    assert update.broken == ("first",)
    assert update.findings
    assert (tmp_path / "out" / "systems" / "first" / "index.html").is_file()


def test_a_live_site_makes_its_search_again(small: Small, tmp_path: Path) -> None:
    """A new index takes the place of the old one."""
    live = _live(small(), tmp_path)
    assert live.reindex().is_made
    assert (tmp_path / "out" / "pagefind" / "pagefind.js").is_file()


def test_a_live_site_drops_pages_that_nothing_leads_to_any_more(small: Small, tmp_path: Path) -> None:
    """The way from an old name and the page of a pair go with the words that made them, as in a fresh build."""
    root = small()
    second = _second(root)
    text = second.read_text("utf-8")
    more = "aliases: [once-called]\nrelated:\n  systems: [{id: CS-FIRST, because: both are small}]\n"
    second.write_text(text + more, "utf-8")
    live = _live(root, tmp_path)
    old = [tmp_path / "out" / page / "index.html" for page in ("systems/once-called", "compare/first-vs-second")]
    assert all(page.is_file() for page in old)
    second.write_text(text, "utf-8")
    live.update()
    assert not [page for page in old if page.exists()]
    assert _is_as_fresh(root, tmp_path)


def test_a_live_site_gives_an_old_name_to_a_new_document(small: Small, tmp_path: Path) -> None:
    """What was the way to another system is then the page of its own."""
    root = small()
    first = root / "systems" / "social" / "first.yaml"
    text = first.read_text("utf-8")
    first.write_text(text + "aliases: [second]\n", "utf-8")
    live = _live(root, tmp_path)
    first.write_text(text, "utf-8")
    _second(root)
    live.update()
    assert _is_as_fresh(root, tmp_path)


def test_a_live_site_follows_the_recorded_metrics(small: Small, tmp_path: Path) -> None:
    """No document changes when a day is recorded, and the page of the metrics does."""
    root = small()
    live = _live(root, tmp_path)
    (root / "progress.csv").write_text("day,metric,value\n2026-11-20,systems,1\n", "utf-8")
    assert "metrics/index.html" in live.update().files
    assert not live.update().is_change
    assert _is_as_fresh(root, tmp_path)


def test_a_live_site_drops_a_page_though_its_cache_was_cleared(small: Small, tmp_path: Path) -> None:
    """Other builds share the cache and clear what they do not use; what stands on the site is known without it."""
    root = small()
    document = root / "systems" / "social" / "first.yaml"
    text = document.read_text("utf-8")
    document.write_text(text + "deep_dives:\n  scaling:\n    - {text: It grew., basis: stated}\n", "utf-8")
    live = _live(root, tmp_path)
    page = tmp_path / "out" / "systems" / "first" / "scaling" / "index.html"
    assert page.is_file()
    shutil.rmtree(tmp_path / "cache")
    document.write_text(text, "utf-8")
    live.update()
    assert not page.exists()
