"""Sums that forget: the parallel, the recurrent and the chunked form of retention and of gated linear attention agree.

Hypotheses. S(t) is one entry of the state after t tokens, any sequence of real numbers. Token t writes what the
recurrence says it does: x(t) = S(t) - gamma S(t-1) for retention, 0 < gamma <= 1, and x(t) = S(t) - e^(A(t)-A(t-1))
S(t-1) for gates e^(A(t)-A(t-1)), A any sequence. Since S is arbitrary so is x: whatever is written there is one such S.
Claims. (retention-parallel, gated-parallel) S(t) = gamma^t S(0) + sum_(j=1..t) gamma^(t-j) x(j), and the same with
e^(A(t)-A(j)): recurrent = parallel, for every t. (retention-chunk, gated-chunk) After h tokens and r more, S(h+r) =
gamma^r S(h) + sum_(j=h+1..h+r) gamma^(h+r-j) x(j): a chunk of any length takes one state to the next. (retention-split,
gated-split) The parallel sum over h+r tokens is gamma^r times that over h, and the rest. (no-decay) With gamma = 1
the state is the sum of what was written: causal linear attention without normaliser.
Source. Derived here; retention is that of arXiv 2307.08621, gates are those of arXiv 2312.06635.
Why. gamma^(t-j) S(j) - gamma^(t-j+1) S(j-1) telescopes: each sum has a closed form that passes its induction check.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp

from theory.claim import Claim, Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, CombineSums, EvaluateSum
from theory.separation.kernels.sequences import SignedSequence, derived_for_every_sequence


class S(SignedSequence):
    """S(t): one entry of the state after t tokens; S(0) is what it began with."""


class A(SignedSequence):
    """A(t): the sum of the logarithms of the first t gates of a channel, and a constant."""


gamma = sp.Symbol("gamma", positive=True)
t, h, r = sp.symbols("t h r", integer=True, nonnegative=True)
j = sp.Symbol("j", integer=True)

RANGES = {gamma: sp.Interval.Lopen(0, 1), **dict.fromkeys((t, h, r), sp.Range(0, sp.oo))}
MEANINGS = {
    gamma: "decay of the state at a token", t: "tokens", h: "tokens before a chunk", r: "tokens in the chunk",
}  # fmt: skip
INSTANCES = (
    {S: lambda index: index + 1, A: lambda index: -index / sp.Integer(2)},
    {S: lambda index: (-1) ** index * (index + 2), A: lambda index: -(index**2)},
)


def domain(*symbols: sp.Symbol) -> Domain:
    return Domain({s: RANGES[s] for s in symbols}, (), {s: MEANINGS[s] for s in symbols})


class Decay:
    """What is left at token `end` of something from token `start`, and what a token writes under that recurrence."""

    def __init__(self, name: str, left: Callable[[Any, Any], Any], symbols: tuple[sp.Symbol, ...]) -> None:
        self.name, self.left, self.symbols = name, left, symbols

    def written(self, index: Any) -> Any:
        return S(index) - self.left(index - 1, index) * S(index - 1)

    def total(self, first: Any, last: Any, end: Any) -> Any:
        """What the tokens first, .., last have written and is left at token `end`."""
        return sp.Sum(self.left(j, end) * self.written(j), (j, first, last))

    def closed(self, before: Any, end: Any) -> Callable[[Any], Any]:
        """`total(before + 1, last, end)` as a function of `last`."""
        return lambda last: self.left(last, end) * S(last) - self.left(before, end) * S(before)


retention = Decay("retention", lambda start, end: gamma ** (end - start), (gamma,))
gated = Decay("gated", lambda start, end: sp.exp(A(end) - A(start)), ())


def _declare(
    name: str, title: str, statement, why: str, wrong, symbols: tuple[sp.Symbol, ...], *, measured: bool = True
) -> Claim:
    return declare(
        f"maps.recurrent.{name}",
        title,
        sp.Eq(*statement, evaluate=False),
        domain(*symbols),
        Kind.IDENTITY,
        derived_here(),
        {Method.DERIVED, Method.MEASURED} if measured else {Method.DERIVED},
        module=__name__,
        spoiled=[Spoiled(why, sp.Eq(*wrong, evaluate=False))],
    )


def _state_after(decay: Decay, before: Any, more: Any, title: str, name: str, symbols: tuple) -> Claim:
    """S(before + more) = decay S(before) + sum over the tokens between."""
    after = before + more
    kept, total = decay.left(before, after) * S(before), decay.total(before + 1, after, after)
    late = sp.Sum(decay.left(j - 1, after) * decay.written(j), (j, before + 1, after))
    claim = _declare(
        name, title, (S(after), kept + total), "what a token writes decays at that token already",
        (S(after), kept + late), (*decay.symbols, *symbols),
    )  # fmt: skip

    @derived_for_every_sequence(INSTANCES)
    def check() -> Derivation:
        return Derivation(S(after)).equal(kept + total, by=EvaluateSum(decay.closed(before, after)))

    evidence_for(claim, Method.DERIVED)(check)
    return claim


def _split(decay: Decay) -> Claim:
    """The parallel sum over h + r tokens from those over the first h and over the rest."""
    end = h + r
    whole, first, rest = decay.total(1, end, end), decay.total(1, h, h), decay.total(h + 1, end, end)
    kept = decay.left(h, end)
    claim = _declare(
        f"{decay.name}-split", f"{decay.name} sums split at the boundary of a chunk of any length",
        (whole, kept * first + rest), "what came before the chunk does not decay in it", (whole, first + rest),
        (*decay.symbols, h, r), measured=False,
    )  # fmt: skip

    @derived_for_every_sequence(INSTANCES)
    def check() -> Derivation:
        begun, before = decay.closed(0, end), decay.closed(h, end)
        return (
            Derivation(whole - kept * first)
            .equal(whole - decay.total(1, h, end), by=CombineSums("the decay of the chunk taken into the sum"))
            .equal(begun(end) - begun(h), by=EvaluateSum(begun))
            .equal(before(end), by=Algebra())
            .equal(rest, by=EvaluateSum(before))
        )

    evidence_for(claim, Method.DERIVED)(check)
    return claim


ROOMS = (retention, gated)
parallel = {
    decay.name: _state_after(
        decay, sp.S.Zero, t, f"{decay.name}: the state of the recurrence is the parallel sum", f"{decay.name}-parallel",
        (t,),
    )
    for decay in ROOMS
}  # fmt: skip
chunk = {
    decay.name: _state_after(
        decay, h, r, f"{decay.name}: a chunk of any length takes one state to the next", f"{decay.name}-chunk", (h, r)
    )
    for decay in ROOMS
}
split = {decay.name: _split(decay) for decay in ROOMS}


summed = sp.Sum(S(j) - S(j - 1), (j, 1, t))
no_decay = _declare(
    "no-decay", "with gamma = 1 the state is the sum of what was written", (S(t), S(0) + summed),
    "a decay of 99/100 left in", (S(t), S(0) + sp.Rational(99, 100) * summed), (t,),
)  # fmt: skip


@evidence_for(no_decay, Method.DERIVED)
@derived_for_every_sequence(INSTANCES)
def _no_decay() -> Derivation:
    added = EvaluateSum(lambda last: S(last) - S(0))
    return Derivation(S(t)).equal(S(0) + summed, by=added)
