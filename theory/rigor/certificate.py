"""Certificates as data: proofs that a statement holds on a whole domain, which anyone can check again.

A **goal** is a set of variables, each with a span (a range or a finite set of values), a tuple of hypotheses, and a
statement. It asserts: *at every point of the spans, integer in every integer variable, at which all hypotheses hold,
the statement holds.* A point has finite coordinates. A certificate is a tree of nodes; a node proves the goal it is
given by proving other goals with its children. The goals of the children are never stored (except the new statement
of `Rewrite`): whoever checks the tree computes them from the rules below. `initial_goal` makes the goal at the root.

Conventions that every rule uses:

- **Symbols.** In goals and certificates a variable is `variable(name)`, that is `Symbol(name, real=True)`, whatever
  assumptions the claim's symbol has: only spans and hypotheses are ever used.
- **Difference.** A relation is read as `g REL 0`, REL one of >=, >, ==, !=. For `l <= r` and `l < r`, g = r - l; for
  `l >= r`, `l > r`, `l == r` and `l != r`, g = l - r.
- **Reduces to 0.** An expression e does if exact algebra (expand, together, cancel, powsimp, expand_log,
  rewrite(exp), simplify, ... ; never `limit`, never a numerical test, never floats) turns it into the integer 0,
  where each variable may be given the sign assumptions that follow from its span (positive, nonnegative, negative,
  nonpositive), or be written as its finite end plus or minus a nonnegative symbol.
- **Hypotheses** are counted from 0; rules that add a hypothesis append it.
- **Relations** that a rule makes, and those read from a file, are built with `evaluate=False`. Where SymPy has still
  turned one into `true` (by `xreplace`, say), the goal is `true`.
- **Conjunctions** that a rule makes are made by SymPy's `And`, so their parts come in the order of its `args`, a
  conjunction of one part is that part, and one of none is `true`.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import sympy as sp
from sympy.functions.elementary.piecewise import ExprCondPair
from sympy.logic.boolalg import Boolean as Statement

if TYPE_CHECKING:
    from theory.domain import Domain

FORMAT = 1


@dataclass(frozen=True)
class Span:
    """Where one variable lives.

    low, high: exact SymPy numbers or -oo/oo, low <= high. left_open, right_open: the end itself is excluded
    (always so for an infinite end). integer: only the integers in the range count.
    values: if not None, the variable takes exactly these values and low, high are the least and the greatest.
    """

    low: Any
    high: Any
    left_open: bool = False
    right_open: bool = False
    integer: bool = False
    values: tuple[Any, ...] | None = None


@dataclass(frozen=True)
class Goal:
    """What a node has to prove. spans: in the order of the domain; leaf boxes use the same order."""

    spans: Mapping[sp.Symbol, Span]
    hypotheses: tuple[Statement, ...]
    statement: Statement


def variable(name: str) -> sp.Symbol:
    """The symbol that stands for the variable `name` in every goal and certificate."""
    return sp.Symbol(name, real=True)


def span_of(values: Any) -> Span:
    """The span of a range of a `Domain`: an `Interval`, a `Range` with step 1, or a `FiniteSet`.

    The ends of a `Range` are its first and last integer; a `Range` is closed at its finite ends.
    """
    if isinstance(values, sp.FiniteSet):
        members: Any = tuple(values)
        points = tuple(sorted(members, key=lambda value: (value.evalf(50), sp.default_sort_key(value))))
        whole = all(bool(point.is_integer) for point in points)
        return Span(points[0], points[-1], integer=whole, values=points)
    if isinstance(values, sp.Range):
        low, high = values.inf, values.sup
        return Span(low, high, bool(low.is_infinite), bool(high.is_infinite), integer=True)
    if isinstance(values, sp.Interval):
        return Span(values.start, values.end, values.left_open is sp.true, values.right_open is sp.true)
    raise ValueError(f"The range {values} is none of Interval, Range and FiniteSet.")


def initial_goal(statement: Statement, domain: Domain) -> Goal:
    """The goal at the root: `statement` on `domain`, in the symbols of certificates.

    Raises ValueError if two symbols of the domain share a name.
    """
    names = [symbol.name for symbol in domain.ranges]
    if len(set(names)) < len(names):
        raise ValueError(f"Two symbols of the domain share a name among {', '.join(names)}; rename one.")
    rename = {symbol: variable(symbol.name) for symbol in domain.ranges}
    spans = {rename[symbol]: span_of(values) for symbol, values in domain.ranges.items()}
    hypotheses: Any = tuple(hypothesis.xreplace(rename) for hypothesis in domain.hypotheses)
    renamed: Any = statement.xreplace(rename)
    return Goal(spans, hypotheses, renamed)


@dataclass(frozen=True)
class Leaf:
    """One box on which interval arithmetic decides.

    box: (low, high) for each variable in the order of the goal's spans, each a Fraction or an infinity as the string
        "-oo" (low only) or "oo" (high only); closed at its finite ends.
    by: "statement": the statement is certainly true on the box. A number k: hypothesis k is certainly false on the
        box, so that there is nothing to prove there.
    form: "natural": interval evaluation of the relations as they stand. "mean value": each relation is decided by its
        difference g, enclosed by g(c) + sum_i (dg/dx_i)(box) * (box_i - c_i), c the midpoint of the box; the box is
        bounded. Either form may be intersected with the other: whatever proves the leaf proves it.
    """

    box: tuple[tuple[Fraction | str, Fraction | str], ...]
    by: Literal["statement"] | int = "statement"
    form: Literal["natural", "mean value"] = "natural"


@dataclass(frozen=True)
class Leaves:
    """The goal holds because it holds on boxes that cover it.

    Check: every point of the spans (integer in the integer variables) lies in a leaf's box - exactly, in rationals;
    boxes may overlap and may reach beyond the spans, and between consecutive integers nothing need be covered - and
    every leaf is right, at `bits` bits of precision or more. A checker may bisect a leaf that it cannot decide at
    once. No variable of the goal has `values` (enumerate it first).
    """

    leaves: tuple[Leaf, ...]
    bits: int = 64


@dataclass(frozen=True)
class Algebra:
    """The statement is decided by exact algebra and by the signs of the variables alone.

    Check one of: the statement is `true`. It is >= or == and its difference reduces to 0. It is >=, > or != and
    SymPy's assumptions know that its difference is nonnegative, positive or nonzero, when each variable is written
    as low + k (else high - k) at its finite end, k nonnegative, or positive where the end is open. The
    difference may first be brought to an equal form (expand, together, factor).
    """


@dataclass(frozen=True)
class Polynomial:
    """z3 finds the negated goal unsatisfiable over the reals.

    Check: spans (weak or strict as the ends are; integrality dropped; irrational ends left out), hypotheses, and the
    negation of the statement, all as polynomial or rational constraints, are unsatisfiable. Every greatest
    subexpression that is not built by +, *, / and integer powers (exp(x), n**a, sqrt(2), ...) becomes a fresh real
    variable, the same one for equal subexpressions, constrained to be positive, nonnegative or negative where SymPy's
    assumptions know it (with the signs of the spans). A hypothesis that cannot be expressed is left out; a statement
    that cannot be is an error. Denominators of the statement and of used hypotheses are constrained to be nonzero.
    """


@dataclass(frozen=True)
class Boolean:
    """The statement is a Boolean combination, proved part by part; `parts` in the order of `statement.args`.

    And(s_1, ..., s_k): part i proves s_i. Or(s_1, ..., s_k): one part; it proves s_k with the hypotheses
    Not(s_1), ..., Not(s_{k-1}) appended. Implies(p, q): one part; it proves q with p appended. Equivalent(s_1, ...,
    s_k): k parts; part i proves s_{i+1} with s_i appended (s_{k+1} is s_1). Eq(l, r): two parts; l <= r and l >= r.
    Not(s): one part, which proves the statement `Not(s)` after SymPy's `to_nnf(s)` has moved it to the relations. A
    hypothesis appended as Not(relation) is the negated relation.
    """

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Split:
    """The span of `variable` is cut in two at the rational `at`, which lies within it.

    Real: low..at and at..high, both closed at `at`. Integer: low..floor(at) and floor(at)+1..high.
    The variable has no `values`.
    """

    variable: str
    at: Fraction
    below: Node
    above: Node


@dataclass(frozen=True)
class Enumeration:
    """One child for each value of `variable`, which is substituted and leaves the spans.

    The values are the span's `values`, or all integers from low to high, in increasing order.
    """

    variable: str
    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Rewrite:
    """The relation `g REL 0` is replaced by `statement`, a relation `h REL' 0` with g = factor * h.

    Check: g - factor * h reduces to 0; REL' is REL, or REL is >= and REL' is >. If factor is not 1, then
    `factor_proof` proves, with the goal's spans and hypotheses, factor >= 0 for >=, factor > 0 for >, factor != 0 for
    !=; for == it may be None. `node` proves `statement` with the goal's spans and hypotheses. Complete squares,
    factored forms, multiplication by a positive factor, and division by a known zero are all rewrites.
    """

    statement: Statement
    factor: sp.Expr
    factor_proof: Node | None
    node: Node


@dataclass(frozen=True)
class Logarithm:
    """The statement `l REL r` (an inequality, == or !=) is replaced by `log(l) REL log(r)`.

    `positive` proves And(l > 0, r > 0) and `node` proves the new statement, both with the goal's spans and
    hypotheses.
    """

    positive: Node
    node: Node


@dataclass(frozen=True)
class Substitution:
    """`variable` = expression, where `new` (a name not among the goal's variables, or the same name) has `span`.

    expression: in `new` and the other variables. inverse: `new` in terms of `variable` and the others.
    Check: expression with `new` replaced by inverse, minus `variable`, reduces to 0 under the signs of the goal's
    spans. `image` proves, with the goal's spans and hypotheses, that inverse lies in `span`: And of low <= inverse
    (or low < inverse if left_open) and inverse <= high (or <), without the infinite ends (`true` if none is left).
    `span` is real: neither integer nor with values. `node` proves the goal with the expression put for the variable
    in statement and hypotheses, and `new` with `span` in the variable's place. With expression = inverse = variable
    it widens a span.
    """

    variable: str
    expression: sp.Expr
    new: str
    span: Span
    inverse: sp.Expr
    image: Node
    node: Node


@dataclass(frozen=True)
class Cut:
    """`proof` proves `fact` with the goal's spans and hypotheses; `node` proves the goal with `fact` appended."""

    fact: Statement
    proof: Node
    node: Node


@dataclass(frozen=True)
class Collapse:
    """g is monotone in `variable`, so it is enough to prove the goal where the variable is at its end.

    The statement is `g >= 0` or `g > 0`; end is "low" or "high", that end of the variable's span is finite; the
    variable has no `values`. In all three children the hypotheses that mention the variable are dropped, and in the
    first two the variable is real even if it was integer.
    - `regularity` proves And of the conditions below (`true` if there are none), with the end included in the span.
    - `derivative` proves `dg/dvariable >= 0` for "low" and `-dg/dvariable >= 0` for "high"; the derivative is that of
      SymPy's `diff`. If `strict`, the same with `>`.
    - `face` proves the statement with the end put for the variable, which leaves the spans. If `strict`, the
      statement is `g > 0`, the end is open, and the face need only be proved with `>=`.
    Conditions: for each subexpression of g that contains the variable: Pow(base, e) with e a nonnegative integer:
    none; e a negative integer: base != 0; any other e: none if base is a positive number, else base > 0. log(u),
    gamma(u), loggamma(u): u > 0. Add, Mul, exp, sinh, cosh, tanh, erf, sin, cos, and besseli(k, u) with an integer k
    >= 0: none. If the variable occurs inside anything else (Abs, Min, Piecewise, floor, Sum, ...), the node is
    invalid.

    Iterated towards a touching point (derivative by another Collapse with the same end) this is the contact rule:
    the exact zeros of g, g', ... are the faces, the sign of the first derivative that does not vanish is the last
    child.
    """

    variable: str
    end: Literal["low", "high"]
    strict: bool
    regularity: Node
    derivative: Node
    face: Node


Node = (
    Leaves | Algebra | Polynomial | Boolean | Split | Enumeration | Rewrite | Logarithm | Substitution | Cut | Collapse
)
KINDS: tuple[type, ...] = get_args(Node)


@dataclass(frozen=True)
class Certificate:
    """A proof. fingerprint: that of the claim it was made for, or empty; it is a label, not part of the proof."""

    root: Node
    fingerprint: str = ""


def size(node: Node) -> tuple[int, int]:
    """Numbers of nodes and of leaf boxes in a tree."""
    nodes, boxes = 1, len(node.leaves) if isinstance(node, Leaves) else 0
    for entry in fields(node):
        value = getattr(node, entry.name)
        for child in value if isinstance(value, tuple) else (value,):
            if isinstance(child, KINDS):
                below = size(child)
                nodes, boxes = nodes + below[0], boxes + below[1]
    return nodes, boxes


def to_json(certificate: Certificate) -> str:
    """The certificate as JSON text: rationals as "p/q", infinities as "oo" and "-oo", expressions as `srepr`."""
    body = {"format": FORMAT, "fingerprint": certificate.fingerprint, "root": _encode(certificate.root)}
    return json.dumps(body, indent=None, separators=(",", ":")) + "\n"


def from_json(text: str) -> Certificate:
    """The certificate in a JSON text. Raises ValueError, with what is wrong, if it is not one."""
    try:
        body = json.loads(text)
        if body["format"] != FORMAT:
            raise ValueError(f"it has format {body['format']}, but this version reads format {FORMAT}")
        return Certificate(_decode_node(body["root"]), body["fingerprint"])
    except (KeyError, TypeError, ValueError, SyntaxError, AttributeError, IndexError) as problem:
        raise ValueError(f"This is not a certificate: {problem}.") from problem


def save(certificate: Certificate, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(to_json(certificate), encoding="utf-8")


def load(path: Path) -> Certificate:
    """Raises FileNotFoundError, or ValueError if the file is not a certificate."""
    return from_json(path.read_text(encoding="utf-8"))


def _encode(value: Any) -> Any:
    if isinstance(value, KINDS):
        return {"kind": type(value).__name__} | {f.name: _encode(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Leaf):
        return [[[str(low), str(high)] for low, high in value.box], value.by, value.form]
    if isinstance(value, Span):
        return {f.name: _encode(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, sp.Basic):
        return sp.srepr(value)
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, tuple):
        return [_encode(entry) for entry in value]
    return value


def _decode_node(body: Any) -> Node:
    kind = next((kind for kind in KINDS if kind.__name__ == body["kind"]), None)
    if kind is None:
        raise ValueError(f"there is no node of kind {body['kind']!r}")
    return kind(**{f.name: _decode(f.name, body[f.name]) for f in fields(kind)})


def _decode(name: str, value: Any) -> Any:
    if name == "leaves":
        return tuple(_decode_leaf(*leaf) for leaf in value)
    if name == "parts":
        return tuple(_decode_node(part) for part in value)
    if name == "span":
        low, high, points = parse(value["low"]), parse(value["high"]), value["values"]
        points = None if points is None else tuple(parse(point) for point in points)
        return Span(low, high, value["left_open"], value["right_open"], value["integer"], points)
    if name in ("statement", "factor", "fact", "expression", "inverse"):
        return parse(value)
    if name == "at":
        return Fraction(value)
    return _decode_node(value) if isinstance(value, dict) else value


def _decode_leaf(box: Any, by: Any, form: Any) -> Leaf:
    ends = tuple(
        ("-oo" if low == "-oo" else Fraction(low), "oo" if high == "oo" else Fraction(high)) for low, high in box
    )
    if not (by == "statement" or (type(by) is int and by >= 0)) or form not in ("natural", "mean value"):
        raise ValueError(f"a leaf cannot hold by {by!r} in form {form!r}")
    return Leaf(ends, by, form)


# What may occur in the srepr of an expression in a certificate. Reading one calls nothing else.
_ALLOWED: dict[str, Any] = {
    made.__name__: made
    for made in (
        sp.Symbol, sp.Integer, sp.Rational, sp.Add, sp.Mul, sp.Pow, sp.exp, sp.log, sp.sinh, sp.cosh, sp.tanh, sp.sin,
        sp.cos, sp.erf, sp.gamma, sp.loggamma, sp.besseli, sp.Abs, sp.Min, sp.Max, sp.floor, sp.ceiling, sp.Sum,
        sp.Product, sp.Tuple, sp.Piecewise, ExprCondPair, sp.factorial, sp.binomial, sp.Eq, sp.Ne, sp.Le, sp.Lt,
        sp.Ge, sp.Gt, sp.And, sp.Or, sp.Not, sp.Implies, sp.Equivalent, sp.Xor, sp.ITE,
    )
}  # fmt: skip
_RELATIONS = frozenset(made.__name__ for made in (sp.Eq, sp.Ne, sp.Le, sp.Lt, sp.Ge, sp.Gt))
_CONSTANTS = {
    "pi": sp.pi, "E": sp.E, "EulerGamma": sp.EulerGamma, "oo": sp.oo, "true": sp.true, "false": sp.false,
    "GoldenRatio": sp.GoldenRatio,
}  # fmt: skip


def parse(text: str) -> Any:
    """The SymPy object with this `srepr`; only mathematics is read, nothing is executed. Raises ValueError."""
    return _build(ast.parse(text, mode="eval").body)


def _build(node: ast.expr) -> Any:
    if isinstance(node, ast.Constant) and isinstance(node.value, bool | int | str):
        return node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_build(node.operand)
    if isinstance(node, ast.Name) and node.id in _CONSTANTS:
        return _CONSTANTS[node.id]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _ALLOWED:
        relation = node.func.id in _RELATIONS  # kept as it is: (x - 1)**2 >= 0 must not turn into `true`
        options = {"evaluate": False} if relation else {}
        return _ALLOWED[node.func.id](
            *map(_build, node.args), **options, **{str(k.arg): _build(k.value) for k in node.keywords}
        )
    raise ValueError(f"the expression holds {ast.unparse(node)}, which is not part of the format")
