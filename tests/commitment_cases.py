"""Known values of Nash, Stackelberg and bounded-rationality concepts, with their games."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import efmodels as ef

_FILE = Path(__file__).parent / "data" / "stackelberg.json"


@cache
def _all() -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = json.loads(_FILE.read_text(encoding="utf-8"))["cases"]
    return cases


def cases_of(concept: str) -> list[Any]:
    """Return the cases of a concept as parameters of a test: ``game``, ``params``, ``value``...

    ``case["game"]`` is the text, ``game_of(case)`` the game.
    """
    return [pytest.param(case, id=case["id"]) for case in _all() if case["concept"] == concept]


def game_of(case: dict[str, Any]) -> ef.Game:
    """Return the game of a case."""
    return ef.loads(case["game"], format=case["format"])
