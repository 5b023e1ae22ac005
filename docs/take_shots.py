"""Take the screenshots of docs/shots from a fresh build: ``make shots``."""

from __future__ import annotations

import datetime as dt
import functools
import http.server
import shutil
import sys
import tempfile
import threading
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from atlas.site.build import build

ROOT = Path(__file__).resolve().parent.parent
SHOTS = ROOT / "docs" / "shots"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]

# name, page, width, height, colour scheme, what to do before the picture is taken
PICTURES = [
    ("home-light-1280", "", 1280, 1180, "light", None),
    ("system-light-1280", "systems/discord/", 1280, 1000, "light", None),
    ("diagram-dark-1280", "systems/discord/#diagrams", 1280, 1000, "dark", None),
    ("evidence-light-1280", "systems/discord/", 1280, 800, "light", "evidence"),
    ("compare-dark-1280", "compare/discord-vs-slack/", 1280, 1000, "dark", None),
    ("system-dark-360", "systems/discord/", 360, 780, "dark", None),
]


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Files without a log."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


def serve(folder: Path) -> http.server.ThreadingHTTPServer:
    """A server of the built site on loopback, in a thread of its own."""
    handler = functools.partial(Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def open_evidence(page: Page) -> None:
    """Open the evidence of the first figure."""
    page.locator("button[popovertarget]").first.click()
    page.wait_for_timeout(300)


def main() -> None:
    """Build, serve, photograph."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("chromium is not installed: make chromium")
    today = dt.datetime.now(tz=dt.UTC).date()  # noqa: TID251
    SHOTS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        build(ROOT / "catalogue", Path(folder) / "site", today=today, jobs=2)
        server = serve(Path(folder) / "site")
        address = f"http://127.0.0.1:{server.server_address[1]}/"
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
            for name, path, width, height, scheme, action in PICTURES:
                page = browser.new_page(
                    viewport={"width": width, "height": height},
                    color_scheme=scheme,  # type: ignore[arg-type]
                    reduced_motion="reduce",  # a picture is not taken in the middle of a movement
                )
                page.goto(address + path)
                page.wait_for_timeout(500)
                if action == "evidence":
                    open_evidence(page)
                page.screenshot(path=SHOTS / f"{name}.png")
                page.close()
                print(SHOTS / f"{name}.png")
            browser.close()
        server.shutdown()


if __name__ == "__main__":
    main()
