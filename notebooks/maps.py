# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Which attention maps find the needle, and what it costs
#
# The notebook `separation` shows a small attention problem that softmax attention solves and linear attention does not:
# among $n$ tokens one is special, the **needle**, and a random read-out must notice it. Deng, Song, Yuan and Zhou
# (arXiv 2310.11685) constructed it; we use our reconstruction of it. It is tempting to read the result as "linear time
# is not enough". This notebook asks the same question of every attention map of this toolkit: does it find the needle,
# from which length on, and how many operations does it take? Every number is computed in the cells. The exact answers
# are about formulas, the measured ones about the code that runs.

# %%
import sys
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import sympy as sp
from IPython.display import Image, Markdown, display

sys.path.insert(0, str(Path.cwd().parent))

from numerics.environment import prepare

prepare()


def table(header, rows):
    """Show rows as a table."""
    lines = [" | ".join(map(str, row)) for row in (header, ["---"] * len(header), *rows)]
    display(Markdown("\n".join(f"| {line} |" for line in lines)))


def draw(name):
    """Show a figure of this toolkit, from its committed table."""
    from figures import gallery

    file = BytesIO()
    gallery.module(name).plot(gallery.read_table(name)).savefig(
        file, format="png", dpi=150, metadata={"Software": None}
    )
    display(Image(file.getvalue()))


# %% [markdown]
# ## One number decides: the gain
#
# In the construction every row of the attention matrix has just two values: one weight for the needle and another one
# for each of the $n-1$ other tokens. Their quotient is the **gain** $N$ of the row, and the needle's weight is
#
# $$ w = \frac{N}{N + n - 1}, \qquad\text{so}\qquad w > \tfrac12 \iff N > n - 1 . $$
#
# The needle must outweigh all others *together*. The score of tokens $i$ and $j$ is $s_i s_j \log n$, with $s = 1 + a$
# for the needle and $s = 1$ for the others. Here are the exact gains of the classical kernels, in the needle's own row
# and in any other row.

# %%
from theory.separation.kernels.exact import (
    Chebyshev,
    EluPlusOne,
    Linear,
    Polynomial,
    Relu,
    Softmax,
    Taylor,
    kernel_gain,
    kernel_success,
    needle_weight,
)
from theory.separation.self_attention.exact import Parameters

n = 1000
base = Parameters(n=n, d=12, a0="1/20", a1="7/10", b="1/2", eta="3/5")  # the threshold eta = b + 1/10
width = 35  # neurons of the read-out
kernels = [
    Softmax(),
    Linear(),
    Relu(),
    EluPlusOne(),
    Polynomial(2),
    Polynomial(14),
    Taylor(2),
    Taylor(17),
    Chebyshev(5),
]


def text(number):
    """A number to four digits; from $10^{12}$ on a gain is as good as infinite."""
    return "-" if number is None else "$> 10^{12}$" if float(number) > 1e12 else f"{float(number):.4g}"


rows = []
for kernel in kernels:
    gains = [float(kernel_gain(kernel, n, base.a1, row).enclose(64)) for row in ("needle", "ordinary")]
    weight = needle_weight(kernel, n, base.a1)
    success = kernel_success(base, kernel).probability(width)
    rows.append([kernel, *map(text, gains), text(weight), text(success)])
print(f"n = {n}, a = {base.a1}: more than half of the weight needs a gain above {n - 1}; {width} neurons")
table(["kernel", "gain, needle's row", "gain, other rows", "weight on the needle", "P[success]"], rows)

# %% [markdown]
# *Success* means that some neuron fires on the dataset with a high needle and none on the one with a low needle; its
# probability is exact, from the law of `separation`. What matters is the needle's own row: for softmax its gain grows
# like $n^{a(1+a)}$, a power above 1, and outruns $n - 1$.
#
# Linear attention has the gain $1 + a$ whatever $n$ is. So has ReLU, and elu + 1 has even less. That is no accident:

# %%
from theory.claim import get, load

load("theory.separation.kernels")
for name in ("homogeneous-gain", "homogeneous-weight", "elu-gain", "nonnegative-coefficients"):
    claim = get(f"separation.kernels.{name}")
    print(f"{claim.id}: {claim.title}")

# %% [markdown]
# These four are proved in `theory/separation/kernels`. **elu + 1 and ReLU share the fate of linear attention**: the
# needle is only $1 + a$ times as large as the other tokens, and they hand on just that.
#
# ## It is not about linear time
#
# The softmax matrix of the construction is $n \times n$, but has only two distinct rows. Its rank is 2, so two
# features reproduce it exactly:

# %%
from numerics.separation.self_attention.network import scores, softmax, tokens
from theory.separation.kernels.exact import softmax_singular_values

matrix = np.asarray(softmax(scores(tokens(base, base.a1))))
found = np.linalg.svd(matrix, compute_uv=False)
exact = softmax_singular_values(n, base.a1)
print(f"largest singular values of the {n} x {n} matrix: {found[0]:.6f}, {found[1]:.6f}")
print(f"exactly: {float(exact[0]):.6f}, {float(exact[1]):.6f}, and 0 for all others")
print(f"numerical rank: {(found > found[0] * n * np.finfo(float).eps).sum()}")

# %% [markdown]
# Even *one* feature solves the task. Take $\varphi(x) = (\mathbf 1^{\!\top} x)^p$: its kernel is the score to the power
# $p$, its gain is $(1+a)^p$, and attention with it is one weighted sum of the tokens, shared by all rows.

# %%
from numerics.separation.kernels.maps import outputs_in_linear_time, power
from theory.separation.kernels.exact import kernel_law, smallest_successful_degree

least = smallest_successful_degree(base, "0.99", width)
print(least.message)
degree = least.value
signs = np.random.default_rng(0).choice([-1.0, 1.0], size=(base.d, 200_000))
law = kernel_law(base, Polynomial(degree))
for dataset, height in (("D1", base.a1), ("D0", base.a0)):
    outputs = np.asarray(outputs_in_linear_time(tokens(base, height), power(degree)))
    distinct = np.unique(outputs.round(12), axis=0)
    fires = (distinct @ signs > float(base.tau) * np.sqrt(np.log(n))).any(axis=0).mean()
    print(
        f"{dataset}: {len(distinct)} distinct row, a neuron fires with probability {law.probability(dataset)}", end=""
    )
    print(f" = {float(law.probability(dataset)):.4f}, measured {fires:.3f}")
by_softmax = kernel_success(base, Softmax()).probability(width)
print(
    f"P[success]: {float(kernel_success(base, Polynomial(degree)).probability(width)):.7f} with the feature,", end=" "
)
print(f"{float(by_softmax):.7f} with softmax")

# %% [markdown]
# This is attention in linear time with a state of one number for each value column, and it succeeds exactly as often as
# softmax. **The separation is one of gain, not of linear time.** What fails is a feature map that is homogeneous of
# degree one, such as the identity, with rows that are divided by their sum.
#
# ## How much degree does it take?
#
# The gain must exceed $n - 1$, so a kernel of fixed degree loses the needle once the sequence is long enough. The least
# degree grows like $\log n$, and each family has its own constant. A Taylor polynomial of the exponential cannot do
# better than the exponential, so it also needs $a(1+a) > 1$. Chebyshev polynomials are the steepest polynomials that
# are bounded by 1 on $[0, 1]$.

# %%
from theory.separation.kernels.exact import degree_rate, smallest_degree

FAMILIES = ("polynomial", "taylor", "chebyshev")
rows = []
for exponent in (2, 3, 4, 6, 10, 100):
    found = [smallest_degree(family, 10**exponent, base.a1) for family in FAMILIES]
    rows.append([f"$10^{{{exponent}}}$", *(one.value for one in found)])
rates = {family: degree_rate(family, base.a1) for family in FAMILIES}
rows.append(["limit of $p/\\log n$", *(text(rate) for rate in rates.values())])
table(["$n$", *FAMILIES], rows)
print(smallest_degree("taylor", n, "3/5").message)
draw("separation_kernels")

# %% [markdown]
# That was the degree for half of the weight. Success with probability 0.99 takes little more:

# %%
TARGET = Fraction(99, 100)
KERNELS = {"polynomial": Polynomial, "taylor": Taylor, "chebyshev": Chebyshev}
succeeds = {}
for length in (100, 1000, 10**6):
    at = base.replace(n=length)
    for family, kernel in KERNELS.items():
        start = smallest_degree(family, length, base.a1).value
        succeeds[family, length] = next(
            p for p in range(start, 200) if kernel_success(at, kernel(p)).at_least(width, TARGET)
        )
    print(f"n = {length}:", ", ".join(f"{family} p = {succeeds[family, length]}" for family in FAMILIES))

# %% [markdown]
# ## Random features
#
# FAVOR+ replaces the exponential by an average over random features that is right on average. On the needle the average
# is made by rare frequencies, and too few features do not see them. With $n^\rho$ features the weight on the needle
# tends to 1 if $\rho$ exceeds a critical $\rho^*$, and to 0 below it:

# %%
from numerics.separation.kernels.favor import exponent_at_half, exponent_in_the_limit
from theory.separation.kernels import favor

heights = np.linspace(0.62, 4, 339)
limits = [exponent_in_the_limit(height) for height in heights]
lowest = sp.sqrt(2) + 1
print(f"a = {base.a1}: rho* = {exponent_in_the_limit(float(base.a1)):.4f}")
print(f"least over all heights: {min(limits):.4f}, at a = {heights[np.argmin(limits)]:.2f};", end=" ")
print(f"exactly {lowest**2 / 2} = {float(lowest**2 / 2):.4f}")
assert sp.simplify(favor.late_threshold(sp.sqrt(2)) - lowest) == 0
for power_of_ten in (10, 100, 1000):
    simulated = exponent_at_half(power_of_ten * np.log(10), float(base.a1), draws=101)
    print(f"n = 10^{power_of_ten}: half of the weight takes n^{simulated:.2f} features, simulated")
features_needed = float(lowest**2 / 2)

# %% [markdown]
# Exact softmax attention forms $n^2$ scores. In the limit positive random features need more than that *as features*,
# at every height of the needle. (Both halves are proved at finite $n$, with constants: what the sums of features
# do not exceed, and that they come up to it.)
#
# ## Every map that this toolkit runs
#
# So far we looked at formulas. Now each map of `numerics.maps.registry` is run, whatever it is, on the queries and keys
# of the construction: the score is a product of two numbers, $s_i \sqrt{\log n}$ and $s_j \sqrt{\log n}$, so a head of
# dimension 1 will do. A map whose features vanish there gets a head of dimension 2. One that draws random numbers gets
# a head of a usual dimension, with queries and keys along one direction, so that it has its usual number of features.
# The values are the tokens.
#
# The outputs are read by *every one* of the $2^{12}$ sign vectors, at $\eta = b + 1/10$, which makes the probability of
# success that of the code that runs and not of a formula. A few more value columns hold 1 at single tokens: they output
# weights, and the gain is their quotient wherever a row has two values. Maps with random numbers are drawn anew several
# times; their probability is the mean, their gain the median.

# %%
from itertools import product

from numerics.maps import registry

GRID = (100, 300, 1000)
DRAWS, HEAD = 5, 64
ROUNDING = 1e-6  # weights in float64 that differ by less, relatively, are taken to be equal
EVERY_SIGN = np.array(list(product((1.0, -1.0), repeat=base.d))).T
attend = jax.jit(lambda instance, q, k, v: instance.attend(q, k, v))


class Undecided(ValueError):
    """Why a map is not judged."""


def is_random(name):
    """Whether a map has leaves that depend on the random key."""
    first, second = (jax.tree.leaves(registry.named(name, 1, jax.random.key(draw))) for draw in range(2))
    return any(np.any(np.asarray(one) != other) for one, other in zip(first, second, strict=True))


def instances(name, head):
    """The map of a name; several of them if it draws random numbers."""
    return [registry.named(name, head, jax.random.key(draw)) for draw in range(DRAWS if is_random(name) else 1)]


def outputs_of(instance, q, k, values):
    """The outputs for the values, and the weights of the first query on the needle, two other tokens, and all."""
    n = k.shape[0]
    probes = jnp.zeros((n, 4)).at[0, 0].set(1.0).at[n // 2, 1].set(1.0).at[n - 1, 2].set(1.0).at[:, 3].set(1.0)
    found = np.asarray(attend(instance, q, k, jnp.hstack([values, probes])), float)
    return found[:, :-4], found[0, -4:]


def gain_and_remark(weights, n):
    """The gain, None where the other tokens have several weights, and what is unusual about the weights."""
    needle, other, another, total = weights
    alike = np.isclose([another, (total - needle) / (n - 1)], other, rtol=ROUNDING, atol=ROUNDING * abs(needle) / n)
    if not weights.any():
        return None, "all weights are 0"
    if not alike.all():
        return None, "the other tokens have several weights"
    gain = needle / other if other != 0 else np.inf
    if min(needle, other) < 0:
        return gain, "some weights are negative"
    return gain, "" if abs(total - 1) < ROUNDING else f"the rows sum to {total:.4g}"


def self_attention_input(n, a, head):
    """Queries and keys whose scaled products are s_i s_j log n; the needle is token 0."""
    heights = np.full(n, np.sqrt(np.log(n)))
    heights[0] *= 1 + a
    keys = np.tile(heights[:, None], (1, head)) / np.sqrt(head)
    both = jnp.asarray(keys * head**0.25)  # the maps divide the scores by the root of the head dimension
    return both, both


def firing(outputs, n):
    """For every sign vector: whether it fires on some row."""
    distinct = np.unique((outputs / np.sqrt(np.log(n))).round(12), axis=0)
    above = distinct @ EVERY_SIGN - float(base.tau)
    if not abs(above).min() > 1e-9:
        raise Undecided("an output is within rounding of the threshold, or not a number")
    return (above > 0).any(axis=0)


def success(good, bad):
    """P[some neuron fires on D1 and none on D0], from the sign vectors that fire."""
    harm, useful = bad.mean(), (good & ~bad).mean()
    return (1 - harm) ** width - (1 - harm - useful) ** width


def measure(name, n):
    """The gain in the needle's row, a remark, and P[success]."""
    found = []
    datasets = {key: (float(a), tokens(base.replace(n=n), a)) for key, a in (("D0", base.a0), ("D1", base.a1))}
    flat, values = datasets["D0"]
    vanishes = not outputs_of(registry.named(name, 1), *self_attention_input(n, flat, 1), values)[1].any()
    head = HEAD if is_random(name) else 2 if vanishes else 1
    for instance in instances(name, head):
        fires = {}
        for dataset, (a, values) in datasets.items():
            outputs, weights = outputs_of(instance, *self_attention_input(n, a, head), values)
            fires[dataset] = firing(outputs, n)
        found.append((*gain_and_remark(weights, n), success(fires["D1"], fires["D0"])))
    gains, remarks, probabilities = zip(*found, strict=True)
    gain = None if None in gains else float(np.median(gains))
    return gain, next(filter(None, remarks), ""), float(np.mean(probabilities))


def first_sentence(error):
    return str(error).split(";")[0].split(". ")[0].rstrip(".")


measured, skipped = {}, {}
for name in registry.builders():
    try:
        measured[name] = {n: measure(name, n) for n in GRID}
    except (TypeError, ValueError, NotImplementedError) as error:
        skipped[name] = first_sentence(error)

rows = [
    [name, *(text(found[n][0]) for n in GRID), *(f"{found[n][2]:.3f}" for n in GRID), found[GRID[-1]][1]]
    for name, found in measured.items()
]
table(["map", *(f"gain, n = {n}" for n in GRID), *(f"P[success], n = {n}" for n in GRID), "remark"], rows)
if skipped:
    table(["not judged", "reason"], skipped.items())

# %% [markdown]
# The running softmax and linear attention have the gains and the success of their formulas:

# %%
for name, kernel in (("softmax", Softmax()), ("identity-linear", Linear()), ("relu", Relu()), ("elu", EluPlusOne())):
    for n in GRID:
        at = base.replace(n=n)
        assert np.isclose(measured[name][n][0], float(kernel_gain(kernel, n, at.a1).enclose(64)), rtol=1e-9)
        assert np.isclose(measured[name][n][2], float(kernel_success(at, kernel).probability(width)), rtol=1e-9)
print("agreed at every length")

# %% [markdown]
# Squared ReLU and DPFP square the gain of ReLU, which still does not depend on $n$. Maps that project on the simplex
# give everything to the needle, even where it is only a little higher than the rest; this read-out does not mind.
# Weights that do not sum to 1 are another matter: the threshold of the read-out is made for rows of weights, and where
# the rows sum to much more, neurons fire on both datasets.
#
# Random features go two ways: positive ones miss the needle, trigonometric ones find it. Both are right on average;
# what differs is the noise. Its size, relative to the kernel value itself, is known exactly
# (`maps.random.positive-variance` and `maps.random.trigonometric-variance`). In the needle's row it is:

# %%
from theory.maps.feature_variance import positive_variance, trigonometric_variance

frequencies = registry.named("favor-positive", HEAD).feature_map.frequencies.shape[0]
n = GRID[-1]
query = (1 + float(base.a1)) * np.sqrt(np.log(n))
for token, key in (("the needle", query), ("another token", np.sqrt(np.log(n)))):
    score, mean = query * key, np.exp(query * key)
    by_positive = positive_variance((query + key) ** 2, score, frequencies)
    by_waves = trigonometric_variance((query + key) ** 2, (query - key) ** 2, score, frequencies)
    noise = [float(sp.sqrt(variance)) / mean for variance in (by_positive, by_waves)]
    print(f"{token}: positive {noise[0]:.3g}, trigonometric {noise[1]:.3g}, with {frequencies} frequencies, n = {n}")

# %% [markdown]
# Positive features are noisiest where the kernel is largest, and miss what matters. Trigonometric ones have no noise at
# all where the query equals the key, and in its own row the needle meets itself. That is a property of this task: where
# the needle's key is not the query, as in the next section, their estimates are noise, of either sign.
#
# ## Cross-attention
#
# In the cross-attention variant the needle's key has the logit $\kappa \log n$ and all others have $l_0$. The gain of
# softmax is $n^\kappa e^{-l_0}$, that of linear attention only $\kappa \log n/l_0$, and that of $(q \cdot k)^p$ its
# $p$-th power. Three tasks ask for three different amounts of gain.

# %%
from theory.separation.cross_attention.exact import (
    Logits,
    critical_exponent,
    firing_lengths,
    flip_lengths,
    polynomial_recovery,
    softmax_recovery,
    sure_firing_lengths,
)
from theory.separation.cross_attention.exact import smallest_degree as flip_degree

logits = Logits(kappa=4, l0=1)
print("1. The read-out of above, at eta = b + 1/10 with a needle of height 1:")
print("  ", sure_firing_lengths(logits, 1, "1/2", "1/10").message)
print("  ", firing_lengths(logits, 1, "1/10", degree=1).message)
print("2. The needle's value +1 against the value -1 of all others:")
for given, degree in ((logits, None), (Logits(kappa="6/5", l0=1), None), (logits, 1), (logits, 3)):
    print("  ", flip_lengths(given, degree).message)
print("  ", flip_degree(logits, 10**6).message)
print("3. The sign of the needle's value among random signs:")
print("  ", critical_exponent(10**6, "0.99").message)
quiet = Logits(kappa="3/4", l0=1)
for length in (101, 10_001):
    by_softmax, by_linear = float(softmax_recovery(quiet, length)), float(polynomial_recovery(logits, length))
    print(f"   n = {length}: softmax at kappa = {quiet.kappa} recovers it with probability {by_softmax:.4f},", end=" ")
    print(f"linear attention at kappa = {logits.kappa} with {by_linear:.4f}")

# %% [markdown]
# The first two need a gain of about $n$, so $\kappa > 1$ for softmax. Random signs cancel, and the third needs only
# about $\sqrt n$: the exponent halves. Linear attention outvotes a few keys only. Now the second task for the running
# maps, on the literal queries and keys, at the same logits: does the output for the values $+1$ and $-1$ come out
# positive?

# %%
from numerics.separation.cross_attention.network import keys as cross_keys
from numerics.separation.cross_attention.network import majority_values
from numerics.separation.cross_attention.network import queries as cross_queries

LENGTHS = (10, 100, 1000)


def vote(instance, n):
    """The output for the values +1 and -1, the gain, and a remark, on queries and keys of width 2; key 0 is the needle.

    The maps divide by the root of the head dimension.
    """
    q, k = (x * 2**0.25 for x in (cross_queries(n, 2, 2), cross_keys(logits, n, 0, 2)))
    outputs, weights = outputs_of(instance, q, k, majority_values(n))
    return outputs[0, 0], *gain_and_remark(weights, n)


rows, cross_skipped = [], {}
for name in registry.builders():
    try:
        found = [[vote(instance, n) for instance in instances(name, 2)] for n in LENGTHS]
    except (TypeError, ValueError, NotImplementedError) as error:
        cross_skipped[name] = first_sentence(error)
        continue
    gains = [[gain for _, gain, _ in draws] for draws in found]
    shown = [text(None if None in draws else np.median(draws)) for draws in gains]
    votes = [np.mean([output > 0 for output, _, _ in draws]) for draws in found]
    words = ["yes" if share == 1 else "no" if share == 0 else f"in {share:.0%} of the draws" for share in votes]
    rows.append([name, *shown, *words, next(filter(None, (remark for _, _, remark in found[-1])), "")])
table(["map", *(f"gain, n = {n}" for n in LENGTHS), *(f"outvotes {n - 1}" for n in LENGTHS), "remark"], rows)
if cross_skipped:
    table(["not judged", "reason"], cross_skipped.items())
draw("separation_cross_attention")

# %% [markdown]
# The figure shows the experiments with the read-out: linear attention is loud in short sequences, and from the length
# on that was computed above it is silent for certain.
#
# ## What it costs
#
# The catalogue `theory.maps.catalogue` has exact operation counts of the forms in which a map is implemented. For long
# sequences the leading power of $n$ matters. Where a map has several forms we take the one that grows most slowly; a
# map that the catalogue does not list, but that has a feature map with $r$ features, costs what `theory.complexity`
# proves for linear attention, with values of dimension $d$.

# %%
from theory.complexity.attention import FORMULAS, e
from theory.maps.attention_map import d, r
from theory.maps.attention_map import n as tokens_symbol
from theory.maps.catalogue import catalogue


def leading(operations):
    """The leading power of n in a count of operations, and its coefficient; blocks are taken to divide n."""
    polynomial = sp.Poly(sp.expand(operations.replace(sp.ceiling, lambda argument: argument)), tokens_symbol)
    return polynomial.degree(), sp.factor(polynomial.LC())


def feature_map_of(name):
    return getattr(registry.named(name, HEAD), "feature_map", None)


def cost_of(name):
    """(power of n, coefficient) of the cheapest form of a map, or None."""
    known = catalogue().get(name)
    if known is not None and known.costs:
        return min((leading(cost.operations) for cost in known.costs.values()), key=lambda found: found[0])
    return None if feature_map_of(name) is None else leading(FORMULAS["linear"].subs(e, d))


def cost_text(name):
    """The leading term, and the number of features for heads of the usual dimension."""
    found, features = cost_of(name), feature_map_of(name)
    if found is None:
        return "not counted"
    size = "" if features is None else f", $r = {features.dimension(HEAD)}$"
    return f"${term(*found)}${size}"


def term(exponent, coefficient):
    return f"{sp.latex(coefficient)}\\, n" + (f"^{{{exponent}}}" if exponent != 1 else "")


linear_maps = [name for name in registry.builders() if (cost_of(name) or (0,))[0] == 1]
print(f"{len(linear_maps)} of {len(registry.builders())} maps take a number of operations linear in n:")
print(", ".join(linear_maps))

# %% [markdown]
# ## The answer
#
# A map *separates* here if its success probability is at least 0.99 at every length of the grid from some length on;
# `from n` is the first such length. The last rows are families whose degree or number of features grows with $n$ just
# as fast as it must; for them `from n` is the shortest of the lengths whose degree was computed above. Here $d$ is the
# head dimension, $r$ the number of features (given for $d = 64$), $m$ the number of random frequencies, landmarks or
# projected keys.

# %%
rows, from_length = [], {}
for name in registry.builders():
    if name in skipped:
        rows.append([name, f"not judged: {skipped[name]}", "", cost_text(name)])
        continue
    good = [measured[name][n][2] >= TARGET for n in GRID]
    from_length[name] = next((n for place, n in enumerate(GRID) if all(good[place:])), None)
    remark = measured[name][GRID[-1]][1]
    verdict = "yes" if from_length[name] else "no"
    rows.append([name, f"{verdict} ({remark})" if remark else verdict, from_length[name] or "", cost_text(name)])

one_feature = leading(FORMULAS["linear"].subs({e: d, r: 1}))
degree = sp.Symbol("p", integer=True, positive=True)
shortest = min(length for _, length in succeeds)
for family in FAMILIES:
    features = 1 if family == "polynomial" else degree + 1  # of a number: the powers 0..p
    rows.append(
        [f"{family}, degree $p \\approx {text(rates[family])} \\log n$, of the row sum", "yes", shortest,
         f"${term(one_feature[0], one_feature[1] * features)}$"]
    )  # fmt: skip
rows.append(
    ["FAVOR+ with $n^{\\rho}$ features", f"in the limit, only if $\\rho \\geq {features_needed:.2f}$", "",
     f"${sp.latex(one_feature[1])}\\, n^{{1 + \\rho}}$: at least $n^{{{1 + features_needed:.2f}}}$"]
)  # fmt: skip
table(["map", "separates?", "from n", "operations, leading term"], rows)

# %%
n = GRID[-1]
groups = {True: [], False: []}
for name, first in from_length.items():
    groups[first is not None].append(name)
for verdict, names in groups.items():
    print(f"{len(names)} {'separate' if verdict else 'do not'}: {', '.join(names)}")
gains = {
    verdict: [measured[name][n][0] for name in names if measured[name][n][0] is not None and not measured[name][n][1]]
    for verdict, names in groups.items()
}
print(
    f"n = {n}, rows that are weights of two values: the least gain that separates is {text(min(gains[True]))},", end=" "
)
print(f"the largest that does not {text(max(gains[False]))}")
cheap = [name for name in groups[True] if name in linear_maps]
print(f"of those that separate, linear in n: {', '.join(cheap) or 'none, with the usual settings'}")

# %% [markdown]
# ## Beyond the grid: what is proved
#
# A grid of lengths proves nothing about longer sequences. `theory.separation.kernels.gain_table` says for every map
# what is proved about all of them, with the claims that prove it (`attnproof show`). It also corrects the impression
# that the grid gives of InLine attention, whose weights may be negative.

# %%
from theory.separation.kernels.gain_table import GAINS

words = {True: "yes", False: "no", None: "depends"}
table(
    ["map", "gain of the needle's row", "separates all long sequences?", "what is known", "claims"],
    [[name, known.gain, words[known.separates], known.outcome, len(known.claims)] for name, known in GAINS.items()],
)

# %% [markdown]
# Whether a map separates is decided by its gain, on one side of $n - 1$ or the other. Where a map of linear cost fails
# here with its usual settings, its features are too flat or too noisy; it does not fail because it is cheap. One steep
# feature, at the same cost, does on this task what softmax does. What a state of limited size cannot do is to point at
# many *different* needles, and this construction does not ask for it.
