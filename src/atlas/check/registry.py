"""What a check is, and how the checks of this package are found.

A check is one module named by the fact it asserts. Its docstring is what ``atlas explain CODE`` prints; its
``CHECK`` says the code (never reused), the scope and the weight; its ``run`` yields breaches.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from atlas.diagnostic import CODES, Level


class Scope(StrEnum):
    """What a check must see at once: the raw file, one resolved system, or all systems."""

    FILE = "file"
    SYSTEM = "system"
    CATALOGUE = "catalogue"


class Family(StrEnum):
    """The families of checks, and the letters that their codes begin with."""

    PHYSICS = "physics"
    EVIDENCE = "evidence"
    VOCABULARY = "vocabulary"
    RECORD = "record"
    DIAGRAMS = "diagrams"
    LEGAL = "legal"
    MODEL = "model"

    @property
    def prefix(self) -> str:
        """Three letters: ``PHY`` for physics."""
        return {
            "physics": "PHY",
            "evidence": "EVI",
            "vocabulary": "VOC",
            "record": "REC",
            "diagrams": "DIA",
            "legal": "LEG",
            "model": "MOD",
        }[self.value]


@dataclass(frozen=True, slots=True)
class Breach:
    """One place where the asserted fact does not hold; the runner adds code, file and position.

    ``level`` overrides the check's own, where severity depends on the size of the breach or on age.
    """

    path: str
    message: str
    actual: str = ""
    expected: str = ""
    because: tuple[str, ...] = ()
    tip: str = ""
    level: Level | None = None
    fixable: bool | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """A fact that must hold. ``run`` takes a ``Case`` (system, file scope) or a ``Survey`` (catalogue scope).

    A costly check draws or runs something, and is left out unless it is asked for.
    """

    code: str
    name: str
    scope: Scope
    level: Level
    family: Family
    run: Callable[[Any], Iterable[Breach]]
    fixable: bool = False
    is_costly: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is printed for a code: its name, where it applies, and the text that argues it."""

    code: str
    name: str
    family: str
    scope: str
    level: str
    text: str


@cache
def all_checks() -> tuple[Check, ...]:
    """Every check of this package, by code. A code or a name used twice is a programming error."""
    found: dict[str, Check] = {}
    names: set[str] = set()
    for _, check in _modules():
        if check.code in found or check.code in CODES or check.name in names:
            raise ValueError(f"the code {check.code} or the name {check.name} is taken")
        if not check.code.startswith(check.family.prefix):
            raise ValueError(f"{check.code} does not begin with {check.family.prefix}")
        found[check.code] = check
        names.add(check.name)
    return tuple(found[code] for code in sorted(found))


@cache
def _modules() -> tuple[tuple[str, Check], ...]:
    """Modules that define a check: those of the family packages."""
    here = __name__.rpartition(".")[0]
    package = importlib.import_module(here)
    modules = []
    for info in pkgutil.walk_packages(package.__path__, here + "."):
        if info.ispkg or info.name.count(".") <= here.count(".") + 1:
            continue
        module = importlib.import_module(info.name)
        check = getattr(module, "CHECK", None)
        if isinstance(check, Check):
            modules.append((info.name, check))
    return tuple(modules)


def explain(code: str) -> Explanation | None:
    """The explanation of a check's code, or of a reader's code; None where the code is unknown."""
    wanted = code.upper()
    for module, check in _modules():
        if check.code == wanted or check.name == code:
            text = inspect.getdoc(importlib.import_module(module)) or ""
            return Explanation(check.code, check.name, check.family, check.scope, check.level, text)
    if wanted in CODES:
        known = CODES[wanted]
        return Explanation(known.code, known.name, "reading", Scope.FILE, Level.ERROR, known.explanation)
    return None
