"""Search over names, components and claims, for programs; readers have the site's own search."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from atlas.serve.answers import Hit
from atlas.serve.workshop import State
from atlas.site.digest import Digest


class Finder:
    """Finds what holds all words of a query; reads the site's data anew when its revision has changed."""

    def __init__(self, site: Path) -> None:
        self.site = site
        self._kept: tuple[int, tuple[tuple[str, Hit], ...]] = (-1, ())

    def find(self, query: str, state: State) -> list[Hit]:
        """All hits, best first: systems before components before claims, and titles before other text."""
        words = query.lower().split()
        found = [hit for text, hit in self._entries(state) if all(word in text for word in words)]
        return sorted(found, key=lambda hit: not all(word in hit.title.lower() for word in words))

    def _entries(self, state: State) -> tuple[tuple[str, Hit], ...]:
        revision, entries = self._kept
        if revision != state.revision:
            hits = sorted(self._all(state.digests.values()), key=lambda h: _ORDER.index(h.kind))
            entries = tuple((f"{h.system} {h.id} {h.title} {h.text}".lower(), h) for h in hits)
            self._kept = (state.revision, entries)  # in one step: requests run in threads
        return entries

    def _all(self, digests: Iterable[Digest]) -> Iterator[Hit]:
        for one in digests:
            page = f"/systems/{one.slug}/"
            text = f"{one.summary} {one.challenge}".strip()
            yield Hit(kind="system", system=one.slug, id=one.id, title=one.name, text=text, page=page)
            yield from self._components(one.slug, page)
            for claim in one.claims:
                place, said = f"{page}evidence/#claim-{claim.id}", f"{claim.text} ({claim.quote})"
                yield Hit(kind="claim", system=one.slug, id=claim.id, title=claim.what, text=said, page=place)

    def _components(self, slug: str, page: str) -> Iterator[Hit]:
        try:
            document = json.loads((self.site / f"api/v1/systems/{slug}/document.json").read_bytes())
        except (OSError, ValueError):
            return
        for ident, component in document.get("components", {}).items():
            words = (component.get("does"), component.get("technology"), component.get("kind"), component.get("plane"))
            text = ", ".join(str(word) for word in words if word)
            place = f"{page}components/"
            yield Hit(kind="component", system=slug, id=ident, title=component["name"], text=text, page=place)


_ORDER = ("system", "component", "claim")
