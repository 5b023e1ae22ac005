"""Under what conditions a system is compiled: how much load, in how many regions, at what scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

At = Literal["peak", "average", "day"]


@dataclass(frozen=True, slots=True)
class Conditions:
    """``load`` times the rates ``at`` the peak, at the average, or over a day's profile.

    ``only``: no flow but this. ``focus``: only these flows run, the others are background load of the stations that
    they share with them. ``by_region``: regions are told apart (else one stands for all). ``share``: a slice of
    the system, all rates and slots times this, for engines whose cost grows with the rate. ``hot_key``: what the one
    key of a drill's hot requests is (``channel``); stations that route by other keys then spread them.
    """

    load: float = 1.0
    at: At = "peak"
    only: str = ""
    focus: tuple[str, ...] = ()
    by_region: bool = False
    share: float = 1.0
    hot_key: str = ""
