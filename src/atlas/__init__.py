"""Atlas: the architecture of the world's largest systems as data you can check, draw, run and learn from."""

__version__ = "0.1.0"
