"""How much a reader downloads: the overview of each system, and the page with all its diagrams, compressed."""

from __future__ import annotations

import datetime as dt
import gzip
import re
from pathlib import Path

from atlas.site.build import build
from bench.calibration import Calibration
from bench.measure import ROOT, TODAY, Say, Section

OVERVIEW_KB, DIAGRAMS_KB = 40, 150
_KB = 1000
_STYLE = re.compile(r'<link rel="stylesheet" href="([^"]+)"')
_SCRIPT = re.compile(r'<script[^>]* src="([^"]+)"')


def measure(_calibration: Calibration, scratch: Path, say: Say) -> Section:
    """Build the project's own catalogue and weigh two pages of each system."""
    section = Section("Weight of pages")
    say("building the project's own catalogue")
    site = scratch / "site"
    build(ROOT / "catalogue", site, today=dt.date.fromisoformat(TODAY), jobs=2, with_search=False)
    pages = {
        folder.name: (weight(folder / "index.html"), weight(folder / "diagrams" / "index.html"))
        for folder in sorted((site / "systems").iterdir())
        if (folder / "index.html").is_file()
    }
    heaviest = [max(column) for column in zip(*pages.values(), strict=True)]
    section.at_most("overview page, the heaviest", OVERVIEW_KB, heaviest[0], "kB")
    section.at_most("all diagrams of a system, the heaviest", DIAGRAMS_KB, heaviest[1], "kB")
    rows = [f"| {slug} | {overview:.1f} kB | {drawn:.1f} kB |" for slug, (overview, drawn) in pages.items()]
    head = "HTML with inline SVG, stylesheet and first script, each compressed by gzip at 9; fonts and search apart."
    section.text = "\n".join([head, "", "| system | overview | all diagrams |", "| --- | ---: | ---: |", *rows])
    section.data = {s: {"overview_kb": round(a, 1), "diagrams_kb": round(b, 1)} for s, (a, b) in pages.items()}
    return section


def weight(page: Path) -> float:
    """Kilobytes of a page with its stylesheet and its first script, each compressed on its own."""
    html = page.read_text(encoding="utf-8")
    linked = [*_STYLE.findall(html), *_SCRIPT.findall(html)[:1]]
    files = [page, *((page.parent / address.partition("?")[0]).resolve() for address in linked)]
    return sum(len(gzip.compress(file.read_bytes(), 9, mtime=0)) for file in files) / _KB
