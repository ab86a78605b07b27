"""Exact answers about other kernels on the needle construction: gains, needle weights, least degrees, success.

Everything is exact: rationals, or gains that are proven irrational, so that comparisons always end; no float decides
anything. The searches return a frozen result with the value and a sentence; without a value it is None and the
sentence says why. Lengths to 10^1000 and beyond are no harder than others.

>>> print(smallest_degree("polynomial", 10**6, "0.7").message)
The least polynomial degree with a needle weight above 1/2 is p = 27, at n = 1000000, a = 7/10.
>>> print(smallest_degree("taylor", 10**6, "0.61").message)
None exists: softmax itself does not put more than 1/2 on the needle at n = 1000000, a = 61/100.
>>> print(needle_weight(Linear(), 10**6, "0.7"), needle_weight(Softmax(), 10**6, "0.7"))
17/10000007 0.93245003
"""

from __future__ import annotations

from theory.separation.kernels.degrees import (
    SmallestDegree,
    degree_rate,
    smallest_degree,
    taylor_crossover,
)
from theory.separation.kernels.gains import (
    Chebyshev,
    EluPlusOne,
    Kernel,
    Linear,
    Polynomial,
    Relu,
    Softmax,
    Taylor,
    kernel_gain,
    kernel_rows,
    needle_weight,
)
from theory.separation.kernels.spectrum import softmax_singular_values
from theory.separation.kernels.success import (
    SmallestSuccessfulDegree,
    kernel_law,
    kernel_success,
    smallest_successful_degree,
)

__all__ = [
    "Chebyshev",
    "EluPlusOne",
    "Kernel",
    "Linear",
    "Polynomial",
    "Relu",
    "SmallestDegree",
    "SmallestSuccessfulDegree",
    "Softmax",
    "Taylor",
    "degree_rate",
    "kernel_gain",
    "kernel_law",
    "kernel_rows",
    "kernel_success",
    "needle_weight",
    "smallest_degree",
    "smallest_successful_degree",
    "softmax_singular_values",
    "taylor_crossover",
]
