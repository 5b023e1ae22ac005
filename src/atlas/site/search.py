"""The search index, made by Pagefind from the pages of a finished site."""

from __future__ import annotations

import importlib
import subprocess
from dataclasses import dataclass
from pathlib import Path

SECONDS = 600
FOLDER = "pagefind"
PAGES = (
    "{*/index.html,systems/*/index.html,"
    "systems/*/{evidence,components,performance,implementation,scaling,security,cost}/index.html}"
)
"""The pages that are read. Pages of drawings and of pairs only repeat their words, and embeds are for other sites."""


@dataclass(frozen=True, slots=True)
class SearchIndex:
    """Whether the index was made; ``problem`` says in one sentence why not."""

    is_made: bool
    problem: str = ""


def index(site: Path, output: Path | None = None) -> SearchIndex:
    """Write ``pagefind/`` into the site, or the same files to ``output``. Read is ``<main data-pagefind-body>``.

    A machine for which Pagefind has no program still gets a whole site, without search.
    """
    try:
        program = importlib.import_module("pagefind_bin").get_executable()
    except (ImportError, FileNotFoundError):
        return SearchIndex(is_made=False, problem="search is left out: the package pagefind[bin] is not installed")
    command = [str(program), "--site", str(site), "--output-path", str(output or site / FOLDER)]
    command += ["--glob", PAGES, "--quiet"]
    try:
        done = subprocess.run(  # noqa: S603 - the package's own program, no shell
            command, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return SearchIndex(is_made=False, problem=f"search is left out: Pagefind could not run ({error})")
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()
        reason = said[-1] if said else f"exit code {done.returncode}"
        return SearchIndex(is_made=False, problem=f"search is left out: {reason}")
    return SearchIndex(is_made=True)
