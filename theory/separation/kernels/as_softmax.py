"""B4. One feature of degree 14 or more succeeds exactly as often as softmax, at n = 1000 and for any number of neurons.

Hypotheses. The needle construction at n = 1000, d = 12, b = 1/2, eta = 6/10, a0 = 1/10, a1 = 7/10; m neurons; the
event that the network fires on D1 and is silent on D0.
Claim. (as-softmax) For every p >= 14 and every m >= 1 the kernel s^p, the single feature (1^T x)^p, has the success
probability of softmax. At p = 13 it has another.
Source. Derived here for the construction of arXiv 2310.11685.
Why. A neuron fires from some least count of plus signs on. Each least count is monotone in the gain, and at p = 14
all of them have the values that they have for an infinite gain, which are those of softmax as well.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Claim, Domain, Kind, Spoiled, declare, derived_here
from theory.evidence import Effort, Finding, Method, Verdict, evidence_for
from theory.separation.kernels.gains import Polynomial, Softmax
from theory.separation.kernels.success import constant_from, kernel_success
from theory.separation.self_attention.construction import MEANINGS, RANGES, SOURCE, m
from theory.separation.self_attention.parameters import Parameters

p = sp.Symbol("p", integer=True, positive=True)


class _KernelSuccess(sp.Function):
    """P2 of m neurons with a kernel; evaluates to an exact rational once all arguments are numbers."""

    def _eval_is_extended_nonnegative(self) -> bool:
        return True

    def defined_where(self) -> list:
        """Where its arguments are parameters of the construction, which the claims here give as numbers."""
        return []


def _value(success, m) -> sp.Rational:
    silent = 1 - success.bad_probability
    value = silent ** int(m) - (silent - success.good_probability) ** int(m)
    return sp.Rational(value.numerator, value.denominator)


def _parameters(n, d, a0, a1, b, eta) -> Parameters:
    return Parameters(n=int(n), d=int(d), a0=a0, a1=a1, b=b, eta=eta)


class PolynomialSuccess(_KernelSuccess):
    """`PolynomialSuccess(n, d, a0, a1, b, eta, p, m)`: the kernel s^p."""

    @classmethod
    def eval(cls, *arguments):
        if all(argument.is_Rational for argument in arguments):
            *others, p, m = arguments
            return _value(kernel_success(_parameters(*others), Polynomial(int(p))), m)
        return None


class SoftmaxSuccess(_KernelSuccess):
    """`SoftmaxSuccess(n, d, a0, a1, b, eta, m)`."""

    @classmethod
    def eval(cls, *arguments):
        if all(argument.is_Rational for argument in arguments):
            return _value(kernel_success(_parameters(*arguments[:-1]), Softmax()), arguments[-1])
        return None


INSTANCE = (1000, 12, sp.Rational(1, 10), sp.Rational(7, 10), sp.Rational(1, 2), sp.Rational(6, 10))


def _domain(least: int) -> Domain:
    return Domain({p: sp.Range(least, sp.oo), m: RANGES[m]}, (), {p: "degree", m: MEANINGS[m]})


as_softmax = declare(
    "separation.kernels.as-softmax",
    "at n = 1000 the kernel s^p succeeds exactly as often as softmax, for every p >= 14 and every number of neurons",
    sp.Eq(PolynomialSuccess(*INSTANCE, p, m), SoftmaxSuccess(*INSTANCE, m), evaluate=False),
    _domain(14),
    Kind.IDENTITY,
    derived_here(SOURCE),
    {Method.CERTIFIED},
    module=__name__,
    rests_on=["separation.self.firing-count", "separation.kernels.polynomial-gain"],
    spoiled=[Spoiled("p >= 13 in place of p >= 14", domain=_domain(13))],
)


@evidence_for(as_softmax, Method.CERTIFIED)
def _as_softmax(claim: Claim, effort: Effort) -> Finding:
    """Integers only: the least counts of the first degree, of an infinite gain, and of softmax are compared."""
    polynomial, softmax = claim.unfolded.args
    first = int(claim.domain.ranges[p].inf)
    at = _parameters(*polynomial.args[:6])
    own, other = kernel_success(at, Polynomial(first)), kernel_success(at, Softmax())
    scope = claim.domain.describe()
    if softmax.args[:6] == polynomial.args[:6] and constant_from(at, first) and own == other:
        counts = {"least counts on D1": str(own.good), "least counts on D0": str(own.bad)}
        return Finding(Verdict.HOLDS, scope, f"All least counts at p = {first} are those of any larger gain.", counts)
    point = {p: first, m: 1}
    values = [
        side.xreplace({symbol: sp.Integer(value) for symbol, value in point.items()}) for side in (polynomial, softmax)
    ]
    shown = {str(symbol): str(value) for symbol, value in point.items()}
    numbers = {"polynomial": str(values[0]), "softmax": str(values[1])}
    if values[0].is_Rational and values[1].is_Rational and values[0] != values[1]:
        return Finding(Verdict.REFUTED, scope, f"{values[0]} and {values[1]} differ at {shown}.", numbers, (shown,))
    return Finding(Verdict.UNDECIDED, scope, "The least counts differ from their limits.", numbers)
