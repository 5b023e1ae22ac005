"""The reference page of all checks, written from their docstrings: ``python -m atlas.check.reference docs/checks.md``.

With ``--check`` nothing is written, and the exit code is 1 where the page is not what it should be.
"""

from __future__ import annotations

import re
import sys
from itertools import groupby
from pathlib import Path

from atlas.check.registry import Check, all_checks, explain
from atlas.diagnostic import CODES

COMMAND = "python -m atlas.check.reference docs/checks.md"
_LABEL = re.compile(r"^\n?(Fact|Formula|Bounds|Fails|Mend):", re.MULTILINE)
HEAD = f"""# Checks

<!-- Generated from the docstrings of the checks by `{COMMAND}`; do not edit. -->

What must hold of a system, why, and what to do where it does not. `atlas explain CODE` prints the same text.
"""


def page() -> str:
    """The whole page as Markdown, families in the order of their codes."""
    checks = all_checks()
    parts = [HEAD, _contents(checks)]
    for family, members in groupby(checks, key=lambda c: c.family.value):
        parts.append(f"## {family.capitalize()}\n")
        parts += [_section(check) for check in members]
    parts.append(_reader())
    return "\n".join(parts)


def _contents(checks: tuple[Check, ...]) -> str:
    rows = ["| family | checks |", "|---|---|"]
    for family, members in groupby(checks, key=lambda c: c.family.value):
        rows.append(f"| {family} | {len(list(members))} |")
    return "\n".join([*rows, f"| reading | {len(CODES)} |", ""])


def _section(check: Check) -> str:
    text = explain(check.code)
    body = text.text if text is not None else ""
    facts = [check.scope.value, check.level.value]
    facts += ["`atlas fix` mends it"] if check.fixable else []
    facts += ["costly"] if check.is_costly else []
    body = _LABEL.sub(r"\n**\1:**", body.strip())
    return f"### {check.code} {check.name}\n\n*{', '.join(facts)}*\n\n{body}\n"


def _reader() -> str:
    """The codes of findings that are made while a file is read."""
    rows = [f"| {c.code} | {c.name} | {c.explanation} |" for c in sorted(CODES.values(), key=lambda c: c.code)]
    return "\n".join(["## Reading\n", "| code | name | what must hold |", "|---|---|---|", *rows, ""])


def main(arguments: list[str]) -> int:
    """Write the page, or compare it. Returns the exit code."""
    paths = [Path(a) for a in arguments if not a.startswith("--")]
    if len(paths) != 1:
        sys.stderr.write(f"usage: {COMMAND} [--check]\n")
        return 2
    wanted = page()
    if "--check" in arguments:
        found = paths[0].read_text(encoding="utf-8") if paths[0].is_file() else ""
        if found != wanted:
            sys.stderr.write(f"{paths[0]} is out of date: run {COMMAND}\n")
            return 1
        return 0
    paths[0].write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
