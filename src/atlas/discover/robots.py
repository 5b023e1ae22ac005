"""What a host's robots.txt allows, read as RFC 9309 says and remembered for a day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from protego import Protego

KEPT = dt.timedelta(days=1)
"""How long a robots.txt is believed (RFC 9309, 2.4)."""
KEPT_UNREACHABLE = dt.timedelta(hours=1)
"""How long a host whose robots.txt cannot be had is left alone before it is asked again."""
READ_BYTES = 512_000
"""What is read of one (RFC 9309, 2.5, asks for 500 KiB at least)."""


@dataclass(frozen=True, slots=True)
class Robots:
    """A host's robots.txt. ``status`` 0 stands for a host that could not be reached."""

    status: int
    text: str
    read_at: dt.datetime

    def is_fresh(self, now: dt.datetime) -> bool:
        """Whether it may still be believed."""
        return now - self.read_at < (KEPT_UNREACHABLE if self.is_closed else KEPT)

    @property
    def is_closed(self) -> bool:
        """Whether nothing may be fetched for now: the server answered with an error of its own, or not at all."""
        return self.status in {0, 429} or self.status >= 500

    def allows(self, url: str, agent: str) -> bool:
        """Whether the agent may fetch an address. Without a robots.txt (4xx) it may."""
        if self.is_closed:
            return False
        if self.status != 200:
            return True
        return bool(_rules(self.text).can_fetch(url, agent))

    def delay_s(self, agent: str) -> float | None:
        """The Crawl-delay that the host asks of the agent, in seconds."""
        if self.status != 200:
            return None
        delay = _rules(self.text).crawl_delay(agent)
        return float(delay) if delay is not None and delay >= 0 else None


@lru_cache(maxsize=256)
def _rules(text: str) -> Any:
    return Protego.parse(text)


class RobotsStore(Protocol):
    """Where robots.txt files are remembered, by the host's origin such as ``https://discord.com``."""

    def robots(self, origin: str) -> Robots | None:
        """What was last read, fresh or not."""

    def keep_robots(self, origin: str, robots: Robots) -> None:
        """Remember one."""


class RobotsInMemory:
    """A store that forgets with the process."""

    def __init__(self) -> None:
        self._kept: dict[str, Robots] = {}

    def robots(self, origin: str) -> Robots | None:
        """What was last read."""
        return self._kept.get(origin)

    def keep_robots(self, origin: str, robots: Robots) -> None:
        """Remember one."""
        self._kept[origin] = robots
