"""What every reason shares: the judgement it returns, and substitution that captures no bound variable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sympy as sp
from sympy.concrete.expr_with_limits import ExprWithLimits
from sympy.core.relational import Relational

if TYPE_CHECKING:
    from theory.claim import Domain

# SymPy annotates many of its functions with wider types than they return, so these say to the reader what is meant
# and nothing to the type checker.
Expression = Any
Statement = Any

Relation = type[Relational]

SYMBOLS: dict[Relation, str] = {sp.Eq: "=", sp.Le: "<=", sp.Lt: "<", sp.Ge: ">=", sp.Gt: ">"}


@dataclass(frozen=True)
class Judgement:
    """Whether a step stands, why, and the ids of the claims that it leans on."""

    accepted: bool
    message: str
    rests_on: tuple[str, ...] = ()


def accept(message: str, *rests_on: str) -> Judgement:
    return Judgement(True, message, rests_on)


def reject(message: str) -> Judgement:
    return Judgement(False, message)


class Reason:
    """Why one step of a derivation is true. A subclass checks the step from its two sides and the domain alone.

    words: what a paper writes beside the step.
    definitions: the names this reason replaces by what they stand for.
    """

    words: str = ""
    definitions: Mapping[Expression, Expression] = {}

    def check(self, left: Expression, relation: Relation, right: Expression, domain: Domain) -> Judgement:
        """Accept `left relation right` for every point of `domain`, or reject it with a sentence."""
        raise NotImplementedError(f"{type(self).__name__} does not justify steps of a chain; use it in `iff`.")

    def check_equivalence(self, first: Statement, second: Statement, domain: Domain) -> Judgement:
        """Accept that `first` and `second` hold at the same points of `domain`, or reject it with a sentence."""
        return reject(f"{type(self).__name__} does not justify an equivalence; use Rearrange or ApplyMonotone.")


def merged(*reasons: Reason) -> dict[Expression, Expression]:
    """The names that several reasons define. Raises ValueError if a name is given two meanings."""
    found: dict[Expression, Expression] = {}
    for reason in reasons:
        for name, meaning in reason.definitions.items():
            if found.setdefault(name, meaning) != meaning:
                raise ValueError(f"{name} is defined as {found[name]} and as {meaning}; give the second another name.")
    return found


CONNECTIVES: Any = (Relational, sp.And, sp.Or, sp.Implies, sp.Equivalent)


def substitute(expression: Any, values: Mapping[Any, Any]) -> Any:
    """Replace free symbols and applied functions, all at once.

    Bound variables are renamed out of the way first, and relations stay as they are written: SymPy may not decide them.
    """
    if not values:
        return expression
    values = {name: sp.sympify(value) for name, value in values.items()}
    occupied = set().union(*(value.free_symbols for value in values.values())) | set(values)
    return _replace(rename_bound(expression, occupied), values)


def _replace(expression: Any, values: Mapping[Any, Any]) -> Any:
    if isinstance(expression, CONNECTIVES):
        return expression.func(*(_replace(argument, values) for argument in expression.args), evaluate=False)
    return expression.xreplace(values)


def rename_bound(expression: Any, occupied: set) -> Any:
    """The expression with other names for the indices that are among `occupied`."""
    if not expression.has(ExprWithLimits):
        return expression
    arguments = [rename_bound(argument, occupied) for argument in expression.args]
    if isinstance(expression, CONNECTIVES):
        return expression.func(*arguments, evaluate=False)
    expression = expression.func(*arguments) if arguments else expression
    if not isinstance(expression, ExprWithLimits):
        return expression
    for variable in expression.variables:
        if variable in occupied:
            expression = expression.xreplace({variable: sp.Dummy(variable.name, **variable.assumptions0)})
    return expression


def difference(left: Expression, relation: Relation, right: Expression) -> tuple[Expression, bool]:
    """The expression that must be >= 0 (or > 0, when the second value is True) for an inequality to hold."""
    if relation in (sp.Ge, sp.Gt):
        return left - right, relation is sp.Gt
    if relation in (sp.Le, sp.Lt):
        return right - left, relation is sp.Lt
    raise ValueError(f"{relation.__name__} is not an inequality; write Le, Lt, Ge or Gt.")


def show(left: Expression, relation: Relation, right: Expression) -> str:
    """Both sides as a reader sees them in a message."""
    return f"{sp.sstr(left)}  {SYMBOLS[relation]}  {sp.sstr(right)}"
