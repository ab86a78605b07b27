"""`attnproof bench`: every map on the clock, as ratios to plain softmax in the same run."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from attnproof.errors import UserError
from attnproof.progress import Steps

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from numerics.complexity.benchmark import Measurement

SMALLEST, LARGEST = 16, 1 << 20
CONSTRUCTION = "separation"  # the name under which the networks of the construction are timed, instead of maps


def construction(*, as_document: bool) -> str:
    """One point of the experiments by literal networks, by their distinct rows and by the exact law, as ratios."""
    from numerics.separation.self_attention.experiments import benchmark

    found = benchmark()
    return json.dumps(asdict(found), indent=1, default=str) if as_document else str(found)


def run_benchmark(
    names: Sequence[str], lengths: Sequence[int], *, d: int, heads: int, causal: bool, dtype: str, seconds: float,
    rounds: int = 1,
) -> list[Measurement]:  # fmt: skip
    """Measure the named contenders, or all, with progress on stderr. Raises UserError for names that are not known."""
    from difflib import get_close_matches

    from numerics.complexity.benchmark import REFERENCE, benchmark, best
    from numerics.complexity.contenders import contenders

    known = contenders()
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=3, cutoff=0.4) or list(known)
            raise UserError(f"There is no contender {name!r}; did you mean {', '.join(near)}?")
    for n in lengths:
        if not SMALLEST <= n <= LARGEST:
            raise UserError(f"The length {n} is out of range; take lengths from {SMALLEST} to {LARGEST}.")
    if dtype not in ("float32", "bfloat16", "float64"):
        raise UserError(f"There is no benchmark in {dtype!r}; write float32, bfloat16 or float64.")
    chosen = list(dict.fromkeys((REFERENCE, *(names or known))))
    found = []
    with Steps(len(chosen) * len(lengths) * rounds) as steps:
        for one in benchmark(
            chosen, lengths, d=d, heads=heads, causal=causal, dtype=dtype, seconds=seconds, rounds=rounds
        ):
            found.append(one)
            steps.finished(f"{one.contender}, n = {one.setting.n}", one.note or f"{one.seconds:.3g} s")
    return best(found)


def print_benchmark(measured: Sequence[Measurement], console: Console) -> None:
    """A table: for each contender and length its time and memory as multiples of plain softmax's."""
    title = "time / memory as multiples of plain softmax, less is better"
    console.print(_table(title, "contender", lengths_of(measured), cells(measured)))
    if compared := peer_cells(measured):
        title = "time of the fastest map here as a multiple of a peer's, less is better"
        console.print(_table(title, "peer", lengths_of(measured), compared))
    for one in sorted(measured, key=lambda one: (names_of(measured).index(one.contender), one.setting.n)):
        if one.seconds is None:
            console.print(f"  {one.contender}, n = {one.setting.n}: {one.note}", style="dim", highlight=False)


def _table(title: str, first: str, lengths: Sequence[int], rows: Mapping[str, Sequence[str]]) -> Table:
    from rich.table import Table

    table = Table(title=title, title_justify="left")
    table.add_column(first)
    for n in lengths:
        table.add_column(f"n = {n}", justify="right")
    for name, shown in rows.items():
        table.add_row(name, *shown)
    return table


def lengths_of(measured: Sequence[Measurement]) -> list[int]:
    """The lengths of a run, the shortest first."""
    return sorted({one.setting.n for one in measured})


def names_of(measured: Sequence[Measurement]) -> list[str]:
    """The contenders of a run, in the order in which they were measured."""
    return list(dict.fromkeys(one.contender for one in measured))


def cells(measured: Sequence[Measurement]) -> dict[str, list[str]]:
    """Contender -> for each length time / memory in words, as `lengths_of` orders them."""
    from numerics.complexity.benchmark import ratios

    by_ratio, by_place = ratios(measured), {(one.contender, one.setting.n): one for one in measured}
    places = {name: [(name, n) for n in lengths_of(measured)] for name in names_of(measured)}
    return {name: [_cell(by_place[at], *by_ratio[at]) for at in row] for name, row in places.items()}


def peer_cells(measured: Sequence[Measurement]) -> dict[str, list[str]]:
    """Peer -> for each length the fastest map of this toolkit that computes the same, and its share of the time."""
    from numerics.complexity.benchmark import against_peers

    found = against_peers(measured)
    peers = dict.fromkeys(peer for peer, _ in found)
    return {
        peer: [
            f"{found[peer, n][1]:.3g} ({found[peer, n][0]})" if (peer, n) in found else "-"
            for n in lengths_of(measured)
        ]
        for peer in peers
    }


def _cell(one: Measurement, of_time: float | None, of_memory: float | None) -> str:
    if one.seconds is None or one.memory is None:
        return "-"
    if of_time is None or of_memory is None:  # plain softmax does not fit: absolute numbers
        return f"{one.seconds:.3g} s / {one.memory / 2**20:.3g} MiB"
    return f"{of_time:.3g} / {of_memory:.3g}"


def as_json(measured: Sequence[Measurement]) -> str:
    """Every measurement with the devices and versions it was made with."""
    from numerics.environment import devices
    from theory.versions import versions

    return json.dumps(
        {"devices": devices(), "versions": dict(versions()), "measurements": [asdict(one) for one in measured]},
        indent=1,
    )


def from_json(document: Mapping[str, Any]) -> list[Measurement]:
    """The measurements of what `as_json` wrote."""
    from numerics.complexity.benchmark import Measurement
    from numerics.complexity.contenders import Setting

    return [Measurement(**{**one, "setting": Setting(**one["setting"])}) for one in document["measurements"]]
