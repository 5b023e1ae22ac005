"""The two small web fonts that diagrams are drawn with.

Labels are measured in Noto Sans, which comes with the renderer's package. Pages serve a subset of it, so that
text fits its box on every machine; page text itself uses the reader's own fonts.
"""

from __future__ import annotations

import io
from importlib.resources import files

EDITION = 1
"""Counts up when the subset changes; part of the name under which a font is kept."""

WEIGHTS = {400: "NotoSans-Regular.ttf", 700: "NotoSans-Bold.ttf"}
_RANGES = ((0x20, 0x7E), (0xA0, 0x17F), (0x391, 0x3C9), (0x2010, 0x2027), (0x2190, 0x2193))
_MORE = "•…′″‰‹›€™−×÷≈≠≤≥∞½¼¾µ⅓²³"


def subset(weight: int) -> bytes:
    """One weight as WOFF2, Latin with signs and arrows; about 20 kB and the same bytes each time."""
    # Imported here: fonttools is needed once per build, and its import is slow.
    from fontTools.subset import Options, Subsetter  # noqa: PLC0415
    from fontTools.ttLib import TTFont  # noqa: PLC0415

    wanted = {code for low, high in _RANGES for code in range(low, high + 1)} | {ord(c) for c in _MORE}
    source = files("mermaid_render").joinpath("fonts", WEIGHTS[weight]).read_bytes()
    font = TTFont(io.BytesIO(source), recalcTimestamp=False)
    options = Options(flavor="woff2", hinting=False, layout_features=["kern", "tnum", "mark"])
    options.name_IDs = [0, 1, 2, 13, 14]  # keeps the copyright and the licence that the font asks to keep
    worker = Subsetter(options)
    worker.populate(unicodes=wanted)
    worker.subset(font)
    font.flavor = "woff2"
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()
