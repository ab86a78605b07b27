"""What the recurrent maps are, for `definitions`: weights from the recurrence, with how far rounding may carry them.

A token that is padding changes nothing. These maps are causal, so that the last query sees all tokens that count.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from numerics.maps.running_error import FUNCTION, WIDE, Approximate, Rounding

LOG1P = 128  # roundings of log1p, as sampled in float64


def retention(rounding, instance, q, k, allowed, positions):
    """gamma^(number of tokens after j, up to i) q_i.k_j.

    The logarithms may be added up from the first token, or exp taken token by token and multiplied.
    """
    decay = rounding.exactly(np.asarray(instance.decay, float))
    size = decay.error + rounding.gamma(1)  # stored in the format: as far from the logarithm as from 1
    logarithm = Approximate(np.log(decay.value), size + rounding.gamma(FUNCTION) * np.abs(np.log(decay.value)))
    number = np.cumsum(allowed[-1])
    between = np.where(allowed, number[positions[0]][:, None] - number, 0)
    exponent = rounding.times(rounding.exactly(between), logarithm)
    added_up = rounding.gamma(len(number)) * number[-1] * np.abs(logarithm.value)
    factor = rounding.exp(Approximate(exponent.value, exponent.error + 2 * added_up))
    factor = rounding.times(factor, rounding.rounded(1, FUNCTION * len(number)))
    return rounding.where(allowed, rounding.times(rounding.product(q, k.T), factor))


def gated_linear(rounding, instance, q, k, allowed, positions):
    """The weights below for a = log sigmoid(k W + b)/temperature, and 0 at padding."""
    projected = rounding.product(k, rounding.exactly(np.asarray(instance.weight, float)))
    if instance.bias is not None:
        projected = rounding.plus(projected, rounding.exactly(np.asarray(instance.bias, float)))
    soft = Approximate(-np.logaddexp(WIDE(0), -projected.value), projected.error)
    soft = Approximate(soft.value, soft.error + rounding.gamma(LOG1P) * (np.abs(soft.value) + soft.error))
    a = rounding.over(soft, rounding.exactly(instance.temperature))
    a = rounding.where(np.broadcast_to(allowed[-1][:, None], a.value.shape), a)
    return rounding.where(allowed, decayed(rounding, q, k, a, positions[0]))


def decayed(rounding: Rounding, q: Approximate, k: Approximate, a: Approximate, positions: NDArray) -> Approximate:
    """sum over channels c of q_ic exp(a_(j+1)c + .. + a_ic) k_jc, for queries i at these positions and keys j <= i.

    exp may be taken token by token, and multiplied: FUNCTION more roundings for each token between.
    """
    rows, tokens = [], np.arange(k.value.shape[0])
    for row, i in enumerate(positions):
        between = (tokens > tokens[:, None]) & (tokens <= i)
        exponents = rounding.product(rounding.exactly(between.astype(WIDE)), a)
        decay = rounding.times(rounding.exp(exponents), rounding.rounded(1, FUNCTION * len(tokens)))
        terms = rounding.times(rounding.times(q[row : row + 1], decay), k)
        rows.append(rounding.where(tokens <= i, rounding.total(terms, axis=1).T))
    return below(rows)


def below(rows: list[Approximate]) -> Approximate:
    """The rows as one matrix."""
    return Approximate(*(np.concatenate([getattr(row, part) for row in rows]) for part in ("value", "error")))


def delta_rule(rounding, instance, q, k, allowed, positions):
    """q_i^T A_i with A_t = A_(t-1) + beta_t u_t (e_t - u_t^T A_(t-1)), e_t the unit vectors, u_t = k_t/|k_t|."""
    m = k.value.shape[0]
    square = rounding.total(rounding.times(k, k), axis=1)
    root = np.sqrt(square.value)
    root = Approximate(root, square.error / np.where(root > 0, root, 1) + rounding.gamma(1) * root)
    unit = rounding.over(k, root)
    if instance.weight is None:
        beta = rounding.rounded(np.full((m, 1), instance.most))
    else:
        projected = rounding.product(k, rounding.exactly(np.asarray(instance.weight, float)[:, None]))
        beta = rounding.function(lambda x: 1 / (1 + np.exp(-x)), projected, 0.25)
        beta = rounding.times(beta, rounding.rounded(instance.most))
    state, rows = rounding.exactly(np.zeros((k.value.shape[1], m))), []
    for t in range(m):
        if allowed[-1, t]:
            asked = rounding.minus(rounding.exactly(np.eye(m)[t : t + 1]), rounding.product(unit[t : t + 1], state))
            change = rounding.times(beta[t : t + 1], asked)
            state = rounding.plus(state, rounding.product(unit[t : t + 1].T, change))
        if t in positions[0]:
            row = t - positions[0][0]
            rows.append(rounding.product(q[row : row + 1], state))
    return rounding.where(allowed, below(rows))
