"""JAX stays within every rounding allowance, reaches at least a third of it, and breaks the spoiled ones."""

from __future__ import annotations

import pytest

from numerics.rounding import attention, matrix_product, row_normalisation, softmax  # noqa: F401
from theory.claim import Claim, claims
from theory.evidence import Effort, Method, Verdict, gather

QUICK = Effort(quick=True)
PAIRS = [
    pytest.param(claim, method, id=f"{claim.id}[{method.value}]")
    for claim in claims("rounding")
    for method in (Method.MEASURED, Method.ATTACKED)
    if method in claim.requires
]  # fmt: skip


@pytest.mark.parametrize(("claim", "method"), PAIRS)
def test_holds_and_its_spoiled_variant_is_refuted(claim: Claim, method: Method) -> None:
    evidence = gather(claim, method, QUICK)
    assert evidence.verdict is Verdict.HOLDS, evidence.finding.message
    if method is Method.MEASURED:
        assert evidence.finding.numbers["tightness"] >= 1 / 3
    for variant, methods in claim.variants():
        if method in methods:
            spoiled = gather(variant, method, QUICK)
            assert spoiled.verdict is Verdict.REFUTED, spoiled.finding.message
            assert spoiled.finding.worst
