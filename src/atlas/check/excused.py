"""Excuses: findings that are known, argued and dated, in ``catalogue/exceptions.yaml``.

Debt can only shrink: an excuse that no longer excuses anything is an error itself. Each entry names the code, the
system, the path, the reason and the day it was given::

    exceptions:
      - code: PHY017
        system: CS-SLACK
        path: claims.services.value
        because: two teams count differently, both are published
        since: 2026-11-21
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from pathlib import Path

from pydantic import ValidationError

from atlas.catalogue import read_yaml
from atlas.catalogue.validation import to_findings
from atlas.diagnostic import Finding, Level, Position, code, to_text
from atlas.model.document import Day
from atlas.model.field import Model, documented
from atlas.model.text import Text

UNNEEDED = code(
    "EXC001",
    "excuse-is-needed",
    "An entry of exceptions.yaml excuses a finding that is still made. An entry that excuses nothing is removed, so"
    " that debt can only shrink.",
)
FILE = "exceptions.yaml"
_SHOWN = 5
"""Faults of the file that are said at once."""


class Excuse(Model, frozen=True):
    """One finding that is tolerated, with the reason and the day."""

    code: Text = documented("code of the check")
    system: Text = documented("id of the system")
    path: str = documented("path of the finding; empty for the document as a whole", "")
    because: Text = documented("the reason")
    since: Day = documented("the day it was given")

    def covers(self, finding: Finding) -> bool:
        """Whether this is the finding meant."""
        return (self.code, self.system, self.path) == (finding.code, finding.system, finding.path)


class _File(Model, frozen=True):
    exceptions: tuple[Excuse, ...] = documented("the findings that are tolerated", ())


class ExcuseError(ValueError):
    """The file of excuses cannot be read; ``str`` says what is wrong."""


def load_excuses(root: Path) -> list[Excuse]:
    """The excuses of a catalogue; none where there is no file. Raises ``ExcuseError``."""
    path = root / FILE
    if not path.exists():
        return []
    source = read_yaml(path, FILE)
    findings, excuses = source.findings, _File()
    try:
        excuses = _File.model_validate(source.data or {})
    except ValidationError as error:
        findings = findings or to_findings(error.errors(), source, _File)
    if findings:
        raise ExcuseError(to_text(findings[:_SHOWN]))
    return list(excuses.exceptions)


def apply_excuses(
    findings: Iterable[Finding], excuses: Iterable[Excuse], root: Path, is_judged: Callable[[Excuse], bool]
) -> list[Finding]:
    """Findings without the excused ones, and with one for each excuse that was not needed.

    Nothing is said of excuses whose check or system was left out of this run (``is_judged``).
    """
    given = list(excuses)
    needed: set[int] = set()
    kept = []
    for finding in findings:
        covering = [i for i, e in enumerate(given) if e.covers(finding)]
        needed.update(covering)
        if not covering:
            kept.append(finding)
    kept.extend(_unneeded(e, root) for i, e in enumerate(given) if i not in needed and is_judged(e))
    return kept


def _unneeded(excuse: Excuse, root: Path) -> Finding:
    return Finding(
        code=UNNEEDED,
        level=Level.ERROR,
        message=f"{excuse.code} is not found at {excuse.system} {excuse.path or '(document)'} any more",
        position=Position(str(root / FILE)),
        system=excuse.system,
        path=excuse.path,
        actual=f"excused since {excuse.since.isoformat()}",
        expected="no entry",
        tip="Remove the entry.",
    )


def age_days(excuse: Excuse, today: dt.date) -> int:
    """Days since the excuse was given."""
    return (today - excuse.since).days
