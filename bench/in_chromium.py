"""The WebAssembly kernel in a worker of headless Chromium: what it records, and how long it takes."""

from __future__ import annotations

import hashlib
import http.server
import json
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from atlas.sim.record import Record

HERE = Path(__file__).resolve().parent
FRAMES = 1 << 16
"""Room for outstanding calls, the same for both."""
_TYPES = {".mjs": "text/javascript", ".wasm": "application/wasm", ".json": "application/json", ".html": "text/html"}
_ASK = """([run, frames]) => new Promise((answer, refuse) => {
  const worker = new Worker("/wasm_worker.mjs", { type: "module" });
  worker.onmessage = (event) => { worker.terminate(); answer(event.data); };
  worker.onerror = (event) => refuse(new Error(event.message));
  worker.postMessage({ run, frames });
})"""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a worker says of a run: the kernel's status, seconds of the run alone, SHA-256 of each recorded array."""

    status: int
    seconds: float
    digests: dict[str, str]


Runner = Callable[[dict[str, Any]], Ran]
"""Makes a run that ``atlas.sim.browser.to_browser`` wrote."""


def digests(record: Record) -> dict[str, str]:
    """SHA-256 of each array of a record, to compare with a worker's."""
    arrays = {name: getattr(record, name) for name in record.__slots__}
    return {n: hashlib.sha256(a.tobytes()).hexdigest() for n, a in arrays.items() if isinstance(a, np.ndarray)}


@contextmanager
def chromium_runner(chromium: str, wasm: bytes) -> Generator[Runner]:
    """A page in headless Chromium at ``chromium`` with the kernel beside it, on a loopback server of its own."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 (needed for this alone)

    files = {f"/{path.name}": path.read_bytes() for path in HERE.glob("wasm_*.mjs")}
    files |= {"/kernel.wasm": wasm, "/index.html": b"<!doctype html><title>kernel</title>"}
    with _served(files) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.goto(f"{address}/index.html")

        def run(data: dict[str, Any]) -> Ran:
            files["/run.json"] = json.dumps(data).encode()
            return Ran(**page.evaluate(_ASK, ["/run.json", FRAMES]))

        try:
            yield run
        finally:
            browser.close()


@contextmanager
def _served(files: dict[str, bytes]) -> Generator[str]:
    class Handler(http.server.BaseHTTPRequestHandler):
        """Answers with a file of the dictionary."""

        def do_GET(self) -> None:
            """Send it, or that there is none."""
            data = files.get(self.path)
            self.send_response(200 if data is not None else 404)
            self.send_header("Content-Type", _TYPES.get(Path(self.path).suffix, "text/plain"))
            self.send_header("Content-Length", str(len(data or b"")))
            self.end_headers()
            self.wfile.write(data or b"")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
