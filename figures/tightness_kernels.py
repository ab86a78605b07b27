"""How tight the bounds on other kernels on the construction are in each parameter; see `figures.profiles`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from figures import profiles

if TYPE_CHECKING:
    from figures.gallery import Table

NAME = "tightness_kernels"
CLAIMS = profiles.claims_of(NAME)


def data() -> Table:
    """A row for each claim, parameter and value."""
    return profiles.table_of(NAME, "separation.kernels", "separation.favor")


plot = profiles.drawing
