"""The reference of the commands is complete and up to date."""

from __future__ import annotations

from pathlib import Path

from atlas.cli import reference as module
from atlas.cli.reference import commands, main, reference


def test_the_committed_reference_is_what_the_commands_give(root: Path) -> None:
    """To mend: python -m atlas.cli.reference."""
    assert (root / "docs" / "commands.md").read_text() == reference()


def test_every_command_and_option_is_documented(root: Path) -> None:
    """In the README or in a document of docs/."""
    text = "\n".join(p.read_text() for p in [root / "README.md", *sorted((root / "docs").glob("*.md"))])
    for name, command in commands():
        assert name in text, name
        for parameter in command.params:
            if parameter.param_type_name == "option" and parameter.name != "help":
                for option in (*parameter.opts, *parameter.secondary_opts):
                    assert option in text, f"{name} {option}"


def test_drift_is_found_and_written_away(tmp_path: Path) -> None:
    """Exit code 1 where the file differs or is missing, 0 after it was written, 2 where it cannot be."""
    path = tmp_path / "commands.md"
    assert main(["--check", str(path)]) == 1
    assert main([str(path)]) == 0
    assert main(["--check", str(path)]) == 0
    path.write_text("other")
    assert main(["--check", str(path)]) == 1
    assert main([str(tmp_path / "no" / "where.md")]) == 2
    assert Path("docs/commands.md") == module.FILE
