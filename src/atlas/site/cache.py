"""The cache of rendered systems: a folder for each content hash, so that only what changed is rendered again."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

from atlas.draw import RENDERER_VERSION
from atlas.site.digest import Digest
from atlas.site.output import write_files

_DIGEST = "digest.json"
_SIZES = "sizes.json"
_FILES = "files"
_KEPT_AT_LEAST = 64
_KEPT_INDEXES = 3


@cache
def code_version() -> str:
    """A hash of every module, template and asset of the program, and of the renderer: part of every key."""
    package = Path(str(files("atlas")))
    state = hashlib.sha256(RENDERER_VERSION.encode())
    for path in sorted(package.rglob("*")):
        if path.suffix in (".py", ".html", ".css", ".js") and path.is_file():
            state.update(str(path.relative_to(package)).encode())
            state.update(path.read_bytes())
    return state.hexdigest()


def key(*parts: bytes | str) -> str:
    """A hash over the parts in order."""
    state = hashlib.sha256(code_version().encode())
    for part in parts:
        data = part.encode("utf-8", "surrogateescape") if isinstance(part, str) else part
        state.update(len(data).to_bytes(8, "big"))
        state.update(data)
    return state.hexdigest()[:32]


class Cache:
    """Rendered systems under a folder. Entries appear whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def digest(self, name: str) -> Digest | None:
        """The digest kept under a key; a broken entry, or one that lacks some of its pages, counts as absent."""
        try:
            sizes: dict[str, int] = json.loads((self.folder / name / _SIZES).read_bytes())
            pages = self.folder / name / _FILES
            if any((pages / page).stat().st_size != size for page, size in sizes.items()):
                return None
            return Digest.model_validate_json((self.folder / name / _DIGEST).read_bytes())
        except (OSError, ValueError, AttributeError):
            return None

    def put(self, name: str, digest: Digest, pages: Mapping[str, str | bytes]) -> None:
        """Keep what was rendered; if another process was first, its entry stays."""
        self.folder.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=".partial-", dir=self.folder))
        try:
            write_files(partial / _FILES, pages)
            sizes = {page: (partial / _FILES / page).stat().st_size for page in pages}
            (partial / _SIZES).write_text(json.dumps(sizes), "utf-8")
            (partial / _DIGEST).write_text(digest.model_dump_json(), "utf-8")
            if self.digest(name) is None:
                shutil.rmtree(self.folder / name, ignore_errors=True)
            with contextlib.suppress(OSError):
                partial.rename(self.folder / name)
        finally:
            shutil.rmtree(partial, ignore_errors=True)

    def copy(self, name: str, out: Path) -> int:
        """Copy an entry's pages into a site; returns how many."""
        count = 0
        source = self.folder / name / _FILES
        os.utime(source.parent)  # so that pruning sees it as used
        for one in source.rglob("*"):
            target = out / one.relative_to(source)
            if one.is_dir():
                target.mkdir(parents=True, exist_ok=True)
            else:
                shutil.copyfile(one, target)
                count += 1
        return count

    def names(self, name: str) -> set[str]:
        """Relative paths of an entry's pages."""
        source = self.folder / name / _FILES
        return {str(p.relative_to(source)) for p in source.rglob("*") if p.is_file()}

    def prune(self, used: Collection[str]) -> None:
        """Remove the entries used longest ago, beyond three times what this build used."""
        for prefix, most in (("", max(_KEPT_AT_LEAST, 2 * len(used))), ("pagefind-", _KEPT_INDEXES)):
            others = sorted(self._others(used, prefix), key=_last_used, reverse=True)
            for folder in others[most:]:
                shutil.rmtree(folder, ignore_errors=True)

    def _others(self, used: Collection[str], prefix: str) -> Iterator[Path]:
        for path in self.folder.iterdir():
            is_kind = path.name.startswith(prefix) if prefix else "-" not in path.name
            if path.is_dir() and is_kind and path.name not in used:
                yield path


def _last_used(folder: Path) -> float:
    """When an entry was used (seconds of the file system); long ago where another build has removed it meanwhile."""
    try:
        return folder.stat().st_mtime
    except OSError:
        return 0.0
