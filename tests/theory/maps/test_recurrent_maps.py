"""Recurrent maps in the catalogue: twins that run, claims that exist, and costs that XLA counts as well."""

# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportUnhashable=false

from __future__ import annotations

import pytest
import sympy as sp

from theory import claim as core
from theory.claim import Domain, Kind, declare, derived_here, get
from theory.derivation import Derivation
from theory.evidence import Effort, Method, Verdict
from theory.maps import decay_weights, decaying_sums, delta_chunks, delta_rule, recurrent
from theory.maps.attention_map import Normaliser, block, d, n
from theory.maps.catalogue import catalogue
from theory.reasons import Algebra, EvaluateSum, Sign
from theory.separation.kernels.sequences import derived_for_every_sequence

ROOMS = (decaying_sums, decay_weights, delta_rule, delta_chunks)
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
def test_chunks_cost_what_the_length_does_and_the_whole_more(attention_map) -> None:
    costs = {form: sp.sympify(cost.operations) for form, cost in attention_map.costs.items()}
    sizes = {n: 256, d: 32}
    cubic = attention_map.name == "delta-rule"  # the inverse
    for form, growth in (("chunked", 2), ("recurrent", 2), ("whole", 8 if cubic else 4)):
        small, large = (costs[form].subs({block: 64, d: 32, n: length}) for length in (2**16, 2**17))
        assert growth * 0.99 < large / small < growth * 1.01
    # one chunk that holds everything does the work of the whole beside that of an empty state
    with_state = {"retention": 4, "gated-linear": 4, "delta-rule": 6}[attention_map.name] * n * d**2
    one_chunk = costs["chunked"].subs({block: n}).subs(sizes)
    assert one_chunk == (costs["whole"] + with_state).subs(sizes)


@pytest.mark.parametrize("name", ["retention", "delta-rule"])
def test_xla_counts_one_chunk_so(name: str) -> None:
    """Of sizes that grow in proportion to t, a power of two: a cubic polynomial, whose cubic part is the products."""
    from numerics.complexity.counting import counted_operations
    from numerics.maps.recurrent import DeltaRule, Retention

    def count(t: int) -> int:
        attention = Retention(0.5, chunk=SIZE * t) if name == "retention" else DeltaRule(chunk=SIZE * t)
        shape = (SIZE * t, 3 * t)
        return counted_operations(lambda q, k, v: attention.attend(q, k, v, causal=True), shape, shape, shape)

    t = sp.Symbol("t")
    formula = catalogue()[name].costs["chunked"].operations
    claimed = [(i, formula.subs({n: SIZE * i, block: SIZE * i, d: 3 * i})) for i in (1, 2, 4, 8, 16)]
    found = [(i, sp.Integer(count(i))) for i, _ in claimed]
    one, other = (sp.Poly(sp.interpolate(values, t), t) for values in (claimed, found))
    assert one.degree() == other.degree() == 3
    assert one.LC() == other.LC()


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


def test_a_false_claim_about_states_is_refuted_by_an_instance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core, "_registry", {})  # which tests of all claims would find it in
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
    one = delta_chunks.Chunk(3)
    left = state
    for i in range(3):
        left = left - beta[i] * keys.row(i).T * (keys.row(i) * left)
    values = {one.ps: asked.dot(state)}
    for i in range(3):
        values |= {one.beta[i]: beta[i], one.read[i]: keys.row(i).dot(state), one.asked[i]: keys.row(i).dot(asked)}
        values |= {one.gram[i, j]: keys.row(i).dot(keys.row(j)) for j in range(i + 1)}
    statement = delta_chunks.wy[3].unfolded
    assert [side.subs(values) for side in statement.args] == [asked.dot(left)] * 2
