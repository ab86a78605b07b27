"""How the memory of attention grows with the length: sixteen times the tokens take at most sixteen times the memory.

Hypotheses. One head of n tokens; memory is what lives at once besides inputs and outputs, by the formulas of
`theory.maps.catalogue`, for any block or chunk, head dimension d and number r of features.
Claims. Held whole, the scores of softmax take n^2 numbers: 16 n tokens take 256 times as many. Softmax in blocks,
causal or not, and its gradient, linear attention as a whole and in causal chunks, and retention in chunks take at most
16 times as many.
Source. Derived here; the forms are those of arXiv 2205.14135 and 2006.16236.
Why. Beside a constant for the block at hand they hold a few numbers for each token. What is measured is how the memory
that XLA plans grows, since a compiler may hold copies that no formula counts.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Claim, Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.maps.attention_map import MEANINGS, n
from theory.maps.catalogue import described
from theory.reasons import Algebra, Sign

TIMES = 16  # so many times as many tokens
WHOLE = described("softmax").costs["whole"].memory


def longer(memory: sp.Expr) -> sp.Expr:
    """The memory for `TIMES` times as many tokens."""
    return memory.subs(n, TIMES * n)


def _domain(memory: sp.Expr) -> Domain:
    symbols = sorted(memory.free_symbols | {n}, key=str)
    return Domain({symbol: sp.Range(1, sp.oo) for symbol in symbols}, (), {s: MEANINGS[s] for s in symbols})


whole = declare(
    "complexity.memory.softmax-whole",
    "held whole, the scores of softmax take 256 times the memory for 16 times the tokens",
    sp.Eq(longer(WHOLE), TIMES**2 * WHOLE, evaluate=False),
    _domain(WHOLE),
    Kind.IDENTITY,
    derived_here(),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    spoiled=[Spoiled("16 times", sp.Eq(longer(WHOLE), TIMES * WHOLE, evaluate=False))],
)


@evidence_for(whole, Method.DERIVED)
@derived
def _whole() -> Derivation:
    return Derivation(longer(WHOLE)).equal(TIMES**2 * WHOLE, by=Algebra())


def _linear(name: str, words: str, attention: str, form: str) -> Claim:
    """Declare that the memory of a form grows at most like the length; its spoiled variant is about all scores."""
    memory = described(attention).costs[form].memory
    claim = declare(
        f"complexity.memory.{name}",
        f"{words} takes at most 16 times the memory for 16 times the tokens",
        sp.Le(longer(memory), TIMES * memory, evaluate=False),
        _domain(memory),
        Kind.UPPER,
        derived_here(),
        {Method.DERIVED, Method.MEASURED},
        module=__name__,
        spoiled=[Spoiled("all scores held", sp.Le(longer(WHOLE), TIMES * WHOLE, evaluate=False), _domain(WHOLE))],
    )

    @evidence_for(claim, Method.DERIVED)
    @derived
    def _proof() -> Derivation:
        return Derivation(longer(memory)).at_most(TIMES * memory, by=Sign())

    return claim


blockwise = _linear("softmax-blockwise", "softmax in blocks", "softmax-blockwise", "blockwise")
blockwise_causal = _linear(
    "softmax-blockwise-causal", "causal softmax in blocks", "softmax-blockwise", "blockwise causal"
)
blockwise_gradient = _linear(
    "softmax-blockwise-gradient", "the gradient of softmax in blocks", "softmax-blockwise", "blockwise gradient"
)
linear = _linear("linear", "linear attention", "relu", "whole")
chunked = _linear("linear-chunked", "causal linear attention in chunks", "relu", "chunked")
retention = _linear("retention", "retention in chunks", "retention", "chunked")
GROWS_LIKE_THE_LENGTH = (blockwise, blockwise_causal, blockwise_gradient, linear, chunked, retention)
