"""The text of a page: every charset, every block, nothing that is no text."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas.discover.page import Fetched, digest
from atlas.discover.page_text import page_text

NOW = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)


def _page(body: bytes, kind: str = "text/html") -> Fetched:
    return Fetched("https://x.example/", "https://x.example/", 200, {"content-type": kind}, body, NOW, digest(body))


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("<p>Größe über 9 TB</p>".encode(), "text/html; charset=utf-8"),
        ("<p>Größe über 9 TB</p>".encode(), "text/html"),
        ("<p>Größe über 9 TB</p>".encode("latin-1"), "text/html; charset=ISO-8859-1"),
        ("<meta charset=latin1><p>Größe über 9 TB</p>".encode("latin-1"), "text/html"),
        ("<p>Größe über 9 TB</p>".encode("utf-16"), "text/html; charset=utf-16"),
        ("<p>Größe über 9 TB</p>".encode(), "text/html; charset=no-such-charset"),
        ("<p>Größe über 9 TB</p>".encode("latin-1"), "text/html; charset=utf-8"),
        ("<p>Größe über 9 TB</p>".encode(), ""),
        ("Größe über 9 TB".encode(), "text/plain; charset=utf-8"),
    ],
)
def test_charsets_are_read_right_and_announced_wrong(body: bytes, kind: str) -> None:
    """What the server says counts where it fits; otherwise the bytes speak."""
    text = page_text(_page(body, kind))
    assert text is not None
    assert "Größe über 9 TB" in text


def test_blocks_stand_on_lines_of_their_own() -> None:
    """A heading, a cell and a list item are not joined with their neighbours; scripts are no text."""
    html = b"<h1>Scale</h1><p>We run 72 nodes.</p><ul><li>9 TB each</li></ul><script>var nodes = 99</script>"
    text = page_text(_page(html)) or ""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    assert lines[:2] == ["Scale", "We run 72 nodes."]
    assert "9 TB each" in lines[2]
    assert "99" not in text


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"%PDF-1.7 ...", "application/pdf"),
        (b"%PDF-1.7 ...", "text/html"),
        (b"\x89PNG", "image/png"),
        (b"{}", "application/json"),
    ],
)
def test_what_is_no_text_is_none(body: bytes, kind: str) -> None:
    """A PDF is not read as a page, whatever the server calls it."""
    assert page_text(_page(body, kind)) is None


@given(st.binary(max_size=400), st.sampled_from(["text/html", "text/html; charset=utf-16", "text/plain", ""]))
def test_no_bytes_break_the_reader(body: bytes, kind: str) -> None:
    """Property: any bytes give a text or none."""
    text = page_text(_page(body, kind))
    assert text is None or isinstance(text, str)
