"""Attacks find the maximum that random sampling misses, and only Arb may call what they find a violation."""

from __future__ import annotations

import math
from fractions import Fraction

import flint
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy as sp

from numerics import search as stages
from numerics.attack import attack, attacked, judge, objective_of
from numerics.search import Box
from theory.claim import Claim, Domain, Kind, derived_here
from theory.evidence import Effort, Method, Verdict

x, y, k = sp.symbols("x y k", real=True)
QUICK = Effort(quick=True)


def make_claim(statement, ranges=None, hypotheses=()) -> Claim:
    """A claim that is not registered, so that tests leave no trace."""
    domain = Domain(ranges or {x: sp.Interval(0, 1)}, hypotheses)
    return Claim(
        "test.attack.one", "a claim of the tests", statement, domain, Kind.UPPER, derived_here(),
        frozenset({Method.ATTACKED}),
    )  # fmt: skip


def softmax_coordinate(n: int, radius: float = 1.0):
    """The logarithm of a softmax coordinate over its largest value on [-radius, radius]^n."""
    largest = -math.log1p((n - 1) * math.exp(-2 * radius))
    return lambda logits: jax.nn.log_softmax(logits)[0] - largest


# --------------------------------------------------------------------------------------------------- the search


@pytest.mark.parametrize("n", [16, 64])
def test_gradient_reaches_what_random_sampling_misses(n: int) -> None:
    objective = softmax_coordinate(n)
    with jax.enable_x64(True):
        search = stages.Search(
            tuple(f"x{i}" for i in range(n)),
            stages.sides_of({f"x{i}": (-1, 1) for i in range(n)}, ()),
            stages.jax_batch(objective, ()),
            0,
        )
        generator = np.random.default_rng(0)
        sampled = math.exp(search.values(generator.uniform(-1, 1, (1000, n))).max())
        stages.gradient(search, objective, (), generator, [np.empty((0, n))], restarts=16, steps=100)
    assert sampled < {16: 0.75, 64: 0.55}[n]
    assert 0.999 <= search.stages["gradient"] <= 1 + 1e-12


@pytest.mark.parametrize("n", [16, pytest.param(64, marks=pytest.mark.slow)])
def test_an_attack_is_tight_and_reproducible(n: int) -> None:
    box = {f"x{i}": (-1, 1) for i in range(n)}
    first = attack(softmax_coordinate(n), box, restarts=32, steps=60, seed=3)
    assert first.ratio == pytest.approx(1, abs=1e-9)
    assert first == attack(softmax_coordinate(n), box, restarts=32, steps=60, seed=3)
    assert first.point["x0"] == 1
    assert list(first.stages) == ["corners", "gradient", "swarm"]


@pytest.mark.parametrize("n", [16, 64])
def test_differences_climb_as_high_as_gradients(n: int) -> None:
    largest = -math.log1p((n - 1) * math.exp(-2.0))

    def objective(points: np.ndarray) -> np.ndarray:
        return points[:, 0] - np.log(np.exp(points).sum(axis=-1)) - largest

    search = stages.Search(
        tuple(f"x{i}" for i in range(n)),
        stages.sides_of({f"x{i}": (-1, 1) for i in range(n)}, ()),
        stages.numpy_batch(objective, ()),
        0,
    )
    generator = np.random.default_rng(0)
    stages.differences(search, objective, (), generator, [np.empty((0, n))], restarts=16, steps=100)
    assert 0.999 <= search.stages["gradient"] <= 1 + 1e-12


def test_differences_keep_inside_the_constraints_and_pass_over_what_is_no_number() -> None:
    def objective(points: np.ndarray) -> np.ndarray:
        return np.where(points[:, 0] < 0.1, np.nan, points.sum(axis=-1) - 1)

    found = attack(
        objective, {"a": (0, 1), "b": (0, 1)}, constraints=[lambda p: 1 - p[:, 0] ** 2 - p[:, 1] ** 2],
        batched=True, restarts=32, steps=200,
    )  # fmt: skip
    highest = math.exp(math.sqrt(2) - 1)
    assert 0.97 * highest < found.stages["gradient"] <= highest
    assert found.ratio == pytest.approx(highest, rel=1e-3)
    assert found.point["a"] ** 2 + found.point["b"] ** 2 <= 1


def test_an_interior_maximum_is_found_with_a_second_opinion() -> None:
    def objective(point):
        return -jnp.sum((point - jnp.array([0.3, -2.0])) ** 2)

    found = attack(objective, {"a": (0, 1), "b": (-5, 5)}, second_opinion=True, restarts=16, steps=150)
    assert found.ratio > 0.99999
    assert float(found.point["a"]) == pytest.approx(0.3, abs=1e-3)
    assert found.stages["differential evolution"] > 0.99


def test_unbounded_sides_are_searched_through_a_change_of_variable() -> None:
    found = attack(lambda p: jnp.log(p[0]) - p[0] + 1, {"a": (0, sp.oo)}, restarts=16, steps=100)
    assert found.ratio == pytest.approx(1, abs=1e-6)
    far = attack(lambda p: -(jnp.log(p[0] / 1e9) ** 2), {"a": (1, sp.oo)}, restarts=16, steps=100)
    assert float(far.point["a"]) == pytest.approx(1e9, rel=1e-2)
    both = attack(lambda p: -(jnp.abs(p[0] + 1e6) / 1e6), {"a": (-sp.oo, sp.oo)}, restarts=16, steps=100)
    assert float(both.point["a"]) == pytest.approx(-1e6, rel=1e-2)
    below = attack(lambda p: -(jnp.abs(p[0] + 50)), {"a": (-sp.oo, -1)}, restarts=16, steps=100)
    assert float(below.point["a"]) == pytest.approx(-50, rel=1e-2)


def test_constraints_keep_the_search_inside() -> None:
    found = attack(
        lambda p: p[0] + p[1] - 1, {"a": (0, 1), "b": (0, 1)}, constraints=[lambda p: 1 - p[0] ** 2 - p[1] ** 2],
        restarts=32, steps=200,
    )  # fmt: skip
    assert found.ratio == pytest.approx(math.exp(math.sqrt(2) - 1), rel=1e-3)
    assert found.point["a"] ** 2 + found.point["b"] ** 2 <= 1


def test_a_black_box_with_integers_needs_no_gradient() -> None:
    def steps(points):
        k, p = points[:, 0], points[:, 1]
        assert np.all(k == np.rint(k))
        return -np.abs(k - 617) / 1000 - np.floor(8 * np.abs(p - 0.8))

    found = attack(steps, {"k": (1, 1000), "p": (0, 1)}, smooth=False, integers=["k"])
    assert found.point["k"] == 617
    assert abs(found.point["p"] - Fraction(4, 5)) < Fraction(1, 8)
    assert "gradient" not in found.stages


def test_ends_that_are_no_floats_are_rounded_inwards() -> None:
    found = attack(lambda p: p[0], {"a": (0, sp.Rational(1, 3))}, restarts=16, steps=50)
    assert found.point["a"] <= Fraction(1, 3)
    assert Fraction(1, 3) - found.point["a"] < Fraction(1, 2**53)
    upward = attack(lambda p: -p[0], {"a": (sp.Rational(1, 10), 1)}, restarts=16, steps=50)
    assert upward.point["a"] >= Fraction(1, 10)


def test_a_declared_worst_case_comes_first_and_stays_exact() -> None:
    third = sp.Rational(1, 3)
    found = attack(
        lambda p: -((p[0] - 1 / 3) ** 2), {x: (0, 1)}, declared_worst=[{x: third}], restarts=16, steps=10
    )  # fmt: skip
    assert found.point[x] == Fraction(1, 3)
    assert next(iter(found.stages)) == "declared"
    with pytest.raises(ValueError, match="names z"):
        attack(lambda p: p[0], {x: (0, 1)}, declared_worst=[{"z": 1}])


def test_undefined_objectives_are_counted_and_never_best() -> None:
    nowhere = attack(lambda p: p[0] * jnp.nan, {"a": (0, 1)}, restarts=16, steps=10)
    assert math.isnan(nowhere.ratio)
    assert not nowhere.candidates
    assert nowhere.undefined > 0
    partly = attack(lambda p: jnp.where(p[0] > 0.5, jnp.nan, p[0] - 1), {"a": (0, 1)}, restarts=32, steps=50)
    assert partly.ratio == pytest.approx(math.exp(-0.5), rel=1e-3)
    assert partly.undefined_at


def test_a_malformed_box_is_refused() -> None:
    malformed: list[tuple[Box, str]] = [
        ({}, "no sides"), ({"a": (1, 0)}, "lower end first"), ({"a": (sp.I, 1)}, "real numbers"),
    ]  # fmt: skip
    for box, words in malformed:
        with pytest.raises(ValueError, match=words):
            attack(lambda p: p[0], box)


# ------------------------------------------------------------------------------------------- as evidence for a claim


def test_a_true_bound_holds_and_its_tightness_is_evaluated_in_arb() -> None:
    finding = attacked()(make_claim(sp.Le(x * (1 - x), sp.Rational(1, 4), evaluate=False)), QUICK)
    assert finding.verdict is Verdict.HOLDS
    assert finding.numbers["tightness"] == pytest.approx(1, abs=1e-9)
    assert "0.25" not in finding.numbers["tightness in full"]


def test_a_bound_half_a_percent_too_small_is_caught_at_an_exact_point() -> None:
    bound = sp.Rational(995, 1000) / 4
    finding = attacked()(make_claim(sp.Le(x * (1 - x), bound, evaluate=False)), QUICK)
    assert finding.verdict is Verdict.REFUTED
    point = Fraction(finding.worst[0]["x"])
    assert point * (1 - point) > Fraction(995, 4000)


def test_a_softmax_bound_half_a_percent_too_small_is_caught() -> None:
    n = 8
    logits = sp.symbols(f"x0:{n}", real=True)
    weight = sp.exp(logits[0]) / sp.Add(*(sp.exp(one) for one in logits))
    largest = 1 / (1 + (n - 1) * sp.exp(-2))
    ranges = {one: sp.Interval(-1, 1) for one in logits}
    check = attacked(restarts=64)
    finding = check(make_claim(sp.Le(weight, largest * sp.Rational(1001, 1000), evaluate=False), ranges), QUICK)
    assert finding.verdict is Verdict.HOLDS
    assert finding.numbers["tightness"] == pytest.approx(1000 / 1001, rel=1e-9)
    small = check(make_claim(sp.Le(weight, largest * sp.Rational(995, 1000), evaluate=False), ranges), QUICK)
    assert small.verdict is Verdict.REFUTED


def test_a_bound_that_is_touched_exactly_is_not_refuted() -> None:
    """At x = 1/2 both sides are 1/4; floats may put the ratio above 1 nearby."""
    check = attacked(declared_worst=[{x: sp.Rational(1, 2)}])
    finding = check(make_claim(sp.Le(x * (1 - x), sp.Rational(1, 4), evaluate=False)), QUICK)
    assert finding.verdict is Verdict.HOLDS
    assert finding.numbers["tightness"] == 1.0
    # at x = 1 the sides are equal but not rational, so that no precision decides it
    root = attacked()(make_claim(sp.Le(x / sp.sqrt(1 + x**2), 1 / sp.sqrt(2), evaluate=False)), QUICK)
    assert root.verdict in (Verdict.HOLDS, Verdict.UNDECIDED)


def test_rounding_that_looks_like_a_violation_is_cleared_in_arb() -> None:
    """The objective adds and subtracts x, which in floats makes 1e-16 into 1.1e-16: a violation that is none."""
    tiny = sp.Rational(1, 10**16)
    claim = make_claim(sp.Le(sp.Add(x, tiny), sp.Add(x, 2 * tiny), evaluate=False))
    finding = attacked(
        lambda p: jnp.log((p[0] + 1e-16) - p[0]) - jnp.log(1.05e-16),
        {x: (sp.Rational(1, 2), 1)},
        restarts=16,
        steps=20,
    )(claim, QUICK)
    assert max(finding.numbers["best ratio of each stage"].values()) > 1
    assert finding.verdict is Verdict.HOLDS


def test_a_violation_outside_the_hypotheses_does_not_count() -> None:
    claim = make_claim(
        sp.Le(x + y, 1, evaluate=False), {x: sp.Interval(0, 1), y: sp.Interval(0, 1)},
        (sp.Le(y, 1 - x, evaluate=False),),
    )  # fmt: skip
    finding = attacked()(claim, QUICK)
    assert finding.verdict is not Verdict.REFUTED
    assert finding.numbers["tightness"] == pytest.approx(1, abs=1e-3)
    dropped = attacked()(make_claim(claim.statement, dict(claim.domain.ranges)), QUICK)
    assert dropped.verdict is Verdict.REFUTED


def test_an_integer_side_is_attacked_at_integers() -> None:
    claim = make_claim(sp.Le(k * (7 - k), 12, evaluate=False), {k: sp.Range(0, 8)})
    finding = attacked()(claim, QUICK)
    assert finding.verdict is Verdict.HOLDS  # at k = 3.5 the left side would be 12.25
    assert finding.numbers["tightness"] == 1.0


def test_an_inequality_is_attacked_in_its_own_direction_and_conjunctions_in_every_part() -> None:
    lower = make_claim(sp.Ge(sp.exp(x), 1 + x, evaluate=False))
    assert attacked()(lower, QUICK).verdict is not Verdict.REFUTED
    flipped = make_claim(sp.Le(sp.exp(x), 1 + x, evaluate=False))
    assert attacked()(flipped, QUICK).verdict is Verdict.REFUTED
    both = make_claim(sp.And(sp.Le(x**2, x, evaluate=False), sp.Le(x, sp.Rational(9, 10), evaluate=False)))
    assert attacked()(both, QUICK).verdict is Verdict.REFUTED
    with pytest.raises(ValueError, match="not an inequality"):
        attacked()(make_claim(sp.Eq(x, x**2, evaluate=False)), QUICK)


def test_a_statement_is_the_same_objective_in_numpy_and_in_jax() -> None:
    bound = sp.Piecewise((sp.Max(x, y) + sp.log(1 + x), x < y), (sp.exp(-(k**2)) * sp.Rational(1, 3), True))
    claim = make_claim(
        sp.And(sp.Le(sp.sqrt(x) * y**k, bound, evaluate=False), sp.Ge(sp.Abs(x - y), sp.Rational(1, 7))),
        {x: sp.Interval(0, 1), y: sp.Interval(0, 1), k: sp.Range(0, 9)},
        (sp.Le(x * y, sp.Rational(1, 2)), sp.Gt(k, -1)),
    )
    points = np.random.default_rng(0).uniform(0, 1, (50, 3)) * [1, 1, 8]
    objective, constraints = objective_of(claim, batched=True)
    own, own_constraints = objective_of(claim)
    with jax.enable_x64(True):
        np.testing.assert_allclose(objective(points), [float(own(jnp.asarray(point))) for point in points], rtol=1e-12)
        for one, other in zip(constraints, own_constraints, strict=True):
            np.testing.assert_allclose(one(points), [float(other(jnp.asarray(point))) for point in points], rtol=1e-12)


def test_the_search_of_a_quick_attack_compiles_nothing(monkeypatch) -> None:
    monkeypatch.setattr(stages, "jax_batch", None)
    claim = make_claim(sp.Le(x * (1 - x), sp.Rational(1, 4), evaluate=False))
    assert attacked()(claim, QUICK).verdict is Verdict.HOLDS
    with pytest.raises(TypeError):
        attacked()(claim, Effort())


@pytest.mark.parametrize("effort", [QUICK, Effort()])
def test_an_interior_maximum_of_a_statement_is_found_whatever_the_effort(effort: Effort) -> None:
    peak = sp.exp(-((x - sp.Rational(1, 3)) ** 2) - (y - x) ** 2)
    ranges = {x: sp.Interval(0, 1), y: sp.Interval(-2, 2)}
    finding = attacked()(make_claim(sp.Le(peak, 1, evaluate=False), ranges), effort)
    assert finding.verdict is Verdict.HOLDS
    assert finding.numbers["tightness"] == pytest.approx(1, abs=1e-6)
    small = attacked()(make_claim(sp.Le(peak, sp.Rational(999, 1000), evaluate=False), ranges), effort)
    assert small.verdict is Verdict.REFUTED


def test_negative_sides_are_attacked_too() -> None:
    true = make_claim(sp.Le(-1 - x, -1, evaluate=False))
    assert attacked()(true, QUICK).verdict is Verdict.HOLDS
    assert attacked()(make_claim(sp.Le(-1 - x, sp.Rational(-3, 2), evaluate=False)), QUICK).verdict is Verdict.REFUTED


def exact_square(claim: Claim, point, bits: int) -> flint.arb:
    """x^2 over the bound of the claim, in Arb."""
    bound = flint.fmpq(*map(int, sp.fraction(claim.statement.args[1])))
    value = flint.fmpq(point["x"].numerator, point["x"].denominator)
    return flint.arb(value * value / bound)


def test_an_implementation_is_judged_by_its_exact_ratio() -> None:
    check = attacked(lambda p: 2 * jnp.log(p[0]), {"x": (0, 1)}, exact_ratio=exact_square, restarts=16, steps=20)
    holds = check(make_claim(sp.Le(sp.Symbol("f"), 1, evaluate=False)), QUICK)
    assert holds.verdict is Verdict.HOLDS
    assert holds.numbers["tightness"] == 1.0
    refuted = check(make_claim(sp.Le(sp.Symbol("f"), sp.Rational(995, 1000), evaluate=False)), QUICK)
    assert refuted.verdict is Verdict.REFUTED
    assert Fraction(refuted.worst[0]["x"]) ** 2 > Fraction(995, 1000)


def test_an_undecided_violation_is_undecided() -> None:
    def blurred(claim: Claim, point, bits: int) -> flint.arb:
        return flint.arb(1, 0.5)

    check = attacked(lambda p: p[0], {"x": (0, 1)}, exact_ratio=blurred, restarts=16, steps=10)
    assert check(make_claim(sp.Le(x, 1, evaluate=False)), QUICK).verdict is Verdict.UNDECIDED


def test_an_objective_that_is_never_a_number_is_undecided() -> None:
    claim = make_claim(sp.Le(x, 1, evaluate=False))
    finding = judge(claim, attack(lambda p: p[0] * jnp.nan, {x: (0, 1)}, restarts=16, steps=10))
    assert finding.verdict is Verdict.UNDECIDED
    assert "nowhere" in finding.message
