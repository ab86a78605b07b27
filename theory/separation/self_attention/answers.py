"""How often the network succeeds, and with how many neurons: exact answers, each with its sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from flint import fmpz

from theory.separation.self_attention.exact_numbers import Number
from theory.separation.self_attention.law import joint_law, two_way_law
from theory.separation.self_attention.parameters import Parameters, exact_integer, exact_rational
from theory.separation.self_attention.success import Success

if TYPE_CHECKING:
    from theory.separation.self_attention.parameters import ExactNumber

Event = Literal["joint", "two-way"]
EVENTS: dict[str, tuple[str, Callable[[Parameters], Success]]] = {
    "joint": ("P4", joint_law),
    "two-way": ("P2", two_way_law),
}


def event_law(parameters: Parameters, event: str) -> Success:
    """The law of the named event. Raises ValueError for another name."""
    if event not in EVENTS:
        raise ValueError(f"There is no event {event!r}; take 'joint' (all four networks) or 'two-way' (softmax only).")
    return EVENTS[event][1](parameters)


def event_name(event: str) -> str:
    """P4 or P2."""
    return EVENTS[event][0]


def probability_target(value: ExactNumber) -> Fraction:
    """A target probability as a Fraction. Raises ValueError unless 0 < target <= 1."""
    target = exact_rational(value, "target")
    if not 0 < target <= 1:
        raise ValueError(f"The target {target} is not a probability above 0; take 0 < target <= 1.")
    return target


def integer_text(value: int) -> str:
    """A long integer as a power of ten where it is one, else by its leading digits."""
    text = fmpz(value).str()  # Python refuses to print more than 4300 digits
    digits = len(text) - 1
    if digits < 15:
        return text
    return f"10^{digits}" if value == 10**digits else f"{text[:4]}.. ({digits + 1} digits)"


def place(parameters: Parameters) -> str:
    """Length and dimension for a sentence, with a note where t is no integer."""
    between = "" if parameters.literal else " (t = n/(d-2) is no integer: a value between two networks)"
    return f"n = {integer_text(parameters.n)}, d = {integer_text(parameters.d)}{between}"


@dataclass(frozen=True)
class SuccessProbability:
    """P[success] of `width` neurons. value: exact while that has at most 2^21 bits, and always an enclosure."""

    value: Number
    parameters: Parameters
    width: int
    event: Event
    message: str


def success_probability(parameters: Parameters, width: int, event: Event = "joint") -> SuccessProbability:
    """P4 (event "joint": softmax fires on D1, the three others are silent) or P2 ("two-way": softmax alone).

    >>> p = Parameters(n=100, d=12, a0="0.05", a1="0.7", b="0.5", eta="0.6")
    >>> success_probability(p, 35).message
    'P4 = 0.99066140 for m = 35 neurons at n = 100, d = 12.'
    """
    neurons = exact_integer(width, "width", 1)
    value = event_law(parameters, event).probability(neurons)
    message = f"{event_name(event)} = {value} for m = {neurons} neurons at {place(parameters)}."
    return SuccessProbability(value, parameters, neurons, event, message)


def best_width(parameters: Parameters, event: Event = "joint") -> int | None:
    """m*, the smallest number of neurons that maximises P[success]; None if no number does.

    None means that P[success] is 0 for all m, or rises to 1 for ever, because no neuron ever does harm.

    >>> best_width(Parameters(n=100, d=12, a0="0.05", a1="0.7", b="0.1", eta="0.1"))
    25
    """
    return event_law(parameters, event).best_width()


@dataclass(frozen=True)
class SmallestWidth:
    """value..largest: the widths that reach the target. `largest` is None if all larger widths do, or if none does.

    best: the width that maximises P[success], None if there is none.
    """

    value: int | None
    largest: int | None
    best: int | None
    parameters: Parameters
    target: Fraction
    message: str


def smallest_width(parameters: Parameters, target: ExactNumber, event: Event = "joint") -> SmallestWidth:
    """The least number of neurons with P[success] >= target, exactly: P[success] has one maximum in m.

    >>> p = Parameters(n=100, d=12, a0="0.05", a1="0.7", b="0.1", eta="0.1")
    >>> smallest_width(p, "0.99").message
    'P4 >= 99/100 at n = 100, d = 12 for 19 <= m <= 41, with the best width m = 25.'
    """
    goal = probability_target(target)
    law = event_law(parameters, event)
    name, where, best = event_name(event), place(parameters), law.best_width()
    widths = law.widths(goal)
    if widths is None:
        if best is None:
            reason = "no neuron can be good" if not law.can_be_good else "P rises to 1 without reaching it"
        else:
            reason = f"the best width m = {best} gives {law.probability(best)}"
        message = f"None exists: no width reaches {name} >= {goal} at {where}, since {reason}."
        return SmallestWidth(None, None, best, parameters, goal, message)
    if widths[1] is None:
        span = f"every m >= {widths[0]}"
    else:
        span = f"{widths[0]} <= m <= {widths[1]}, with the best width m = {best}"
    return SmallestWidth(*widths, best, parameters, goal, f"{name} >= {goal} at {where} for {span}.")
