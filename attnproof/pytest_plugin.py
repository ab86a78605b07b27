"""A pytest plugin in which every claim and method is an item, for this repository and for anyone's own claims.

It is installed with the toolkit. Name the packages of claims in the pytest configuration, and give pytest their
folder beside the tests:

    [tool.pytest.ini_options]
    testpaths = ["tests", "my_claims"]
    attnproof_packages = ["my_claims"]

Then `pytest my_claims` has the items

    my_claims/bounds.py::bounds.product.quarter[certified]      must reach the verdict that the claim expects
    my_claims/bounds.py::bounds.product.quarter[certified~1]    negative control: the spoiled claim must be refuted

A claim that lacks a check fails: missing evidence is never a pass. `--attnproof-quick` reduces the scopes and
`--attnproof-seed` sets the seed of every random choice.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from attnproof.run import Task
    from theory.evidence import Evidence

_PACKAGES = pytest.StashKey[dict[Path, str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options and the configuration value."""
    group = parser.getgroup("attnproof", "claims as test items")
    group.addoption("--attnproof-quick", action="store_true", help="examine claims on reduced scopes")
    group.addoption("--attnproof-seed", type=int, default=0, help="seed of every random choice (default: 0)")
    parser.addini("attnproof_packages", "packages whose claims are test items", type="args", default=[])


def pytest_configure(config: pytest.Config) -> None:
    """Find the folders of the configured packages, without importing them."""
    folders: dict[Path, str] = {}
    names = config.getini("attnproof_packages")
    if names and str(config.rootpath) not in sys.path:
        sys.path.append(str(config.rootpath))
    for name in names:
        try:
            spec = importlib.util.find_spec(name)
        except ModuleNotFoundError:
            spec = None
        if spec is None or not spec.submodule_search_locations:
            raise pytest.UsageError(f"attnproof_packages names {name!r}, but there is no such package to import.")
        folders |= {Path(folder).resolve(): name for folder in spec.submodule_search_locations}
    config.stash[_PACKAGES] = folders


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ClaimFile | None:
    """Collect the modules of the configured packages."""
    if file_path.suffix != ".py":
        return None
    resolved = file_path.resolve()
    for folder, package in parent.config.stash[_PACKAGES].items():
        if resolved.is_relative_to(folder):
            inside = resolved.relative_to(folder).with_suffix("").parts
            name = ".".join((package, *(part for part in inside if part != "__init__")))
            return ClaimFile.from_parent(parent, path=file_path, package=package, module_name=name)
    return None


class ClaimFile(pytest.File):
    """A module of a package of claims; its items are the examinations of the claims that it declares."""

    def __init__(self, *, package: str, module_name: str, **others: Any) -> None:
        super().__init__(**others)
        self.package = package
        self.module_name = module_name

    def collect(self) -> Iterator[ClaimItem]:
        from attnproof.errors import UserError
        from attnproof.run import Task, load_claims
        from theory.claim import claims
        from theory.evidence import Method

        try:
            everything = load_claims([self.package])
        except UserError as error:
            raise self.CollectError(str(error)) from error
        known = {claim.id for claim in claims()}
        for claim in everything:
            if claim.module != self.module_name:
                continue
            unknown = [name for name in (*claim.rests_on, claim.corrected_by) if name is not None and name not in known]
            if unknown:
                raise self.CollectError(f"{claim.id} refers to {', '.join(unknown)}, which no loaded package declares.")
            for method in (method for method in Method if method in claim.requires):
                name = f"{claim.id}[{method.value}]"
                yield ClaimItem.from_parent(self, name=name, task=Task(claim, method))
            for number, (variant, methods) in enumerate(claim.variants(), start=1):
                for method in (method for method in Method if method in methods):
                    name = f"{claim.id}[{method.value}~{number}]"
                    yield ClaimItem.from_parent(self, name=name, task=Task(variant, method))


class ClaimItem(pytest.Item):
    """One examination. It passes if the verdict is exactly the one that the claim, or its spoiled variant, expects."""

    def __init__(self, *, task: Task, **others: Any) -> None:
        super().__init__(**others)
        self.task = task

    def runtest(self) -> None:
        from attnproof.run import examine
        from theory.evidence import Effort

        options = self.config.option
        evidence = examine(self.task, Effort(options.attnproof_quick, options.attnproof_seed))
        self.user_properties += [("verdict", evidence.verdict.value), ("scope", evidence.finding.scope)]
        if evidence.verdict is not self.task.claim.expected:
            raise UnexpectedVerdict(evidence)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if not isinstance(excinfo.value, UnexpectedVerdict):
            return super().repr_failure(excinfo)
        from attnproof.report import failure_text

        parent = self.parent
        package = parent.package if isinstance(parent, ClaimFile) else "theory"
        return failure_text(self.task.claim, excinfo.value.evidence, package)

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, f"claim {self.name}"  # a bare id would be shown with :: in place of its dots


class UnexpectedVerdict(Exception):
    """A verdict that is not the expected one."""

    def __init__(self, evidence: Evidence) -> None:
        super().__init__(evidence.finding.message)
        self.evidence = evidence
