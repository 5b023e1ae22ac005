"""Tells open pages what changed: one stream of server-sent events for each."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

MOST_LISTENERS = 100
_HEARTBEAT_S = 15.0
_WAITING_MOST = 64


class Bell:
    """Rung in the event loop; each listener gets every event from then on, and the last state first."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[str | None]] = set()
        self._state = message("state", {})
        self.is_closed = False

    @property
    def is_full(self) -> bool:
        """Whether no more pages can listen."""
        return len(self._listeners) >= MOST_LISTENERS

    def ring(self, name: str, data: dict[str, Any]) -> None:
        """Tell all listeners; an event called ``state`` is also told to those who come later."""
        text = message(name, data)
        if name == "state":
            self._state = text
        for queue in self._listeners:
            if queue.full():  # a page that has gone to sleep: it learns the state when it wakes
                queue.get_nowait()
            queue.put_nowait(text)

    def close(self) -> None:
        """End all streams, so that the server can stop."""
        self.is_closed = True
        for queue in self._listeners:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(None)

    async def listen(self) -> AsyncIterator[str]:
        """The stream of one page, with a sign of life every quarter of a minute."""
        queue: asyncio.Queue[str | None] = asyncio.Queue(_WAITING_MOST)
        self._listeners.add(queue)
        try:
            yield self._state
            while not self.is_closed:
                try:
                    text = await asyncio.wait_for(queue.get(), _HEARTBEAT_S)
                except TimeoutError:
                    text = ": still here\n\n"
                if text is None:
                    return
                yield text
        finally:
            self._listeners.discard(queue)


def message(name: str, data: dict[str, Any]) -> str:
    """One server-sent event."""
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
