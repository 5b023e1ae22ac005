"""An address leads to a document, not to a placeholder or a front page.

Fact: no placeholder words (`specific`, `example`, `todo`, `xxx`, `placeholder`) in the address, a video has an id of
eleven characters, and a source is more than the root of a site.
Bounds: none.

Fails: https://www.youtube.com/watch?v=specific
Mend: open the document and copy its own address.
"""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

WORDS = re.compile(
    r"(?<![a-z])(?:specific|placeholder|todo|tbd|xxx+|lorem|your-url|insert|dummy)(?![a-z-])", re.IGNORECASE
)
HOSTS = re.compile(r"(?:^|\.)(?:example\.(?:com|org|net)|localhost|invalid|test)$", re.IGNORECASE)
VIDEO = re.compile(r"[A-Za-z0-9_-]{11}")


def problem(url: str) -> str:
    """What is wrong with an address; empty where nothing is."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if HOSTS.search(host):
        return "the host is a placeholder"
    if host.endswith("youtube.com") and parts.path == "/watch":
        video = parse_qs(parts.query).get("v", [""])[0]
        if not VIDEO.fullmatch(video):
            return f"{video!r} is not the id of a video"
    if WORDS.search(parts.path) or WORDS.search(parts.query):
        return "the address holds a placeholder"
    return ""


def is_front_page(url: str) -> bool:
    """Whether an address is only that of a site."""
    parts = urlsplit(url)
    return parts.path in ("", "/") and not parts.query


def run(case: Case) -> Iterator[Breach]:
    """Each source with an address."""
    for ident, source in case.document.sources.items():
        wrong = problem(source.url) if source.url else ""
        if source.url and not wrong and source.type != "status" and is_front_page(source.url):
            wrong = "a front page is not a source"
        if source.url and wrong:
            yield Breach(
                f"sources.{ident}.url",
                wrong,
                actual=source.url,
                expected="the document's own address",
                tip="Open the document and copy its address.",
            )


CHECK = Check("EVI005", "real_url", Scope.SYSTEM, Level.ERROR, Family.EVIDENCE, run)
