"""All the text of a page, in its order: where a figure may stand, navigation and tables included."""

from __future__ import annotations

import re

from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.encoding import bytes_to_str, detect_encoding
from resiliparse.parse.html import HTMLTree

from atlas.discover.page import Fetched

_MARKUP = frozenset({"text/html", "application/xhtml+xml", ""})
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._-]+)", re.IGNORECASE)


def page_text(page: Fetched) -> str | None:
    """The text, a block a line; ``None`` for what is no text here (a PDF, a picture, a film)."""
    kind = page.media_type
    if kind not in _MARKUP and not kind.startswith("text/"):
        return None
    if kind in _MARKUP and page.body.lstrip()[:5] == b"%PDF-":
        return None
    text = decoded(page)
    if kind not in _MARKUP:
        return text
    return str(extract_plain_text(HTMLTree.parse(text), preserve_formatting=True, main_content=False, alt_texts=False))


def decoded(page: Fetched) -> str:
    """A page's characters: by the charset that the server names where it fits, else by the bytes themselves."""
    named = _CHARSET.search(page.headers.get("content-type", ""))
    if named is not None:
        try:
            return page.body.decode(named[1])
        except (LookupError, UnicodeError):
            pass  # announced and wrong, as so often
    return str(bytes_to_str(page.body, detect_encoding(page.body) or "utf-8"))
