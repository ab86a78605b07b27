"""Wordings that were found sound before, so that declaring them again takes next to no time.

Only what passed is remembered, under a hash of the wording and of everything that decides: the sources of the core of
`theory`, and, where the wording holds a function of another package, all sources of that package. It is remembered in
one file of this user, and for this toolkit's own claims in one that comes with it, so that a first run is as quick as
the next. A wording that is in neither is examined.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import sympy as sp
from sympy.core.function import AppliedUndef

from theory.wording import wording

if TYPE_CHECKING:
    from theory.claim import Claim

CORE = ("*.py", "reasons/*.py", "rigor/*.py")  # of this folder: what `theory.wellposed` is made of
LARGEST = 2**20  # bytes: a file that has grown larger holds mostly old wordings, and is begun anew


SHIPPED = Path(__file__).parent / "certificates" / "sound.txt"


def store() -> Path:
    """The file of this user: a hash on each line."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(base, "attnproof", "sound")


def key(claim: Claim) -> str | None:
    """The hash under which a claim is remembered; None if not all that decides about it can be named."""
    parts = [_core(), claim.fingerprint]
    expressions = (claim.unfolded, *claim.domain.ranges, *claim.domain.ranges.values(), *claim.domain.hypotheses)
    classes = frozenset[type]().union(*(wording(expression).classes for expression in expressions))
    for one in sorted(classes, key=lambda one: f"{one.__module__}.{one.__qualname__}"):
        parts.append(f"{one.__module__}.{one.__qualname__}")
        package = str(one.__module__).split(".")[0]
        if package == "sympy" or issubclass(one, AppliedUndef):
            continue
        sources = _package(package)
        if sources is None or "<locals>" in one.__qualname__:
            return None
        parts.append(sources)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def sound(of: str) -> bool:
    """Whether something with this key was found sound before."""
    return of in _known(SHIPPED) or of in _known(store())


def ship(claims: Iterable[Claim], path: Path = SHIPPED) -> None:
    """Write the file that comes with the toolkit: the hashes of these claims, which were found sound when declared."""
    keys = {key(wording) for claim in claims for wording in (claim, *(variant for variant, _ in claim.variants()))}
    path.write_text("\n".join(sorted(found for found in keys if found is not None)) + "\n", encoding="ascii")


def remember(of: str) -> None:
    """Keep that something with this key is sound."""
    path = store()
    _known(path).add(of)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        grown = path.exists() and path.stat().st_size > LARGEST
        with path.open("w" if grown else "a", encoding="ascii") as file:
            file.write(of + "\n")  # so short that lines of several processes are not mixed up
    except OSError:
        pass  # it is examined again next time


@cache
def _known(path: Path) -> set[str]:
    try:
        return set(path.read_text(encoding="ascii").split())
    except (OSError, ValueError):
        return set()


@cache
def _core() -> str:
    """A hash of the sources that decide, and of the versions of what they stand on."""
    folder = Path(__file__).parent
    return _hashed(
        f"{sys.version_info[:2]} {sp.__version__}", (path for pattern in CORE for path in folder.glob(pattern))
    )


@cache
def _package(name: str) -> str | None:
    """A hash of all sources of a package, None if there is no folder of it."""
    folders = getattr(sys.modules.get(name), "__path__", None)
    return _hashed(name, (path for folder in folders for path in Path(folder).rglob("*.py"))) if folders else None


def _hashed(start: str, paths: Iterable[Path]) -> str:
    digest = hashlib.sha256(start.encode())
    for path in sorted(paths):
        digest.update(str(path.name).encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
