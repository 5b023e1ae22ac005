"""Run checks over a catalogue: breaches become findings with code, level, file and position."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from pathlib import PurePath

from atlas.catalogue import Catalogue
from atlas.check.case import Case, Survey
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
    whole catalogue). ``costly`` adds the checks that draw; naming one in ``only`` does too. An exception takes away
    the finding it names; one that takes nothing away is a finding itself.
    """
    chosen = [c for c in all_checks() if _is_chosen(c, only, costly=costly)]
    slugs = [s for s in catalogue.systems if not scope or s in scope]
    chosen_systems = {slug: catalogue.systems[slug] for slug in slugs}
    cases = {slug: Case(s, today, catalogue.sources.get(s.file)) for slug, s in chosen_systems.items()}
    found = _of_reading(catalogue, only, scope)
    for case in cases.values():
        found.extend(check_case(case, chosen))
    if not scope:
        found.extend(_survey(Survey(cases, today), chosen))
    judged = {c.code for c in chosen} | (set() if only else set(CODES))
    ids = {case.system.id for case in cases.values()}

    def is_judged(excuse: Excuse) -> bool:
        known = excuse.code in judged or (not only and explain(excuse.code) is None)
        return known and (excuse.system in ids or not scope)

    return sort_findings(apply_excuses(found, exceptions, catalogue.root, is_judged))


def _is_chosen(check: Check, only: Collection[str], *, costly: bool) -> bool:
    if only:
        return bool({check.code, check.name, check.family.value} & set(only))
    return costly or not check.is_costly


def check_system(system: System, *, today: dt.date, checks: Iterable[Check] | None = None) -> list[Finding]:
    """The findings of the checks of one system, sorted by place."""
    chosen = [c for c in all_checks() if not c.is_costly] if checks is None else checks
    return sort_findings(check_case(Case(system, today), chosen))


def check_case(case: Case, checks: Iterable[Check]) -> Iterator[Finding]:
    """The findings of one system, in the order of the codes."""
    for check in checks:
        if check.scope is not Scope.CATALOGUE:
            for breach in check.run(case):
                yield finding_of(check, breach, case.system)


def _survey(survey: Survey, checks: Iterable[Check]) -> Iterator[Finding]:
    """Checks of the whole catalogue place each breach in a system: ``slug:path``."""
    for check in checks:
        if check.scope is not Scope.CATALOGUE:
            continue
        for breach in check.run(survey):
            slug, _, path = breach.path.partition(":")
            case = survey.cases.get(slug)
            yield finding_of(check, breach, case.system if case else None, path)


def finding_of(check: Check, breach: Breach, system: System | None, path: str | None = None) -> Finding:
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


def _of_reading(catalogue: Catalogue, only: Collection[str], scope: Collection[str]) -> list[Finding]:
    """What reading found, in scope; with ``only``, those codes, and all of a file that gave no system to check."""
    readable = {system.file for system in catalogue.systems.values()}
    found = []
    for finding in catalogue.findings:
        file = finding.position.file
        is_wanted = not only or finding.code in only or file not in readable
        if is_wanted and (not scope or PurePath(file).stem in scope):
            found.append(finding)
    return found
