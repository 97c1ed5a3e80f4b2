"""Persuasion of many receivers: what is reported, and that private signals are never worse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efmodels.bench import CASES

if TYPE_CHECKING:
    from pathlib import Path


def test_private_is_at_least_public(tmp_path: Path) -> None:
    """With four receivers both are solved; sizes are those of tables with two actions each."""
    case = CASES["persuasion-8"]
    case.write_small(tmp_path)
    private, public = (side.workload(tmp_path)() for side in case.sides)
    assert isinstance(private, dict)
    assert isinstance(public, dict)

    assert private["value"] > public["value"] + 1e-3
    assert max(private["regret"], public["regret"]) < 1e-9
    assert (private["columns"], private["rows"]) == (2 * 2**4, 4 * 2)
    assert (public["columns"], public["rows"]) == (2 * 2**4, 4 * 2**4)
