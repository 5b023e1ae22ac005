"""A page as it was fetched: the one thing that the fetching half hands to the reading half."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a server answered.

    ``url`` is what was asked for, ``final_url`` where the redirects ended; ``headers`` have small-letter names (of
    several with one name the values are joined by commas). ``body`` is decoded (no gzip), bounded, and of no known
    charset; ``sha256`` is its digest in hexadecimal. ``fetched_at`` is when the server was asked, in UTC: for a page
    that had not changed since (304) too, whose body then is the archive's and ``from_cache`` true. ``wire`` is the
    body as transferred, for the archive; empty where that is ``body`` itself.
    """

    url: str
    final_url: str
    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    fetched_at: dt.datetime
    sha256: str
    from_cache: bool = False
    wire: bytes = field(default=b"", repr=False)

    @property
    def media_type(self) -> str:
        """Such as ``text/html``, in small letters, without parameters; empty where the server said none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def digest(body: bytes) -> str:
    """The SHA-256 of a body in hexadecimal: the name under which the archive keeps it."""
    return hashlib.sha256(body).hexdigest()
