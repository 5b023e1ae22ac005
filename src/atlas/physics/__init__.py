"""Closed forms in plain numbers; the only place where formulas live. Knows no document, no company."""
