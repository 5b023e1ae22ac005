"""All the text of a page, in its order: where a figure may stand, navigation and tables included."""

from __future__ import annotations

from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree

from atlas.discover.page import Fetched
from atlas.discover.triage import decode

_MARKUP = frozenset({"text/html", "application/xhtml+xml", ""})


def page_text(page: Fetched) -> str | None:
    """The text, a block a line; ``None`` for what is no text here (a PDF, a picture, a film)."""
    kind = page.media_type
    if kind not in _MARKUP and not kind.startswith("text/"):
        return None
    if kind in _MARKUP and page.body.lstrip()[:5] == b"%PDF-":
        return None
    text = decode(page.body, page.headers.get("content-type", ""))
    if kind not in _MARKUP:
        return text
    return str(extract_plain_text(HTMLTree.parse(text), preserve_formatting=True, main_content=False, alt_texts=False))
