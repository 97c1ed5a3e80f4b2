"""The raw linear program is the one that the formulation stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from efmodels.bench.raw_highs import solve_zero_sum
from efmodels.errors import SolverError
from efmodels.instances import kuhn, leduc, liars_dice
from efmodels.verifying import Profile

if TYPE_CHECKING:
    from efmodels.game import Game


@pytest.mark.parametrize(
    ("game", "value"),
    [(kuhn(), -1 / 18), (leduc(ranks=3), -0.0856064), (liars_dice(faces=1), 1.0)],
    ids=["kuhn", "leduc", "liars_dice"],
)
def test_value_and_regrets(game: Game, value: float) -> None:
    """The values are those of the literature, and a best response in the tree gains nothing."""
    found, behaviour = solve_zero_sum(game)

    assert found == pytest.approx(value, abs=1e-7)
    assert max(Profile(game, behaviour).regrets().values()) == pytest.approx(0, abs=1e-9)


def test_other_endings_are_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    """If HiGHS does not say optimal, there is no solution to return."""
    monkeypatch.setattr("highspy.Highs.run", lambda _: None)

    with pytest.raises(SolverError, match="Not Set"):
        solve_zero_sum(kuhn())
