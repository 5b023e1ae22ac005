"""Run checks over a catalogue: breaches become findings with code, level, file and position."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from atlas.catalogue import Catalogue
from atlas.check.case import Case, Cited, Survey, cited
from atlas.check.excused import Excuse, apply_excuses
from atlas.check.registry import Breach, Check, Scope, all_checks, explain
from atlas.diagnostic import CODES, Finding, Position, sort_findings
from atlas.model.system import System


def run_checks(
    catalogue: Catalogue,
    *,
    today: dt.date,
    only: Collection[str] = (),
    scope: Collection[str] = (),
    exceptions: Iterable[Excuse] = (),
    costly: bool = False,
) -> list[Finding]:
    """Every finding of the catalogue, sorted by place: those of reading it first made, then those of the checks.

    ``only`` limits to these codes, names or families; ``scope`` limits to these slugs (and leaves out checks of the
    whole catalogue). ``costly`` adds the checks that draw or run; naming one in ``only`` does too. An exception takes
    away the finding it names; one that takes nothing away is a finding itself.
    """
    chosen = chosen_checks(only, costly=costly)
    slugs = [s for s in catalogue.systems if not scope or s in scope]
    systems = {slug: catalogue.systems[slug] for slug in slugs}
    found = of_reading(catalogue.findings, {s.file for s in catalogue.systems.values()}, only, scope)
    for system in systems.values():
        case = Case(system, today, catalogue.sources.get(system.file), catalogue.root)
        found.extend(check_case(case, chosen))
    if not scope:
        found.extend(check_survey(Survey({slug: cited(s) for slug, s in systems.items()}, today), chosen))
    judge = Judge(chosen, {s.id for s in systems.values()}, is_whole=not scope, is_everything=not only)
    return sort_findings(apply_excuses(found, exceptions, catalogue.root, judge.is_judged))


@dataclass(frozen=True, slots=True)
class Judge:
    """Which excuses a run can call unneeded: those of checks that ran, on systems that were looked at."""

    checks: Collection[Check]
    systems: Collection[str]
    is_whole: bool
    is_everything: bool

    def is_judged(self, excuse: Excuse) -> bool:
        """Whether this run would have made the finding that is excused."""
        judged = {c.code for c in self.checks} | (set(CODES) if self.is_everything else set())
        known = excuse.code in judged or (self.is_everything and explain(excuse.code) is None)
        return known and (self.is_whole or excuse.system in self.systems)


def chosen_checks(only: Collection[str], *, costly: bool = False) -> list[Check]:
    """The checks of a run: those named by code, name or family, else all that are not costly."""
    return [c for c in all_checks() if _is_chosen(c, only, costly=costly)]


def _is_chosen(check: Check, only: Collection[str], *, costly: bool) -> bool:
    if only:
        return bool({check.code, check.name, check.family.value} & set(only))
    return costly or not check.is_costly


def check_system(
    system: System, *, today: dt.date, checks: Iterable[Check] | None = None, root: Path | None = None
) -> list[Finding]:
    """The findings of the checks of one system, sorted by place; ``root`` is the catalogue that it stands in."""
    chosen = [c for c in all_checks() if not c.is_costly] if checks is None else checks
    return sort_findings(check_case(Case(system, today, root=root), chosen))


def check_case(case: Case, checks: Iterable[Check]) -> Iterator[Finding]:
    """The findings of one system, in the order of the codes."""
    for check in checks:
        if check.scope is not Scope.CATALOGUE:
            for breach in check.run(case):
                yield finding_of(check, breach, case.system)


def check_survey(survey: Survey, checks: Iterable[Check]) -> Iterator[Finding]:
    """Checks of the whole catalogue place each breach in a system: ``slug:path``."""
    for check in checks:
        if check.scope is not Scope.CATALOGUE:
            continue
        for breach in check.run(survey):
            slug, _, path = breach.path.partition(":")
            yield finding_of(check, breach, survey.systems.get(slug), path)


def finding_of(check: Check, breach: Breach, system: System | Cited | None, path: str | None = None) -> Finding:
    """A breach with the code of its check and its place in the file."""
    where = breach.path if path is None else path
    return Finding(
        code=check.code,
        level=breach.level or check.level,
        message=breach.message,
        position=system.position(where) if system is not None else Position("catalogue"),
        path=where,
        system=system.id if system is not None else "",
        actual=breach.actual,
        expected=breach.expected,
        because=tuple(dict.fromkeys(breach.because)),
        tip=breach.tip,
        fixable=check.fixable if breach.fixable is None else breach.fixable,
    )


def of_reading(
    findings: Iterable[Finding], readable: Collection[str], only: Collection[str], scope: Collection[str] = ()
) -> list[Finding]:
    """What reading found, in scope; with ``only``, those codes, and all of a file that gave no system to check."""
    found = []
    for finding in findings:
        file = finding.position.file
        is_wanted = not only or finding.code in only or file not in readable
        if is_wanted and (not scope or PurePath(file).stem in scope):
            found.append(finding)
    return found
