"""Every page of the real catalogue: links, policy, budgets, and what a page must say."""

from __future__ import annotations

import gzip
import json
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from atlas.site.build import build

from .conftest import REPOSITORY, TODAY, Built

OVERVIEW_BUDGET = 40 * 1024
DIAGRAMS_BUDGET = 150 * 1024


class Page(HTMLParser):
    """The ids, links and forbidden attributes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.forbidden: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect what the tests look at."""
        known = {name: value or "" for name, value in attrs}
        self.ids += [known["id"]] if "id" in known else []
        self.links += [known[n] for n in ("href", "src") if n in known]
        self.forbidden += [f"{tag} {name}" for name in known if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in known):
            self.forbidden.append(tag)


@pytest.fixture(scope="module")
def parsed(site: Built) -> dict[str, Page]:
    """Every page, read once."""
    return {path: Page(text) for path, text in site.pages.items()}


def test_no_document_is_broken(site: Built) -> None:
    """Every document of the catalogue has a page."""
    assert site.report.broken == ()
    assert site.report.systems > 0


def test_nothing_inline_that_the_policy_refuses(parsed: dict[str, Page]) -> None:
    """No page has a style attribute, an event handler, an inline style or an inline script."""
    assert {path: page.forbidden for path, page in parsed.items() if page.forbidden} == {}


def test_ids_are_unique(parsed: dict[str, Page]) -> None:
    """An id stands once on a page, drawings included."""
    doubled = {path: sorted({i for i in p.ids if p.ids.count(i) > 1}) for path, p in parsed.items()}
    assert {path: ids for path, ids in doubled.items() if ids} == {}


def _dangling(out: Path, parsed: dict[str, Page]) -> Iterator[str]:
    for path, page in parsed.items():
        for link in set(page.links):
            if link.startswith(("http://", "https://", "data:")):
                continue
            target, _, anchor = link.partition("#")
            target = target.partition("?")[0]
            base = out if target.startswith("/") else (out / path).parent
            file = (base / target.lstrip("/")).resolve() if target else out / path
            file = file / "index.html" if file.is_dir() else file
            if not file.is_file():
                yield f"{path}: {link}"
            elif anchor and file.suffix == ".html" and anchor not in parsed[str(file.relative_to(out))].ids:
                yield f"{path}: {link} has no such place"


def test_every_link_inside_leads_somewhere(site: Built, parsed: dict[str, Page]) -> None:
    """Links, drawings and anchors inside the site all exist."""
    assert list(_dangling(site.out.resolve(), parsed)) == []


def test_links_are_relative_so_that_any_path_serves(parsed: dict[str, Page]) -> None:
    """Only the error page, which is shown at any depth, links from the root of the host."""
    absolute = {path for path, page in parsed.items() if any(link.startswith("/") for link in page.links)}
    assert absolute <= {"404.html"}


def _weight(site: Built, page: str) -> int:
    files = (page, "assets/atlas.css", "assets/atlas.js")
    return sum(len(gzip.compress((site.out / name).read_bytes(), 9)) for name in files)


def test_overview_pages_keep_their_budget(site: Built) -> None:
    """A system's page with its stylesheet, script and first drawing takes at most 40 KB compressed."""
    weights = {slug: _weight(site, f"systems/{slug}/index.html") for slug in site.report.digests}
    assert {slug: weight for slug, weight in weights.items() if weight > OVERVIEW_BUDGET} == {}


def test_pages_of_all_diagrams_keep_their_budget(site: Built) -> None:
    """The page of all diagrams takes at most 150 KB compressed."""
    weights = {slug: _weight(site, f"systems/{slug}/diagrams/index.html") for slug in site.report.digests}
    assert {slug: weight for slug, weight in weights.items() if weight > DIAGRAMS_BUDGET} == {}


def test_every_claim_has_a_permalink(site: Built) -> None:
    """Each claim has a place of its own on its system's page of evidence."""
    for slug, digest in site.report.digests.items():
        ids = set(re.findall(r'<article [^>]*id="([^"]+)"', site.text(f"systems/{slug}/evidence/index.html")))
        assert {f"claim-{c.id}" for c in digest.claims} <= ids


def test_unsupported_figures_stay_visible_and_struck(site: Built) -> None:
    """A figure that no source supports is on the page of its system, struck out."""
    struck = [(s, c.id) for s, d in site.report.digests.items() for c in d.claims if c.verdict != "found"]
    assert struck
    for slug, claim in struck:
        page = site.text(f"systems/{slug}/index.html")
        assert re.search(rf'evidence/#claim-{claim}">[^\n]{{0,99}}<s>', page), (slug, claim)


def test_the_seven_tables_stand_on_every_system_page(site: Built) -> None:
    """The seven standard tables are there, in order, each with its CSV and JSON."""
    names = ["summary", "patterns", "failures", "regions", "backpressure", "capacity", "cloud"]
    for slug in site.report.digests:
        page = site.text(f"systems/{slug}/index.html")
        found = re.findall(r'id="table-([a-z]+)"><h3[^>]*><span class="no">', page)
        assert found == names
        for name in names:
            assert (site.out / f"systems/{slug}/tables/{name}.csv").is_file()
            assert (site.out / f"systems/{slug}/tables/{name}.json").is_file()


def test_every_diagram_can_be_reached_without_a_script(site: Built) -> None:
    """Tabs are links to the page of all diagrams, which holds each of them."""
    for slug, digest in site.report.digests.items():
        overview = site.text(f"systems/{slug}/index.html")
        everything = site.text(f"systems/{slug}/diagrams/index.html")
        for drawing in digest.drawings:
            assert f'href="diagrams/#{drawing.code.lower()}"' in overview
            assert f'<section id="{drawing.code.lower()}"' in everything


def test_the_policy_stands_on_every_page(site: Built) -> None:
    """Every page carries the content security policy itself, for hosts that send no header."""
    for path, text in site.pages.items():
        assert "default-src &#39;none&#39;; script-src &#39;self&#39;" in text, path


def test_sitemap_lists_the_pages(site: Built) -> None:
    """The sitemap has every page but embeds, the error page and ways from old names, and none that is not there."""
    listed = re.findall(r"<loc>http://127.0.0.1:8000/([^<]*)</loc>", site.text("sitemap.xml"))
    there = [p.removesuffix("index.html") for p, text in site.pages.items() if 'http-equiv="refresh"' not in text]
    assert listed == sorted(page for page in there if not page.startswith("embed/") and page != "404.html")
    assert any(page.endswith("/drills/") for page in listed)


def test_the_sitemap_of_a_stub_has_only_pages_that_it_has(stub: Built) -> None:
    """A stub has no components, no drills and no deep dives, and under its old name it is not listed."""
    listed = re.findall(r"<loc>http://127.0.0.1:8000/(systems/[^<]+)</loc>", stub.text("sitemap.xml"))
    assert listed == ["systems/stub/", "systems/stub/diagrams/", "systems/stub/evidence/"]
    assert {f"{page}index.html" for page in listed} <= stub.pages.keys()
    assert "systems/old-stub/index.html" in stub.pages


def test_a_statement_to_be_checked_is_not_called_struck_out(tmp_path: Path) -> None:
    """It does not count as published, and nothing speaks against it either: no page says that it is struck."""
    root = tmp_path / "catalogue"
    shutil.copytree(REPOSITORY / "tests" / "assets" / "catalogue", root)
    document = root / "systems" / "developer" / "tiny.yaml"
    text = document.read_text("utf-8")
    for left, struck in ((text, "1"), (text.replace("    verdict: unfound\n", ""), "0")):
        document.write_text(left, "utf-8")
        build(root, tmp_path / "out", today=TODAY, with_search=False)
        rows = json.loads((tmp_path / "out" / "coverage" / "systems.json").read_text("utf-8"))
        assert rows["rows"][0][rows["columns"].index("Struck out")]["text"] == struck
        page = (tmp_path / "out" / "systems" / "tiny" / "index.html").read_text("utf-8")
        home = (tmp_path / "out" / "index.html").read_text("utf-8")
        assert ("struck out" in page, "struck out" in home) == ((True, True) if struck == "1" else (False, False))
