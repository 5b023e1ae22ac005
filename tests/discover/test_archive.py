"""The archive: every page as it was received, found by its digest, whole after any end of the process."""

from __future__ import annotations

import datetime as dt
import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from atlas.discover.archive import Archive, ArchiveError
from atlas.discover.frontier import Found, Frontier, Outcome, Task, Visit
from atlas.discover.page import Fetched, digest
from atlas.discover.store import Store, StoreError, open_store

NOW = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)


def _page(text: str, url: str = "https://blog.example/a", *, packed: bool = False) -> Fetched:
    body = text.encode()
    wire = gzip.compress(body) if packed else b""
    headers = {"content-type": "text/html"} | ({"content-encoding": "gzip"} if packed else {})
    return Fetched(url, url, 200, headers, body, NOW, digest(body), wire=wire)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An open store."""
    with open_store(tmp_path / "data") as opened:
        yield opened


@pytest.mark.parametrize("packed", [False, True])
def test_a_kept_page_is_read_back_as_it_was(store: Store, packed: bool) -> None:
    """Body, wire, headers, address and moment come back, from a compressed page too."""
    archive = Archive(store)
    page = _page("text " * 100, packed=packed)
    assert archive.keep(page)
    again = archive.read(page.sha256)
    assert (again.body, again.wire, again.url, again.fetched_at) == (page.body, page.wire, page.url, NOW)
    assert again.headers["content-type"] == "text/html"
    assert again.from_cache


def test_a_body_is_kept_once(store: Store) -> None:
    """The same body at another address takes no more room."""
    archive = Archive(store)
    archive.keep(_page("same"))
    size = sum(p.stat().st_size for p in archive.folder.iterdir())
    assert not archive.keep(_page("same", "https://blog.example/b"))
    assert sum(p.stat().st_size for p in archive.folder.iterdir()) == size


def test_other_programs_can_read_the_files(store: Store) -> None:
    """Each record is a response record of WARC, in order, with the moment of the fetch."""
    archive = Archive(store)
    for number in range(3):
        archive.keep(_page(f"page {number}", f"https://blog.example/{number}"))
    (path,) = archive.folder.glob("*.warc.gz")
    with path.open("rb") as file:
        records = [
            (r.rec_type, r.rec_headers.get_header("WARC-Target-URI"), r.rec_headers.get_header("WARC-Date"))
            for r in ArchiveIterator(file)
        ]
    expected = [("response", f"https://blog.example/{n}", "2026-11-21T12:00:00Z") for n in range(3)]
    assert records == expected


def test_a_full_file_is_followed_by_another(store: Store) -> None:
    """Files are bounded in length, and every page is found whichever holds it."""
    archive = Archive(store, file_bytes=500)
    pages = [_page(f"page {n} " * 50) for n in range(6)]
    for page in pages:
        archive.keep(page)
    assert len(list(archive.folder.glob("*.warc.gz"))) > 1
    assert [archive.read(p.sha256).body for p in pages] == [p.body for p in pages]


@pytest.mark.parametrize("torn", [b"\x1f\x8b\x08torn", b"x" * 100_000])
def test_a_torn_end_is_cut_off(tmp_path: Path, torn: bytes) -> None:
    """What a killed run left behind the last counted record is cut, and the next record follows the last whole one."""
    folder = tmp_path / "data"
    with open_store(folder) as store:
        archive = Archive(store)
        archive.keep(_page("one"))
        (path,) = archive.folder.glob("*.warc.gz")
    with path.open("ab") as file:
        file.write(torn)
    with open_store(folder) as store:
        archive = Archive(store)
        assert archive.recovered_bytes == len(torn)
        archive.keep(_page("two"))
        assert [archive.read(digest(t)).body for t in (b"one", b"two")] == [b"one", b"two"]
    with path.open("rb") as file:
        assert len(list(ArchiveIterator(file))) == 2


def test_a_file_that_was_never_counted_is_removed(tmp_path: Path) -> None:
    """A kill before the first transaction leaves a file of which nothing counts."""
    folder = tmp_path / "data"
    (folder / "archive").mkdir(parents=True)
    (folder / "archive" / "atlas-00001.warc.gz").write_bytes(b"torn")
    with open_store(folder) as store:
        archive = Archive(store)
        archive.keep(_page("one"))
        assert archive.read(digest(b"one")).body == b"one"


def test_a_page_that_is_no_longer_there_is_fetched_again(tmp_path: Path) -> None:
    """Where a disk lost counted bytes, the pages of them are forgotten and due, and the others stay."""
    folder = tmp_path / "data"
    first, second = _page("one", "https://blog.example/1"), _page("two", "https://blog.example/2")
    with open_store(folder) as store:
        archive, frontier = Archive(store), Frontier(store)
        frontier.add([Found(first.url), Found(second.url)], NOW)
        for page in (first, second):
            task = frontier.next(NOW)
            assert task is not None
            archive.keep(page)
            frontier.record(task, Visit(Outcome.FETCHED, NOW, 200, page))
        (path,) = archive.folder.glob("*.warc.gz")
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 5)
    with open_store(folder) as store:
        archive, frontier = Archive(store), Frontier(store)
        assert first.sha256 in archive
        assert second.sha256 not in archive
        task = frontier.next(NOW)
        assert isinstance(task, Task)
        assert task.url == second.url
        archive.keep(second)
        assert archive.read(second.sha256).body == b"two"


def test_a_page_that_is_not_kept_is_an_error(store: Store) -> None:
    """An unknown digest is refused with its name."""
    with pytest.raises(ArchiveError, match="no page 00"):
        Archive(store).read("00")


def test_a_transaction_that_fails_counts_nothing(store: Store) -> None:
    """A page whose transaction is undone is not in the archive, and its bytes are written over."""
    archive = Archive(store)

    def fail() -> None:
        with store.transaction():
            archive.keep(_page("undone"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert digest(b"undone") not in archive
    archive.keep(_page("done"))
    assert archive.read(digest(b"done")).body == b"done"


def test_two_runs_do_not_share_a_folder(tmp_path: Path) -> None:
    """The second run is told that the first is at work; afterwards the folder is free."""
    with (
        open_store(tmp_path / "data"),
        pytest.raises(StoreError, match="another run"),
        open_store(tmp_path / "data"),
    ):
        pass
    with open_store(tmp_path / "data"):
        pass


def test_the_archive_is_private(tmp_path: Path) -> None:
    """Only its owner can read the folder, and a folder inside a repository is refused."""
    with open_store(tmp_path / "data"):
        assert (tmp_path / "data").stat().st_mode & 0o077 == 0
    (tmp_path / "clone" / ".git").mkdir(parents=True)
    with pytest.raises(StoreError, match="repository"), open_store(tmp_path / "clone" / "site" / "data"):
        pass
    assert not (tmp_path / "clone" / "site").exists()
