"""One request at a time to a host, with a pause between two, and silence as long as the host asks for it."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

SPACING_S = 2.0
"""Between the end of one request to a host and the beginning of the next, where robots.txt asks for no more."""
LONGEST_DELAY_S = 60.0
"""A Crawl-delay beyond this counts as this: a page a minute is polite to anybody."""
LONGEST_WAIT = dt.timedelta(days=7)
"""A Retry-After beyond this counts as this."""


@dataclass
class _Host:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0


class Politeness:
    """Turns at hosts. ``spacing_s`` is the pause; a host's own Crawl-delay may lengthen it, never shorten it."""

    def __init__(self, spacing_s: float = SPACING_S) -> None:
        self.spacing_s = spacing_s
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, host: str, delay_s: float | None = None) -> AsyncIterator[None]:
        """Wait until the host is free, hold it, and begin its pause when done."""
        state = self._hosts.setdefault(host, _Host())
        loop = asyncio.get_running_loop()
        async with state.lock:
            wait = state.free_at - loop.time()
            if wait > 0:
                await asyncio.sleep(wait)
            try:
                yield
            finally:
                pause = max(self.spacing_s, min(delay_s or 0.0, LONGEST_DELAY_S))
                state.free_at = loop.time() + pause


def retry_after(headers: Mapping[str, str], now: dt.datetime) -> dt.datetime | None:
    """When a server asks to be left alone until (RFC 9110, 10.2.3): seconds or a date; ``None`` where it does not say.

    Never before ``now`` and never later than ``LONGEST_WAIT`` from it; what cannot be read counts as not said.
    """
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    if text.isascii() and text.isdigit():
        seconds = min(int(text[:12]), int(LONGEST_WAIT.total_seconds()))
        return now + dt.timedelta(seconds=seconds)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return min(max(moment.astimezone(dt.UTC), now), now + LONGEST_WAIT)
