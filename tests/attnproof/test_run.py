"""Claims are chosen, ordered and judged as the command line promises."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from attnproof.errors import UserError
from attnproof.run import Task, examine, examine_calmly, headlines, import_twin, in_order, load_claims, select, tasks
from theory.claim import Claim, Kind, cited
from theory.evidence import Effort, Finding, Method, Verdict
from theory.headline import Headline

Toy = Callable[..., Claim]


def test_ids_topics_and_variants_are_chosen_once_in_the_order_of_declaration(toy: Toy) -> None:
    first, second, other = toy("toy.room.b"), toy("toy.room.a"), toy("play.room.c")
    assert select([]) == (first, second, other)
    assert select(["toy.room", "toy", "toy.room.a"]) == (first, second)
    assert [claim.id for claim in select(["toy.room.a~1", "play"])] == ["play.room.c", "toy.room.a~1"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("toy.romo.bound", "toy.room.bound"), ("tyo", "toy"), ("bound", "toy.room.bound"), ("toy.rom", "toy.room")],
)
def test_a_wrong_name_suggests_the_nearest(toy: Toy, typed: str, meant: str) -> None:
    toy("toy.room.bound")
    with pytest.raises(UserError) as refused:
        select([typed])
    assert f"There is no claim or topic {typed!r}; did you mean " in str(refused.value)
    assert meant in str(refused.value)


def test_a_name_like_nothing_points_to_the_list(toy: Toy) -> None:
    toy("toy.room.bound")
    with pytest.raises(UserError, match="`attnproof list` shows all"):
        select(["zzzzzz"])
    with pytest.raises(UserError, match="There is no claim or topic ''"):
        select([""])


def test_foundations_come_first_and_circles_are_refused(toy: Toy) -> None:
    top = toy("toy.room.top", rests_on=["toy.room.base", "toy.room.absent"])
    base = toy("toy.room.base")
    assert in_order([top]) == (base, top)
    assert headlines([top], [examine(Task(c, Method.CERTIFIED)) for c in (top, base)]) == {
        "toy.room.base": Headline.PROVED,
        "toy.room.top": Headline.MISSING,
    }
    one = toy("toy.circle.one", rests_on=["toy.circle.two"])
    toy("toy.circle.two", rests_on=["toy.circle.one"])
    with pytest.raises(UserError, match=r"toy\.circle\.one rests on itself"):
        in_order([one])


def test_tasks_are_the_required_methods_with_foundations_and_controls(toy: Toy) -> None:
    base = toy("toy.room.base", requires={Method.CITED, Method.CERTIFIED}, source=cited("a book"))
    top = toy("toy.room.top", rests_on=["toy.room.base"])
    everything = "toy.room.base[cited] toy.room.base[certified] toy.room.top[certified]"
    assert " ".join(map(str, tasks([top]))) == everything
    assert list(map(str, tasks([top], [Method.CERTIFIED]))) == ["toy.room.top[certified]"]
    assert list(map(str, tasks([base], controls=True)))[-1] == "toy.room.base~1[certified]"
    with pytest.raises(UserError, match="None of these claims requires attacked evidence; they require certified"):
        tasks([top], [Method.ATTACKED])


def test_a_spoiled_variant_is_refuted_by_the_same_check(toy: Toy) -> None:
    claim = toy()
    for task in tasks([claim], controls=True):
        assert examine(task).verdict is task.claim.expected
    (control,) = [variant for variant, _ in claim.variants()]
    assert control.expected is Verdict.REFUTED


def test_a_citation_needs_a_reference(toy: Toy) -> None:
    good = toy("toy.cited.good", requires={Method.CITED}, source=cited("a book"), spoiled=())
    bad = toy("toy.cited.bad", requires={Method.CITED}, spoiled=())
    assert examine(Task(good, Method.CITED)).verdict is Verdict.HOLDS
    assert examine(Task(bad, Method.CITED)).verdict is Verdict.NOT_RUN


def test_a_missing_check_is_not_a_pass(toy: Toy) -> None:
    claim = toy(check=None)
    evidence = examine(Task(claim, Method.CERTIFIED))
    assert evidence.verdict is Verdict.NOT_RUN
    assert headlines([claim], [evidence]) == {claim.id: Headline.MISSING}


def test_an_error_in_a_check_is_undecided_with_its_message(toy: Toy) -> None:
    def broken(claim: Claim, effort: Effort) -> Finding:
        raise ZeroDivisionError("the width is 0")

    claim = toy(check=broken)
    evidence = examine_calmly(Task(claim, Method.CERTIFIED), Effort(seed=5))
    assert (evidence.verdict, evidence.seed) == (Verdict.UNDECIDED, 5)
    assert "ZeroDivisionError: the width is 0" in evidence.finding.message
    assert headlines([claim], [evidence]) == {claim.id: Headline.UNDECIDED}
    with pytest.raises(ZeroDivisionError):
        examine(Task(claim, Method.CERTIFIED))


def test_a_refutation_is_in_order_when_it_is_refuted(toy: Toy) -> None:
    claim = toy("toy.false.bound", "1/2", kind=Kind.REFUTATION, spoiled=())
    evidence = examine(Task(claim, Method.CERTIFIED))
    assert evidence.verdict is Verdict.REFUTED
    assert headlines([claim], [evidence]) == {claim.id: Headline.REFUTED_AS_CLAIMED}
    true = toy("toy.false.true", 1, kind=Kind.REFUTATION, spoiled=())
    assert headlines([true], [examine(Task(true, Method.CERTIFIED))]) == {true.id: Headline.REFUTED}


def test_the_numerics_twin_is_imported_for_measurements_only(
    toy: Toy, workplace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for room in ("theory", "numerics"):
        (workplace / "mine" / room).mkdir(parents=True)
        (workplace / "mine" / room / "__init__.py").write_text("")
    (workplace / "mine" / "__init__.py").write_text("")
    (workplace / "mine" / "numerics" / "bounds.py").write_text("")
    (workplace / "mine" / "numerics" / "broken.py").write_text("import no_such_package_at_all\n")
    monkeypatch.syspath_prepend(str(workplace))
    claim = toy(module="mine.theory.bounds", requires={Method.CERTIFIED, Method.MEASURED})
    examine(Task(claim, Method.CERTIFIED))
    assert "mine.numerics.bounds" not in sys.modules
    examine(Task(claim, Method.MEASURED))
    assert "mine.numerics.bounds" in sys.modules
    import_twin("mine.theory.without_a_twin")
    import_twin("elsewhere.bounds")
    with pytest.raises(ModuleNotFoundError, match="no_such_package_at_all"):
        import_twin("mine.theory.broken")


def test_a_package_that_is_not_there_is_one_sentence(workplace: Path) -> None:
    with pytest.raises(UserError, match="There is no package 'no_claims_here' here"):
        load_claims(["no_claims_here"])


def test_an_unsound_declaration_is_one_sentence(registry: None, workplace: Path) -> None:
    (workplace / "unsound_claims").mkdir()
    (workplace / "unsound_claims" / "__init__.py").write_text(
        "import sympy as sp\n"
        "from theory.claim import *\n"
        "from theory.claim import declare, Domain, Kind, derived_here\n"
        "from theory.evidence import Method\n"
        "x = sp.Symbol('x')\n"
        "declare('a.b.c', 'title', sp.Le(x, 0.5), Domain({x: sp.Interval(0, 1)}), Kind.UPPER, derived_here(),"
        " {Method.CERTIFIED}, module=__name__)\n"
    )
    with pytest.raises(UserError, match=r"a\.b\.c holds the float 0\.5"):
        load_claims(["unsound_claims"])
