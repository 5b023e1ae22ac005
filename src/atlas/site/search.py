"""The search index, made by Pagefind from the pages of a finished site."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

SECONDS = 600


@dataclass(frozen=True, slots=True)
class SearchIndex:
    """Whether the index was made; ``problem`` says in one sentence why not."""

    is_made: bool
    problem: str = ""


def index(site: Path) -> SearchIndex:
    """Write ``pagefind/`` into the site. Pages are read from ``<main data-pagefind-body>``.

    A machine for which Pagefind has no program still gets a whole site, without search.
    """
    try:
        from pagefind_bin import get_executable
    except ImportError:
        return SearchIndex(is_made=False, problem="search is left out: the package pagefind[bin] is not installed")
    command = [str(get_executable()), "--site", str(site), "--quiet"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return SearchIndex(is_made=False, problem=f"search is left out: Pagefind could not run ({error})")
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()
        reason = said[-1] if said else f"exit code {done.returncode}"
        return SearchIndex(is_made=False, problem=f"search is left out: {reason}")
    return SearchIndex(is_made=True)


