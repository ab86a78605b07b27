"""The exact law as SymPy functions, so that a claim's statement can speak of it: they evaluate to exact rationals.

Each takes the parameters of the construction as exact numbers, `(n, d, a0, a1, b, eta)`, and stays unevaluated while
one of them is a symbol. See `law` for the theorem behind them.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from theory.separation.self_attention.law import SILENT_FOUR, Network, firing_law, law_of_rows, network_rows
from theory.separation.self_attention.parameters import Parameters
from theory.separation.self_attention.success import Success


def _parameters(arguments: tuple[sp.Expr, ...]) -> Parameters | None:
    """The construction's parameters, or None while they are not all exact numbers."""
    if not all(argument.is_Rational for argument in arguments):
        return None
    n, d, a0, a1, b, eta = arguments
    if not (n.is_Integer and d.is_Integer):
        raise ValueError(f"The law needs an integer length and dimension, not n = {n}, d = {d}.")
    return Parameters(n=int(n), d=int(d), a0=a0, a1=a1, b=b, eta=eta)


def _rational(value: Fraction) -> sp.Rational:
    return sp.Rational(value.numerator, value.denominator)


def _success(parameters: Parameters) -> Success:
    return firing_law(parameters).success(Network.SOFTMAX_NEEDLE, SILENT_FOUR)


class _Probability(sp.Function):
    """A probability: real, between 0 and 1. `first` is where the construction's parameters begin in its arguments."""

    first = 0

    def _eval_is_nonnegative(self) -> bool:
        return True

    def defined_where(self) -> list[sp.logic.boolalg.Boolean]:
        """The conditions under which the construction exists."""
        n, d, a0, a1, b, _ = self.args[self.first : self.first + 6]
        conditions = [sp.Ge(n, 2), sp.Ge(d, 3), sp.Ge(n, d - 2), sp.Ge(a0, 0), sp.Ge(a1, 0), sp.Ge(b, 0), sp.Le(b, 1)]
        return [condition for condition in conditions if condition is not sp.true]


SOFTMAX_ON_D1, SOFTMAX_ON_D0, LINEAR_ON_D1, LINEAR_ON_D0 = map(sp.Integer, range(4))  # the order of `law.Network`


class FiringProbability(_Probability):
    """P[a neuron fires] in one network: `FiringProbability(LINEAR_ON_D1, n, d, a0, a1, b, eta)`."""

    first = 1

    @classmethod
    def eval(cls, network, *arguments):
        parameters = _parameters(arguments)
        if parameters is not None:
            one = list(Network)[int(network)]
            return _rational(law_of_rows(parameters, {one: network_rows(parameters)[one]}).probability(one))
        return None


class JointSuccess(_Probability):
    """P4 of m neurons: `JointSuccess(n, d, a0, a1, b, eta, m)`."""

    @classmethod
    def eval(cls, *arguments):
        parameters = _parameters(arguments[:-1])
        if parameters is not None and arguments[-1].is_Integer:
            success, m = _success(parameters), int(arguments[-1])
            silent = 1 - success.bad_probability
            return _rational(silent**m - (silent - success.good_probability) ** m)
        return None


class BestSuccess(_Probability):
    """P4 at the best number of neurons: `BestSuccess(n, d, a0, a1, b, eta)`."""

    @classmethod
    def eval(cls, *arguments):
        parameters = _parameters(arguments)
        if parameters is not None:
            width = _success(parameters).best_width()
            if width is None:
                raise ValueError(f"P4 has no largest value for {parameters}: it rises to 1 with the number of neurons.")
            return JointSuccess(*arguments, sp.Integer(width))
        return None
