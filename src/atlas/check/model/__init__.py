"""Checks of the family model, one module each: what the engines say of a system against what its document says."""
