"""C2 measured: the literal softmax network outvotes the majority exactly where its room says."""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

from numerics.separation.cross_attention.gain import symbols_of
from numerics.separation.cross_attention.majority_flip import around, beside_the_flip, other_side, signs_agree
from theory.evidence import Method, evidence_for
from theory.separation.cross_attention import softmax_flip as room
from theory.separation.cross_attention.construction import n
from theory.separation.cross_attention.logits import Logits
from theory.separation.cross_attention.majority_flip import flips

GAIN_SIDE = flips(room.SOFTMAX, n)

evidence_for(room.softmax_flip, Method.MEASURED)(
    signs_agree(lambda claim, point: (other_side(claim, GAIN_SIDE), symbols_of(point)), beside_the_flip((None,)))
)
evidence_for(room.softmax_late, Method.MEASURED)(
    around(room.softmax_late, Logits(kappa="6/5", l0=1), degree=None, turned=False)
)
