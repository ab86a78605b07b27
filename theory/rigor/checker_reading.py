"""Refusal of texts whose mere reading would need an enormous number, for the checker."""

from __future__ import annotations

import ast
import json
import re

from theory.rigor.checker_goals import Rejected

LONGEST_NUMERAL = 5_000
LARGEST_EXPONENT = 10_000


def refuse_enormous(text: str) -> None:
    """Refuse a text whose mere reading would need an enormous number, before anything is built from it."""
    if re.search(rf"\d{{{LONGEST_NUMERAL}}}", text):
        raise Rejected("the certificate holds a number that is too long")
    body = json.loads(text)
    pending = [value for key, value in body.items() if key != "fingerprint"] if isinstance(body, dict) else [body]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            pending += value.values()
        elif isinstance(value, list):
            pending += value
        elif isinstance(value, str):
            if re.match(r"\s*[-+]?[\d.]", value) and not re.fullmatch(r"-?\d+(/\d+)?", value):
                raise Rejected(f"{value[:40]!r} is not a rational")
            if "(" in value:
                _refuse_towers(ast.parse(value, mode="eval"))


def _refuse_towers(tree: ast.AST) -> None:
    """Refuse powers and factorials of literal numbers that would be computed on reading and be enormous."""
    for call in ast.walk(tree):
        name = _called(call)
        if name == "Pow" and not any(_called(part) == "Symbol" for part in ast.walk(call)):
            exponent = 1
            for part in ast.walk(call):
                if isinstance(part, ast.Call) and _called(part) == "Pow" and len(part.args) == 2:
                    exponent *= max(1, *_numerals(part.args[1]), 1)
        elif name in ("factorial", "binomial", "gamma"):
            exponent = max(1, *_numerals(call), 1)
        else:
            continue
        if exponent > LARGEST_EXPONENT:
            raise Rejected(f"the certificate holds a {name} that is too large")


def _called(part: ast.AST) -> str:
    return part.func.id if isinstance(part, ast.Call) and isinstance(part.func, ast.Name) else ""


def _numerals(tree: ast.AST) -> list[int]:
    return [abs(n.value) for n in ast.walk(tree) if isinstance(n, ast.Constant) and type(n.value) is int]
