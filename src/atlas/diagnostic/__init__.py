"""What a check says: findings with a place, and the ways to print them."""

from atlas.diagnostic.code import CODES, Code, code
from atlas.diagnostic.finding import Finding, Level, Position, at_or_above, sort_findings
from atlas.diagnostic.output import to_github, to_json, to_text

__all__ = [
    "CODES",
    "Code",
    "Finding",
    "Level",
    "Position",
    "at_or_above",
    "code",
    "sort_findings",
    "to_github",
    "to_json",
    "to_text",
]
