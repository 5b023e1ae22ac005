"""The files of a built site, as answers: types, entity tags, compression, and no way out of the folder."""

from __future__ import annotations

import gzip
import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".csv": "text/csv; charset=utf-8",
    ".mmd": "text/vnd.mermaid; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".xml": "application/xml",
    ".wasm": "application/wasm",
    ".woff2": "font/woff2",
    ".png": "image/png",
}
_OTHER = "application/octet-stream"
_COMPRESSED = frozenset(TYPES) - {".woff2", ".png"}
_WORTH_COMPRESSING_BYTES = 512
_KEPT_BYTES = 64_000_000
_LONGEST = 240
"""Bytes: fewer than what any file system allows a name to have."""
_FORBIDDEN = ("\\", ":", "\x00")


@dataclass(frozen=True, slots=True)
class Body:
    """A file ready to be sent; ``zipped`` is empty where compression does not pay."""

    stamp: tuple[int, int]
    type: str
    tag: str
    plain: bytes
    zipped: bytes


class Pages:
    """An ASGI application that answers with the files of ``folder``.

    ``head`` is put at the end of the head of every page but those for other sites' frames. Files are kept in
    memory until they change.
    """

    def __init__(self, folder: Path, *, head: bytes = b"") -> None:
        self.folder = folder
        self._head = head
        self._kept: OrderedDict[str, Body] = OrderedDict()
        self._size = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await self.answer(scope["path"], scope["method"], Headers(scope=scope))(scope, receive, send)

    def answer(self, path: str, method: str, headers: Headers) -> Response:
        """The file at an address, the way to the folder meant, or the page that says there is nothing."""
        if method not in {"GET", "HEAD"}:
            return PlainTextResponse("Pages can only be read.\n", 405, {"Allow": "GET, HEAD"})
        name = file_name(path)
        if name is None:
            return self._missing(headers)
        if not name.endswith("index.html") and (self.folder / name / "index.html").is_file():
            return RedirectResponse(f"/{name}/", 308)
        body = self.body(name)
        return _sent(body, headers, 200) if body else self._missing(headers)

    def body(self, name: str) -> Body | None:
        """A file by its name below the folder; ``None`` where there is none."""
        path = self.folder / name
        try:
            if not path.resolve().is_relative_to(self.folder.resolve()) or not path.is_file():
                return None
            about = path.stat()
            stamp = (about.st_mtime_ns, about.st_size)
            kept = self._kept.get(name)
            if kept is not None and kept.stamp == stamp:
                self._kept.move_to_end(name)
                return kept
            return self._keep(name, self._read(path, name, stamp))
        except OSError:
            return None

    def _read(self, path: Path, name: str, stamp: tuple[int, int]) -> Body:
        plain = path.read_bytes()
        if self._head and path.suffix == ".html" and not name.startswith("embed/"):
            plain = plain.replace(b"</head>", self._head + b"</head>", 1)
        zipped = gzip.compress(plain, 6, mtime=0) if path.suffix in _COMPRESSED else b""
        pays = len(plain) >= _WORTH_COMPRESSING_BYTES and len(zipped) < len(plain)
        tag = hashlib.sha256(plain).hexdigest()[:20]
        return Body(stamp, TYPES.get(path.suffix, _OTHER), tag, plain, zipped if pays else b"")

    def _keep(self, name: str, body: Body) -> Body:
        old = self._kept.pop(name, None)
        self._size -= _size(old) if old else 0
        self._kept[name] = body
        self._size += _size(body)
        while self._size > _KEPT_BYTES:
            _, oldest = self._kept.popitem(last=False)
            self._size -= _size(oldest)
        return body

    def _missing(self, headers: Headers) -> Response:
        body = self.body("404.html")
        return _sent(body, headers, 404) if body else PlainTextResponse("There is no such page.\n", 404)


def file_name(path: str) -> str | None:
    """The file that an address means, below the site's folder; ``None`` where it can mean none.

    Hidden files, long names, empty parts, dots, backslashes and drive letters never name a file.
    """
    if len(path.encode("utf-8", "replace")) > _LONGEST:
        return None
    parts = path.removeprefix("/").split("/")
    if parts[-1] == "":
        parts[-1] = "index.html"
    for part in parts:
        if not part or part.startswith(".") or any(bad in part for bad in _FORBIDDEN) or not part.isprintable():
            return None
    return "/".join(parts)


def _sent(body: Body, headers: Headers, status: int) -> Response:
    zipped = bool(body.zipped) and _takes_gzip(headers.get("accept-encoding", ""))
    tag = f'"{body.tag}-gzip"' if zipped else f'"{body.tag}"'
    shown = {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if status == 200 and _has(headers.get("if-none-match", ""), body.tag):
        return Response(status_code=304, headers=shown)
    if zipped:
        shown["Content-Encoding"] = "gzip"
    return Response(body.zipped if zipped else body.plain, status, {**shown, "Content-Type": body.type})


def _has(given: str, tag: str) -> bool:
    """Whether a browser holds this version, whatever way it was compressed."""
    names = [one.strip().removeprefix("W/").strip('"').removesuffix("-gzip") for one in given.split(",")]
    return tag in names or "*" in names


def _takes_gzip(accepted: str) -> bool:
    for one in accepted.lower().split(","):
        coding, _, parameters = one.partition(";")
        if coding.strip() in {"gzip", "*"}:
            return parameters.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


def _size(body: Body) -> int:
    return len(body.plain) + len(body.zipped)
