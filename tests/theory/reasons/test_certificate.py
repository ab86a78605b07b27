"""A step proved by interval arithmetic: accepted only with a certificate that the independent checker accepts."""

from __future__ import annotations

import pytest
import sympy as sp

from theory.claim import Domain
from theory.reasons import Certificate

x = sp.Symbol("x", real=True)
DOMAIN = Domain({x: sp.Interval(0, 1)})


def test_a_true_step_is_certified_and_a_false_one_is_not():
    assert Certificate().check(sp.exp(x), sp.Le, 3 + sp.sin(0 * x), DOMAIN).accepted
    found = Certificate().check(sp.exp(x), sp.Le, sp.Integer(2), DOMAIN)
    assert not found.accepted
    assert "exp(x)  <=  2" in found.message


def test_a_proof_that_the_checker_does_not_accept_is_worth_nothing(monkeypatch):
    checker = pytest.importorskip("theory.rigor.checker")
    true = checker.check_certificate

    def stricter(statement, domain, certificate):
        return true(sp.Le(sp.exp(x), 2, evaluate=False), domain, certificate)

    monkeypatch.setattr(checker, "check_certificate", stricter)
    found = Certificate().check(sp.exp(x), sp.Le, sp.Integer(3), DOMAIN)
    assert not found.accepted
    assert "The checker did not accept" in found.message
