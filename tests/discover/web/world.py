"""A curator's world on the test web: a catalogue, a folder of data, and the real command in processes of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from tests.discover.web import atlas_here
from tests.discover.web.host import Web

CONTACT = "curator@example.org"
TIMEOUT_S = 120
ORGANISATION = """\
frostwatch:
  name: Frostwatch
  hosts: [engineering.frostwatch.example, status.frostwatch.example]
  category: data
"""
"""An invented organisation: what stands at its hosts is first hand."""


@dataclass(frozen=True)
class Done:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as data."""
        return json.loads(self.out)


@dataclass(frozen=True)
class World:
    """A catalogue with the project's vocabularies, and where discovery keeps its data."""

    web: Web
    catalogue: Path
    data: Path

    @classmethod
    def at(cls, folder: Path, web: Web, root: Path, *systems: str) -> World:
        """A catalogue in a folder, with the vocabularies of the repository at ``root`` and some of its systems."""
        catalogue = folder / "catalogue"
        shutil.copytree(root / "catalogue" / "vocabulary", catalogue / "vocabulary")
        with (catalogue / "vocabulary" / "organisations.yaml").open("a", encoding="utf-8") as file:
            file.write(ORGANISATION)
        for system in systems:
            target = catalogue / "systems" / system
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / "catalogue" / "systems" / system, target)
        (catalogue / "systems").mkdir(exist_ok=True)
        return cls(web, catalogue, folder / "data")

    def follow(self, owned: Mapping[str, Sequence[str]], others: Mapping[str, Sequence[str]] | None = None) -> None:
        """Write the registry: the feeds of organisations, and those of aggregators, each at an address."""
        lines = ["sources:"]
        for org, feeds in owned.items():
            lines += [f"  - org: {org}", "    feeds:", *_feeds(feeds)]
        if others:
            lines.append("aggregators:")
        for ident, feeds in (others or {}).items():
            lines += [f"  - id: {ident}", f"    name: {ident}", "    kind: press", "    feeds:", *_feeds(feeds)]
        (self.catalogue / "sources.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def atlas(self, *arguments: object, code: int = 0) -> Done:
        """Run a command to its end in a process of its own, and hold it to its exit code."""
        command = [sys.executable, atlas_here.__file__, str(self.web.port), "run", *map(str, arguments)]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False, env=_environment()
        )
        assert done.returncode == code, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return Done(done.returncode, done.stdout, done.stderr)

    def discover(self, day: str, *more: object, data: Path | None = None) -> list[str]:
        """The arguments of a run of discovery on a day."""
        place = ["-c", self.catalogue, "--data", data or self.data]
        return [str(a) for a in ("discover", *place, "--contact", CONTACT, "--today", day, "--since", "1y", *more)]

    def candidates(self, *, data: Path | None = None) -> list[dict[str, Any]]:
        """All candidates, whatever was decided."""
        found = self.atlas("candidates", "list", "--state", "all", "--json", "--data", data or self.data)
        return list(found.json)

    @contextmanager
    def forks(self, folder: Path) -> Iterator[Forks]:
        """Processes of the command without the cost of beginning Python."""
        command = [sys.executable, atlas_here.__file__, str(self.web.port), "serve"]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=_environment()) as server:
            assert server.stdin is not None
            assert server.stdout is not None
            try:
                yield Forks(server.stdin, server.stdout, folder / "said")
            finally:
                server.stdin.close()
                server.wait(TIMEOUT_S)


@dataclass
class Forks:
    """A process that forks a process of the command for each line."""

    ask: IO[str]
    answers: IO[str]
    out: Path

    def begin(self, arguments: Sequence[str]) -> Running:
        """Begin a command."""
        self.ask.write(json.dumps({"arguments": list(arguments), "out": str(self.out)}) + "\n")
        self.ask.flush()
        return Running(self, int(self.answers.readline()))


@dataclass
class Running:
    """A command that was begun; the process that forked it tells its exit code (minus a signal's number if killed)."""

    forks: Forks
    pid: int

    def send(self, number: int) -> None:
        """Send a signal to the command's own process, if it still runs, not to those it began."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def wait(self) -> int:
        """Its exit code."""
        return int(self.forks.answers.readline())


def _feeds(addresses: Sequence[str]) -> list[str]:
    return [f'      - {{type: rss, url: "{address}"}}' for address in addresses]


def _environment() -> dict[str, str]:
    source = Path(__file__).resolve().parents[3] / "src"
    return {**os.environ, "PYTHONPATH": str(source), "COLUMNS": "200"}
