"""The two singular values of the softmax matrix of the construction, at any length.

The matrix has one row (w_1, u_1, .., u_1) and n - 1 rows (w_2, u_2, .., u_2), so the sum of the squares of its
singular values is w_1^2 + (n-1) (u_1^2 + w_2^2 + (n-1) u_2^2), and their product is (n-1) (w_1 u_2 - u_1 w_2) (claim
`separation.kernels.singular-product`); all others are 0. Derived here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flint import arb, ctx

from theory.separation.kernels.gains import ROWS, Softmax, kernel_gain
from theory.separation.self_attention.parameters import exact_integer

if TYPE_CHECKING:
    from theory.separation.self_attention.parameters import ExactNumber


def softmax_singular_values(n: int, a: ExactNumber, bits: int = 128) -> tuple[arb, arb]:
    """Enclosures of the largest and of the second singular value; the rank is 2, as the second is positive for a > 0.

    >>> [value.str(8, radius=False) for value in softmax_singular_values(40, "0.7")]
    ['1.8614040', '0.22602323']
    """
    tokens = exact_integer(n, "n", 2)
    gains = [kernel_gain(Softmax(), tokens, a, row) for row in ROWS]
    with ctx.workprec(2 * bits + 64):
        values = [gain.enclose(2 * bits + 64) for gain in gains]
        others = [1 / (value + tokens - 1) for value in values]
        first, second = ((value**2 + tokens - 1) * other**2 for value, other in zip(values, others, strict=True))
        squares = first + (tokens - 1) * second
        product = (tokens - 1) * (values[0] - values[1]) * others[0] * others[1]
        largest = ((squares + (squares**2 - 4 * product**2).sqrt()) / 2).sqrt()
        return largest, product / largest
