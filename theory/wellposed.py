"""Which conditions an expression needs to be defined, and whether a domain grants them."""

from __future__ import annotations


def undefined_conditions(statement, domain):
    return []
