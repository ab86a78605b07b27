"""B1' attacked: polynomials of degree 1 to 6 that are bounded at the p+1 points, against Chebyshev's."""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

from numerics.attack import attacked
from theory.evidence import Method, evidence_for
from theory.separation.kernels import chebyshev as room

for degree, claim in room.of_degree.items():
    evidence_for(claim, Method.ATTACKED)(attacked(declared_worst=[room.extremal_point(degree)]))
