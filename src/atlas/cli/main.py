"""The application: its commands in the order in which people meet them.

Commands import what they need when they run, so that ``atlas --help`` answers at once.
"""

from __future__ import annotations

import gc
import io
import signal
import sys
from typing import Annotated, NoReturn

import typer

from atlas import __version__
from atlas.cli import (
    author,
    candidates,
    copies,
    discover,
    drills,
    inspect,
    publish,
    report,
    run,
    sources,
    sweep,
    verify,
)
from atlas.cli.exit import COULD_NOT_RUN

app = typer.Typer(
    name="atlas",
    help="The architecture of the world's largest systems as data you can check, draw, run and learn from.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Start with: [bold]atlas serve[/bold]. Guide: docs/curators.md",
)

inspect.register(app)
author.register(app)
run.register(app)
drills.register(app)
sweep.register(app)
publish.register(app)
verify.register(app)
copies.register(app)
sources.register(app)
discover.register(app)
candidates.register(app)
report.register(app)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"atlas {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Options of every command."""


def main() -> None:
    """Run the command line; an interrupt leaves with 130, a request to end with 143, a broken pipe silently."""
    signal.signal(signal.SIGTERM, _end)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # what a terminal cannot show must not end a command
            stream.reconfigure(errors="backslashreplace")
    gc.set_threshold(100_000, 50, 50)  # a command makes much that stays and little that circles
    try:
        app()
    except KeyboardInterrupt:
        typer.echo("interrupted", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(COULD_NOT_RUN)
    except OSError as error:
        typer.echo(f"atlas: cannot go on: {error}", err=True)
        sys.exit(COULD_NOT_RUN)


def _end(*_: object) -> NoReturn:
    """Leave as after an interrupt, so that nothing that was begun is left lying about."""
    sys.exit(128 + signal.SIGTERM)
