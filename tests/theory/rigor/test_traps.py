"""Traps: places where a usual tool is silently wrong, each shown to be, with our answer beside it.

The second half is one property: `prove` never says HOLDS of a false statement, however near it is to a true one, and
no certificate makes the checker do so.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pytest
import sympy as sp
from flint import arb, fmpq

from theory.claim import Domain
from theory.evidence import Verdict
from theory.reasons import GaussianMoment, Monotone, Sign, expectation, normal
from theory.rigor.certificate import Algebra as ByAlgebra
from theory.rigor.certificate import Certificate, Rewrite, variable
from theory.rigor.checker import check_certificate
from theory.rigor.evaluate import compile_expression, enclose_at, truth_at
from theory.rigor.interval import Interval, less, less_equal, precision
from theory.rigor.prove import Budget, prove
from theory.rigor.truth import Truth
from theory.wellposed import undefined_conditions

x, y, n = sp.symbols("x y n")
E, Ge, Le, Gt, Lt, R = sp.exp, sp.Ge, sp.Le, sp.Gt, sp.Lt, sp.Rational
REALS = sp.Interval(-sp.oo, sp.oo)
RAY = sp.Interval(0, sp.oo)
UNIT = sp.Interval(0, 1)
SMALL = Budget(boxes=600, seconds=2)


def established(statement: Any, domain: Domain) -> bool:
    """Whether a certificate is found and the independent checker accepts it."""
    outcome = prove(statement, domain, budget=Budget(boxes=20_000, seconds=30))
    if outcome.certificate is None:
        return False
    return check_certificate(statement, domain, outcome.certificate).verdict is Verdict.HOLDS


# --- floating point and XLA ----------------------------------------------------------------------------------------


def test_xla_fuses_and_rewrites_so_that_its_roundings_are_not_those_of_the_expression():
    import jax
    import numpy as np

    with jax.enable_x64(True):
        left, right = 1 + 2.0**-30, 1 - 2.0**-30
        fused = float(jax.jit(lambda a, b, c: a * b + c)(left, right, -1.0))
        samples = np.random.default_rng(0).uniform(0, 1, 1000)
        copied = np.asarray(jax.jit(lambda v: (v * 3) / 3)(samples))
    # Rounded after each operation, as bounds from a running error analysis would have it, the first is 0 ...
    assert left * right - 1.0 == 0.0
    assert fused == -(2.0**-60)
    # ... and the second is not the identity. XLA compiles a fused multiply-add and a copy.
    assert np.any((samples * 3) / 3 != samples)
    assert np.array_equal(copied, samples)
    difference = compile_expression(x * y - 1, (x, y))
    with precision(53):
        box = [Interval.of(R(Fraction(value))) for value in (left, right)]
        assert difference.interval(box).contains(fmpq(-1, 2**60))


def test_nextafter_does_not_move_away_from_zero_on_xla():
    import jax
    import jax.numpy as jnp

    if jax.default_backend() != "cpu":
        pytest.skip("the flush of denormals to zero was seen on the CPU backend")
    with jax.enable_x64(True):
        raised = jnp.nextafter(jnp.float64(0.0), jnp.float64(1.0))
        assert not bool(raised > 0)  # so as an outward rounding it would lose everything next to 0
    with precision(53):
        tiny = compile_expression(E(-x), (x,)).interval([Interval.of(2000)])
    assert tiny.lo > 0
    assert tiny.hi > tiny.lo


def test_a_naive_sigmoid_is_not_a_number_where_the_theory_says_one():
    import jax.numpy as jnp

    at = jnp.float32(100)
    assert math.isnan(float(jnp.exp(at) / (jnp.exp(at) + 1)))
    value = enclose_at(E(x) / (E(x) + 1), {x: sp.Integer(100)}, bits=256)
    with precision(256):
        assert value.lo > 1 - arb(10) ** -40
        assert value.hi < 1


def test_library_attention_computes_its_softmax_in_single_precision():
    import jax
    import jax.numpy as jnp

    with jax.enable_x64(True):
        q = 3 * jax.random.normal(jax.random.key(0), (1, 8, 1, 4), dtype=jnp.float64)
        library = jax.nn.dot_product_attention(q, q, q)
        scores = jnp.einsum("bqhd,bkhd->bhqk", q, q) / 2.0
        weights = jnp.exp(scores - scores.max(-1, keepdims=True))
        weights = weights / weights.sum(-1, keepdims=True)
        plain = jnp.einsum("bhqk,bkhd->bqhd", weights, q)
        assert library.dtype == jnp.float64  # it looks like double precision
        gap = float(jnp.abs(library - plain).max())
        row: list[Any] = [R(Fraction(float(s))) for s in scores[0, 0, 0]]
        first = float(weights[0, 0, 0, 0])
    assert gap > 1e-9
    exact = enclose_at(E(x - row[0]) / sp.Add(*[E(s - row[0]) for s in row]), {x: row[0]})
    assert abs(first - float(exact.lo)) < 1e-15


# --- intervals -----------------------------------------------------------------------------------------------------


def test_balls_lose_what_end_points_keep():
    ball = arb(2, 2)  # [0, 4]
    assert ball.exp().lower() < 1
    assert ball.sqrt().is_nan()
    unbounded = arb(0).union(arb("inf"))
    assert unbounded.exp().lower() < 0
    with precision(64):
        box = [Interval.of(0, 4)]
        exponential = compile_expression(E(x), (x,)).interval(box)
        root = compile_expression(sp.sqrt(x), (x,)).interval(box)
        ray = compile_expression(E(x), (x,)).interval([Interval.of(0, sp.oo)])
    assert exponential.lo == 1
    assert ray.lo == 1
    assert root.lo == 0
    assert root.hi == 2


def test_lambdify_rounds_a_rational_to_a_float():
    third = sp.lambdify(x, R(1, 3) * x)
    assert not third(arb(1)).contains(fmpq(1, 3))  # in ball arithmetic, and yet wrong
    with precision(200):
        assert compile_expression(R(1, 3) * x, (x,)).interval([Interval.of(1)]).contains(fmpq(1, 3))


def test_raw_comparisons_and_extrema_of_balls_answer_what_they_do_not_know():
    undecided = arb(0, 1)
    assert not undecided > 0
    assert not undecided <= 0  # both False: `if not x > 0` would take x for nonpositive
    narrow, wide = arb("0.5", "0.1"), arb(1, 1)
    assert not min(narrow, wide).contains(fmpq(1, 100))  # the least of 1/2 and 1/100 is 1/100
    assert arb("nan").contains(1)
    with precision(64):
        here, zero = Interval.of(-1, 1), Interval.of(0)
        assert less(zero, here) is Truth.UNKNOWN
        assert less_equal(here, zero) is Truth.UNKNOWN
        least = compile_expression(sp.Min(x, y), (x, y)).interval([Interval.of(R(2, 5), R(3, 5)), Interval.of(0, 2)])
        assert least.lo == 0
        logarithm = compile_expression(sp.log(x), (x,)).interval([Interval.of(-1)])
        assert less_equal(logarithm, logarithm) is Truth.UNKNOWN
    with pytest.raises(TypeError):
        bool(Truth.UNKNOWN)
    with pytest.raises(TypeError):
        bool(Verdict.UNDECIDED)


# --- SymPy ---------------------------------------------------------------------------------------------------------

WEIGHT = 1 / (1 + (n - 1) * n ** (-y * (1 + y)))


def test_a_limit_with_a_free_parameter_is_silently_wrong():
    a, m = sp.symbols("a m", positive=True)
    assert sp.limit(WEIGHT.subs({n: m, y: a}), m, sp.oo) == 0  # for every a, says SymPy; for a = 1 the limit is 1
    large = Domain({n: sp.Range(10**9, sp.oo), y: sp.Interval(1, 2)})
    outcome = prove(Le(WEIGHT, R(1, 10)), large, budget=SMALL)
    assert outcome.verdict is Verdict.REFUTED
    assert established(Ge(WEIGHT, R(1, 2)), large)


def test_simplify_misses_an_identity_that_exponentials_show():
    r = sp.Symbol("r", real=True)
    gap = sp.tanh(2 * r) - 2 * sp.tanh(r) / (1 + sp.tanh(r) ** 2)
    assert sp.simplify(gap) != 0
    identity = sp.Eq(sp.tanh(2 * x), 2 * sp.tanh(x) / (1 + sp.tanh(x) ** 2))
    assert established(identity, Domain({x: REALS}))
    spoiled = sp.Eq(sp.tanh(2 * x), 2 * sp.tanh(x) / (1 + sp.tanh(x) ** 2) + R(1, 10**20))
    assert prove(spoiled, Domain({x: REALS}), budget=SMALL).verdict is not Verdict.HOLDS


def test_the_sign_of_exp_minus_one_is_unknown_to_sympy_and_proved_here():
    p = sp.Symbol("p", nonnegative=True)
    assert (sp.exp(p) - 1).is_nonnegative is None
    assert established(Ge(E(x) - 1, 0), Domain({x: RAY}))
    assert prove(Gt(E(x) - 1, 0), Domain({x: RAY}), budget=SMALL).verdict is Verdict.REFUTED  # it is 0 at 0


def test_a_substitution_hits_every_occurrence_where_a_step_means_one():
    m = sp.Symbol("m", integer=True, positive=True)
    body = m / (m + 2)
    meant = (m + 1) / (m + 2)
    assert body.subs(m, m + 1) != meant  # m/(m + 2) <= (m + 1)/(m + 2) is not what subs would write
    step = Monotone(lambda hole: hole / (m + 2), m, sp.Le, m + 1, by=Sign())
    domain = Domain({m: sp.Range(1, sp.oo)})
    assert step.check(body, sp.Le, meant, domain).accepted
    assert not step.check(body, sp.Le, body.subs(m, m + 1), domain).accepted


def test_cancel_drops_a_removable_singularity():
    whole = (x**2 - 1) / (x - 1)
    assert sp.cancel(whole) == x + 1  # also at 1, where there is nothing
    domain = Domain({x: sp.Interval(0, 2)})
    assert undefined_conditions(Ge(whole, 0), domain)
    cancelled = Certificate(Rewrite(Ge(variable("x") + 1, 0), sp.S.One, None, ByAlgebra()))
    assert check_certificate(Ge(whole, 0), domain, cancelled).verdict is Verdict.UNDECIDED
    assert not established(Ge(whole, 0), domain)


# --- sampling ------------------------------------------------------------------------------------------------------


def test_the_sample_mean_of_a_heavy_tail_misses_most_of_it():
    import numpy as np

    variance = 64
    samples = np.exp(8.0 * np.random.default_rng(0).standard_normal(100_000))
    exact = sp.exp(R(variance, 2))
    assert samples.mean() < 0.05 * float(exact)
    # Its own estimate of the error is as wrong: the truth lies many "standard errors" away.
    assert samples.mean() + 6 * samples.std() / math.sqrt(100_000) < float(exact)
    u = normal("u")
    mean = expectation(sp.exp(u), {(u, u): sp.Integer(variance)})
    assert GaussianMoment().check(mean, sp.Eq, exact, Domain({})).accepted


def test_random_sampling_is_not_an_attack():
    import numpy as np

    rng = np.random.default_rng(0)
    for count, seen in ((16, 0.75), (64, 0.55)):
        logits = rng.uniform(-1, 1, (1000, count))
        weights = np.exp(logits[:, 0]) / np.exp(logits).sum(axis=1)
        largest = math.exp(1) / (math.exp(1) + (count - 1) * math.exp(-1))  # at the corner (1, -1, ..., -1)
        assert weights.max() < seen * largest
    # A bound 20 % too small passes the sampling; the corner refutes it at once.
    first, rest = sp.symbols("first rest")
    weight = E(first) / (E(first) + 15 * E(rest))
    claimed = Le(weight, R(8, 10) * R(33, 100))
    assert (np.exp(logits[:, 0]) / (np.exp(logits[:, :16]).sum(axis=1))).max() < 0.8 * 0.33
    box = Domain({first: sp.Interval(-1, 1), rest: sp.Interval(-1, 1)})
    assert prove(claimed, box, budget=SMALL).verdict is Verdict.REFUTED


# --- false statements, near true ones ------------------------------------------------------------------------------


@dataclass(frozen=True)
class False_:
    """A false statement; its true neighbour, where there is one, is to be established."""

    statement: Any
    ranges: Mapping[sp.Symbol, Any]
    hypotheses: tuple[Any, ...] = ()
    true: Any = None

    @property
    def domain(self) -> Domain:
        return Domain(self.ranges, self.hypotheses)


FALSE: dict[str, False_] = {
    "cosh(x) <= exp(499/1000 x^2)": False_(Le(sp.cosh(x), E(x**2 * R(499, 1000))), {x: REALS}),
    "tangent of exp, 10^-9 too high": False_(Ge(E(x), 1 + x + R(1, 10**9)), {x: REALS}, true=Ge(E(x), 1 + x)),
    "tangent of exp, 10^-40 too high": False_(Ge(E(x), 1 + x + R(1, 10**40)), {x: REALS}),
    "p(1-p), 10^-30 too low": False_(
        Le(x * (1 - x), R(1, 4) - R(1, 10**30)), {x: UNIT}, true=Le(x * (1 - x), R(1, 4))),
    "strict, equal at an end": False_(Lt(x * (1 - x), R(1, 4)), {x: sp.Interval(0, R(1, 2))}),
    "strict, equal inside": False_(Gt(E(x), 1 + x), {x: REALS}),
    "true but at 1/3": False_(Gt((x - R(1, 3)) ** 2, 0), {x: UNIT}, true=Ge((x - R(1, 3)) ** 2, 0)),
    "unequal but at 1/3": False_(sp.Ne(3 * x, 1), {x: UNIT}),
    "true but at sqrt(2)": False_(Gt((x**2 - 2) ** 2, 0), {x: sp.Interval(1, 2)}, true=Ge((x**2 - 2) ** 2, 0)),
    "true but at log(2)": False_(Gt((E(x) - 2) ** 2, 0), {x: UNIT}),
    "unequal but at log(2)": False_(sp.Ne(E(x), 2), {x: UNIT}),
    "two branches meeting at 1/2": False_(sp.Or(x < R(1, 2), x > R(1, 2)), {x: UNIT}),
    "false from 230 on": False_(Ge(E(-x), R(1, 10**100)), {x: RAY}),
    "false from 10^12 on": False_(Le(x / (x + 1), 1 - R(1, 10**12)), {x: RAY}, true=Le(x / (x + 1), 1)),
    "true only in the limit": False_(Ge(x / (x + 1), 1), {x: RAY}, true=Lt(x / (x + 1), 1)),
    "false from exp(22025) on": False_(Le(sp.log(1 + sp.log(1 + x)), 10), {x: RAY}),
    "false for integers past 10^300": False_(Le(n ** R(1, 100), 1000), {n: sp.Range(1, sp.oo)}),
    "false for n = 2 to 58 only": False_(Ge(2**n, n**10), {n: sp.Range(1, sp.oo)}),
    "false for one integer": False_(sp.Ne(n**2, 10**12), {n: sp.Range(0, sp.oo)}),
    "false on an interval of 10^-12": False_(Ge((x - 1 / sp.pi) ** 2, R(1, 10**24)), {x: UNIT}),
    "equal at a closed end": False_(Gt(x, 0), {x: UNIT}),
    "equal on a boundary of the hypotheses": False_(Gt(x + y, 1), {x: UNIT, y: UNIT}, (Ge(x + y, 1),)),
    "root of a square": False_(sp.Eq(sp.sqrt(x**2), x), {x: sp.Interval(-1, 1)}),
    "a step": False_(Le(sp.floor(x), x - R(1, 1000)), {x: sp.Interval(0, 3)}),
    "arithmetic and geometric mean, 10^-6 apart": False_(
        Ge((x + y) / 2, sp.sqrt(x * y) * R(1_000_001, 1_000_000)), {x: sp.Interval(1, 2), y: sp.Interval(1, 2)}),
    "equivalence, wrong at its border": False_(sp.Equivalent(x >= 1, x**2 > 1), {x: RAY}),
    "least value of gamma": False_(Ge(sp.gamma(x), R(88561, 100_000)), {x: sp.Interval(1, 2)},
                                   true=Ge(sp.gamma(x), R(8856, 10_000))),
    "limit of tanh": False_(Le(sp.tanh(x), 1 - R(1, 10**15)), {x: REALS}, true=Le(sp.tanh(x), 1)),
    "bessel at 0": False_(Le(sp.besseli(0, x), E(x**2 / 4) * R(999_999, 10**6)), {x: RAY}),
    "below the golden threshold": False_(Ge(WEIGHT, R(1, 2)), {n: sp.Range(3, sp.oo), y: sp.Interval(R(618, 1000), 1)}),
}  # fmt: skip

UNDEFINED: dict[str, False_] = {
    "a pole at a closed end": False_(Ge(1 / x, 1), {x: UNIT}),
    "a logarithm of what may be negative": False_(Le(sp.log(x), x), {x: sp.Interval(-1, 1)}),
    "0/0 inside": False_(Ge((x**2 - 1) / (x - 1), 0), {x: sp.Interval(0, 2)}),
    "a root of what may be negative": False_(Ge(sp.sqrt(x), 0), {x: sp.Interval(-1, 1)}),
    "the wrong side of a Piecewise": False_(Ge(sp.Piecewise((x, x > 0)), -1, evaluate=False), {x: sp.Interval(-1, 1)}),
}


def confirmed_false(statement: Any, domain: Domain, witness: Mapping[sp.Symbol, Any]) -> bool:
    """Whether the witness lies in the domain and the statement fails there, by SymPy's sets and a hundred digits."""
    point = {symbol: sp.sympify(value) for symbol, value in witness.items()}
    inside = all(domain.ranges[symbol].contains(value) == sp.true for symbol, value in point.items())
    allowed = all(_at(hypothesis, point) is True for hypothesis in domain.hypotheses)
    return inside and allowed and _at(statement, point) is False


def _at(statement: Any, point: Mapping[sp.Symbol, Any]) -> bool:
    if not statement.is_Relational:
        return bool(statement.func(*[sp.sympify(_at(part, point)) for part in statement.args]))
    gap = (statement.lhs - statement.rhs).subs(point).evalf(150)
    sign = 0 if abs(gap) < sp.Float("1e-110") else (1 if gap > 0 else -1)
    return bool(statement.func(sp.Integer(sign), 0))


@pytest.mark.parametrize("name", FALSE)
def test_a_false_statement_never_holds(name):
    case = FALSE[name]
    outcome = prove(case.statement, case.domain, budget=SMALL)
    assert outcome.verdict is not Verdict.HOLDS
    assert outcome.certificate is None
    if outcome.verdict is Verdict.REFUTED:
        assert outcome.witness is not None
        assert confirmed_false(case.statement, case.domain, outcome.witness)


MUST_BE_REFUTED = [
    "cosh(x) <= exp(499/1000 x^2)", "tangent of exp, 10^-9 too high", "p(1-p), 10^-30 too low",
    "strict, equal at an end",
    "strict, equal inside", "false from 230 on", "true only in the limit", "false for n = 2 to 58 only",
    "equal at a closed end", "root of a square", "a step", "below the golden threshold",
]  # fmt: skip


@pytest.mark.parametrize("name", MUST_BE_REFUTED)
def test_what_is_plainly_false_is_refuted_with_a_witness(name):
    case = FALSE[name]
    assert prove(case.statement, case.domain, budget=SMALL).verdict is Verdict.REFUTED


@pytest.mark.parametrize("name", [name for name, case in FALSE.items() if case.true is not None])
def test_the_true_neighbour_is_established_and_its_certificate_does_not_serve_the_false_one(name):
    case = FALSE[name]
    outcome = prove(case.true, case.domain, budget=Budget(boxes=20_000, seconds=30))
    assert outcome.certificate is not None, outcome.message
    assert check_certificate(case.true, case.domain, outcome.certificate).verdict is Verdict.HOLDS
    report = check_certificate(case.statement, case.domain, outcome.certificate, steps=10_000_000)
    assert report.verdict is Verdict.UNDECIDED


@pytest.mark.parametrize("name", UNDEFINED)
def test_what_is_not_defined_everywhere_is_not_established(name):
    """`declare` refuses such a claim; if one slips through, the checker does not accept any proof of it."""
    case = UNDEFINED[name]
    try:
        missing = [str(condition) for condition in undefined_conditions(case.statement, case.domain)]
    except ValueError as refusal:
        missing = [str(refusal)]
    assert missing
    outcome = prove(case.statement, case.domain, budget=SMALL)
    if outcome.certificate is not None:
        report = check_certificate(case.statement, case.domain, outcome.certificate)
        assert report.verdict is Verdict.UNDECIDED


def test_a_statement_true_for_integers_only_is_told_from_the_real_one():
    bump = Gt(n**2 - 7 * n + R(122, 10), 0)
    assert established(bump, Domain({n: sp.Range(-5, 20)}))
    assert prove(bump, Domain({n: sp.Interval(-5, 19)}), budget=SMALL).verdict is Verdict.REFUTED


def test_a_tie_is_not_decided_by_digits():
    golden = {x: sp.Integer(5)}
    assert truth_at(sp.Eq(sp.sqrt(x), sp.sqrt(5)), golden, 512) is not Truth.FALSE
    assert truth_at(Lt(sp.log(8), 3 * sp.log(2) + R(1, 10**200) * x), golden) is Truth.TRUE
    assert truth_at(Lt(2 / (x + 15), R(1, 10)), golden) is Truth.FALSE  # a tie of rationals, decided exactly


# --- random pairs of known truth -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pair:
    """A true statement that is tight at `where`, and one that is false there."""

    true: Any
    false: Any
    domain: Domain
    where: Mapping[sp.Symbol, Any]


def _rational(rng: random.Random, low: int, high: int) -> Any:
    return R(rng.randint(low * 6, high * 6), 6)


def pairs(seed: int) -> Iterator[Pair]:
    """Pairs of neighbours: inequalities with equality at a rational point, and the same with a constant moved."""
    rng = random.Random(seed)
    plane, line, quadrant = Domain({x: REALS, y: REALS}), Domain({x: REALS}), Domain({x: RAY, y: RAY})
    positive = Domain({x: sp.Interval.open(0, sp.oo)})
    while True:
        delta = R(1, 10 ** rng.choice([1, 3, 8, 20]))
        t, u = _rational(rng, -3, 3), _rational(rng, 1, 4)
        family = rng.randrange(8)
        if family == 0:  # squares that all vanish at one point
            forms = [rng.randint(-3, 3) * (x - t) + rng.randint(-3, 3) * (y - u) for _ in range(3)]
            squares = sp.expand(sum((form**2 for form in forms), x * 0))
            yield Pair(Ge(squares, 0, evaluate=False), Ge(squares, delta), plane, {x: t, y: u})
        elif family == 1:  # weighted arithmetic and geometric means
            p, q = rng.randint(1, 3), rng.randint(1, 3)
            mean, product = (p * x + q * y) ** (p + q), (p + q) ** (p + q) * x**p * y**q
            yield Pair(Ge(mean, product), Ge(mean, product * (1 + delta)), quadrant, {x: u, y: u})
        elif family == 2:  # a tangent of exp
            tangent = E(t) * (1 + x - t)
            yield Pair(Ge(E(x), tangent), Ge(E(x), tangent + delta), line, {x: t})
        elif family == 3:  # a tangent of log
            tangent = sp.log(u) + (x - u) / u
            yield Pair(Le(sp.log(x), tangent), Le(sp.log(x), tangent - delta), positive, {x: u})
        elif family == 4:  # a hump with its top at u
            hump = x / (u + x) ** 2
            yield Pair(Le(hump, 1 / (4 * u)), Le(hump, 1 / (4 * u) - delta), Domain({x: RAY}), {x: u})
        elif family == 5:  # Jensen's inequality for exp
            two = (E(x) + E(y)) / 2
            yield Pair(Ge(two, E((x + y) / 2)), Ge(two, E((x + y) / 2) + delta), plane, {x: t, y: t})
        elif family == 6:  # the odd function below its argument
            yield Pair(Le(sp.tanh(x), x), Le(sp.tanh(x), x - delta), Domain({x: RAY}), {x: sp.S.Zero})
        else:  # cosh below its Gaussian bound
            wide = E(x**2 / 2)
            yield Pair(Le(sp.cosh(x), wide), Le(sp.cosh(x), wide - delta), line, {x: sp.S.Zero})


def _false_ones_never_hold(seed: int, count: int) -> None:
    refuted = 0
    for pair, _ in zip(pairs(seed), range(count), strict=False):
        assert confirmed_false(pair.false, pair.domain, pair.where), pair
        outcome = prove(pair.false, pair.domain, budget=SMALL)
        assert outcome.verdict is not Verdict.HOLDS, pair
        if outcome.verdict is Verdict.REFUTED:
            assert outcome.witness is not None
            assert confirmed_false(pair.false, pair.domain, outcome.witness), pair
            refuted += 1
    assert refuted > count // 2


def _true_ones_are_never_refuted(seed: int, count: int) -> None:
    held = 0
    for pair, _ in zip(pairs(seed), range(count), strict=False):
        outcome = prove(pair.true, pair.domain, budget=SMALL)
        assert outcome.verdict is not Verdict.REFUTED, pair
        if outcome.certificate is not None:
            assert check_certificate(pair.true, pair.domain, outcome.certificate).verdict is Verdict.HOLDS, pair
            report = check_certificate(pair.false, pair.domain, outcome.certificate, steps=5_000_000)
            assert report.verdict is Verdict.UNDECIDED, pair
            held += 1
    assert held >= count // 3


def test_random_false_statements_never_hold():
    _false_ones_never_hold(seed=1, count=16)


def test_random_true_statements_are_never_refuted_and_their_proofs_do_not_serve_their_neighbours():
    _true_ones_are_never_refuted(seed=2, count=5)


@pytest.mark.slow
def test_many_random_false_statements_never_hold():
    _false_ones_never_hold(seed=3, count=300)


@pytest.mark.slow
def test_many_random_true_statements_are_never_refuted():
    _true_ones_are_never_refuted(seed=4, count=40)
