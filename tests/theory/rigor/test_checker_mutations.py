"""Mutated certificates, and certificates of other statements, are rejected.

Two kinds of mutation are invalid by construction. A *targeted* one breaks a rule of the format at one node of a proof
of a true statement, in a way that no proof of that shape can have (a point left uncovered, a factor of the wrong sign,
...). And *whatever* is done to a certificate, it cannot prove a false statement: so the statement or the domain is
spoiled, with a point at which it fails, and the certificate is offered as it is and after random changes of its text.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from functools import cache
from typing import Any

import pytest
import sympy as sp

from theory.claim import Domain
from theory.evidence import Verdict
from theory.rigor import certificate as fmt
from theory.rigor.certificate import (
    Algebra,
    Boolean,
    Certificate,
    Collapse,
    Cut,
    Enumeration,
    Leaf,
    Leaves,
    Logarithm,
    Polynomial,
    Rewrite,
    Split,
    Substitution,
)
from theory.rigor.checker import check_certificate
from theory.rigor.prove import Budget, prove

X, Y, N, A, D = sp.symbols("x y n a delta")
x, y, n, a, s = (fmt.variable(name) for name in "xynas")
REALS = sp.Interval(-sp.oo, sp.oo)
RAY = sp.Interval(0, sp.oo)


@dataclass(frozen=True)
class Spoil:
    """A false neighbour of a case, and a point at which it fails (None: it is undefined somewhere)."""

    statement: Any
    domain: Domain
    witness: Mapping[sp.Symbol, Any] | None


@dataclass(frozen=True)
class Case:
    """A true statement, a certificate of it (None: made by `prove`), and false neighbours."""

    statement: Any
    domain: Domain
    spoiled: tuple[Spoil, ...]
    root: Any = None


def tight(statement: Any, domain: Domain, witness: Callable[[sp.Rational], Mapping[sp.Symbol, Any]], root: Any = None):
    """A case from a statement with a parameter `delta` that is true for delta = 0 and false for every delta > 0."""
    deltas: list[Any] = [sp.Rational(1, 3), sp.Rational(1, 50), sp.Rational(1, 10**4)]
    spoiled = tuple(Spoil(statement.subs(D, delta), domain, witness(delta)) for delta in deltas)
    return Case(statement.subs(D, 0), domain, spoiled, root)


def half_leaves(count: int) -> Leaves:
    """Leaves [k/count, (k + 1)/count] on [0, 1]."""
    return Leaves(tuple(Leaf(((Fraction(k, count), Fraction(k + 1, count)),)) for k in range(count)))


SQUARE = Domain({X: sp.Interval(0, 2), Y: sp.Interval(0, 2)})
TRIANGLE = Domain({X: sp.Interval(0, 2), Y: sp.Interval(0, 2)}, (sp.Ge(X + Y, 1),))
POLYNOMIAL_OF_N = N**2 - 7 * N + sp.Rational(122, 10)
INVERSE = Substitution(
    "x", 1 / y, "y", fmt.Span(sp.S.Zero, sp.S.One, True, False), 1 / x, Boolean((Polynomial(), Polynomial())),
    Leaves((Leaf(((Fraction(0), Fraction(1)),)),)),
)  # fmt: skip

# a(1 + a) = 1 + s makes the hypothesis a range; what is left is 1 + n^(-1-s) >= n^(-s), on one box.
POWER = n ** (s + 1)
WEIGHT = 1 / (1 + (N - 1) * N ** (-A * (1 + A)))
NEEDLE_DOMAIN = Domain({N: sp.Range(3, sp.oo), A: RAY}, (sp.Ge(A * (1 + A), 1),))
NEEDLE = Substitution(
    "a", sp.sqrt(4 * s + 5) / 2 - sp.Rational(1, 2), "s", fmt.Span(sp.S.Zero, sp.oo, False, True), a * (a + 1) - 1,
    Polynomial(),
    Rewrite(
        sp.Ge(1 + n ** (-s - 1) - n ** (-s), 0), POWER / (2 * POWER + 2 * n - 2), Algebra(),
        Leaves((Leaf(((Fraction(3), "oo"), (Fraction(0), "oo"))),)),
    ),
)  # fmt: skip

CASES: dict[str, Case] = {
    "tangent of exp": tight(sp.Ge(sp.exp(X), 1 + X + D), Domain({X: REALS}), lambda d: {X: 0}),
    "p(1-p)": tight(sp.Le(X * (1 - X), sp.Rational(1, 4) - D), Domain({X: sp.Interval(0, 1)}),
                    lambda d: {X: sp.Rational(1, 2)}),
    "p(1-p) by a square": tight(
        sp.Le(X * (1 - X), sp.Rational(1, 4) - D), Domain({X: REALS}), lambda d: {X: sp.Rational(1, 2)},
        Rewrite(sp.Ge((x - sp.Rational(1, 2)) ** 2, 0, evaluate=False), sp.S.One, None, Algebra())),
    "cosh": tight(
        sp.Le(sp.cosh(X), sp.exp(X**2 / 2 * (1 - D))), Domain({X: RAY}), lambda d: {X: sp.sqrt(d) / 2},
        Logarithm(Boolean((Algebra(), Algebra())), Collapse("x", "low", False, Algebra(), Collapse(
            "x", "low", False, Algebra(), Algebra(), Algebra()), Algebra()))),
    "Taylor remainder": tight(sp.Le(sp.exp(X) - 1 - X, (1 - D) * X**2 * sp.exp(X) / 2), Domain({X: sp.Interval(0, 4)}),
                              lambda d: {X: d / 4}),
    "needle weight": Case(
        sp.Ge(WEIGHT, sp.Rational(1, 2)), NEEDLE_DOMAIN,
        (
            Spoil(sp.Ge(WEIGHT, sp.Rational(1, 2)), replace(NEEDLE_DOMAIN, hypotheses=()), {N: 3, A: 0}),
            Spoil(sp.Ge(WEIGHT, sp.Rational(501, 1000)), NEEDLE_DOMAIN, {N: 10**6, A: sp.GoldenRatio - 1}),
            Spoil(sp.Ge(WEIGHT, sp.Rational(1, 2)),
                  replace(NEEDLE_DOMAIN, hypotheses=(sp.Ge(A * (1 + A), sp.Rational(99, 100)),)),
                  {N: 10**80, A: sp.Rational(6137, 10_000)}),
        ),
        NEEDLE,
    ),
    "strict box": Case(
        sp.Gt(sp.exp(X) + sp.exp(-Y) - X * Y, sp.Rational(1, 3)), SQUARE,
        (
            Spoil(sp.Gt(sp.exp(X) + sp.exp(-Y) - X * Y, sp.Rational(3, 4)), SQUARE, {X: sp.Rational(7, 10), Y: 2}),
            Spoil(sp.Lt(sp.exp(X) + sp.exp(-Y) - X * Y, sp.Rational(1, 3)), SQUARE, {X: 0, Y: 0}),
            Spoil(sp.Gt(sp.exp(X) + sp.exp(-Y) - X * Y, sp.Rational(1, 3)),
                  Domain({X: sp.Interval(0, 2), Y: sp.Interval(0, 4)}), {X: sp.Rational(14, 10), Y: 4}),
        ),
    ),
    "box with a hypothesis": Case(
        sp.Ge(sp.exp(X) + Y, sp.Rational(3, 2)), TRIANGLE,
        (
            Spoil(sp.Ge(sp.exp(X) + Y, sp.Rational(3, 2)), SQUARE, {X: 0, Y: 0}),
            Spoil(sp.Ge(sp.exp(X) + Y, sp.Rational(3, 2)),
                  replace(TRIANGLE, hypotheses=(sp.Ge(X + Y, sp.Rational(1, 3)),)),
                  {X: 0, Y: sp.Rational(1, 3)}),
            Spoil(sp.Ge(sp.exp(X) + Y, sp.Rational(21, 10)), TRIANGLE, {X: 0, Y: 1}),
            Spoil(sp.Ge(sp.exp(X) + Y, sp.Rational(3, 2)), replace(TRIANGLE, hypotheses=(sp.Le(X + Y, 1),)),
                  {X: 0, Y: 0}),
        ),
        Leaves(tuple(
            Leaf(((Fraction(i, 4), Fraction(i + 1, 4)), (Fraction(j, 4), Fraction(j + 1, 4))),
                 0 if i + j < 2 else "statement")
            for i in range(8) for j in range(8)
        )),
    ),
    "leaves of one variable": Case(
        sp.Lt(sp.exp(X) - X**2, 2), Domain({X: sp.Interval(0, 1)}),
        (
            Spoil(sp.Lt(sp.exp(X) - X**2, 2), Domain({X: sp.Interval(0, 2)}), {X: 2}),
            Spoil(sp.Lt(sp.exp(X) - X**2, sp.Rational(17, 10)), Domain({X: sp.Interval(0, 1)}), {X: 1}),
        ),
        half_leaves(16),
    ),
    "finite set": Case(
        sp.Ge(X**2, X), Domain({X: sp.FiniteSet(0, 1, 2, sp.Rational(7, 2))}),
        (
            Spoil(sp.Ge(X**2, X), Domain({X: sp.FiniteSet(0, sp.Rational(1, 2), 1, 2)}), {X: sp.Rational(1, 2)}),
            Spoil(sp.Gt(X**2, X), Domain({X: sp.FiniteSet(0, 1, 2, sp.Rational(7, 2))}), {X: 1}),
        ),
    ),
    "true for integers only": Case(
        sp.Gt(POLYNOMIAL_OF_N, 0), Domain({N: sp.Range(0, 10)}),
        (
            Spoil(sp.Gt(POLYNOMIAL_OF_N, 0), Domain({N: sp.Interval(0, 9)}), {N: sp.Rational(7, 2)}),
            Spoil(sp.Gt(POLYNOMIAL_OF_N, sp.Rational(1, 5)), Domain({N: sp.Range(0, 10)}), {N: 3}),
        ),
        Enumeration("n", (Algebra(),) * 10),
    ),
    "integer leaves": Case(
        sp.Gt(POLYNOMIAL_OF_N, 0), Domain({N: sp.Range(0, 10)}),
        (Spoil(sp.Gt(POLYNOMIAL_OF_N, 0), Domain({N: sp.Interval(0, 9)}), {N: sp.Rational(7, 2)}),),
        Leaves(tuple(Leaf(((Fraction(k), Fraction(k)),)) for k in range(10))),
    ),
    "equivalence": Case(
        sp.Equivalent(X > 2, X**2 > 4), Domain({X: RAY}),
        (
            Spoil(sp.Equivalent(X > 2, X**2 > 4), Domain({X: REALS}), {X: -3}),
            Spoil(sp.Equivalent(X >= 2, X**2 > 4), Domain({X: RAY}), {X: 2}),
            Spoil(sp.Equivalent(X > 2, sp.Rational(401, 100) < X**2), Domain({X: RAY}), {X: sp.Rational(2001, 1000)}),
        ),
    ),
    "implication": tight(sp.Implies(X > Y, sp.exp(X) > sp.exp(Y) + D), Domain({X: REALS, Y: REALS}),
                         lambda d: {X: sp.log(d / 2), Y: sp.log(d / 4)}),
    "open end": Case(
        sp.Gt(sp.exp(X) - 1, 0), Domain({X: sp.Interval.Lopen(0, 1)}),
        (
            Spoil(sp.Gt(sp.exp(X) - 1, 0), Domain({X: sp.Interval(0, 1)}), {X: 0}),
            Spoil(sp.Gt(sp.exp(X) - 1, 0), Domain({X: sp.Interval.Lopen(-sp.Rational(1, 10**6), 1)}), {X: 0}),
        ),
        Leaves((Leaf(((Fraction(0), Fraction(1)),)),)),
    ),
    "pole": Case(
        sp.Ge(1 / X, 1), Domain({X: sp.Interval.Lopen(0, 1)}),
        (
            Spoil(sp.Ge(1 / X, 1), Domain({X: sp.Interval(0, 1)}), None),
            Spoil(sp.Ge(1 / X, 1), Domain({X: sp.Interval.Lopen(0, sp.Rational(101, 100))}),
                  {X: sp.Rational(101, 100)}),
        ),
        Polynomial(),
    ),
    "substitution": Case(
        sp.Le(1 / (1 + 1 / X), 1), Domain({X: sp.Interval(1, sp.oo)}),
        (
            Spoil(sp.Le(1 / (1 + 1 / X), sp.Rational(999, 1000)), Domain({X: sp.Interval(1, sp.oo)}), {X: 10**4}),
            Spoil(sp.Le(1 / (1 + 1 / X), 1), Domain({X: sp.Interval(-3, sp.oo)}), {X: -2}),
        ),
        INVERSE,
    ),
    "split and cut": Case(
        sp.Ge(sp.exp(X) * (X**2 + 1), 2 * X * sp.exp(X)), Domain({X: REALS}),
        (Spoil(sp.Ge(sp.exp(X) * (X**2 + 1), 2 * X * sp.exp(X) + sp.Rational(1, 10**9)), Domain({X: REALS}), {X: 1}),),
        Split("x", Fraction(0), Cut(sp.Gt(sp.exp(x), 0, evaluate=False), Algebra(), Polynomial()), Algebra()),
    ),
    "strict collapse": Case(
        sp.Gt(sp.exp(X), 1 + X), Domain({X: sp.Interval.open(0, sp.oo)}),
        (
            Spoil(sp.Gt(sp.exp(X), 1 + X), Domain({X: RAY}), {X: 0}),
            Spoil(sp.Gt(sp.exp(X), 1 + X + X**3), Domain({X: sp.Interval.open(0, sp.oo)}), {X: 2}),
        ),
        Collapse("x", "low", True, Algebra(), Algebra(), Algebra()),
    ),
}  # fmt: skip


@cache
def certificate_of(name: str) -> Certificate:
    case = CASES[name]
    if case.root is not None:
        return Certificate(case.root)
    outcome = prove(case.statement, case.domain, budget=Budget(boxes=50_000, seconds=60))
    assert outcome.certificate is not None, outcome.message
    return outcome.certificate


@pytest.mark.parametrize("name", CASES)
def test_the_unspoiled_certificate_is_accepted(name):
    report = check_certificate(CASES[name].statement, CASES[name].domain, certificate_of(name))
    assert report.verdict is Verdict.HOLDS, report.message


@pytest.mark.parametrize("name", CASES)
def test_the_spoiled_statements_are_false(name):
    """The premise of the tests below: at its witness each spoiled statement fails, and the hypotheses hold."""
    for spoil in CASES[name].spoiled:
        if spoil.witness is not None:
            point = {symbol: sp.sympify(value) for symbol, value in spoil.witness.items()}
            assert all(value in spoil.domain.ranges[symbol] for symbol, value in point.items())
            assert not _holds(spoil.statement, point)
            assert all(_holds(hypothesis, point) for hypothesis in spoil.domain.hypotheses)


def _holds(statement: Any, point: Mapping[sp.Symbol, sp.Expr]) -> bool:
    """Truth at a point, by a hundred digits; ties count as equal."""
    if not statement.is_Relational:
        return bool(statement.func(*[sp.sympify(_holds(part, point)) for part in statement.args]))
    gap = (statement.lhs - statement.rhs).subs(point).evalf(100)
    sign = 0 if abs(gap) < sp.Float("1e-90") else (1 if gap > 0 else -1)
    return bool(statement.func(sp.Integer(sign), 0))


# --- targeted mutations --------------------------------------------------------------------------------------------


def rebuilt(node: Any, change: Callable[[Any], Iterator[Any]]) -> Iterator[Any]:
    """The trees that come from applying `change` to one node of a tree."""
    yield from change(node)
    for entry in fields(node):
        value = getattr(node, entry.name)
        if isinstance(value, fmt.KINDS):
            for child in rebuilt(value, change):
                yield replace(node, **{entry.name: child})
        elif entry.name == "parts":
            for position, part in enumerate(value):
                for child in rebuilt(part, change):
                    yield replace(node, parts=(*value[:position], child, *value[position + 1 :]))


def _centre(leaf: Leaf) -> tuple[Fraction, ...]:
    """A point of the leaf, inside it where it has an inside."""
    point = []
    for low, high in leaf.box:
        if isinstance(low, Fraction):
            point.append((low + high) / 2 if isinstance(high, Fraction) else low + 1)
        else:
            point.append(high - 1 if isinstance(high, Fraction) else Fraction(0))
    return tuple(point)


def _inside(point: tuple[Fraction, ...], leaf: Leaf) -> bool:
    return all(
        (isinstance(low, str) or low <= q) and (isinstance(high, str) or q <= high)
        for q, (low, high) in zip(point, leaf.box, strict=True)
    )


def _with_leaf(node: Leaves, position: int, *leaves: Leaf) -> Leaves:
    return replace(node, leaves=(*node.leaves[:position], *leaves, *node.leaves[position + 1 :]))


def broken_leaves(node: Any) -> Iterator[Any]:
    """Leaves with a point of the region left uncovered, or with a tag or an end that cannot be right."""
    if not isinstance(node, Leaves):
        return
    for position in range(0, len(node.leaves), 1 + len(node.leaves) // 4):
        leaf = node.leaves[position]
        centre = _centre(leaf)
        others = [other for place, other in enumerate(node.leaves) if place != position]
        if not any(_inside(centre, other) for other in others):
            yield _with_leaf(node, position)  # dropped
            for axis, (low, high) in enumerate(leaf.box):
                swapped = [] if low == high else [(high, low)]
                for end in (*swapped, (centre[axis] + Fraction(1, 997), high), (low, centre[axis] - Fraction(1, 997))):
                    yield _with_leaf(node, position, replace(leaf, box=(*leaf.box[:axis], end, *leaf.box[axis + 1 :])))
        yield _with_leaf(node, position, replace(leaf, by=7))
        yield _with_leaf(node, position, replace(leaf, box=(*leaf.box, (Fraction(0), Fraction(1)))))
        yield _with_leaf(node, position, replace(leaf, form="certain"))  # type: ignore[arg-type]
        for bad in (float("nan"), float("inf"), "oo", None, "0"):
            yield _with_leaf(node, position, replace(leaf, box=((bad, leaf.box[0][1]), *leaf.box[1:])))  # type: ignore[arg-type]
    yield replace(node, bits=0)
    yield replace(node, bits=10**9)


def broken_structure(node: Any) -> Iterator[Any]:
    """Parts that are missing or too many, cuts outside the range, variables that do not exist."""
    if isinstance(node, Boolean | Enumeration):
        yield replace(node, parts=node.parts[:-1])
        yield replace(node, parts=(*node.parts, Algebra()))
        yield replace(node, parts=())
    if isinstance(node, Split | Enumeration | Collapse | Substitution):
        yield replace(node, variable="nothing")
    if isinstance(node, Split):
        yield replace(node, at=float(node.at))  # type: ignore[arg-type]
        yield replace(node, above=Leaves(()))


def broken_rewrite(node: Any) -> Iterator[Any]:
    """Factors of the wrong sign, rewritten relations that are not the old one, other relation signs."""
    if not isinstance(node, Rewrite):
        return
    relation: Any = node.statement
    yield replace(node, factor=-node.factor)
    yield replace(node, factor=2 * node.factor)
    yield replace(node, factor=node.factor + 1)
    yield replace(node, factor=sp.nan)
    for left in (relation.lhs + 1, relation.lhs - sp.Rational(1, 10**12), relation.lhs + x * y * n + 3):
        yield replace(node, statement=relation.func(left, relation.rhs, evaluate=False))
    yield replace(node, statement=sp.Ne(relation.lhs, relation.rhs, evaluate=False))
    yield replace(node, statement=sp.true)


def broken_substitution(node: Any) -> Iterator[Any]:
    """Maps that are not inverse to each other, ranges that the image does not fit."""
    if not isinstance(node, Substitution):
        return
    yield replace(node, expression=node.expression + 1)
    yield replace(node, expression=-node.expression)
    yield replace(node, inverse=node.inverse + 1)
    yield replace(node, inverse=2 * node.inverse)
    yield replace(node, span=replace(node.span, integer=True))
    yield replace(node, span=replace(node.span, low=sp.Integer(10**6), high=sp.oo))
    yield replace(node, span=replace(node.span, low=sp.nan))
    yield replace(node, new="not a name")


def broken_collapse(node: Any) -> Iterator[Any]:
    """The other end (a derivative of the wrong sign), ends that do not exist, strictness that is not there."""
    if not isinstance(node, Collapse):
        return
    yield replace(node, end="high" if node.end == "low" else "low")
    yield replace(node, end="middle")  # type: ignore[arg-type]
    if not node.strict:
        yield replace(node, strict=True)
    else:
        yield replace(node, strict=False)  # the face is then only an equality
    yield replace(node, variable="y" if node.variable == "x" else "x")


MUTATIONS = [broken_leaves, broken_structure, broken_rewrite, broken_substitution, broken_collapse]


def targeted(name: str) -> list[Certificate]:
    root = certificate_of(name).root
    return [Certificate(tree) for change in MUTATIONS for tree in rebuilt(root, change)]


@pytest.mark.parametrize("name", CASES)
def test_targeted_mutations_are_rejected(name):
    case = CASES[name]
    for mutated in targeted(name):
        report = check_certificate(case.statement, case.domain, mutated, steps=10_000_000)
        assert report.verdict is Verdict.UNDECIDED, f"accepted: {str(mutated.root)[:600]}"


def test_there_are_hundreds_of_targeted_mutations_of_every_kind():
    counts = {change.__name__: 0 for change in MUTATIONS}
    for name in CASES:
        for change in MUTATIONS:
            counts[change.__name__] += sum(1 for _ in rebuilt(certificate_of(name).root, change))
    assert sum(counts.values()) >= 300, counts
    assert min(counts.values()) >= 8, counts


@pytest.mark.parametrize(
    ("part", "answer", "name"),
    [
        ("gap", None, "box with a hypothesis"),
        ("certain", True, "true for integers only"),
        ("vanishes", True, "p(1-p) by a square"),
        ("vanishes", True, "substitution"),
        ("polynomial_refutes", "unsat", "pole"),
        ("sign_known", True, "strict collapse"),
    ],
)
def test_a_checker_without_one_of_its_parts_lets_something_through(monkeypatch, part, answer, name):
    """Each part of the checker is what stops some mutation: replaced by one that is always content, it does not."""
    case = CASES[name]
    offered = [(case.statement, case.domain, mutated) for mutated in targeted(name)]
    offered += [(spoil.statement, spoil.domain, certificate_of(name)) for spoil in case.spoiled]
    if part == "certain":
        offered = [(spoil.statement, spoil.domain, Certificate(half_leaves(1))) for spoil in CASES["open end"].spoiled]

    def let_through() -> int:
        reports = (check_certificate(statement, domain, each) for statement, domain, each in offered)
        return sum(report.verdict is Verdict.HOLDS for report in reports)

    assert let_through() == 0
    monkeypatch.setattr(f"theory.rigor.checker_nodes.{part}", lambda *_: answer)
    assert let_through() > 0


def test_a_change_that_keeps_the_proof_keeps_the_verdict():
    """A leaf cut in two, one moved outward or one repeated proves as much as before."""
    case = CASES["leaves of one variable"]
    root = half_leaves(16)
    low, high = (Fraction(end) for end in root.leaves[3].box[0])
    middle = (low + high) / 3
    cut = _with_leaf(root, 3, Leaf(((low, middle),)), Leaf(((middle, high),)))
    wider = _with_leaf(root, 3, Leaf(((low - Fraction(1, 50), high + Fraction(1, 50)),)))
    repeated = replace(root, leaves=(*root.leaves, root.leaves[2]))
    for tree in (cut, wider, repeated):
        assert check_certificate(case.statement, case.domain, Certificate(tree)).verdict is Verdict.HOLDS


# --- false statements ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CASES)
def test_the_certificate_does_not_prove_a_spoiled_statement(name):
    for spoil in CASES[name].spoiled:
        report = check_certificate(spoil.statement, spoil.domain, certificate_of(name), steps=10_000_000)
        assert report.verdict is Verdict.UNDECIDED, spoil


def randomly_changed(body: Any, rng: random.Random) -> Any:
    """A JSON value with one random change somewhere in it."""
    places: list[tuple[Any, Any]] = []
    nodes: list[Any] = []
    pending = [body]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            nodes.append(value)
        if isinstance(value, dict | list):
            keys = value.keys() if isinstance(value, dict) else range(len(value))
            for key in keys:
                places.append((value, key))
                pending.append(value[key])
    parent, key = rng.choice(places)
    value = parent[key]
    choice = rng.randrange(6)
    if choice == 0 and isinstance(parent, list):
        del parent[key]
    elif choice == 1 and isinstance(parent, list):
        parent.insert(key, json.loads(json.dumps(rng.choice(parent))))
    elif isinstance(value, dict):
        parent[key] = json.loads(json.dumps(rng.choice([*nodes, {"kind": "Algebra"}, {"kind": "Polynomial"}])))
    elif isinstance(value, bool):
        parent[key] = not value
    elif isinstance(value, int):
        parent[key] = rng.choice([value + 1, -value, value * 2, 0])
    elif isinstance(value, str):
        numbers = ["0", "1", "-1/3", "oo", "-oo", "nan", "1e9", "1/0", "100000"]
        words = ["low", "high", "x", "y", "statement", "natural", "mean value", "Algebra", "Polynomial", "Leaves"]
        sympy_words = value.replace("LessThan", "GreaterThan"), value.replace("Integer(1)", "Integer(-1)")
        parent[key] = rng.choice(sympy_words) if "(" in value else rng.choice([*numbers, *words])
    else:
        parent[key] = rng.choice([None, 0, [], "x", {"kind": "Algebra"}])
    return body


def _random_texts(name: str, count: int) -> Iterator[str]:
    rng = random.Random(name)
    text = fmt.to_json(certificate_of(name))
    for _ in range(count):
        body = json.loads(text)
        for _ in range(rng.randint(1, 4)):
            body = randomly_changed(body, rng)
        yield json.dumps(body)


def _never_proves_a_spoiled_statement(name: str, count: int) -> None:
    case = CASES[name]
    for number, text in enumerate(_random_texts(name, count)):
        spoil = case.spoiled[number % len(case.spoiled)]
        report = check_certificate(spoil.statement, spoil.domain, text, steps=2_500_000)
        assert report.verdict is Verdict.UNDECIDED, f"{spoil} by {text[:2000]}"
        assert report.message.endswith(".")


@pytest.mark.parametrize("name", CASES)
def test_no_random_change_of_a_certificate_proves_a_false_statement(name):
    _never_proves_a_spoiled_statement(name, 25)


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_no_random_change_among_many_proves_a_false_statement(name):
    _never_proves_a_spoiled_statement(name, 300)


@pytest.mark.parametrize("name", ["strict box", "cosh", "equivalence", "substitution"])
def test_a_certificate_of_another_statement_proves_no_false_one(name):
    for other in CASES:
        for spoil in CASES[name].spoiled[:2]:
            report = check_certificate(spoil.statement, spoil.domain, certificate_of(other), steps=2_500_000)
            assert report.verdict is Verdict.UNDECIDED, (other, spoil)
