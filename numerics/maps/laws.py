"""The laws that an attention map must keep, checked on running code: the maps of this toolkit, or a kernel of yours.

    from numerics.maps.laws import examine
    for finding in examine("softmax", attend=my_kernel):
        print(finding)

`attend(q, k, v, causal=, key_mask=)` takes (.., length, dimension) arrays of any leading axes. What is demanded of a
map is in PROMISES; every law says in its sentence what it looked at. Agreement is judged by running error analysis
(`running_error`), never by a tolerance; causality and the independence of batch neighbours are judged bit by bit.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from numerics.maps import registry
from numerics.maps.attention import Attention
from numerics.maps.running_error import WIDE
from theory.evidence import Verdict


@dataclass(frozen=True)
class Promises:
    """What a map promises beyond agreeing with its definition, being causal, and staying finite.

    causal: it has a causal form. full: it has one in which every query sees every key. permutation: in the full form
    the order of the keys does not matter. row_sum: the weights of a row sum to one. shift: adding one vector to all
    keys changes nothing. homogeneous: twice the query gives the same output. positive: its scores must be positive, so
    it is examined on positive queries and keys. smooth: it has a gradient everywhere.
    """

    causal: bool = True
    full: bool = True
    permutation: bool = True
    row_sum: bool = True
    shift: bool = False
    homogeneous: bool = False
    positive: bool = False
    smooth: bool = True


PROMISES: dict[str, Promises] = {
    "softmax": Promises(shift=True),
    "softmax-blockwise": Promises(shift=True),
    "scalable-softmax": Promises(shift=True),
    "sigmoid": Promises(row_sum=False),
    "sparsemax": Promises(shift=True, smooth=False),
    "entmax": Promises(shift=True),
    "hard": Promises(shift=True, homogeneous=True, smooth=False),
    "identity-linear": Promises(homogeneous=True, positive=True),
    "identity-linear-unnormalised": Promises(row_sum=False),
    "elu": Promises(),
    "relu": Promises(homogeneous=True, smooth=False),
    "relu-squared": Promises(homogeneous=True),
    "exponential-features": Promises(),
    "exponential-features-softmax": Promises(),
    "dpfp": Promises(homogeneous=True, smooth=False),
    "cosformer": Promises(permutation=False, smooth=False),
    "polynomial": Promises(homogeneous=True),
    "taylor": Promises(),
    "chebyshev": Promises(),
    "minimax": Promises(),
    "inline": Promises(),
    "random-fourier": Promises(),
    "favor-positive": Promises(),
    "favor-positive-iid": Promises(),
    "favor-hyperbolic": Promises(),
    "oprf": Promises(),
    "linformer": Promises(causal=False, permutation=False, row_sum=False),
    "nystrom": Promises(causal=False, permutation=False, row_sum=False),
    "retention": Promises(full=False, permutation=False, row_sum=False),
    "gated-linear": Promises(full=False, permutation=False, row_sum=False),
    "delta-rule": Promises(full=False, permutation=False, row_sum=False),
}


@dataclass(frozen=True)
class LawFinding:
    """What one law found. used: the largest share of an allowance that was used, where there is one."""

    law: str
    verdict: Verdict
    dtype: str
    message: str
    used: float = float("nan")

    def __str__(self) -> str:
        return f"{self.verdict.value:9} {self.law} [{self.dtype}]: {self.message}"


@dataclass(frozen=True)
class Case:
    """Inputs of shape [batch, heads, length, dimension], and the mask [batch, 1, keys] of what is no padding."""

    q: NDArray
    k: NDArray
    v: NDArray
    causal: bool
    key_mask: NDArray


@dataclass(frozen=True)
class Subject:
    """A map under examination: its name, the parameters of the definition, and the function that is run."""

    name: str
    instance: Attention
    attend: Callable[..., Any]
    dtype: str
    seed: int = 0
    d: int = 4
    e: int = 3
    _compiled: dict[bool, Callable[..., Any]] = field(default_factory=dict)
    _differentiated: dict[bool, Callable[..., Any]] = field(default_factory=dict)

    @cached_property
    def promises(self) -> Promises:
        return PROMISES[self.name]

    def run(self, case: Case) -> NDArray:
        """The outputs in the widest float, compiled once for the causal and once for the full form."""
        compiled = self._compiled.setdefault(
            case.causal,
            jax.jit(lambda q, k, v, mask: self.attend(q, k, v, causal=case.causal, key_mask=mask)),
        )
        arrays = (jnp.asarray(x, self.dtype) for x in (case.q, case.k, case.v))
        return np.asarray(compiled(*arrays, jnp.asarray(case.key_mask)).astype(jnp.float64), WIDE)

    def gradients(self, case: Case, cotangent: NDArray) -> tuple[NDArray, ...]:
        """The gradient of the outputs times a cotangent with respect to q, k and v."""

        def loss(q: Any, k: Any, v: Any, mask: Any, c: Any) -> Any:
            outputs = self.attend(q, k, v, causal=case.causal, key_mask=mask)
            return (outputs.astype(c.dtype) * c).sum()

        compiled = self._differentiated.setdefault(case.causal, jax.jit(jax.grad(loss, (0, 1, 2))))
        arrays = (jnp.asarray(x, self.dtype) for x in (case.q, case.k, case.v))
        wide = "float32" if self.dtype == "bfloat16" else self.dtype
        found = compiled(*arrays, jnp.asarray(case.key_mask), jnp.asarray(cotangent, wide))
        return tuple(np.asarray(g.astype(jnp.float64), WIDE) for g in found)

    def case(self, causal: bool, *, number: int = 0, n: int = 13, m: int = 13, scale: float = 1.0) -> Case:
        """Random inputs that are exact in the dtype, with a padded key in the second sequence."""
        generator = np.random.default_rng([self.seed, number])
        shapes = ((2, 2, n, self.d), (2, 2, m, self.d), (2, 2, m, self.e))
        q, k, v = (generator.normal(size=shape) for shape in shapes)
        if self.promises.positive:
            q, k = np.abs(q) + 0.1, np.abs(k) + 0.1
        q, k, v = (np.asarray(jnp.asarray(x, self.dtype).astype(jnp.float64)) for x in (scale * q, scale * k, v))
        mask = np.ones((2, 1, m), bool)
        mask[1, 0, 2] = False
        return Case(q, k, v, causal, mask)

    def forms(self) -> tuple[bool, ...]:
        """Of `causal`: the values for which the map has a form."""
        return tuple(causal for causal, has in ((False, self.promises.full), (True, self.promises.causal)) if has)


def subject(
    name: str, attend: Callable[..., Any] | None = None, dtype: str = "float64", seed: int = 0, d: int = 4,
    *, as_built: bool = False,
) -> Subject:  # fmt: skip
    """The map called `name` with small chunks and blocks, so that small inputs cross them; or `attend` in its place.

    as_built: with the sizes of the registry instead, for which short sequences may take another path.
    """
    instance = registry.named(name, d)
    if as_built:
        return Subject(name, instance, attend or instance.attend, dtype, seed, d)
    # few iterations: running error analysis does not see that an iteration forgets its errors
    sizes = {"chunk": 4, "block": 4, "landmarks": 4, "iterations": 2}
    names = {entry.name for entry in dataclasses.fields(instance)}  # type: ignore[arg-type]
    small = {key: value for key, value in sizes.items() if key in names}
    if getattr(instance, "block", 0) is None:  # the form that holds all scores
        del small["block"]
    instance = dataclasses.replace(instance, **small)  # type: ignore[type-var]
    return Subject(name, instance, attend or instance.attend, dtype, seed, d)


def examine(
    name: str, attend: Callable[..., Any] | None = None, dtype: str = "float64", seed: int = 0
) -> tuple[LawFinding, ...]:
    """Examine the map called `name`, or `attend` as an implementation of it, by every law that it promises to keep."""
    from numerics.maps.law_checks import CHECKS

    examined = subject(name, attend, dtype, seed)
    return tuple(finding for law in CHECKS for finding in examine_law(law, examined))


def examine_law(law: str, examined: Subject) -> tuple[LawFinding, ...]:
    """One law by its name; nothing where the map does not promise it."""
    from numerics.maps.law_checks import CHECKS

    return tuple(
        LawFinding(law, verdict, examined.dtype, message, used) for verdict, message, used in CHECKS[law](examined)
    )
