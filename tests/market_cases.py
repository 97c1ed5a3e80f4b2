"""Known values of markets, auctions, mechanisms and persuasion, in tests/data/markets.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "data" / "markets.json").read_text(encoding="utf-8")
)
FAMILIES = {"FPPE", "SPPE", "AMD", "PERSUASION", "SEQ"}


def cases_of(family: str, *, prefix: str = "") -> list[Any]:
    """Return the cases of a family whose names begin with a prefix, named, for parametrize."""
    if family not in FAMILIES:
        raise ValueError(f"{family!r} is none of {sorted(FAMILIES)}")
    found = [c for c in CASES if c["family"] == family and c["id"].startswith(prefix)]
    if not found:
        raise ValueError(f"no case of {family} begins with {prefix!r}")
    return [pytest.param(case, id=case["id"]) for case in found]
