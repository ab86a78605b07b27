"""Which maps separate at the usual threshold, and from which length on.

Hypotheses. The needle construction at a_1 = 7/10, a_0 <= 1/10, b = 1/2, tau = (1 + 1/10) sqrt(log n); scalar queries
and keys where a map works on coordinates. A row that is not negative and sums to one is silent on D0, whatever it is
(`dominated-silence`), so that such a map separates where it fires on D1.
Claims. Maps that separate: (scalable-softmax-fires) scalable softmax with the factor 1 from n = 4 on, N >= 2n; and at
every height a > 0 its gain exceeds n^k if and only if n >= exp(k/(sigma s_i a)) (scalable-softmax-height): it has no
critical height. (sparsemax-fires, entmax-fires, whole-from) sparsemax and 3/2-entmax at every n >= 2, as hard
attention does: where the needle has all the weight, a_1 w - xi = 6/10 exceeds n u = 0. Maps that are silent on D1
too, for every sign pattern: (degree-two-silent) squared ReLU and DPFP from n = 19 on, and not at 18;
(exponential-silent) the features [e^x, e^-x] from n = 22 on; (bounded-exponential-silent) the same over their sum
from n = 8 on, and not at 7. Maps that fire on both datasets, for y_d = + and S >= 0, a quarter of all patterns or
more: (sigmoid-loud) sigmoid attention and (scores-loud) the scores themselves, from n = 8 on.
Source. Derived here; the construction is that of arXiv 2310.11685.
Why. `gain-enough` and `gain-needed`: N against 2n and n/6. The rows of the last two sum to about n/2 and n log n.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Claim, Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, Equivalences, derived
from theory.evidence import Method, evidence_for
from theory.maps.sigmoid import sigma
from theory.reasons import ApplyMonotone, Certificate, Rearrange, Sign
from theory.rigor.checks import certified
from theory.separation.kernels.map_gains import (
    bounded_exponential_gain,
    scalable_softmax_gain,
    sharpness,
)
from theory.separation.kernels.one_feature import HEIGHT, TENTH
from theory.separation.kernels.polynomial import polynomial_gain
from theory.separation.kernels.two_scores import affine_weights, entmax_root, gap, length_needed
from theory.separation.kernels.two_weights import BOUNDED_SIGNS, SIGNS, WORDS, reading, silent
from theory.separation.self_attention.construction import RANGES, SOURCE, S, a, d, n, y_first, y_needle
from theory.separation.self_attention.gain import log_n, row_height

k = sp.Symbol("k", positive=True)
HALF, OWN_ROW = sp.Rational(1, 2), 1 + HEIGHT
MEANINGS = {**WORDS, row_height: "s_i: 1 + a in the needle's row, 1 in any other", sharpness: "factor sigma of the map",
            k: "power of n to exceed"}  # fmt: skip


def on(ranges: dict, *hypotheses) -> Domain:
    """A domain in the words of this room."""
    return Domain(ranges, hypotheses, {symbol: MEANINGS[symbol] for symbol in ranges})


def _from(name: str, title: str, statement, least: int, method: Method, *rests_on: str, ranges=None, iff=True) -> Claim:
    """Declare a statement about lengths n >= least, which is false at n = least - 1: that is the spoiled variant."""
    claim = declare(
        f"separation.kernels.{name}",
        title,
        statement,
        on({n: sp.Range(least, sp.oo), **(ranges or {})}),
        Kind.SEPARATION,
        derived_here(SOURCE),
        {method},
        module=__name__,
        rests_on=rests_on,
        spoiled=[
            Spoiled(f"n >= {least} replaced by n >= {least - 1}",
                    domain=on({n: sp.Range(least - 1, sp.oo), **(ranges or {})}))
        ],
    )  # fmt: skip
    if method is Method.CERTIFIED:
        evidence_for(claim, method)(certified())
    return claim


scalable_softmax_fires = _from(
    "scalable-softmax-fires", "scalable softmax has a gain of at least 2n on D1, and so separates, from n = 4 on",
    sp.Ge(scalable_softmax_gain(OWN_ROW, HEIGHT, n, 1), 2 * n, evaluate=False), 4, Method.CERTIFIED,
    "separation.kernels.gain-enough", "separation.kernels.scalable-softmax-gain",
)  # fmt: skip

LONG = sp.Ge(n, sp.exp(k / (sharpness * row_height * a)), evaluate=False)
of_map = scalable_softmax_gain(row_height, a, n, sharpness)
scalable_softmax_height = declare(
    "separation.kernels.scalable-softmax-height",
    "scalable softmax has a gain of at least n^k if and only if n >= exp(k/(sigma s_i a)), at every height a > 0",
    sp.Equivalent(LONG, sp.Ge(of_map, n**k, evaluate=False), evaluate=False),
    on({n: RANGES[n], a: RANGES[a], row_height: sp.Interval(1, sp.oo), sharpness: sp.Interval.open(0, sp.oo),
        k: sp.Interval.open(0, sp.oo)}),
    Kind.IFF,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=["separation.kernels.scalable-softmax-gain"],
    spoiled=[Spoiled("n^(2k)", sp.Equivalent(LONG, sp.Ge(of_map, n ** (2 * k), evaluate=False), evaluate=False))],
)  # fmt: skip


@evidence_for(scalable_softmax_height, Method.DERIVED)
@derived
def _scalable_softmax_height() -> Equivalences:
    exponent = sharpness * row_height * a * log_n**2
    reals, positive = sp.Interval(-sp.oo, sp.oo), sp.Interval.open(0, sp.oo)
    return (
        Equivalences(LONG)
        .iff(sp.Ge(log_n, k / (sharpness * row_height * a), evaluate=False), by=ApplyMonotone(sp.log, positive))
        .iff(sp.Ge(exponent, k * log_n, evaluate=False), by=Rearrange(sharpness * row_height * a * log_n))
        .iff(sp.Ge(sp.exp(exponent), sp.exp(k * log_n), evaluate=False), by=ApplyMonotone(sp.exp, reals))
        .iff(sp.Ge(of_map, n**k, evaluate=False), by=Rearrange())
    )


GAP = gap(OWN_ROW, HEIGHT, n)


def slack(w, rest):
    """a_1 w - xi - b n u (1 - S/(d-2)) at the least mean middle sign, -1; rest: n u >= 0, so that 2 b n u = rest."""
    return HEIGHT * w - TENTH - rest


def _fires(name: str, title: str, w, rest, spoiled: Spoiled, of: Domain, *rests_on: str) -> Claim:
    claim = declare(
        f"separation.kernels.{name}",
        title,
        sp.Gt(slack(w, rest), 0, evaluate=False),
        of,
        Kind.SEPARATION,
        derived_here(SOURCE),
        {Method.CERTIFIED},
        module=__name__,
        rests_on=["separation.kernels.two-weights-fire", *rests_on],
        spoiled=[spoiled],
    )
    evidence_for(claim, Method.CERTIFIED)(certified())
    return claim


of_needle, of_other = affine_weights(GAP, n)
sparsemax_fires = _fires(
    "sparsemax-fires", "sparsemax fires on D1 where y_1 = y_d = y_k = + for n = 2; from 3 on the needle has all weight",
    of_needle, n * of_other,
    Spoiled("xi raised to 1/2", sp.Gt(slack(of_needle, n * of_other) - 4 * TENTH, 0, evaluate=False)),
    on({n: sp.FiniteSet(2)}), "separation.kernels.sparsemax-row", "separation.kernels.takes-all",
)  # fmt: skip
root = entmax_root(GAP / 2, n)
DEFINED = sp.Ge(n - (n - 1) * (GAP / 2) ** 2, 0, evaluate=False)  # true at each of the four lengths
entmax_fires = _fires(
    "entmax-fires", "3/2-entmax fires on D1 where y_1 = y_d = y_k = + for n = 2..5; from 6 on the needle has all",
    (GAP / 2 + root) ** 2, n * root**2,
    Spoiled("xi raised to 11/100", sp.Gt(slack((GAP / 2 + root) ** 2, n * root**2) - TENTH / 10, 0, evaluate=False)),
    on({n: sp.Range(2, 6)}, DEFINED), "separation.kernels.entmax-row", "separation.kernels.takes-all",
)  # fmt: skip

LENGTHS = {sp.Integer(2): (3, 5), sp.Rational(3, 2): (6, 18)}  # alpha: from which n in the needle's row, in any other


def _whole(more: int) -> sp.Basic:
    """That these lengths, the first one raised by `more`, are exact."""
    needed = [length_needed(alpha, height, HEIGHT) for alpha in LENGTHS for height in (OWN_ROW, 1)]
    least = [length for pair in LENGTHS.values() for length in pair]
    pairs = zip(needed, (least[0] + more, *least[1:]), strict=True)
    return sp.And(
        *(sp.Equivalent(sp.Ge(n, one, evaluate=False), sp.Ge(n, length, evaluate=False), evaluate=False)
          for one, length in pairs), evaluate=False,
    )  # fmt: skip


whole_from = declare(
    "separation.kernels.whole-from",
    "the needle has all the weight of its row from n = 3 (sparsemax) and 6 (3/2-entmax) on, of every row from 5 and 18",
    _whole(0),
    on({n: RANGES[n]}),
    Kind.IFF,
    derived_here(SOURCE),
    {Method.CERTIFIED},
    module=__name__,
    rests_on=["separation.kernels.takes-all"],
    spoiled=[Spoiled(f"3 replaced by {3 + more}", _whole(more)) for more in (-1, 1)],
)
evidence_for(whole_from, Method.CERTIFIED)(certified())

BOTH_ROWS = {row_height: sp.FiniteSet(1, OWN_ROW)}
u = sp.sqrt(log_n)
degree_two_silent = _from(
    "degree-two-silent", "squared ReLU and DPFP are silent on D1, as on D0, for every sign pattern from n = 19 on",
    silent(polynomial_gain(HEIGHT, 2), n), 19, Method.CERTIFIED,
    "separation.kernels.gain-needed", "separation.kernels.homogeneous-exact-gain",
)  # fmt: skip
exponential_silent = _from(
    "exponential-silent", "the features [e^x, e^-x] are silent on D1, as on D0, for every sign pattern from n = 22 on",
    silent(sp.exp(HEIGHT * u), n), 22, Method.CERTIFIED,
    "separation.kernels.gain-needed", "separation.kernels.exponential-gain-below",
)  # fmt: skip
bounded_exponential_silent = _from(
    "bounded-exponential-silent", "these features over their sum are silent on D1 for every sign pattern from n = 8 on",
    silent(bounded_exponential_gain(row_height, HEIGHT, u), n), 8, Method.CERTIFIED,
    "separation.kernels.gain-needed", "separation.kernels.bounded-exponential-gain", ranges=BOTH_ROWS,
)  # fmt: skip


def _loud(name: str, title: str, w, u, rests_on: str) -> Claim:
    """Declare that an ordinary row of these weights fires for y_d = + and S >= 0 at every height up to 7/10."""
    reads = reading(w, u, n, d, a, HALF, y_first, 1, y_needle, S)
    signs = {symbol: SIGNS[symbol] for symbol in (y_first, y_needle, S)}
    ranges = {n: sp.Range(8, sp.oo), d: RANGES[d], a: sp.Interval.Lopen(0, HEIGHT), **signs}
    hypotheses = (BOUNDED_SIGNS[0], sp.Ge(S, 0, evaluate=False))
    claim = declare(
        f"separation.kernels.{name}",
        title,
        sp.Gt(reads, 1 + TENTH, evaluate=False),
        on(ranges, *hypotheses),
        Kind.LOWER,
        derived_here(SOURCE),
        {Method.DERIVED},
        module=__name__,
        rests_on=["separation.kernels.two-weights-reading", "separation.kernels.loud-on-both", rests_on],
        spoiled=[
            Spoiled("n >= 2", domain=on({**ranges, n: sp.Range(2, sp.oo)}, *hypotheses)),
            Spoiled("every S", domain=on(ranges, *BOUNDED_SIGNS)),
        ],
    )

    @evidence_for(claim, Method.DERIVED)
    @derived
    def _proof() -> Derivation:
        least = reading(w, u, n, d, a, HALF, -1, 1, -1, 0)
        return Derivation(reads).at_least(least, by=Sign()).greater(1 + TENTH, by=Certificate())

    return claim


sigmoid_loud = _loud(
    "sigmoid-loud", "sigmoid attention fires on both datasets for y_d = + and S >= 0 from n = 8 on",
    sigma((1 + a) * log_n - log_n), sigma(log_n - log_n), "separation.kernels.sigmoid-gain",
)  # fmt: skip
scores_loud = _loud(
    "scores-loud", "the scores themselves, not normalised, fire on both datasets for y_d = + and S >= 0 from n = 8 on",
    (1 + a) * log_n, log_n, "separation.kernels.scores-gain",
)  # fmt: skip
