"""Who sees what: the infosets of the smallest games by name, and as a partition in all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from efmodels.instances import (
    battleship,
    goofspiel,
    kj_poker,
    kuhn,
    leduc,
    liars_dice,
    ride_sharing,
    sheriff,
    tricks,
)
from tests.instances.table_games import TABLE_GAMES, path_to, table_game

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


@pytest.mark.parametrize("name", TABLE_GAMES)
def test_players_know_what_they_saw_on_the_table(name: str) -> None:
    """In the table games, too, two nodes are one infoset if and only if what was seen agrees."""
    game, replays = table_game(name)
    pairs = {
        (int(game.infoset[node]), (turn.mover, turn.seen))
        for terminal, replay in replays.items()
        for node, turn in zip(path_to(game, terminal), replay.turns, strict=True)
        if turn.mover > 0
    }
    seen = [knowledge for _, knowledge in pairs]

    assert len(pairs) == len({infoset for infoset, _ in pairs}) == len(set(seen))


@pytest.mark.parametrize("name", GAMES)
def test_players_remember(name: str) -> None:
    """Nobody forgets her own moves."""
    GAMES[name].require_perfect_recall()


@pytest.mark.parametrize("name", TABLE_GAMES)
def test_players_remember_what_was_on_the_table(name: str) -> None:
    """Nobody forgets her own moves in the table games, not even without seeing anything else."""
    table_game(name)[0].require_perfect_recall()


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


def test_infosets_of_battleship() -> None:
    """On two cells the first shots must miss for more to happen; then the other cell is left."""
    assert infosets(battleship(1, 2, shots=2)) == [
        ["A1", "A1:A1~A2~", "A1:A2~A2~", "A2", "A2:A1~A1~", "A2:A2~A1~", "P1_1"],
        ["A1:A2~", "A2:A1~", "P2_1"],
    ]


def test_infosets_of_battleship_with_a_long_ship() -> None:
    """A ship of two covers the middle of three cells: it is hit by one shot and sunk by two."""
    assert infosets(battleship(1, 3, shots=2, ships=(2,))) == [
        sorted(
            [
                *("P1_1", "A1-A2", "A2-A3"),
                # Own first shots at A1 or A3 may hit or miss, at A2 they hit; so do the other's.
                *(
                    f"A1-A2:{own}{other}"
                    for own in ("A1~", "A1*", "A2*", "A3~", "A3*")
                    for other in ("A1*", "A2*", "A3~")
                ),
                *(
                    f"A2-A3:{own}{other}"
                    for own in ("A1~", "A1*", "A2*", "A3~", "A3*")
                    for other in ("A1~", "A2*", "A3*")
                ),
            ]
        ),
        sorted(
            [
                "P2_1",
                *(f"A1-A2:{shot}" for shot in ("A1*", "A2*", "A3~")),
                *(f"A2-A3:{shot}" for shot in ("A1~", "A2*", "A3*")),
                *(f"A1-A2:{line}" for line in lines_of_three_shots("A1*", "A2*", "A3~")),
                *(f"A2-A3:{line}" for line in lines_of_three_shots("A3*", "A2*", "A1~")),
            ]
        ),
    ]


def lines_of_three_shots(end: str, middle: str, water: str) -> list[str]:
    """List the first three shots after which the second player still has a ship to defend.

    The first player shoots twice, not the same cell and not both ends of the ship; what the second
    player's shot in between did is public.
    """
    answers = ("A1~", "A1*", "A2*", "A3~", "A3*")
    return [
        f"{first}{answer}{second}"
        for first in (end, middle, water)
        for answer in answers
        for second in (end, middle, water)
        if first != second and {first, second} != {end, middle}
    ]


def test_repeated_shots_at_battleship() -> None:
    """A shot at a place that was hit before hits again, or tells again that the ship is sunk."""
    hit = infosets(battleship(1, 2, shots=2, ships=(2,), repeated_shots=True))
    sunk = infosets(battleship(1, 3, shots=2, ships=(1, 1), repeated_shots=True))

    assert "A1-A2:A1*A1*A1*" in hit[1]
    assert {"A1,A2:A1!A1!A1!", "A2,A1:A1!A1!A3~", "A2,A3:A1~A1!A1~"} < set(sunk[1])


def test_infosets_of_sheriff() -> None:
    """Only the smuggler knows the load; what was said before is kept."""
    lines = [f"{offer}{answer}" for offer in (0, 1) for answer in "ip"]

    assert infosets(sheriff(items=1, bribe=1, rounds=2)) == [
        [
            "0",
            *(f"0:{line}" for line in lines),
            "1",
            *(f"1:{line}" for line in lines),
            "Smuggler_1",
        ],
        sorted(["0", "1", *(f"{line}{offer}" for line in lines for offer in (0, 1))]),
    ]


def test_infosets_of_goofspiel() -> None:
    """With two cards the first round has three endings, of which a player may see two."""
    rounds = [("1", "2"), ("2", "1")]
    endings = {"1": ("P1P2", "P2"), "2": ("P1", "P1P2")}
    first, second = infosets(goofspiel(cards=2))

    assert first == sorted(
        [*"12", *(f"{c}:{a}>{won} {b}" for a, b in rounds for c in "12" for won in endings[c])]
    )
    assert len(second) == len(first) == 10
    assert {"1:1>P1 2", "2:2>P2 1"} < set(second)


def test_infosets_of_goofspiel_with_all_cards_seen() -> None:
    """The cards of a round are told in the order of the players; her own need no telling."""
    first, second = infosets(goofspiel(cards=2, observed="bids"))

    assert first == second
    assert first == sorted(
        [
            *"12",
            *(f"{a}>{x},{y} {b}" for a, b in ("12", "21") for x in "12" for y in "12"),
        ]
    )


def test_infosets_of_rides() -> None:
    """On one road the other one is always near; a customer gets in once, and only for one."""
    starts = ["0(0)", "0(1)", "1(0)", "1(1)"]

    assert (
        infosets(ride_sharing([(0, 1)], times=3))
        == [sorted([*starts, "0(0) 1(1)", "1(1) 0(0)", "0(1) 1+(0)", "1(0) 0+(1)"])] * 2
    )


def test_infosets_of_rides_on_a_path() -> None:
    """From the end of a path of three places, the other end cannot be seen."""
    first, second = infosets(ride_sharing([(0, 1), (1, 2)], times=2))

    assert first == second == ["0", "0(0)", "0(1)", "1(0)", "1(1)", "1(2)", "2", "2(1)", "2(2)"]


def test_infosets_of_tricks() -> None:
    """Everything is open: a node is known by the deal and the cards played; nobody can follow."""
    deal = "3S 3H|2D 3D|2C 3C"
    mine = [[n for n in names if n.startswith(deal)] for names in infosets(tricks(ranks=2))]
    leads = ("2D", "3D")
    two = [f"{deal} {lead} {card}" for lead in leads for card in ("2H", "2S")]

    assert mine == [
        sorted(
            [
                *(f"{deal} {lead}" for lead in leads),
                *(f"{line} {card}" for line in two for card in ("2C", "3C")),
            ]
        ),
        [deal],
        two,
    ]
