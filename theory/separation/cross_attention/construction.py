"""The cross-attention needle: its symbols, its domain, and the gains of three maps on it.

Construction (Deng, Song, Yuan, Zhou, arXiv 2310.11685, study a cross-attention variant; this one is reconstructed
here). Queries come from one sequence and keys from another. Every query sees n keys: one, the needle, with the logit
kappa log n, and n - 1 others with the logit l0 > 0. The values hold one of three things: the tokens of the
self-attention needle, so that its read-out applies; +1 at the needle and -1 elsewhere (majority flip); or independent
random signs (recovery).

Everything about a map enters through the **gain** N, the kernel score of the needle over that of any other key. All
queries have the same gain, and without a needle it is 1. The functions below take SymPy expressions, numbers or
arrays.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain
from theory.separation.self_attention import construction as self_attention
from theory.separation.self_attention.construction import N, S, a, b, d, n, xi

kappa = sp.Symbol("kappa", positive=True)
l0 = sp.Symbol("l_0", positive=True)
p = sp.Symbol("p", integer=True, positive=True)

SOURCE = "cross-attention variant of the construction of arXiv 2310.11685 (Deng et al.), as reconstructed here"

MEANINGS = {
    **self_attention.MEANINGS,
    n: "number of keys",
    kappa: "logit of the needle's key, over log n",
    l0: "logit of every other key",
    p: "degree of the polynomial kernel",
    N: "gain",
}

RANGES = {
    **self_attention.RANGES,
    kappa: sp.Interval.open(0, sp.oo),
    l0: sp.Interval.open(0, sp.oo),
    p: sp.Range(1, sp.oo),
    N: sp.Interval.open(0, sp.oo),
}

__all__ = ["MEANINGS", "RANGES", "SOURCE", "N", "S", "a", "b", "d", "domain", "kappa", "l0", "n", "p", "xi"]
__all__ += ["linear_gain", "polynomial_gain", "softmax_gain"]


def domain(*symbols: sp.Symbol, hypotheses: tuple = (), **changed: sp.Set) -> Domain:
    """The construction's usual ranges for `symbols`; `changed` replaces the range of a symbol by its name."""
    ranges = {symbol: changed.get(symbol.name, RANGES[symbol]) for symbol in symbols}
    return Domain(ranges, hypotheses, {symbol: MEANINGS[symbol] for symbol in symbols})


def softmax_gain(kappa, l0, n):
    """Gain of softmax: exp(kappa log n) / exp(l0)."""
    return n**kappa * sp.exp(-l0)


def linear_gain(kappa, l0, n):
    """Gain of row-normalised linear attention: kappa log n / l0."""
    return kappa * sp.log(n) / l0


def polynomial_gain(kappa, l0, n, p):
    """Gain of the kernel (q . k)^p: that of linear attention to the power p."""
    return linear_gain(kappa, l0, n) ** p
