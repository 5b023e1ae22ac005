"""Checks of the vocabulary family, one module each."""
