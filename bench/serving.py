"""A running server: from saving a document to seeing its page, and to finding it by search."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import httpx

from bench.calibration import Calibration
from bench.measure import ROOT, TODAY, Say, Section, Taken, atlas
from bench.synthetic import write_catalogue

TURNS = 3
_PATIENCE_S = 120.0
_STEP_S = 0.01


def measure(calibration: Calibration, scratch: Path, say: Say, systems: int = 125) -> Section:
    """Save a changed summary, and ask for the page until it shows it; then wait for the search index."""
    section = Section("Following a change")
    root = write_catalogue(scratch, systems)
    changed = sorted((root / "systems").glob("*/*.yaml"))[systems // 2]
    say(f"starting a server with {systems} systems")
    with _server(root, scratch) as address:
        page = f"{address}/systems/{changed.stem}/"
        index = f"{address}/pagefind/pagefind-entry.json"
        _until(lambda: _read(index) is not None)
        seen, found = [], []
        for turn in range(TURNS):
            say(f"change {turn + 1} of {TURNS}")
            slowness = calibration.slowness()
            word = f"Version {turn} of {time.monotonic_ns()}"
            entry = _read(index)
            began = time.perf_counter()
            _save(changed, word)
            _until(lambda word=word: word in (_read(page) or ""))  # type: ignore[misc]
            seen.append(Taken(time.perf_counter() - began, slowness))
            _until(lambda entry=entry: _read(index) not in (None, entry))  # type: ignore[misc]
            found.append(Taken(time.perf_counter() - began, slowness))
    page_after, search = (sorted(taken, key=lambda t: t.reference_s)[TURNS // 2] for taken in (seen, found))
    section.seconds("page after saving one of the documents", 0.5, page_after)
    section.seconds("search index after saving", 5, search)
    section.data = {
        "page_s": [round(t.reference_s, 3) for t in seen],
        "search_s": [round(t.reference_s, 3) for t in found],
    }
    return section


@contextmanager
def _server(root: Path, scratch: Path) -> Iterator[str]:
    """A server of its own on a free port of this machine; its address."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(scratch / "cache"), "PYTHONUNBUFFERED": "1"}
    arguments = ["serve", "--catalogue", str(root), "--port", "0", "--today", TODAY]
    process = subprocess.Popen(
        atlas(arguments), cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        yield _address(process.stdout)
    finally:
        process.terminate()
        process.wait(30)


def _address(said: IO[str] | None) -> str:
    lines = []
    for line in said or ():
        lines.append(line)
        if (match := re.search(r"http://[0-9.]+:\d+", line)) is not None:
            return match[0]
    raise RuntimeError(f"the server said no address: {''.join(lines)[-1000:]}")


def _save(path: Path, word: str) -> None:
    """A new summary, written as editors do: a new file in place of the old."""
    text = re.sub(r"(?<=summary: >-\n).*?(?=\nchallenge)", f"  {word}", path.read_text("utf-8"), flags=re.DOTALL)
    partial = path.with_suffix(".partial")
    partial.write_text(text, "utf-8")
    partial.replace(path)


def _read(address: str) -> str | None:
    try:
        answer = httpx.get(address, timeout=10)
    except httpx.TransportError:
        return None
    return answer.text if answer.status_code == 200 else None


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.perf_counter() + _PATIENCE_S
    while not holds():
        if time.perf_counter() > deadline:
            raise TimeoutError("the server did not follow the change")
        time.sleep(_STEP_S)
