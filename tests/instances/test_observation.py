"""Who sees what: the infosets of the smallest games by name, and as a partition in all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from efmodels.instances import kj_poker, kuhn, leduc, liars_dice

if TYPE_CHECKING:
    from efmodels import Game

GAMES = {
    "Kuhn, 2 players": kuhn(),
    "Kuhn, 3 players": kuhn(3, 4),
    "Leduc, 2 players": leduc(),
    "KJ poker": kj_poker(raises=1),
    "Leduc, 3 players": leduc(3, ranks=2, suits=2, raises=1),
    "dice, 2 players": liars_dice(faces=3),
    "dice, 3 players": liars_dice(3, 2, bid_order="quantity"),
}


def infosets(game: Game) -> list[list[str]]:
    """Return the names of the infosets of every player."""
    seats = range(1, len(game.players) + 1)
    return [sorted(game.infoset_names[j] for j in game.infosets_of(seat)) for seat in seats]


@pytest.mark.parametrize("name", GAMES)
def test_players_know_their_card_and_what_was_said(name: str) -> None:
    """Two nodes of a player are one infoset if and only if her card and the public part agree."""
    game = GAMES[name]
    pairs = set()
    for node in range(game.nodes):
        owner = int(game.owner[node])
        if owner > 0:
            deal, *public = game.history(node)
            pairs.add((int(game.infoset[node]), (owner, deal.split()[owner - 1], *public)))
    known = [knowledge for _, knowledge in pairs]

    assert len(pairs) == len({infoset for infoset, _ in pairs}) == len(set(known))


@pytest.mark.parametrize("name", GAMES)
def test_players_remember(name: str) -> None:
    """Nobody forgets her own moves."""
    GAMES[name].require_perfect_recall()


def test_infosets_of_kuhn() -> None:
    """The first player acts at the beginning and against a bet, the second in between."""
    assert infosets(kuhn()) == [
        ["J", "J:kb", "K", "K:kb", "Q", "Q:kb"],
        ["J:b", "J:k", "K:b", "K:k", "Q:b", "Q:k"],
    ]


def test_infosets_of_kuhn_with_three_players() -> None:
    """Those who checked before the bet answer it after those who sit behind the bettor."""
    queens = [[name for name in names if name[0] == "Q"] for names in infosets(kuhn(3, 3))]

    assert queens == [
        ["Q", "Q:kbc", "Q:kbf", "Q:kkb"],
        ["Q:b", "Q:k", "Q:kkbc", "Q:kkbf"],
        ["Q:bc", "Q:bf", "Q:kb", "Q:kk"],
    ]


def test_infosets_of_leduc() -> None:
    """With one suit and one bet a queen sees the two other cards on the board, after each line."""
    first, second = infosets(leduc(ranks=3, suits=1, raises=1))

    assert [name for name in first if name[0] == "Q"] == [
        "Q",
        *(f"Q:bc/{board}:{bets}" for board in "JK" for bets in ("", "kb")),
        "Q:kb",
        *(f"Q:kbc/{board}:{bets}" for board in "JK" for bets in ("", "kb")),
        *(f"Q:kk/{board}:{bets}" for board in "JK" for bets in ("", "kb")),
    ]
    assert [name for name in second if name[0] == "Q"] == [
        "Q:b",
        *(f"Q:bc/{board}:{bet}" for board in "JK" for bet in "bk"),
        "Q:k",
        *(f"Q:kbc/{board}:{bet}" for board in "JK" for bet in "bk"),
        *(f"Q:kk/{board}:{bet}" for board in "JK" for bet in "bk"),
    ]


def test_infosets_of_kj_poker() -> None:
    """With one bet a jack sees a king or the other jack on the board, after each line."""
    first, _ = infosets(kj_poker(raises=1))

    assert [name for name in first if name[0] == "J"] == [
        "J",
        *(f"J:bc/{board}:{bets}" for board in "JK" for bets in ("", "kb")),
        "J:kb",
        *(f"J:kbc/{board}:{bets}" for board in "JK" for bets in ("", "kb")),
        *(f"J:kk/{board}:{bets}" for board in "JK" for bets in ("", "kb")),
    ]


def test_infosets_of_dice() -> None:
    """With two faces and face-major bids 1x1 < 2x1 < 1x2 < 2x2 a player knows one die."""
    first, second = infosets(liars_dice(faces=2))

    assert [name for name in first if name[0] == "2"] == [
        "2",
        "2:1x1,1x2",
        "2:1x1,2x1",
        "2:1x1,2x1,1x2,2x2",
        "2:1x1,2x2",
        "2:1x2,2x2",
        "2:2x1,1x2",
        "2:2x1,2x2",
    ]
    assert [name for name in second if name[0] == "2"] == [
        "2:1x1",
        "2:1x1,1x2,2x2",
        "2:1x1,2x1,1x2",
        "2:1x1,2x1,2x2",
        "2:1x2",
        "2:2x1",
        "2:2x1,1x2,2x2",
        "2:2x2",
    ]


def test_actions_of_poker() -> None:
    """An action is called by what it means: a bet opens, a call and a raise answer."""
    assert set(kuhn().action_names[6:]) == {"check", "bet", "fold", "call"}
    assert set(leduc().action_names) >= {"check", "bet", "fold", "call", "raise"}


@pytest.mark.parametrize(
    ("bid_order", "bids"),
    [("face", ["1x1", "2x1", "1x2", "2x2"]), ("quantity", ["1x1", "1x2", "2x1", "2x2"])],
)
def test_order_of_bids(bid_order: str, bids: list[str]) -> None:
    """Whatever the order, a player may name any higher bid, or call."""
    game = liars_dice(faces=2, bid_order=bid_order)
    actions = {
        game.infoset_names[j]: [game.action_names[a] for a in game.actions_of(j)]
        for j in range(len(game.infoset_names))
    }

    assert actions["1"] == bids
    assert actions[f"1:{bids[1]}"] == [*bids[2:], "liar"]
    assert actions[f"1:{bids[3]}"] == ["liar"]
