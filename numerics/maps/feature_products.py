"""phi(q).phi(k) as feature maps compute it in float64, for one query and one key: for claims on kernels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import jax.numpy as jnp
import numpy as np

from numerics.maps.features import FeatureMap
from numerics.maps.running_error import Approximate, Rounding
from numerics.rounding import allowance as allowances
from numerics.rounding.primitives import lookup

Point = Mapping[str, Any]
Defined = Callable[[Rounding, Approximate, Approximate], Approximate]


def run(feature_map: FeatureMap, point: Point) -> Any:
    """phi(q).phi(k), q at position i and k at position j where the point has them."""
    q, k = (jnp.asarray([point[name]], jnp.float64) for name in ("q", "k"))
    places = (jnp.asarray([point.get(name, 0)]) for name in ("i", "j"))
    of_query, of_key = feature_map.query(q, next(places)).whole(), feature_map.key(k, next(places)).whole()
    return (of_query * of_key).sum()


def allowance(defined: Defined, point: Point) -> float:
    """How far rounding may carry it, by running error analysis of its definition, a kernel of two rows.

    Raises AllowanceUnavailable on a machine whose functions nobody has measured.
    """
    lookup("float64")
    rounding = Rounding(2.0**-53)
    q, k = (rounding.exactly(np.array([point[name]])) for name in ("q", "k"))
    return float(defined(rounding, q, k).error[0, 0]) * allowances.OWN_ROUNDING
