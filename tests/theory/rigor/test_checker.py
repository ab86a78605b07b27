"""The checker accepts proofs, node kind by node kind, and rejects what only looks like one."""

from __future__ import annotations

import ast
import random
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import sympy as sp

import theory.rigor
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

X, Y, N = sp.symbols("x y n")
x, t = (fmt.variable(name) for name in "xt")
UNIT = Domain({X: sp.Interval(0, 1)})
RAY = Domain({X: sp.Interval(0, sp.oo)})
REALS = Domain({X: sp.Interval(-sp.oo, sp.oo)})
HALF = sp.Rational(1, 2)
NOT_ZERO: Any = sp.Ne(X, 0)
NOT_ONE: Any = sp.Ne(X, 1)


def box(*ends: tuple[Any, Any], by: Any = "statement", form: Any = "natural") -> Leaf:
    """A leaf from ends given as ints, texts of rationals, or infinities."""

    def exact(end: Any) -> Fraction | str:
        return end if end in ("oo", "-oo") else Fraction(end)

    return Leaf(tuple((exact(low), exact(high)) for low, high in ends), by, form)


def accepted(statement: Any, domain: Domain, root: Any) -> bool:
    """Whether the checker accepts, as an object and as JSON text alike."""
    certificate = Certificate(root)
    report = check_certificate(statement, domain, certificate)
    again = check_certificate(statement, domain, fmt.to_json(certificate))
    assert report.verdict is again.verdict, (report.message, again.message)
    assert report.verdict in (Verdict.HOLDS, Verdict.UNDECIDED)
    return report.verdict is Verdict.HOLDS


# --- node by node --------------------------------------------------------------------------------------------------

CASES: list[tuple[str, Any, Domain, Any, bool]] = [
    ("leaf", sp.Le(sp.exp(X), 3), UNIT, Leaves((box((0, 1)),)), True),
    ("leaf, false", sp.Le(sp.exp(X), sp.Rational(27, 10)), UNIT, Leaves((box((0, 1)),)), False),
    ("leaf, short", sp.Le(sp.exp(X), 3), UNIT, Leaves((box((0, "1023/1024")),)), False),
    ("leaves with a gap", sp.Le(sp.exp(X), 3), UNIT, Leaves((box((0, "1/3")), box(("1/2", 1)))), False),
    ("no leaves", sp.Le(sp.exp(X), 3), UNIT, Leaves(()), False),
    ("ends swapped", sp.Le(sp.exp(X), 3), UNIT, Leaves((box((1, 0)),)), False),
    ("leaf to infinity", sp.Ge(sp.exp(X), 1), RAY, Leaves((box((0, "oo")),)), True),
    ("leaf to a large number", sp.Ge(sp.exp(X), 1), RAY, Leaves((box((0, 10**40)),)), False),
    ("open end used", sp.Gt(X, 0), Domain({X: sp.Interval.Lopen(0, 1)}), Leaves((box((0, 1)),)), True),
    ("closed end", sp.Gt(X, 0), UNIT, Leaves((box((0, 1)),)), False),
    ("two dimensions", sp.Le(X * Y, 2), Domain({X: sp.Interval(0, 1), Y: sp.Interval(0, 2)}),
     Leaves((box((0, 1), (0, 1)), box((0, 1), (1, 2)))), True),
    ("sides exchanged", sp.Le(X * Y, 2), Domain({X: sp.Interval(0, 1), Y: sp.Interval(0, 2)}),
     Leaves((box((0, 2), (0, 1)),)), False),
    ("integers need no cover between", sp.Ge(2**N, N + 1), Domain({N: sp.Range(0, 3)}),
     Leaves((box((0, 0)), box((1, 1)), box((2, 2)))), True),
    ("an integer left out", sp.Ge(2**N, N + 1), Domain({N: sp.Range(0, 3)}), Leaves((box((0, 0)), box((2, 2)))), False),
    ("irrational end", sp.Le(X**2, 2), Domain({X: sp.Interval(0, sp.sqrt(2))}),
     Leaves((box((0, 1)), box((1, 2)))), False),
    ("irrational end, roomier", sp.Lt(X**2, sp.Rational(201, 100)), Domain({X: sp.Interval(0, sp.sqrt(2))}),
     Leaves((box((0, 1)), box((1, 2)))), True),
    ("irrational end not reached", sp.Lt(X**2, 3), Domain({X: sp.Interval(0, sp.sqrt(2))}),
     Leaves((box((0, "1414213562/1000000000")),)), False),
    ("hypothesis false on the leaf", sp.Ge(X, 1), Domain({X: sp.Interval(0, 3)}, (sp.Ge(X**2, 2),)),
     Leaves((box((0, 1), by=0), box((1, 3)))), True),
    ("hypothesis not false", sp.Ge(X, 1), Domain({X: sp.Interval(0, 3)}, (sp.Ge(X**2, HALF),)),
     Leaves((box((0, 1), by=0), box((1, 3)))), False),
    ("no such hypothesis", sp.Ge(X, 1), Domain({X: sp.Interval(0, 3)}),
     Leaves((box((0, 1), by=0), box((1, 3)))), False),
    ("undefined at an end", sp.Ge(1 / X, 0), UNIT, Leaves((box((0, 1)),)), False),
    ("algebra", sp.Ge((X - 1) ** 2, 0), REALS, Algebra(), True),
    ("algebra, not known", sp.Ge((X - 1) ** 3, 0), REALS, Algebra(), False),
    ("algebra, identity", sp.Eq(sp.cosh(X) + sp.sinh(X), sp.exp(X)), REALS, Algebra(), True),
    ("algebra, no identity", sp.Eq(sp.cosh(X) + sp.sinh(X), sp.exp(X) + X / 10**20), REALS, Algebra(), False),
    ("algebra, strict at a zero", sp.Gt((X - 1) ** 2, 0), REALS, Algebra(), False),
    ("polynomial", sp.Le(X * (1 - X), sp.Rational(1, 4)), REALS, Polynomial(), True),
    ("polynomial, false", sp.Le(X * (1 - X), sp.Rational(24, 100)), REALS, Polynomial(), False),
    ("polynomial, strict", sp.Lt(X * (1 - X), sp.Rational(1, 4)), REALS, Polynomial(), False),
    ("polynomial, undefined", sp.Ge(X**2 / X, X), UNIT, Polynomial(), True),  # SymPy has already cancelled it
    ("polynomial with a pole", sp.Ge(1 / X, 1), UNIT, Polynomial(), False),
    ("polynomial, pole excluded", sp.Ge(1 / X, 1), Domain({X: sp.Interval.Lopen(0, 1)}), Polynomial(), True),
    ("and", sp.And(X >= 0, X <= 1), UNIT, Boolean((Algebra(), Algebra())), True),
    ("and, a part missing", sp.And(X >= 0, X <= 1), UNIT, Boolean((Algebra(),)), False),
    ("and, a part false", sp.And(X >= 0, X <= HALF), UNIT, Boolean((Algebra(), Algebra())), False),
    ("implies", sp.Implies(X > 1, X**2 > 1), REALS, Boolean((Polynomial(),)), True),
    ("implies, converse", sp.Implies(X**2 > 1, X > 1), REALS, Boolean((Polynomial(),)), False),
    ("equivalent", sp.Equivalent(X > 1, X**2 > 1), RAY, Boolean((Polynomial(), Polynomial())), True),
    ("equivalent, one way only", sp.Equivalent(X > 1, X**2 > 1), REALS, Boolean((Polynomial(), Polynomial())), False),
    ("or", sp.Or(X >= 1, X**2 <= X), RAY, Boolean((Polynomial(),)), True),
    ("or, false", sp.Or(X >= 2, X**2 <= X), RAY, Boolean((Polynomial(),)), False),
    ("equation as two inequalities", sp.Eq(X**2 - X * X, 0, evaluate=False), RAY, Algebra(), True),
    ("split", sp.Ge(X**3 - X**2 + 1, HALF), Domain({X: sp.Interval(0, 2)}),
     Split("x", Fraction(1), Polynomial(), Polynomial()), True),
    ("split outside", sp.Ge(X**3 - X**2 + 1, HALF), Domain({X: sp.Interval(0, 2)}),
     Split("x", Fraction(3), Polynomial(), Algebra()), False),
    ("split of integers", sp.Ge(N**2, N), Domain({N: sp.Range(-5, sp.oo)}),
     Split("n", Fraction(1, 2), Polynomial(), Algebra()), True),
    ("enumeration", sp.Ge(N**2, N), Domain({N: sp.Range(-2, 3)}), Enumeration("n", (Algebra(),) * 5), True),
    ("enumeration, one short", sp.Ge(N**2, N), Domain({N: sp.Range(-2, 3)}), Enumeration("n", (Algebra(),) * 4), False),
    ("enumeration of reals", sp.Ge(X**2 + 1, X), UNIT, Enumeration("x", (Algebra(),) * 2), False),
    ("enumeration of values", sp.Ne(X, 1), Domain({X: sp.FiniteSet(HALF, sp.sqrt(2))}),
     Enumeration("x", (Algebra(),) * 2), True),
    ("leaves on a finite set", sp.Ge(X, 0), Domain({X: sp.FiniteSet(HALF, 2)}), Leaves((box((0, 3)),)), False),
    ("rewrite", sp.Ge(X**2 + 1, 2 * X), REALS,
     Rewrite(sp.Ge((x - 1) ** 2, 0, evaluate=False), sp.S.One, None, Algebra()), True),
    ("rewrite, wrong square", sp.Ge(X**2 + 1, 2 * X), REALS,
     Rewrite(sp.Ge((x - 2) ** 2, 0, evaluate=False), sp.S.One, None, Algebra()), False),
    ("rewrite with a factor", sp.Ge(sp.exp(X), X * sp.exp(X)), UNIT,
     Rewrite(sp.Ge(1 - x, 0), sp.exp(x), Algebra(), Algebra()), True),
    ("factor of the wrong sign", sp.Ge(-sp.exp(X), -X * sp.exp(X)), UNIT,
     Rewrite(sp.Ge(1 - x, 0), -sp.exp(x), Algebra(), Algebra()), False),
    ("factor that vanishes, strict", sp.Gt(X, 0), UNIT, Rewrite(sp.Gt(sp.S.One + 0 * x, 0, evaluate=False), x,
     Algebra(), Algebra()), False),
    ("factor that vanishes, weak", sp.Ge(X * sp.exp(X), 0), UNIT,
     Rewrite(sp.Gt(sp.exp(x), 0, evaluate=False), x, Algebra(), Algebra()), True),
    ("rewrite from > to >=", sp.Gt(X, 0), UNIT, Rewrite(sp.Ge(x, 0, evaluate=False), sp.S.One, None, Algebra()), False),
    ("division by zero", sp.Ge(X - 1, 0), UNIT, Rewrite(sp.Ge((x - 1) / x, 0), x, Algebra(), Polynomial()), False),
    ("logarithm", sp.Ge(sp.exp(X**2), sp.exp(X / 2 - sp.Rational(1, 16))), REALS,
     Logarithm(Boolean((Algebra(), Algebra())), Polynomial()), True),
    ("logarithm of a negative side", sp.Ge(X, -sp.exp(X)), REALS,
     Logarithm(Boolean((Algebra(), Algebra())), Polynomial()), False),
    ("substitution", sp.Ge(1 + 1 / X, 1), Domain({X: sp.Interval(1, sp.oo)}),
     Substitution("x", 1 / t, "t", fmt.Span(sp.S.Zero, sp.S.One, True, False), 1 / x,
                  Boolean((Polynomial(), Polynomial())), Leaves((box((0, 1)),))), True),
    ("substitution, range too small", sp.Ge(1 + 1 / X, 1), Domain({X: sp.Interval(1, sp.oo)}),
     Substitution("x", 1 / t, "t", fmt.Span(sp.S.Zero, HALF, True, False), 1 / x,
                  Boolean((Polynomial(), Polynomial())), Leaves((box((0, 1)),))), False),
    ("substitution, not the inverse", sp.Ge(1 + 1 / X, 1), Domain({X: sp.Interval(1, sp.oo)}),
     Substitution("x", 1 / t, "t", fmt.Span(sp.S.Zero, sp.S.One, True, False), 1 / x**2,
                  Boolean((Polynomial(), Polynomial())), Leaves((box((0, 1)),))), False),
    ("substitution, inverse undefined", sp.Ge(X, 0), UNIT,
     Substitution("x", 1 / t, "t", fmt.Span(sp.S.NegativeInfinity, sp.oo, True, True),
     1 / x, Algebra(), Algebra()), False),
    ("substitution, half of a square", sp.Ge(X, 0), REALS,
     Substitution("x", t**2, "t", fmt.Span(sp.S.NegativeInfinity, sp.oo, True, True), sp.sqrt(x), Algebra(), Algebra()),
     False),
    ("widening", sp.Le(X, 2), UNIT, Substitution("x", x, "x", fmt.Span(-sp.oo, sp.S.One, True, False), x,
     Algebra(), Algebra()), True),
    ("narrowing", sp.Le(X, HALF), UNIT, Substitution("x", x, "x", fmt.Span(sp.S.Zero, HALF), x, Algebra(), Algebra()),
     False),
    ("cut", sp.Ge(X**2 * sp.exp(X), 0), REALS, Cut(sp.Gt(sp.exp(x), 0, evaluate=False), Algebra(), Polynomial()), True),
    ("cut by a falsehood", sp.Ge(X, 0), REALS, Cut(sp.Ge(x, 0), Algebra(), Polynomial()), False),
    ("cut by something undefined", sp.Ge(X, 1), UNIT, Cut(sp.Ge(1 / x, 1), Polynomial(), Polynomial()), False),
    ("collapse", sp.Ge(sp.exp(X), 1 + X), RAY, Collapse("x", "low", False, Algebra(), Algebra(), Algebra()), True),
    ("collapse, iterated", sp.Ge(sp.exp(X), 1 + X + X**2 / 2), RAY,
     Collapse("x", "low", False, Algebra(), Collapse("x", "low", False, Algebra(), Algebra(), Algebra()),
     Algebra()), True),
    ("collapse to the wrong end", sp.Ge(sp.exp(-X), HALF), UNIT,
     Collapse("x", "low", False, Algebra(), Algebra(), Algebra()), False),
    ("collapse to the right end", sp.Ge(sp.exp(-X), sp.Rational(1, 3)), UNIT,
     Collapse("x", "high", False, Algebra(), Algebra(), Leaves((box(),))), True),
    ("collapse to infinity", sp.Ge(sp.exp(-X) * (1 + X), 0), RAY,
     Collapse("x", "high", False, Algebra(), Algebra(), Algebra()), False),
    ("collapse, strict", sp.Gt(sp.exp(X), 1 + X), Domain({X: sp.Interval.open(0, sp.oo)}),
     Collapse("x", "low", True, Algebra(), Algebra(), Algebra()), True),
    ("collapse, strict at a closed end", sp.Gt(sp.exp(X), 1 + X), RAY,
     Collapse("x", "low", True, Algebra(), Algebra(), Algebra()), False),
    ("collapse, strict without saying so", sp.Gt(sp.exp(X), 1 + X), Domain({X: sp.Interval.open(0, sp.oo)}),
     Collapse("x", "low", False, Algebra(), Algebra(), Algebra()), False),
    ("collapse across a pole", sp.Ge(-1 / X, -1), Domain({X: sp.Interval(-1, 1)}, (NOT_ZERO,)),
     Collapse("x", "low", False, Algebra(), Algebra(), Algebra()), False),
    ("collapse of a step", sp.Le(sp.floor(X), 0), Domain({X: sp.Interval(0, 2)}),
     Collapse("x", "low", False, Algebra(), Algebra(), Algebra()), False),
    ("collapse that would leave its hypothesis", sp.Ge(X * Y, 1), Domain({X: sp.Interval(0, 5), Y: sp.Interval(0, 5)},
     (sp.Ge(X * Y, 1),)), Collapse("x", "low", False, Algebra(), Algebra(), Polynomial()), False),
    ("unknown function", sp.Le(sp.zeta(X), 3), Domain({X: sp.Interval(2, 3)}), Leaves((box((2, 3)),)), False),
    ("guarded by an implication", sp.Implies(X > 0, sp.Ge(1 / X, 0)), REALS, Boolean((Polynomial(),)), True),
    ("finite sum", sp.Ge(sp.Sum(X**Y, (Y, 0, 3)), 1), UNIT, Algebra(), True),
    ("finite sum, false", sp.Ge(sp.Sum(X**Y, (Y, 1, 3)), 1), UNIT, Algebra(), False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("statement", "domain", "root", "valid"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_node(statement, domain, root, valid):
    assert accepted(statement, domain, root) is valid


@pytest.mark.parametrize("label", ["", "0c94820ac883e722", "12e4567890123456", "7"])
def test_the_fingerprint_is_a_label_and_may_look_like_a_number(label):
    text = fmt.to_json(Certificate(Leaves((box((0, 1)),)), label))
    assert check_certificate(sp.Le(sp.exp(X), 3), UNIT, text).verdict is Verdict.HOLDS


def test_the_path_of_the_failing_node_is_named():
    root = Split("x", Fraction(1, 2), Algebra(), Boolean((Algebra(), Algebra())))
    report = check_certificate(sp.And(X >= 0, sp.Le(X, sp.Rational(3, 4))), UNIT, Certificate(root))
    assert report.verdict is Verdict.UNDECIDED
    assert "root/below" in report.message
    both = Boolean((Algebra(), Algebra()))
    report = check_certificate(
        sp.And(X >= 0, sp.Le(X, sp.Rational(3, 4))), UNIT, Certificate(Split("x", Fraction(1, 2), both, both))
    )
    assert "root/above/part" in report.message


def test_rewriting_may_not_hide_a_removable_singularity():
    hidden = sp.Ge((X**2 - 1) / (X - 1), 0)
    plain = Rewrite(sp.Ge(x + 1, 0), sp.S.One, None, Algebra())
    assert not accepted(hidden, Domain({X: sp.Interval(0, 2)}), plain)
    assert accepted(hidden, Domain({X: sp.Interval(0, 2)}, (NOT_ONE,)), plain)


def _bisected(rng: random.Random, boxes: int, dimensions: int) -> list[tuple[tuple[Fraction, Fraction], ...]]:
    found = [tuple((Fraction(0), Fraction(1)) for _ in range(dimensions))]
    while len(found) < boxes:
        place, axis = rng.randrange(len(found)), rng.randrange(dimensions)
        parent = found[place]
        middle = (parent[axis][0] + parent[axis][1]) / 2
        found[place] = (*parent[:axis], (parent[axis][0], middle), *parent[axis + 1 :])
        found.append((*parent[:axis], (middle, parent[axis][1]), *parent[axis + 1 :]))
    return found


def test_thousands_of_leaves_are_checked_and_one_missing_is_found():
    rng = random.Random(5)
    leaves = [Leaf(ends) for ends in _bisected(rng, 3000, 2)]
    square = Domain({X: sp.Interval(0, 1), Y: sp.Interval(0, 1)})
    statement = sp.Gt(sp.exp(X - Y), X * Y / 4)
    began = time.process_time()
    report = check_certificate(statement, square, Certificate(Leaves(tuple(leaves))))
    seconds = time.process_time() - began
    assert report.verdict is Verdict.HOLDS
    assert report.leaves == 3000
    assert seconds < 15  # some 2,000 leaves a second on an idle core; a quadratic cover would take minutes
    del leaves[rng.randrange(3000)]
    report = check_certificate(statement, square, Certificate(Leaves(tuple(leaves))))
    assert report.verdict is Verdict.UNDECIDED
    assert "do not cover" in report.message


def test_names_that_would_be_captured_are_rejected():
    hidden = sp.Symbol("k", real=True)
    k = sp.Symbol("k")
    statement = sp.Ge(sp.Sum(k * hidden, (hidden, 1, 3)), 0)
    report = check_certificate(statement, Domain({k: sp.Interval(0, 1)}), Certificate(Algebra()))
    assert report.verdict is Verdict.UNDECIDED
    assert "runs over a name" in report.message


def test_the_checker_shares_no_code_with_the_search():
    folder = Path(theory.rigor.__file__).parent
    allowed = {"theory.rigor.certificate", "theory.evidence", "theory.claim", "theory.rigor"}
    files = sorted(folder.glob("checker*.py"))
    assert len(files) == 13
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                if name.startswith(("theory", "numerics", "attnproof", "figures")):
                    assert name in allowed or name.startswith("theory.rigor.checker_"), f"{file.name} imports {name}"
