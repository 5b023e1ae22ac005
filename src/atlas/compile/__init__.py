"""System → Plan, and drills on it: faults, expectations, counterfactuals, results that say how far to trust them."""

from atlas.compile.conditions import Conditions
from atlas.compile.ledger import Entry
from atlas.compile.plan import Compiled, compile_system

__all__ = ["Compiled", "Conditions", "Entry", "compile_system"]
