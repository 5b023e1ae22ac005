"""Checks of the record family, one module each."""
