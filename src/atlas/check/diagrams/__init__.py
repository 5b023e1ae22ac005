"""Checks of the diagrams family, one module each."""
