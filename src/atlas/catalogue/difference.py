"""Claims added, changed and removed between two versions of a catalogue: the data's release notes."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from atlas.catalogue.location import find_catalogue, system_files
from atlas.catalogue.yaml_source import read_yaml

_FIELDS = ("metric", "of", "value", "stat", "as_of", "era", "scope", "source", "figure", "confidence", "verdict")


class DiffError(Exception):
    """A version that is neither a file, nor a catalogue, nor a git revision."""


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to one claim."""

    system: str
    claim: str
    kind: Literal["added", "changed", "removed"]
    before: str
    after: str
    fields: tuple[str, ...] = ()


def claim_changes(before: str, after: str, root: Path) -> list[Change]:
    """Compare two versions; each is a file, a folder or a git revision, and ``after`` may be the working files."""
    with _version(before, root) as first, _version(after, root) as second:
        old, new = _claims(first), _claims(second)
    if Path(before).is_file() and Path(after).is_file():  # two files are two versions of one system
        slug = next(iter(new), "")
        old = {slug: next(iter(old.values()), {})}
    changes: list[Change] = []
    for slug in sorted({*old, *new}):
        changes += _compare(slug, old.get(slug, {}), new.get(slug, {}))
    return changes


def changes_as_markdown(changes: Sequence[Change]) -> str:
    """The changes by system, as a release note."""
    if not changes:
        return "No claim changed."
    lines = [f"{sum(c.kind == kind for c in changes)} {kind}" for kind in ("added", "changed", "removed")]
    text = [", ".join(lines) + "."]
    for slug in dict.fromkeys(c.system for c in changes):
        text.append(f"\n## {slug}\n")
        text += [_line(c) for c in changes if c.system == slug]
    return "\n".join(text)


def _line(change: Change) -> str:
    if change.kind == "changed":
        what = f"{change.before} → {change.after}" if change.before != change.after else change.after
        return f"- changed `{change.claim}` ({', '.join(change.fields)}): {what}"
    return f"- {change.kind} `{change.claim}`: {change.after or change.before}"


def _compare(slug: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    for ident in [*new, *(i for i in old if i not in new)]:
        before, after = old.get(ident), new.get(ident)
        if before is None:
            yield Change(slug, ident, "added", "", _shown(after))
        elif after is None:
            yield Change(slug, ident, "removed", _shown(before), "")
        else:
            fields = tuple(f for f in _FIELDS if before.get(f) != after.get(f))
            if fields:
                yield Change(slug, ident, "changed", _shown(before), _shown(after), fields)


def _shown(claim: Any) -> str:
    stat = f" {claim['stat']}" if claim.get("stat") else ""
    return f"{claim.get('metric')}{stat} of {claim.get('of', 'system')} = {claim.get('value')}"


def _claims(files: Sequence[Path]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for path in files:
        data = read_yaml(path).data
        claims = data.get("claims") if isinstance(data, dict) else None
        if isinstance(claims, dict):
            found[path.stem] = {k: v for k, v in claims.items() if isinstance(v, dict)}
    return found


@contextmanager
def _version(name: str, root: Path) -> Iterator[Sequence[Path]]:
    """The system files of a version."""
    path = Path(name)
    if not name:
        yield system_files(root)
    elif path.is_file():
        yield [path]
    elif path.is_dir():
        yield system_files(find_catalogue(path))
    else:
        with tempfile.TemporaryDirectory() as folder:
            _checkout(name, root, Path(folder))
            yield system_files(Path(folder))


def _checkout(revision: str, root: Path, folder: Path) -> None:
    """Write the system files of a git revision below ``folder``."""
    if revision.startswith("-"):
        raise DiffError(f"{revision!r} is neither a file, a catalogue nor a git revision")
    listing = _git(root, "ls-tree", "-r", "--name-only", "-z", revision, "--", "systems")
    for name in filter(None, listing.split("\0")):
        parts = Path(name).parts
        if len(parts) != 3 or ".." in parts or not name.endswith(".yaml"):
            continue
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_git(root, "show", f"{revision}:./{name}"), encoding="utf-8")


def _git(root: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603
            ["git", "-C", str(root), *arguments],  # noqa: S607
            capture_output=True,
            check=False,
            timeout=60,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DiffError(f"git could not be run: {error}") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise DiffError(f"neither a file, a catalogue nor a git revision: {said[0] if said else 'unknown'}")
    return done.stdout.decode("utf-8", "replace")
