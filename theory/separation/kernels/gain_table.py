"""What is known of every map of the catalogue on the needle construction: its gain, and whether it separates.

`GAINS` has an entry for each name of `theory.maps.catalogue`. Its claims are what is proved; where there is none, the
sentence says why no closed form is to be expected. The threshold is the usual one: a_1 = 7/10, a_0 <= 1/10, b = 1/2,
tau = (1 + 1/10) sqrt(log n), with scalar queries and keys where a map works on coordinates.

>>> print(GAINS["relu-squared"].gain)
(1+a)^2 in every row
>>> print(GAINS["nystrom"].separates)
None
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class KnownGain:
    """What is known of one map.

    gain: of the needle's row, or why there is no closed form. separates: for all long sequences; None where it is not
        known or depends on draws and parameters. outcome: a sentence on that. claims: what proves both.
    """

    gain: str
    separates: bool | None
    outcome: str
    claims: tuple[str, ...] = ()


def _kernels(*names: str) -> tuple[str, ...]:
    return tuple(f"separation.kernels.{name}" for name in names)


SOFTMAX = KnownGain(
    "n^(a(1+a)), n^a in any other row", True, "From n = 12 on.",
    ("separation.self.softmax-needle-gain", "separation.self.softmax-ordinary-gain",
     "separation.self.corrected-softmax-fires"),
)  # fmt: skip
FIRST_DEGREE = "A weight of at most (1+a)/(n+a): silent on D1 from n = 12 on."
LINEAR = ("separation.self.linear-gain", "separation.self.corrected-linear-silent")
HOMOGENEOUS = ("homogeneous-exact-gain", "rectified-products")
BOUNDED_DEGREE = "A fixed degree p: a gain of at most (1+a)^p, so silent on D1 for all long sequences."
FITTED = (
    "Silent on D1 from n = 19 on with the usual degree 2 and interval [-1, 1]. With any other fixed ones it is silent "
    "on D1 for all long sequences: whatever the signs of the coefficients, the gain tends to (1+a)^p."
)
FIXED = ("leading-upper", "leading-lower", "leading-gain", "leading-within", "leading-silent", "gain-needed")
RANDOM = (
    "Random: each kernel value is estimated rightly on average, so that the quotient of the means is n^(a(1+a)); but "
    "the gain, a quotient of two estimates, depends on the draw. For independent positive features its limit is known."
)
FAVOR = (
    "separation.favor.threshold-between",
    "separation.favor.threshold-below",
    "separation.favor.more-than-quadratic",
    "separation.favor.missed-everywhere",
    "separation.favor.found-limit",
)
CAUSAL = (
    "Causal only, and the weights depend on the distance of two tokens or on what was written before: a row has no two "
    "weights, and no gain."
)
GAINS: dict[str, KnownGain] = {
    "softmax": SOFTMAX,
    "softmax-blockwise": SOFTMAX,
    "scalable-softmax": KnownGain(
        "n^(sigma s_i a log n)", True, "From n = 4 on for sigma = 1, and at every height in the end.",
        _kernels("scalable-softmax-gain", "scalable-softmax-fires", "scalable-softmax-height"),
    ),
    "sigmoid": KnownGain(
        "(1 + n^(1 - s_i))/(1 + n^(1 - s_i (1+a))) < 2, a quotient of weights that are not normalised", False,
        "A row sums to about n/2, so that neurons fire on both datasets.",
        _kernels("sigmoid-gain", "sigmoid-gain-below", "sigmoid-loud"),
    ),
    "sparsemax": KnownGain(
        "(1 + (n-1) g)/(1 - g) for g = s_i a log n < 1, infinite beyond", True,
        "At every n >= 2; from n = 3 on the needle has all the weight of its row.",
        _kernels("sparsemax-row", "affine-gain", "takes-all", "whole-from", "sparsemax-fires"),
    ),
    "entmax": KnownGain(
        "((h + r)/r)^2 for h = s_i a log(n)/2 < 1 and r of `two_scores.entmax_root`, infinite beyond", True,
        "At every n >= 2; from n = 6 on the needle has all the weight of its row.",
        _kernels("entmax-row", "entmax-root", "takes-all", "whole-from", "entmax-fires"),
    ),
    "hard": KnownGain("infinite", True, "At every n >= 2.", _kernels("hard-row", "dominated-silence")),
    "identity-linear": KnownGain("1 + a in every row", False, FIRST_DEGREE, LINEAR),
    "identity-linear-unnormalised": KnownGain(
        "1 + a, a quotient of weights that are not normalised", False,
        "A row sums to n log n or more, so that neurons fire on both datasets.", _kernels("scores-gain", "scores-loud"),
    ),
    "elu": KnownGain(
        "((1+a) u + 1)/(u + 1) in every row, u = sqrt(log n)", False, FIRST_DEGREE,
        _kernels("elu-exact-gain", "elu-gain", "homogeneous-weight"),
    ),
    "relu": KnownGain(
        "1 + a in every row", False, FIRST_DEGREE,
        _kernels("relu-homogeneous", "homogeneous-exact-gain", "homogeneous-weight"),
    ),
    "relu-squared": KnownGain(
        "(1+a)^2 in every row", False, "Silent on D1 from n = 19 on.", _kernels(*HOMOGENEOUS, "degree-two-silent")
    ),
    "exponential-features": KnownGain(
        "cosh((s_i + 1 + a) u)/cosh((s_i + 1) u) <= e^(a u), u = sqrt(log n): unbounded, but below every power of n",
        False, "Silent on D1 from n = 22 on.",
        _kernels("exponential-gain", "exponential-gain-below", "exponential-silent"),
    ),
    "exponential-features-softmax": KnownGain(
        "(1 + tanh(s_i u) tanh((1+a) u))/(1 + tanh(s_i u) tanh u) < 2, u = sqrt(log n)", False,
        "Silent on D1 from n = 8 on.",
        _kernels("bounded-exponential-gain", "bounded-exponential-gain-below", "bounded-exponential-silent"),
    ),
    "dpfp": KnownGain(
        "(1+a)^2 in every row, where the features are not all 0: in two dimensions or more", False,
        "Silent on D1 from n = 19 on.", _kernels(*HOMOGENEOUS, "degree-two-silent"),
    ),
    "cosformer": KnownGain(
        "(1+a)/cos(pi (j-l)/(2M)) over the token at position l, the needle at j: no single number", False,
        "A weight below that of a gain of 2 (1+a), wherever the needle stands: silent on D1 from n = 22 on.",
        _kernels("cosformer-gain", "cosformer-row-sum", "cosformer-weight", "cosformer-weight-reached",
                 "cosformer-silent"),
    ),
    "polynomial": KnownGain(
        "(1+a)^p in every row", False, BOUNDED_DEGREE, _kernels("polynomial-gain", "gain-needed")
    ),
    "taylor": KnownGain(
        "T_p((1+a) z)/T_p(z) with z = s_i log n", False, BOUNDED_DEGREE,
        _kernels("nonnegative-coefficients", "gain-needed")
    ),
    "chebyshev": KnownGain(
        "P((1+a) z)/P(z) with z = s_i log n, for the series P of exp cut off after degree p: at most (1+a)^p for "
        "B <= 2, as no coefficient is negative", False, FITTED,
        _kernels("series-quadratic", "series-quadratic-positive", "series-bessel", "series-recurrence", "series-terms",
                 "series-alternating", "nonnegative-coefficients", "degree-two-silent", *FIXED),
    ),
    "minimax": KnownGain(
        "P((1+a) z)/P(z) with z = s_i log n, for the fitted polynomial P, whose coefficients have no closed form: at "
        "most (1+a)^2 at degree 2 on [-1, 1], as they are positive", False, FITTED,
        _kernels("fitted-positive", "fitted-gain", "fitted-usual", "degree-two-silent", *FIXED),
    ),
    "inline": KnownGain(
        "(1 + (n-1) g)/(1 - g) with g = s_i a log n: negative for g > 1, as the other weights are", False,
        "At a_0 = 1/10 it separates up to n = 8874; beyond, and at any a_0 > 0 in the end, it fires on both datasets.",
        _kernels("inline-row", "inline-negative", "inline-fires", "inline-silent", "inline-every-needle"),
    ),
    "random-fourier": KnownGain(
        "n^(a + a^2/2)/C with C the mean of cos(a u w) over the frequencies, at whose mean it is n^(a(1+a))", None,
        "The needle's own kernel value has no noise: draws with 0 < C <= n^(-11/200)/2 separate, as those near the "
        "mean do from n = 39 on.",
        _kernels("trigonometric-gain", "trigonometric-own-key", "trigonometric-own-variance", "trigonometric-spread",
                 "trigonometric-least-gain", "trigonometric-enough", "trigonometric-mean-enough"),
    ),
    "favor-positive": KnownGain(RANDOM, None, "With orthogonal frequencies: not known."),
    "favor-positive-iid": KnownGain(
        RANDOM, None, "Only with n^2.91 features or more: fewer miss it, and enough find it, at finite length.", FAVOR
    ),
    "favor-hyperbolic": KnownGain(RANDOM, None, "Each frequency with its opposite: not known."),
    "oprf": KnownGain(RANDOM, None, "Optimal positive features: not known."),
    "linformer": KnownGain(
        "The keys are mixed by a learnt projection before the softmax: the weights depend on it, not on scores.", None,
        "A projection that keeps the needle apart separates, one that mixes it with others does not.",
    ),
    "nystrom": KnownGain(
        "The keys are averaged over segments, and the weights come from an iteration for an inverse: no closed form.",
        None, "It depends on the number of landmarks and on the needle's place in its segment.",
    ),
    "retention": KnownGain(CAUSAL, None, "Not judged: the construction is not causal."),
    "gated-linear": KnownGain(CAUSAL, None, "Not judged: the construction is not causal."),
    "delta-rule": KnownGain(CAUSAL, None, "Not judged: the construction is not causal."),
}  # fmt: skip
