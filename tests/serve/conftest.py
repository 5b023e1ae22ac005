"""What the tests of the server share: a small catalogue, its built site, and a real server in a process of its own."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from starlette.types import ASGIApp

from atlas.serve.app import make_app
from atlas.serve.workshop import Workshop

TODAY = dt.date(2026, 11, 21)
TINY = Path(__file__).resolve().parent.parent / "assets" / "catalogue" / "systems" / "developer" / "tiny.yaml"
SLACK = float(os.environ.get("ATLAS_SLACK", "1"))
"""Times are multiplied by this on machines that do other things meanwhile."""


def wait_for(true: Callable[[], object], seconds: float = 60.0) -> float:
    """The seconds until something holds; fails when it does not in time."""
    began = time.perf_counter()
    while not true():
        if time.perf_counter() - began > seconds * SLACK:
            raise AssertionError(f"did not happen within {seconds * SLACK} s")
        time.sleep(0.01)
    return time.perf_counter() - began


class Client:
    """Requests to an application in this process; redirects are not followed."""

    def __init__(self, app: ASGIApp, base_url: str = "http://localhost") -> None:
        self.app, self.base_url = app, base_url

    def request(self, method: str, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
        """One request and its whole answer."""

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url=self.base_url) as client:
                return await client.request(method, path, headers=headers)

        return asyncio.run(ask())

    def get(self, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
        """Read an address."""
        return self.request("GET", path, headers)


def save(document: Path, text: str) -> None:
    """Write a document in one step, as careful editors do: nobody reads half of it."""
    partial = document.with_suffix(".partial")
    partial.write_text(text)
    partial.replace(document)


def copy_catalogue(folder: Path) -> Path:
    """A catalogue of one small system; the vocabulary is the packaged one."""
    root = folder / "catalogue"
    target = root / "systems" / "developer" / "tiny.yaml"
    target.parent.mkdir(parents=True)
    shutil.copyfile(TINY, target)
    return root


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Rendered systems, shared by all tests."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def own_catalogue(tmp_path: Path) -> Path:
    """A catalogue that a test may change."""
    return copy_catalogue(tmp_path)


@pytest.fixture
def document(own_catalogue: Path) -> Path:
    """The one document of the catalogue that a test may change."""
    return own_catalogue / "systems" / "developer" / "tiny.yaml"


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Workshop:
    """A built site of the small catalogue, for tests that only read."""
    root = copy_catalogue(tmp_path_factory.mktemp("built"))
    workshop = Workshop(root, root.parent / "out", today=TODAY, cache=cache)
    workshop.build()
    return workshop


@pytest.fixture(scope="session")
def client(built: Workshop) -> Client:
    """Requests to the application over the built site."""
    return Client(make_app(built))


@dataclass
class Running:
    """A server in its own process, and what it has said so far."""

    process: subprocess.Popen[bytes]
    said: str = field(default="")

    def hears(self, text: str) -> bool:
        """Whether the server has said this."""
        assert self.process.stdout is not None
        while select.select([self.process.stdout], [], [], 0.05)[0]:
            data = os.read(self.process.stdout.fileno(), 65536)
            if not data:
                break
            self.said += data.decode()
        return text in self.said

    def hears_or_ended(self, text: str) -> bool:
        """The same; a server that ended can say nothing more, which fails with what it said."""
        heard = self.hears(text)
        if not heard and self.process.poll() is not None:
            raise AssertionError(f"the server ended with {self.process.returncode}: {self.said}")
        return heard

    @property
    def url(self) -> str:
        """Where it listens."""
        found = re.search(r"Atlas is at (http://\S+)", self.said)
        assert found, self.said
        return found[1]

    def interrupt(self) -> int:
        """Ctrl-C; the exit code."""
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(30 * SLACK)
        self.hears("")
        return code


Start = Callable[..., Running]


@pytest.fixture
def start(tmp_path: Path, cache: Path) -> Iterator[Start]:
    """Start servers; they are stopped after the test."""
    running: list[Running] = []

    def begin(root: Path, *options: str, wait: bool = True, folder: Path | None = None) -> Running:
        home = folder or tmp_path / "home"
        home.mkdir(exist_ok=True)
        if not (home / "pages").exists():
            shutil.copytree(cache, home / "pages")
        command = [sys.executable, "-m", "atlas.cli", "serve", "--catalogue", str(root), "--today", TODAY.isoformat()]
        process = subprocess.Popen(
            [*command, *(options or ("--port", "0"))],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "ATLAS_CACHE": str(home), "PYTHONUNBUFFERED": "1"},
        )
        one = Running(process)
        running.append(one)
        if wait:
            wait_for(lambda: one.hears_or_ended("Atlas is at"))
        return one

    yield begin
    for one in running:
        if one.process.poll() is None:
            one.process.kill()
        one.process.wait()
        assert one.process.stdout is not None
        one.process.stdout.close()
