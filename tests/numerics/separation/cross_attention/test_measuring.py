"""What the twins measure with: the literal numbers against exact ones, and checks that must see a planted mistake."""

# SymPy types almost everything as Basic, which hides the relations and expressions that these tests are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import sympy as sp

from numerics.separation.cross_attention import gain, linear_silence, majority_flip, random_signs, softmax_firing
from numerics.separation.cross_attention.network import output_error
from theory.evidence import Effort, Verdict
from theory.rigor.evaluate import enclose_at
from theory.separation.cross_attention import majority_flip as flip_room
from theory.separation.cross_attention.construction import N, kappa, l0, linear_gain, n
from theory.separation.cross_attention.lengths import flip_lengths, sure_firing_lengths
from theory.separation.cross_attention.logits import Logits, polynomial_gain
from theory.separation.cross_attention.softmax_flip import softmax_late
from theory.separation.self_attention.construction import needle_weight
from theory.separation.self_attention.exact_numbers import sign_of, to_fmpq

QUICK = Effort(quick=True)
POINT: dict[str, Any] = {"n": 30, "kappa": "3/2", "l0": "1/2", "degree": None}


def value(expression: sp.Expr, point: dict[str, Any]) -> float:
    known = {symbol: number for symbol, number in gain.symbols_of(point).items() if expression.has(symbol)}
    enclosure = enclose_at(expression, known, 128)
    return (float(enclosure.lo) + float(enclosure.hi)) / 2


@pytest.mark.parametrize("degree", [None, 1, 3])
def test_the_shares_and_votes_of_the_literal_network_are_those_of_the_gain(degree: int | None) -> None:
    point = {**POINT, "degree": degree}
    weight = value(needle_weight(majority_flip.gain_of(degree), n), point)
    allowed = output_error(gain.logits_of(point), 30, degree)
    shares = [float(share) for share in gain.needle_share(point)]
    assert len(shares) == 3
    assert max(abs(share - weight) for share in shares) <= allowed
    assert abs(majority_flip.vote(point) - (2 * weight - 1)) <= 2 * allowed
    louder = value(needle_weight(majority_flip.gain_of(degree), n), {**point, "kappa": "15001/10000"})
    assert abs(shares[0] - louder) > allowed


def test_points_cover_every_degree_and_fewer_where_it_must_be_quick() -> None:
    every, few = (gain.points((None, 1))(effort) for effort in (Effort(), QUICK))
    assert {point["degree"] for point in few} == {None, 1}
    assert [point for point in every if point in few] == few
    assert len(every) == 2 * len(gain.CASES)


@pytest.mark.parametrize("degree", [None, 1, 2])
def test_the_exponents_beside_the_flip_are_on_both_sides_of_it(degree: int | None) -> None:
    sides = set()
    for point in majority_flip.beside_the_flip((degree,))(QUICK):
        logits = gain.logits_of(point)
        outvotes = point["n"] in flip_lengths(logits, degree)
        assert (majority_flip.vote(point) > 0) is outvotes
        sides.add(outvotes)
    assert sides == {True, False}


def flip_law(claim: Any, point: Any) -> Any:
    return majority_flip.flip_law(claim, point)


def always(claim: Any, point: Any) -> Any:
    return sp.Gt(n, 0, evaluate=False), {n: sp.Integer(point["n"])}


def shifted(claim: Any, point: Any) -> Any:
    """The majority counted as one key less."""
    where = {symbol: number for symbol, number in gain.symbols_of(point).items() if symbol in (n, kappa, l0)}
    return sp.Gt(majority_flip.gain_of(point["degree"]), n - 2, evaluate=False), where


def test_agreement_of_signs_is_refuted_by_another_law() -> None:
    beside = majority_flip.beside_the_flip((None, 1))
    claim = flip_room.flip
    assert majority_flip.signs_agree(flip_law, beside)(claim, QUICK).verdict is Verdict.HOLDS
    for law in (always, shifted):
        finding = majority_flip.signs_agree(law, beside)(claim, QUICK)
        assert finding.verdict is Verdict.REFUTED
        assert finding.worst[0]["n"] in (5, 40)


def test_agreement_of_nothing_is_no_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(majority_flip, "rounding", lambda claim, point: 10.0)
    check = majority_flip.signs_agree(flip_law, majority_flip.beside_the_flip((None,)))
    assert check(flip_room.flip, QUICK).verdict is Verdict.UNDECIDED


def test_a_length_off_by_one_is_refuted() -> None:
    claim = softmax_late
    check = majority_flip.around(claim, Logits(kappa="6/5", l0=1), degree=None, turned=False)
    assert check(claim, QUICK).verdict is Verdict.HOLDS
    for variant, _ in claim.variants():
        assert check(variant, QUICK).verdict is Verdict.REFUTED


@pytest.mark.parametrize(("length", "above"), [(189, "1/10"), (190, "1/10"), (10, "1/2"), (11, "1/2"), (48, "1/4")])
def test_the_loudest_activation_is_that_of_the_all_plus_pattern(length: int, above: str) -> None:
    """<c, y> - tau = (a w - xi) L for y all plus."""
    logits = Logits(kappa=4, l0=1)
    excess, error = linear_silence.loudest(length, logits, 1, above)
    point = {"n": length, "kappa": "4", "l0": "1", "degree": None}
    exact = value((needle_weight(linear_gain(kappa, l0, n), n) - sp.Rational(above)) * sp.sqrt(sp.log(n)), point)
    assert abs(excess - exact) <= error < 1e-9
    further, _ = linear_silence.loudest(length, logits, 1, Fraction(above) + Fraction(1, 10**6))
    assert abs(further - exact) > error


@pytest.mark.parametrize("point", [{"n": 2, "d": 3, "xi": "1/2"}, {"n": 12, "d": 5, "xi": "9/10"}])
def test_the_slack_of_the_quietest_pattern_has_the_sign_of_the_search(point: dict[str, Any]) -> None:
    found = sure_firing_lengths(softmax_firing.LOGITS, 1, "1/2", point["xi"], d=point["d"])
    assert (softmax_firing.slack(point) > 0) is (point["n"] in found)


def test_the_law_of_a_loss_in_floats_is_the_exact_one() -> None:
    for length, loud in ((2, Fraction(1)), (50, Fraction(7, 2)), (101, Fraction(10))):
        exact = random_signs.lost_exactly(length, loud)
        assert float(random_signs.lost_in_floats(length, float(loud))) == pytest.approx(float(exact), rel=1e-12)  # type: ignore[arg-type]
    assert random_signs.lost_exactly(5, Fraction(5)) == 0


def test_the_symbol_of_the_gain_is_replaced_by_that_of_the_map() -> None:
    point = {"n": 40, "kappa": "6/5", "l0": "1", "degree": 2}
    condition, values = majority_flip.flip_law(flip_room.flip, point)
    assert N not in condition.free_symbols
    assert set(values) == {n, kappa, l0}
    exact = sign_of(polynomial_gain(gain.logits_of(point), 40, 2), to_fmpq(-39), to_fmpq(1)) > 0
    assert (majority_flip.vote(point) > 0) is exact
