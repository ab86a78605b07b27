"""What decides about an examination: a hash of the sources, the certificate and the versions that it rests on.

A quick check keeps the record of an examination whose inputs are, byte for byte, what they were when it was gathered.
The inputs are the wording of the claim, and the sources of every module that the room of the claim, those of the claims
that it rests on and, for measurements and attacks, the twin in `numerics` import, directly or through others. Import
statements are found by their text, wherever they stand, so that one too many may be read as an input, never one too
few; a module that imports by computed names has its whole package among its inputs.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from attnproof.run import NUMERICAL, OWN, Task, in_order
from numerics.twins import twin_of
from theory.claim import Claim
from theory.evidence import Method
from theory.versions import versions

PACKAGES = ("theory", "numerics")  # what a check is made of; nothing that examines stands elsewhere
ALWAYS = ("theory.claim", "theory.derivation", "theory.evidence", "theory.rigor.checks", "theory.rigor.witness")
PROOF_VERSIONS = ("sympy", "python-flint", "z3-solver")
NUMERICAL_VERSIONS = (*PROOF_VERSIONS, "machine", "numpy", "scipy", "jax", "jaxlib")
IMPORT = re.compile(r"^\s*(?:from\s+([\w.]+)\s+import\s+(\([^)]*\)|[^\n]*)|import\s+([^\n]*))", re.MULTILINE)
COMPUTED = re.compile(r"\bimport_module\(|\b__import__\(")


def inputs(task: Task) -> str:
    """The hash of what decides about an examination; empty for claims of other packages, whose inputs are not known."""
    if task.claim.module.split(".")[0] != OWN:
        return ""
    rooms = {claim.module for claim in in_order([_registered(task.claim)])}
    start = {*ALWAYS, *rooms}
    named = PROOF_VERSIONS
    if task.method in NUMERICAL:
        start |= {twin for room in rooms if (twin := twin_of(room)) is not None}
        named = NUMERICAL_VERSIONS
    used = {name: versions()[name] for name in named}
    parts = [task.claim.id, task.claim.fingerprint, task.method.value, repr(used)]
    parts += [f"{name} {_content(name)}" for name in sorted(_closure(frozenset(start)))]
    if task.method is Method.CERTIFIED:
        parts.append(_certificate(task.claim.id))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _registered(claim: Claim) -> Claim:
    from theory.claim import get

    return get(claim.base_id)


@cache
def _closure(start: frozenset[str]) -> frozenset[str]:
    """These modules and all that they import of this toolkit."""
    found: set[str] = set()
    waiting = list(start)
    while waiting:
        name = waiting.pop()
        if name not in found and _file(name) is not None:
            found.add(name)
            waiting += _imported(name)
    return frozenset(found)


@cache
def _imported(name: str) -> frozenset[str]:
    """The modules of this toolkit that a module's text imports, and the packages in which it lies."""
    file = _file(name)
    text = file.read_text(encoding="utf-8") if file else ""
    named = set(_ancestors(name))
    for origin, members, whole in IMPORT.findall(text):
        for one in re.findall(r"[\w.]+", whole):
            named |= {one, *_ancestors(one)}
        if origin:
            named |= {origin, *_ancestors(origin)}
            named |= {f"{origin}.{member}" for member in re.findall(r"\w+", members)}
    if COMPUTED.search(text) and file is not None:
        named |= set(_beside(name, file))
    return frozenset(one for one in named if one.split(".")[0] in PACKAGES)


def _ancestors(name: str) -> Iterator[str]:
    parts = name.split(".")
    return (".".join(parts[:length]) for length in range(1, len(parts)))


def _beside(name: str, file: Path) -> Iterable[str]:
    """All modules in the folder of a module."""
    package = name if file.name == "__init__.py" else name.rpartition(".")[0]
    return (f"{package}.{path.stem}" for path in file.parent.glob("*.py") if path.stem != "__init__")


@cache
def _file(name: str) -> Path | None:
    """The source of a module of this toolkit; None if there is none of that name."""
    top, *inside = name.split(".")
    spec = find_spec(top) if top in PACKAGES else None
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent.joinpath(*inside)
    return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None)


@cache
def _content(name: str) -> str:
    """A hash of the source of a module and of the tables that lie beside it."""
    file = _file(name)
    assert file is not None
    tables = [path for path in file.parent.iterdir() if path.suffix in (".json", ".csv", ".txt")]
    return hashlib.sha256(b"\n".join(path.read_bytes() for path in (file, *sorted(tables)))).hexdigest()


def _certificate(claim_id: str) -> str:
    from theory.rigor.checks import FOLDER

    path = FOLDER / f"{claim_id}.json"
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "no certificate"
