"""The measurements and attacks of a claim are registered by the numerics twin of the room that declares the claim.

`attnproof check ID` imports that twin and no other, so a check that a neighbour registers is found only when the
neighbour happens to be imported as well. Who registers a check is the module whose own body was running at the time,
whatever helper made the check. It is noted in a process of its own, which has imported no twin before.
"""

from __future__ import annotations

import json
import subprocess
import sys

NOTE_WHO_REGISTERS = """
import json, sys
import theory.evidence as evidence
from theory.claim import claims, load

registrar = {}

class Noting(dict):
    def __setitem__(self, key, check):
        frame = sys._getframe(1)
        while frame.f_code.co_name != "<module>":
            frame = frame.f_back
        registrar[key] = frame.f_globals["__name__"]
        super().__setitem__(key, check)

evidence._checks = Noting(evidence._checks)
load("theory")
from numerics.twins import import_twin

found = []
for claim in claims():
    for method in sorted(claim.requires & {evidence.Method.MEASURED, evidence.Method.ATTACKED}, key=str):
        import_twin(claim.module)
        found.append([claim.id, method.value, claim.module, registrar.get((claim.id, method))])
print(json.dumps(found))
"""
Entry = tuple[str, str, str, str | None]


def misplaced(entries: list[Entry]) -> list[Entry]:
    """The entries (claim, method, room, registrar) whose registrar is neither the room's twin nor inside it."""
    wrong = []
    for entry in entries:
        _, _, room, registrar = entry
        twin = "numerics" + room.removeprefix("theory")
        if registrar is None or not (registrar + ".").startswith(twin + "."):
            wrong.append(entry)
    return wrong


def test_every_check_of_running_code_is_registered_by_the_twin_of_its_room() -> None:
    run = subprocess.run([sys.executable, "-c", NOTE_WHO_REGISTERS], capture_output=True, text=True, check=True)
    entries: list[Entry] = [tuple(entry) for entry in json.loads(run.stdout.splitlines()[-1])]
    assert len(entries) > 100
    assert misplaced(entries) == []


def test_a_check_in_another_place_is_noticed() -> None:
    room = "theory.separation.kernels.taylor_rate"
    twin = "numerics.separation.kernels.taylor_rate"
    places = {twin: False, f"{twin}.part": False, twin.removesuffix("_rate"): True, f"{twin}s": True, None: True}
    places |= {"numerics.attack": True}
    for place, is_wrong in places.items():
        assert bool(misplaced([("some.claim", "attacked", room, place)])) is is_wrong


def test_the_registrar_is_the_module_that_runs_and_not_the_helper_that_made_the_check() -> None:
    """A registration planted in a neighbour, by way of a helper of the twin, is noted as the neighbour's."""
    planted = """
claim = next(c for c in claims() if evidence.Method.DERIVED in c.requires)
helper = {"evidence": evidence, "__name__": "numerics.helper"}
exec("def register(c): evidence._checks[c.id, 'planted'] = print", helper)
exec("register(claim)", {"register": helper["register"], "claim": claim, "__name__": "numerics.neighbour"})
print(json.dumps(registrar[claim.id, "planted"]))
"""
    before, _ = NOTE_WHO_REGISTERS.split('load("theory")')
    code = before + 'load("theory.lemmas")' + planted
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(run.stdout.splitlines()[-1]) == "numerics.neighbour"
