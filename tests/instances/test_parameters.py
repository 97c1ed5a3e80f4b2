"""What the instances refuse, and the files that are shipped."""

from __future__ import annotations

from math import perm
from typing import TYPE_CHECKING

import pytest

from efmodels.errors import GameError
from efmodels.files import dumps, read
from efmodels.instances import data_file, kuhn, leduc, liars_dice
from efmodels.instances.cards import deals, rank_names

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels import Game


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: kuhn(players=1), "players must be an integer of at least 2; got 1"),
        (lambda: kuhn(ranks=0), "ranks must be an integer of at least 1; got 0"),
        (lambda: kuhn(players=4, ranks=3), "4 players need at least 4 ranks.*got 3 ranks"),
        (lambda: leduc(players=1), "players must be an integer of at least 2; got 1"),
        (lambda: leduc(suits=0), "suits must be an integer of at least 1; got 0"),
        (lambda: leduc(raises=0), "raises must be an integer of at least 1; got 0"),
        (lambda: leduc(ranks=2.5), "ranks must be an integer of at least 1; got 2.5"),
        (lambda: leduc(ranks=2, suits=1), "more than 2 cards; 2 ranks in 1 suits are 2"),
        (lambda: liars_dice(players=1), "players must be an integer of at least 2; got 1"),
        (lambda: liars_dice(faces=0), "faces must be an integer of at least 1; got 0"),
        (
            lambda: liars_dice(bid_order="size"),
            "bid_order must be one of 'face', 'quantity'; got 'size'",
        ),
    ],
)
def test_impossible_parameters(make: Callable[[], Game], message: str) -> None:
    """A parameter that makes no game is refused by name."""
    with pytest.raises(GameError, match=message):
        make()


@pytest.mark.parametrize(
    ("ranks", "names"),
    [(2, ("Q", "K")), (5, ("9", "T", "J", "Q", "K")), (13, tuple("A23456789TJQK"))],
)
def test_rank_names(ranks: int, names: tuple[str, ...]) -> None:
    """Ranks are called as on cards, kings being highest and aces lowest."""
    assert rank_names(ranks) == names


def test_many_ranks_have_different_names() -> None:
    """Beyond the thirteen ranks of a suit, numbers keep the deals apart."""
    game = kuhn(ranks=15)

    assert len(set(game.action_names[: 15 * 14])) == 15 * 14


@pytest.mark.parametrize(
    ("players", "ranks", "suits"), [(2, 3, 1), (2, 3, 2), (3, 2, 2), (4, 2, 2)]
)
def test_deals_are_complete(players: int, ranks: int, suits: int) -> None:
    """Every way to draw cards one after the other is counted once."""
    assert deals(players, ranks, suits).ways.sum() == perm(ranks * suits, players)


def test_deals_need_enough_cards_of_a_rank() -> None:
    """With two suits nobody can be dealt the third card of a rank."""
    assert [0, 0, 0] not in deals(3, 2, 2).ranks.tolist()


@pytest.mark.parametrize(("name", "game"), [("kuhn.efg", kuhn()), ("leduc.efg", leduc())])
def test_data_file(name: str, game: Game) -> None:
    """A shipped file is what the writer makes of the generated game, and reads back as it."""
    assert data_file(name).read_text(encoding="utf-8") == dumps(game, format="efg")
    assert read(data_file(name)) == game


def test_data_file_that_is_not_there() -> None:
    """The message lists the files that are shipped."""
    with pytest.raises(GameError, match=r"no file 'poker.efg' is shipped; .*kuhn.efg, leduc.efg"):
        data_file("poker.efg")
