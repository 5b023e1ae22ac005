"""Exit codes, and the one way to leave with an error."""

from __future__ import annotations

from typing import NoReturn

import typer

CLEAN = 0
FOUND = 1
COULD_NOT_RUN = 2


def fail(message: str, tip: str = "") -> NoReturn:
    """Say what is wrong and what would mend it, and leave with ``COULD_NOT_RUN``."""
    typer.echo(f"atlas: {message}", err=True)
    if tip:
        typer.echo(f"  {tip}", err=True)
    raise typer.Exit(COULD_NOT_RUN)
