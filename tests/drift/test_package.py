"""What is installed is whole: code, templates, catalogue, schema and licences travel in the wheel."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

PARTS = [
    "atlas/cli/main.py",
    "atlas/py.typed",
    "atlas/site/templates/system.html",
    "atlas/site/assets/atlas.css",
    "atlas/_catalogue/systems/messaging/discord.yaml",
    "atlas/_catalogue/vocabulary/metrics.yaml",
    "atlas/_schemas/system.schema.json",
    "atlas/_schemas/sources.schema.json",
]


def test_the_wheel_holds_everything(root: Path, tmp_path: Path) -> None:
    """A wheel built from the tree has every module and every data file that the product reads."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)], cwd=root, check=True
    )
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert not [part for part in PARTS if part not in names]
    modules = {p.relative_to(root / "src").as_posix() for p in (root / "src" / "atlas").rglob("*.py")}
    assert not modules - names
    assert any(name.endswith("licenses/LICENSE-DATA") for name in names)
