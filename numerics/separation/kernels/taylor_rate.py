"""B2 attacked: degrees that should be enough for the needle, and degrees that should not be, up to 200.

The fall of the rate, which both rest on, is attacked as it stands.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import numpy as np
import sympy as sp

from numerics.attack import attacked
from numerics.separation.kernels.taylor import attack, of_needle_row
from numerics.separation.kernels.taylor_degree import (
    ROW,
    SHORT,
    WITHIN,
    log_last_term,
    log_share,
    log_short,
    parts,
    point,
)
from theory.evidence import Method, evidence_for
from theory.separation.kernels import taylor_rate


def reaches(x: np.ndarray) -> np.ndarray:
    """log n - log N_p: above 0 where a degree that should be enough is not."""
    return np.log(x[:, 0]) - of_needle_row(x)


def stays_below(x: np.ndarray) -> np.ndarray:
    """log N_p - log(n - 1): above 0 where a degree that should not be enough is."""
    return of_needle_row(x) - np.log(x[:, 0] - 1)


def high_enough(x: np.ndarray) -> np.ndarray:
    log_n, _, p, main = parts(x)
    return main + log_share(x) - log_n - 1 - np.log(p) / 2


def short_enough(x: np.ndarray) -> np.ndarray:
    return log_short(x) - np.log(x[:, 0])


def too_low(x: np.ndarray) -> np.ndarray:
    return np.log(x[:, 0] - 1) - parts(x)[3]


def few_terms(x: np.ndarray) -> np.ndarray:
    return np.log(x[:, 0] - 1) - log_last_term(x)


attack(taylor_rate.sufficient, reaches, ROW, [point(4, "109/125", 4)], {taylor_rate.high_enough: high_enough})
attack(
    taylor_rate.sufficient_short, reaches, ROW, [point(100, "4961/50", 1)],
    {**SHORT, taylor_rate.short_enough: short_enough},
)  # fmt: skip
attack(taylor_rate.necessary, stays_below, ROW, [point(3, "56/125", 2)], {**WITHIN, taylor_rate.too_low: too_low})
attack(
    taylor_rate.necessary_last_term, stays_below, ROW, [point(15, "8463/10000", 5)],
    {**WITHIN, taylor_rate.few_terms: few_terms},
)  # fmt: skip

evidence_for(taylor_rate.rate_falls, Method.ATTACKED)(
    attacked(declared_worst=[{taylor_rate.y: sp.Integer(1), taylor_rate.y_larger: 1 + sp.Rational(1, 10**6)}])
)
