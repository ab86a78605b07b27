"""Monomials as features, measured: the running features multiplied, against the kernels of the claims."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import sympy as sp

from numerics.maps import definitions
from numerics.maps.feature_products import Point, allowance, run
from numerics.maps.polynomial_features import Polynomial, PolynomialFeatures, Taylor
from numerics.maps.running_error import Approximate, Rounding
from numerics.measure import measured
from theory.claim import Claim
from theory.evidence import Effort, Method, evidence_for
from theory.maps import monomials as theory
from theory.rigor.evaluate import enclose_at


def _measure(claim: Claim, dimension: int, kind: type[PolynomialFeatures], of_features: theory.Of) -> None:
    coefficients = definitions.power if kind is Polynomial else definitions.taylor
    features = {of_features(dimension, degree): degree for degree in theory.WRITTEN_OUT}

    def points(effort: Effort) -> Sequence[Point]:
        """Normal queries and keys for every degree."""
        generator = np.random.default_rng(effort.seed)
        pairs = generator.normal(size=(1 if effort.quick else 3, 2, dimension)).tolist()
        return [{"q": q, "k": k, "degree": degree} for degree in theory.WRITTEN_OUT for q, k in pairs]

    def feature_map(point: Point) -> PolynomialFeatures:
        return kind(point["degree"], scale=1.0)

    def reference(examined: Claim, point: Point, bits: int) -> Any:
        """The right side of that equation whose left side has the features of this degree."""
        kernels = {features[part.lhs]: part.rhs for part in examined.unfolded.args}  # type: ignore[attr-defined]
        symbols = zip(theory.vectors(dimension), (point["q"], point["k"]), strict=True)
        values: dict[Any, Any] = {z: sp.Rational(x) for vector, xs in symbols for z, x in zip(vector, xs, strict=True)}
        return enclose_at(kernels[point["degree"]], values, bits)

    def allowed(examined: Claim, point: Point) -> float:
        def defined(rounding: Rounding, q: Approximate, k: Approximate) -> Approximate:
            phi = feature_map(point)
            return definitions.polynomial_kernel(rounding, phi, coefficients(phi), q, k)

        return allowance(defined, point)

    evidence_for(claim, Method.MEASURED)(
        measured(lambda point: run(feature_map(point), point), reference, allowed, points, relation="==")
    )


for _dimension in theory.WRITTEN_OUT:
    _measure(theory.POWERS[_dimension], _dimension, Polynomial, theory.power_features)
    _measure(theory.TAYLOR[_dimension], _dimension, Taylor, theory.taylor_features)
