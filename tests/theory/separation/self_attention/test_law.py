"""The exact law against a network that is written out token by token and enumerated over all 2^d sign vectors."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Any

import pytest
from flint import arb, ctx, fmpq, fmpz
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.separation.self_attention import law as law_module
from theory.separation.self_attention.binomial import tail_count, tail_probability
from theory.separation.self_attention.exact_numbers import (
    Undecided,
    enclosed_gain,
    exactly,
    least_integer_above,
    power_gain,
    rational_gain,
    sign_of,
)
from theory.separation.self_attention.law import (
    SILENT_FOUR,
    FiringLaw,
    Network,
    Rows,
    firing_law,
    firing_probability,
    joint_law,
    joint_success,
    law_of_rows,
    network_firing_probability,
    network_rows,
    two_way_success,
)
from theory.separation.self_attention.parameters import Parameters
from theory.separation.self_attention.success import Success

# The literal network. Nothing below uses gains or the law: tokens are vectors, a row's output is its weighted mean of
# tokens, and a weight is an exact sum of rational multiples of rational powers of n, as a mapping exponent -> factor.

PowerSum = dict[Fraction, Fraction]


@lru_cache(maxsize=64)
def tokens(parameters: Parameters, a: Fraction, needle: int) -> list[list[Fraction]]:
    """The n tokens in units of sqrt(log n): a in the needle's first column, stacked identities times b, and c."""
    columns = parameters.d - 2
    return [
        [a if i == needle else Fraction(0)]
        + [parameters.b if i % columns == k else Fraction(0) for k in range(columns)]
        + [parameters.c]
        for i in range(parameters.n)
    ]


def sign_of_sum(total: PowerSum, n: int) -> int:
    """The sign of sum_e total[e] n^e: exact where every power is rational, else by Arb; a tie must cancel termwise."""
    exact = Fraction(0)
    irrational: PowerSum = {}
    for exponent, factor in total.items():
        root = round(n ** (1 / exponent.denominator))
        if root**exponent.denominator == n:
            exact += factor * Fraction(root) ** exponent.numerator
        elif factor != 0:
            irrational[exponent] = factor
    if not irrational:
        return (exact > 0) - (exact < 0)
    for bits in (100, 400, 1600, 6400):
        with ctx.workprec(bits):
            value = arb(fmpq(exact.numerator, exact.denominator))
            for exponent, factor in irrational.items():
                power = arb(n) ** arb(fmpq(exponent.numerator, exponent.denominator))
                value += power * fmpq(factor.numerator, factor.denominator)
            if value > 0 or value < 0:
                return 1 if value > 0 else -1
    raise AssertionError("the brute force could not decide a sign")


def fires(parameters: Parameters, a: Fraction, kind: str, signs: tuple[int, ...], needle: int) -> bool:
    """Whether some row of the literal network has <c_i, y> > tau."""
    data = tokens(parameters, a, needle)
    sums = [sum(token, Fraction(0)) for token in data]
    above = [sum((x * s for x, s in zip(token, signs, strict=True)), -parameters.tau) for token in data]
    for score in sorted(set(sums)):  # rows with the same score vector are the same row
        total: PowerSum = {}
        for other, excess in zip(sums, above, strict=True):
            # weight before normalisation: exp(s_i s_j log n) = n^(s_i s_j), or s_i s_j; the normaliser is positive
            exponent, factor = (score * other, Fraction(1)) if kind == "softmax" else (Fraction(0), score * other)
            total[exponent] = total.get(exponent, Fraction(0)) + factor * excess
        if sign_of_sum(total, parameters.n) > 0:
            return True
    return False


@lru_cache(maxsize=64)
def enumerate_patterns(parameters: Parameters, needle: int = 0) -> Counter[frozenset[Network]]:
    """How many of the 2^d sign vectors fire in exactly which networks."""
    cases = {
        Network.SOFTMAX_NEEDLE: (parameters.a1, "softmax"),
        Network.SOFTMAX_PLAIN: (parameters.a0, "softmax"),
        Network.LINEAR_NEEDLE: (parameters.a1, "linear"),
        Network.LINEAR_PLAIN: (parameters.a0, "linear"),
    }
    return Counter(
        frozenset(network for network, (a, kind) in cases.items() if fires(parameters, a, kind, signs, needle))
        for signs in itertools.product((1, -1), repeat=parameters.d)
    )


def as_counts(joint: dict[frozenset[Network], Fraction], d: int) -> Counter[frozenset[Network]]:
    return Counter({networks: int(probability * 2**d) for networks, probability in joint.items()})


SMALL = [
    Parameters(n=2, d=3, a0="0.05", a1="0.7", b="0.5", eta="0.1"),  # d = 3: no free signs
    Parameters(n=7, d=3, a0=0, a1="1.2", b="0.9", eta="-0.2"),
    Parameters(n=19, d=3, a0="0.05", a1=1, b="0.5", eta="0.6"),  # tie: a w = 2/20 = 1/10 = xi in linear attention
    Parameters(n=8, d=4, a0="0.05", a1="0.7", b="0.5", eta="0.1"),
    Parameters(n=58, d=4, a0="0.1", a1=2, b="0.2", eta="0.3"),  # tie: 6/60 = 1/10
    Parameters(n=9, d=5, a0="0.1", a1="0.5", b="0.9", c="0.1", tau="0.4"),  # low c: y_d = -1 fires too
    Parameters(n=16, d=6, a0="1/2", a1=1, b="0.5", eta="0.3"),  # every gain is rational: 4, 8, 256, 16
    Parameters(n=12, d=6, a0="0.05", a1="1.2", b="1", eta="0.25"),  # c = 0, lattice level eta (d-2)/b = 1
    Parameters(n=10, d=7, a0="0.05", a1="0.7", b="0", eta="0.1"),  # b = 0: the middle signs do not matter
    Parameters(n=15, d=7, a0="0.09", a1="1.3", b="0.3", eta="0.12"),
    Parameters(n=12, d=8, a0="0.01", a1="0.7", b="0.5", eta="1/6"),  # leading-order tie: eta (d-2)/b = 2
]
LARGER = [
    Parameters(n=14, d=9, a0="0.05", a1="0.4", b="0.9", eta="0.1"),
    Parameters(n=16, d=10, a0="0.05", a1="0.8", b="0.8", eta="0.1"),  # eta (d-2)/b = 1
    Parameters(n=32, d=10, a0="2/5", a1="3/5", b="0.6", eta="0.15"),  # n^(2/5) = 4, n^(3/5) = 8 are rational
]


@pytest.mark.parametrize("parameters", SMALL + [pytest.param(p, marks=pytest.mark.slow) for p in LARGER], ids=str)
def test_law_equals_enumeration(parameters: Parameters) -> None:
    parameters.require_literal()
    assert as_counts(firing_law(parameters).joint(), parameters.d) == enumerate_patterns(parameters)


@settings(max_examples=25, deadline=None)
@given(
    d=st.integers(3, 6),
    t=st.integers(1, 4),
    needle=st.integers(0, 30),
    a0=st.fractions(0, 1, max_denominator=4),
    a1=st.fractions(0, 2, max_denominator=4),
    b=st.fractions(0, 1, max_denominator=5),
    eta=st.fractions(-1, 2, max_denominator=8),
)
def test_law_equals_enumeration_on_coarse_rationals(
    d: int, t: int, needle: int, a0: Fraction, a1: Fraction, b: Fraction, eta: Fraction
) -> None:
    # small denominators give many ties; the position of the needle must not matter
    n = max((d - 2) * t, 2) if d > 3 else max(t, 2)
    parameters = Parameters(n=n, d=d, a0=a0, a1=a1, b=b, eta=eta)
    parameters.require_literal()
    assert as_counts(firing_law(parameters).joint(), d) == enumerate_patterns(parameters, needle % n)


def test_every_row_of_the_literal_network_was_seen() -> None:
    # the enumeration merges equal rows: softmax must have had two of them
    data = tokens(SMALL[3], SMALL[3].a1, needle=0)
    assert len({sum(token) for token in data}) == 2


def not_strict(gain, offset, slope, low, high) -> int:  # type: ignore[no-untyped-def]
    """The mistake that the law must not make: fires on a tie."""
    return high - least_integer_above(gain, high - offset, -slope, 0, high - low + 1) + 1 if high > low else low


TIES = [
    Parameters(n=19, d=3, a0="0.05", a1=1, b="0.5", eta="0.6"),
    Parameters(n=19, d=21, a0="0.05", a1=1, b="0.5", eta="0.6"),
    Parameters(n=58, d=4, a0="0.05", a1=2, b="0.2", eta="0.3"),
    Parameters(n=58, d=31, a0="0.05", a1=2, b="0.9", eta="1"),
]


@pytest.mark.parametrize("parameters", TIES, ids=str)
def test_linear_attention_is_silent_at_the_exact_tie(parameters: Parameters) -> None:
    # a w = xi: the all-plus pattern reaches the threshold exactly, and does not exceed it
    assert parameters.a1 * (1 + parameters.a1) / (parameters.n + parameters.a1) == parameters.xi
    assert firing_probability(parameters, Network.LINEAR_NEEDLE) == 0
    just_below = parameters.replace(eta=parameters.eta - Fraction(1, 10**60))
    assert firing_probability(just_below, Network.LINEAR_NEEDLE) == Fraction(1, 2**parameters.d)


def test_a_law_that_fires_on_ties_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    spoiled_answers = []
    with monkeypatch.context() as patch:
        patch.setattr(law_module, "least_integer_above", not_strict)
        for parameters in SMALL:
            spoiled = law_of_rows(parameters, network_rows(parameters))
            spoiled_answers.append(as_counts(spoiled.joint(), parameters.d) == enumerate_patterns(parameters))
    assert not all(spoiled_answers)
    tie, no_tie = SMALL[2], SMALL[3]
    assert not spoiled_answers[SMALL.index(tie)]
    assert spoiled_answers[SMALL.index(no_tie)]


def test_lattice_resonance_moves_a_probability_by_a_whole_lattice_point() -> None:
    # n = 100: b S/(d-2) = 0.08 at S = 4, and the linear needle's a w = 0.026 lifts it over eta = 0.1; n = 200: not
    at_100 = Parameters(n=100, d=12, a0="0.01", a1="1.2", b="0.2", eta="0.1")
    lifted, not_lifted = (firing_probability(at_100.replace(n=n), Network.LINEAR_NEEDLE) for n in (100, 200))
    assert lifted > not_lifted
    reach = at_100.a1 * (1 + at_100.a1) / (100 + at_100.a1)
    assert Fraction(8, 100) < at_100.eta < Fraction(8, 100) + reach
    # the same by counting sign vectors on a smaller network, where the tie is exact at leading order
    tie = SMALL[-1]
    counted = enumerate_patterns(tie)
    linear = sum(count for networks, count in counted.items() if Network.LINEAR_NEEDLE in networks)
    assert firing_probability(tie, Network.LINEAR_NEEDLE) == Fraction(linear, 2**8)


# Probabilities of m neurons


@pytest.mark.parametrize("parameters", [SMALL[0], SMALL[3], SMALL[5]], ids=str)
def test_success_equals_the_sum_over_all_networks_of_two_neurons(parameters: Parameters) -> None:
    counts = enumerate_patterns(parameters)
    joint = two_way = fires_plain = 0
    for (one, c1), (other, c2) in itertools.product(counts.items(), repeat=2):
        firing = one | other
        good = Network.SOFTMAX_NEEDLE in firing
        joint += c1 * c2 * (good and not firing & set(SILENT_FOUR))
        two_way += c1 * c2 * (good and Network.SOFTMAX_PLAIN not in firing)
        fires_plain += c1 * c2 * (Network.SOFTMAX_PLAIN in firing)
    every = 4**parameters.d
    assert joint_success(parameters, 2).exact == Fraction(joint, every)
    assert two_way_success(parameters, 2).exact == Fraction(two_way, every)
    assert network_firing_probability(parameters, Network.SOFTMAX_PLAIN, 2).exact == Fraction(fires_plain, every)


PARAMETERS = st.builds(
    lambda d, t, a0, a1, b, eta: Parameters(n=max(2, (d - 2) * t), d=d, a0=a0, a1=a1, b=b, eta=eta),
    d=st.integers(3, 60),
    t=st.integers(1, 10**4),
    a0=st.fractions(0, Fraction(1, 10), max_denominator=100),
    a1=st.fractions(0, 2, max_denominator=100),
    b=st.fractions(0, 1, max_denominator=20),
    eta=st.fractions(Fraction(1, 50), Fraction(3, 2), max_denominator=50),
)


@settings(max_examples=60, deadline=None)
@given(parameters=PARAMETERS, width=st.integers(1, 40), rise=st.fractions(0, 1, max_denominator=100))
def test_laws_of_probability(parameters: Parameters, width: int, rise: Fraction) -> None:
    law = joint_law(parameters)
    joint = firing_law(parameters).joint()
    assert sum(joint.values()) == 1
    assert 0 <= law.bad_probability <= law.bad_probability + law.good_probability <= 1
    bad = sum((p for networks, p in joint.items() if networks & set(SILENT_FOUR)), Fraction(0))
    assert law.bad_probability == bad
    four, two = joint_success(parameters, width).exact, two_way_success(parameters, width).exact
    assert four is not None
    assert two is not None
    assert 0 <= four <= two <= 1
    higher = parameters.replace(eta=parameters.eta + rise)
    for network in Network:
        assert firing_probability(higher, network) <= firing_probability(parameters, network)


@settings(max_examples=100, deadline=None)
@given(data=st.data(), free=st.integers(0, 4))
def test_best_width_is_the_first_maximum(data: st.DataObject, free: int) -> None:
    counts = st.tuples(*[st.integers(0, free + 1)] * 8)
    success = Success(free + 3, data.draw(counts), data.draw(counts))
    values = [success.probability(m).exact for m in range(1, 400)]
    best = success.best_width()
    if best is None:
        bounded = [value for value in values if value is not None]
        assert bounded == sorted(bounded)  # 0 for ever, or rising for ever
        assert bounded[-1] == 0 or (bounded[-1] > bounded[0] and success.bad_probability == 0)
    elif best < 400:
        assert values.index(max(value for value in values if value is not None)) + 1 == best


def test_best_width_of_an_exact_tie_is_the_smaller_one() -> None:
    # A = 3/4, B = 1/4: A - B = A^2 - B^2 = 1/2, so m = 1 and m = 2 are equally good
    success = Success(3, bad=(0, 0) + (1,) * 6, good=(1, 1) + (0,) * 4 + (1, 1))
    assert (success.bad_probability, success.good_probability) == (Fraction(1, 4), Fraction(1, 2))
    assert success.probability(1).exact == success.probability(2).exact == Fraction(1, 2)
    assert success.best_width() == 1


@pytest.mark.parametrize("target", [Fraction(1, 2), Fraction(1, 4), Fraction(1, 2) + Fraction(1, 10**80)])
def test_widths_by_trying_all(target: Fraction) -> None:
    for parameters in SMALL:
        law = joint_law(parameters)
        good = [m for m in range(1, 300) if law.probability(m).exact >= target]  # type: ignore[operator]
        found = law.widths(target)
        if not good:
            assert found is None or found[0] >= 300
        else:
            assert found is not None
            assert found[0] == good[0]
            assert good == list(range(good[0], good[-1] + 1))
            assert found[1] == good[-1] if law.can_be_bad else found[1] is None


def test_a_target_met_with_equality_succeeds_and_one_just_above_does_not() -> None:
    law = joint_law(SMALL[3])
    value = law.probability(5).exact
    assert value is not None
    assert law.at_least(5, value)
    assert not law.at_least(5, value + Fraction(1, 10**200))


def test_enclosures_contain_the_exact_value() -> None:
    law = joint_law(Parameters(n=1000, d=102, a0="0.05", a1="0.7", b="0.5", eta="0.1"))
    exact = law.probability(30).exact
    assert exact is not None
    for bits in (64, 128, 300):
        failure = law.failure_enclosure(30, bits)
        with ctx.workprec(4000):
            assert failure.contains(arb(fmpq((1 - exact).numerator, (1 - exact).denominator)))
        assert failure.rel_accuracy_bits() > bits - 20


def test_enclosures_hold_when_almost_every_sign_vector_does_harm() -> None:
    # p_b = 1 - 2^-200, p_g = 2^-200: at 64 bits the enclosure of p_b contains 1
    law = Success(203, bad=(1,) * 8, good=(0,) * 8)
    rare = Fraction(1, 2**200)
    assert law.good_probability == rare == 1 - law.bad_probability
    for bits in (64, 1000):
        failure = law.failure_enclosure(1, bits)
        with ctx.workprec(2000):
            assert failure.contains(1 - arb(2) ** -200)
    assert law.at_least(1, rare)
    assert not law.at_least(1, rare + rare / 2**50)
    assert law.best_width() == 1


def test_an_exact_power_that_would_be_huge_becomes_an_enclosure() -> None:
    law = joint_law(Parameters(n=4000, d=402, a0="0.05", a1="0.7", b="0.5", eta="0.1"))
    number = law.probability(10**5)
    assert number.exact is None
    assert number.lower <= number.upper
    assert law.probability(10).exact is not None


# Tails of the binomial distribution


@pytest.mark.parametrize("trials", [0, 1, 2, 9, 100])
def test_tail_counts(trials: int) -> None:
    for least in range(-2, trials + 3):
        assert tail_count(trials, least) == sum(math.comb(trials, k) for k in range(max(least, 0), trials + 1))


@pytest.mark.parametrize("trials", [2001, 5000])
def test_long_tails_satisfy_the_recursion_and_symmetry(trials: int) -> None:
    for least in (1, 2, trials // 3, trials // 2, trials // 2 + 1, trials - 1, trials):
        assert tail_count(trials, least) - tail_count(trials, least + 1) == math.comb(trials, least)
        assert tail_count(trials, least) + tail_count(trials, trials - least + 1) == 1 << trials


@pytest.mark.parametrize("least", [1, 2400, 2500, 2501, 2503, 2600, 3000, 4999, 5000])
def test_tail_enclosures_contain_the_exact_tail(least: int) -> None:
    for bits in (64, 200):
        enclosure = tail_probability(5000, least, bits)
        with ctx.workprec(6000):
            exact = arb(fmpz(tail_count(5000, least))) / arb(2) ** 5000
            assert enclosure.contains(exact)
            assert not enclosure.contains(exact * (1 + arb(2) ** (-bits // 2)))


def test_tails_of_astronomically_many_signs() -> None:
    trials = 10**20
    far = tail_probability(trials, 6 * 10**19, 64)
    with ctx.workprec(200):  # Chernoff from above; from below the same exponent less a polynomial factor
        entropy = arb(2).log() + arb(fmpq(3, 5)) * arb(fmpq(3, 5)).log() + arb(fmpq(2, 5)) * arb(fmpq(2, 5)).log()
        assert far.log() < -trials * entropy
        assert far.log() > -trials * entropy - 2 * arb(trials).log()
    near = tail_probability(trials, trials // 2 + 1, 64)
    assert near.contains(arb(fmpq(1, 2)) - arb(2) ** -30)  # wide here, and honest about it
    assert near.upper() < 0.51


# Gains and rigorous comparisons


def test_power_gains_are_rational_exactly_for_perfect_powers() -> None:
    assert power_gain(16, Fraction(3, 4)).exact == 8
    assert power_gain(10**1000, Fraction(7, 10)).exact == fmpz(10) ** 700
    assert power_gain(16, Fraction(-1, 2)).exact == fmpq(1, 4)
    assert power_gain(7, Fraction(0)).exact == 1
    assert power_gain(17, Fraction(3, 4)).exact is None
    assert power_gain(17, Fraction(3, 4)).irrational


def test_comparisons_that_need_thousands_of_bits_are_decided() -> None:
    gain = power_gain(2, Fraction(1, 2))
    with ctx.workprec(5000):
        scale = 10**1300
        below = int((arb(2).sqrt() * scale).floor().unique_fmpz())  # type: ignore[arg-type]
    assert sign_of(gain, fmpq(-below), fmpq(scale)) == 1
    assert sign_of(gain, fmpq(-below - 1), fmpq(scale)) == -1
    assert least_integer_above(gain, fmpq(0), fmpq(scale), 0, 10**1400) == below + 1


def test_ties_of_rational_gains_are_decided_exactly() -> None:
    gain = rational_gain(Fraction(3, 2))
    assert sign_of(gain, fmpq(-3), fmpq(2)) == 0
    assert least_integer_above(gain, fmpq(0), fmpq(2), 0, 9) == 4
    assert least_integer_above(gain, fmpq(-1, 10**99), fmpq(2), 0, 9) == 3
    assert least_integer_above(gain, fmpq(-20), fmpq(2), 0, 9) == 0
    assert least_integer_above(gain, fmpq(20), fmpq(2), 0, 9) == 9


def test_a_gain_known_by_enclosures_only_is_undecided_at_a_tie_and_decided_elsewhere() -> None:
    def root_two_squared(bits: int) -> arb:
        with ctx.workprec(bits):
            return arb(2).sqrt() * arb(2).sqrt()

    gain = enclosed_gain("sqrt(2)^2", root_two_squared)
    assert least_integer_above(gain, fmpq(1, 2), fmpq(1), 0, 9) == 3
    with pytest.raises(Undecided, match="integer"):
        least_integer_above(gain, fmpq(0), fmpq(1), 0, 9)
    with pytest.raises(Undecided, match="zero"):
        sign_of(gain, fmpq(-2), fmpq(1))
    with pytest.raises(ValueError, match="positive"):
        enclosed_gain("zero", lambda bits: arb(0))


def test_other_maps_enter_by_their_gains() -> None:
    # a polynomial kernel of degree p has gain (1+a)^p in every row; with p = 1 it is linear attention
    parameters = SMALL[3]
    rows = network_rows(parameters)
    power = {p: Rows(parameters.a1, (rational_gain((1 + parameters.a1) ** p),)) for p in (1, 9)}
    changed = {p: law_of_rows(parameters, rows | {Network.LINEAR_NEEDLE: power[p]}) for p in power}
    assert changed[1] == firing_law(parameters)
    assert isinstance(changed[9], FiringLaw)
    assert changed[9] != firing_law(parameters)
    for a, gain in [(parameters.a1, power_gain(parameters.n, parameters.a1))]:
        replaced = law_of_rows(parameters, rows | {Network.LINEAR_NEEDLE: Rows(a, (gain,))})
        assert replaced.probability(Network.LINEAR_NEEDLE) <= firing_probability(parameters, Network.SOFTMAX_NEEDLE)


def test_numbers_cannot_be_used_as_truth_values() -> None:
    number = exactly(Fraction(1, 3))
    assert str(number) == "1/3"
    assert number.lower < number.upper
    with pytest.raises(TypeError, match="no truth value"):
        bool(number)


# Parameters

VALID: dict[str, Any] = {"n": 100, "d": 12, "a0": "0.05", "a1": "0.7", "b": "0.5", "eta": "0.1"}


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"a1": 0.7}, TypeError, "write Fraction"),
        ({"a1": "seven"}, ValueError, "write it as"),
        ({"a1": "1/0"}, ValueError, "write it as"),
        ({"a1": True}, TypeError, "not an exact number"),
        ({"a0": -1}, ValueError, "negative"),
        ({"b": "1.2"}, ValueError, "0 <= b <= 1"),
        ({"b": "-0.1"}, ValueError, "0 <= b <= 1"),
        ({"c": "0.4"}, ValueError, "leave c out"),
        ({"n": 9}, ValueError, "take n >= d - 2"),
        ({"n": 1, "d": 3}, ValueError, "n >= 2"),
        ({"d": 2}, ValueError, "d >= 3"),
        ({"n": 100.0}, TypeError, "not an integer"),
        ({"tau": "0.6"}, ValueError, "once"),
        ({"eta": None}, ValueError, "once"),
    ],
)
def test_parameters_refuse_with_a_remedy(changes: dict, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        Parameters(**(VALID | changes))


def test_parameters_accept_every_exact_type_and_agree() -> None:
    sympy = pytest.importorskip("sympy")
    values: list[Callable[[int, int], Any]] = [Fraction, fmpq, sympy.Rational, lambda p, q: f"{p}/{q}"]
    made = {Parameters(**(VALID | {"a1": make(7, 10), "b": make(1, 2)})) for make in values}
    assert made == {Parameters(**VALID)}
    assert Parameters(**(VALID | {"eta": None, "tau": "0.6", "c": "0.5"})) == Parameters(**VALID)


def test_a_length_that_does_not_fill_the_columns_is_named() -> None:
    parameters = Parameters(**(VALID | {"n": 104}))
    assert not parameters.literal
    with pytest.raises(ValueError, match="take n = 100 or n = 110"):
        parameters.require_literal()


def test_threshold_in_both_units() -> None:
    parameters = Parameters(**VALID).replace(tau="1.1")
    assert (parameters.eta, parameters.xi) == (Fraction(3, 5), Fraction(1, 10))


# The experiments' tables, recomputed


def count_by_convolution(parameters: Parameters, a: Fraction, gains: list[arb]) -> int:
    """Firing sign vectors from the activation itself, summing binomials over the middle sum."""
    n, d, b, c = parameters.n, parameters.d, parameters.b, parameters.c
    total = 0
    for first, last, needle in itertools.product((1, -1), repeat=3):
        for plus in range(d - 2):
            middle = needle + 2 * plus - (d - 3)
            for gain in gains:
                with ctx.workprec(600):
                    w, om = gain / (gain + n - 1), (gain - 1) / (gain + n - 1)
                    exact = [fmpq(x.numerator, x.denominator) for x in (a * first, b * needle, b * middle / (d - 2))]
                    value = w * exact[0] + om * exact[1] + (1 - om) * exact[2]
                    rest = c * last - parameters.tau
                    value += fmpq(rest.numerator, rest.denominator)
                    assert value > 0 or value < 0  # no exact ties among these parameters
                    if value > 0:
                        total += math.comb(d - 3, plus)
                        break
    return total


@pytest.mark.slow
@pytest.mark.parametrize("b", ["0.1", "0.2", "0.3", "0.5", "0.7", "0.9"])
@pytest.mark.parametrize("n", [100, 1000, 2000])
def test_published_threshold_tables_by_convolution(n: int, b: str) -> None:
    parameters = Parameters(n=n, d=12, a0="0.05", a1="0.7", b=b, eta="0.1")
    for network, rows in network_rows(parameters).items():
        gains = [gain.enclose(600) for gain in rows.gains]
        counted = count_by_convolution(parameters, rows.a, gains)
        assert firing_probability(parameters, network) == Fraction(counted, 2**12)


@pytest.mark.slow
def test_success_at_the_published_threshold_is_flat_in_n_and_falls_with_the_prescribed_width() -> None:
    base = Parameters(n=200, d=12, a0="0.01", a1="1.2", b="0.2", eta="0.1")
    bad = {n: joint_law(base.replace(n=n)).bad_probability for n in (200, 1000, 10**6)}
    assert len(set(bad.values())) == 1
    values = [joint_success(base.replace(n=n), math.ceil(math.log(100 * n, 8 / 7))).exact for n in bad]
    assert values == sorted(values, reverse=True)  # type: ignore[type-var]
    assert values[0] > values[-1] > 0  # type: ignore[operator]
