"""The reasons that a step of a derivation may give. Each checks its step from the two sides and the domain alone, and
can only answer 'accepted' or 'rejected, because'. None of them compares numbers: what is accepted is exact."""

from theory.reasons.algebra import Algebra, Unfold, identical, unfold
from theory.reasons.base import Judgement, Reason, substitute
from theory.reasons.cases import Cases, Contradiction
from theory.reasons.certificate import Certificate
from theory.reasons.equivalence import ApplyMonotone, Rearrange
from theory.reasons.gaussian import GaussianMoment, expectation, normal
from theory.reasons.indicators import Indicators
from theory.reasons.lemma import Citation, Lemma
from theory.reasons.monotone import Monotone
from theory.reasons.sign import Sign, shown, sign_of
from theory.reasons.sign_vectors import LastSign, VectorsAbove
from theory.reasons.since import Since
from theory.reasons.sum_rules import Pascal, SkipZeros, WriteOut
from theory.reasons.sums import CombineSums, EvaluateSum, ReverseSum
from theory.reasons.taylor import Taylor
from theory.reasons.termwise import TermwiseSum
from theory.reasons.waves import ProductsToSums

__all__ = [
    "Algebra",
    "ApplyMonotone",
    "Cases",
    "Certificate",
    "Citation",
    "CombineSums",
    "Contradiction",
    "EvaluateSum",
    "GaussianMoment",
    "Indicators",
    "Judgement",
    "LastSign",
    "Lemma",
    "Monotone",
    "Pascal",
    "ProductsToSums",
    "Rearrange",
    "Reason",
    "ReverseSum",
    "Sign",
    "Since",
    "SkipZeros",
    "Taylor",
    "TermwiseSum",
    "Unfold",
    "VectorsAbove",
    "WriteOut",
    "expectation",
    "identical",
    "normal",
    "shown",
    "sign_of",
    "substitute",
    "unfold",
]
