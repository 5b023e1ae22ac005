"""A body as it comes over the wire: how much of it is read, and how far it may unfold.

A few kilobytes of gzip can unfold to gigabytes, so unfolding happens piece by piece and stops at a bound in bytes and
at a bound on the ratio of unfolded to transferred bytes.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Protocol

import brotli

from atlas.discover.address import RefusedError

_PIECE = 65_536


@dataclass(frozen=True, slots=True)
class Limits:
    """What one page may cost. Sizes in bytes, times in seconds.

    ``ratio`` bounds unfolded to transferred bytes once ``ratio_from_bytes`` have unfolded: repetitive pages compress
    a hundredfold and are no bomb while they are small.
    """

    wire_bytes: int = 8_000_000
    body_bytes: int = 16_000_000
    ratio: float = 200.0
    ratio_from_bytes: int = 1_000_000
    header_bytes: int = 32_768
    total_s: float = 60.0
    silence_s: float = 15.0
    connect_s: float = 10.0
    least_bytes_per_s: float = 500.0
    grace_s: float = 10.0
    redirects: int = 5


class _Unfolder(Protocol):
    def feed(self, piece: bytes, most: int) -> bytes: ...

    def is_whole(self) -> bool: ...


class _Plain:
    def feed(self, piece: bytes, most: int) -> bytes:
        return piece

    def is_whole(self) -> bool:
        return True


class _Zlib:
    """gzip, and deflate with or without the wrapper that the standard asks for and half the servers leave out."""

    def __init__(self, encoding: str) -> None:
        self._inner = zlib.decompressobj(zlib.MAX_WBITS | 16 if encoding == "gzip" else zlib.MAX_WBITS)
        self._may_be_raw = encoding == "deflate"

    def feed(self, piece: bytes, most: int) -> bytes:
        first, self._may_be_raw = self._may_be_raw, False
        try:
            unfolded = self._inner.decompress(self._inner.unconsumed_tail + piece, most)
        except zlib.error:
            if not first:
                raise
            self._inner = zlib.decompressobj(-zlib.MAX_WBITS)
            unfolded = self._inner.decompress(piece, most)
        return unfolded

    def is_whole(self) -> bool:
        return self._inner.eof


class _Brotli:
    def __init__(self) -> None:
        self._inner = brotli.Decompressor()

    def feed(self, piece: bytes, most: int) -> bytes:
        parts = [self._inner.process(piece, output_buffer_limit=most)]
        got = len(parts[0])
        while got < most and not self._inner.can_accept_more_data():
            parts.append(self._inner.process(b"", output_buffer_limit=most - got))
            got += len(parts[-1])
        return b"".join(parts)

    def is_whole(self) -> bool:
        return bool(self._inner.is_finished())


def _unfolder(encoding: str) -> _Unfolder:
    words = [word.strip().lower() for word in encoding.split(",") if word.strip()]
    words = [word for word in words if word != "identity"]
    if not words:
        return _Plain()
    if len(words) > 1:
        raise RefusedError(f"the body is encoded {len(words)} times over: {encoding[:60]}")
    match words[0]:
        case "gzip" | "x-gzip":
            return _Zlib("gzip")
        case "deflate":
            return _Zlib("deflate")
        case "br":
            return _Brotli()
        case other:
            raise RefusedError(f"the body is encoded as {other[:40]!r}, which was not asked for")


class BodyReader:
    """Takes the pieces of one body and gives the unfolded whole; raises ``RefusedError`` at a bound."""

    def __init__(self, encoding: str, limits: Limits) -> None:
        self._limits = limits
        self._unfolder = _unfolder(encoding)
        self._is_plain = isinstance(self._unfolder, _Plain)
        self._wire: list[bytes] = []
        self._body: list[bytes] = []
        self.wire_bytes = 0
        self.body_bytes = 0

    def take(self, piece: bytes) -> None:
        """One more piece of the wire."""
        self.wire_bytes += len(piece)
        if self.wire_bytes > self._limits.wire_bytes:
            raise RefusedError(f"the page is longer than {self._limits.wire_bytes:,} bytes")
        self._wire.append(piece)
        if not self._is_plain:
            for start in range(0, len(piece), _PIECE):
                self._unfold(piece[start : start + _PIECE])

    def _unfold(self, piece: bytes) -> None:
        room = self._limits.body_bytes - self.body_bytes + 1
        try:
            unfolded = self._unfolder.feed(piece, room)
        except (zlib.error, brotli.error) as error:
            raise RefusedError(f"the compressed body is broken: {error}") from None
        self.body_bytes += len(unfolded)
        self._body.append(unfolded)
        if self.body_bytes > self._limits.body_bytes:
            raise RefusedError(f"the body unfolds to more than {self._limits.body_bytes:,} bytes")
        if self.body_bytes > self._limits.ratio_from_bytes and self.body_bytes > self._limits.ratio * self.wire_bytes:
            raise RefusedError(f"the body unfolds more than {self._limits.ratio:.0f}-fold")

    def cut(self) -> bytes:
        """What has been unfolded so far."""
        return b"".join(self._wire if self._is_plain else self._body)

    def finish(self) -> tuple[bytes, bytes]:
        """The unfolded body, and the bytes of the wire (empty where they are the body itself)."""
        wire = b"".join(self._wire)
        if self._is_plain or not wire:
            return wire, b""
        if not self._unfolder.is_whole():
            raise RefusedError("the compressed body ends too early")
        return b"".join(self._body), wire
