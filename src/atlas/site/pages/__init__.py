"""One module per type of page; each is a pure function to ``{relative path: text}``."""
