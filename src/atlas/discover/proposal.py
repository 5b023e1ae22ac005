"""A candidate as a pull request: a branch with one commit, and the text from the governance template.

Git only: the branch is made beside the working files, which stay as they are, index and all; pushing it and opening the
request is a person's act.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from atlas.catalogue.key_edit import write_whole
from atlas.discover.candidate import Candidate
from atlas.discover.update import merged

TEMPLATE = Path(".github") / "PULL_REQUEST_TEMPLATE.md"
_TIMEOUT_S = 60


class ProposalError(Exception):
    """Why no branch was made."""


def document_after(candidate: Candidate, root: Path) -> str:
    """The document as it is once the candidate is taken in: the stub, or the known document with what is new."""
    if candidate.kind == "new":
        return candidate.document
    path = root / candidate.path
    try:
        return merged(path.read_text(encoding="utf-8"), candidate.document)
    except OSError as error:
        raise ProposalError(f"cannot read {path}: {error.strerror}") from None


def write_document(candidate: Candidate, root: Path) -> Path:
    """Write the candidate's document into the catalogue; a new one never overwrites another text."""
    path = root / candidate.path
    text = document_after(candidate, root)
    if candidate.kind == "new" and path.exists() and path.read_text(encoding="utf-8") != text:
        raise ProposalError(f"{path} exists already")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, text)
    return path


def branch_of(candidate: Candidate) -> str:
    """The name of a candidate's branch."""
    return f"candidate/{candidate.id}"


def has_branch(candidate: Candidate, root: Path) -> bool:
    """Whether the repository has the branch of a candidate."""
    return bool(_git(root, "branch", "--list", branch_of(candidate)).strip())


def write_branch(candidate: Candidate, root: Path) -> str:
    """Make the branch ``candidate/<id>`` on the present commit; gives its name. Raises ``ProposalError``."""
    top = Path(_git(root, "rev-parse", "--show-toplevel").strip())
    name = branch_of(candidate)
    if has_branch(candidate, root):
        raise ProposalError(f"there is a branch {name} already")
    place = (root.resolve() / candidate.path).relative_to(top.resolve()).as_posix()
    text = document_after(candidate, root)
    with tempfile.TemporaryDirectory(prefix="atlas-index-") as folder:
        index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
        _git(top, "read-tree", "HEAD", environment=index)
        blob = _git(top, "hash-object", "-w", "--stdin", given=text).strip()
        _git(top, "update-index", "--add", "--cacheinfo", f"100644,{blob},{place}", environment=index)
        tree = _git(top, "write-tree", environment=index).strip()
    commit = _git(top, "commit-tree", tree, "-p", "HEAD", "-m", _subject(candidate)).strip()
    _git(top, "branch", name, commit)
    return name


def request_text(candidate: Candidate, root: Path) -> str:
    """The text of the pull request: the project's template with what is known filled in; nothing is ticked."""
    template = root.parent / TEMPLATE
    try:
        text = template.read_text(encoding="utf-8")
    except OSError:
        text = (
            "## What and why\n\n## For a system\n\n- **Document**: …\n- **Sources**: …\n- **Scale**:"
            " …\n- **Confidence**: …\n"
        )
    what = (
        f"{_subject(candidate)}\n\nFound at {candidate.url} (published {candidate.published});"
        f" score {candidate.score}:\n\n"
    )
    what += "\n".join(f"- {line}" for line in candidate.detail)
    text = text.replace("## What and why\n", f"## What and why\n\n{what}\n", 1)
    filled = {
        "Document": f"`catalogue/{candidate.path}`, {'status stub' if candidate.kind == 'new' else 'an update'}",
        "Sources": (
            f"one, {'first hand' if 'role: primary' in candidate.document else 'second hand'}; read by a program only"
        ),
        "Scale": next((d for d in candidate.detail if " scale:" in d), "no figure read yet meets a bar"),
        "Confidence": "not judged: no person has read the source yet",
        "Diagrams": "none yet",
    }
    for name, value in filled.items():
        line = re.compile(rf"(?m)^- \*\*{name}\*\*:.*$")
        match = line.search(text)
        text = f"{text[: match.start()]}- **{name}**: {value}{text[match.end() :]}" if match else text
    return text


def _subject(candidate: Candidate) -> str:
    return f"{'Stub' if candidate.kind == 'new' else 'Update'}: {candidate.title or candidate.slug}"[:120]


def _git(where: Path, *arguments: str, given: str | None = None, environment: Mapping[str, str] | None = None) -> str:
    try:
        done = subprocess.run(  # noqa: S603
            ["git", "-C", str(where), *arguments],  # noqa: S607
            input=given,
            capture_output=True,
            check=False,
            timeout=_TIMEOUT_S,
            text=True,
            encoding="utf-8",
            env={**os.environ, **(environment or {})},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ProposalError(f"git could not be run: {error}") from None
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise ProposalError(f"git {arguments[0]}: {said[0] if said else 'failed'}")
    return done.stdout
