"""A1, the evaluated law: `FiringProbability` is the number of sign patterns that fire, over 2^d.

Hypotheses. The needle construction with n >= d-2; softmax, with its two distinct rows, or linear attention.
Claim. `FiringProbability`, which evaluates the least counts and tails of `law`, is the sum over sign patterns that the
bounds speak of, and that is the number of the 2^d sign vectors for which some row of the network fires.
Source. Derived here; the construction is that of arXiv 2310.11685.
Why. `pattern_count` derives that sum from the vectors and from the least count. That the program evaluates it is no
statement of algebra, so it is measured: small networks are written out token by token and run on all 2^d vectors.
When tight. An identity; no vector is sampled.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Kind, Spoiled, declare, derived_here
from theory.evidence import Method
from theory.separation.self_attention.construction import (
    SOURCE,
    a,
    b,
    d,
    domain,
    eta,
    linear_gain,
    n,
    softmax_needle_gain,
    softmax_ordinary_gain,
)
from theory.separation.self_attention.firing_law import (
    K,
    e_first,
    e_last,
    e_needle,
    firing_probability,
    pattern_share,
    row_fires,
)
from theory.separation.self_attention.probabilities import LINEAR_ON_D1, SOFTMAX_ON_D1, FiringProbability

SOFTMAX = ((softmax_needle_gain(a, n), a), (softmax_ordinary_gain(a, n), a))
LINEAR = ((linear_gain(a), a),)


def agrees(softmax_share, linear_share):
    """The statement that the law of both maps on D1 is these shares of the patterns."""
    laws = (FiringProbability(network, n, d, a, a, b, eta) for network in (SOFTMAX_ON_D1, LINEAR_ON_D1))
    pairs = zip(laws, (softmax_share, linear_share), strict=True)
    return sp.And(*(sp.Eq(law, share, evaluate=False) for law, share in pairs), evaluate=False)


def _wrong_row(rows):
    """The share with the binomials of d-2 in place of those of d-3, over 2^(d+1)."""
    event = sp.Or(*(row_fires(gain, n, d, height, b, eta) for gain, height in rows))
    signs = ((e, 0, 1) for e in (e_needle, e_last, e_first))
    term = sp.binomial(d - 2, K) * sp.Piecewise((1, event), (0, True))
    return sp.Sum(term, (K, 0, d - 3), *signs) / 2 ** (d + 1)


SHARES = tuple(firing_probability(rows, n, d, b, eta) for rows in (SOFTMAX, LINEAR))
BOTH_ROWS = pattern_share(sp.And(*(row_fires(gain, n, d, height, b, eta) for gain, height in SOFTMAX)), d)
enumerated = declare(
    "separation.self.firing-enumerated",
    "the evaluated firing probability is the number of the 2^d sign patterns that fire, over 2^d",
    agrees(*SHARES),
    domain(n, d, a, b, eta, hypotheses=(sp.Ge(n, d - 2),)),
    Kind.IDENTITY,
    derived_here(SOURCE),
    {Method.MEASURED},
    module=__name__,
    rests_on=["separation.self.firing-patterns-counted", "separation.self.firing-least-count"],
    spoiled=[
        Spoiled("the binomials of d-2 over 2^(d+1)", agrees(_wrong_row(SOFTMAX), SHARES[1])),
        Spoiled("both rows of softmax must fire", agrees(BOTH_ROWS, SHARES[1])),
    ],
)
