"""The exact law of the cross-attention networks: that of the self-attention construction, for other gains.

The law of `theory.separation.self_attention.law` takes any gains. Here D1 has the needle and D0 has none, so that
every row of D0 has the gain 1; the values are the tokens of the self-attention construction. All queries see the same
keys, so each network has one distinct row, and the number of queries does not matter.
"""

from __future__ import annotations

from fractions import Fraction

from theory.separation.cross_attention.logits import NO_NEEDLE, Logits, polynomial_gain, softmax_gain
from theory.separation.self_attention.law import FiringLaw, Network, Rows, law_of_rows
from theory.separation.self_attention.parameters import Parameters


def cross_rows(parameters: Parameters, logits: Logits, degree: int = 1) -> dict[Network, Rows]:
    """The rows of the four networks; the kernel (q . k)^degree takes the place of linear attention."""
    return {
        Network.SOFTMAX_NEEDLE: Rows(parameters.a1, (softmax_gain(logits, parameters.n),)),
        Network.SOFTMAX_PLAIN: Rows(parameters.a0, (NO_NEEDLE,)),
        Network.LINEAR_NEEDLE: Rows(parameters.a1, (polynomial_gain(logits, parameters.n, degree),)),
        Network.LINEAR_PLAIN: Rows(parameters.a0, (NO_NEEDLE,)),
    }


def cross_law(parameters: Parameters, logits: Logits, degree: int = 1) -> FiringLaw[Network]:
    """The joint law of one neuron in the four networks.

    At n = 100 linear attention still fires, on the all-plus pattern alone, and softmax on one pattern in eight:

    >>> p = Parameters(n=100, d=12, a0=0, a1=1, b="1/2", eta="3/5")
    >>> law = cross_law(p, Logits(kappa=4, l0=1))
    >>> law.probability(Network.LINEAR_NEEDLE), law.probability(Network.SOFTMAX_NEEDLE)
    (Fraction(1, 4096), Fraction(1, 8))
    """
    return law_of_rows(parameters, cross_rows(parameters, logits, degree))


def cross_firing_probability(parameters: Parameters, logits: Logits, network: Network, degree: int = 1) -> Fraction:
    """P[one neuron fires in this network], exactly; an integer over 2^d.

    >>> p = Parameters(n=50, d=12, a0=0, a1=1, b="1/2", eta="3/5")
    >>> cross_firing_probability(p, Logits(kappa=4, l0=1), Network.LINEAR_NEEDLE) * 4096
    Fraction(10, 1)
    """
    return cross_law(parameters, logits, degree).probability(network)
