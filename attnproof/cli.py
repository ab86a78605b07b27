"""The command line. Results go to stdout and progress to stderr.

Exit codes: 0 all required evidence is there and holds, 1 something is refuted, 2 a mistake in the use, 3 something is
undecided or missing, 130 interrupted. Nothing here imports JAX before a measurement, an attack or a sweep is run.
"""

from __future__ import annotations

import functools
import sys
import time
from collections.abc import Callable, Collection
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from attnproof.errors import UserError

if TYPE_CHECKING:
    from attnproof.report import Report
    from attnproof.run import Task
    from theory.evidence import Effort, Method

USAGE = 2

app = typer.Typer(
    name="attnproof",
    help="Check what is claimed about attention: theorems proved, certified, measured and attacked.",
    epilog="Exit codes: 0 everything holds, 1 something is refuted, 2 a mistake in the use, 3 undecided or missing.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Packages = Annotated[
    list[str] | None,
    typer.Option("--package", "-p", help="A package of claims besides this toolkit's own; can be repeated."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


def main() -> None:
    """The console script `attnproof`."""
    app()


def command(**settings: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a command that tells a user's mistake as one sentence, and ends quietly when its reader goes away."""

    def register(function: Callable[..., None]) -> Callable[..., None]:
        @app.command(**settings)
        @functools.wraps(function)
        def guarded(*args: Any, **kwargs: Any) -> None:
            from attnproof.terminal import BROKEN_PIPE, silence_stdout

            try:
                function(*args, **kwargs)
                sys.stdout.flush()
            except UserError as error:
                print(f"attnproof: {error}", file=sys.stderr)
                raise typer.Exit(USAGE) from error
            except BrokenPipeError as error:
                silence_stdout()
                raise typer.Exit(BROKEN_PIPE) from error

        return guarded

    return register


def _packages(others: list[str] | None) -> tuple[str, ...]:
    from attnproof import run

    return (run.OWN, *(others or ()))


@command(name="list")
def list_claims(
    topic: Annotated[str, typer.Argument(help="An id or the beginning of ids, such as `separation`.")] = "",
    package: Packages = None,
    json: AsJson = False,
) -> None:
    """The claims, a line each, with where they stand."""
    from attnproof import page, run, terminal

    run.load_claims(_packages(package))
    chosen = run.select([topic] if topic else [])
    records = page.known_records()
    if json:
        print(page.list_json(chosen, records))
    else:
        page.print_list(chosen, records, terminal.out())


@command()
def show(
    id: Annotated[str, typer.Argument(help="The id of a claim.")],
    latex: Annotated[bool, typer.Option("--latex", help="Print formulas as LaTeX source.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Print every number of the evidence.")] = False,
    package: Packages = None,
    json: AsJson = False,
) -> None:
    """One claim as a paper would print it: statement, derivation, evidence, tightness."""
    from attnproof import page, run, terminal

    run.load_claims(_packages(package))
    claim = next((claim for claim in run.select([id]) if claim.id == id), None)
    if claim is None:
        raise UserError(f"{id!r} is a topic, not a claim; `attnproof list {id}` shows the claims under it.")
    records = page.known_records()
    if json:
        print(page.claim_json(claim, records))
    else:
        page.print_claim(claim, records, terminal.out(), latex=latex, full=full)


@command()
def check(
    names: Annotated[list[str] | None, typer.Argument(help="Ids or topics; all claims by default.")] = None,
    quick: Annotated[
        bool,
        typer.Option(
            "--quick", help="Smaller scopes; records whose inputs have not changed are kept, some drawn again."
        ),
    ] = False,
    method: Annotated[
        list[str] | None,
        typer.Option("--method", "-m", help="cited, derived, certified, measured or attacked; can be repeated."),
    ] = None,
    controls: Annotated[bool, typer.Option("--controls", help="Run the negative controls as well.")] = False,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The seed of every random choice.")] = 0,
    json: AsJson = False,
    junit: Annotated[Path | None, typer.Option("--junit", help="Write JUnit XML to this file too.")] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=0, help="Processes; 0 chooses by cores and work.")] = 0,
    changed: Annotated[
        bool, typer.Option("--changed", help="Examine only what has changed since it was recorded, or failed.")
    ] = False,
    record: Annotated[bool, typer.Option("--record", help="Renew the committed record (in a checkout).")] = False,
    package: Packages = None,
) -> None:
    """Gather the evidence, foundations first, and say what holds."""
    from attnproof import report as reports
    from attnproof import run, terminal, workers
    from theory.evidence import Effort

    methods = _methods(method)
    if record and (quick or package):
        raise UserError("--record keeps full examinations of this toolkit's claims; leave out --quick and --package.")
    if junit and not junit.parent.is_dir():
        raise UserError(f"There is no folder {junit.parent} for --junit; make it first.")
    run.load_claims(_packages(package))
    todo = run.tasks(run.select(names or []), methods, controls)
    jobs = jobs or workers.default_jobs(len(todo))
    report = _gather(todo, Effort(quick, seed), methods, _packages(package), jobs, names or (), changed)
    if record:
        _renew_record(report)
    if junit:
        junit.write_text(reports.as_junit(report) + "\n", encoding="utf-8")
    if json:
        print(reports.as_json(report))
    else:
        reports.print_report(report, terminal.out())
    raise typer.Exit(report.exit_code)


def _methods(names: list[str] | None) -> tuple[Method, ...]:
    from theory.evidence import Method

    values = {method.value: method for method in Method}
    for name in names or ():
        if name not in values:
            raise UserError(f"There is no method {name!r}; write one of {', '.join(values)}.")
    return tuple(values[name] for name in dict.fromkeys(names or ()))


def _gather(
    todo: tuple[Task, ...],
    effort: Effort,
    methods: tuple[Method, ...],
    packages: tuple[str, ...],
    jobs: int,
    named: Collection[str],
    changed: bool,
) -> Report:
    """Run the examinations and keep each record at once; Ctrl-C ends the run and loses nothing."""
    from attnproof import report, workers
    from attnproof.progress import Steps
    from attnproof.recall import recalled
    from attnproof.store import LocalStore, read_record

    local, interrupted = LocalStore(), False
    began = time.perf_counter()
    local.prepare()
    known = (*read_record(), *local.read())
    kept, left = recalled(todo, known, effort, named, jobs, changed)
    records = list(kept)
    queue = workers.longest_first(left, known, effort) if jobs > 1 else left
    try:
        with Steps(len(left)) as steps, closing(workers.examine_all(queue, effort, packages, jobs)) as found:
            for stored in found:
                local.write(stored)
                records.append(stored)
                evidence = stored.evidence
                name = f"{evidence.claim}[{evidence.method.value}]"
                steps.finished(name, f"{evidence.verdict.value}, {evidence.seconds:.1f} s")
    except KeyboardInterrupt:
        interrupted = True
    order = {(task.claim.id, task.method): number for number, task in enumerate(todo)}
    records.sort(key=lambda stored: order[stored.evidence.claim, stored.evidence.method])
    seconds = time.perf_counter() - began
    return report.Report(
        todo, tuple(records), effort, seconds, methods, packages, interrupted, frozenset(s.key for s in kept)
    )


def _renew_record(report: Report) -> None:
    """Put the new records into the committed one, and drop those of claims and wordings that are gone."""
    from attnproof.store import RECORD, read_record, write_record
    from theory import remembered
    from theory.claim import claims

    if not (RECORD.parents[2] / "pyproject.toml").is_file():
        raise UserError(f"--record writes {RECORD}, which belongs to a checkout; this toolkit is installed.")
    known = [*claims(), *(variant for claim in claims() for variant, _ in claim.variants())]
    current = {(claim.id, method.value, claim.fingerprint) for claim in known for method in claim.requires}
    merged = {stored.key: stored for stored in (*read_record(), *report.records)}
    write_record(s for s in merged.values() if (*s.key[:2], s.evidence.fingerprint) in current)
    if RECORD.parents[2] == remembered.SHIPPED.parents[2]:  # not where a test keeps its record
        remembered.ship(claims())


@command()
def figures(
    names: Annotated[list[str] | None, typer.Argument(help="Names of figures; all by default.")] = None,
    recompute: Annotated[bool, typer.Option("--recompute", help="Make the tables in figures/data anew first.")] = False,
    verify: Annotated[bool, typer.Option("--verify", help="Draw nothing; compare the tables with new ones.")] = False,
    out: Annotated[Path, typer.Option("--out", help="The folder for the drawings.")] = Path("figures", "drawn"),
) -> None:
    """Draw the figures as PDF, SVG and PNG, from their committed tables."""
    from attnproof import drawing, run, terminal

    if recompute and verify:
        raise UserError("--recompute and --verify exclude each other; leave one out.")
    run.load_claims()
    raise typer.Exit(drawing.draw_figures(names or (), out, terminal.out(), recompute=recompute, verify=verify))


@command()
def sweep(
    name: Annotated[str, typer.Argument(help="The name of a sweep; without it, the sweeps are listed.")] = "",
    csv: Annotated[Path | None, typer.Option("--csv", help="Write the finished table to this file too.")] = None,
) -> None:
    """Run a parameter sweep, or go on with it: finished points are kept, whenever it was stopped."""
    from attnproof import sweeping, terminal

    if not name:
        sweeping.print_sweeps(terminal.out())
        return
    raise typer.Exit(sweeping.run_sweep(name, csv, terminal.out()))


@command()
def bench(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help="Maps and peers, all that are there by default; or `separation`: one point of the experiments by"
            " literal networks, by their distinct rows, and by the exact law."
        ),
    ] = None,
    lengths: Annotated[str, typer.Option("--lengths", help="Numbers of tokens.")] = "1024,4096,16384,65536",
    d: Annotated[int, typer.Option("--dimension", min=1, help="Head dimension.")] = 64,
    heads: Annotated[int, typer.Option("--heads", min=1, help="Heads.")] = 1,
    causal: Annotated[bool, typer.Option("--causal", help="Causal attention.")] = False,
    dtype: Annotated[str, typer.Option("--dtype", help="float32, bfloat16 or float64.")] = "float32",
    seconds: Annotated[float, typer.Option("--seconds", help="The longest run that is waited for.")] = 20.0,
    rounds: Annotated[
        int, typer.Option("--rounds", min=1, help="How often each is measured, in turn; the best counts.")
    ] = 1,
    json: AsJson = False,
) -> None:
    """Time every map against plain softmax and what other libraries have, in one run, as ratios."""
    from attnproof import benching, terminal

    if names == [benching.CONSTRUCTION]:
        print(benching.construction(as_document=json))
        return
    try:
        chosen = [int(part) for part in lengths.split(",")]
    except ValueError as error:
        raise UserError(f"--lengths {lengths} must be numbers of tokens, such as 1024,4096.") from error
    measured = benching.run_benchmark(
        names or (), chosen, d=d, heads=heads, causal=causal, dtype=dtype, seconds=seconds, rounds=rounds
    )
    if json:
        print(benching.as_json(measured))
    else:
        benching.print_benchmark(measured, terminal.out())


@command(hidden=True)
def certificates(
    names: Annotated[list[str] | None, typer.Argument(help="Ids or topics; all claims by default.")] = None,
) -> None:
    """Search the certificates of claims anew and store those that the independent checker accepts."""
    from attnproof import run
    from attnproof.progress import Steps
    from theory.evidence import Method
    from theory.rigor.checks import write_certificate

    run.load_claims()
    chosen = [claim for claim in run.select(names or []) if Method.CERTIFIED in claim.requires]
    with Steps(len(chosen)) as steps:
        for claim in chosen:
            steps.started(claim.id)
            path = write_certificate(claim)
            steps.finished(claim.id, "no certificate" if path is None else str(path))


@command(name="claims-table", hidden=True)
def claims_table(
    write: Annotated[bool, typer.Option("--write", help="Renew the generated parts of README.md here.")] = False,
    verify: Annotated[bool, typer.Option("--verify", help="Fail if README.md here is not up to date.")] = False,
) -> None:
    """The generated parts of README.md, from the committed record."""
    from attnproof import readme, run

    made = readme.parts(run.load_claims())
    if not (write or verify):
        print("\n\n".join(made.values()))
        return
    path = Path("README.md")
    if not path.is_file():
        raise UserError("There is no README.md here; run this from the top of a checkout.")
    text = path.read_text(encoding="utf-8")
    filled = readme.fill(text, made)
    if write:
        path.write_text(filled, encoding="utf-8")
    elif filled != text:
        raise UserError("README.md is not up to date; run `make readme` and commit it.")


if __name__ == "__main__":
    main()
