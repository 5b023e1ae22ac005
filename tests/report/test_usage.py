"""Readers and embeds, counted from logs and tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from atlas.report import UsageError, read_logs, read_table

_LINE = '{who} - - [{day}:10:00:00 +0000] "GET {path} HTTP/1.1" {status} 512 "-" "{agent}"\n'


def _line(who: str, path: str, *, day: str = "03/Oct/2026", status: int = 200, agent: str = "Mozilla/5.0") -> str:
    return _LINE.format(who=who, day=day, path=path, status=status, agent=agent)


def test_a_person_is_counted_once_a_month(tmp_path: Path) -> None:
    """Two pages of one reader are one viewer; the same reader in another month is counted there again."""
    log = tmp_path / "access.log"
    log.write_text(
        _line("10.0.0.1", "/systems/discord/")
        + _line("10.0.0.1", "/systems/uber/?q=1")
        + _line("10.0.0.2", "/")
        + _line("10.0.0.1", "/", day="01/Nov/2026")
    )
    assert read_logs([log]).viewers == {"2026-10": 2, "2026-11": 1}


def test_only_pages_that_were_shown_to_people_count(tmp_path: Path) -> None:
    """Files, errors and programs are no readers; an embedded diagram is an embed and no page."""
    log = tmp_path / "access.log"
    log.write_text(
        _line("10.0.0.1", "/assets/atlas.css")
        + _line("10.0.0.2", "/systems/none/", status=404)
        + _line("10.0.0.3", "/", agent="Googlebot/2.1")
        + _line("10.0.0.4", "/embed/discord/l0/")
        + _line("10.0.0.4", "/atlas/embed/discord/l0/")
        + "not a request at all\n"
    )
    usage = read_logs([log])
    assert usage.viewers == {}
    assert usage.embeds == {"2026-10": 2}


def test_a_file_that_is_no_log_is_refused(tmp_path: Path) -> None:
    """Zero readers must mean that nobody came, not that the file was another one."""
    path = tmp_path / "notes.txt"
    path.write_text("hello\n")
    with pytest.raises(UsageError, match="log format"):
        read_logs([path])


def test_a_table_is_read_as_it_stands(tmp_path: Path) -> None:
    """Months, viewers and embeds."""
    path = tmp_path / "usage.csv"
    path.write_text("month,viewers,embeds\n2026-09,10,1\n2026-10,12,0\n")
    usage = read_table(path)
    assert usage.viewers == {"2026-09": 10, "2026-10": 12}
    assert usage.embeds == {"2026-09": 1, "2026-10": 0}


@pytest.mark.parametrize("line", ["2026-13,1,1", "2026-10,-4,1", "2026-10,many,1", "2026-10,3"])
def test_a_wrong_line_of_a_table_is_named(tmp_path: Path, line: str) -> None:
    """The error says which line, and what is expected there."""
    path = tmp_path / "usage.csv"
    path.write_text(f"month,viewers,embeds\n{line}\n")
    with pytest.raises(UsageError, match=r"usage\.csv:2: expected"):
        read_table(path)


def test_a_quote_in_the_name_of_a_program_hides_nothing(tmp_path: Path) -> None:
    """Servers write it with a backslash before it."""
    log = tmp_path / "access.log"
    log.write_text(_line("10.0.0.1", "/", agent=r"My \"good\" crawler"))
    assert read_logs([log]).viewers == {}


def test_a_month_that_is_none_is_passed_over(tmp_path: Path) -> None:
    """A day in another language is no request of a month."""
    log = tmp_path / "access.log"
    log.write_text(_line("10.0.0.1", "/") + _line("10.0.0.2", "/", day="03/Okt/2026"))
    assert read_logs([log]).viewers == {"2026-10": 1}
