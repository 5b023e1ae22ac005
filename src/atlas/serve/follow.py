"""Follows the catalogue while it is served: pages at once, the search index soon after, broken documents by name."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import watchfiles

from atlas.diagnostic import to_text
from atlas.serve.bell import Bell
from atlas.serve.workshop import Change, Workshop

_GROUP_MS = 200
_STEP_MS = 20
_QUIET_S = 0.5
"""So long nothing may change before the search index is made again."""


class Follower:
    """Keeps a workshop's site in step with the files; ``say`` gets each line for the console."""

    def __init__(self, workshop: Workshop, bell: Bell | None, say: Callable[[str], Any]) -> None:
        self.workshop, self.bell, self.say = workshop, bell, say
        self.stop = asyncio.Event()
        self._is_stale = asyncio.Event()

    async def follow(self, *, watch: bool) -> None:
        """Make the search index, then follow changes until ``stop`` is set."""
        self._tell_state()
        for slug, why in self.workshop.state.broken.items():
            self.say(f"{slug} has no page:\n{to_text(why)}")
        self._is_stale.set()
        indexing = asyncio.create_task(self._index())
        try:
            await (self._watch() if watch else self.stop.wait())
        finally:
            indexing.cancel()
            await asyncio.gather(indexing, return_exceptions=True)

    def end(self) -> None:
        """Stop soon; streams of open pages end, and what is broken off has nothing more to say."""
        self.stop.set()
        if self.bell is not None:
            self.bell.close()

    async def _watch(self) -> None:
        root = self.workshop.root
        changes = watchfiles.awatch(
            root, watch_filter=_is_data, debounce=_GROUP_MS, step=_STEP_MS, stop_event=self.stop
        )
        await self._update()  # for what changed since the build began
        async for _ in changes:
            await self._update()

    async def _update(self) -> None:
        try:
            change = await asyncio.to_thread(self.workshop.update)
        except Exception as error:
            self.say(f"not updated, the last good pages stay: {type(error).__name__}: {error}")
            return
        if change:
            self._tell(change)

    def _tell(self, change: Change) -> None:
        state = self.workshop.state
        for slug in change.rendered:
            self.say(f"rebuilt {slug}")
        for slug in change.removed:
            self.say(f"removed {slug}")
        for slug in change.mended:
            self.say(f"{slug} is whole again")
        for slug in change.broken:
            kept = "its last good page stays" if slug in state.digests else "it has no page"
            self.say(f"{slug} is broken, {kept}:\n{to_text(state.broken[slug])}")
        if self.bell is not None:
            self.bell.ring("change", {"revision": state.revision, "files": change.files})
        self._tell_state()
        if change.files or change.removed:
            self._is_stale.set()

    def _tell_state(self) -> None:
        if self.bell is None:
            return
        state = self.workshop.state
        problems = [
            {"system": slug, "place": str(f.position), "code": f.code, "message": f.message, "tip": f.tip}
            for slug, why in state.broken.items()
            for f in why
        ]
        self.bell.ring("state", {"server": os.getpid(), "revision": state.revision, "problems": problems})

    async def _index(self) -> None:
        """Make the search index whenever it is stale and the catalogue has been quiet for a moment."""
        said = ""
        while True:
            await self._is_stale.wait()
            while self._is_stale.is_set():
                self._is_stale.clear()
                await asyncio.sleep(_QUIET_S)
            try:
                problem = await asyncio.to_thread(self.workshop.reindex)
            except OSError as error:
                problem = f"search is left out: {error}"
            if problem and problem != said and not self.stop.is_set():
                self.say(problem)
            said = problem


def _is_data(_: watchfiles.Change, path: str) -> bool:
    """Documents, vocabularies, outcomes, visits and metrics, and folders that are moved as a whole."""
    return Path(path).suffix in {".yaml", ".json", ".csv", ""} and not Path(path).name.startswith(".")
