"""The output folder: built beside the old one, then put in its place in one step.

Only a folder that carries the marker is ever replaced or removed. A build that is killed leaves the old site whole;
what it left beside it is removed by the next build.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

MARKER = ".atlas-site"
_MARKER_TEXT = "This folder is written by atlas build, and replaced by the next one.\n"
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


class OutputError(Exception):
    """The output folder cannot be written, or is not ours to replace; the message says which and why."""


@contextlib.contextmanager
def staged(out: Path, source: Path | None = None) -> Iterator[Path]:
    """A new empty folder beside ``out``; when the block ends well it becomes ``out``, else it is removed.

    Raises OutputError before anything is written when ``out`` is a file, is not empty and not ours, when its parent
    cannot be written, or when ``source``, the catalogue, lies in it or it in the catalogue.
    """
    target = out.resolve()
    check_target(target)
    if source is not None and (target.is_relative_to(source) or source.is_relative_to(target)):
        raise OutputError(f"{target} and the catalogue {source} lie in each other; choose a folder beside it")
    _remove_stale(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        stage = Path(tempfile.mkdtemp(prefix=_prefix(target), dir=target.parent))
        stage.chmod(0o755)
        (stage / MARKER).write_text(_MARKER_TEXT, "utf-8")
    except OSError as error:
        raise OutputError(f"{target.parent} cannot be written: {error.strerror or error}") from error
    try:
        yield stage
        _put_in_place(stage, target)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def check_target(target: Path) -> None:
    """Raise OutputError unless ``target`` is absent, empty, or a site that an earlier build wrote."""
    try:
        if not target.exists():
            return
        if not target.is_dir():
            raise OutputError(f"{target} is a file; name a folder")
        if (target / MARKER).is_file() or not any(target.iterdir()):
            if (target / ".git").exists():
                raise OutputError(f"{target} holds a .git, which would be lost; build elsewhere and copy the files")
            return
    except OSError as error:
        raise OutputError(f"{target} cannot be read: {error.strerror or error}") from error
    raise OutputError(
        f"{target} is not empty and was not written by atlas build (no {MARKER} in it); choose another folder"
    )


def write_files(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write files below a folder, making the folders they need."""
    made: set[Path] = set()
    for name, content in files.items():
        path = folder / name
        if path.parent not in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            made.add(path.parent)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def write_changed(folder: Path, files: Mapping[str, str | bytes]) -> list[str]:
    """Write those files whose content differs, each in one step, so that a reader never sees half a page."""
    changed = []
    for name, content in files.items():
        path = folder / name
        data = content.encode() if isinstance(content, str) else content
        if path.is_file() and path.read_bytes() == data:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, data)
        changed.append(name)
    return changed


def write_whole(path: Path, data: bytes) -> None:
    """Write a file in one step; of several that write it at once, the last is right, and all end well."""
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")
    try:
        partial.write_bytes(data)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _prefix(target: Path) -> str:
    return f".{target.name}.building-{os.getpid()}-"


def _remove_stale(target: Path) -> None:
    """Remove what killed builds left: marked folders named for this target whose process is gone."""
    if not target.parent.is_dir():
        return
    for folder in target.parent.glob(f".{target.name}.building-*"):
        number = folder.name.removeprefix(f".{target.name}.building-").split("-")[0]
        if (folder / MARKER).is_file() and number.isdigit() and not _is_running(int(number)):
            shutil.rmtree(folder, ignore_errors=True)


def _is_running(process: int) -> bool:
    if process == os.getpid():
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def replace_folder(new: Path, target: Path) -> None:
    """The new folder becomes the target; what stood there ends up at the new one's name, or is gone."""
    if not target.exists():
        new.rename(target)
    elif not _exchange(new, target):
        old = target.with_name(f".{new.name}-old")
        target.rename(old)
        new.rename(target)
        shutil.rmtree(old, ignore_errors=True)


def _put_in_place(stage: Path, target: Path) -> None:
    check_target(target)
    try:
        replace_folder(stage, target)
    except OSError as error:
        raise OutputError(f"{target} cannot be replaced: {error.strerror or error}") from error


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders in a single step where the system can (Linux), so that no moment is without a site."""
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    return bool(rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0)
