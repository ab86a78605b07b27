"""A2. The statement with eta = 0.1 and m = O(log(n/delta)) neurons, read at finite n: where it fails.

The construction's conclusion is asymptotic: it takes d growing with n, from n^0.02 on. In our reconstruction its
constants bite late. With eta = 0.1 the neurons that must stay silent (softmax on D0, linear attention on both
datasets) fire together as soon as the mean of the d-2 middle signs exceeds about eta/b, an event whose probability
depends on d and hardly on n. Each claim below is a finite-n reading that an experimenter might make, kind
`refutation`, with an exact witness. They refute the readings, not the asymptotic statement, which
`explicit_success` proves with its constants.
Source. Derived here, about the reconstruction of arXiv 2310.11685.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

from collections.abc import Mapping

import sympy as sp
from sympy.logic.boolalg import Boolean

from theory.claim import Claim, Domain, Kind, declare, derived_here
from theory.evidence import Check, Effort, Finding, Method, Verdict, evidence_for
from theory.separation.self_attention.construction import MEANINGS, SOURCE, d, m, n
from theory.separation.self_attention.probabilities import LINEAR_ON_D1, BestSuccess, FiringProbability, JointSuccess

a0, a1 = sp.symbols("a_0 a_1", positive=True)
n_long, d_large, m_long = sp.symbols("n_2 d_2 m_2", integer=True, positive=True)
TENTH = sp.Rational(1, 10)
DATASETS = (sp.Rational(1, 20), sp.Rational(7, 10))  # a0, a1
WITNESS_SCOPE = "the witness alone, evaluated in exact rationals"


def refuted_at(witness: Mapping[sp.Symbol, sp.Expr]) -> Check:
    """A check that evaluates the statement exactly at one point of the domain.

    It answers REFUTED if the point lies in the domain and the statement is false there, UNDECIDED otherwise: that a
    statement holds at one point says nothing about the rest.
    """

    def check(claim: Claim, effort: Effort) -> Finding:
        point = {symbol: sp.sympify(witness[symbol]) for symbol in claim.domain.ranges}
        shown = {str(symbol): str(value) for symbol, value in point.items()}
        outside = [
            str(symbol) for symbol, value in point.items() if claim.domain.ranges[symbol].contains(value) is not sp.true
        ]
        outside += [str(hypothesis) for hypothesis in claim.domain.hypotheses if hypothesis.subs(point) is not sp.true]
        if outside:
            message = f"The witness does not satisfy {', '.join(outside)}."
            return Finding(Verdict.UNDECIDED, WITNESS_SCOPE, message, shown)
        truth = claim.unfolded.subs(point)
        if truth is sp.false:
            numbers = values(claim.unfolded, point)
            return Finding(Verdict.REFUTED, WITNESS_SCOPE, f"The statement is false at {shown}.", numbers, (shown,))
        return Finding(Verdict.UNDECIDED, WITNESS_SCOPE, f"The statement is {truth} at the witness.", shown)

    return check


def values(statement: Boolean, point: Mapping[sp.Symbol, sp.Expr]) -> dict[str, str]:
    """The probabilities that the statement speaks of, at one point, to 12 digits."""
    functions = sorted(statement.atoms(sp.Function), key=sp.default_sort_key)
    return {sp.sstr(function): sp.sstr(sp.N(function.subs(point), 12)) for function in functions}


def _refutation(name: str, title: str, statement: Boolean, of: Domain, witness: Mapping, corrected_by: str) -> Claim:
    claim = declare(
        f"separation.self.{name}", title, statement, of, Kind.REFUTATION,
        derived_here("a finite-n reading of the " + SOURCE), {Method.CERTIFIED},
        module=__name__, corrected_by=corrected_by,
    )  # fmt: skip
    evidence_for(claim, Method.CERTIFIED)(refuted_at(witness))
    return claim


CORRECTED = "separation.self.corrected-success"
multiple_of = sp.Symbol("t", integer=True, positive=True)
WORDS = {**MEANINGS, multiple_of: "tokens in an identity column, n/(d-2)", a0: "height in D0", a1: "height in D1"}


small_dimension = _refutation(
    "published-small-dimension",
    "reading: twelve dimensions are enough for success 9/10 at b = 1/2 from n = 100 on, with the best width",
    sp.Ge(BestSuccess((d - 2) * multiple_of, d, *DATASETS, sp.Rational(1, 2), TENTH), sp.Rational(9, 10)),
    Domain({d: sp.Range(12, sp.oo), multiple_of: sp.Range(10, sp.oo)}, (), {k: WORDS[k] for k in (d, multiple_of)}),
    {d: 12, multiple_of: 100},
    CORRECTED,
)

EIGHT_SEVENTHS = sp.Rational(8, 7)


def prescribed_width(m, n):
    """Hypotheses that fix m = ceil(log(n/delta)/log(8/7)) at delta = 1/100, in exact powers."""
    return (
        sp.Ge(EIGHT_SEVENTHS**m, 100 * n, evaluate=False),
        sp.Lt(EIGHT_SEVENTHS ** (m - 1), 100 * n, evaluate=False),
    )


longer_is_no_worse = _refutation(
    "published-longer-is-no-worse",
    "reading: with m = ceil(log(100 n)/log(8/7)) neurons and d = 12, a longer sequence succeeds at least as often",
    sp.Ge(
        JointSuccess(n_long, 12, sp.Rational(1, 100), sp.Rational(6, 5), sp.Rational(1, 5), TENTH, m_long),
        JointSuccess(n, 12, sp.Rational(1, 100), sp.Rational(6, 5), sp.Rational(1, 5), TENTH, m),
    ),
    Domain(
        {n: sp.Range(200, sp.oo), n_long: sp.Range(200, sp.oo), m: sp.Range(1, sp.oo), m_long: sp.Range(1, sp.oo)},
        (sp.Lt(n, n_long), *prescribed_width(m, n), *prescribed_width(m_long, n_long)),
    ),
    {n: 200, m: 75, n_long: 10**6, m_long: 138},
    CORRECTED,
)

larger_dimension_is_no_worse = _refutation(
    "published-larger-dimension-is-no-worse",
    "reading: where some number of neurons reaches 99/100 in dimension d, some number does in every larger dimension",
    sp.Implies(
        sp.Ge(BestSuccess(10 * (d - 2), d, *DATASETS, sp.Rational(1, 2), TENTH), sp.Rational(99, 100)),
        sp.Ge(BestSuccess(10 * (d_large - 2), d_large, *DATASETS, sp.Rational(1, 2), TENTH), sp.Rational(99, 100)),
    ),
    Domain({d: sp.Range(12, sp.oo), d_large: sp.Range(12, sp.oo)}, (sp.Lt(d, d_large),)),
    {d: 249, d_large: 257},
    CORRECTED,
)

lower_end_early = _refutation(
    "published-lower-end-early",
    "reading: d = ceil(n^0.02) is enough for success 99/100 from n = 10^100 on, at b = 1/2",
    sp.Ge(BestSuccess((d - 2) * multiple_of, d, *DATASETS, sp.Rational(1, 2), TENTH), sp.Rational(99, 100)),
    Domain(
        {d: sp.Range(3, sp.oo), multiple_of: sp.Range(1, sp.oo)},
        (
            sp.Ge((d - 2) * multiple_of, sp.Integer(10) ** 100),
            sp.Ge(d**50, (d - 2) * multiple_of),
            sp.Lt((d - 1) ** 50, (d - 2) * multiple_of),
        ),
        {k: WORDS[k] for k in (d, multiple_of)},
    ),
    {d: 101, multiple_of: (10**100) // 99 + 1},
    CORRECTED,
)

length_does_not_matter_to_linear = _refutation(
    "published-linear-independent-of-length",
    "reading: at d = 12 linear attention fires on D1 with the same probability at n = 100 and n = 200",
    sp.Eq(
        FiringProbability(LINEAR_ON_D1, n, 12, sp.Rational(1, 100), a1, sp.Rational(1, 5), TENTH),
        FiringProbability(LINEAR_ON_D1, 2 * n, 12, sp.Rational(1, 100), a1, sp.Rational(1, 5), TENTH),
        evaluate=False,
    ),
    Domain({n: sp.Range(100, sp.oo), a1: sp.Interval(sp.Rational(7, 10), 2)}, (), {n: WORDS[n], a1: WORDS[a1]}),
    {n: 100, a1: sp.Rational(6, 5)},
    CORRECTED,
)
