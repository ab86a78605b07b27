import subprocess
import sys

import pytest
import sympy as sp

from theory.wording import wording

x, y = sp.symbols("x y", real=True)
n = sp.Symbol("n", integer=True, positive=True)
f = sp.Function("f")

DIFFERENT = [
    x, sp.Symbol("x"), y, n, sp.Integer(1), sp.true, sp.Rational(1, 2), sp.Rational(2, 1), x + y, x * y, x - y, x / y,
    x**y, y**x, f(x), f(y), sp.Function("g")(x), sp.exp(x), sp.Le(x, y), sp.Le(y, x), sp.Ge(x, y), sp.Lt(x, y),
    sp.Implies(x < y, y < x), sp.Implies(y < x, x < y), sp.Interval(0, 1), sp.Interval.open(0, 1), sp.Range(1, 5),
    sp.Sum(x * n, (n, 1, 3)), sp.Sum(x * n, (n, 1, 4)), sp.Piecewise((x, x > 0), (y, True)),
    sp.Piecewise((y, x > 0), (x, True)), sp.Tuple(x, y), sp.Tuple(y, x), sp.Max(x, y), sp.Min(x, y),
]  # fmt: skip


def test_different_expressions_have_different_digests():
    digests = {}
    for expression in DIFFERENT:
        assert digests.setdefault(wording(expression).digest, expression) is expression
    assert len(digests) == len(DIFFERENT)


def test_the_order_of_the_terms_makes_no_difference():
    one, two = sp.Add(x, y, n, evaluate=False), sp.Add(n, x, y, evaluate=False)
    assert one.args != two.args
    assert wording(one).digest == wording(two).digest
    assert wording(sp.Mul(y, x, evaluate=False)).digest == wording(x * y).digest
    assert wording(sp.And(x < y, n > 2)).digest == wording(sp.And(n > 2, x < y)).digest


def test_all_classes_are_named():
    assert wording(sp.Le(sp.exp(x) + f(n), 2)).classes >= {sp.Le, sp.exp, sp.Add, f, sp.Symbol, sp.Integer}


@pytest.mark.parametrize("seed", ["1", "2"])
def test_another_process_finds_the_same_digest(seed):
    text = "import sympy as sp; from theory.wording import wording; x, y = sp.symbols('x y', real=True);"
    text += "print(wording(sp.And(sp.Le(x * y + sp.Max(x, y) + 1, 2), x > y)).digest)"
    found = subprocess.run([sys.executable, "-c", text], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True)
    assert found.stdout.strip() == wording(sp.And(sp.Le(x * y + sp.Max(x, y) + 1, 2), x > y)).digest
