"""``docs/commands.md``, written from the commands themselves: ``python -m atlas.cli.reference [--check] [FILE]``."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator, Sequence
from enum import Enum
from pathlib import Path
from typing import Any

from typer.main import get_command

from atlas.cli.exit import CLEAN, COULD_NOT_RUN, FOUND
from atlas.cli.main import app

FILE = Path("docs/commands.md")
_HEAD = """\
# Commands

Written by `python -m atlas.cli.reference` from the commands themselves; `--check` says whether it is up to date.

Exit codes of every command: 0 clean; 1 something was found (findings, a file that would change, no hit);
2 could not run (the message says why, and what would mend it); 130 interrupted.

A command works on `--catalogue DIR`, else on the nearest `catalogue/` upward, else on the packaged one. What is built
is kept in the folder `ATLAS_CACHE`, else in the user's cache. `--json` is for programs; `--today` makes a run
repeatable.
"""


def reference() -> str:
    """The whole document."""
    parts = [_HEAD]
    for name, command in commands():
        parts.append(_section(name, command))
    return "\n".join(parts)


def commands() -> Iterator[tuple[str, Any]]:
    """Every command with its full name, in the order of the help text; groups are walked, not listed."""
    yield from _walk("atlas", get_command(app))


def _walk(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    below = getattr(command, "commands", None)
    if below is None:
        yield name, command
        return
    for word, each in below.items():
        yield from _walk(f"{name} {word}", each)


def _section(name: str, command: Any) -> str:
    rows = [row for parameter in command.params if (row := _row(parameter))]
    lines = [f"## {name}", "", _text(command.help or ""), ""]
    if rows:
        lines += ["| | | default |", "|---|---|---|", *rows, ""]
    return "\n".join(lines)


def _text(help_text: str) -> str:
    """The docstring with its examples as code."""
    paragraphs = []
    for paragraph in inspect.cleandoc(help_text).split("\n\n"):
        label, colon, rest = paragraph.partition(":")
        if colon and label in {"Example", "Examples"}:
            examples = "\n".join(each.strip() for each in rest.replace("\n", " ").split(" · "))
            paragraphs.append(f"```sh\n{examples}\n```")
        else:
            paragraphs.append(paragraph)
    return "\n\n".join(paragraphs)


def _row(parameter: Any) -> str:
    """A line of the table: how it is written, what it means, its default."""
    if parameter.name == "help" or getattr(parameter, "hidden", False):
        return ""
    if parameter.param_type_name == "argument":
        brackets = "" if parameter.required else "[]"
        written = f"`{brackets[:1]}{parameter.name.upper()}{brackets[1:]}`"
    else:
        written = ", ".join(f"`{each}`" for each in (*parameter.opts, *parameter.secondary_opts))
    meaning = (parameter.help or "").replace("|", "\\|")
    if isinstance(parameter.default, Enum):
        meaning += f" One of {', '.join(f'`{each.value}`' for each in type(parameter.default))}."
    return f"| {written} | {meaning} | {_default(parameter)} |"


def _default(parameter: Any) -> str:
    value = parameter.default
    if value in (None, "", False, True) or callable(value) or parameter.required:
        return "yes" if value is True else ""
    return f"`{value.value if isinstance(value, Enum) else value}`"


def main(arguments: Sequence[str]) -> int:
    """Write the document, or with ``--check`` compare it; the exit code."""
    names = [a for a in arguments if not a.startswith("-")]
    path = Path(names[0]) if names else FILE
    text = reference()
    try:
        if "--check" not in arguments:
            path.write_text(text, encoding="utf-8")
        elif not path.is_file() or path.read_text(encoding="utf-8") != text:
            print(f"{path} is not what the commands give; run: python -m atlas.cli.reference", file=sys.stderr)
            return FOUND
    except OSError as error:
        print(f"cannot write {path}: {error.strerror}", file=sys.stderr)
        return COULD_NOT_RUN
    return CLEAN


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
