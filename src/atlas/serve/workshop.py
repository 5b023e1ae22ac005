"""The site that is served: built once, then kept in step with its catalogue.

A document that breaks keeps its last good pages, and what is wrong with it is known until it is whole again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from atlas.catalogue import CatalogueNotFoundError, load_vocabulary, system_files
from atlas.catalogue.load import load_file
from atlas.catalogue.location import vocabulary_folder
from atlas.check import check_system
from atlas.diagnostic import Finding, Level, at_or_above, sort_findings
from atlas.model import Vocabulary
from atlas.serve.error import ServeError
from atlas.site.build import build, read_excuses
from atlas.site.digest import Digest
from atlas.site.live import LiveSite, Update
from atlas.site.output import OutputError

Progress = Callable[[int, int, str], None]
SITE = "site"
_TRIES = 5


@dataclass(frozen=True, slots=True)
class State:
    """What the site shows. ``revision`` grows with every change; ``broken`` says by slug why a document has an old
    page or none.
    """

    revision: int = 0
    digests: Mapping[str, Digest] = field(default_factory=dict)
    broken: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """What an update did: files that differ, slugs rendered and removed, documents that broke or are whole again."""

    files: tuple[str, ...] = ()
    rendered: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    mended: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any((self.files, self.rendered, self.removed, self.broken, self.mended))


class Workshop:
    """The site of one catalogue in a folder of its own; ``cache`` keeps rendered systems between starts.

    ``build`` comes first. ``state`` may be read by any thread; the methods take turns.
    """

    def __init__(self, root: Path, folder: Path, *, today: dt.date, cache: Path) -> None:
        self.root, self.today, self.cache = root, today, cache
        self.site = folder / SITE
        self.state = State()
        self._live: LiveSite | None = None
        self._turn = Lock()
        self._kept_words: tuple[object, Vocabulary] | None = None

    def build(self, progress: Progress | None = None, *, jobs: int = 1) -> State:
        """The whole site but its search index, put in place in one step.

        Raises ServeError when it cannot be written or there is no catalogue.
        """
        try:
            report = build(
                self.root,
                self.site,
                today=self.today,
                jobs=jobs,
                cache=self.cache,
                progress=progress,
                with_search=False,
            )
        except OutputError as error:
            raise ServeError(str(error), "make room for it, or remove the folder") from error
        except OSError as error:
            tip = "make room, or set ATLAS_CACHE to a folder that can be written"
            raise ServeError(f"the site cannot be written: {error}", tip) from error
        except CatalogueNotFoundError as error:
            raise ServeError(str(error), "run in a clone of the project, or give --catalogue DIR") from error
        self._live = LiveSite(self.root, self.site, self.cache, today=self.today)
        self.state = State(1, dict(self._live.digests), _by_slug(report.broken, report.findings))
        return self.state

    def update(self) -> Change:
        """Bring the site in step with the catalogue. What stands in a document never raises."""
        with self._turn:
            done = self._updated()
            before = self.state
            broken = _by_slug(done.broken, done.findings)
            change = Change(
                done.files,
                done.rendered,
                done.removed,
                tuple(slug for slug, why in broken.items() if before.broken.get(slug) != why),
                tuple(slug for slug in before.broken if slug not in broken),
            )
            if change:
                self.state = State(before.revision + 1, dict(self._site().digests), broken)
            return change

    def reindex(self) -> str:
        """Make the search index again; the reason where that was not possible, else nothing."""
        return self._site().reindex().problem

    def findings(self, slug: str) -> list[Finding]:
        """What reading and checking a system's document says now, less what is excused, sorted by place.

        KeyError: no such document.
        """
        path = {path.stem: path for path in system_files(self.root)}[slug]
        with self._turn:
            loaded = load_file(path, self._words(), self.root)
            checked = check_system(loaded.system, today=self.today, root=self.root) if loaded.system else []
        excuses = read_excuses(self.root)[0]
        found = (*loaded.findings, *checked)
        return sort_findings(f for f in found if not any(excuse.covers(f) for excuse in excuses))

    def _words(self) -> Vocabulary:
        """The vocabulary, read again only when one of its files has changed."""
        folder = vocabulary_folder(self.root)
        stamp = [(p.name, p.stat().st_mtime_ns, p.stat().st_size) for p in sorted(folder.glob("*.yaml")) if p.is_file()]
        if self._kept_words is None or self._kept_words[0] != stamp:
            self._kept_words = (stamp, load_vocabulary(folder)[0])
        return self._kept_words[1]

    def _updated(self) -> Update:
        """An update; a file that an editor is just putting in place of another is looked for again."""
        for _ in range(_TRIES):
            try:
                return self._site().update()
            except FileNotFoundError:
                continue
        return self._site().update()

    def _site(self) -> LiveSite:
        if self._live is None:
            raise RuntimeError("build() comes before everything else")
        return self._live


def _by_slug(broken: Sequence[str], findings: Iterable[Finding]) -> dict[str, tuple[Finding, ...]]:
    """For each broken document what is wrong with it: its errors, or all that was found where none is an error."""
    found = list(findings)
    why = {}
    for slug in broken:
        own = [f for f in found if Path(f.position.file).stem == slug]
        why[slug] = tuple(at_or_above(own, Level.ERROR)) or tuple(own)
    return why
