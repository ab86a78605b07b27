"""What the benchmark times: every map of the registry, plain softmax, and peers from other libraries where installed.

A contender is built for a `Setting` and returns a function of no arguments that computes once and waits for the result,
with the bytes that it needs besides its inputs where a compiler can say. Inputs are the same for all: standard normal,
[heads, n, d], drawn by NumPy from one seed.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

OTHER_FORMS = {"softmax-blockwise": "softmax"}  # entries of the registry that compute the map of another one


class Prepared(NamedTuple):
    """run: compute once and wait. memory: bytes of intermediate results and outputs, where the compiler knows them."""

    run: Callable[[], Any]
    memory: int | None = None


@dataclass(frozen=True)
class Setting:
    """One point of the benchmark."""

    n: int
    d: int = 64
    heads: int = 1
    causal: bool = False
    dtype: str = "float32"


@dataclass(frozen=True)
class Contender:
    """name, the map that it computes (the name of a map of the registry), and how it is built.

    package: the import that it needs besides this toolkit, "" for none. causal, full: whether it has that form.
    own: whether it is a map of the registry, and not a yardstick or a peer.
    """

    name: str
    computes: str
    build: Callable[[Setting], Prepared]
    package: str = ""
    causal: bool = True
    full: bool = True
    own: bool = False

    @property
    def available(self) -> bool:
        return not self.package or importlib.util.find_spec(self.package) is not None


def inputs(setting: Setting) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Queries, keys and values, [heads, n, d] in float32."""
    generator = np.random.default_rng(0)
    q, k, v = (generator.standard_normal((setting.heads, setting.n, setting.d), np.float32) for _ in range(3))
    return q, k, v


def _jax(setting: Setting, attend: Callable[..., Any]) -> Prepared:
    import jax
    import jax.numpy as jnp

    arrays = [jnp.asarray(x, setting.dtype) for x in inputs(setting)]
    compiled = jax.jit(attend).lower(*arrays).compile()
    analysis = compiled.memory_analysis()
    memory = None if analysis is None else analysis.temp_size_in_bytes + analysis.output_size_in_bytes
    return Prepared(lambda: jax.block_until_ready(compiled(*arrays)), memory)


def _of_registry(name: str) -> Callable[[Setting], Prepared]:
    def build(setting: Setting) -> Prepared:
        from numerics.maps import registry

        attention = registry.named(name, setting.d)
        return _jax(setting, lambda q, k, v: attention.attend(q, k, v, causal=setting.causal))

    return build


def _plain_softmax(setting: Setting) -> Prepared:
    def attend(q: Any, k: Any, v: Any) -> Any:
        import jax
        import jax.numpy as jnp

        scores = jnp.einsum("hnd,hmd->hnm", q, k) * setting.d**-0.5
        if setting.causal:
            scores = jnp.where(jnp.tril(jnp.ones(scores.shape[-2:], bool)), scores, -jnp.inf)
        return jnp.einsum("hnm,hmd->hnd", jax.nn.softmax(scores, axis=-1), v)

    return _jax(setting, attend)


def _jax_dot_product(setting: Setting) -> Prepared:
    def attend(q: Any, k: Any, v: Any) -> Any:
        import jax
        import jax.numpy as jnp

        q, k, v = (jnp.swapaxes(x, 0, 1)[None] for x in (q, k, v))  # (batch, n, heads, d)
        return jax.nn.dot_product_attention(q, k, v, is_causal=setting.causal)

    return _jax(setting, attend)


def contenders() -> Mapping[str, Contender]:
    """All of them by name: plain softmax first, then JAX's own, the maps of the registry, and the peers."""
    from numerics.complexity.peers import PEERS  # built of what is defined here
    from numerics.maps import registry
    from numerics.maps.laws import PROMISES

    found = [
        Contender("plain softmax", "softmax", _plain_softmax),
        Contender("jax.nn.dot_product_attention", "softmax", _jax_dot_product),
        *(
            Contender(
                name,
                OTHER_FORMS.get(name, name),
                _of_registry(name),
                causal=PROMISES[name].causal,
                full=PROMISES[name].full,
                own=True,
            )
            for name in registry.builders()
        ),
        *PEERS,
    ]
    return {contender.name: contender for contender in found}
