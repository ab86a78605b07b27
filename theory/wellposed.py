"""Which conditions an expression needs to be defined, and whether a domain grants them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sympy as sp
from sympy.codegen.cfunctions import exp2, expm1, log1p, log2
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanFunction

from theory import remembered
from theory.domain import ClaimError
from theory.reasons.base import Expression, Statement
from theory.reasons.gaussian import Expectation
from theory.reasons.lemma import is_integer
from theory.reasons.ranges import excessive_assumptions
from theory.reasons.sign import NONNEGATIVE, shown, sign_of

if TYPE_CHECKING:
    from theory.claim import Claim, Domain

EVERYWHERE = (
    sp.exp, exp2, expm1, sp.Abs, sp.Min, sp.Max, sp.sinh, sp.cosh, sp.tanh, sp.erf, sp.erfc, sp.sin, sp.cos, sp.atan,
    sp.asinh, sp.floor, sp.ceiling, sp.sign, sp.Heaviside, sp.KroneckerDelta, sp.Add, sp.Mul, sp.sech,
)  # fmt: skip


def refuse_unsound(claim: Claim) -> None:
    """Refuse floats, undeclared symbols, and expressions that the hypotheses do not make well defined.

    A wording that was found sound before, by the same sources, is not examined again.

    Raises ClaimError, with what to write instead.
    """
    key = remembered.key(claim)
    if key is not None and remembered.sound(key):
        return
    _refuse_unsound(claim, claim.unfolded)
    if key is not None:
        remembered.remember(key)


def _refuse_unsound(claim: Claim, statement: Any) -> None:
    for part in (statement, *claim.domain.hypotheses):
        if part.atoms(sp.Float):
            raise ClaimError(f"{claim.id} holds the float {min(part.atoms(sp.Float))}; write sp.Rational(...) instead.")
        undeclared = part.free_symbols - set(claim.domain.ranges)
        if undeclared:
            names = ", ".join(sorted(map(str, undeclared)))
            raise ClaimError(f"{claim.id} uses {names} without a range; add it to the domain or to the definitions.")
        functions = part.atoms(AppliedUndef)
        if functions:
            names = ", ".join(sorted(map(str, functions)))
            raise ClaimError(f"{claim.id} uses {names} without a meaning; add it to the definitions.")
    missing = undefined_conditions(statement, claim.domain)
    if missing:
        raise ClaimError(
            f"{claim.id} is not defined on all of its domain; add to the hypotheses, or narrow a range to give: "
            + "; ".join(sp.sstr(condition) for condition in missing)
        )


def refuse_loose_witness(claim: Claim) -> None:
    """Refuse a declared point that leaves a symbol of the domain open, or gives one an inexact value.

    Whether the hypotheses hold there is `theory.rigor.witness`'s to say. Raises ClaimError, with what to write instead.
    """
    witness = claim.domain.witness
    exact = all(sp.sympify(value).is_Rational for value in witness.values())
    if witness and (set(witness) != set(claim.domain.ranges) or not exact):
        names = ", ".join(f"{symbol}: .." for symbol in claim.domain.ranges)
        raise ClaimError(f"The witness of {claim.id} must give an exact number to every symbol: witness={{{names}}}.")


def undefined_conditions(statement: Statement, domain: Domain) -> list[Statement]:
    """The conditions that `statement` needs and that neither the ranges nor the hypotheses of `domain` give.

    A condition inside a Piecewise or to the right of an implication is only required where its guard holds.

    Raises ValueError, in a sentence, for an infinite or complex constant, for a function whose domain is not known,
    and for a symbol whose SymPy assumptions say more than its range.
    """
    for symbol in sorted(statement.free_symbols & set(domain.ranges), key=str):
        excess = excessive_assumptions(symbol, domain)
        if excess:
            raise ValueError(
                f"The symbol {symbol} is assumed {', '.join(excess)}, but its range is {domain.ranges[symbol]}; "
                f"narrow the range or make the symbol without that assumption."
            )
    missing: list[Statement] = []
    needed = list(_conditions(statement, domain))
    for number, hypothesis in enumerate(domain.hypotheses):  # each may lean on those before it
        needed += _conditions(hypothesis, replace(domain, hypotheses=domain.hypotheses[:number]))
    examined = set()
    for condition, where in needed:
        place = condition, where.hypotheses, tuple(where.ranges.items())
        if place not in examined and condition not in missing and not shown(condition, where):
            missing.append(condition)
        examined.add(place)
    return missing


def _conditions(e: Statement, domain: Domain) -> Iterator[tuple[Statement, Domain]]:
    """Every condition that `e` needs, with the domain (narrowed by guards) on which it is needed."""
    if e in (sp.nan, sp.zoo, sp.oo, -sp.oo, sp.I):
        raise ValueError(f"The statement holds {e}, which is not a real number; write a relation of real numbers.")
    if isinstance(e, sp.Piecewise):
        yield from _piecewise(e, domain)
        return
    if isinstance(e, sp.Implies):
        yield from _conditions(e.args[0], domain)
        yield from _conditions(e.args[1], given(domain, e.args[0]))
        return
    if isinstance(e, sp.Sum | sp.Product):
        yield from _sum(e, domain)
        return
    if isinstance(e, Expectation):
        yield from ((condition, domain) for condition in (*e.gram_conditions(), *e.conditions()))
        yield from _conditions(e.closed_form(), domain)
        return
    for argument in e.args:
        yield from _conditions(argument, domain)
    if isinstance(e, sp.Pow):
        yield from ((condition, domain) for condition in _power(e, domain))
    elif isinstance(e, sp.log | sp.gamma | sp.loggamma | log2):
        yield sp.Gt(e.args[0], 0, evaluate=False), domain
    elif isinstance(e, log1p):
        yield sp.Gt(e.args[0], -1, evaluate=False), domain
    elif isinstance(e, sp.factorial | sp.binomial):
        for argument in e.args:
            if not is_integer(argument, domain):
                raise ValueError(f"{argument} in {e} was not shown to be an integer; give its symbols integer ranges.")
        yield sp.Ge(e.args[0], 0, evaluate=False), domain
    elif isinstance(e, sp.besseli):
        if not is_integer(e.args[0], domain):
            yield sp.Gt(e.args[1], 0, evaluate=False), domain
    elif isinstance(e, sp.acosh):
        yield sp.Ge(e.args[0], 1, evaluate=False), domain
    elif isinstance(e, sp.atanh):
        yield sp.Lt(sp.Abs(e.args[0]), 1, evaluate=False), domain
    elif not (e.is_Atom or isinstance(e, (*EVERYWHERE, Relational, BooleanFunction, sp.Tuple))):
        if hasattr(e, "defined_where"):
            yield from ((condition, domain) for condition in e.defined_where())  # type: ignore[attr-defined]
        elif not isinstance(e, AppliedUndef):  # an undefined name is refused by the claim, which asks for its meaning
            raise ValueError(
                f"Where {e.func.__name__} is defined is not known; write {e} in other functions, or give that class "
                f"a method defined_where(self) that returns the conditions."
            )


def _power(e: Statement, domain: Domain) -> Iterator[Statement]:
    base, exponent = e.args
    if is_integer(exponent, domain):
        if (exponent.is_Integer and exponent > 0) or base is sp.S.Exp1:
            return
        if not sign_of(exponent, domain, within=NONNEGATIVE) <= NONNEGATIVE:
            yield sp.Ne(base, 0, evaluate=False)
    elif base is not sp.S.Exp1:
        strict = sp.Gt(base, 0, evaluate=False)
        if sign_of(exponent, domain, within=frozenset({1})) == {1}:
            yield sp.Ge(base, 0, evaluate=False)
        else:
            yield strict


def _piecewise(e: Statement, domain: Domain) -> Iterator[tuple[Statement, Domain]]:
    if e.args[-1][1] is not sp.true:
        raise ValueError(f"{e} has no default; end it with (value, True).")
    before = domain
    for value, guard in e.args:
        yield from _conditions(guard, before)
        yield from _conditions(value, given(before, guard))
        if isinstance(guard, Relational):
            before = given(before, guard.negated)


def _sum(e: Statement, domain: Domain) -> Iterator[tuple[Statement, Domain]]:
    inner = domain
    for limits in reversed(e.limits):
        index, low, high = limits
        if not (low.is_finite is not False and high.is_finite is not False):
            raise ValueError(f"{e} has infinitely many terms; write a closed form, or a finite sum and its remainder.")
        for end in (low, high):
            if not is_integer(end, inner):
                raise ValueError(f"The limit {end} of {e} was not shown to be an integer.")
            yield from _conditions(end, inner)
        yield sp.Ge(high, low - 1, evaluate=False), inner
        if index in inner.ranges:
            raise ValueError(f"{index} is both a symbol of the domain and an index of {e}; rename the index.")
        inner = with_index(inner, index, low, high)
        excess = excessive_assumptions(index, inner)
        if excess:
            raise ValueError(
                f"The index {index} is assumed {', '.join(excess)}, but runs from {low} to {high} in {e}; "
                f"make it without that assumption."
            )
    yield from _conditions(e.function, inner)


def with_index(domain: Domain, index: sp.Symbol, low: Expression, high: Expression) -> Domain:
    """The domain together with an index that runs over the integers from `low` to `high`."""
    start = low if low.is_Integer else -sp.oo
    end = high + 1 if high.is_Integer else sp.oo
    bounds: Any = (sp.Ge(index, low, evaluate=False), sp.Le(index, high, evaluate=False))
    return replace(
        domain,
        ranges={**domain.ranges, index: sp.Range(start, end)},
        hypotheses=(*domain.hypotheses, *(b for b in bounds if not b.rhs.is_Integer)),
    )


def given(domain: Domain, guard: Statement) -> Domain:
    """The part of the domain where a guard holds. A guard that is no conjunction of relations adds nothing."""
    relations = tuple(part for part in sp.And.make_args(guard) if isinstance(part, Relational))
    return replace(domain, hypotheses=(*domain.hypotheses, *relations))
