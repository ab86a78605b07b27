"""The needle construction: its symbols, its domain, and the expressions that every claim about it is written in.

Construction (Deng, Song, Yuan, Zhou, arXiv 2310.11685, as reconstructed in this project). There are n tokens in
dimension d, the rows of A, with L = sqrt(log n). Token j3, the needle, carries a L in its first column; each of the
columns 2..d-1 carries b L for t = n/(d-2) tokens; the last column is c L throughout, with b + c = 1. The score of query
i and key j is s_i s_j log n with s_i = 1 + a [i = j3]. A neuron with uniform random signs y fires on row i when
<c_i, y> > tau, where c_i is the attention output of row i and tau = (c + eta) L.

Everything about a map enters through one number a row, the **gain** N: the kernel score of the needle divided by
the kernel score of any other token. The functions below take SymPy expressions, and just as well numbers or arrays.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain

n = sp.Symbol("n", integer=True, positive=True)
d = sp.Symbol("d", integer=True, positive=True)
m = sp.Symbol("m", integer=True, positive=True)
a = sp.Symbol("a", positive=True)
b = sp.Symbol("b", nonnegative=True)
eta = sp.Symbol("eta", positive=True)
xi = sp.Symbol("xi", positive=True)
N = sp.Symbol("N", positive=True)
y_first, y_last, y_needle = sp.symbols("y_1 y_d y_k", integer=True)
S = sp.Symbol("S", integer=True)

SOURCE = "construction of Deng, Song, Yuan, Zhou, arXiv 2310.11685, as reconstructed here"

MEANINGS = {
    n: "number of tokens",
    d: "dimension",
    m: "number of neurons",
    a: "height of the needle",
    b: "weight of the identity columns",
    eta: "threshold above the constant column, tau/sqrt(log n) - c",
    xi: "threshold above 1, tau/sqrt(log n) - 1",
    N: "gain of the row",
    y_first: "sign of the needle column",
    y_last: "sign of the constant column",
    y_needle: "sign of the needle's identity column",
    S: "sum of the d-2 middle signs",
}

RANGES = {
    n: sp.Range(2, sp.oo),
    d: sp.Range(3, sp.oo),
    m: sp.Range(1, sp.oo),
    a: sp.Interval.open(0, sp.oo),
    b: sp.Interval(0, 1),
    eta: sp.Interval.open(0, sp.oo),
    xi: sp.Interval.open(0, sp.oo),
    N: sp.Interval(1, sp.oo),
    y_first: sp.FiniteSet(-1, 1),
    y_last: sp.FiniteSet(-1, 1),
    y_needle: sp.FiniteSet(-1, 1),
    S: sp.Range(-sp.oo, sp.oo),
}


def domain(*symbols: sp.Symbol, hypotheses: tuple = (), **changed: sp.Set) -> Domain:
    """The construction's usual ranges for `symbols`; `changed` replaces the range of a symbol by its name."""
    ranges = {symbol: changed.get(symbol.name, RANGES[symbol]) for symbol in symbols}
    return Domain(ranges, hypotheses, {symbol: MEANINGS[symbol] for symbol in symbols})


def softmax_needle_gain(a, n):
    """Gain of softmax in the needle's own row: exp((1+a)^2 log n) / exp((1+a) log n)."""
    return n ** (a * (1 + a))


def softmax_ordinary_gain(a, n):
    """Gain of softmax in every other row: exp((1+a) log n) / exp(log n)."""
    return n**a


def linear_gain(a):
    """Gain of row-normalised linear attention, the same in every row."""
    return 1 + a


def needle_weight(gain, n):
    """Weight w that a row of gain `gain` puts on the needle."""
    return gain / (gain + n - 1)


def other_weight(gain, n):
    """Weight u that a row of gain `gain` puts on each token that is not the needle."""
    return 1 / (gain + n - 1)


def contrast(gain, n):
    """w - u, by which the needle stands out in a row of gain `gain`."""
    return (gain - 1) / (gain + n - 1)


def activation(gain, n, d, a, b, y_first, y_last, y_needle, S):
    """<c_i, y> / L: what a neuron with these signs reads from a row of gain `gain`; S sums the d-2 middle signs."""
    om = contrast(gain, n)
    return a * needle_weight(gain, n) * y_first + b * (om * y_needle + (1 - om) * S / (d - 2)) + (1 - b) * y_last


def level(eta, b, y_last):
    """The height that the needle and the identity columns must pass: eta if y_last = +1, eta + 2c if y_last = -1."""
    return eta + (1 - b) * (1 - y_last)


def mean_sign_needed(gain, n, a, b, level):
    """x: with y_1 = y_k = +1 a row of gain `gain` fires if and only if the mean middle sign S/(d-2) exceeds x."""
    return (level * (n - 1) + b - gain * (a + b - level)) / (b * n)
