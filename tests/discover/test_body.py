"""Bodies: how much is read, and how far they may unfold."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas.discover.address import RefusedError
from atlas.discover.body import BodyReader, Limits

TEXT = b"<p>Atlas reads what engineers publish.</p>" * 50
FORMS = {
    "": TEXT,
    "identity": TEXT,
    "gzip": gzip.compress(TEXT, mtime=0),
    "x-gzip": gzip.compress(TEXT, mtime=0),
    "GZIP": gzip.compress(TEXT, mtime=0),
    "deflate": zlib.compress(TEXT),
    "br": brotli.compress(TEXT),
}


def _brotli(body: bytes) -> bytes:
    packed: bytes = brotli.compress(body, quality=5)
    return packed


def _read(encoding: str, wire: bytes, piece: int, limits: Limits | None = None) -> bytes:
    reader = BodyReader(encoding, limits or Limits())
    for start in range(0, len(wire), piece):
        reader.take(wire[start : start + piece])
    return reader.finish()[0]


@pytest.mark.parametrize("encoding", FORMS)
@pytest.mark.parametrize("piece", [1, 7, 100_000])
def test_every_encoding_unfolds_in_any_pieces(encoding: str, piece: int) -> None:
    """gzip, deflate and brotli give the text, however the network cuts them."""
    assert _read(encoding, FORMS[encoding], piece) == TEXT


def test_deflate_without_its_wrapper_unfolds_too() -> None:
    """Half the servers leave out the zlib wrapper that the standard asks for."""
    packer = zlib.compressobj(wbits=-15)
    assert _read("deflate", packer.compress(TEXT) + packer.flush(), 1_000) == TEXT


def test_what_came_over_the_wire_is_kept_for_the_archive() -> None:
    """The wire is given back for a compressed body and left out for a plain one."""
    reader = BodyReader("gzip", Limits())
    reader.take(FORMS["gzip"])
    assert reader.finish() == (TEXT, FORMS["gzip"])
    plain = BodyReader("", Limits())
    plain.take(TEXT)
    assert plain.finish() == (TEXT, b"")


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
def test_a_bomb_stops_before_it_has_unfolded(encoding: str) -> None:
    """A bomb is refused, and no more than its bound is ever held (brotli rounds up to its blocks of 64 KiB)."""
    zeros = bytes(50_000_000)
    packers: dict[str, Callable[[bytes], bytes]] = {
        "gzip": gzip.compress,
        "deflate": zlib.compress,
        "br": lambda b: brotli.compress(b, quality=5),
    }
    reader = BodyReader(encoding, Limits(body_bytes=2_000_000, ratio=1e9))
    with pytest.raises(RefusedError, match="unfolds to more than"):
        reader.take(packers[encoding](zeros))
    assert reader.body_bytes <= 2_000_000 + 2 * 65_536


def test_a_ratio_beyond_reason_is_refused_below_the_bound_too() -> None:
    """A page that unfolds a thousandfold is refused although it would fit."""
    with pytest.raises(RefusedError, match="-fold"):
        _read("gzip", gzip.compress(bytes(10_000_000)), 1_000)


def test_a_long_page_is_refused_while_it_comes() -> None:
    """The bound on the wire holds without a Content-Length."""
    reader = BodyReader("", Limits(wire_bytes=10_000))
    reader.take(bytes(10_000))
    with pytest.raises(RefusedError, match="longer than"):
        reader.take(b"x")


@pytest.mark.parametrize(
    ("encoding", "wire", "why"),
    [
        ("gzip", FORMS["gzip"][:-20], "ends too early"),
        ("gzip", b"\x1f\x8bnot gzip at all....", "broken"),
        ("br", b"\xff" * 64, "broken"),
        ("zstd", b"x", "not asked for"),
        ("gzip, gzip", b"x", "2 times"),
    ],
    ids=["cut", "no gzip", "no brotli", "unknown", "twice"],
)
def test_broken_and_unknown_encodings_are_refused(encoding: str, wire: bytes, why: str) -> None:
    """A cut, a broken, an unknown and a doubled encoding are refused with the reason."""
    with pytest.raises(RefusedError, match=why):
        _read(encoding, wire, 1_000)


@given(st.binary(max_size=3_000), st.integers(1, 700))
def test_unfolding_gives_what_was_folded(body: bytes, piece: int) -> None:
    """Property: for any body and any cuts, all three encodings give it back."""
    for encoding, wire in (
        ("gzip", gzip.compress(body)),
        ("deflate", zlib.compress(body)),
        ("br", brotli.compress(body)),
    ):
        assert _read(encoding, wire, piece) == body


@given(st.sampled_from(["gzip", "deflate", "br"]), st.binary(min_size=1, max_size=2_000))
def test_garbage_is_refused_and_never_breaks(encoding: str, wire: bytes) -> None:
    """Property: bytes that are no compressed body end in a refusal or in some body, never in another error."""
    try:
        body = _read(encoding, wire, 64)
    except RefusedError:
        return
    assert isinstance(body, bytes)
