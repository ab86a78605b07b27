"""Finite sums over the same ranges, compared term by term."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy as sp

from theory.reasons.algebra import identical
from theory.reasons.base import Expression, Judgement, Reason, Relation, accept, reject, show, substitute
from theory.reasons.sign import NONNEGATIVE, POSITIVE, shown, sign_of

if TYPE_CHECKING:
    from theory.claim import Domain


class TermwiseSum(Reason):
    """Finite sums over the same ranges are compared term by term; a side that is 0 is the sum of zeros.

    Each side is a factor times one sum, or several such products; the factors must be the same and shown to be >= 0.
    Where a sum has more indices than another, its inner ones stay a sum, which is its term.
    by: the reason for the inequality of the terms, on the domain extended by the indices.
    """

    def __init__(self, by: Reason, words: str = "") -> None:
        self.by, self.words = by, words or f"{by.words}, term by term"
        self.definitions = by.definitions

    def check(self, left: Expression, relation: Relation, right: Expression, domain: Domain) -> Judgement:
        from theory.wellposed import with_index

        sides = [[factor_and_sum(term) for term in sp.Add.make_args(side) if side != 0] for side in (left, right)]
        products: list[Any] = [product for side in sides for product in side]
        if not products or None in products:
            return reject(f"Each side must be a factor times one sum, or such products: {show(left, relation, right)}.")
        factor, first = products[0]
        if not sign_of(factor, domain) <= NONNEGATIVE or not all(identical(factor, f, domain) for f, _ in products):
            return reject(f"The factors of the sums were not shown to be the same and >= 0, such as {factor}.")
        strict, inner = relation in (sp.Lt, sp.Gt), domain
        if strict and not sign_of(factor, domain) <= POSITIVE:
            return reject("A strict step needs a positive factor and at least one term.")
        renamed: list[dict] = [{} for _ in products]
        depth = min(len(other.limits) for _, other in products)
        for place in range(1, depth + 1):  # from the outermost, which comes last
            index, low, high = first.limits[-place]
            for names, (_, other) in zip(renamed, products, strict=True):
                if not _runs_like(other, names, place, first, inner):
                    return reject(f"The sums run over different ranges: {show(left, relation, right)}.")
            if strict and not shown(sp.Ge(high, low, evaluate=False), inner):
                return reject("A strict step needs a positive factor and at least one term.")
            if index in inner.ranges:
                return reject(f"{index} is both a symbol of the domain and an index; rename the index.")
            inner = with_index(inner, index, low, high)
        terms = [substitute(_inner(other, depth), names) for names, (_, other) in zip(renamed, products, strict=True)]
        one, two = sp.Add(*terms[: len(sides[0])]), sp.Add(*terms[len(sides[0]) :])
        judgement = self.by.check(one, relation, two, inner)
        if not judgement.accepted:
            return reject(f"Term by term: {judgement.message}")
        return accept(f"{judgement.message}, for every term", *judgement.rests_on)


def _runs_like(other: sp.Sum, names: dict, place: int, first: sp.Sum, domain: Domain) -> bool:
    """Whether two sums have the same ends at this place from the last; the index's new name is noted."""
    (index, *ends), (new_index, *new_ends) = other.limits[-place], first.limits[-place]
    same = all(identical(substitute(end, names), new, domain) for end, new in zip(ends, new_ends, strict=True))
    names[index] = new_index
    return same


def _inner(whole: sp.Sum, depth: int) -> Expression:
    """The term of a sum over its outermost indices: the sum over the others, if there are any."""
    inner = whole.limits[:-depth]
    return sp.Sum(whole.function, *inner) if inner else whole.function


def factor_and_sum(side: Any) -> tuple[Expression, sp.Sum] | None:
    """A product as its factor and its only sum; None if it holds no sum or several."""
    factors = sp.Mul.make_args(side)
    sums = [factor for factor in factors if isinstance(factor, sp.Sum)]
    if len(sums) != 1:
        return None
    factor = sp.Mul(*(f for f in factors if f is not sums[0]))
    return (factor, sums[0]) if not factor.has(sp.Sum) else None
