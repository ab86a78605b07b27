"""What every attention map is, written from its formula, and how far rounding may carry an implementation of it.

These are references, not implementations: they form every matrix and take out no scale. Written in running error
arithmetic, one text gives the value and the allowance. `DEFINITIONS` has, for each name of the registry, a function

    (rounding, the map, q [n, d], k [m, d], allowed [n, m], positions of queries and keys) -> weights [n, m]

for one head; the outputs are the weights times the values. A row that may look at nothing is 0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from numerics.maps.recurrent_definitions import delta_rule, gated_linear, retention
from numerics.maps.running_error import FUNCTION, WIDE, Approximate, Rounding

Definition = Callable[[Rounding, Any, Approximate, Approximate, NDArray, tuple[NDArray, NDArray]], Approximate]
Features = Callable[[Rounding, Any, Approximate, NDArray], Approximate]


def allowed_keys(n: int, m: int, causal: bool, key_mask: NDArray | None) -> NDArray:
    """[n, m]: which keys each query may look at; causal queries are the last n of the m positions."""
    allowed = np.ones((n, m), bool)
    if causal:
        allowed &= np.arange(m) <= np.arange(n)[:, None] + (m - n)
    return allowed if key_mask is None else allowed & key_mask


def weights(
    name: str, instance: Any, q: NDArray, k: NDArray, allowed: NDArray, offset: int, unit_roundoff: float
) -> Approximate:
    """The weights of the map called `name` for one head, q [n, d] and k [m, d]; query i is at position i + offset."""
    rounding = Rounding(unit_roundoff)
    positions = np.arange(q.shape[0]) + offset, np.arange(k.shape[0])
    return DEFINITIONS[name](rounding, instance, rounding.exactly(q), rounding.exactly(k), allowed, positions)


def outputs(weights: Approximate, v: NDArray, unit_roundoff: float) -> Approximate:
    """The weights times the values v [m, e]."""
    rounding = Rounding(unit_roundoff)
    return rounding.product(weights, rounding.exactly(v))


# ------------------------------------------------------------------------------------------------ common forms


def scores(rounding: Rounding, instance: Any, q: Approximate, k: Approximate) -> Approximate:
    """s = scale q.k, with scale 1/sqrt(d) unless the map has another."""
    scale = instance.scale if instance.scale is not None else q.value.shape[1] ** -0.5
    return rounding.times(rounding.product(q, k.T), rounding.rounded(scale, 3))


def row_normalised(rounding: Rounding, kernel: Approximate, allowed: NDArray) -> Approximate:
    kernel = rounding.where(allowed, kernel)
    return rounding.over(kernel, rounding.total(kernel, axis=1))


def softmax_of(rounding: Rounding, s: Approximate, allowed: NDArray) -> Approximate:
    largest = np.where(allowed, s.value, -np.inf).max(axis=1, keepdims=True)
    largest = np.where(np.isfinite(largest), largest, 0)  # an implementation may subtract any number it likes
    gaps = rounding.minus(rounding.where(allowed, s), rounding.where(allowed, rounding.exactly(largest + 0 * s.value)))
    return row_normalised(rounding, rounding.exp(gaps), allowed)


def by_features(query: Features, key: Features | None = None, *, normalised: bool = True) -> Definition:
    """phi(q_i).phi(k_j), divided by the sum of the row if normalised."""

    def definition(rounding, instance, q, k, allowed, positions):
        of_queries = query(rounding, instance.feature_map, q, positions[0])
        of_keys = (key or query)(rounding, instance.feature_map, k, positions[1])
        kernel = rounding.product(of_queries, of_keys.T)
        return row_normalised(rounding, kernel, allowed) if normalised else rounding.where(allowed, kernel)

    return definition


# ------------------------------------------------------------------------------------ maps of all scores at once


def softmax(rounding, instance, q, k, allowed, positions):
    return softmax_of(rounding, scores(rounding, instance, q, k), allowed)


def scalable_softmax(rounding, instance, q, k, allowed, positions):
    growth = np.log(np.maximum(allowed.sum(axis=1, keepdims=True), 1).astype(WIDE))
    growth = rounding.times(rounding.rounded(growth, FUNCTION), rounding.exactly(instance.s))
    return softmax_of(rounding, rounding.times(scores(rounding, instance, q, k), growth), allowed)


def sigmoid(rounding, instance, q, k, allowed, positions):
    number = np.maximum(allowed.sum(axis=1, keepdims=True), 1).astype(WIDE)
    s = rounding.minus(scores(rounding, instance, q, k), rounding.rounded(np.log(number), FUNCTION))
    return rounding.where(allowed, rounding.function(lambda x: 1 / (1 + np.exp(-x)), s, WIDE(1) / 4))


def entmax(rounding, instance, q, k, allowed, positions):
    """max((alpha - 1) s - tau, 0)^(1/(alpha - 1)).

    tau moves no further than the score that moves furthest; and the sum of the row changes at least as fast as tau, as
    its terms are at most 1, so that a sum with a relative error of gamma(m) leaves tau off by as much.
    """
    exponent = 1 / (WIDE(instance.alpha) - 1)
    s = rounding.where(allowed, scores(rounding, instance, q, k))
    z = rounding.times(s, rounding.exactly(1 / exponent))
    cut = np.where(allowed, z.value, -np.inf)
    low, high = cut.max(axis=1, keepdims=True) - 1, cut.max(axis=1, keepdims=True)
    for _ in range(np.finfo(WIDE).nmant + 2):
        middle = (low + high) / 2
        above = (np.maximum(cut - middle, 0) ** exponent).sum(axis=1, keepdims=True) >= 1
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    tau = np.where(np.isfinite(low), low, 0)
    moved = z.error.max(axis=1, keepdims=True) + rounding.gamma(z.value.shape[1])
    distance = np.where(allowed, np.maximum(cut - tau, 0), 0)
    error = z.error + moved + rounding.gamma(2) * distance
    w = distance**exponent
    grown = np.maximum((distance + error) ** exponent - w, w - np.maximum(distance - error, 0) ** exponent)
    return rounding.where(allowed, Approximate(w, grown + rounding.gamma(FUNCTION) * (w + grown)))


def hard(rounding, instance, q, k, allowed, positions):
    """Equal shares for the largest scores; nothing is known where rounding may decide which they are."""
    s = rounding.product(q, k.T)
    cut = np.where(allowed, s.value, -np.inf)
    largest = cut.max(axis=1, keepdims=True)
    shared = allowed & (cut == largest)
    close = allowed & (largest - cut <= 2 * s.error.max(axis=1, keepdims=True)) & ~shared
    unknown = np.where(close.any(axis=1, keepdims=True), np.inf, 0) * np.ones_like(s.value)
    kernel = Approximate(shared.astype(WIDE), np.zeros_like(s.value))
    w = rounding.over(kernel, rounding.total(kernel, axis=1))
    return Approximate(w.value, w.error + unknown)


# ------------------------------------------------------------------------------------------------ features


def identity(rounding: Rounding, feature_map: Any, x: Approximate, positions: NDArray) -> Approximate:
    return x


def elu(rounding: Rounding, feature_map: Any, x: Approximate, positions: NDArray) -> Approximate:
    negative = rounding.exp(rounding.where(x.value < 0, x))
    positive = rounding.plus(x, rounding.exactly(1.0))
    # elu(x) + 1 below 0 is (exp(x) - 1) + 1 in every library, which is off by a unit roundoff of 1
    roughly = Approximate(negative.value, negative.error + rounding.gamma(2))
    return Approximate(
        np.where(x.value < 0, roughly.value, positive.value), np.where(x.value < 0, roughly.error, positive.error)
    )


def relu(rounding: Rounding, feature_map: Any, x: Approximate, positions: NDArray) -> Approximate:
    return rounding.where(x.value > 0, x)


def relu_squared(rounding: Rounding, feature_map: Any, x: Approximate, positions: NDArray) -> Approximate:
    return rounding.power(rounding.where(x.value > 0, x), 2)


def exponential(rounding: Rounding, feature_map: Any, x: Approximate, positions: NDArray) -> Approximate:
    return rounding.beside(rounding.exp(x), rounding.exp(Approximate(-x.value, x.error)))


def exponential_softmax(rounding: Rounding, feature_map: Any, x: Approximate, positions: NDArray) -> Approximate:
    both = exponential(rounding, feature_map, x, positions)
    return rounding.over(both, rounding.total(both, axis=1))


def dpfp(rounding: Rounding, feature_map: Any, x: Approximate, positions: NDArray) -> Approximate:
    """z_i z_(i + j), z = [relu(x), relu(-x)], indices modulo 2 d, for the shifts j."""
    both = rounding.beside(x, Approximate(-x.value, x.error))
    z = rounding.where(both.value > 0, both)
    shifted = [Approximate(*(np.roll(part, -j, axis=1) for part in (z.value, z.error)))
               for j in range(1, feature_map.shifts + 1)]  # fmt: skip
    found = rounding.times(z, shifted[0])
    for one in shifted[1:]:
        found = rounding.beside(found, rounding.times(z, one))
    return found


def cosformer(rounding, instance, q, k, allowed, positions):
    """The kernel divided by the sum of the row, or by `least` where that is smaller."""
    kernel = rounding.where(allowed, cosine_kernel(rounding, instance.feature_map, q, k, positions))
    total = rounding.total(kernel, axis=1)
    return rounding.over(kernel, Approximate(np.maximum(total.value, instance.least), total.error))


def cosine_kernel(rounding: Rounding, feature_map: Any, q: Approximate, k: Approximate, positions: Any) -> Approximate:
    """relu(q_i).relu(k_j) cos(pi (i - j)/(2 M)), [n, m].

    An implementation takes cosines of i and of j apart: their angles and values are off relative to 1.
    """
    q, k = (rounding.where(x.value > 0, x) for x in (q, k))
    turn = WIDE(np.pi) / (2 * feature_map.length)
    angles = turn * (positions[0][:, None] - positions[1]).astype(WIDE)
    largest = max(positions[0].max(), positions[1].max()) * turn
    cosine = Approximate(np.cos(angles), np.full(angles.shape, 2 * rounding.gamma(FUNCTION + 4) * (1 + largest)))
    return rounding.times(rounding.product(q, k.T), cosine)


def by_coefficients(coefficients: Callable[[Any], NDArray]) -> Definition:
    """c_0 + c_1 s + .. + c_p s^p for the score s = scale q.k, divided by the sum of the row.

    An implementation may sum over the r monomials of q and k, whose absolute products add up to the same polynomial
    with |c_k| and |q|.|k|, by the multinomial theorem. It may take out the p-th power of a scale from every token, as
    an exponential of its logarithm.
    """

    def definition(rounding, instance, q, k, allowed, positions):
        kernel = polynomial_kernel(rounding, instance.feature_map, coefficients(instance.feature_map), q, k)
        return row_normalised(rounding, kernel, allowed)

    return definition


def polynomial_kernel(rounding: Rounding, feature_map: Any, c: NDArray, q: Approximate, k: Approximate) -> Approximate:
    """c_0 + c_1 s + .. + c_p s^p, [n, m]."""
    p, d = len(c) - 1, q.value.shape[1]
    scale = feature_map.scale if feature_map.scale is not None else WIDE(d) ** WIDE(-0.5)
    pairs = ((c, q.value, k.value), (np.abs(c), np.abs(q.value), np.abs(k.value)))
    value, size = (np.polynomial.polynomial.polyval(scale * (x @ y.T), part) for part, x, y in pairs)
    logarithms = sum(1 + np.abs(np.log(np.maximum(np.abs(x.value).max(axis=1), 1e-300))).max() for x in (q, k))
    roundings = p * (d + 8) + feature_map.dimension(d) + 3 * FUNCTION + int(np.ceil(9 * p * logarithms))
    return Approximate(value, rounding.gamma(roundings) * size)


def power(feature_map: Any) -> NDArray:
    return np.array([0] * feature_map.degree + [1], WIDE)


def taylor(feature_map: Any) -> NDArray:
    return 1 / np.cumprod(np.array([1, *range(1, feature_map.degree + 1)], WIDE))


def chebyshev(feature_map: Any) -> NDArray:
    """sum' (2/N) sum_i exp(B cos t_i) cos(k t_i) T_k(s/B) over k <= p, half the term k = 0, t_i = pi (i + 1/2)/N.

    The midpoint rule is exact but for I_(2N - p)(B), which is below all rounding.
    """
    p, bound = feature_map.degree, WIDE(feature_map.bound)
    number = 8 * (p + 8 + int(np.ceil(bound)))
    angles = 4 * np.arctan(WIDE(1)) / number * (np.arange(number) + WIDE(0.5))
    before, here = np.zeros(p + 1, WIDE), np.zeros(p + 1, WIDE)  # T_k and T_(k + 1), degree p >= 1
    before[0], here[1] = 1, 1
    found = np.exp(bound * np.cos(angles)).sum() / number * before
    for j in range(1, p + 1):
        found = found + 2 * (np.exp(bound * np.cos(angles)) * np.cos(j * angles)).sum() / number * here
        before, here = here, 2 * np.roll(here, 1) - before  # the last one rolls over, and is not used
    return found / bound ** np.arange(p + 1)


def minimax(feature_map: Any) -> NDArray:
    """As the map has them: what makes them the best ones is a theorem, of Chebyshev, and tested by itself."""
    return np.array(feature_map.coefficients(), WIDE)


def inline(rounding, instance, q, k, allowed, positions):
    """q_i.k_j less its mean over the keys allowed, plus one over their number.

    An implementation takes q_i.sum k_j times the mean of the values from sum q_i.k_j v_j, each off by its own terms.
    """
    kernel = rounding.where(allowed, rounding.product(q, k.T))
    number = np.maximum(allowed.sum(axis=1, keepdims=True), 1).astype(WIDE)
    share = rounding.rounded(1 / number)
    mean = rounding.times(rounding.total(kernel, axis=1), share)
    terms = kernel.size.sum(axis=1, keepdims=True) / number
    mean = Approximate(mean.value, mean.error + rounding.gamma(2 * allowed.shape[1]) * terms)
    return rounding.where(allowed, rounding.plus(rounding.minus(kernel, mean), share))


def at_frequencies(rounding: Rounding, feature_map: Any, x: Approximate) -> tuple[Approximate, Approximate]:
    """w.x for every frequency, and |x|^2/2, for x times sqrt(scale)."""
    d = x.value.shape[1]
    scale = feature_map.scale if feature_map.scale is not None else WIDE(d) ** WIDE(-0.5)
    x = rounding.times(x, rounding.rounded(np.sqrt(WIDE(scale)), 3))
    half = rounding.times(rounding.total(rounding.times(x, x), axis=1), rounding.exactly(0.5))
    return rounding.product(x, rounding.exactly(np.asarray(feature_map.frequencies, float).T)), half


def averaged(rounding: Rounding, features: Approximate, m: int) -> Approximate:
    return rounding.times(features, rounding.rounded(WIDE(m) ** WIDE(-0.5), 2))


def trigonometric(rounding: Rounding, feature_map: Any, x: Approximate, positions: NDArray) -> Approximate:
    projected, half = at_frequencies(rounding, feature_map, x)
    waves = rounding.beside(rounding.function(np.cos, projected), rounding.function(np.sin, projected))
    # cos and sin are accurate relative to 1, not to their value
    waves = Approximate(waves.value, waves.error + rounding.gamma(FUNCTION))
    return averaged(rounding, rounding.times(rounding.exp(half), waves), projected.value.shape[1])


def positive(rounding: Rounding, feature_map: Any, x: Approximate, positions: NDArray) -> Approximate:
    projected, half = at_frequencies(rounding, feature_map, x)
    return averaged(rounding, rounding.exp(rounding.minus(projected, half)), projected.value.shape[1])


def hyperbolic(rounding: Rounding, feature_map: Any, x: Approximate, positions: NDArray) -> Approximate:
    projected, half = at_frequencies(rounding, feature_map, x)
    opposite = Approximate(-projected.value, projected.error)
    both = rounding.beside(*(rounding.exp(rounding.minus(part, half)) for part in (projected, opposite)))
    return averaged(rounding, both, 2 * projected.value.shape[1])


def optimal(rounding: Rounding, feature_map: Any, x: Approximate, positions: NDArray) -> Approximate:
    """D e^(A |w|^2 + B w.x - |x|^2/2), A from the best rho for the mean of |q + k|^2 over standard normal tokens."""
    projected, half = at_frequencies(rounding, feature_map, x)
    m, d = feature_map.frequencies.shape
    if feature_map.a is None:
        t = 2 * d * WIDE(feature_map.scale if feature_map.scale is not None else WIDE(d) ** WIDE(-0.5))
        rho = (np.sqrt((2 * t + d) ** 2 + 8 * d * t) - 2 * t - d) / (4 * t)
        a = (1 - 1 / rho) / 8
    else:
        a = WIDE(feature_map.a)
    w = rounding.exactly(np.asarray(feature_map.frequencies, float).T)
    squares = rounding.total(rounding.times(w, w), axis=0)
    exponent = rounding.plus(
        rounding.minus(rounding.times(projected, rounding.rounded(np.sqrt(1 - 4 * a), 6)), half),
        rounding.times(squares, rounding.rounded(a, 40)),  # A* is a difference of larger numbers
    )
    whole = rounding.times(rounding.exp(exponent), rounding.rounded((1 - 4 * a) ** (WIDE(d) / 4), 40))
    return averaged(rounding, whole, m)


# ------------------------------------------------------------------------------------------------ low rank


def linformer(rounding, instance, q, k, allowed, positions):
    """softmax(Q (E K)^T/sqrt d) F; padded keys are zeros in K and in V."""
    kept = allowed[0]
    m = k.value.shape[0]
    of_keys, of_values = (
        rounding.exactly(np.asarray(x, float)[:, :m]) for x in (instance.key_projection, instance.value_projection)
    )
    projected = rounding.product(of_keys, rounding.where(kept[:, None], k))
    s = scores(rounding, instance, q, projected)
    over = softmax_of(rounding, s, np.ones(s.value.shape, bool))
    return rounding.where(np.broadcast_to(kept, (q.value.shape[0], m)), rounding.product(over, of_values))


def nystrom(rounding, instance, q, k, allowed, positions):
    """softmax(Q K~^T) Z softmax(Q~ K^T) with the paper's iteration for Z, all tokens in segments of equal length."""
    kept = allowed[0]
    same = q.value.shape[0] == k.value.shape[0]
    q_marks, _ = segments(rounding, instance.landmarks, q, kept if same else np.ones(q.value.shape[0], bool))
    k_marks, k_kept = segments(rounding, instance.landmarks, k, kept)
    to_marks = softmax_of(
        rounding, scores(rounding, instance, q, k_marks), np.broadcast_to(k_kept, (q.value.shape[0], len(k_kept)))
    )
    a = softmax_of(
        rounding,
        scores(rounding, instance, q_marks, k_marks),
        np.broadcast_to(k_kept, (q_marks.value.shape[0], len(k_kept))),
    )
    from_marks = softmax_of(
        rounding, scores(rounding, instance, q_marks, k), np.broadcast_to(kept, (q_marks.value.shape[0], len(kept)))
    )
    one = np.eye(a.value.shape[0])
    norm = a.value.sum(axis=1).max() * a.value.sum(axis=0).max()
    z = rounding.times(a.T, rounding.rounded(1 / norm, 2 * len(kept)))
    for _ in range(instance.iterations):
        az = rounding.product(a, z)
        inner = rounding.minus(rounding.exactly(7 * one), az)
        for number in (15, 13):
            inner = rounding.minus(rounding.exactly(number * one), rounding.product(az, inner))
        z = rounding.times(rounding.product(z, inner), rounding.exactly(0.25))
    return rounding.product(to_marks, rounding.product(z, from_marks))


def segments(rounding: Rounding, most: int, x: Approximate, kept: NDArray) -> tuple[Approximate, NDArray]:
    """Means over segments of equal length of the tokens kept, and which segments keep any."""
    n = x.value.shape[0]
    length = -(-n // min(most, n))
    places = [np.arange(start, min(start + length, n)) for start in range(0, n, length)]
    averaging = np.zeros((len(places), n))
    for row, place in enumerate(places):
        averaging[row, place[kept[place]]] = 1 / max(kept[place].sum(), 1)
    means = rounding.product(rounding.rounded(averaging, 2), x)
    return means, averaging.sum(axis=1) > 0


DEFINITIONS: dict[str, Definition] = {
    "softmax": softmax,
    "softmax-blockwise": softmax,
    "scalable-softmax": scalable_softmax,
    "sigmoid": sigmoid,
    "sparsemax": entmax,
    "entmax": entmax,
    "hard": hard,
    "identity-linear": by_features(identity),
    "identity-linear-unnormalised": by_features(identity, normalised=False),
    "elu": by_features(elu),
    "relu": by_features(relu),
    "relu-squared": by_features(relu_squared),
    "exponential-features": by_features(exponential),
    "exponential-features-softmax": by_features(exponential_softmax),
    "dpfp": by_features(dpfp),
    "cosformer": cosformer,
    "polynomial": by_coefficients(power),
    "taylor": by_coefficients(taylor),
    "chebyshev": by_coefficients(chebyshev),
    "minimax": by_coefficients(minimax),
    "inline": inline,
    "random-fourier": by_features(trigonometric),
    "favor-positive": by_features(positive),
    "favor-positive-iid": by_features(positive),
    "favor-hyperbolic": by_features(hyperbolic),
    "oprf": by_features(optimal),
    "linformer": linformer,
    "nystrom": nystrom,
    "retention": retention,
    "gated-linear": gated_linear,
    "delta-rule": delta_rule,
}
