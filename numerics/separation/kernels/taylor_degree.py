"""B2 attacked: the gain of Taylor kernels against its bounds with explicit constants, over degrees up to 200.

How tight: the lower bound misses the gain by the factor that Stirling's formula leaves, those for short degrees tend to
the gain far below the scores of the row, and the upper bound does for a needle of height 0. Of the degree 1 the bound
for short degrees is the gain, so that no ball decides it: it is attacked from the degree 2 on.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp
from scipy.special import gammaln

from numerics.separation.kernels.taylor import LARGEST_DEGREE, attack, of_needle_row
from theory.separation.kernels import taylor_degree as room
from theory.separation.self_attention.construction import a, n

ROW = {n: (2, 10**6), a: (sp.Rational(1, 1000), 100), room.p: (1, LARGEST_DEGREE)}


def parts(x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """log n, 1 + a, p and l (x^2 R(v) - x) at points (n, a, p)."""
    log_n, height, p = np.log(x[:, 0]), 1 + x[:, 1], x[:, 2]
    return log_n, height, p, p * (1 + np.log(height**2 * log_n / p)) - height * log_n


def log_share(x: np.ndarray) -> np.ndarray:
    """log F, of the last terms over the last; written so that nothing cancels for p far below the needle's score."""
    log_n, height, p, _ = parts(x)
    needle = height**2 * log_n
    root = np.sqrt((p - needle) ** 2 + 4 * needle)
    earlier = np.where(p > needle, (p - needle + root) / 2, 2 * needle / (needle - p + root))
    return np.log1p(p * earlier / needle)


def log_short(x: np.ndarray) -> np.ndarray:
    """log of x^p (1 - p/(x l + 1)) F, where p <= x l."""
    log_n, height, p, _ = parts(x)
    return p * np.log(height) + np.log1p(-p / (height * log_n + 1)) + log_share(x)


def lower(x: np.ndarray) -> np.ndarray:
    _, _, p, main = parts(x)
    return main - 1 - np.log(p) / 2 + log_share(x) - of_needle_row(x)


def upper(x: np.ndarray) -> np.ndarray:
    return of_needle_row(x) - parts(x)[3]


def log_last_term(x: np.ndarray) -> np.ndarray:
    """log of s^p/p! (s + 1)/(s + 1 - p) exp(1 - x l)/(1 + 1/sqrt p), where p <= s = x^2 l."""
    log_n, height, p, _ = parts(x)
    needle = height**2 * log_n
    last = p * np.log(needle) - gammaln(p + 1)
    return last - np.log1p(-p / (needle + 1)) + 1 - height * log_n - np.log1p(1 / np.sqrt(p))


def upper_last_term(x: np.ndarray) -> np.ndarray:
    return of_needle_row(x) - log_last_term(x)


def lower_short(x: np.ndarray) -> np.ndarray:
    return log_short(x) - of_needle_row(x)


def lower_near(x: np.ndarray) -> np.ndarray:
    _, height, p, _ = parts(x)
    return p * np.log(height) - 1 - np.log(p) / 2 + log_share(x) - of_needle_row(x)


def short(x: np.ndarray) -> np.ndarray:
    """(1+a) log n - p."""
    log_n, height, p, _ = parts(x)
    return height * log_n - p


def middle(x: np.ndarray) -> np.ndarray:
    """The lesser of the two slacks of x l <= p <= x^2 l."""
    log_n, height, p, _ = parts(x)
    return np.minimum(p - height * log_n, height**2 * log_n - p)


def point(length: int, height: Any, p: int) -> dict:
    return {n: length, a: sp.Rational(height), room.p: p}


WITHIN = dict.fromkeys(room.MIDDLE.hypotheses, middle)
SHORT = {room.is_short: short}
attack(room.lower, lower, ROW, [point(2, 100, 110)])
attack(room.upper, upper, ROW, [point(20, "1/1000", 3)], WITHIN)
attack(room.upper_last_term, upper_last_term, ROW, [point(2, "2213/5000", 1)], WITHIN)
attack(room.lower_short, lower_short, {**ROW, room.p: (2, LARGEST_DEGREE)}, [point(3, 100, 2)], SHORT)
attack(room.lower_near, lower_near, ROW, [point(2, "1/2", 1)], SHORT)
