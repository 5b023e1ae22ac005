"""Elementary functions made of additions, multiplications and divisions only, so that every machine has the same bits.

The last bit of a library's ``exp`` differs between processors, versions and languages. These do not, and a page can
repeat them in JavaScript (assets/run-kernel.js).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

LARGEST: Final = 700.0
"""Arguments between minus and plus this have a normal result."""
_PER_LN2: Final = 1.4426950408889634
_LN2_HIGH: Final = 6.93147180369123816490e-01
_LN2_LOW: Final = 1.90821492927058770002e-10
_SERIES: Final = (
    1.66666666666666019037e-01,
    -2.77777777770155933842e-03,
    6.61375632143793436117e-05,
    -1.65339022054652515390e-06,
    4.13813679705723846039e-08,
)


def exp(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """The exponential function, to within a unit in the last place, for arguments of a size of at most ``LARGEST``.

    The argument is a multiple k of ln 2 and a rest r; e^r follows from a rational approximation on
    [-ln 2 / 2, ln 2 / 2] (the coefficients of FreeBSD's ``e_exp.c``), and multiplying by 2^k is exact.
    ValueError outside.
    """
    if x.size and not float(np.abs(x).max()) <= LARGEST:
        raise ValueError(f"exp is made for arguments up to {LARGEST:g}")
    k = np.floor(x * _PER_LN2 + 0.5)
    high = x - k * _LN2_HIGH
    low = k * _LN2_LOW
    r = high - low
    square = r * r
    sum_ = np.full_like(r, _SERIES[-1])
    for coefficient in reversed(_SERIES[:-1]):
        sum_ = coefficient + square * sum_
    c = r - square * sum_
    y = 1.0 - ((low - (r * c) / (2.0 - c)) - high)
    scaled: NDArray[np.float64] = np.ldexp(y, k.astype(np.int32))
    return scaled
