"""What an expression says, as a hash that is the same in every process, and of which classes it is made.

Expressions of neighbouring claims share most of their parts; each part is read once.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.core.operations import LatticeOp
from sympy.logic.boolalg import Equivalent, Xor

UNORDERED = (sp.Add, LatticeOp, sp.And, sp.Or, Xor, Equivalent, sp.FiniteSet, sp.Union, sp.Intersection)


class Wording(NamedTuple):
    """digest: a hash of the expression. classes: those of all its parts."""

    digest: str
    classes: frozenset[type]


_read: dict[tuple[type, sp.Basic], Wording] = {}


def wording(expression: sp.Basic) -> Wording:
    """The wording of an expression. The order of the terms of a sum or of the members of a set makes no difference."""
    place = type(expression), expression  # True and 1 are equal, and not the same
    if place not in _read:
        _read[place] = _wording(expression)
    return _read[place]


def _wording(e: sp.Basic) -> Wording:
    own = type(e)
    parts = e.args
    if not parts or not all(isinstance(part, sp.Basic) for part in parts):
        return Wording(_hashed(own.__qualname__, sp.srepr(e)), frozenset({own, *map(type, sp.preorder_traversal(e))}))
    read = [wording(part) for part in parts]
    digests = [part.digest for part in read]
    if isinstance(e, UNORDERED) or (isinstance(e, sp.Mul) and e.is_commutative):
        digests.sort()
    name = sp.srepr(e.func) if isinstance(e, AppliedUndef) else f"{own.__module__}.{own.__qualname__}"
    return Wording(_hashed(name, *digests), frozenset({own}).union(*(part.classes for part in read)))


def _hashed(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
