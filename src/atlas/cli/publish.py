"""Commands that publish: build, serve, draw."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from atlas.cli.exit import FOUND, fail
from atlas.cli.nearest import nearest
from atlas.cli.options import CatalogueOption, TodayOption, cache_folder, find_root, open_catalogue, read_today


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    panel = "Publish"
    app.command("build", rich_help_panel=panel)(build)
    app.command("serve", rich_help_panel=panel)(serve)
    app.command("draw", rich_help_panel=panel)(draw)


def build(
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Folder for the site; replaced as a whole when the build is done.")
    ] = Path("site"),
    catalogue: CatalogueOption = None,
    base_url: Annotated[str, typer.Option("--base-url", help="Public address, for the sitemap and permalinks.")] = "",
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", help="Processes. Default: one for each core.", min=1)
    ] = None,
    cache: Annotated[
        bool, typer.Option("--cache/--no-cache", help="Reuse pages of systems that have not changed.")
    ] = True,
    search: Annotated[bool, typer.Option("--search/--no-search", help="Build the search index.")] = True,
    today: TodayOption = None,
) -> None:
    """Build the site as static files that any web server, or none, can show.

    Example: atlas build --out site --base-url https://example.org/atlas/
    """
    import os

    from atlas.cli.progress import bar
    from atlas.diagnostic import to_text
    from atlas.site.build import build as build_site
    from atlas.site.output import OutputError

    root = find_root(catalogue)
    with bar("Building") as advance:
        try:
            report = build_site(
                root,
                out,
                today=read_today(today),
                base_url=base_url,
                jobs=jobs or os.cpu_count() or 1,
                cache=cache_folder() / "pages" if cache else None,
                progress=advance,
                with_search=search,
            )
        except OutputError as error:
            fail(str(error), "choose another folder with --out")
        except OSError as error:
            fail(f"cannot write: {error}", "set ATLAS_CACHE to a folder that can be written, or take --no-cache")
    typer.echo(f"{report.systems} systems ({report.rendered} rendered anew), {report.files} files in {report.out}")
    if report.search_problem:
        typer.echo(f"no search index: {report.search_problem}", err=True)
    for slug in report.broken:
        typer.echo(f"{slug} could not be read and has no page; see: atlas check", err=True)
    if report.left_out:
        typer.echo(to_text(report.left_out), err=True)
    if report.broken or report.left_out:
        raise typer.Exit(FOUND)


def serve(
    catalogue: CatalogueOption = None,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", "-p", help="Port to listen on.", min=0, max=65535)] = 8000,
    watch: Annotated[bool, typer.Option("--watch/--no-watch", help="Rebuild when the catalogue changes.")] = True,
    today: TodayOption = None,
) -> None:
    """Serve the site and its API, and follow changes of the catalogue.

    Open pages reload when they change; a document that breaks keeps its last good page and is told here.
    The API describes itself at /api/openapi.json.

    Examples: atlas serve · atlas serve --port 8080 · atlas serve --port 0 --catalogue my-systems
    """
    from atlas.cli.progress import bar
    from atlas.serve import ServeError
    from atlas.serve import serve as serve_site

    try:
        serve_site(
            find_root(catalogue),
            folder=cache_folder(),
            host=host,
            port=port,
            watch=watch,
            today=read_today(today),
            progress=bar("Building"),
            say=typer.echo,
        )
    except ServeError as error:
        fail(str(error), error.tip)


def draw(
    system: Annotated[str, typer.Argument(help="Slug of the system.")],
    code: Annotated[str, typer.Argument(help="Code of the diagram, such as L0 or RF. Empty: list them.")] = "",
    catalogue: CatalogueOption = None,
    mermaid: Annotated[bool, typer.Option("--mermaid", help="Print the Mermaid text instead of SVG.")] = False,
    tall: Annotated[bool, typer.Option("--tall", help="The top-down drawing for narrow screens.")] = False,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="File to write. Default: standard output.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the list as JSON.")] = False,
) -> None:
    """Draw one diagram of a system.

    Examples: atlas draw discord · atlas draw discord L0 --out l0.svg · atlas draw discord RF --mermaid
    """
    from atlas.draw import DrawingError, diagrams, render

    loaded = open_catalogue(catalogue, quiet=True)
    found = loaded.systems.get(system)
    if found is None:
        fail(f"there is no system called {system!r}", nearest(system, loaded.systems))
    drawn = {d.code.upper(): d for d in diagrams(found)}
    if not code:
        _list_diagrams([(d.code, d.title) for d in drawn.values()], as_json=as_json)
        return
    diagram = drawn.get(code.upper())
    if diagram is None:
        fail(f"{system} has no diagram {code!r}", nearest(code, drawn))
    try:
        text = diagram.mermaid if mermaid else render(diagram, "tall" if tall else "wide").text
    except DrawingError as error:
        fail(f"{system} {diagram.code} could not be drawn: {error}", "its Mermaid text: --mermaid")
    _put(text, out)


def _list_diagrams(rows: list[tuple[str, str]], *, as_json: bool) -> None:
    if as_json:
        import json

        typer.echo(json.dumps([{"code": code, "title": title} for code, title in rows], indent=2, ensure_ascii=False))
        return
    widest = max((len(code) for code, _ in rows), default=0)
    for code, title in rows:
        typer.echo(f"{code:{widest}}  {title}")


def _put(text: str, out: Path | None) -> None:
    """Print a text, or write it to a file."""
    if out is None:
        typer.echo(text)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        fail(f"cannot write {out}: {error.strerror}", "choose another file with --out")
    typer.echo(f"wrote {out}")
