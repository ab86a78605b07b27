"""The rules of the certificate format, one method each, for the checker.

Each rule computes the goals of a node's children from the node's own goal and confirms what the node itself asserts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import sympy as sp
from flint import fmpq
from sympy.concrete.expr_with_limits import ExprWithLimits
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from theory.rigor import certificate as fmt
from theory.rigor.checker_algebra import difference, kind, sign_known, vanishes
from theory.rigor.checker_boxes import MOST_BITS, RegionBoxes, certain, exact, exact_side
from theory.rigor.checker_cover import gap
from theory.rigor.checker_decider import Decider
from theory.rigor.checker_defined import conditions, granted, undefined_part
from theory.rigor.checker_goals import Rejected, above_zero, is_real_span, put_in, replaced
from theory.rigor.checker_polynomial import NotPolynomial, polynomial_refutes

DEEPEST = 150
MOST_VALUES = 100_000

Path = tuple[str, ...]


class TreeCheck:
    """One run over a tree: `node` raises Rejected where a node does not prove its goal."""

    def __init__(self, steps: int) -> None:
        self.leaves = 0
        self.nodes = 0
        self.at = "root"
        self._steps = steps
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

    def _apart(self, parts: Sequence[sp.Basic], names: set[str], path: Path) -> None:
        """No index of a sum may share its name with a variable, which a replacement would otherwise bind."""
        for series in set().union(*(part.atoms(ExprWithLimits) for part in parts)):
            shared = {symbol.name for symbol in series.bound_symbols} & names
            self._require(not shared, path, f"{sp.sstr(series)[:80]} runs over a name that is also a variable")

    def _defined(self, expression: sp.Basic, goal: fmt.Goal, path: Path) -> None:
        part = undefined_part(expression, goal.spans, goal.hypotheses)
        self._require(part is None, path, f"{sp.sstr(expression)[:100]} is not known to be defined where not {part}")

    # Leaves

    def _leaves(self, node: fmt.Leaves, goal: fmt.Goal, path: Path) -> None:
        bits = node.bits
        self._require(type(bits) is int and 16 <= bits <= MOST_BITS, path, f"the precision {bits!r} is not usable")
        self._require(all(s.values is None for s in goal.spans.values()), path, "a variable has a finite set of values")
        symbols = tuple(goal.spans)
        region = RegionBoxes(tuple(goal.spans.values()))
        boxes = []
        for position, leaf in enumerate(node.leaves):
            boxes.append(self._ends(leaf, len(symbols), (*path, f"leaf {position}")))
        missing = gap(region.exact, boxes)
        self._require(missing is None, path, f"the leaves do not cover the region: {missing}")
        deciders: dict[Any, Decider] = {}
        for position, (leaf, box) in enumerate(zip(node.leaves, boxes, strict=True)):
            if leaf.by not in deciders:
                deciders[leaf.by] = Decider(self._decided(leaf.by, goal, path), symbols)
            if not certain(deciders[leaf.by], leaf, box, region, bits):
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
            box.append((exact(low), exact(high)))
        return box

    # Algebra and z3

    def _algebra(self, node: fmt.Algebra, goal: fmt.Goal, path: Path) -> None:
        relation = self._relation(goal, path)
        g, wanted = difference(relation), kind(relation)
        proved = (wanted in (">=", "==") and vanishes(g, goal.spans)) or sign_known(g, wanted, goal.spans)
        self._require(proved, path, f"algebra does not show that {sp.sstr(relation)[:200]}")

    def _polynomial(self, node: fmt.Polynomial, goal: fmt.Goal, path: Path) -> None:
        try:
            answer = polynomial_refutes(goal.statement, goal.spans, goal.hypotheses, self._steps)
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
        at = exact(node.at)
        assert at is not None
        ends = exact_side(side)
        inside = (ends.low is None or ends.low <= at) and (ends.high is None or at <= ends.high)
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
            self.node(child, put_in(goal, symbol, value), (*path, f"{symbol} = {value}"))

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
        self._apart((new, node.factor), {symbol.name for symbol in known}, path)
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
        both = sp.And(above_zero(left), above_zero(right))
        self.node(node.positive, replace(goal, statement=both), (*path, "positive"))
        logarithms = type(relation)(sp.log(left), sp.log(right))  # type: ignore[arg-type]
        self.node(node.node, replace(goal, statement=logarithms), (*path, "logarithm"))

    def _substitution(self, node: fmt.Substitution, goal: fmt.Goal, path: Path) -> None:
        symbol = self._variable(node.variable, goal, path)
        self._require(isinstance(node.new, str) and node.new.isidentifier(), path, f"{node.new!r} is not a name")
        new, side = fmt.variable(node.new), node.span
        self._require(new == symbol or new not in goal.spans, path, f"{new} is already a variable")
        self._require(is_real_span(side), path, "the new span is not a range of reals")
        expression, inverse = node.expression, node.inverse
        self._require(isinstance(expression, sp.Expr) and isinstance(inverse, sp.Expr), path, "not an expression")
        self._require(expression.free_symbols <= (set(goal.spans) - {symbol}) | {new}, path, "a symbol has no span")
        self._require(inverse.free_symbols <= set(goal.spans), path, "a symbol of the inverse has no span")
        names = {new.name, *(other.name for other in goal.spans)}
        self._apart((goal.statement, *goal.hypotheses, expression, inverse), names, path)
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
        moved = replaced(goal, {symbol: expression})
        sides = {(new if s == symbol else s): (side if s == symbol else old) for s, old in goal.spans.items()}
        self.node(node.node, replace(moved, spans=sides), (*path, "substituted"))

    def _cut(self, node: fmt.Cut, goal: fmt.Goal, path: Path) -> None:
        self._require(isinstance(node.fact, Boolean), path, "the fact is not a statement")
        self._require(node.fact.free_symbols <= set(goal.spans), path, "a symbol of the fact has no span")
        self._apart((node.fact,), {symbol.name for symbol in goal.spans}, path)
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
        face = replace(put_in(goal, symbol, end), hypotheses=kept)
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
                found = [above_zero(base)]
        elif isinstance(e, sp.log | sp.gamma | sp.loggamma) and len(e.args) == 1:
            found = [above_zero(e.args[0])]
        elif isinstance(e, sp.besseli):
            order = e.args[0]
            self._require(isinstance(order, sp.Integer) and bool(order >= 0), path, f"the order {order} is not fixed")
        else:
            smooth = (sp.Add, sp.Mul, sp.exp, sp.sinh, sp.cosh, sp.tanh, sp.erf, sp.sin, sp.cos)
            self._require(isinstance(e, smooth), path, f"{symbol} occurs inside {type(e).__name__}")
        for argument in e.args:
            found += self._regularity(argument, symbol, path)
        return found
