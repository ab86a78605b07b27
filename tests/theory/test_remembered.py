"""What is remembered as sound saves the examination and nothing else: what is unsound is refused every time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import sympy as sp

from theory import remembered, wellposed
from theory.claim import Claim, ClaimError, Domain, Kind, claims, derived_here, get, load
from theory.evidence import Method
from theory.rigor.checks import FOLDER
from theory.separation.self_attention.probabilities import JointSuccess
from theory.wellposed import refuse_unsound

x = sp.Symbol("x", real=True)
y = sp.Symbol("y", real=True)


def claim(statement: Any, *hypotheses: Any, low: int = 1) -> Claim:
    return Claim(
        "mine.room.name", "a title", statement, Domain({x: sp.Interval(low, 3), y: sp.Interval(0, 1)}, hypotheses),
        Kind.UPPER, derived_here(), frozenset({Method.DERIVED}),
    )  # fmt: skip


@pytest.fixture
def examined(tmp_path, monkeypatch) -> Iterator[list[Claim]]:
    """An empty store; the list holds the claims that were really examined."""
    found: list[Claim] = []
    real = wellposed._refuse_unsound

    def examine(one: Claim, statement: sp.Basic) -> None:
        found.append(one)
        real(one, statement)

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(wellposed, "_refuse_unsound", examine)
    remembered._known.cache_clear()
    yield found
    remembered._known.cache_clear()


def as_another_process() -> None:
    remembered._known.cache_clear()


def test_a_sound_wording_is_examined_once(examined) -> None:
    for _ in range(3):
        refuse_unsound(claim(sp.Le(sp.log(x), x)))
        as_another_process()
    assert len(examined) == 1
    assert len(remembered.store().read_text().split()) == 1


def test_an_unsound_wording_is_refused_every_time(examined) -> None:
    for _ in range(2):
        refuse_unsound(claim(sp.Le(sp.log(x), x)))  # the same words on a smaller domain
        with pytest.raises(ClaimError, match="not defined"):
            refuse_unsound(claim(sp.Le(sp.log(x), x), low=0))
        as_another_process()
    assert len(examined) == 3


def test_every_part_of_the_wording_counts(examined) -> None:
    wordings = [
        claim(sp.Le(sp.log(x), x)),
        claim(sp.Le(sp.log(x), x + 1)),
        claim(sp.Le(sp.log(x), x), sp.Le(y, x)),
        claim(sp.Le(sp.log(x), x), low=2),
        replace(claim(sp.Le(sp.log(y), x)), definitions={y: x}),
        claim(sp.Le(sp.log(x), x).xreplace({x: sp.Symbol("x")})),
    ]
    keys = [remembered.key(wording) for wording in wordings]
    assert keys.count(keys[0]) == 2  # the fifth says what the first says
    assert len(set(keys)) == len(keys) - 1
    refuse_unsound(wordings[0])
    with pytest.raises(ClaimError):
        refuse_unsound(wordings[-1])  # another symbol of the same name, without a range


def test_a_change_of_the_sources_that_decide_makes_everything_be_examined(examined, monkeypatch) -> None:
    refuse_unsound(claim(sp.Le(sp.log(x), x)))
    monkeypatch.setattr(remembered, "_core", lambda: "another")
    refuse_unsound(claim(sp.Le(sp.log(x), x)))
    assert len(examined) == 2


def test_the_sources_are_read(tmp_path, monkeypatch) -> None:
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "one.py").write_text("a = 1\n")
    before = remembered._hashed("", folder.glob("*.py"))
    (folder / "one.py").write_text("a = 2\n")
    assert remembered._hashed("", folder.glob("*.py")) != before
    (folder / "one.py").rename(folder / "two.py")
    assert len(remembered._core()) == 64


def test_a_function_of_a_package_brings_the_sources_of_that_package(examined, monkeypatch) -> None:
    n = sp.Symbol("n", integer=True, positive=True)
    success = JointSuccess(n, 12, 0, sp.Rational(7, 10), sp.Rational(1, 2), sp.Rational(1, 10), 3)
    wording = replace(claim(sp.Le(success, 1)), domain=Domain({n: sp.Range(100, sp.oo)}))
    refuse_unsound(wording)
    refuse_unsound(wording)
    assert len(examined) == 1
    monkeypatch.setattr(remembered, "_package", lambda name: "another")
    refuse_unsound(wording)
    assert len(examined) == 2


def test_a_function_whose_sources_cannot_be_named_is_examined_every_time(examined) -> None:
    class Half(sp.Function):
        def defined_where(self):
            return [sp.Ge(self.args[0], 0)]

    for _ in range(2):
        refuse_unsound(claim(sp.Le(Half(x), 1)))
    assert len(examined) == 2
    assert not remembered.store().exists()


def test_a_store_that_cannot_be_written_or_read_costs_time_only(examined, tmp_path) -> None:
    (tmp_path / "cache").write_text("a file stands where the folder would be")
    for _ in range(2):
        refuse_unsound(claim(sp.Le(sp.log(x), x)))
        as_another_process()
    assert len(examined) == 2
    (tmp_path / "cache").unlink()
    remembered.store().parent.mkdir(parents=True)
    remembered.store().write_bytes(b"\xff\xfe")
    as_another_process()
    refuse_unsound(claim(sp.Le(sp.log(x), x)))
    assert len(examined) == 3


def test_a_store_that_has_grown_is_begun_anew(examined, monkeypatch) -> None:
    monkeypatch.setattr(remembered, "LARGEST", 100)
    for shift in range(4):
        refuse_unsound(claim(sp.Le(sp.log(x), x + shift)))
    assert len(remembered.store().read_text().split()) == 2


def test_what_comes_with_the_toolkit_as_sound_is_all_of_it_and_sound() -> None:
    load()
    known = set(remembered.SHIPPED.read_text().split())
    for one in claims():
        for wording in (one, *(variant for variant, _ in one.variants())):
            wellposed._refuse_unsound(wording, wording.unfolded)
            key = remembered.key(wording)
            assert key is None or key in known, f"{wording.id} is not there; `attnproof check --record` renews the file"


def test_the_stored_certificates_are_for_the_present_wordings():
    """One for another wording is passed over, and the search made again, each time."""
    load()
    for path in sorted(FOLDER.glob("*.json")):
        assert json.loads(path.read_text())["fingerprint"] == get(path.stem).fingerprint, path.name
