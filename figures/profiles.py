"""How tight bounds are: measured over bound along each parameter, through the tightest point that was found.

What the figures `tightness_*` share. A panel for each bound that was attacked. The lines leave the tightest point by
moving one parameter through its whole range and keeping the others; the ratio, small side over large side, is evaluated
in Arb at exact points and is at most 1. Points outside the hypotheses are left out. A line that stays near 1 says that
the bound is tight in that parameter; a line that falls says where it is loose.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from figures.style import BLACK, BLUE, GREEN, GREY, ICML_PAGE, ORANGE, PURPLE, SKY, VERMILLION, new_figure, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from figures.gallery import Table, Value
    from theory.claim import Claim

COLOURS = (BLUE, VERMILLION, GREEN, ORANGE, PURPLE, SKY, BLACK, GREY)
COLUMNS = 5
GREEK = ("alpha", "eta", "xi", "delta", "Delta", "theta", "kappa", "lambda", "tau", "mu", "epsilon", "sigma", "beta")
STEPS = 16  # of a line, on each side of the tightest point at most
FAR = 10**6  # how far an unbounded parameter is followed


def committed(name: str) -> Table:
    """The committed table of a figure, or no rows."""
    from figures import gallery

    try:
        return gallery.read_table(name)
    except FileNotFoundError:
        return []


def claims_of(name: str) -> tuple[str, ...]:
    """The ids of the claims that the committed table of a figure is about."""
    return tuple(dict.fromkeys(str(row["claim"]) for row in committed(name)))


def bounds(*topics: str) -> tuple[Claim, ...]:
    """The claims under some topics that are bounds and are attacked by their own statement.

    Rounding is left out: how much of an allowance is used depends on the machine, and is in the records. So are sums
    over sign patterns, whose tightness `separation_tightness` draws by the exact law.
    """
    import sympy as sp

    import theory.claim
    from numerics.attack import sides_of
    from theory.claim import Kind
    from theory.evidence import Method

    theory.claim.load()
    chosen = []
    for claim in (claim for topic in topics for claim in theory.claim.claims(topic)):
        attacked = claim.kind in (Kind.UPPER, Kind.LOWER) and Method.ATTACKED in claim.requires
        if attacked:
            try:
                sides = [side for pair in sides_of(claim) for side in pair]
            except ValueError:
                continue
            if not any(side.has(sp.Sum) for side in sides):
                chosen.append(claim)
    return tuple(chosen)


def table_of(name: str, *topics: str) -> Table:
    """Rows (claim, parameter, value, ratio), the tightest point of each claim first, with parameter "".

    The tightest points are those of the committed table, evaluated anew; a claim that it does not have, or has in
    another wording, is attacked.
    """
    points = {(row["claim"], row["wording"]): row["value"] for row in committed(name) if row["parameter"] == ""}
    table: Table = []
    for claim in bounds(*topics):
        text = points.get((claim.id, claim.fingerprint))
        point = _read(claim, str(text)) if text is not None else _attacked(claim)
        if point is not None:
            table += _rows(claim, point)
    return table


def _attacked(claim: Claim) -> dict[Any, Any] | None:
    """The tightest point that a quick attack finds."""
    import sympy as sp

    from numerics.twins import import_twin
    from theory.evidence import Effort, Method, gather

    import_twin(claim.module)
    worst = gather(claim, Method.ATTACKED, Effort(quick=True)).finding.worst
    names = {str(symbol): symbol for symbol in claim.domain.ranges}
    if not worst or not set(names) <= set(worst[0]):
        return None
    return {symbol: sp.Rational(str(worst[0][name])) for name, symbol in names.items()}


def _rows(claim: Claim, point: Mapping[Any, Any]) -> Iterator[dict[str, Value]]:
    common = {"claim": claim.id, "wording": claim.fingerprint}
    best = _ratio(claim, point)
    if best is None:
        return
    yield common | {"parameter": "", "value": _written(claim, point), "ratio": best}
    for symbol in claim.domain.ranges:
        for value in sorted({*_values(claim, symbol), point[symbol]}):
            ratio = _ratio(claim, {**point, symbol: value})
            if ratio is not None:
                yield common | {"parameter": str(symbol), "value": f"{value.p}/{value.q}", "ratio": ratio}


def _written(claim: Claim, point: Mapping[Any, Any]) -> str:
    return " ".join(f"{point[symbol].p}/{point[symbol].q}" for symbol in claim.domain.ranges)


def _read(claim: Claim, text: str) -> dict[Any, Any]:
    import sympy as sp

    return dict(zip(claim.domain.ranges, map(sp.Rational, text.split()), strict=True))


def _values(claim: Claim, symbol: Any) -> Iterator[Any]:
    """Exact values through the range of a parameter: evenly where it is short, by factors where it is long."""
    import sympy as sp

    values = claim.domain.ranges[symbol]
    if isinstance(values, sp.FiniteSet):
        yield from (sp.Rational(value) for value in values)
        return
    low, high = values.inf, values.sup
    whole = claim.domain.is_integer(symbol)
    if low.is_finite and high.is_finite and (not whole or high - low <= STEPS):
        steps = int(high - low) if whole else STEPS
        yield from (sp.Rational(low + (high - low) * sp.Rational(step, max(steps, 1))) for step in range(steps + 1))
        return
    start = low if low.is_finite else sp.S.Zero
    end = high - start if high.is_finite else sp.Integer(FAR)
    for step in range(STEPS + 1):
        distance = sp.Rational(math.floor(float(end) ** (step / STEPS) * 1000), 1000) if step else sp.S.Zero
        yield sp.Rational(start + (sp.floor(distance) if whole else distance))
        if not whole and step < STEPS:
            yield sp.Rational(start + sp.Rational(step, STEPS))
        if not low.is_finite:
            yield sp.Rational(-distance)


def _ratio(claim: Claim, point: Mapping[Any, Any]) -> float | None:
    """The largest of small/large over the statement's inequalities; None off the domain or where it is no number."""
    import sympy as sp

    from numerics.attack import sides_of
    from theory.rigor.evaluate import enclose_at, truth_at
    from theory.rigor.truth import Truth

    if any(claim.domain.ranges[symbol].contains(value) is not sp.true for symbol, value in point.items()):
        return None
    if any(truth_at(hypothesis, point) is not Truth.TRUE for hypothesis in claim.domain.hypotheses):
        return None
    found = []
    for small, large in sides_of(claim):
        low, high = (enclose_at(_with_exact_laws(side, point), dict(point), 128) for side in (small, large))
        if not (low.lo.is_finite() and low.hi.is_finite() and high.lo > 0 and high.hi.is_finite()):
            return None
        found.append(float((low.lo.union(low.hi) / high.lo.union(high.hi)).mid()))
    return max(found)


def _with_exact_laws(side: Any, point: Mapping[Any, Any]) -> Any:
    """The expression with the exact laws in it, which know their own value at exact parameters, replaced by that."""
    import sympy as sp

    laws = [part for part in side.atoms(sp.Function) if hasattr(part, "defined_where")]
    return side.xreplace({law: law.subs(point) for law in laws})


@styled
def drawing(table: Table) -> Figure:
    """A panel for each bound; the horizontal axis is the parameter's place in its own list of values."""
    names = list(dict.fromkeys(row["claim"] for row in table))
    columns = min(COLUMNS, len(names))
    lines = math.ceil(len(names) / columns)
    figure = new_figure(ICML_PAGE, 0.95 * lines + 0.3)
    panels = figure.subplots(lines, columns, sharey=True, squeeze=False).flatten()
    for axes, name in zip(panels, names, strict=False):
        rows = [row for row in table if row["claim"] == name]
        parameters = list(dict.fromkeys(row["parameter"] for row in rows if row["parameter"] != ""))
        for parameter, colour in zip(parameters, COLOURS, strict=False):
            along = [float(row["ratio"]) for row in rows if row["parameter"] == parameter]
            places = [place / max(len(along) - 1, 1) for place in range(len(along))]
            axes.plot(places, along, color=colour, lw=0.8, marker="o", ms=1.0, mew=0, label=_symbol(str(parameter)))
        axes.axhline(1, color=BLACK, lw=0.5)
        axes.set(ylim=(-0.05, 1.1), xlim=(-0.03, 1.03), xticks=(), yticks=(0, 0.5, 1))
        axes.set_yticklabels(("0", "½", "1"))
        axes.set_title(f"{_short(str(name))}\ntightest {float(rows[0]['ratio']):.4f}", fontsize=5.5, pad=2)
        axes.legend(
            fontsize=5, loc="upper left", bbox_to_anchor=(-0.04, 0.0), ncols=8, handlelength=0.7, handletextpad=0.3,
            columnspacing=0.7, borderpad=0.1,
        )  # fmt: skip
    for axes in panels[len(names) :]:
        axes.set_axis_off()
    figure.supylabel("measured / bound", fontsize=7)
    figure.supxlabel("each parameter through its range, the others as at the tightest point", fontsize=7)
    return figure


def _short(name: str) -> str:
    """The name of a claim within its room; for maps with the map."""
    topic, *rest = name.split(".")
    return ".".join(rest) if topic == "maps" else rest[-1]


def _symbol(name: str) -> str:
    """A symbol's name in mathematical type."""
    greek = {word: rf"\{word}" for word in GREEK}
    head, _, index = name.partition("_")
    shown = greek.get(head, head if len(head) == 1 else rf"\mathrm{{{head}}}")
    return f"${shown}_{{{index}}}$" if index else f"${shown}$"
