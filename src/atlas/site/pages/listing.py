"""Pages that are a list: a heading, a line about it, and tables with their files."""

from __future__ import annotations

from collections.abc import Sequence

from atlas.site.frame import Site, render
from atlas.site.table import Table, data_files


def list_pages(path: str, heading: str, lead: str, tables: Sequence[Table], site: Site) -> dict[str, str]:
    """The page at ``path`` (``sources/index.html``), one step below the list of systems, and its data files."""
    page = render(
        "table.html",
        path,
        site,
        title=heading,
        description=lead,
        heading=heading,
        lead=lead,
        crumbs=[("Systems", "systems/"), (heading, None)],
        tables=tables,
        at="",
    )
    return {path: page, **data_files(path.removesuffix("index.html"), tables)}
