"""Checks: facts that must hold of a system, one module each.

>>> from atlas.check import explain
>>> explain("PHY001").name
'peak_over_average'
"""

from atlas.check.case import Case, Survey
from atlas.check.excused import Excuse, ExcuseError, load_excuses
from atlas.check.registry import Breach, Check, Explanation, Family, Scope, all_checks, explain
from atlas.check.runner import check_system, run_checks
from atlas.check.whole import check_catalogue

__all__ = [
    "Breach",
    "Case",
    "Check",
    "Excuse",
    "ExcuseError",
    "Explanation",
    "Family",
    "Scope",
    "Survey",
    "all_checks",
    "check_catalogue",
    "check_system",
    "explain",
    "load_excuses",
    "run_checks",
]
