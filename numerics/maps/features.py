"""What a feature map is: phi with phi(q).phi(k) for a score, split so that neither exponentials nor powers overflow."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float


class Features(NamedTuple):
    """phi(x) = exp(log_scale) values. values: [.., n, r]. log_scale: [.., n], or None where it is 0 throughout."""

    values: Float[Array, "... n r"]
    log_scale: Float[Array, "... n"] | None = None

    def whole(self) -> Float[Array, "... n r"]:
        """phi(x) itself; it may overflow."""
        return self.values if self.log_scale is None else self.values * jnp.exp(self.log_scale)[..., None]

    def masked(self, mask: Bool[Array, "... n"] | None) -> Features:
        """The same with 0 in place of the tokens where the mask is False."""
        if mask is None:
            return self
        values = jnp.where(mask[..., None], self.values, 0)
        return Features(values, None if self.log_scale is None else jnp.where(mask, self.log_scale, -jnp.inf))


class Exponents(NamedTuple):
    """log phi(x) = values + log_scale. values: [.., n, r]. log_scale: [.., n]."""

    values: Float[Array, "... n r"]
    log_scale: Float[Array, "... n"]


class FeatureMap(ABC):
    """phi, perhaps different for queries and keys, perhaps depending on the position of the token."""

    exponential = False  # whether `exponents` has the logarithms of the features, so that each can have its own scale

    @abstractmethod
    def dimension(self, d: int) -> int:
        """r, the number of features of a head of dimension d."""

    @abstractmethod
    def key(self, x: Float[Array, "... n d"], positions: Array) -> Features:
        """phi of keys; positions: [n] integers."""

    def query(self, x: Float[Array, "... n d"], positions: Array) -> Features:
        """phi of queries; that of keys unless a subclass says otherwise."""
        return self.key(x, positions)

    def exponents(self, x: Float[Array, "... n d"], positions: Array) -> Exponents:
        """log phi(x), the same for queries and keys, where the map is `exponential`."""
        raise NotImplementedError(f"{type(self).__name__} is not exponential.")

    def kernel(self, q: Float[Array, "... n d"], k: Float[Array, "... m d"]) -> Float[Array, "... n m"] | None:
        """The products of the values of query and key features, if there is a cheaper way to them; else None."""
        return None
