"""Asking only for what has changed since: the validators of a page (RFC 9110, section 13)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_LONGEST = 1_000


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server said of the version it sent: its tag and its date, as printed."""

    etag: str = ""
    last_modified: str = ""

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> Validators:
        """Those of an answer; absurdly long ones are not kept."""
        return cls(_short(headers.get("etag", "")), _short(headers.get("last-modified", "")))

    def request_headers(self) -> dict[str, str]:
        """The headers that ask for the page only if it has changed."""
        asked = {}
        if self.etag:
            asked["If-None-Match"] = self.etag
        if self.last_modified:
            asked["If-Modified-Since"] = self.last_modified
        return asked


def _short(text: str) -> str:
    is_plain = len(text) <= _LONGEST and text.isprintable()
    return text if is_plain else ""
