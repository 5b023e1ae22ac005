"""Checks of the legal family, one module each."""
