"""The command line: exit codes, what goes where, and no traceback for a user's mistake."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import sympy as sp

from attnproof.store import RECORD, read_record
from theory.claim import Claim, Kind, Spoiled, cited
from theory.evidence import Effort, Finding, Method, Verdict

Toy = Callable[..., Claim]
Says = Callable[..., Any]

CHECK = "evidence_for(quarter, Method.CERTIFIED)(certified())\n"
SLOW = """
def slow(claim, effort):
    import time

    open("started", "w").close()
    time.sleep(60)


evidence_for(quarter, Method.CERTIFIED)(slow)
"""
EXAMPLE = Path(__file__).parents[1] / "data" / "example"


def undecided(claim: Claim, effort: Effort) -> Finding:
    return Finding(Verdict.UNDECIDED, "a part", "out of budget with 12 boxes left", {"boxes left": 12})


def test_everything_in_order_is_0(toy: Toy, attnproof_says: Says) -> None:
    toy("toy.room.base", requires={Method.CITED}, source=cited("a book"), spoiled=())
    toy("toy.room.top", rests_on=["toy.room.base"])
    toy("toy.room.false", "1/2", kind=Kind.REFUTATION, spoiled=())
    said = attnproof_says("check", "--controls")
    assert said.code == 0
    assert "3 claims: 1 proved given citations, 1 cited, 1 refuted as claimed" in said.out
    assert "1 of 1 negative control refuted" in said.out
    assert "[4/4]" in said.err
    assert "[4/4]" not in said.out


def test_a_refutation_is_1_and_says_everything_needed(toy: Toy, attnproof_says: Says) -> None:
    toy("toy.room.wrong", "99/100")
    said = attnproof_says("check", "--seed", "3", "--quick")
    assert said.code == 1
    for needed in (
        "REFUTED  toy.room.wrong [certified]",
        "x <= 99/100",
        "claimed at most 99/100, found 1",
        "margin = -1/100",
        "x = 1",
        "attnproof check toy.room.wrong --method certified --seed 3 --quick",
    ):
        assert needed in said.out


def test_the_reproducing_command_reproduces(toy: Toy, attnproof_says: Says) -> None:
    toy("toy.room.wrong", "99/100")
    first = json.loads(attnproof_says("check", "--json").out)
    command = first["failures"][0]["reproduce"].split()
    assert command[0] == "attnproof"
    again = attnproof_says(*command[1:])
    assert again.code == 1
    assert "claimed at most 99/100, found 1" in again.out


def test_undecided_and_missing_are_3(toy: Toy, attnproof_says: Says) -> None:
    toy("toy.open.claim", check=undecided)
    toy("toy.gap.claim", check=None)
    toy("toy.top.claim", rests_on=["toy.open.claim"])
    assert attnproof_says("check", "toy.open").code == 3
    assert attnproof_says("check", "toy.gap").code == 3
    said = attnproof_says("check", "toy.top")
    assert said.code == 3
    assert "It rests on toy.open.claim, which is not in order." in said.out


def test_a_foundation_that_nobody_declares_is_3(toy: Toy, attnproof_says: Says) -> None:
    toy("toy.top.claim", rests_on=["toy.absent.claim"])
    said = attnproof_says("check")
    assert said.code == 3
    assert "It rests on toy.absent.claim, which is not in order." in said.out


def test_a_negative_control_that_passes_is_1(toy: Toy, attnproof_says: Says) -> None:
    def gullible(claim: Claim, effort: Effort) -> Finding:
        return Finding(Verdict.HOLDS, "nothing in truth", "looks fine")

    toy(check=gullible)
    assert attnproof_says("check").code == 0
    said = attnproof_says("check", "--controls")
    assert said.code == 1
    assert "HOLDS  toy.weight.bound~1 [certified]" in said.out
    assert "a check that lets it pass proves nothing" in said.out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["check", "toy.wieght"], "did you mean toy.weight"),
        (["check", "--method", "guessed"], "There is no method 'guessed'; write one of cited, derived"),
        (["check", "--method", "attacked"], "None of these claims requires attacked evidence"),
        (["check", "--record", "--quick"], "leave out --quick"),
        (["check", "--junit", "no/such/folder/x.xml"], "There is no folder no/such/folder"),
        (["show", "toy"], "'toy' is a topic"),
        (["show", "toy.weight.bond"], "did you mean toy.weight.bound"),
        (["list", "topy"], "did you mean toy"),
        (["check", "--seed", "minus"], "Invalid value for '--seed'"),
        (["chekc"], "No such command 'chekc'"),
    ],
)
def test_a_mistake_is_2_with_a_sentence_on_stderr(
    toy: Toy, attnproof_says: Says, arguments: list[str], sentence: str
) -> None:
    toy()
    said = attnproof_says(*arguments, width=200)
    assert said.code == 2
    assert sentence in said.err
    assert said.out == ""
    assert "Traceback" not in said.err


def test_a_store_that_cannot_be_used_is_2_before_any_work(
    toy: Toy, attnproof_says: Says, workplace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(claim: Claim, effort: Effort) -> Finding:
        raise AssertionError("work was done before the store was tried")

    toy(check=never)
    (workplace / "file").write_text("")
    monkeypatch.setenv("ATTNPROOF_STORE", str(workplace / "file"))
    said = attnproof_says("check")
    assert said.code == 2
    assert "cannot be written" in said.err
    assert "ATTNPROOF_STORE" in said.err


def test_list_and_show_tell_what_check_found(toy: Toy, attnproof_says: Says) -> None:
    toy("toy.room.good")
    toy("toy.room.wrong", "99/100")
    assert "2 missing" in attnproof_says("list").out
    attnproof_says("check", "--controls")
    listed = attnproof_says("list", "toy.room")
    assert listed.code == 0
    assert "2 claims: 1 proved, 1 refuted." in listed.out
    shown = attnproof_says("show", "toy.room.good").out
    for needed in ("x ≤ 1", "a weight", "claimed at most 1, found 1", "tightness", "bound halved (certified: refuted)"):
        assert needed in shown
    assert "x \\leq 1" in attnproof_says("show", "toy.room.good", "--latex").out
    document = json.loads(attnproof_says("show", "toy.room.wrong", "--json").out)
    assert document["headline"] == "refuted"
    assert [item["headline"] for item in json.loads(attnproof_says("list", "--json").out)] == ["proved", "refuted"]


def test_quick_evidence_is_called_quick(toy: Toy, attnproof_says: Says) -> None:
    toy()
    attnproof_says("check", "--quick")
    assert "proved (quick)" in attnproof_says("list").out


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_terminal_except_what_one_copies(toy: Toy, attnproof_says: Says, width: int) -> None:
    toy("toy.room.a-name-of-the-usual-length", "99/100")
    for arguments in (["check"], ["list"], ["show", "toy.room.a-name-of-the-usual-length"], ["--help"]):
        for line in attnproof_says(*arguments, width=width).out.splitlines():
            assert len(line) <= width or "attnproof check toy.room" in line


def test_a_full_id_is_listed_however_narrow_the_terminal(toy: Toy, attnproof_says: Says) -> None:
    toy("toy.room.a-name-of-the-usual-length")
    assert "toy.room.a-name-of-the-usual-length" in attnproof_says("list", width=60).out


def test_junit_and_json_agree_with_the_exit_code(toy: Toy, attnproof_says: Says) -> None:
    toy("toy.room.good")
    toy("toy.room.wrong", "99/100")
    said = attnproof_says("check", "--json", "--junit", "out.xml")
    assert said.code == json.loads(said.out)["exit"] == 1
    suite = ElementTree.parse("out.xml").getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")


def test_the_committed_record_is_renewed_and_shown(
    toy: Toy, attnproof_says: Says, workplace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import attnproof.store

    toy("toy.room.good")
    refused = attnproof_says("check", "--record")
    assert refused.code == 2
    assert "belongs to a checkout" in refused.err
    (workplace / "package").mkdir()
    (workplace / "package" / "pyproject.toml").write_text("")
    assert attnproof_says("check", "--record").code == 0
    assert [s.evidence.claim for s in read_record(attnproof.store.RECORD)] == ["toy.room.good"]
    monkeypatch.setenv("ATTNPROOF_STORE", str(workplace / "fresh"))
    assert "1 proved" in attnproof_says("list").out
    assert attnproof.store.RECORD != RECORD or not RECORD.is_relative_to(workplace)


def test_the_record_holds_the_negative_controls_and_the_readme_counts_them(
    toy: Toy, attnproof_says: Says, workplace: Path
) -> None:
    import attnproof.store

    toy("toy.room.good")
    toy(
        "toy.room.loose",
        "3/2",
        spoiled=[Spoiled("three quarters", sp.Le(sp.Symbol("x", real=True), sp.Rational(3, 4)))],
    )
    (workplace / "package").mkdir()
    (workplace / "package" / "pyproject.toml").write_text("")
    assert attnproof_says("check", "--record").code == 0
    none = attnproof_says("claims-table").out
    assert "0 of 2 spoiled neighbours of these claims were refuted" in none
    assert "does not hold all checks of 2 of them" in none
    assert attnproof_says("check", "toy.room.good", "--controls", "--record").code == 0
    assert "1 of 2 spoiled neighbours of these claims were refuted" in attnproof_says("claims-table").out
    assert attnproof_says("check", "--controls", "--record").code == 0
    both = attnproof_says("claims-table").out
    assert "2 of 2 spoiled neighbours of these claims were refuted, each by every check" in both
    assert "does not hold" not in both
    names = ["toy.room.good", "toy.room.good~1", "toy.room.loose", "toy.room.loose~1"]
    assert [s.evidence.claim for s in read_record(attnproof.store.RECORD)] == names
    assert attnproof_says("check", "--record").code == 0  # records of controls stay when only claims are renewed
    assert "2 of 2 spoiled neighbours" in attnproof_says("claims-table").out


def test_ctrl_c_keeps_what_was_found(toy: Toy, attnproof_says: Says) -> None:
    def interrupted(claim: Claim, effort: Effort) -> Finding:
        raise KeyboardInterrupt

    toy("toy.room.first")
    toy("toy.room.second", check=interrupted)
    said = attnproof_says("check")
    assert said.code == 130
    assert "Interrupted with 1 of 2 examinations left" in said.out
    assert "1 proved, 1 missing" in attnproof_says("list").out


def _attnproof(*arguments: str, cwd: Path, **others: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "attnproof.cli", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120, **others)


def test_anyones_own_package_is_checked_by_name(tmp_path: Path) -> None:
    environment = {**os.environ, "ATTNPROOF_STORE": str(tmp_path)}
    said = _attnproof("check", "bounds", "--package", "my_claims", "--controls", cwd=EXAMPLE, env=environment)
    assert (said.returncode, said.stderr.count("\n")) == (0, 2)
    assert "1 claim: 1 proved; 1 of 1 negative control refuted" in said.stdout


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    command = f"{sys.executable} -m attnproof.cli list --json; echo code $? >&2"
    said = subprocess.run(
        ["bash", "-c", f"( {command} ) | true"], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert said.stderr == "code 141\n"


def test_a_real_ctrl_c_ends_a_check_with_130(tmp_path: Path) -> None:
    (tmp_path / "slow_claims").mkdir()
    text = (EXAMPLE / "my_claims" / "bounds.py").read_text()
    (tmp_path / "slow_claims" / "__init__.py").write_text(text.replace(CHECK, SLOW))
    process = subprocess.Popen(
        [sys.executable, "-m", "attnproof.cli", "check", "bounds", "--package", "slow_claims"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not (tmp_path / "started").exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Interrupted with 1 of 1 examination left" in out
    assert "Traceback" not in err
