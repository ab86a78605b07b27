"""B2 attacked: the gain of Taylor kernels against its bounds with explicit constants, over degrees up to 200.

How tight: the lower bound misses the gain by the factors that Stirling's formula and the exponential leave, the upper
bound by a power of log n.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp

from numerics.separation.kernels.taylor import LARGEST_DEGREE, attack, of_needle_row
from theory.separation.kernels import taylor_degree as room
from theory.separation.self_attention.construction import a, n

ROW = {n: (2, 10**6), a: (sp.Rational(1, 1000), 100), room.p: (1, LARGEST_DEGREE)}


def parts(x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """log n, 1 + a, p and l (x^2 R(v) - x) at points (n, a, p, ..)."""
    log_n, height, p = np.log(x[:, 0]), 1 + x[:, 1], x[:, 2]
    return log_n, height, p, p * (1 + np.log(height**2 * log_n / p)) - height * log_n


def lower(x: np.ndarray) -> np.ndarray:
    _, _, p, main = parts(x)
    return main - 1 - np.log(p) / 2 - of_needle_row(x)


def upper(x: np.ndarray) -> np.ndarray:
    log_n, height, _, main = parts(x)
    return of_needle_row(x) - (main + 3 / 2 + np.log(height * log_n) / 2)


def lower_short(x: np.ndarray) -> np.ndarray:
    _, height, p, _ = parts(x)
    return p * np.log(height) - 1 - np.log(p) / 2 - of_needle_row(x)


def short(x: np.ndarray) -> np.ndarray:
    """(1+a) log n - p."""
    log_n, height, p, _ = parts(x)
    return height * log_n - p


def middle(x: np.ndarray) -> np.ndarray:
    """The least of the four slacks of m <= x l <= m + 1 and m <= p <= x^2 l."""
    log_n, height, p, _ = parts(x)
    rest, m = height * log_n, x[:, 3]
    return np.minimum.reduce([rest - m, m + 1 - rest, p - m, height * rest - p])


def point(length: int, height: Any, p: int, *m: int) -> dict:
    found = {n: length, a: sp.Rational(height), room.p: p}
    return found | ({room.m: m[0]} if m else {})


MIDDLE = {**ROW, room.m: (1, LARGEST_DEGREE)}
WITHIN = dict.fromkeys(room.MIDDLE.hypotheses, middle)
attack(room.lower, lower, ROW, [point(2, 100, 110)])
attack(room.upper, upper, MIDDLE, [point(3, "1/1000", 1, 1)], WITHIN)
attack(room.lower_short, lower_short, ROW, [point(3, 12, 14)], {room.is_short: short})
