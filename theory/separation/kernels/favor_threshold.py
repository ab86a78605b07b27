"""The threshold of positive random features with its margins: what finite n loses, as a share of the distance to 1.

Hypotheses. As in `favor_missed` and `favor_found`. Let G be the exponent of the gain in the limit (`favor_limit`'s, for
z_r <= x <= z_n or for x <= z_r), and g > 0 its distance from 1. In both: e = g/6, delta = g/(6 z), and a window that
ends delta below its best place: z = z_r and v = min(x, z_r) - delta to miss the needle, z = z_n and v = x - delta to
find it.
Claims. (missed) Where G <= 1 - g, the exponent E of `favor_missed` is at most 1 - g/2. (found) Where G >= 1 + g, the
exponent E - e of `favor_found` is at least 1 + g/2. Both for g <= 3 z min(x, z), so that the window lies above 0.
So n^(x^2/2) features miss the needle if x < x* and find it if x* < x, with a probability that tends to 1, explicitly.
Source. Derived here.
Why. Each of the three losses is g/6 at most: e, z delta, and what the window loses by not ending at its best place.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, Sign, substitute
from theory.separation.kernels.favor import POSITIVE, WORDS, eps, exponent_below, exponent_between, x
from theory.separation.kernels.favor_exceptions import NEEDLE, REST
from theory.separation.kernels.favor_found import early_exponent, late_exponent
from theory.separation.kernels.favor_missed import gain_exponent
from theory.separation.kernels.favor_window import delta, v
from theory.separation.self_attention.construction import SOURCE, a

g = sp.Symbol("g", positive=True)
LATE, EARLY = (sp.Le(x, REST),), (sp.Ge(x, REST), sp.Le(x, NEEDLE))


def _margin(name: str, title: str, exponent, limit, tilt, end, side: tuple, upper: bool, leaning: str, tight: tuple):
    """Declare that finite n loses g/2 at most, and that the window lies above 0.

    exponent: in e, v and delta. limit: G. tilt: z. end: the best place of the window. side: the hypotheses on x.
    upper: whether the gain is bounded from above. tight: a, x and g with G = 1 - g or 1 + g, for the negative control.
    """
    width = g / (6 * tilt)
    kept = width * (end - width / 2)  # the part of the third g/6 that is not lost
    own = substitute(exponent, {eps: g / 6, v: end - width, delta: width})
    relation, turn = (sp.Le, 1) if upper else (sp.Ge, -1)
    given, small = relation(limit, 1 - turn * g, evaluate=False), sp.Le(g, 3 * tilt * end, evaluate=False)
    inside = sp.Le(width, end - width, evaluate=False)

    def statement(bound):
        return sp.And(relation(own, bound, evaluate=False), inside, evaluate=False)

    point = dict(zip((a, x, g), map(sp.Rational, tight), strict=True))
    claim = declare(
        f"separation.favor.{name}",
        title,
        statement(1 - turn * g / 2),
        Domain(
            {a: POSITIVE, x: POSITIVE, g: POSITIVE},
            (*side, given, small),
            {a: WORDS[a], x: WORDS[x], g: "distance of the limiting exponent from 1"},
            point,
        ),
        Kind.UPPER if upper else Kind.LOWER,
        derived_here(SOURCE),
        {Method.DERIVED},
        module=__name__,
        rests_on=[f"separation.favor.{leaning}"],
        spoiled=[
            Spoiled(
                "nothing lost", statement(1 - turn * g), Domain({key: sp.FiniteSet(one) for key, one in point.items()})
            )
        ],
    )

    @evidence_for(claim, Method.DERIVED)
    @derived
    def _losses() -> tuple[Derivation, Derivation]:
        chain = Derivation(own).equal(limit + turn * (g / 2 - kept), by=Algebra())
        step = chain.at_most if upper else chain.at_least
        chain = step(1 - turn * (g / 2 + kept), by=Sign(given={given: sp.S.One}))
        step = chain.at_most if upper else chain.at_least
        by_place = Sign(given={small: width / (12 * tilt)})
        return (
            step(1 - turn * g / 2, by=by_place),
            Derivation(width).at_most(end - width, by=Sign(given={small: 1 / (3 * tilt)})),
        )

    return claim


missed_late = _margin(
    "missed-margin-late", "for x <= z_r and G <= 1 - g the gain stays below (2/D) n^(1 - g/2)",
    gain_exponent, exponent_below(x, a), REST, x, LATE, True, "missed", ("1", "2", "1/2"),
)  # fmt: skip
missed_early = _margin(
    "missed-margin-early", "for z_r <= x <= z_n and G <= 1 - g the gain stays below (2/D) n^(1 - g/2)",
    gain_exponent, exponent_between(x, a), REST, REST, EARLY, True, "missed", ("7/10", "27/10", "11/200"),
)  # fmt: skip
found_late = _margin(
    "found-margin-late", "for x <= z_r and G >= 1 + g the gain exceeds (D/2) n^(1 + g/2)",
    late_exponent, exponent_below(x, a), NEEDLE, x, LATE, False, "found-late", ("1", "3", "1/2"),
)  # fmt: skip
found_early = _margin(
    "found-margin-early", "for z_r <= x <= z_n and G >= 1 + g the gain exceeds (D/2) n^(1 + g/2)",
    early_exponent, exponent_between(x, a), NEEDLE, x, EARLY, False, "found-early", ("1", "3", "1/2"),
)  # fmt: skip
