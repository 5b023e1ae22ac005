"""Checks of the evidence family, one module each."""
