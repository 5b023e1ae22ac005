"""Charts with axes: Altair to SVG by vl-convert, cleaned so that a page can hold them inline and repaint them.

Making the first one takes about a second (two imports and a JavaScript engine), so that results are kept by content.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from atlas.draw.theme import ACCENT, RULE, RULE_STRONG
from atlas.site.output import write_whole

EDITION = 1
"""Counts up when the look of charts changes; part of the name under which a chart is kept."""

WIDE, NARROW = 1090, 300
FIRST, SECOND = "first hand", "second hand"
_HEIGHT = 150
_TEXT = 12


def bars_by_year(counts: Sequence[tuple[int, int, int]], label: str, cache: Path) -> tuple[str, str]:
    """Stacked bars of (year, first hand, second hand), for wide and for narrow screens.

    ``label`` says in words what is plotted, for those who do not see it.
    """
    rows = [{"year": y, "figures": n, "read": read} for y, a, b in counts for n, read in ((a, FIRST), (b, SECOND)) if n]
    wide = _kept(rows, WIDE, "only-wide", label, cache)
    return wide, _kept(rows, NARROW, "only-narrow", label, cache)


def warm() -> None:
    """Start the engine, so that the next chart takes milliseconds."""
    _draw([{"year": 2020, "figures": 1, "read": FIRST}], NARROW)


def _kept(rows: list[dict[str, Any]], width: int, name: str, label: str, cache: Path) -> str:
    key = hashlib.sha256(json.dumps([EDITION, rows, width, label]).encode()).hexdigest()[:24]
    file = cache / f"chart-{key}.svg"
    if not file.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        write_whole(file, clean(_draw(rows, width), name, label).encode())
    return file.read_text("utf-8")


def _draw(rows: list[dict[str, Any]], width: int) -> str:
    # Imported here: a build that finds its charts in the cache does not pay for them.
    import altair as alt  # noqa: PLC0415
    import vl_convert  # noqa: PLC0415

    years = sorted({row["year"] for row in rows})
    every = 1 if width == WIDE else 4
    shown = [y for y in range(years[0], years[-1] + 1) if (years[-1] - y) % every == 0]
    chart = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_bar()
        .encode(
            x=alt.X(
                "year:O",
                title=None,
                scale=alt.Scale(domain=list(range(years[0], years[-1] + 1))),
                axis=alt.Axis(labelAngle=0, values=shown, ticks=False, domainColor=RULE_STRONG),
            ),
            y=alt.Y(
                "sum(figures):Q", title=None, axis=alt.Axis(tickCount=4, gridColor=RULE, domain=False, ticks=False)
            ),
            color=alt.Color(
                "read:N", legend=None, scale=alt.Scale(domain=[FIRST, SECOND], range=[ACCENT, RULE_STRONG])
            ),
            order=alt.Order("read:N"),
        )
        .properties(width=width, height=_HEIGHT, padding=0, background="transparent")
        .configure_axis(labelFontSize=_TEXT, labelFont="sans-serif")
        .configure_view(stroke=None)
    )
    return str(vl_convert.vegalite_to_svg(chart.to_dict()))


def clean(svg: str, name: str, label: str) -> str:
    """One image with one label: what the engine says of each part is noise to a screen reader."""
    svg = re.sub(r' (?:aria-[a-z]+|role|pointer-events)="[^"]*"', "", svg)
    svg = re.sub(r'<svg ([^>]*?)class="marks" ', r"<svg \1", svg, count=1)
    escaped = label.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    return svg.replace("<svg ", f'<svg class="{name}" role="img" aria-label="{escaped}" ', 1).replace(
        ' xmlns:xlink="http://www.w3.org/1999/xlink"', ""
    )
