"""How the memory that XLA plans for the running maps grows with the length."""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp

from numerics.environment import devices
from numerics.maps.feature_maps import Relu
from numerics.maps.linear_attention import LinearAttention
from numerics.maps.recurrent import Retention
from numerics.maps.softmax import Softmax
from theory.claim import Claim
from theory.complexity import memory as room
from theory.evidence import Check, Effort, Finding, Method, Verdict, evidence_for
from theory.maps.attention_map import n

BLOCK, DIMENSION, VALUES = 64, 16, 12
SHORTEST = {room.whole.id: 64}  # tokens; from 4096 on XLA plans all scores elsewhere and reports none of them
USUAL = 512
Attend = Callable[..., Any]


def all_scores(q: Any, k: Any, v: Any) -> Any:
    """Softmax attention with all scores held."""
    import jax

    return jax.nn.softmax(q @ k.T) @ v


def _gradient(attend: Attend) -> Attend:
    import jax

    return jax.grad(lambda q, k, v: attend(q, k, v).sum(), (0, 1, 2))


def _causal(attend: Attend) -> Attend:
    return lambda q, k, v: attend(q, k, v, causal=True)


in_blocks, features = Softmax(block=BLOCK).attend, LinearAttention(Relu(), chunk=BLOCK).attend
PROGRAMS: dict[str, Attend] = {
    room.whole.id: all_scores,
    room.blockwise.id: in_blocks,
    room.blockwise_causal.id: _causal(in_blocks),
    room.blockwise_gradient.id: _gradient(in_blocks),
    room.linear.id: features,
    room.chunked.id: _causal(features),
    room.retention.id: _causal(Retention(decay=0.9, chunk=BLOCK).attend),
}


def planned_bytes(attend: Attend, length: int) -> int:
    """The bytes of intermediate results that XLA plans for one head of float32. Raises RuntimeError if it says none."""
    import jax
    import jax.numpy as jnp

    arguments = [jax.ShapeDtypeStruct((length, size), jnp.float32) for size in (DIMENSION, DIMENSION, VALUES)]
    plan = jax.jit(attend).lower(*arguments).compile().memory_analysis()
    if plan is None:
        raise RuntimeError("XLA reports no memory of a program on this backend; measure on a CPU.")
    return plan.temp_size_in_bytes


def grows(about: str) -> Check:
    """The check that the planned memory grows as the two sides of a claim's relation do.

    A statement about all scores is examined on the program that holds them, whichever claim it is a variant of.
    """

    def check(claim: Claim, effort: Effort) -> Finding:
        statement = claim.unfolded
        examined = room.whole.id if statement.lhs == room.longer(room.WHOLE) else about
        short = SHORTEST.get(examined, USUAL)
        held = [planned_bytes(PROGRAMS[examined], length) for length in (short, room.TIMES * short)]
        formula = statement.lhs.subs(n, n / room.TIMES)
        allowed = sp.simplify(statement.rhs / formula) * held[0]
        scope = f"programs for {short} and {room.TIMES * short} tokens, d = {DIMENSION}, on {', '.join(devices())}"
        numbers = {"bytes planned": held, "claimed": str(allowed)}
        if held[0] == 0 or not allowed.is_number:
            return Finding(Verdict.UNDECIDED, scope, "No memory was planned, so no growth is seen.", numbers)
        met = held[1] == allowed if isinstance(statement, sp.Eq) else held[1] <= allowed
        verdict = Verdict.HOLDS if met else Verdict.REFUTED
        message = f"From {held[0]} bytes the plan grows to {held[1]}; the claim allows {allowed}."
        return Finding(verdict, scope, message, numbers)

    return check


for one in (room.whole, *room.GROWS_LIKE_THE_LENGTH):
    evidence_for(one, Method.MEASURED)(grows(one.id))
