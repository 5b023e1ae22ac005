"""Commands about what was discovered: list, show, accept, reject."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from atlas.cli.exit import COULD_NOT_RUN, fail
from atlas.cli.nearest import nearest
from atlas.cli.network import DataOption, data_root
from atlas.cli.options import CatalogueOption, JsonOption, TodayOption, find_root, read_today

if TYPE_CHECKING:
    from collections.abc import Iterator

    from atlas.discover.candidate import Candidate, Candidates

candidates_app = typer.Typer(
    help="What was discovered, and what you decide about it.", no_args_is_help=True, rich_markup_mode="rich"
)
IdArgument = Annotated[str, typer.Argument(help="Id of a candidate, from `atlas candidates list`.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.add_typer(candidates_app, name="candidates", rich_help_panel="Discover")


def proposed(candidate: Candidate, root: Path, *, may_exist: bool = False) -> tuple[str, str]:
    """The branch of a candidate and the text of its pull request.

    With ``may_exist`` a branch of it that is there already will do.
    """
    from atlas.discover.proposal import ProposalError, branch_of, has_branch, request_text, write_branch

    try:
        is_there = may_exist and has_branch(candidate, root)
        branch = branch_of(candidate) if is_there else write_branch(candidate, root)
        return branch, request_text(candidate, root)
    except ProposalError as error:
        fail(str(error))


def row(candidate: Candidate) -> dict[str, Any]:
    """A candidate for JSON, without its document."""
    from dataclasses import asdict

    return {k: v for k, v in asdict(candidate).items() if k not in ("document", "fingerprint")}


@candidates_app.command("list")
def list_(
    state: Annotated[str, typer.Option("--state", help="open, accepted, rejected or all.")] = "open",
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """List candidates, best first.

    Examples: atlas candidates list · atlas candidates list --state rejected --json
    """
    import json

    from atlas.cli.table import markdown

    states: dict[str, Any] = {"open": "open", "accepted": "accepted", "rejected": "rejected", "all": None}
    if state not in states:
        fail(f"there is no state {state!r}", f"there are: {', '.join(states)}")
    for kept in _candidates(data):
        found = kept.list(states[state])
        if as_json:
            typer.echo(json.dumps([row(c) for c in found], indent=2, ensure_ascii=False))
        elif found:
            rows = [(c.id, c.kind, c.state, str(c.score), c.org, c.published, c.title, c.reason) for c in found]
            typer.echo(markdown(("id", "kind", "state", "score", "org", "published", "title", "reason"), rows))
        else:
            typer.echo("no candidate", err=True)


@candidates_app.command()
def show(candidate: IdArgument, data: DataOption = None) -> None:
    """Print a candidate: its score term by term, the changes it proposes, and its document.

    Example: atlas candidates show how-we-store-trillions-of-messages
    """
    for kept in _candidates(data):
        found = _get(kept, candidate)
        head = [f"{found.title} ({found.org})", found.url, f"{found.kind}, {found.state}, published {found.published}"]
        if found.reason:
            head.append(f"{found.state} on {found.decided_on}: {found.reason}")
        typer.echo("\n".join([*head, f"score {found.score}", *(f"  {line}" for line in found.detail), ""]))
        typer.echo(found.document, nl=False)


@candidates_app.command()
def accept(
    candidate: IdArgument,
    reason: Annotated[str, typer.Option("--reason", help="Why; kept.")] = "",
    data: DataOption = None,
    catalogue: CatalogueOption = None,
    pr: Annotated[bool, typer.Option("--pr", help="Make a branch and print the pull request text instead.")] = False,
    today: TodayOption = None,
) -> None:
    """Take a candidate into the catalogue: a stub of its own, or its claims into the system it belongs to.

    Examples: atlas candidates accept how-we-scale · atlas candidates accept how-we-scale --pr
    """
    from atlas.discover.proposal import ProposalError, write_document

    root = find_root(catalogue)
    for kept in _candidates(data):
        found = _get(kept, candidate)
        if found.state != "open":
            fail(f"{candidate} was {found.state} on {found.decided_on}: {found.reason or 'no reason'}")
        if pr:
            branch, text = proposed(found, root)
            typer.echo(text)
            typer.echo(f"branch {branch}", err=True)
        else:
            try:
                path = write_document(found, root)
            except (ProposalError, OSError) as error:
                fail(str(error))
            typer.echo(f"wrote {path}\nnext: read each figure in the source, then atlas check {path}")
        kept.decide(candidate, "accepted", reason, read_today(today))


@candidates_app.command()
def reject(
    candidate: IdArgument,
    reason: Annotated[str, typer.Option("--reason", help="Why; kept, and told if the page comes again.")],
    data: DataOption = None,
    today: TodayOption = None,
) -> None:
    """Reject a candidate; its page does not come back, neither here nor nearly the same elsewhere.

    Example: atlas candidates reject ten-tips --reason "a list of products, no system"
    """
    from atlas.discover.candidate import CandidateError

    if not reason.strip():
        fail("a rejection needs a reason", 'such as --reason "no figures of a running system"')
    for kept in _candidates(data):
        _get(kept, candidate)
        try:
            kept.decide(candidate, "rejected", reason.strip(), read_today(today))
        except CandidateError as error:
            typer.echo(f"atlas: {error}", err=True)
            raise typer.Exit(COULD_NOT_RUN) from None
    typer.echo(f"rejected {candidate}")


def _candidates(data: Path | None) -> Iterator[Candidates]:
    """The candidates of the store, once; the store is closed afterwards."""
    from atlas.discover.candidate import Candidates
    from atlas.discover.store import StoreError, open_store

    try:
        with open_store(data_root(data)) as store:
            yield Candidates(store)
    except StoreError as error:
        fail(str(error))


def _get(kept: Candidates, ident: str) -> Candidate:
    from atlas.discover.candidate import CandidateError

    try:
        return kept.get(ident)
    except CandidateError as error:
        fail(str(error), nearest(ident, [c.id for c in kept.list(None)]))
