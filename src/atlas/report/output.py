"""A report as Markdown, as a page that needs nothing else, and as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict

from jinja2 import Environment

from atlas.report.compose import Report, Section

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{ report.title }}</title>
<style>
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
.wide { overflow-x: auto }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .35rem .8rem .35rem 0; vertical-align: top }
tr { border-bottom: 1px solid #8888 }
</style>
<h1>{{ report.title }}</h1>
<p>{{ about }}</p>
{% for section in report.sections %}
<h2>{{ section.title }}</h2>
{% for words in section.words %}<p>{{ words }}</p>
{% endfor %}
{% if section.rows %}
<div class="wide" tabindex="0" role="group" aria-label="{{ section.title }}"><table>
<thead><tr>{% for name in section.columns %}<th scope="col">{{ name }}</th>{% endfor %}</tr></thead>
<tbody>
{% for row in section.rows %}<tr>{% for one in row %}<td>{{ one }}</td>{% endfor %}</tr>
{% endfor %}</tbody>
</table></div>
{% endif %}
{% endfor %}
</html>
"""


def to_markdown(report: Report) -> str:
    """The report as GitHub shows it."""
    lines = [f"# {report.title}", "", _about(report), ""]
    for section in report.sections:
        lines += [f"## {section.title}", ""]
        lines += [line for words in section.words for line in (words, "")]
        if section.rows:
            lines += [*_table(section), ""]
    return "\n".join(lines)


def to_html(report: Report) -> str:
    """The report as one file: no script, no other address."""
    page = Environment(autoescape=True, trim_blocks=True).from_string(_PAGE)
    return page.render(report=report, about=_about(report))


def to_json(report: Report) -> str:
    """The report as data."""
    document = {
        "title": report.title,
        "kind": report.period.kind,
        "from": report.period.start.isoformat(),
        "to": report.period.end.isoformat(),
        "today": report.today.isoformat(),
        "metrics": [
            {"id": m.id, "name": m.name, "value": m.value, "target": m.target, "met": m.is_met} for m in report.metrics
        ],
        "sections": [asdict(section) for section in report.sections],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _about(report: Report) -> str:
    return f"{report.period.start} to {report.period.end}, as the catalogue stood on {report.today}."


def _table(section: Section) -> list[str]:
    rows = [[cell.replace("|", "\\|").replace("\n", " ") for cell in row] for row in section.rows]
    return [f"| {' | '.join(section.columns)} |", "|" + " --- |" * len(section.columns)] + [
        f"| {' | '.join(row)} |" for row in rows
    ]
