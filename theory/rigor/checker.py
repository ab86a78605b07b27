"""An independent re-check of certificates.

`check_certificate` reads a proof tree in the format of `theory.rigor.certificate` and decides again, from the claim's
own statement and domain, whether it proves the claim. Nothing is taken from the search that made the tree: the goals
of all nodes are computed here, every leaf is evaluated with the checker's own arithmetic, covers are verified exactly,
and identities, derivatives, substitutions and polynomial refutations are done again. A node that is not understood, or
that this checker cannot confirm, makes the certificate worthless: the verdict is then UNDECIDED, never REFUTED,
because a bad proof says nothing against the claim.

What a goal means here: its statement holds at every point of its region at which the statement is defined. That the
statement is defined wherever it matters is proved once at the root, and again for what a `Rewrite`, a `Cut` or
a `Substitution` brings in (see `checker_defined`).
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import sympy as sp
from flint import fmpq
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from theory.evidence import Verdict
from theory.rigor import certificate as fmt
from theory.rigor import checker_spans as spans
from theory.rigor.checker_algebra import (
    NotPolynomial,
    difference,
    kind,
    number,
    outer,
    polynomial_refutes,
    sign_known,
    vanishes,
)
from theory.rigor.checker_cover import Side, ceiling, gap
from theory.rigor.checker_defined import bisect, conditions, granted, undefined_part
from theory.rigor.checker_expressions import Decider, UnsupportedExpression
from theory.rigor.checker_spans import Span, precision

if TYPE_CHECKING:
    from theory.claim import Domain

DEEPEST = 150
MOST_VALUES = 100_000
MOST_PIECES = 200  # how many parts of a leaf are looked at before it is rejected
MOST_BITS = 16_384
EXACT_BITS = 4_096  # to compare a rational with an irrational end


@dataclass(frozen=True)
class CheckReport:
    """What the checker found. HOLDS: the certificate proves the claim. UNDECIDED: it does not; the message says why.

    leaves, nodes: how many boxes and nodes were confirmed.
    """

    verdict: Verdict
    message: str
    leaves: int
    nodes: int


class Rejected(Exception):
    """A node that does not prove its goal; the message names its path from the root."""


def check_certificate(
    statement: Boolean, domain: Domain, certificate: fmt.Certificate | str, *, milliseconds: int = 30_000
) -> CheckReport:
    """Decide whether a certificate proves `statement` on `domain`.

    certificate: a `Certificate`, or its JSON text. milliseconds: the time that z3 may take for one polynomial node.
    Never raises for a certificate that is malformed: it is then rejected with a sentence.
    """
    check = _Check(milliseconds)
    try:
        if isinstance(certificate, str):
            _refuse_enormous(certificate)
            certificate = fmt.from_json(certificate)
        if not isinstance(certificate, fmt.Certificate):
            raise Rejected("this is not a certificate")
        goal = _initial_goal(statement, domain)
        part = undefined_part(_renamed(statement, domain), goal.spans, goal.hypotheses)
        if part is not None:
            raise Rejected(f"root: the statement is not known to be defined where not {part}")
        check.node(certificate.root, goal, ("root",))
    except Rejected as reason:
        return CheckReport(Verdict.UNDECIDED, f"Rejected: {reason}.", check.leaves, check.nodes)
    except UnsupportedExpression as reason:
        return CheckReport(Verdict.UNDECIDED, f"Rejected at {check.at}: {reason}.", check.leaves, check.nodes)
    except Exception as problem:  # Whatever a malformed certificate provokes, it proves nothing.
        message = f"Rejected at {check.at}: malformed ({type(problem).__name__}: {str(problem)[:200]})."
        return CheckReport(Verdict.UNDECIDED, message, check.leaves, check.nodes)
    message = f"The certificate proves the statement: {check.nodes} nodes and {check.leaves} boxes were confirmed."
    return CheckReport(Verdict.HOLDS, message, check.leaves, check.nodes)


# --- the goal at the root ------------------------------------------------------------------------------------------


def _renaming(domain: Domain) -> dict[sp.Symbol, sp.Symbol]:
    names = [symbol.name for symbol in domain.ranges]
    if len(set(names)) < len(names):
        raise Rejected("root: two symbols of the domain share a name")
    return {symbol: fmt.variable(symbol.name) for symbol in domain.ranges}


def _renamed(statement: sp.Basic, domain: Domain) -> sp.Basic:
    """The statement in the symbols of certificates, relations left as they stand."""
    rename = _renaming(domain)

    def walk(part: sp.Basic) -> sp.Basic:
        if isinstance(part, Relational):
            return type(part)(part.lhs.xreplace(rename), part.rhs.xreplace(rename), evaluate=False)  # type: ignore[arg-type]
        if isinstance(part, Boolean) and part.args:
            return type(part)(*[walk(argument) for argument in part.args], evaluate=False)  # type: ignore[call-arg]
        return part

    return walk(statement)


def _initial_goal(statement: Boolean, domain: Domain) -> fmt.Goal:
    rename = _renaming(domain)
    names = {symbol.name for symbol in rename}
    for part in (statement, *domain.hypotheses):
        if not isinstance(part, Boolean):
            raise Rejected(f"root: {part} is not a statement")
        if not part.free_symbols <= set(rename):
            raise Rejected(f"root: a symbol of {part} has no range")
        for series in part.atoms(sp.Sum, sp.Product):
            if {symbol.name for symbol in series.bound_symbols} & names:
                raise Rejected(f"root: {series} runs over a name that is also a variable")
    side = {rename[symbol]: _side(values) for symbol, values in domain.ranges.items()}
    hypotheses: tuple[Any, ...] = tuple(hypothesis.xreplace(rename) for hypothesis in domain.hypotheses)
    renamed: Any = statement.xreplace(rename)
    return fmt.Goal(side, hypotheses, renamed)


def _side(values: sp.Set) -> fmt.Span:
    """The span of a range of a domain."""
    if isinstance(values, sp.Interval):
        return fmt.Span(values.start, values.end, bool(values.left_open), bool(values.right_open))
    if isinstance(values, sp.Range):
        if values.step != 1:
            raise Rejected("root: a range has a step")
        low, high = values.inf, values.sup
        return fmt.Span(low, high, low is sp.S.NegativeInfinity, high is sp.oo, integer=True)
    if isinstance(values, sp.FiniteSet):
        points = _sorted(list(values))
        return fmt.Span(points[0], points[-1], integer=all(p.is_Integer for p in points), values=tuple(points))
    raise Rejected(f"root: the range {values} is none of Interval, Range and FiniteSet")


def _sorted(points: list[Any]) -> list[Any]:
    """Exact numbers in increasing order."""
    with precision(EXACT_BITS):
        placed = [(number(point), point) for point in points]
        for index in range(1, len(placed)):  # insertion, so that an undecided comparison is noticed
            place = index
            while place and (before := spans.less(placed[place][0], placed[place - 1][0])) is not False:
                if before is None:
                    raise Rejected("root: two values of a finite set could not be told apart")
                placed[place - 1], placed[place] = placed[place], placed[place - 1]
                place -= 1
    return [point for _, point in placed]


# --- the nodes -----------------------------------------------------------------------------------------------------

Path = tuple[str, ...]
Ends = Sequence[tuple[fmpq | None, fmpq | None]]


class _Check:
    """One run over a tree: `node` raises Rejected where a node does not prove its goal."""

    def __init__(self, milliseconds: int) -> None:
        self.leaves = 0
        self.nodes = 0
        self.at = "root"
        self._milliseconds = milliseconds
        self._rules: Mapping[type, Callable[[Any, fmt.Goal, Path], None]] = {
            fmt.Leaves: self._leaves,
            fmt.Algebra: self._algebra,
            fmt.Polynomial: self._polynomial,
            fmt.Boolean: self._boolean,
            fmt.Split: self._split,
            fmt.Enumeration: self._enumeration,
            fmt.Rewrite: self._rewrite,
            fmt.Logarithm: self._logarithm,
            fmt.Substitution: self._substitution,
            fmt.Cut: self._cut,
            fmt.Collapse: self._collapse,
        }

    def node(self, node: Any, goal: fmt.Goal, path: Path) -> None:
        """Confirm that `node` proves `goal`."""
        self.at = "/".join(path)
        if len(path) > DEEPEST:
            raise Rejected(f"{self.at[:200]}: the tree is deeper than {DEEPEST} nodes")
        rule = self._rules.get(type(node))
        self._require(rule is not None, path, f"there is no rule for a {type(node).__name__}")
        assert rule is not None
        self._require(goal.statement.free_symbols <= set(goal.spans), path, "the statement has a symbol without a span")
        if goal.statement is not sp.true:  # SymPy may have decided a goal where it was put together
            rule(node, goal, path)
        self.nodes += 1

    def _require(self, condition: bool, path: Path, reason: str) -> None:
        if condition is not True:
            raise Rejected(f"{'/'.join(path)}: {reason}")

    def _relation(self, goal: fmt.Goal, path: Path) -> Relational:
        statement = goal.statement
        if not isinstance(statement, Relational):
            raise Rejected(f"{'/'.join(path)}: the statement {sp.sstr(statement)[:100]} is not a relation")
        return statement

    def _variable(self, name: Any, goal: fmt.Goal, path: Path) -> sp.Symbol:
        symbol = fmt.variable(name) if isinstance(name, str) and name else None
        if symbol is None or symbol not in goal.spans:
            raise Rejected(f"{'/'.join(path)}: there is no variable {name!r}")
        return symbol

    def _defined(self, expression: sp.Basic, goal: fmt.Goal, path: Path) -> None:
        part = undefined_part(expression, goal.spans, goal.hypotheses)
        self._require(part is None, path, f"{sp.sstr(expression)[:100]} is not known to be defined where not {part}")

    # Leaves

    def _leaves(self, node: fmt.Leaves, goal: fmt.Goal, path: Path) -> None:
        bits = node.bits
        self._require(type(bits) is int and 16 <= bits <= MOST_BITS, path, f"the precision {bits!r} is not usable")
        self._require(all(s.values is None for s in goal.spans.values()), path, "a variable has a finite set of values")
        symbols = tuple(goal.spans)
        sides = [_exact_side(side) for side in goal.spans.values()]
        boxes = []
        for position, leaf in enumerate(node.leaves):
            boxes.append(self._ends(leaf, len(symbols), (*path, f"leaf {position}")))
        missing = gap(sides, boxes)
        self._require(missing is None, path, f"the leaves do not cover the region: {missing}")
        deciders: dict[Any, Decider] = {}
        for position, (leaf, box) in enumerate(zip(node.leaves, boxes, strict=True)):
            if leaf.by not in deciders:
                deciders[leaf.by] = Decider(self._decided(leaf.by, goal, path), symbols)
            proved = any(
                _proves(deciders[leaf.by], leaf, box, sides, goal, more) for more in (bits, 4 * bits, 32 * bits)
            )
            if not proved:
                what = "the statement" if leaf.by == "statement" else f"the failure of hypothesis {leaf.by}"
                raise Rejected(f"{'/'.join(path)}/leaf {position}: {what} is not certain on its box")
            self.leaves += 1

    def _decided(self, by: Any, goal: fmt.Goal, path: Path) -> sp.Basic:
        if by == "statement":
            return goal.statement
        self._require(type(by) is int and 0 <= by < len(goal.hypotheses), path, f"there is no hypothesis {by!r}")
        return goal.hypotheses[by]

    def _ends(self, leaf: Any, dimensions: int, path: Path) -> list[tuple[fmpq | None, fmpq | None]]:
        """The box of a leaf with None for infinite ends."""
        self._require(isinstance(leaf, fmt.Leaf) and len(leaf.box) == dimensions, path, "this is not a leaf")
        self._require(leaf.form in ("natural", "mean value"), path, f"there is no form {leaf.form!r}")
        box = []
        for low, high in leaf.box:
            self._require(low == "-oo" or isinstance(low, Fraction), path, f"the low end {low!r} is not a rational")
            self._require(high == "oo" or isinstance(high, Fraction), path, f"the high end {high!r} is not a rational")
            box.append((_rational(low), _rational(high)))
        return box

    # Algebra and z3

    def _algebra(self, node: fmt.Algebra, goal: fmt.Goal, path: Path) -> None:
        relation = self._relation(goal, path)
        g, wanted = difference(relation), kind(relation)
        proved = (wanted in (">=", "==") and vanishes(g, goal.spans)) or sign_known(g, wanted, goal.spans)
        self._require(proved, path, f"algebra does not show that {sp.sstr(relation)[:200]}")

    def _polynomial(self, node: fmt.Polynomial, goal: fmt.Goal, path: Path) -> None:
        try:
            answer = polynomial_refutes(goal.statement, goal.spans, goal.hypotheses, self._milliseconds)
        except NotPolynomial as reason:
            raise Rejected(f"{'/'.join(path)}: {reason}") from reason
        self._require(answer == "unsat", path, f"z3 answers {answer} to the negated goal")

    # Structure

    def _boolean(self, node: fmt.Boolean, goal: fmt.Goal, path: Path) -> None:
        statement = goal.statement
        given = goal.hypotheses
        goals: list[fmt.Goal]
        if isinstance(statement, sp.And):
            goals = [replace(goal, statement=part) for part in statement.args]
        elif isinstance(statement, sp.Or):
            *others, last = statement.args
            goals = [replace(goal, statement=last, hypotheses=(*given, *map(sp.Not, others)))]
        elif isinstance(statement, sp.Implies):
            premise, conclusion = statement.args
            goals = [replace(goal, statement=conclusion, hypotheses=(*given, premise))]
        elif isinstance(statement, sp.Equivalent):
            parts = statement.args
            goals = [
                replace(goal, statement=following, hypotheses=(*given, part))
                for part, following in zip(parts, (*parts[1:], parts[0]), strict=True)
            ]
        elif isinstance(statement, sp.Eq):
            left, right = statement.args
            goals = [replace(goal, statement=sp.Le(left, right)), replace(goal, statement=sp.Ge(left, right))]
        elif isinstance(statement, sp.Not):
            moved = sp.to_nnf(statement)
            self._require(moved != statement, path, "the negation cannot be moved to the relations")
            goals = [replace(goal, statement=moved)]
        else:
            raise Rejected(f"{'/'.join(path)}: the statement is not a combination of statements")
        self._require(len(goals) == len(node.parts), path, f"there are {len(node.parts)} parts for {len(goals)} goals")
        for position, (child, wanted) in enumerate(zip(node.parts, goals, strict=True)):
            self.node(child, wanted, (*path, f"part {position}"))

    def _split(self, node: fmt.Split, goal: fmt.Goal, path: Path) -> None:
        symbol = self._variable(node.variable, goal, path)
        side = goal.spans[symbol]
        self._require(side.values is None, path, f"{symbol} has a finite set of values")
        self._require(isinstance(node.at, Fraction), path, f"{node.at!r} is not a rational")
        at = _rational(node.at)
        assert at is not None
        exact = _exact_side(side)
        inside = (exact.low is None or exact.low <= at) and (exact.high is None or at <= exact.high)
        self._require(inside, path, f"{node.at} does not lie in the range of {symbol}")
        if side.integer:
            last = int(at.floor())
            below = replace(side, high=sp.Integer(last), right_open=False)
            above = replace(side, low=sp.Integer(last + 1), left_open=False)
        else:
            end = sp.Rational(node.at.numerator, node.at.denominator)
            below = replace(side, high=end, right_open=False)
            above = replace(side, low=end, left_open=False)
        for part, child, name in ((below, node.below, "below"), (above, node.above, "above")):
            if part.integer and part.low.is_finite and part.high.is_finite and part.low > part.high:
                continue  # no integer on this side, nothing to prove
            self.node(child, replace(goal, spans={**goal.spans, symbol: part}), (*path, name))

    def _enumeration(self, node: fmt.Enumeration, goal: fmt.Goal, path: Path) -> None:
        symbol = self._variable(node.variable, goal, path)
        values = self._values(goal.spans[symbol], path)
        self._require(len(values) == len(node.parts), path, f"{len(node.parts)} parts for {len(values)} values")
        for value, child in zip(values, node.parts, strict=True):
            self.node(child, _put(goal, symbol, value), (*path, f"{symbol} = {value}"))

    def _values(self, side: fmt.Span, path: Path) -> Sequence[sp.Expr]:
        if side.values is not None:
            return side.values
        self._require(
            side.integer and bool(side.low.is_finite and side.high.is_finite), path, "the range is not finite"
        )
        low, high = int(sp.ceiling(side.low)), int(sp.floor(side.high))
        self._require(high - low < MOST_VALUES, path, f"there are more than {MOST_VALUES} values")
        return [sp.Integer(value) for value in range(low, high + 1)]

    # Analytic steps

    def _rewrite(self, node: fmt.Rewrite, goal: fmt.Goal, path: Path) -> None:
        old, new = self._relation(goal, path), node.statement
        self._require(isinstance(new, Relational), path, "the new statement is not a relation")
        self._require(isinstance(node.factor, sp.Expr), path, "the factor is not an expression")
        known = set(goal.spans)
        self._require(new.free_symbols | node.factor.free_symbols <= known, path, "a symbol has no span")
        before, after = kind(old), kind(new)  # type: ignore[arg-type]
        self._require(after == before or (before, after) == (">=", ">"), path, f"{after} does not give {before}")
        g, h = difference(old), difference(new)  # type: ignore[arg-type]
        self._require(vanishes(g - node.factor * h, goal.spans), path, "the rewritten relation is not the old one")
        self._defined(new, goal, path)
        if node.factor != 1:
            self._defined(node.factor, goal, path)
            if before != "==":
                sign = {">=": sp.Ge, ">": sp.Gt, "!=": sp.Ne}[before](node.factor, 0, evaluate=False)
                self.node(node.factor_proof, replace(goal, statement=sign), (*path, "factor"))
        self.node(node.node, replace(goal, statement=new), (*path, "rewritten"))

    def _logarithm(self, node: fmt.Logarithm, goal: fmt.Goal, path: Path) -> None:
        relation = self._relation(goal, path)
        left, right = relation.args
        both = sp.And(_gt(left), _gt(right))
        self.node(node.positive, replace(goal, statement=both), (*path, "positive"))
        logarithms = type(relation)(sp.log(left), sp.log(right))  # type: ignore[arg-type]
        self.node(node.node, replace(goal, statement=logarithms), (*path, "logarithm"))

    def _substitution(self, node: fmt.Substitution, goal: fmt.Goal, path: Path) -> None:
        symbol = self._variable(node.variable, goal, path)
        self._require(isinstance(node.new, str) and node.new.isidentifier(), path, f"{node.new!r} is not a name")
        new, side = fmt.variable(node.new), node.span
        self._require(new == symbol or new not in goal.spans, path, f"{new} is already a variable")
        self._require(_is_real_span(side), path, "the new span is not a range of reals")
        expression, inverse = node.expression, node.inverse
        self._require(isinstance(expression, sp.Expr) and isinstance(inverse, sp.Expr), path, "not an expression")
        self._require(expression.free_symbols <= (set(goal.spans) - {symbol}) | {new}, path, "a symbol has no span")
        self._require(inverse.free_symbols <= set(goal.spans), path, "a symbol of the inverse has no span")
        returned = expression.xreplace({new: inverse}) - symbol
        self._require(vanishes(returned, goal.spans), path, f"{inverse} is not the inverse of {expression}")
        self._defined(inverse, goal, path)
        for condition, _ in conditions(expression):
            met = granted(condition.xreplace({new: inverse}), goal.spans, goal.hypotheses)
            self._require(met, path, f"{expression} is not known to be defined where not {condition}")
        within = []
        if side.low.is_finite:
            within.append((sp.Lt if side.left_open else sp.Le)(side.low, inverse, evaluate=False))
        if side.high.is_finite:
            within.append((sp.Lt if side.right_open else sp.Le)(inverse, side.high, evaluate=False))
        self.node(node.image, replace(goal, statement=sp.And(*within)), (*path, "image"))
        moved = _replaced(goal, {symbol: expression})
        sides = {(new if s == symbol else s): (side if s == symbol else old) for s, old in goal.spans.items()}
        self.node(node.node, replace(moved, spans=sides), (*path, "substituted"))

    def _cut(self, node: fmt.Cut, goal: fmt.Goal, path: Path) -> None:
        self._require(isinstance(node.fact, Boolean), path, "the fact is not a statement")
        self._require(node.fact.free_symbols <= set(goal.spans), path, "a symbol of the fact has no span")
        self._defined(node.fact, goal, path)
        self.node(node.proof, replace(goal, statement=node.fact), (*path, "fact"))
        self.node(node.node, replace(goal, hypotheses=(*goal.hypotheses, node.fact)), (*path, "given the fact"))

    def _collapse(self, node: fmt.Collapse, goal: fmt.Goal, path: Path) -> None:
        relation = self._relation(goal, path)
        self._require(kind(relation) in (">=", ">"), path, "the statement is not an inequality")
        symbol = self._variable(node.variable, goal, path)
        side = goal.spans[symbol]
        self._require(node.end in ("low", "high"), path, f"there is no end {node.end!r}")
        self._require(type(node.strict) is bool, path, "strict is neither true nor false")
        end, is_open = (side.low, side.left_open) if node.end == "low" else (side.high, side.right_open)
        self._require(side.values is None and bool(end.is_finite), path, f"{symbol} has no finite {node.end} end")
        if node.strict:
            self._require(kind(relation) == ">" and is_open is True, path, "a strict collapse needs > and an open end")
        kept = tuple(hypothesis for hypothesis in goal.hypotheses if symbol not in hypothesis.free_symbols)
        g = difference(relation)
        real = replace(side, integer=False)
        closed = replace(real, left_open=False) if node.end == "low" else replace(real, right_open=False)
        regular = sp.And(*self._regularity(g, symbol, path))
        self.node(node.regularity, fmt.Goal({**goal.spans, symbol: closed}, kept, regular), (*path, "regularity"))
        slope = sp.diff(g, symbol)
        rising = (sp.Gt if node.strict else sp.Ge)(slope if node.end == "low" else -slope, 0, evaluate=False)
        self.node(node.derivative, fmt.Goal({**goal.spans, symbol: real}, kept, rising), (*path, "derivative"))
        face = replace(_put(goal, symbol, end), hypotheses=kept)
        if node.strict:
            weak = sp.Ge if isinstance(relation, sp.Gt) else sp.Le
            at_end = [side.xreplace({symbol: end}) for side in relation.args]
            face = replace(face, statement=weak(*at_end))  # type: ignore[arg-type]
        self.node(node.face, face, (*path, "face"))

    def _regularity(self, e: sp.Basic, symbol: sp.Symbol, path: Path) -> list[Boolean]:
        """Conditions under which e is continuous on the closed range and differentiable inside it."""
        if symbol not in e.free_symbols or e == symbol:
            return []
        found: list[Boolean] = []
        if isinstance(e, sp.Pow):
            base, exponent = e.args
            if isinstance(exponent, sp.Integer):
                found = [] if exponent >= 0 else [sp.Ne(base, 0, evaluate=False)]  # type: ignore[list-item]
            elif not (base.is_number and base.is_positive):
                found = [_gt(base)]
        elif isinstance(e, sp.log | sp.gamma | sp.loggamma) and len(e.args) == 1:
            found = [_gt(e.args[0])]
        elif isinstance(e, sp.besseli):
            order = e.args[0]
            self._require(isinstance(order, sp.Integer) and bool(order >= 0), path, f"the order {order} is not fixed")
        else:
            smooth = (sp.Add, sp.Mul, sp.exp, sp.sinh, sp.cosh, sp.tanh, sp.erf, sp.sin, sp.cos)
            self._require(isinstance(e, smooth), path, f"{symbol} occurs inside {type(e).__name__}")
        for argument in e.args:
            found += self._regularity(argument, symbol, path)
        return found


# --- boxes ---------------------------------------------------------------------------------------------------------


def _rational(end: Fraction | str) -> fmpq | None:
    return fmpq(end.numerator, end.denominator) if isinstance(end, Fraction) else None


def _exact_side(side: fmt.Span) -> Side:
    """The side in rationals; an irrational end is moved outward by less than any end that a certificate could name."""
    with precision(EXACT_BITS):
        span = outer(side)
        ends = []
        for end, bound in ((side.low, span.low), (side.high, span.high)):
            if isinstance(end, sp.Rational) and end.is_finite:
                ends.append(fmpq(int(end.p), int(end.q)))
            else:
                ends.append(bound.fmpq() if bound.is_finite() else None)
    return Side(ends[0], ends[1], bool(side.integer))


def _clipped(box: Ends, sides: Sequence[Side], ends: Sequence[Span]) -> list[Span] | None:
    """The part of a closed box within the region, as spans; None if it is empty."""
    clipped = []
    for (low, high), side, span in zip(box, sides, ends, strict=True):
        if side.integer:
            low = None if low is None else fmpq(ceiling(low))
            high = None if high is None else fmpq(high.floor())
        bottom, top = Span(span.low, span.low, span.low_open), Span(span.high, span.high, False, span.high_open)
        if low is not None and (side.low is None or low > side.low):
            bottom = spans.rational(Fraction(int(low.p), int(low.q)))
        else:
            low = side.low
        if high is not None and (side.high is None or high < side.high):
            top = spans.rational(Fraction(int(high.p), int(high.q)))
        else:
            high = side.high
        if low is not None and high is not None and low > high:
            return None
        clipped.append(Span(bottom.low, top.high, bottom.low_open, top.high_open))
    return clipped


def _proves(decider: Decider, leaf: fmt.Leaf, box: Ends, sides: Sequence[Side], goal: fmt.Goal, bits: int) -> bool:
    """Whether what the leaf says is certain on its box at this precision, bisecting the box a few times if need be."""
    wanted = leaf.by == "statement"
    forms: list[Callable[[list[Span]], bool | None]] = [decider.natural, decider.mean_value]
    if leaf.form == "mean value":
        forms.reverse()
    with precision(bits):
        here = _clipped(box, sides, [outer(side) for side in goal.spans.values()])
        pending = [] if here is None else [here]
        for _ in range(MOST_PIECES):
            if not pending:
                return True
            here = pending.pop()
            if any(form(here) is wanted for form in forms):
                continue
            halves = bisect(here)
            if halves is None:
                return False
            pending += halves
    return not pending


def _gt(expression: Any) -> Any:
    """The relation `expression > 0`, as it is written, whether or not SymPy knows that it is true."""
    return sp.Gt(expression, 0, evaluate=False)


def _replaced(goal: fmt.Goal, put: Mapping[sp.Basic, sp.Basic]) -> fmt.Goal:
    """The goal with a replacement made in the statement and the hypotheses."""
    hypotheses: tuple[Any, ...] = tuple(hypothesis.xreplace(put) for hypothesis in goal.hypotheses)
    statement: Any = goal.statement.xreplace(put)
    return replace(goal, hypotheses=hypotheses, statement=statement)


def _put(goal: fmt.Goal, symbol: sp.Symbol, value: sp.Expr) -> fmt.Goal:
    """The goal with a value put for a variable, which leaves the spans."""
    others = {other: side for other, side in goal.spans.items() if other != symbol}
    return replace(_replaced(goal, {symbol: value}), spans=others)


def _is_real_span(side: Any) -> bool:
    """Whether a span that a certificate brings is a nonempty range of reals with exact ends."""
    if not isinstance(side, fmt.Span) or side.integer is not False or side.values is not None:
        return False
    if type(side.left_open) is not bool or type(side.right_open) is not bool:
        return False
    if not all(isinstance(end, sp.Expr) and not end.free_symbols for end in (side.low, side.high)):
        return False
    if side.low is sp.oo or side.high is sp.S.NegativeInfinity:
        return False
    low, high = number(side.low), number(side.high)
    return spans.less(low, high) is True or side.low == side.high


# --- malformed text ------------------------------------------------------------------------------------------------

LONGEST_NUMERAL = 5_000
LARGEST_EXPONENT = 10_000


def _refuse_enormous(text: str) -> None:
    """Refuse a text whose mere reading would need an enormous number, before anything is built from it."""
    if re.search(rf"\d{{{LONGEST_NUMERAL}}}", text):
        raise Rejected("the certificate holds a number that is too long")
    body = json.loads(text)
    pending = [value for key, value in body.items() if key != "fingerprint"] if isinstance(body, dict) else [body]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            pending += value.values()
        elif isinstance(value, list):
            pending += value
        elif isinstance(value, str):
            if re.match(r"\s*[-+]?[\d.]", value) and not re.fullmatch(r"-?\d+(/\d+)?", value):
                raise Rejected(f"{value[:40]!r} is not a rational")
            if "(" in value:
                _refuse_towers(ast.parse(value, mode="eval"))


def _refuse_towers(tree: ast.AST) -> None:
    """Refuse powers and factorials of literal numbers that would be computed on reading and be enormous."""
    for call in ast.walk(tree):
        name = _called(call)
        if name == "Pow" and not any(_called(part) == "Symbol" for part in ast.walk(call)):
            exponent = 1
            for part in ast.walk(call):
                if isinstance(part, ast.Call) and _called(part) == "Pow" and len(part.args) == 2:
                    exponent *= max(1, *_numerals(part.args[1]), 1)
        elif name in ("factorial", "binomial", "gamma"):
            exponent = max(1, *_numerals(call), 1)
        else:
            continue
        if exponent > LARGEST_EXPONENT:
            raise Rejected(f"the certificate holds a {name} that is too large")


def _called(part: ast.AST) -> str:
    return part.func.id if isinstance(part, ast.Call) and isinstance(part.func, ast.Name) else ""


def _numerals(tree: ast.AST) -> list[int]:
    return [abs(n.value) for n in ast.walk(tree) if isinstance(n, ast.Constant) and type(n.value) is int]
