"""What decides about an examination is among its inputs, and what does not is not."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from attnproof import inputs as module
from attnproof.inputs import ALWAYS, _closure, _imported, inputs
from attnproof.run import Task, load_claims
from numerics.twins import twin_of
from theory.claim import get
from theory.evidence import Method
from theory.rigor import checks

ROOT = Path(__file__).parents[2]
CACHED = (module._closure, module._imported, module._file, module._content)
CERTIFIED, MEASURED = "separation.self.corrected-linear-silent", "maps.softmax.merged-blocks"


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The sources once more, where a test may change them; what is loaded stays as it is."""
    load_claims()
    for package in ("theory", "numerics"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))

    def file(name: str) -> Path | None:
        path = tmp_path.joinpath(*name.split("."))
        return next((one for one in (path.with_suffix(".py"), path / "__init__.py") if one.is_file()), None)

    monkeypatch.setattr(module, "_file", file)
    monkeypatch.setattr(checks, "FOLDER", tmp_path / "theory" / "certificates")
    for one in CACHED:
        one.cache_clear()
    yield tmp_path
    for one in CACHED:
        one.cache_clear()


@pytest.fixture
def changed(copy: Path) -> Callable[[str], set[tuple[str, Method]]]:
    """Which of a few examinations have other inputs after a line is added to a file."""
    tasks = [(CERTIFIED, Method.CERTIFIED), (MEASURED, Method.DERIVED), (MEASURED, Method.MEASURED)]

    def now() -> dict[tuple[str, Method], str]:
        for one in (module._closure, module._imported, module._content):
            one.cache_clear()
        return {(name, method): inputs(Task(get(name), method)) for name, method in tasks}

    def change(path: str) -> set[tuple[str, Method]]:
        before = now()
        with (copy / path).open("a", encoding="utf-8") as file:
            file.write("\n# changed\n")
        after = now()
        return {task for task in before if before[task] != after[task]}

    return change


def test_a_change_of_the_engine_changes_all(changed: Callable[[str], set]) -> None:
    everything = {(CERTIFIED, Method.CERTIFIED), (MEASURED, Method.DERIVED), (MEASURED, Method.MEASURED)}
    for path in ("theory/rigor/interval.py", "theory/evidence.py", "theory/wording.py"):
        assert changed(path) == everything, path


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("theory/maps/softmax_rows.py", {(MEASURED, Method.DERIVED), (MEASURED, Method.MEASURED)}),
        ("numerics/maps/softmax_rows.py", {(MEASURED, Method.MEASURED)}),
        ("numerics/maps/blockwise.py", {(MEASURED, Method.MEASURED)}),  # what it measures is there
        (f"theory/certificates/{CERTIFIED}.json", {(CERTIFIED, Method.CERTIFIED)}),
        ("theory/certificates/separation.self.corrected-softmax-fires.json", set()),
        ("numerics/separation/kernels/taylor.py", set()),
    ],
)
def test_a_change_of_one_file_changes_what_rests_on_it(changed: Callable[[str], set], path: str, expected: set) -> None:
    assert changed(path) == expected


def test_a_claim_has_the_rooms_it_rests_on_among_its_inputs(copy: Path) -> None:
    claim = next(c for c in load_claims() if any(get(one).module != c.module for one in c.rests_on))
    beneath = next(get(one).module for one in claim.rests_on if get(one).module != claim.module)
    before = inputs(Task(claim, Method.DERIVED))
    path = module._file(beneath)
    assert path is not None
    path.write_text(path.read_text() + "\n# changed\n")
    for one in (module._closure, module._imported, module._content):
        one.cache_clear()
    assert inputs(Task(claim, Method.DERIVED)) != before


def test_a_spoiled_variant_has_inputs_of_its_own_and_another_package_has_none(toy: Callable) -> None:
    assert inputs(Task(toy(), Method.CERTIFIED)) == ""


@pytest.mark.parametrize("package", ["theory", "numerics"])
def test_every_import_statement_is_found(package: str) -> None:
    for path in sorted((ROOT / package).rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                wanted = {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{name} imports relatively, which _imported does not read"
                wanted = {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
            else:
                continue
            own = {one for one in wanted if one.split(".")[0] in ("theory", "numerics")}
            assert own <= _imported(name), f"{name}, line {node.lineno}"


@pytest.mark.parametrize(
    ("claim_id", "method"), [(CERTIFIED, Method.CERTIFIED), (MEASURED, Method.MEASURED), (MEASURED, Method.DERIVED)]
)
def test_whatever_an_examination_loads_is_among_its_inputs(claim_id: str, method: Method) -> None:
    load_claims()
    room = get(claim_id).module
    program = f"""
import importlib, sys
importlib.import_module({room!r})
if {method in module.NUMERICAL}:
    from numerics.twins import import_twin
    import_twin({room!r})
from theory.claim import get
from theory.evidence import Effort, Method, gather
print(gather(get({claim_id!r}), Method({method.value!r}), Effort(quick=True)).verdict.value)
print(*(name for name in sys.modules if name.split(".")[0] in ("theory", "numerics")))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    verdict, loaded = done.stdout.splitlines()[-2:]
    assert verdict == "holds"
    twins = {str(twin_of(room))} if method in module.NUMERICAL else set()
    assert set(loaded.split()) - {"numerics.twins"} <= _closure(frozenset({*ALWAYS, room, *twins})) | {"numerics"}
