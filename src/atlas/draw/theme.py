"""Colours and sizes of drawings, and the CSS by which a page repaints them.

A file carries the plain values of the light theme, because variables are lost in other viewers. A page overrides
them through the stable classes (``plane-*``, ``zone-*``, ``cmp-*``, ``pele-*``, ``notes-*``): :func:`stylesheet`.
"""

from __future__ import annotations

from dataclasses import dataclass

PLANES = ("edge", "service", "stream", "state", "control")


@dataclass(frozen=True, slots=True)
class Paint:
    """Stroke of an outline, ink of a title, tint of a ground, as hex."""

    stroke: str
    ink: str
    tint: str


PAPER, SUNKEN = "#ffffff", "#f6f6f3"
INK, INK_2, INK_3 = "#1b1d20", "#4c5056", "#63676e"
RULE, RULE_STRONG = "#e2e1dc", "#8b8a84"
ACCENT, ACCENT_TINT = "#0b6170", "#e4f1f3"
WARN, WARN_TINT = "#8a4b00", "#fdf3e2"

PLANE_PAINT = {
    "edge": Paint("#0066cc", "#0055aa", "#e8f1fb"),
    "service": Paint("#008f00", "#006a0c", "#e7f5e7"),
    "stream": Paint("#aa00aa", "#8e008e", "#f8e9f8"),
    "state": Paint("#c96b00", "#8a4900", "#fdf1e3"),
    "control": Paint("#cc0000", "#aa0000", "#fbe9e9"),
}
NEUTRAL = Paint(RULE_STRONG, INK_2, SUNKEN)
NOTE = Paint(WARN, INK, WARN_TINT)
MAIN = Paint(ACCENT, ACCENT, ACCENT_TINT)
GAP = Paint(RULE_STRONG, INK_3, PAPER)

TEXT, SMALL = 16, 14
"""Sizes in px of a name and of everything else; at 1136 px page width a 1240 px drawing keeps both ≥ 12."""

FONT = "'Noto Sans', 'Atlas Diagram', sans-serif"


def paint_of(classes: list[str]) -> Paint:
    """The paint that the classes of a node or a zone ask for; neutral when none does."""
    for name in classes:
        kind, _, rest = name.partition("-")
        if kind in ("plane", "zone") and rest in PLANE_PAINT:
            return PLANE_PAINT[rest]
    named = {"note": NOTE, "main": MAIN, "gap": GAP}
    return next((named[name] for name in classes if name in named), NEUTRAL)


def contrast(one: str, other: str) -> float:
    """WCAG contrast ratio of two hex colours, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


_PAGE = """\
.pele { max-width: 100%; height: auto; font-family: "Atlas Diagram", "Noto Sans", sans-serif; }
.pele .paper { fill: none; }
.pele text, .pele tspan { fill: var(--ink); }
.pele .fact, .pele .fact tspan, .pele .pele-edge-label text, .pele .pele-edge-label tspan, .pele .notes-value,
.pele .notes-value tspan, .pele .pele-frame-label { fill: var(--ink-2); }
.pele .gap-word { fill: var(--ink-3); }
.pele .pele-edge > path, .pele path.pele-edge { stroke: var(--ink-2); }
.pele path.pele-marker { fill: var(--ink-2); stroke: none; }
.pele .pele-edge > path.pele-marker-open { fill: none; stroke: var(--ink-2); }
.pele .ground { fill: var(--paper); stroke: none; }
.pele .shape { fill: var(--c-tint, var(--sunken)); stroke: var(--c, var(--rule-strong)); }
.pele .outline { fill: none; stroke: var(--c, var(--rule-strong)); }
.pele .pele-cluster > rect { fill: none; stroke: var(--c, var(--rule-strong)); }
.pele .pele-cluster text, .pele .pele-cluster tspan,
.pele .pele-cluster-title text, .pele .pele-cluster-title tspan { fill: var(--c-ink, var(--ink-2)); }
.pele .halo { stroke: var(--paper); }
.pele .pele-cluster-title .halo { fill: none; stroke: var(--paper); }
.pele .note { --c: var(--warn); --c-tint: var(--warn-tint); font-size: inherit; }
.pele .main { --c: var(--accent); --c-tint: var(--accent-tint); }
.pele .gap { --c: var(--rule-strong); --c-tint: var(--paper); }
.pele .quiet { --c: var(--rule); --c-tint: var(--sunken); }
.pele .rule { stroke: var(--rule); }
.pele .pele-lifeline, .pele .pele-axis { stroke: var(--rule-strong); }
.pele .band { fill: var(--c, var(--rule-strong)); }
"""


def stylesheet() -> str:
    """CSS that repaints inline drawings from a page's tokens (``--ink``, ``--edge``, ``--edge-tint`` …)."""
    return _PAGE + "".join(
        f".pele .plane-{plane}, .pele .zone-{plane} {{ --c: var(--{plane}); "
        f"--c-ink: var(--{plane}-ink); --c-tint: var(--{plane}-tint); }}\n"
        for plane in PLANES
    )
