"""Comparison of measured arrays with exact references: verdicts, worst points, and what may never pass."""

from __future__ import annotations

from fractions import Fraction

import flint
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy as sp

from numerics.measure import compare, exact, measured
from theory.claim import Claim, Domain, Kind, derived_here
from theory.evidence import Effort, Method, Verdict
from theory.rounding.allowance import AllowanceUnavailable

x = sp.Symbol("x", real=True)


def make_claim(statement, name: str = "test.measure.one", spoiled=()) -> Claim:
    """A claim that is not registered, so that tests leave no trace."""
    return Claim(
        name, "a claim of the tests", statement, Domain({x: sp.Interval(0, 1)}), Kind.UPPER, derived_here(),
        frozenset({Method.MEASURED}), spoiled=tuple(spoiled),
    )  # fmt: skip


def thirds(bits: int) -> list[flint.arb]:
    return [flint.arb(1) / 3, flint.arb(2) / 3]


def test_floats_and_rationals_are_taken_at_their_exact_value() -> None:
    with flint.ctx.workprec(128):
        tenth = exact(0.1)
        assert tenth.is_exact()
        assert tenth > flint.arb(1) / 10
    assert exact(np.float32(0.1)) == exact(float(np.float32(0.1)))
    assert exact(Fraction(3, 4)) == exact(sp.Rational(3, 4)) == exact(flint.fmpq(3, 4)) == exact(0.75)
    with pytest.raises(TypeError, match="cannot be compared"):
        exact("0.1")
    with pytest.raises(TypeError, match="truth value"):
        exact(True)


def test_rounding_error_is_within_half_a_unit_and_not_within_less() -> None:
    found = np.array([1 / 3, 2 / 3])
    half_unit = np.array([2.0**-54, 2.0**-53]) / 2
    assert compare("thirds", found, thirds, 2 * half_unit).verdict is Verdict.HOLDS
    refuted = compare("thirds", found, thirds, half_unit / 2)
    assert refuted.verdict is Verdict.REFUTED
    assert refuted.numbers["beyond"] == 2
    worst = refuted.worst[0]
    assert worst["found"] in (repr(1 / 3), repr(2 / 3))
    assert worst["difference in allowances"] == pytest.approx(4 / 3)
    assert worst["claimed"].startswith("[0.3333333333333333333333") or worst["claimed"].startswith(
        "[0.66666666666666666"
    )


def test_worst_elements_come_first_with_their_parameters() -> None:
    finding = compare(
        "shifted", np.array([[1.0, 1.5], [1.0, 3.0]]), lambda bits: [[1, 1], [1, 1]], 10.0, point={"seed": 7}
    )
    assert finding.verdict is Verdict.HOLDS
    assert [entry["index"] for entry in finding.worst[:2]] == [(1, 1), (0, 1)]
    assert finding.worst[0]["difference in allowances"] == pytest.approx(0.2)
    assert finding.worst[0]["seed"] == 7


def test_nan_is_undecided_and_an_infinity_is_refuted_by_a_finite_reference() -> None:
    one = lambda bits: [flint.arb(1)]  # noqa: E731
    assert compare("nan", np.array([np.nan]), one, 1.0).verdict is Verdict.UNDECIDED
    assert compare("inf", np.array([np.inf]), one, 1.0).verdict is Verdict.REFUTED
    assert compare("inf", np.array([np.inf]), one, np.inf).verdict is Verdict.UNDECIDED
    assert compare("inf", np.array([np.inf]), lambda bits: [flint.arb("inf")], 1.0).verdict is Verdict.UNDECIDED
    assert compare("allowance", np.array([1.0]), one, np.nan).verdict is Verdict.UNDECIDED
    assert compare("reference", np.array([1.0]), lambda bits: [flint.arb("nan")], 1.0).verdict is Verdict.UNDECIDED
    assert compare("nothing", np.array([]), lambda bits: [], 1.0).verdict is Verdict.UNDECIDED


def test_a_refuted_element_outweighs_an_undecided_one() -> None:
    finding = compare("both", np.array([np.nan, 5.0]), lambda bits: [0, 0], 1.0)
    assert finding.verdict is Verdict.REFUTED
    assert finding.numbers["undecided"] == 1


def test_precision_is_raised_until_the_comparison_is_decided() -> None:
    used = []

    def reference(bits: int) -> list[flint.arb]:
        used.append(bits)
        return [flint.arb(1).exp() - flint.arb(1).exp() + flint.arb(2) ** -300]

    assert compare("tiny", np.array([0.0]), reference, Fraction(1, 2**301)).verdict is Verdict.REFUTED
    assert compare("tiny", np.array([0.0]), reference, Fraction(1, 2**299)).verdict is Verdict.HOLDS
    assert max(used) > 128


def test_a_tie_with_an_irrational_reference_stays_undecided() -> None:
    finding = compare("tie", np.array([0.0]), lambda bits: [flint.arb(2).sqrt() ** 2 - 2], 0.0)
    assert finding.verdict is Verdict.UNDECIDED
    assert "4096 bits" in finding.message


def test_an_inequality_is_judged_on_its_own_side() -> None:
    bound = lambda bits: [Fraction(1)]  # noqa: E731
    low, touching, high = np.array([-5.0]), np.array([1.0 + 2.0**-30]), np.array([1.5])
    for found, verdict in ((low, Verdict.HOLDS), (touching, Verdict.HOLDS), (high, Verdict.REFUTED)):
        assert compare("upper", found, bound, 2.0**-29, relation="<=").verdict is verdict
        assert compare("lower", -found, lambda bits: [Fraction(-1)], 2.0**-29, relation=">=").verdict is verdict
    assert compare("upper", low, bound, 2.0**-29).verdict is Verdict.REFUTED
    assert compare("upper", np.array([-np.inf]), bound, 1.0, relation="<=").verdict is Verdict.HOLDS


def test_shapes_and_signs_are_checked() -> None:
    with pytest.raises(ValueError, match="shape"):
        compare("shapes", np.zeros((2, 2)), lambda bits: [0, 0], 1.0)
    with pytest.raises(ValueError, match="negative"):
        compare("sign", np.zeros(1), lambda bits: [0], -1.0)


# ------------------------------------------------------------------------------------------- as evidence for a claim


def bound_at(claim: Claim, point, bits: int):
    return claim.statement.args[1].subs(x, sp.Rational(point["x"]))


def check_of_square(**options):
    return measured(
        lambda point: jnp.asarray(point["x"]) ** 2,
        bound_at,
        lambda claim, point: 2.0**-53 * point["x"] ** 2,
        [{"x": 0.3}, {"x": 0.7}, {"x": 1.0}],
        **options,
    )


def test_an_identity_is_measured_and_its_spoiled_variant_refuted() -> None:
    check = check_of_square()
    finding = check(make_claim(sp.Eq(sp.Symbol("f"), x**2, evaluate=False)), Effort())
    assert finding.verdict is Verdict.HOLDS
    assert finding.numbers["compared"] == 3
    assert 0 < finding.numbers["largest difference in allowances"] <= 1
    assert finding.numbers["matmul precision"] == "highest"
    spoiled = check(make_claim(sp.Eq(sp.Symbol("f"), x**2 * (1 + sp.Rational(1, 2**50)), evaluate=False)), Effort())
    assert spoiled.verdict is Verdict.REFUTED
    assert spoiled.worst[0]["x"] in (0.3, 0.7, 1.0)


def test_the_direction_of_an_inequality_is_read_from_the_claim() -> None:
    check = check_of_square()
    f = sp.Symbol("f")
    finding = check(make_claim(sp.Le(f, x, evaluate=False)), Effort())
    assert finding.verdict is Verdict.HOLDS
    assert finding.numbers["tightness"] == 1.0  # x^2 = x at x = 1
    assert check(make_claim(sp.Ge(f, x, evaluate=False)), Effort()).verdict is Verdict.REFUTED
    assert check(make_claim(sp.Le(f, x * sp.Rational(99, 100), evaluate=False)), Effort()).verdict is Verdict.REFUTED
    with pytest.raises(ValueError, match="single relation"):
        check(make_claim(sp.And(f <= x, f >= 0)), Effort())


def test_measurement_runs_in_double_precision_with_pinned_products() -> None:
    seen = []

    def run(point):
        value = jnp.asarray(point["x"]) / 3
        seen.append((value.dtype, jax.config.jax_default_matmul_precision))  # type: ignore[attr-defined]
        return value

    check = measured(
        run, lambda claim, point, bits: flint.arb(point["x"]) / 3, lambda claim, point: 2.0**-52, [{"x": 1.0}]
    )
    assert check(make_claim(sp.Eq(sp.Symbol("f"), x / 3)), Effort()).verdict is Verdict.HOLDS
    assert seen == [(np.float64, "highest")]


def test_a_missing_allowance_is_undecided_and_says_what_is_missing() -> None:
    def unavailable(claim, point):
        raise AllowanceUnavailable("The accuracy of exp is not known for (jaxlib 0.0, cpu, moon, float32).")

    check = measured(lambda point: 1.0, lambda claim, point, bits: 1, unavailable, [{"x": 1.0}])
    finding = check(make_claim(sp.Eq(sp.Symbol("f"), x)), Effort())
    assert finding.verdict is Verdict.UNDECIDED
    assert "moon" in finding.message


def test_no_points_is_not_a_pass() -> None:
    check = measured(lambda point: 1.0, lambda claim, point, bits: 1, lambda claim, point: 1.0, lambda effort: [])
    assert check(make_claim(sp.Eq(sp.Symbol("f"), x)), Effort()).verdict is Verdict.UNDECIDED
