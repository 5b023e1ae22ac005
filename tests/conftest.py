"""What all tests share: the repository's places, its catalogue, and skips that have a name."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from atlas.catalogue import Catalogue, load_catalogue, load_vocabulary
from atlas.model import Vocabulary

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    """The vocabularies of the repository's catalogue."""
    return load_vocabulary(ROOT / "catalogue" / "vocabulary")[0]


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The repository's catalogue, loaded once."""
    return load_catalogue(ROOT / "catalogue")


@pytest.fixture(scope="session")
def node() -> str:
    """The program that runs the pages' modules; a test that asks for it is skipped by name where it is missing."""
    path = shutil.which("node")
    if path is None:  # Atlas itself needs no Node: a machine to read and write the catalogue on may lack it
        pytest.skip("node is not installed")
    return path


@pytest.fixture(scope="session")
def node_modules(node: str) -> Path:
    """The npm packages of package.json; a test that asks for them is skipped by name where they are missing."""
    folder = Path(os.environ.get("ATLAS_NODE_MODULES", ROOT / "node_modules"))
    if not (folder / "mermaid").is_dir():
        pytest.skip("the npm packages are not installed: make node")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """Debian's Chromium; a test that asks for it is skipped by name where it is missing."""
    path = os.environ.get("ATLAS_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("chromium is not installed: make chromium")
    return path


@pytest.fixture(scope="session")
def git() -> str:
    """The program; a test that asks for it is skipped by name where it is missing."""
    path = shutil.which("git")
    if path is None:  # Atlas unpacked from an archive runs without git: only its history and branches need it
        pytest.skip("git is not installed")
    return path


@pytest.fixture(scope="session")
def data_of_others() -> Callable[[str], Path]:
    """A file or folder of data that nobody here wrote: in ``shared/data`` beside the repository, or ATLAS_SHARED_DATA.

    The project reads it and may not carry it, so that its absence is no fault of a machine: such skips pass everywhere.
    """
    folder = Path(os.environ.get("ATLAS_SHARED_DATA", ROOT.parent / "shared" / "data"))

    def find(part: str) -> Path:
        if not (folder / part).exists():  # the project reads it and may not carry it
            pytest.skip(f"shared/data/{part} is not beside the repository")
        return folder / part

    return find


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where nothing may be missing (continuous integration), a skip is a failure that names what is missing."""
    report = yield
    if "not beside the repository" in str(report.longrepr):
        return report  # data of others that the project may read but does not carry
    if os.environ.get("ATLAS_FAIL_ON_SKIP") and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped where nothing may be: {reason}"
    return report
