"""Recurrent maps in the catalogue: twins that run, claims that exist, and costs that XLA counts as well."""

# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportUnhashable=false

from __future__ import annotations

import pytest
import sympy as sp

from theory.claim import Domain, Kind, declare, derived_here, get
from theory.derivation import Derivation
from theory.evidence import Effort, Method, Verdict
from theory.maps import decay_weights, decaying_sums, delta_rule, recurrent
from theory.maps.attention_map import Normaliser, block, d, n
from theory.maps.catalogue import catalogue
from theory.reasons import Algebra, EvaluateSum, Sign
from theory.separation.kernels.sequences import derived_for_every_sequence

ROOMS = (decaying_sums, decay_weights, delta_rule)
SIZE = 8


@pytest.mark.parametrize("attention_map", recurrent.MAPS, ids=lambda m: m.name)
def test_twin_and_claims(attention_map) -> None:
    from numerics.maps.registry import builders

    assert catalogue()[attention_map.name] is attention_map
    assert attention_map.name in builders()
    assert attention_map.normaliser is Normaliser.NONE
    for claim in attention_map.claims:
        assert get(claim).module in {room.__name__ for room in ROOMS}


@pytest.mark.parametrize("attention_map", recurrent.MAPS, ids=lambda m: m.name)
def test_chunks_cost_what_the_length_does_and_the_whole_its_square(attention_map) -> None:
    costs = {form: sp.sympify(cost.operations) for form, cost in attention_map.costs.items()}
    sizes = {n: 256, d: 32}
    for form, power in (("chunked", 2), ("recurrent", 2), ("whole", 4)):
        small, large = (costs[form].subs({block: 64, d: 32, n: length}) for length in (4096, 8192))
        assert power * 0.99 < large / small < power * 1.01
    # one chunk that holds everything does the work of the whole beside that of an empty state
    with_state = {"retention": 4, "gated-linear": 4, "delta-rule": 6}[attention_map.name] * n * d**2
    one_chunk = costs["chunked"].subs({block: n}).subs(sizes)
    assert one_chunk == (costs["whole"] + with_state).subs(sizes)


def dimensions(t: int) -> dict:
    return {n: SIZE * t, block: SIZE * t, d: 3 * t}


@pytest.mark.parametrize("name", ["retention", "delta-rule"])
def test_xla_counts_one_chunk_so(name: str) -> None:
    """Of sizes that grow in proportion. The triangular system is solved by a library, where XLA counts nothing."""
    from numerics.complexity.counting import TIMES, counted_operations, cubic_coefficient
    from numerics.maps.recurrent import DeltaRule, Retention

    def count(t: int) -> int:
        build = {"retention": lambda: Retention(0.5, chunk=SIZE * t), "delta-rule": lambda: DeltaRule(chunk=SIZE * t)}
        attention = build[name]()
        shape = (SIZE * t, 3 * t)
        return counted_operations(lambda q, k, v: attention.attend(q, k, v, causal=True), shape, shape, shape)

    formula = sp.sympify(catalogue()[name].costs["chunked"].operations)
    if name == "delta-rule":
        formula = formula - recurrent.solved(n)
    assert cubic_coefficient([formula.subs(dimensions(t)) for t in TIMES]) == cubic_coefficient(list(map(count, TIMES)))


def test_xla_counts_one_gated_chunk_so() -> None:
    """A power of two cannot grow in proportion; instead columns are added to the keys, and the count is linear in them.

    What is done entry by entry is linear in them too, but there only n log n of it, which is set apart by its size.
    """
    from numerics.complexity.counting import counted_operations
    from numerics.maps.gated_sums import gated_triangle

    def count(length: int) -> int:
        by_width = [counted_operations(gated_triangle, *[(length, width)] * 3) for width in (8, 16)]
        return by_width[1] - by_width[0]

    for length in (64, 256):
        products = recurrent.halved(length).subs({d: 8})
        entries = count(length) - products
        assert 0 <= entries <= 8 * 8 * length * (sp.log(length, 2) + 1) ** 2


def test_what_is_not_so_is_not_derived() -> None:
    """A sequence is neither of one sign nor constant, and a sum is not its closed form for another decay."""
    s, gamma, t = decaying_sums.S, decaying_sums.gamma, decaying_sums.t
    domain = decaying_sums.domain(gamma, t)
    assert not Derivation(s(t)).at_least(0, by=Sign()).verify(domain).accepted
    assert not Derivation(s(t)).equal(s(t + 1), by=Algebra()).verify(domain).accepted
    room = decaying_sums.retention
    total, closed = room.total(1, t, t), room.closed(0, t)
    assert Derivation(total).equal(closed(t), by=EvaluateSum(closed)).verify(domain).accepted
    assert (
        not Derivation(total)
        .equal(closed(t), by=EvaluateSum(lambda last: gamma * closed(last)))
        .verify(domain)
        .accepted
    )


def test_a_false_claim_about_states_is_refuted_by_an_instance() -> None:
    s, t = decaying_sums.S, decaying_sums.t
    claim = declare(
        "test.recurrent.constant", "a state stays", sp.Eq(s(t), s(0), evaluate=False),
        Domain({t: sp.Range(0, sp.oo)}), Kind.IDENTITY, derived_here(), {Method.CITED}, module=__name__,
    )  # fmt: skip
    check = derived_for_every_sequence(decaying_sums.INSTANCES)(lambda: Derivation(s(t)).equal(s(0), by=Algebra()))
    assert check(claim, Effort()).verdict is Verdict.REFUTED


def test_wy_forms_are_matrix_identities() -> None:
    """The inner products of concrete vectors put in, against the matrices themselves."""
    keys = sp.Matrix([[1, 2, 0], [0, 1, -1], [3, 1, 1]])
    state, asked, beta = sp.Matrix([1, -2, 5]), sp.Matrix([2, 0, 1]), [sp.Rational(1, i + 2) for i in range(3)]
    one = delta_rule.Chunk(3)
    left = state
    for i in range(3):
        left = left - beta[i] * keys.row(i).T * (keys.row(i) * left)
    values = {one.ps: asked.dot(state)}
    for i in range(3):
        values |= {one.beta[i]: beta[i], one.read[i]: keys.row(i).dot(state), one.asked[i]: keys.row(i).dot(asked)}
        values |= {one.gram[i, j]: keys.row(i).dot(keys.row(j)) for j in range(i + 1)}
    statement = delta_rule.wy[3].unfolded
    assert [side.subs(values) for side in statement.args] == [asked.dot(left)] * 2
