"""A browser, and the real catalogue as a site served under a sub-path, as GitHub Pages does."""

from __future__ import annotations

import datetime as dt
import functools
import os
import threading
from collections.abc import Generator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from atlas.site.build import build

ROOT = Path(__file__).resolve().parents[2]
TODAY = dt.date(2026, 11, 21)


class _Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Nothing."""


@pytest.fixture(scope="session")
def axe() -> str:
    """The text of axe-core; skipped by name where its npm package is missing."""
    folder = Path(os.environ.get("ATLAS_NODE_MODULES", ROOT / "node_modules"))
    file = folder / "axe-core" / "axe.min.js"
    if not file.is_file():
        pytest.skip("the npm package axe-core is not installed: make node")
    return file.read_text("utf-8")


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """The root address of the built site, below ``/atlas/``."""
    folder = tmp_path_factory.mktemp("served")
    report = build(ROOT / "catalogue", folder / "atlas", today=TODAY, base_url="http://127.0.0.1/atlas/")
    assert report.search_problem == ""
    handler = functools.partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/atlas/"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def browser(chromium: str) -> Generator[Browser]:
    """Debian's Chromium without a window."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()
