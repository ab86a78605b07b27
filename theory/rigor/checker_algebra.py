"""Exact algebra for the checker: identities, signs on a whole region, and polynomial refutations by z3.

A region is a set of variables with the spans of the certificate format, all real symbols. Nothing here is numerical
except two things that can only make an answer more careful: an identity is first tested at a few points in Arb, and
a sign may also be read off an enclosure over the whole region.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sympy as sp
from sympy.core.relational import Relational

from theory.rigor import certificate as fmt
from theory.rigor import checker_spans as spans
from theory.rigor.checker_expressions import Program, UnsupportedExpression, expanded_terms
from theory.rigor.checker_spans import Span, precision

Region = Mapping[sp.Symbol, fmt.Span]
LARGEST_DEGREE = 120
LARGEST_EXPRESSION = 4_000  # operations, above which only the cheap steps of algebra are tried


def number(value: sp.Basic) -> Span:
    """An enclosure of an exact number, or of an infinite end."""
    if value is sp.oo or value is sp.S.NegativeInfinity:
        end = spans.INFINITY if value is sp.oo else spans.MINUS_INFINITY
        return Span(end, end, True, True)
    program = Program(())
    place = program.index(value)
    found = program.run(())[place]
    if found is None:
        raise UnsupportedExpression(f"{value} is not a real number")
    return found


def outer(side: fmt.Span) -> Span:
    """A span that contains the values of a variable; an end is open where it is certainly not attained."""
    low, high = number(side.low), number(side.high)
    infinite_low, infinite_high = low.low == spans.MINUS_INFINITY, high.high == spans.INFINITY
    found = Span(low.low, high.high, infinite_low or bool(side.left_open), infinite_high or bool(side.right_open))
    if not found.low <= found.high:
        raise UnsupportedExpression(f"the range from {side.low} to {side.high} is empty")
    return found


def whole(region: Region) -> list[Span]:
    """The region as a box."""
    return [outer(side) for side in region.values()]


def difference(relation: Relational) -> Any:
    """The g of `g REL 0`: right minus left for <= and <, left minus right otherwise."""
    left: Any = relation.lhs
    right: Any = relation.rhs
    return right - left if isinstance(relation, sp.Le | sp.Lt) else left - right


SYMBOLS = {sp.Le: ">=", sp.Ge: ">=", sp.Lt: ">", sp.Gt: ">", sp.Eq: "==", sp.Ne: "!="}


def kind(relation: Relational) -> str:
    """One of >=, >, == and !=, as the relation is read about its difference."""
    return SYMBOLS[type(relation)]


# --- the signs of variables ----------------------------------------------------------------------------------------


def signed(region: Region) -> dict[sp.Symbol, sp.Expr]:
    """Each variable as a symbol with the sign that follows from its span."""
    meaning = {}
    for symbol, side in region.items():
        span = outer(side)
        assumption = (
            {"positive": True}
            if spans.positive(span)
            else {"negative": True}
            if spans.negative(span)
            else {"nonnegative": True}
            if span.low >= spans.ZERO
            else {"nonpositive": True}
            if span.high <= spans.ZERO
            else {"real": True}
        )
        meaning[symbol] = sp.Dummy(symbol.name, **assumption)
    return meaning


def _shifted(region: Region) -> dict[sp.Symbol, sp.Expr]:
    """Each variable as its finite end plus or minus a nonnegative symbol, positive where the end is open."""
    meaning = {}
    for symbol, side in region.items():
        if side.low.is_finite:
            sign = {"positive": True} if side.left_open else {"nonnegative": True}
            meaning[symbol] = side.low + sp.Dummy(symbol.name, **sign)
        elif side.high.is_finite:
            sign = {"positive": True} if side.right_open else {"nonnegative": True}
            meaning[symbol] = side.high - sp.Dummy(symbol.name, **sign)
        else:
            meaning[symbol] = sp.Dummy(symbol.name, real=True)
    return meaning


def unrolled(expression: Any) -> Any:
    """Finite sums and products written out."""
    for series in expression.atoms(sp.Sum, sp.Product):
        try:
            terms: list[Any] = expanded_terms(series)
        except UnsupportedExpression:
            continue
        expression = expression.xreplace({series: (sp.Add if isinstance(series, sp.Sum) else sp.Mul)(*terms)})
    return expression


# --- identities ----------------------------------------------------------------------------------------------------


def vanishes(expression: Any, region: Region) -> bool:
    """Whether exact algebra turns the expression into 0, with the signs of the region's variables."""
    expression = sp.sympify(unrolled(expression))
    if expression == 0:
        return True
    if not expression.free_symbols <= set(region):
        return False
    if any(spans.equal(value, spans.NOUGHT) is False for value in _samples(expression, region)):
        return False
    for meaning in (signed(region), _shifted(region)):
        written = expression.xreplace(meaning)
        if any(form == 0 for form in _forms(written)):
            return True
    return False


def _samples(expression: sp.Expr, region: Region) -> Iterator[Span | None]:
    """Enclosures of the expression at a few points of the region, to notice early what no algebra can show."""
    program = Program(tuple(region))
    try:
        place = program.index(expression)
    except UnsupportedExpression:
        return
    for weight in (sp.Rational(1, 3), sp.Rational(5, 7), sp.Rational(1, 50)):
        box = []
        with precision(256):
            for side in region.values():
                low = side.low if side.low.is_finite else (side.high - 5 if side.high.is_finite else sp.Integer(-2))
                high = side.high if side.high.is_finite else low + 5
                box.append(number(low + weight * (high - low)))
            value = program.run(box)[place]
        yield value


def _forms(e: Any) -> Iterator[Any]:
    """Equal forms of an expression, cheap ones first."""
    if _has_steep_sum(e):
        return
    yield sp.expand(e)
    if e.count_ops() > LARGEST_EXPRESSION:
        return
    yield _numerator(e)
    exponential = sp.expand_log(e.rewrite([sp.tanh, sp.sinh, sp.cosh], sp.exp), deep=True)
    yield _numerator(exponential)
    plain = _plain_powers(exponential)
    yield _numerator(plain)
    if _degree(plain) > LARGEST_DEGREE:
        return
    yield sp.cancel(sp.powsimp(sp.expand(plain, power_base=True), deep=True))
    yield sp.simplify(sp.powsimp(sp.powdenest(sp.expand_power_base(exponential)), deep=True))
    yield sp.simplify(sp.gammasimp(exponential))


def _has_steep_sum(e: Any) -> bool:
    """Whether a sum is raised to a power that is too high to multiply out."""
    return any(
        isinstance(power.base, sp.Add) and isinstance(power.exp, sp.Integer) and abs(int(power.exp)) > LARGEST_DEGREE
        for power in e.atoms(sp.Pow)
    )


def _degree(e: Any) -> int:
    """The degree that the expression has as a polynomial in its powers and exponentials.

    exp(4999 u/10000) + exp(u) has degree 10000, in exp(u/10000): SymPy's factorisation would take for ever.
    """
    exponents: dict[Any, list[sp.Rational]] = {}
    for part in e.atoms(sp.Pow, sp.exp):
        base, exponent = part.as_base_exp()
        for term in sp.Add.make_args(exponent):
            coefficient, rest = term.as_coeff_Mul()
            if isinstance(coefficient, sp.Rational):
                exponents.setdefault((base, rest), []).append(coefficient)
    degree = 1
    for found in exponents.values():
        common = sp.ilcm(1, *[coefficient.q for coefficient in found])
        degree = max(degree, *[abs(int(coefficient * common)) for coefficient in found])
    return degree


def _numerator(e: Any) -> Any:
    """The expanded numerator over a common denominator; 0 only if the expression is 0 wherever it is defined."""
    return sp.expand(sp.numer(sp.together(sp.expand_power_base(sp.expand_power_exp(e)))))


def _plain_powers(e: Any) -> Any:
    """Powers of positive bases written as products of powers of their factors, exponents expanded and split."""

    def rewritten(base: Any, exponent: Any) -> Any:
        if not base.is_positive or exponent.is_Integer:
            return base**exponent
        base = sp.factor(sp.together(base))
        return sp.expand_power_exp(sp.expand_power_base(base ** sp.expand(exponent)))

    return e.replace(sp.Pow, rewritten)


# --- signs ---------------------------------------------------------------------------------------------------------


def sign_known(g: Any, wanted: str, region: Region) -> bool:
    """Whether g is >= 0, > 0 or != 0 on the region, by the signs of its parts or by one enclosure over the region."""
    g = sp.sympify(unrolled(g))
    if enclosed_sign(g, wanted, region):
        return True
    if any(_against(value, wanted) for value in _samples(g, region)):
        return False
    for meaning in (_shifted(region), signed(region)):
        if any(_assumed(form, wanted) for form in _signed_forms(g.xreplace(meaning))):
            return True
    return False


def _against(value: Span | None, wanted: str) -> bool:
    """Whether a value certainly has not the wanted sign."""
    if value is None:
        return False
    if wanted == ">=":
        return spans.negative(value)
    return wanted == ">" and value.high <= spans.ZERO


def _signed_forms(e: Any) -> Iterator[Any]:
    """Equal forms in which SymPy may know a sign, cheap ones first."""
    yield e
    if _has_steep_sum(e):
        return
    yield sp.expand(e)
    if e.count_ops() > LARGEST_EXPRESSION:
        return
    yield sp.together(e)
    yield _by_parts(sp.expand(sp.together(e)))
    if _degree(e) <= LARGEST_DEGREE:
        yield sp.factor(e)


def _by_parts(e: Any) -> Any:
    """The quotient with numerator and denominator expanded, so that the signs of their terms are seen."""
    top, bottom = sp.fraction(sp.together(e))
    return sp.Mul(sp.expand(top), 1 / sp.expand(bottom), evaluate=False)


def _assumed(e: Any, wanted: str) -> bool:
    known = {">=": e.is_nonnegative, ">": e.is_positive, "!=": e.is_nonzero, "==": e.is_zero}[wanted]
    return known is True


def enclosed_sign(g: Any, wanted: str, region: Region) -> bool:
    """Whether one enclosure over the whole region shows the sign."""
    program = Program(tuple(region))
    try:
        place = program.index(g)
        with precision(128):
            value = program.run(whole(region))[place]
    except UnsupportedExpression:
        return False
    if value is None:
        return False
    if wanted == ">=":
        return bool(value.low >= spans.ZERO)
    if wanted == "!=":
        return spans.positive(value) or spans.negative(value)
    return wanted == ">" and spans.positive(value)
