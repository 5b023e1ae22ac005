"""Reports about the catalogue: what came, what is missing, how good the evidence is, and whether targets are met."""

from atlas.report.compose import Material, Report, Section, compose
from atlas.report.facts import Facts, facts_of
from atlas.report.history import read_changes
from atlas.report.metric import Metric, success_metrics
from atlas.report.output import to_html, to_json, to_markdown
from atlas.report.period import Period, last_period
from atlas.report.planned import read_planned
from atlas.report.progress import Point, read_progress, record
from atlas.report.usage import Usage, UsageError, read_logs, read_table

__all__ = [
    "Facts",
    "Material",
    "Metric",
    "Period",
    "Point",
    "Report",
    "Section",
    "Usage",
    "UsageError",
    "compose",
    "facts_of",
    "last_period",
    "read_changes",
    "read_logs",
    "read_planned",
    "read_progress",
    "read_table",
    "record",
    "success_metrics",
    "to_html",
    "to_json",
    "to_markdown",
]
