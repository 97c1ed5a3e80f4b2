"""A portfolio is measured beside each of its members, in one process."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

import pytest

from efmodels.bench import learning_portfolio_workloads as work

if TYPE_CHECKING:
    from pathlib import Path

    from efmodels.learning import Portfolio, Ranges
    from efmodels.problem import EquilibriumProblem


def test_ratio_is_to_the_faster_member(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Medians over the repeats, then the quotient; the median over the tasks in the end."""
    asked: list[tuple[str, int]] = []

    def pretend(
        problem: EquilibriumProblem, ranges: Ranges, method: Portfolio | str, threads: int
    ) -> float:
        del problem, ranges
        who = method if isinstance(method, str) else "+".join(map(str, method.members))
        asked.append((who, threads))
        outlier = 100.0 if len(asked) <= 3 else 0.0
        return outlier + {2: 3.0}.get(threads, 2.0 if who == "dcfr+" else 4.0)

    monkeypatch.setattr(work, "_learn", pretend)
    work.write_tasks(("kuhn", "K33 EFCE"), tmp_path)
    facts = work.learn_side_by_side(tmp_path)()

    # Of the second task the first member is another one, and takes 4.
    assert facts == {"kuhn": 1.5, "K33 EFCE": 1.5, "median_ratio": 1.5}
    assert asked[:3] == [("auto", 2), ("dcfr+", 1), ("pcfr+", 1)]
    assert len(asked) == 2 * 3 * work.REPEATS


@pytest.mark.slow
def test_small_tasks_are_learned(tmp_path: Path) -> None:
    """The tasks to warm up with are solved for real, and every ratio is a positive number."""
    pytest.importorskip("numba")
    work.write_tasks(("kuhn", "K33 CERT"), tmp_path)
    facts = work.learn_side_by_side(tmp_path)()

    assert all(ratio > 0 for ratio in facts.values())
    assert facts["median_ratio"] == median((facts["kuhn"], facts["K33 CERT"]))
