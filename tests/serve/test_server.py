"""A real server in its own process: what it says, how it follows a catalogue, and how it ends."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from bench.calibration import Calibration

from .conftest import SLACK, TODAY, Running, Start, save, wait_for

PAGE_S = 0.5 * 3
"""A changed page is to be there within half a second; tests allow three times that."""
SEARCH_S = 5.0 * 3
TRICKS = [
    b"/../../../etc/passwd",
    b"/%2e%2e/%2e%2e/etc/passwd",
    b"/..%2f..%2f..%2fetc%2fpasswd",
    b"/%252e%252e/%252e%252e/etc/passwd",
    b"/systems/../../../etc/passwd",
    b"/..\\..\\etc\\passwd",
    b"/%5c..%5c..%5cetc%5cpasswd",
    b"//etc/passwd",
    b"///etc/passwd",
    b"/etc/passwd%00.html",
    b"/.atlas-site",
    b"/%2eatlas-site",
    b"/assets/%2e%2e/.atlas-site",
    b"http://localhost/../etc/passwd",
    b"file:///etc/passwd",
    b"/\xff\xfe",
]


@pytest.fixture
def server(start: Start, own_catalogue: Path) -> Running:
    """A server over a catalogue that the test may change."""
    return start(own_catalogue)


def raw(server: Running, target: bytes) -> bytes:
    """The answer to a request line that no client would send."""
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), 10) as connection:
        connection.sendall(b"GET " + target + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


def test_nothing_outside_the_site_is_served(server: Running) -> None:
    """Whatever stands in the request line, nothing but the site's own files is sent, and the server goes on."""
    for target in TRICKS:
        answer = raw(server, target)
        assert answer.split(b" ", 2)[1] in {b"400", b"404"}, (target, answer[:200])
        assert b"root:" not in answer, target
        assert b"written by atlas build" not in answer, target
    assert httpx.get(server.url + "/").status_code == 200


def test_a_changed_document_is_on_its_page_at_once_and_in_the_search_soon(server: Running, own_catalogue: Path) -> None:
    """The page follows within half a second, the search index within five: the best of three, three times to spare."""
    page = server.url + "/systems/tiny/"
    entry = server.url + "/pagefind/pagefind-entry.json"
    document = own_catalogue / "systems" / "developer" / "tiny.yaml"
    good = document.read_text()
    wait_for(lambda: httpx.get(entry).status_code == 200)
    times = []
    for words in ("A zebra, its cache", "A heron, its cache", "An otter, its cache"):
        slowness = max(1.0, Calibration().slowness())
        before = httpx.get(entry).text
        save(document, good.replace("A service, its cache", words))
        seen = wait_for(lambda words=words: words in httpx.get(page).text)  # type: ignore[misc]
        found = wait_for(lambda before=before: httpx.get(entry).text != before)  # type: ignore[misc]
        times.append((seen / slowness, (seen + found) / slowness))
    wait_for(lambda: server.hears("rebuilt tiny"))
    assert min(seen for seen, _ in times) < PAGE_S
    assert min(found for _, found in times) < SEARCH_S


def test_a_broken_document_keeps_its_page_and_is_told(server: Running, own_catalogue: Path) -> None:
    """On the console with place and code, to open pages as an event; and when it is whole again, that too."""
    document = own_catalogue / "systems" / "developer" / "tiny.yaml"
    good = document.read_text()
    page = httpx.get(server.url + "/systems/tiny/")
    with httpx.stream("GET", server.url + "/api/events", timeout=60) as stream:
        lines = stream.iter_lines()
        assert next(lines) == "event: state"
        save(document, good.replace("status: draft", "status: daft"))
        wait_for(lambda: server.hears("tiny is broken, its last good page stays"))
        data = next(line for line in lines if "problems" in line and "DOC" in line)
    assert "tiny.yaml:" in server.said
    assert "tiny.yaml:6:9" in data
    assert httpx.get(server.url + "/systems/tiny/").text == page.text
    assert httpx.get(server.url + "/api/v1/systems/tiny/findings").json()["is_broken"] is True
    save(document, good)
    wait_for(lambda: server.hears("tiny is whole again"))


def test_a_page_is_told_which_files_changed(server: Running, own_catalogue: Path) -> None:
    """So that only pages that differ are loaded again."""
    document = own_catalogue / "systems" / "developer" / "tiny.yaml"
    with httpx.stream("GET", server.url + "/api/events", timeout=60) as stream:
        lines = stream.iter_lines()
        assert '"revision": 1' in [next(lines), next(lines)][1]
        save(document, document.read_text().replace("A service, its cache", "One service, its cache"))
        change = next(line for line in lines if "files" in line)
    assert "systems/tiny/index.html" in change
    assert "assets/atlas.css" not in change


def test_a_taken_port_is_refused_before_anything_is_built(start: Start, own_catalogue: Path, tmp_path: Path) -> None:
    """Exit code 2, the port and the mend; no folder is touched."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        home = tmp_path / "untouched"
        home.mkdir()
        (home / "pages").mkdir()
        refused = start(own_catalogue, "--port", str(port), wait=False, folder=home)
        assert refused.process.wait(60 * SLACK) == 2
    refused.hears("")
    assert f"port {port} of 127.0.0.1 is taken" in refused.said
    assert "--port" in refused.said.splitlines()[1]
    assert "Traceback" not in refused.said
    assert [p.name for p in home.iterdir()] == ["pages"]


def test_two_servers_of_one_catalogue_stand_beside_each_other(start: Start, own_catalogue: Path) -> None:
    """Each has its own folder, and both follow a change."""
    both = [start(own_catalogue), start(own_catalogue)]
    document = own_catalogue / "systems" / "developer" / "tiny.yaml"
    save(document, document.read_text().replace("A service, its cache", "A pair, its cache"))
    pages = [one.url + "/systems/tiny/" for one in both]
    wait_for(lambda: all("A pair, its cache" in httpx.get(page).text for page in pages))


def test_ctrl_c_ends_with_open_pages_and_without_a_traceback(server: Running) -> None:
    """Exit code 130, soon, though a page still listens to the stream."""
    with httpx.stream("GET", server.url + "/api/events", timeout=60) as stream:
        next(stream.iter_lines())
        began = time.perf_counter()
        assert server.interrupt() == 130
        assert time.perf_counter() - began < 10 * SLACK
    assert server.said.splitlines()[1:] == []


def test_the_port_is_free_again_at_once(start: Start, own_catalogue: Path) -> None:
    """A server can be started again where one was just stopped."""
    first = start(own_catalogue)
    port = first.url.rsplit(":", 1)[1]
    assert httpx.get(first.url).status_code == 200
    first.interrupt()
    assert start(own_catalogue, "--port", port).url == first.url


def test_without_watch_nothing_follows(start: Start, own_catalogue: Path) -> None:
    """Pages carry no script and there is no stream."""
    server = start(own_catalogue, "--no-watch", "--port", "0")
    assert "live.js" not in httpx.get(server.url + "/").text
    assert httpx.get(server.url + "/api/events").status_code == 404
    assert server.interrupt() == 130


def builder(root: Path, out: Path, cache: Path) -> subprocess.Popen[bytes]:
    """A build in its own process group, so that all its processes can be killed at once."""
    command = [sys.executable, "-m", "atlas.cli", "build", "--catalogue", str(root), "--out", str(out), "--no-search"]
    return subprocess.Popen(
        [*command, "--today", TODAY.isoformat(), "--jobs", "1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "ATLAS_CACHE": str(cache)},
        start_new_session=True,
    )


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_stopped_build_leaves_the_old_site_whole(own_catalogue: Path, tmp_path: Path, sign: signal.Signals) -> None:
    """Killed or interrupted in the middle, the site is as it was; the next build removes what was left beside it."""
    out, cache = tmp_path / "public" / "site", tmp_path / "own-cache"
    first = builder(own_catalogue, out, cache)
    said, _ = first.communicate(timeout=120 * SLACK)
    assert first.returncode == 0, said.decode()
    whole = {p.relative_to(out): p.read_bytes() for p in out.rglob("*") if p.is_file()}
    document = own_catalogue / "systems" / "developer" / "tiny.yaml"
    save(document, document.read_text().replace("A service, its cache", "A half, its cache"))
    shutil.rmtree(cache)
    second = builder(own_catalogue, out, cache)
    wait_for(lambda: list(out.parent.glob(".site.building-*")))
    os.killpg(second.pid, sign)
    said, _ = second.communicate(timeout=60 * SLACK)
    assert second.returncode == (-sign if sign is signal.SIGKILL else 128 + sign), said.decode()
    assert b"Traceback" not in said
    assert {p.relative_to(out): p.read_bytes() for p in out.rglob("*") if p.is_file()} == whole
    assert bool(list(out.parent.glob(".site.building-*"))) is (sign is signal.SIGKILL)
    third = builder(own_catalogue, out, cache)
    third.communicate(timeout=120 * SLACK)
    assert "A half, its cache" in (out / "systems" / "tiny" / "index.html").read_text()
    assert [p.name for p in out.parent.iterdir()] == ["site"]
