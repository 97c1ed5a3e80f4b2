"""The payoffs of the benchmark games, against their rules played again and their known values."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from efmodels.instances import kj_poker, kuhn, leduc, liars_dice
from tests.oracles.replays import replay_dice, replay_kuhn, replay_leduc
from tests.oracles.zero_sum import zero_sum_value, zero_sum_value_by_sequences

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels import Game
    from tests.oracles.replays import Replay

REPLAYED = [
    (kuhn(), partial(replay_kuhn, ranks="JQK")),
    (kuhn(3, 4), partial(replay_kuhn, ranks="TJQK")),
    (kuhn(4, 4), partial(replay_kuhn, ranks="TJQK")),
    (leduc(), partial(replay_leduc, ranks="JQK")),
    (leduc(ranks=2, suits=3, raises=3), partial(replay_leduc, ranks="QK")),
    (kj_poker(), partial(replay_leduc, ranks="JK")),
    (leduc(3, ranks=3, suits=2, raises=1), partial(replay_leduc, ranks="JQK")),
    (liars_dice(faces=3), partial(replay_dice, highest_wild=3)),
    (liars_dice(faces=3, wild=False), partial(replay_dice, highest_wild=None)),
    (liars_dice(3, 2, bid_order="quantity"), partial(replay_dice, highest_wild=2)),
]


def movers(game: Game, node: int) -> list[int]:
    """Return who moves on the way from the deal to a node."""
    owners = []
    while (node := int(game.parent[node])) > 0:
        owners.append(int(game.owner[node]))
    return owners[::-1]


@pytest.mark.parametrize(("game", "replay"), REPLAYED, ids=[game.title for game, _ in REPLAYED])
def test_payoffs_and_turns(game: Game, replay: Callable[[tuple[str, ...]], Replay]) -> None:
    """At every terminal the turns and the exact payoffs are those of the rules."""
    for node in game.terminals.tolist():
        expected = replay(game.history(node))

        assert movers(game, node) == expected.movers
        assert list(game.exact_payoffs(node)) == expected.payoffs


@pytest.mark.parametrize("game", [game for game, _ in REPLAYED], ids=lambda game: game.title)
def test_games_are_exact_and_zero_sum(game: Game) -> None:
    """Probabilities are fractions that sum to one, and what one wins the others lose."""
    starts = [game.actions_of(j) for j in game.infosets_of(0)]

    assert game.is_exact
    assert all(sum(game.chance_probabilities[a] for a in actions) == 1 for actions in starts)
    assert {sum(row) for row in game.outcome_payoffs} == {0}


@pytest.mark.parametrize(
    ("game", "value"),
    [(kuhn(), -1 / 18), (liars_dice(faces=2), 0), (liars_dice(faces=2, wild=False), 0)],
    ids=lambda item: getattr(item, "title", ""),
)
def test_value_by_pure_plans(game: Game, value: float) -> None:
    """The smallest games have their known values as matrix games over pure plans."""
    assert zero_sum_value(game) == pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize(
    ("game", "value"),
    [
        (kuhn(ranks=13), -5 / 78),
        (leduc(), -0.0856064),
        (leduc(raises=1), -0.0781063),
        (leduc(ranks=5), -0.1127689),
        (liars_dice(faces=3), 1 / 9),
        (liars_dice(faces=3, wild=False), -1 / 9),
        (liars_dice(faces=4), 0),
        (liars_dice(faces=4, wild=False), -1 / 8),
    ],
    ids=lambda item: getattr(item, "title", ""),
)
def test_value_by_sequences(game: Game, value: float) -> None:
    """Larger games have their known values, to the digits that are known."""
    assert zero_sum_value_by_sequences(game) == pytest.approx(value, abs=5e-8)
