"""Moments of a standard normal vector in any dimension, by its moment generating function.

For w ~ N(0, I_d) and vectors x, y, .. the numbers <w, x>, <w, y>, .. are jointly normal with mean zero and the Gram
matrix <x, y> as covariance. For linear forms a and b in them, E[exp(a) cos(b)] = exp((Var a - Var b)/2) cos(Cov(a, b)),
and the same with sin; a polynomial factor is a derivative of that. The dimension never appears.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import sympy as sp
from sympy.simplify.fu import TR8

from theory.reasons.algebra import identical
from theory.reasons.base import Expression, Judgement, Reason, Relation, accept, reject, show

if TYPE_CHECKING:
    from theory.claim import Domain


class Expectation(sp.Expr):
    """E of an expression in jointly normal variables of mean zero; make one with `expectation`.

    Its arguments are the expression, the variables, which are bound, and their covariances row by row.
    """

    is_real = True
    is_commutative = True

    @property
    def free_symbols(self) -> set:
        body, variables, covariance = self.args
        return (body.free_symbols - set(variables.args)) | covariance.free_symbols

    def _latex(self, printer: Any) -> str:
        return rf"\mathbb{{E}}\left[{printer._print(self.args[0])}\right]"

    def _sympystr(self, printer: Any) -> str:
        return f"E[{printer._print(self.args[0])}]"


def normal(name: str) -> sp.Symbol:
    """The normal variable <w, x> of the vector called `name`, to be bound by `expectation`."""
    return sp.Symbol(rf"\langle w, {name} \rangle", real=True)


def expectation(body: Expression, covariance: Mapping[tuple[sp.Symbol, sp.Symbol], Expression]) -> Expectation:
    """E of `body`, a sum of products of polynomials, exp, cosh, sinh, cos and sin of linear forms in normal variables.

    covariance: (variable, variable) -> inner product, each unordered pair once. The domain of a claim must only allow
        Gram matrices (positive semidefinite ones).

    Raises ValueError if a pair is missing or the expectation has no closed form here.
    """
    variables = sorted({v for pair in covariance for v in pair}, key=lambda v: v.name)
    rows = []
    for one in variables:
        for two in variables:
            if (one, two) not in covariance and (two, one) not in covariance:
                raise ValueError(f"The covariance of {one} and {two} is missing; give it, 0 if they are independent.")
            rows.append(sp.sympify(covariance.get((one, two), covariance.get((two, one)))))
    made = Expectation(sp.sympify(body), sp.Tuple(*variables), sp.Tuple(*rows))
    gaussian_moment(made)
    return made


def gaussian_moment(expected: Any) -> Any:
    """The closed form of an Expectation. Raises ValueError for an expression that is not of the form it knows."""
    body, variables, entries = expected.args
    size = len(variables)
    gram = sp.Matrix(size, size, list(entries))
    body = sp.expand(body.rewrite(sp.exp) if body.has(sp.cosh, sp.sinh, sp.tanh) else body)
    total = sp.S.Zero
    for term in sp.Add.make_args(sp.expand(sp.expand_power_exp(TR8(body)))):
        total += _moment_of_term(sp.powsimp(term, combine="exp"), list(variables), gram)
    return total


def _moment_of_term(term: Any, variables: list[sp.Symbol], gram: sp.Matrix) -> Any:
    places: dict[Any, int] = {variable: place for place, variable in enumerate(variables)}
    slopes = [sp.Dummy("s") for _ in variables]
    powers = [0] * len(variables)
    constant, exponent, wave, angle = sp.S.One, sp.S.Zero, None, sp.S.Zero
    for factor in sp.Mul.make_args(term):
        base, power = factor.as_base_exp()
        if not factor.has(*variables):
            constant *= factor
        elif base in places and power.is_Integer and power > 0:
            powers[places[base]] += int(power)
        elif base is sp.S.Exp1 or isinstance(factor, sp.exp):
            exponent += power
        elif isinstance(factor, sp.cos | sp.sin) and wave is None:
            wave, angle = factor.func, factor.args[0]
        else:
            raise ValueError(f"The expectation of {term} is not known; write it with exp, cos or sin of linear forms.")
    shift, growth = _linear(exponent, variables)
    phase, turn = _linear(angle, variables)
    growth = growth + sp.Matrix(slopes)
    value = sp.exp(((growth.T * gram * growth)[0] - (turn.T * gram * turn)[0]) / 2)
    if wave is not None:
        value *= wave((growth.T * gram * turn)[0] + phase)
    for slope, power in zip(slopes, powers, strict=True):
        value = sp.diff(value, slope, power) if power else value
    return constant * sp.exp(shift) * value.xreplace(dict.fromkeys(slopes, sp.S.Zero))


def _linear(expression: Any, variables: list[sp.Symbol]) -> tuple[Any, sp.Matrix]:
    """An expression as (part without the variables, coefficients of the variables)."""
    expression = sp.expand(expression)
    coefficients = [expression.coeff(variable, 1) for variable in variables]
    rest = sp.expand(expression - sum(c * v for c, v in zip(coefficients, variables, strict=True)))
    if rest.has(*variables) or any(c.has(*variables) for c in coefficients):
        raise ValueError(f"{expression} is not linear in the normal variables.")
    return rest, sp.Matrix(coefficients)


class GaussianMoment(Reason):
    """The two sides are identical once every expectation over normal variables is replaced by its closed form."""

    def __init__(self, words: str = "") -> None:
        self.words = words or "by the Gaussian moment generating function"

    def check(self, left: Expression, relation: Relation, right: Expression, domain: Domain) -> Judgement:
        if relation is not sp.Eq:
            return reject(f"GaussianMoment shows equalities, not {show(left, relation, right)}.")
        one, two = (
            side.xreplace({part: gaussian_moment(part) for part in side.atoms(Expectation)}) for side in (left, right)
        )
        if identical(one, two, domain):
            return accept("the moment generating function gives it")
        return reject(f"The expectations evaluate to {one} and {two}: {show(left, relation, right)}.")
