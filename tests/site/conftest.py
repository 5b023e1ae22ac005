"""A built site for the tests of pages: the real catalogue, once for all of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from atlas.site.build import BuildReport, build

TODAY = dt.date(2026, 11, 21)
REPOSITORY = Path(__file__).parents[2]
CATALOGUE = REPOSITORY / "catalogue"
HOSTILE = REPOSITORY / "tests" / "assets" / "site" / "hostile"


@dataclass(frozen=True)
class Built:
    """A site on disk and what its build said."""

    out: Path
    report: BuildReport

    def text(self, path: str) -> str:
        """One of its files."""
        return (self.out / path).read_text("utf-8")

    @property
    def pages(self) -> dict[str, str]:
        """Every page by its path."""
        found = (p for p in self.out.rglob("*.html") if "pagefind" not in p.parts)
        return {str(p.relative_to(self.out)): p.read_text("utf-8") for p in found}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The real catalogue as a site, without search."""
    folder = tmp_path_factory.mktemp("site")
    report = build(CATALOGUE, folder / "out", today=TODAY, cache=folder / "cache", with_search=False)
    return Built(folder / "out", report)


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A catalogue of one hostile document as a site."""
    out = tmp_path_factory.mktemp("hostile") / "out"
    return Built(out, build(HOSTILE, out, today=TODAY, with_search=False))


@pytest.fixture
def small(tmp_path: Path) -> Callable[[], Path]:
    """Makes a catalogue of one small document that a test may edit; gives its root."""

    def make() -> Path:
        root = tmp_path / "catalogue"
        folder = root / "systems" / "social"
        folder.mkdir(parents=True)
        text = (HOSTILE / "systems" / "social" / "hostile.yaml").read_text("utf-8")
        (folder / "first.yaml").write_text(text.replace("CS-HOSTILE", "CS-FIRST"), "utf-8")
        return root

    return make


@pytest.fixture(scope="session")
def stub(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A catalogue of one stub, which once had another name, as a site."""
    root = tmp_path_factory.mktemp("stub")
    folder = root / "catalogue" / "systems" / "social"
    folder.mkdir(parents=True)
    head = "id: CS-STUB\nname: Stub\norg: discord\ncategory: social\nstatus: stub\n"
    rest = "last_verified: 2026-11-21\nconfidence: C\nsummary: Hardly known.\naliases: [old-stub]\n"
    (folder / "stub.yaml").write_text(head + rest, "utf-8")
    return Built(root / "out", build(root / "catalogue", root / "out", today=TODAY, with_search=False))
