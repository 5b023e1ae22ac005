"""An open page follows its files, in a real browser and under the content security policy."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from .conftest import SLACK, Start, save

pytestmark = pytest.mark.browser
WAIT_MS = 30_000 * SLACK


def test_an_open_page_follows_its_document(start: Start, own_catalogue: Path, chromium: str) -> None:
    """It reloads when it changed, shows what broke, hides that when it is mended, and breaks no policy."""
    server = start(own_catalogue)
    document = own_catalogue / "systems" / "developer" / "tiny.yaml"
    good = document.read_text()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        with page.expect_response("**/api/events"):
            page.goto(server.url + "/systems/tiny/")
        bar = page.locator("#atlas-live")
        bar.wait_for(state="hidden", timeout=WAIT_MS)
        save(document, good.replace("A service, its cache", "A zebra, its cache"))
        page.get_by_text("A zebra, its cache").first.wait_for(timeout=WAIT_MS)
        save(document, good.replace("status: draft", "status: daft"))
        bar.wait_for(state="visible", timeout=WAIT_MS)
        assert "tiny.yaml:6:9" in bar.inner_text()
        assert "The last good page is shown." in bar.inner_text()
        assert page.get_by_text("A zebra, its cache").count()
        save(document, good.replace("A service, its cache", "A zebra, its cache"))
        bar.wait_for(state="hidden", timeout=WAIT_MS)
        browser.close()
    assert not [text for text in said if "Content Security Policy" in text or "Error" in text], said
