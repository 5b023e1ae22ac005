"""Triage: what a page is, at a glance."""

from __future__ import annotations

import re

import pytest
from tests.discover.posts import STORE

from atlas.discover.triage import decode, triage

WORDS = re.sub(r"[^\w ]", "", " ".join(STORE.paragraphs)).split()
LINKS = "".join(f"<p><a href=/{i}>{' '.join(WORDS[i : i + 6])}</a></p>" for i in range(0, 240, 6))
GERMAN = (
    "<html><body><article>" + "<p>Wir haben die Daten in den neuen Speicher gebracht und es war nicht leicht.</p>" * 20
)


def test_a_post_is_an_article_with_its_title_and_language() -> None:
    """The title is the article's own, without the name of the blog."""
    look = triage(STORE.html())
    assert (look.kind, look.title, look.language) == ("article", STORE.title, "en")


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        ("<html><body><p>Soon.</p></body></html>", "short"),
        (GERMAN, "foreign"),
        ("no markup at all", "not_html"),
        ("<html><body></body></html>", "empty"),
        (
            f"<html><body><main>{LINKS}</main></body></html>",
            "index",
        ),
    ],
)
def test_what_is_no_english_article_is_told(page: str, kind: str) -> None:
    """Each with its reason."""
    assert triage(page).kind == kind


def test_another_media_type_is_not_read() -> None:
    """A PDF is no page, whatever its bytes look like."""
    assert triage(STORE.html(), "application/pdf").kind == "not_html"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("Größe".encode(), "text/html"),
        ("Größe".encode("latin-1"), "text/html; charset=iso-8859-1"),
        (b'<meta charset="windows-1252">' + "Größe".encode("cp1252"), ""),
        ("Größe".encode("utf-16"), "text/html; charset=utf-16"),
        ("Größe".encode(), "text/html; charset=no-such-charset"),
        ("Größe".encode(), "text/html; charset=ascii"),
    ],
)
def test_bytes_become_the_text_they_were(body: bytes, content_type: str) -> None:
    """By what the server says, by what the page says, and in spite of either where it is wrong."""
    assert "Größe" in decode(body, content_type)
