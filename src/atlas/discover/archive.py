"""Pages as they were received, in WARC files (ISO 28500), found again by the SHA-256 of their body.

A body is kept once. Records are appended to the newest file, synced to the disk, and counted in the database; what
lies beyond the counted length is the torn end of a run that was killed, and is cut off when the archive is opened.
"""

from __future__ import annotations

import datetime as dt
import io
import os
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from atlas.discover.body import BodyReader, Limits
from atlas.discover.page import Fetched, digest
from atlas.discover.store import Store

FILE_BYTES = 1_000_000_000
"""From this length on a new file is begun."""
_KEPT = Limits(wire_bytes=1 << 31, body_bytes=1 << 31, ratio=1e9)
"""What is in the archive was bounded when it was fetched."""
_DROPPED = frozenset({"transfer-encoding", "set-cookie"})


class ArchiveError(Exception):
    """A record that should be there is not, or is not what it was."""


class Archive:
    """The archive of an open store."""

    def __init__(self, store: Store, *, file_bytes: int = FILE_BYTES) -> None:
        self._store = store
        self._file_bytes = file_bytes
        self.folder = store.folder / "archive"
        self.folder.mkdir(exist_ok=True, mode=0o700)
        self.recovered_bytes = self._cut_torn_ends()

    def keep(self, page: Fetched) -> bool:
        """Keep a page inside the caller's transaction; false where its body is kept already.

        The record is on the disk before the transaction that counts it ends.
        """
        with self._store.transaction() as database:
            known = database.execute("SELECT 1 FROM record WHERE sha256 = ?", (page.sha256,)).fetchone()
            if known is not None:
                return False
            name, start = self._newest()
            record = _record(page)
            with (self.folder / name).open("r+b" if start else "wb") as file:
                file.seek(start)
                file.truncate()
                file.write(record)
                file.flush()
                os.fsync(file.fileno())
            database.execute(
                "INSERT INTO warc (file, length) VALUES (?, ?) "
                "ON CONFLICT (file) DO UPDATE SET length = excluded.length",
                (name, start + len(record)),
            )
            database.execute(
                "INSERT INTO record (sha256, file, start, length, url, fetched_at) VALUES (?, ?, ?, ?, ?, ?)",
                (page.sha256, name, start, len(record), page.url, page.fetched_at.isoformat()),
            )
        return True

    def read(self, sha256: str) -> Fetched:
        """The page whose body has this digest; raises ``ArchiveError``."""
        query = "SELECT file, start, length, url, fetched_at FROM record WHERE sha256 = ?"
        row = self._store.database.execute(query, (sha256,)).fetchone()
        if row is None:
            raise ArchiveError(f"the archive holds no page {sha256}")
        name, start, length, url, fetched_at = row
        try:
            with (self.folder / name).open("rb") as file:
                file.seek(start)
                raw = file.read(length)
        except OSError as error:
            raise ArchiveError(f"cannot read {name}: {error}") from None
        return _page(raw, sha256, url, dt.datetime.fromisoformat(fetched_at))

    def __contains__(self, sha256: str) -> bool:
        query = "SELECT 1 FROM record WHERE sha256 = ?"
        return self._store.database.execute(query, (sha256,)).fetchone() is not None

    def _newest(self) -> tuple[str, int]:
        """The file to append to, and the length of it that counts."""
        row = self._store.database.execute("SELECT file, length FROM warc ORDER BY file DESC LIMIT 1").fetchone()
        if row is None:
            return _name(1), 0
        name, length = str(row[0]), int(row[1])
        if length < self._file_bytes:
            return name, length
        return _name(int(name[6:11]) + 1), 0

    def _cut_torn_ends(self) -> int:
        """Cut what no transaction counts; forget what is counted and gone, so that it is fetched again."""
        torn = 0
        counted = dict(self._store.database.execute("SELECT file, length FROM warc"))
        for path in sorted(self.folder.glob("atlas-*.warc.gz")):
            length = counted.get(path.name, 0)
            torn += max(0, path.stat().st_size - length)
            if length == 0:
                path.unlink()
            elif path.stat().st_size > length:
                os.truncate(path, length)
        for name, length in counted.items():
            path = self.folder / name
            there = path.stat().st_size if path.is_file() else 0
            if there < length:
                self._forget(name, there)
        return torn

    def _forget(self, name: str, length: int) -> None:
        with self._store.transaction() as database:
            database.execute(
                "UPDATE address SET state = 'waiting', due_at = found_at, etag = '', last_modified = '', sha256 = '' "
                "WHERE sha256 IN (SELECT sha256 FROM record WHERE file = ? AND start + length > ?)",
                (name, length),
            )
            database.execute("DELETE FROM record WHERE file = ? AND start + length > ?", (name, length))
            whole = "SELECT COALESCE(MAX(start + length), 0) FROM record WHERE file = ?"
            (kept,) = database.execute(whole, (name,)).fetchone()
            database.execute("UPDATE warc SET length = ? WHERE file = ?", (kept, name))


def _name(number: int) -> str:
    return f"atlas-{number:05d}.warc.gz"


def _record(page: Fetched) -> bytes:
    """One response record, compressed on its own so that it can be read on its own."""
    buffer = io.BytesIO()
    writer = WARCWriter(buffer, gzip=True)
    headers = [(name, value) for name, value in page.headers.items() if name not in _DROPPED and _is_clean(value)]
    http = StatusAndHeaders(f"{page.status} {'OK' if page.status == 200 else 'Other'}", headers, protocol="HTTP/1.1")
    wire = page.wire or page.body
    record = writer.create_warc_record(
        page.final_url,
        "response",
        payload=io.BytesIO(wire),
        length=len(wire),
        http_headers=http,
        warc_headers_dict={"WARC-Date": page.fetched_at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")},
    )
    writer.write_record(record)
    return buffer.getvalue()


def _is_clean(value: str) -> bool:
    return value.isprintable()


def _page(raw: bytes, sha256: str, url: str, fetched_at: dt.datetime) -> Fetched:
    record = next(iter(ArchiveIterator(io.BytesIO(raw))), None)
    if record is None or record.http_headers is None:
        raise ArchiveError(f"the record of {url} is damaged")
    headers = {str(name).lower(): str(value) for name, value in record.http_headers.headers}
    reader = BodyReader(headers.get("content-encoding", ""), _KEPT)
    reader.take(record.raw_stream.read())
    body, wire = reader.finish()
    if digest(body) != sha256:
        raise ArchiveError(f"the record of {url} is not what was fetched")
    status = int(record.http_headers.get_statuscode())
    final = str(record.rec_headers.get_header("WARC-Target-URI"))
    return Fetched(url, final, status, headers, body, fetched_at, sha256, from_cache=True, wire=wire)


def archive_files(folder: Path) -> list[Path]:
    """The WARC files of a folder, oldest first: of this archive's own, or of another's for a backfill."""
    return sorted([*folder.glob("*.warc"), *folder.glob("*.warc.gz")])
