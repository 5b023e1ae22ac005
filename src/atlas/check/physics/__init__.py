"""Checks of the physics family, one module each."""
