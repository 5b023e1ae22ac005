"""What somebody may have meant: the tip under a name that is not known."""

from __future__ import annotations

from collections.abc import Iterable

_SHOWN = 16


def nearest(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """``did you mean discord?``, else what there is, or where that is listed."""
    from difflib import get_close_matches

    names = {each.lower(): each for each in known}
    found = get_close_matches(name.lower(), names, n=1, cutoff=0.5)
    if found:
        return f"did you mean {names[found[0]]}?"
    if otherwise:
        return otherwise
    shown = list(names.values())
    more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    return f"there are: {', '.join(shown[:_SHOWN]) or 'none'}{more}"
