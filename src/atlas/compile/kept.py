"""Outcomes of drills kept beside the catalogue, with what they are outcomes of: ``catalogue/runs/<slug>.json``.

Running every drill on two engines takes tens of seconds a system, too long for each build of the site; so one command
runs them and keeps the table. A kept table knows the document and the code it came from and is shown only as that.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import atlas.compile
import atlas.physics
import atlas.sim
from atlas.compile.overlay import Case
from atlas.compile.playbook import Playbook, playbook_from
from atlas.compile.sensitivity import Effect, Sensitivity, sensitivity_dict
from atlas.model.system import System

FOLDER: Final = "runs"
FORMAT: Final = 2
_WORDS = ("name", "note", "because", "basis", "source", "guarantee", "detection", "mitigation", "recovery")
"""Keys whose texts change nothing that runs."""
_BY_ID = ("components", "flows", "operations", "pools")
"""Keys whose own keys are ids."""
_SECTIONS = ("components", "flows", "regions", "multi_region", "model")


@dataclass(frozen=True)
class Kept:
    """The drills of a system as they were run: the outcomes, what moves p99, and what they were made from."""

    playbook: Playbook
    sensitivity: Sensitivity | None
    seed: int
    document: str
    code: str

    def is_of(self, system: System) -> bool:
        """Whether the system still has the numbers, flows and drills that were run."""
        return self.document == document_key(system)

    @property
    def is_of_this_code(self) -> bool:
        """Whether compiler and engines are those that ran them."""
        return self.code == code_key()

    def to_dict(self) -> dict[str, Any]:
        """Plain data that JSON can hold."""
        return {
            "format": FORMAT,
            "document": self.document,
            "code": self.code,
            "seed": self.seed,
            **self.playbook.to_dict(),
            "sensitivity": sensitivity_dict(self.sensitivity) if self.sensitivity else None,
        }


def keep(root: Path, kept: Kept) -> Path:
    """Write a system's outcomes below a catalogue; the file."""
    path = root / FOLDER / f"{kept.playbook.system}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(kept.to_dict(), indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")
    return path


def read_kept(root: Path, slug: str) -> Kept | None:
    """The kept outcomes of a system; ``None`` where there are none, or none that can be read."""
    path = root / FOLDER / f"{slug}.json"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["format"] != FORMAT:
            return None
        moved = data["sensitivity"]
        return Kept(
            playbook_from(data),
            _sensitivity_from(moved) if moved else None,
            data["seed"],
            data["document"],
            data["code"],
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep_of(case: Case, playbook: Playbook, moved: Sensitivity | None, seed: int) -> Kept:
    """Outcomes with the keys of what they were made from."""
    return Kept(playbook, moved, seed, document_key(case.system), code_key())


def document_key(system: System) -> str:
    """A digest of what runs of a system's document: its numbers as resolved, its structure, its drills; no prose."""
    data = system.document.model_dump(mode="json", by_alias=True, exclude_none=True)
    told = {section: _bare(data.get(section), section) for section in _SECTIONS}
    told["failures"] = [_bare(failure) for failure in data.get("failures", ())]
    values = {p: f"{v.mid:.9g}" for p, v in system.values.items() if p.startswith(_RUNNING)}
    spreads = {p: f"{d.shape} {d.mean:.9g} {d.cv:.9g}" for p, d in system.distributions.items()}
    whole = json.dumps([told, sorted(values.items()), sorted(spreads.items())], sort_keys=True, default=str)
    return hashlib.sha256(whole.encode()).hexdigest()[:16]


_RUNNING = ("components.", "flows.", "failures.", "multi_region.", "regions.", "vocabulary.")


def _bare(value: Any, section: str = "") -> Any:
    """Data without the texts that only people read. An id of the document may be any word."""
    if isinstance(value, Mapping):
        return {k: _bare(v, k) for k, v in value.items() if k not in _WORDS or section in _BY_ID}
    return [_bare(v) for v in value] if isinstance(value, list | tuple) else value


@cache
def code_key() -> str:
    """A digest of compiler, closed forms and engines: their code, not their comments and docstrings."""
    digest = hashlib.sha256()
    for path in sources():
        text = path.read_text(encoding="utf-8")
        digest.update(path.name.encode())
        digest.update((_code_of(text) if path.suffix == ".py" else text).encode())
    return digest.hexdigest()[:16]


_BESIDE = ("__init__", "browser", "build_kernel", "chart", "handle", "kept", "random_plan", "report")
"""Modules that show, keep or build, and compute nothing of an outcome."""


def sources() -> Iterator[Path]:
    """The files whose change makes other outcomes."""
    for package in (atlas.sim, atlas.physics, atlas.compile):
        for folder in package.__path__:
            files = (p for p in Path(folder).glob("*") if p.suffix in (".py", ".c", ".h") and p.stem not in _BESIDE)
            yield from sorted(files)


def _code_of(text: str) -> str:
    tree = ast.parse(text)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            body[:] = [s for s in body if not _is_text(s)]
    return repr(plain_tree(tree))


def plain_tree(node: Any) -> Any:
    """A syntax tree as lists, without its empty parts: so that it is the same in every version of Python."""
    if isinstance(node, list):
        return [plain_tree(one) for one in node]
    if not isinstance(node, ast.AST):
        return node
    parts = ((name, plain_tree(part)) for name, part in ast.iter_fields(node) if part is not None and part != [])
    return [type(node).__name__, *parts]


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _sensitivity_from(data: Mapping[str, Any]) -> Sensitivity:
    effects = tuple(
        Effect(
            e["path"],
            e["origin"],
            e["text"],
            tuple(e["claims"]),
            e["because"],
            _time(e["half_s"]),
            _time(e["twice_s"]),
            e["size"],
        )
        for e in data["effects"]
    )
    return Sensitivity(data["flow"], _time(data["p99_s"]), effects)


def _time(value: float | None) -> float:
    return float("inf") if value is None else value
