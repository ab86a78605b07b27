"""Positive random features miss the needle at every height, with fewer than n^((1 + sqrt 2)^2/2) features.

Hypotheses. As in `favor_missed`, whose parameters are chosen here. D = delta sqrt(log n/(2 pi)).
Claims. (floor) With n^(x^2/2) features, x = 1 + sqrt 2 - h, 0 < h <= 1, and e = a h/6, delta = e/z_r, v = x - delta,
E <= 1 - a h/2 at every height a above the golden ratio. (everywhere) So the gain of the needle's row is at most (2/D)
n^(1 - a h/2), and its weight n^(-a h/2) up to such a factor, but for a probability of 2 n^(-e x/z_n) + exp(-(1 - log 2)
(D/2) n^((x^2 - v^2)/2)), which tends to 0.
Source. Derived here.
Why. 1 - a h/2 - E is (a - sqrt 2)^2/2 and delta (x - delta/2), both not negative.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.lemmas.binomial_half import M
from theory.reasons import Algebra, Cases, Lemma, Sign, Since, substitute
from theory.separation.kernels.favor import POSITIVE, eps, x
from theory.separation.kernels.favor_exceptions import REST
from theory.separation.kernels.favor_limit import ABOVE_GOLDEN
from theory.separation.kernels.favor_missed import allowed, exception, gain_exponent, level, missed
from theory.separation.kernels.favor_too_large import MISSED_WORDS
from theory.separation.kernels.favor_window import delta, v
from theory.separation.self_attention.construction import RANGES, SOURCE, a, n

h = sp.Symbol("h", positive=True)
WORDS_HERE = MISSED_WORDS | {h: "how far x stays below 1 + sqrt 2"}
place, spare = 1 + sp.sqrt(2) - h, a * h / 6
FLOOR = {a: a, x: place, eps: spare, v: place - spare / REST, delta: spare / REST}
floor_exponent = substitute(gain_exponent, FLOOR)
floor = declare(
    "separation.favor.missed-floor",
    "with n^((1 + sqrt 2 - h)^2/2) features the gain of the needle's row is n^(1 - a h/2) at most, at every height",
    sp.Le(floor_exponent, 1 - a * h / 2, evaluate=False),
    Domain(
        {a: POSITIVE, h: sp.Interval.Lopen(0, 1)}, (ABOVE_GOLDEN,),
        {a: WORDS_HERE[a], h: WORDS_HERE[h]},
        {a: 1, h: 1},
    ),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[missed.id, level.id],
    spoiled=[
        Spoiled("a h/2 replaced by a h", sp.Le(floor_exponent, 1 - a * h, evaluate=False)),
    ],
)  # fmt: skip


@evidence_for(floor, Method.DERIVED)
@derived
def _floor() -> Derivation:
    """1 - a h/2 - E is (a - sqrt 2)^2/2 and s (x - s/2), where s is less than h/6."""
    margin, own = (a - sp.sqrt(2)) ** 2 / 2, spare / REST
    lost = own * (place - own / 2)
    return (
        Derivation(floor_exponent)
        .equal(1 - a * h / 2 - margin - lost, by=Algebra())
        .at_most(1 - a * h / 2 - lost, by=Sign())
        .at_most(1 - a * h / 2, by=Sign())
    )


most = n ** (place**2 / 2)
everywhere = declare(
    "separation.favor.missed-everywhere",
    "at every height positive features of n^((1 + sqrt 2 - h)^2/2) frequencies keep the gain below (2/D) n^(1 - a h/2)",
    sp.Le(substitute(exception, FLOOR), substitute(allowed, FLOOR), evaluate=False),
    Domain(
        {n: RANGES[n], M: sp.Range(1, sp.oo), a: POSITIVE, h: sp.Interval.Lopen(0, 1)},
        (ABOVE_GOLDEN, sp.Ge(M, most, evaluate=False), sp.Le(M, 2 * most, evaluate=False)),
        {key: WORDS_HERE[key] for key in (n, M, a, h)},
        {n: 2, M: 3, a: 1, h: 1},
    ),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[missed.id, floor.id],
    spoiled=[
        Spoiled(
            "bound times 1/10",
            sp.Le(substitute(exception, FLOOR), substitute(allowed, FLOOR) / 10),
            Domain({n: sp.FiniteSet(2), M: sp.FiniteSet(3), a: sp.FiniteSet(1), h: sp.FiniteSet(1)}),
        )
    ],
)


@evidence_for(everywhere, Method.DERIVED)
@derived
def _everywhere() -> Derivation:
    golden = sp.Gt(a, sp.Rational(1, 2), evaluate=False)
    rational = sp.Le(place, sp.Rational(5, 2) - h, evaluate=False)
    facts = {
        rational: Sign(),
        golden: Cases(golden, Sign("by hypothesis"), Sign(given={ABOVE_GOLDEN: sp.S.One})),
        sp.Le(place, REST, evaluate=False): Sign(given={rational: sp.S.One, golden: sp.S.One}),
        sp.Le(2 * spare / REST, place, evaluate=False): Sign(),
    }
    conclusion = Lemma(missed.id, FLOOR | {n: n, M: M})
    return Derivation(substitute(exception, FLOOR)).at_most(
        substitute(allowed, FLOOR), by=Since(facts, then=conclusion)
    )
