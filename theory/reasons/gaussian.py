"""Moments of a standard normal vector in any dimension, by its moment generating function.

For w ~ N(0, I_d) and vectors x, y, .. the numbers <w, x>, <w, y>, .. are jointly normal with mean zero and the Gram
matrix <x, y> as covariance. For linear forms a and b in them, E[exp(a) cos(b)] = exp((Var a - Var b)/2) cos(Cov(a, b)),
and the same with sin; a polynomial factor is a derivative of that. The dimension never appears, but for two factors:

- exp(c |w|^2) with c < 1/2 divides every variance by 1 - 2c and the expectation by (1 - 2c)^(d/2); a power of |w|^2 is
  a derivative in c;
- the indicator of a half-space {b > 0} turns E[exp(a)] into E[exp(a)] P[b + Cov(a, b) > 0].

An angle may hold uniform phases; a wave whose phase turns a whole number of times, not 0, averages to 0.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sympy as sp
from sympy.simplify.fu import TR8

from theory.reasons.algebra import identical
from theory.reasons.base import Expression, Judgement, Reason, Relation, Statement, accept, reject, show

if TYPE_CHECKING:
    from theory.claim import Domain


class Expectation(sp.Expr):
    """E of an expression in jointly normal variables of mean zero; make one with `expectation`.

    Its arguments are the expression, the variables, which are bound, their covariances row by row, the uniform phases,
    which are bound too, and, where the squared norm occurs, the bound symbol for it and the dimension.
    """

    is_real = True
    is_commutative = True

    @property
    def free_symbols(self) -> set:
        body, variables, covariance, phases, norm = self.args
        bound = {*variables.args, *phases.args, *norm.args[:1]}
        return (body.free_symbols - bound) | covariance.free_symbols | sp.Tuple(*norm.args[1:]).free_symbols

    def closed_form(self) -> Expression:
        """The value, where `conditions` hold."""
        return gaussian_moment(self)

    def conditions(self) -> tuple[Statement, ...]:
        """What must hold for the expectation to be finite."""
        return tuple(dict.fromkeys(condition for _, needed in _terms(self) for condition in needed))

    def gram_conditions(self) -> tuple[Statement, ...]:
        """What must hold for the covariances to be inner products: no principal minor of theirs is negative."""
        _, variables, covariances, *_ = self.args
        size = len(variables.args)
        gram = sp.Matrix(size, size, list(covariances.args))
        found = []
        for order in range(1, size + 1):
            for chosen in itertools.combinations(range(size), order):
                minor = sp.expand(gram.extract(list(chosen), list(chosen)).det())
                if minor != 0:
                    found.append(sp.Ge(minor, 0, evaluate=False))
        return tuple(found)

    def _latex(self, printer: Any) -> str:
        return rf"\mathbb{{E}}\left[{printer._print(self.args[0])}\right]"

    def _sympystr(self, printer: Any) -> str:
        return f"E[{printer._print(self.args[0])}]"


def normal(name: str) -> sp.Symbol:
    """The normal variable <w, x> of the vector called `name`, to be bound by `expectation`."""
    return sp.Symbol(rf"\langle w, {name} \rangle", real=True)


def phase(name: str) -> sp.Symbol:
    """A phase uniform on the circle [0, 2 pi), to be bound by `expectation`."""
    return sp.Symbol(name, real=True)


SQUARED_NORM = sp.Symbol(r"\lVert w \rVert^2", nonnegative=True)


def expectation(
    body: Expression,
    covariance: Mapping[tuple[sp.Symbol, sp.Symbol], Expression],
    *,
    phases: Sequence[sp.Symbol] = (),
    dimension: Expression | None = None,
) -> Expectation:
    """E of `body`, a sum of products of polynomials, exp, cosh, sinh, cos and sin of linear forms in normal variables.

    covariance: (variable, variable) -> inner product, each unordered pair once. The domain of a claim must only allow
        Gram matrices (positive semidefinite ones), as `gram_conditions` asks of it.
    phases: made with `phase`, independent of w and of each other; they may occur in cos and sin.
    dimension: d, if exponents hold SQUARED_NORM, the symbol for |w|^2.
    A term may hold one factor Heaviside(form), the indicator that a linear form is positive, beside exponentials.

    Raises ValueError if a pair is missing. That there is a closed form is seen where it is used: by `conditions`, when
    a claim is declared, and by `closed_form`.
    """
    variables = sorted({v for pair in covariance for v in pair}, key=lambda v: v.name)
    rows = []
    for one in variables:
        for two in variables:
            if (one, two) not in covariance and (two, one) not in covariance:
                raise ValueError(f"The covariance of {one} and {two} is missing; give it, 0 if they are independent.")
            rows.append(sp.sympify(covariance.get((one, two), covariance.get((two, one)))))
    norm = sp.Tuple() if dimension is None else sp.Tuple(SQUARED_NORM, sp.sympify(dimension))
    return Expectation(sp.sympify(body), sp.Tuple(*variables), sp.Tuple(*rows), sp.Tuple(*phases), norm)


def gaussian_moment(expected: Any) -> Any:
    """The closed form of an Expectation. Raises ValueError for an expression that is not of the form it knows."""
    return sp.Add(*(value for value, _ in _terms(expected)))


def _terms(expected: Any) -> list[tuple[Expression, tuple[Statement, ...]]]:
    """The expectations of the terms of the body, each with the conditions under which it is finite."""
    body = expected.args[0]
    body = sp.expand(body.rewrite(sp.exp) if body.has(sp.cosh, sp.sinh, sp.tanh) else body)
    expanded = sp.expand(sp.expand_power_exp(TR8(body)))
    return [_moment_of_term(sp.powsimp(term, combine="exp"), expected) for term in sp.Add.make_args(expanded)]


def _moment_of_term(term: Any, expected: Any) -> tuple[Expression, tuple[Statement, ...]]:
    _, variables, entries, phases, norm = (list(part.args) for part in expected.args)
    size = len(variables)
    gram = sp.Matrix(size, size, entries)
    bound = {*variables, *phases, *norm[:1]}
    constant, exponent, angle, level = sp.S.One, sp.S.Zero, sp.S.Zero, None
    wave: Any = None
    powers = dict.fromkeys([*variables, *norm[:1]], 0)
    for factor in sp.Mul.make_args(term):
        base, power = factor.as_base_exp()
        if not factor.has(*bound):
            constant *= factor
        elif base in powers and power.is_Integer and power > 0:
            powers[base] += int(power)
        elif base is sp.S.Exp1 or isinstance(factor, sp.exp):
            exponent += power
        elif isinstance(factor, sp.cos | sp.sin) and wave is None:
            wave, angle = factor.func, factor.args[0]
        elif isinstance(base, sp.Heaviside) and power.is_Integer and power > 0 and level is None:
            level = base.args[0]
        else:
            raise ValueError(f"The expectation of {term} is not known; write it with exp, cos or sin of linear forms.")
    shift, (growth, squared) = _linear(exponent, variables, norm[:1], bound)
    offset, (turn, turns) = _linear(angle, variables, phases, bound)
    if any(not turn.is_Integer for turn in turns):
        raise ValueError(f"{angle} does not turn a whole number of times with its phase.")
    slopes = {symbol: sp.Dummy("s") for symbol in powers}
    at_zero = dict.fromkeys(slopes.values(), sp.S.Zero)
    growth = sp.Matrix([g + slopes[v] for g, v in zip(growth, variables, strict=True)])
    conditions: tuple[Statement, ...] = ()
    if norm and (squared[0] != 0 or powers[norm[0]]):
        narrower = 1 - 2 * (squared[0] + slopes[norm[0]])
        constant *= narrower ** (-norm[1] / 2)
        gram = gram / narrower
        conditions = (sp.Gt(1 - 2 * squared[0], 0, evaluate=False),) if squared[0] != 0 else ()
    if any(turn != 0 for turn in turns):
        return sp.S.Zero, conditions
    turn = sp.Matrix(turn)
    value = sp.exp(sp.expand(((growth.T * gram * growth)[0] - (turn.T * gram * turn)[0]) / 2))
    if wave is not None:
        value *= wave((growth.T * gram * turn)[0] + offset)
    if level is not None:
        if wave is not None or any(powers.values()):
            raise ValueError(f"The expectation of {term} is not known; only exponentials may stand beside Heaviside.")
        height, (form, _) = _linear(level, variables, [], bound)
        form = sp.Matrix(form)
        variance = (form.T * gram * form)[0]
        value *= sp.erfc(-(height + (growth.T * gram * form)[0]) / sp.sqrt(2 * variance)) / 2
        conditions = (*conditions, sp.Gt(variance.xreplace(at_zero), 0, evaluate=False))
    value *= constant * sp.exp(shift)
    for symbol, power in powers.items():
        value = sp.diff(value, slopes[symbol], power) if power else value
    return value.xreplace(at_zero), conditions


def _linear(
    expression: Any, variables: list[sp.Symbol], others: list[sp.Symbol], bound: set[sp.Symbol]
) -> tuple[Expression, tuple[list[Expression], list[Expression]]]:
    """An expression as (part without bound symbols, (coefficients of the variables, coefficients of the others))."""
    expression = sp.expand(expression)
    linear = [*variables, *others]
    coefficients = [expression.coeff(symbol, 1) for symbol in linear]
    rest = sp.expand(expression - sum(c * v for c, v in zip(coefficients, linear, strict=True)))
    if rest.has(*bound) or any(c.has(*bound) for c in coefficients):
        raise ValueError(f"{expression} is not linear in the normal variables.")
    return rest, (coefficients[: len(variables)], coefficients[len(variables) :])


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
