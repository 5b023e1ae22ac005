"""Drawing: Atlas' renderer beside ``@mermaid-js/mermaid-cli`` on the same texts, and Mermaid's own parser on all."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from itertools import islice
from pathlib import Path

from atlas.catalogue import load_catalogue
from atlas.draw import CODES, Diagram, diagrams, render
from atlas.draw.pele import pele
from bench.calibration import Calibration
from bench.measure import ROOT, Row, Say, Section, shown

DIAGRAMS = 30
SLOWER = 30
_PARSER = ROOT / "tests" / "draw" / "parse.mjs"
_TARGET = f"≥ {SLOWER} ×"


def measure(_calibration: Calibration, scratch: Path, say: Say) -> Section:
    """Both renderers on the same texts; and how many of the catalogue's texts Mermaid's own parser reads."""
    section = Section("Drawing")
    say("drawing the catalogue")
    drawn = [d for s in load_catalogue(ROOT / "catalogue").systems.values() for d in diagrams(s)]
    _beside(section, _chosen(drawn), scratch, say)
    _parsed(section, drawn, say)
    return section


def _chosen(drawn: list[Diagram]) -> list[Diagram]:
    """Thirty of the fifteen kinds, spread evenly over the systems."""
    core = [d for d in drawn if d.code in CODES]
    step = len(core) // DIAGRAMS
    return list(islice(core[:: step + 1 if step % len(CODES) == 0 else step], DIAGRAMS))


def _beside(section: Section, chosen: list[Diagram], scratch: Path, say: Say) -> None:
    render(chosen[0])  # starting the engine is part of starting the program
    program, browser = _mermaid_cli(), _chromium()
    if program is None or browser is None:
        section.rows.append(_plain("Atlas, a diagram", f"{_own(chosen) * 1000:.1f} ms"))
        missing = "no npm packages: make node" if program is None else "no Chromium: make chromium"
        section.missing("mermaid-cli against Atlas", _TARGET, missing)
        return
    settings = scratch / "puppeteer.json"
    settings.write_text(json.dumps({"executablePath": browser, "args": ["--no-sandbox", "--disable-gpu"]}))
    base = [str(program), "-q", "-p", str(settings)]
    own, single = _one_by_one(base, chosen, scratch, say)
    own_then, together = _all_at_once(base, chosen, scratch, say)
    section.rows.append(_plain("Atlas, a diagram", f"{min(own, own_then) * 1000:.1f} ms"))
    section.data["atlas_ms"] = [round(own * 1000, 2), round(own_then * 1000, 2)]
    section.data["mermaid_cli_ms"] = [round(single * 1000), round(together * 1000)]
    each, batch = f"mermaid-cli, {len(chosen)} processes", "mermaid-cli, one process for all"
    section.at_least(f"{each}, against Atlas", SLOWER, single / own, "×", f" ({single * 1000:,.0f} ms a diagram)")
    ratio = f"{shown(together / own_then)} × ({together * 1000:,.0f} ms a diagram)"
    section.rows.append(_plain(f"{batch}, against Atlas", ratio))


def _own(chosen: list[Diagram]) -> float:
    """Seconds a diagram in a program that is running."""
    pele.cache_clear()
    began = time.perf_counter()
    for diagram in chosen:
        render(diagram)
    return (time.perf_counter() - began) / len(chosen)


def _one_by_one(base: list[str], chosen: list[Diagram], scratch: Path, say: Say) -> tuple[float, float]:
    """Seconds a diagram: Atlas before and after, and a process and a browser for each, as it is called for one file."""
    own = took = 0.0
    for number, diagram in enumerate(chosen):
        say(f"mermaid-cli: {number + 1} of {len(chosen)}")
        source = scratch / f"{diagram.id}.mmd"
        source.write_text(diagram.wide.mermaid, encoding="utf-8")
        own += _own([diagram]) / 2
        took += _run([*base, "-i", str(source), "-o", str(source.with_suffix(".svg"))])
        own += _own([diagram]) / 2
    return own / len(chosen), took / len(chosen)


def _all_at_once(base: list[str], chosen: list[Diagram], scratch: Path, say: Say) -> tuple[float, float]:
    """Seconds a diagram: Atlas before and after, and one process and one browser for a Markdown file of all."""
    say("mermaid-cli: all in one process")
    source = scratch / "all.md"
    source.write_text("\n".join(f"```mermaid\n{d.wide.mermaid}\n```\n" for d in chosen), encoding="utf-8")
    (scratch / "out").mkdir()
    before = _own(chosen)
    took = _run([*base, "-i", str(source), "-o", str(scratch / "out" / "all.md")])
    return (before + _own(chosen)) / 2, took / len(chosen)


def _run(arguments: list[str]) -> float:
    began = time.perf_counter()
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=300, check=False)
    took = time.perf_counter() - began
    if done.returncode:
        raise RuntimeError(f"mermaid-cli: {(done.stderr or done.stdout)[-1000:]}")
    return took


def _parsed(section: Section, drawn: list[Diagram], say: Say) -> None:
    """The share of all Mermaid texts of the catalogue that Mermaid's own parser reads."""
    what, target = "texts of the catalogue that Mermaid's own parser reads", "100 %"
    modules = _node_modules()
    if shutil.which("node") is None or not (modules / "mermaid").is_dir():
        section.missing(what, target, "no npm packages: make node")
        return
    say("parsing the catalogue's diagrams with Mermaid")
    texts = [{"name": d.id, "text": d.mermaid} for d in drawn]
    texts += [{"name": f"{d.id} picture", "text": d.wide.mermaid} for d in drawn]
    texts += [{"name": f"{d.id} tall", "text": d.tall.mermaid} for d in drawn if d.tall]
    done = subprocess.run(
        ["node", str(_PARSER), str(modules)], input=json.dumps(texts), capture_output=True, text=True, check=True
    )
    refused = json.loads(done.stdout)
    share = 100 * (len(texts) - len(refused)) / len(texts)
    section.data["parsed"] = {"texts": len(texts), "diagrams": len(drawn), "refused": [r["name"] for r in refused]}
    section.at_least(what, 100, share, "%", f" ({len(drawn)} diagrams, {shown(len(texts))} texts)")


def _plain(what: str, measured: str) -> Row:
    return Row(what, "", measured, None)


def _node_modules() -> Path:
    return Path(os.environ.get("ATLAS_NODE_MODULES", ROOT / "node_modules"))


def _mermaid_cli() -> Path | None:
    program = _node_modules() / ".bin" / "mmdc"
    return program if program.exists() and shutil.which("node") else None


def _chromium() -> str | None:
    return os.environ.get("ATLAS_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
