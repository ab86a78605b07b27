"""B3 run and attacked: elu + 1, ReLU and the identity on the literal tokens, and how tight their bounds are."""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from numerics.attack import attacked
from numerics.separation.kernels.maps import ELU_PLUS_ONE, LINEAR, RELU
from numerics.separation.kernels.measuring import points, weight_measured
from theory.evidence import Method, evidence_for
from theory.separation.kernels import homogeneous as room
from theory.separation.self_attention.construction import a, n, needle_weight

evidence_for(room.weight, Method.MEASURED)(
    weight_measured(lambda statement, point: statement.rhs, points([LINEAR, RELU, ELU_PLUS_ONE]), relation="<=")
)
evidence_for(room.elu_below, Method.MEASURED)(
    weight_measured(lambda statement, point: needle_weight(statement.rhs, n), points([ELU_PLUS_ONE]), relation="<=")
)
evidence_for(room.elu, Method.ATTACKED)(
    attacked(
        box={room.x: (-100, 100), room.t: (1, 100)}, declared_worst=[{room.x: sp.Integer(1), room.t: sp.Integer(1)}]
    )
)
evidence_for(room.weight, Method.ATTACKED)(
    attacked(declared_worst=[{n: 2, a: sp.Integer(1), room.gain: sp.Integer(2)}])
)
evidence_for(room.elu_below, Method.ATTACKED)(attacked(declared_worst=[{a: sp.Integer(1), room.u: sp.Integer(10**6)}]))
