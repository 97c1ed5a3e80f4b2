"""What the instances refuse, and the files that are shipped."""

from __future__ import annotations

from math import inf, nan, perm
from typing import TYPE_CHECKING

import numpy as np
import pytest

from efmodels.errors import GameError
from efmodels.files import dumps, read
from efmodels.instances import (
    bargaining,
    battleship,
    bayesian_game,
    beer_quiche,
    data_file,
    goofspiel,
    guess_the_ace,
    kj_poker,
    kuhn,
    leduc,
    liars_dice,
    pursuit_evasion,
    random_tree,
    random_zero_sum_tree,
    ride_sharing,
    river_endgame,
    sheriff,
    signaling_game,
    tricks,
)
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
        (lambda: battleship(0), "height must be an integer from 1 to 26; got 0"),
        (lambda: battleship(2, -1), "width must be an integer of at least 1; got -1"),
        (lambda: battleship(2, 2, 1.5), "shots must be an integer of at least 1; got 1.5"),
        (lambda: battleship(True, 2), "height must be an integer from 1 to 26; got True"),
        (lambda: battleship(27, 1), "height must be an integer from 1 to 26; got 27"),
        (lambda: battleship(ships=()), "at least one ship.*got 0 ships"),
        (lambda: battleship(ships=2), "ships must be a list; got 2"),
        (lambda: battleship(ships=(1, 0)), r"ships\[1\] must be an integer of at least 1; got 0"),
        (lambda: battleship(ships=(True,)), r"ships\[0\] must be an integer .*; got True"),
        (
            lambda: battleship(ships=(3,)),
            r"ships of lengths \[3\] do not fit .*height 2 and width 2",
        ),
        (lambda: battleship(ships=(2, 2, 1)), r"ships of lengths \[2, 2, 1\] do not fit"),
        (lambda: battleship(1, 3, ships=(1, 2, 1)), r"ships of lengths \[1, 2, 1\] do not fit"),
        (lambda: battleship(values=(1, 2)), "one number per ship.*got 1 ships and 2 values"),
        (lambda: battleship(values=1), "values must be a list; got 1"),
        (lambda: battleship(values=(-1,)), r"values\[0\] must be a number of at least 0; got -1"),
        (lambda: battleship(values=(True,)), r"values\[0\] must be a number .*; got True"),
        (lambda: battleship(loss_multiplier=-1), "loss_multiplier .* at least 0; got -1"),
        (lambda: battleship(loss_multiplier=nan), "loss_multiplier .* at least 0; got nan"),
        (lambda: battleship(loss_multiplier=inf), "loss_multiplier .* at least 0; got inf"),
        (lambda: sheriff(-1), "items must be an integer of at least 0; got -1"),
        (lambda: sheriff(10, -1), "bribe must be an integer of at least 0; got -1"),
        (lambda: sheriff(10, 2, 0), "rounds must be an integer of at least 1; got 0"),
        (lambda: sheriff(10.0), "items must be an integer of at least 0; got 10.0"),
        (lambda: sheriff(value=-1), "value must be a number of at least 0; got -1"),
        (lambda: sheriff(penalty=nan), "penalty must be a number of at least 0; got nan"),
        (lambda: sheriff(compensation=inf), "compensation must be a number of at least 0; got inf"),
        (lambda: sheriff(value="V"), "value must be a number of at least 0; got 'V'"),
        (lambda: sheriff(penalty=False), "penalty must be a number of at least 0; got False"),
        (lambda: goofspiel(1), "players must be an integer of at least 2; got 1"),
        (lambda: goofspiel(2, 0), "cards must be an integer of at least 1; got 0"),
        (lambda: goofspiel(observed="cards"), "observed must be one of 'winners', 'bids'; got 'c"),
        (lambda: goofspiel(ties="share"), "ties must be one of 'split', 'discard'; got 'share'"),
        (
            lambda: goofspiel(prizes="fixed"),
            "prizes must be one of 'random', 'ascending', 'descending'; got 'fixed'",
        ),
        (lambda: ride_sharing(times=0), "times must be an integer of at least 1; got 0"),
        (lambda: ride_sharing(times=True), "times must be an integer of at least 1; got True"),
        (lambda: ride_sharing([]), r"roads must be pairs of places.*got the places \[\]"),
        (lambda: ride_sharing(7), "roads must be a list; got 7"),
        (lambda: ride_sharing([0, 1]), r"roads\[0\] must be a list; got 0"),
        (lambda: ride_sharing([(0, 1), (1, 1)]), r"roads\[1\] .* different places; got \(1, 1\)"),
        (lambda: ride_sharing([(0, 1, 2)]), r"roads\[0\] must be two different places; got"),
        (lambda: ride_sharing([(0, 1), (1, 3)]), r"without a gap.*got the places \[0, 1, 3\]"),
        (lambda: ride_sharing([(0, -1)]), r"roads\[0\]\[1\] must be an integer of at least 0"),
        (lambda: ride_sharing([(0, 1.0)]), r"roads\[0\]\[1\] must be an integer .*; got 1.0"),
        (
            lambda: ride_sharing(rewards=[1]),
            "one number per place.*7 places and there are 1 rewards",
        ),
        (lambda: ride_sharing(rewards=1), "rewards must be a list; got 1"),
        (
            lambda: ride_sharing([(0, 1)], rewards=[1, -1]),
            r"rewards\[1\] must be a number of at least 0; got -1",
        ),
        (lambda: ride_sharing([(0, 1)], rewards=[nan, 1]), r"rewards\[0\] .*; got nan"),
        (lambda: ride_sharing([(0, 1)], rewards=[1, True]), r"rewards\[1\] .*; got True"),
        (lambda: tricks(0), "ranks must be an integer from 1 to 3; got 0"),
        (lambda: tricks(4), "ranks must be an integer from 1 to 3; got 4"),
        (
            lambda: tricks(2, ("2H",)),
            r"dummy must have 2 different cards out of 2S, .*got \['2H'\]",
        ),
        (lambda: tricks(2, ("2H", "2H")), "dummy must have 2 different cards"),
        (lambda: tricks(2, ("2H", "4H")), "dummy must have 2 different cards"),
        (lambda: tricks(2, 2), "dummy must be a list; got 2"),
    ],
)
def test_impossible_parameters(make: Callable[[], Game], message: str) -> None:
    """A parameter that makes no game is refused by name."""
    with pytest.raises(GameError, match=message):
        make()


def test_parameters_may_be_arrays() -> None:
    """Numbers per ship and per place may come as an array; they mean what a list means."""
    assert battleship(1, 2, ships=(1, 1), values=np.array([1, 2])) == battleship(
        1, 2, ships=(1, 1), values=[1, 2]
    )
    assert ride_sharing(np.array([(0, 1)]), rewards=np.array([1, 2])) == ride_sharing(
        [(0, 1)], rewards=[1, 2]
    )


def test_roads_lead_both_ways() -> None:
    """It does not matter in which direction, in which order or how often a road is given."""
    assert ride_sharing([(2, 1), (1, 0), (0, 1)]) == ride_sharing([(0, 1), (1, 2)])


def test_dummy_of_tricks() -> None:
    """Without a hand dummy has the lowest hearts and spades in turn."""
    assert [tricks(ranks).title for ranks in (1, 2)] == [
        "Tricks (ranks=1, dummy=(2H,))",
        "Tricks (ranks=2, dummy=(2H, 2S))",
    ]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: kj_poker(raises=0), "raises must be an integer of at least 1; got 0"),
        (lambda: bargaining(rounds=0), "rounds must be an integer of at least 1; got 0"),
        (lambda: bargaining(pool=(1, -1)), r"pool\[1\] must be an integer of at least 0; got -1"),
        (lambda: bargaining(pool=()), "pool and values must not be empty"),
        (lambda: bargaining(discount=1.5), "discount must be a number from 0 to 1; got 1.5"),
        (lambda: bargaining(values=[(1,)]), r"values\[0\] must hold .* 2 items in pool; got 1"),
        (
            lambda: bargaining(values=[(1, -4)]),
            r"values\[0\]\[1\] must be a number of at least 0; got -4",
        ),
        (lambda: bargaining(values=[(1, 4)] * 2), "values must all be different; '1,4'"),
        (lambda: river_endgame(hands=1), "hands must be an integer of at least 2; got 1"),
        (lambda: river_endgame(pot=0), "pot must be a number above 0; got 0"),
        (lambda: river_endgame(stack="-1"), "stack must be a number above 0; got '-1'"),
        (lambda: river_endgame(bet_sizes=[0]), r"bet_sizes\[0\] must be a number above 0; got 0"),
        (lambda: river_endgame(bet_sizes=[1, 1]), "bet_sizes must all be different; '1'"),
        (lambda: river_endgame(max_bets=-1), "max_bets must be an integer of at least 0; got -1"),
        (lambda: guess_the_ace(cards=1), "cards must be an integer of at least 2; got 1"),
        (lambda: guess_the_ace(prize=0), "prize must be a number above 0; got 0"),
        (lambda: beer_quiche(strong=1), "strong must be a number above 0 and below 1; got 1"),
    ],
)
def test_impossible_numbers(make: Callable[[], Game], message: str) -> None:
    """A number out of its range is refused with the name of its parameter."""
    with pytest.raises(GameError, match=message):
        make()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: signaling_game(["1/2", "1/3"]), "prior must be .* sum to 1; these 2 sum to 5/6"),
        (lambda: signaling_game([1, 0]), "prior must hold numbers above 0"),
        (lambda: signaling_game([]), "prior must be .* sum to 1; these 0 sum to 0"),
        (
            lambda: signaling_game(["3/2", "-1/2"]),
            r"prior\[0\] must be a number from 0 to 1; got '3/2'",
        ),
        (lambda: signaling_game(sender=3), r"sender must be an array of shape \(2, messages"),
        (
            lambda: signaling_game(receiver=[[[1]]]),
            r"receiver must be an array of shape \(2, 2, 2\); got one of shape \(1, 1, 1\)",
        ),
        (lambda: signaling_game(types=["a"]), "types must hold 2 labels"),
        (lambda: signaling_game(messages=["a", "a"]), "messages must all be different; 'a'"),
        (lambda: bayesian_game(types=[]), "types and actions must hold a list for each player"),
        (lambda: bayesian_game(actions=[("a",)]), "got 2 and 1 lists"),
        (lambda: bayesian_game(types=[(), (1,)]), "each player at least one of both"),
        (lambda: bayesian_game(types=[(1, "1"), (1,)]), r"types\[0\] must all be different; '1'"),
        (lambda: bayesian_game(players=["A"]), r"players must hold 2 labels; got \['A'\]"),
        (lambda: bayesian_game(payoffs=[[1]]), "payoffs must be a function or 2 arrays"),
        (
            lambda: bayesian_game(payoffs=[[1], [1]]),
            r"payoffs\[0\] must be an array of shape \(2, 2, 2",
        ),
        (lambda: bayesian_game(payoffs=lambda _t, _a: "ab"), "payoffs must be a list; got 'ab'"),
        (lambda: bayesian_game(prior=[1, 0]), r"prior must be an array of shape \(2, 2\)"),
        (
            lambda: bayesian_game(prior=[[1, 1], [0, 0]]),
            "prior must be .* sum to 1; these 4 sum to 2",
        ),
    ],
)
def test_lists_that_do_not_fit(make: Callable[[], Game], message: str) -> None:
    """Distributions, arrays and labels must fit together; the message says which does not."""
    with pytest.raises(GameError, match=message):
        make()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: pursuit_evasion(steps=0), "steps must be an integer of at least 1; got 0"),
        (lambda: pursuit_evasion(start="X"), "start must be on the graph; 'X' is not"),
        (lambda: pursuit_evasion(start="T1"), "start must not be one of the targets; got 'T1'"),
        (lambda: pursuit_evasion(targets={"X": (1, 1)}), "targets must be on the graph; 'X'"),
        (
            lambda: pursuit_evasion(targets={"T1": (1,)}),
            r"targets\['T1'\] must hold two payoffs.*\(1,\)",
        ),
        (lambda: pursuit_evasion(caught=(1, "a")), r"caught\[1\] must be a number such as"),
        (lambda: pursuit_evasion(zones=[("A1", "X")]), "zones must be on the graph; 'X'"),
        (lambda: pursuit_evasion(zones=[()]), "zones must hold at least one zone"),
        (lambda: pursuit_evasion(zones=[]), "zones must hold at least one zone"),
        (lambda: pursuit_evasion(zones=[("A1", "A1")]), r"zones\[0\] must all be different; 'A1'"),
        (lambda: pursuit_evasion({"S": ["erase"]}), "graph must not have a node 'erase'"),
        (lambda: random_tree(seed=-1), "seed must be an integer of at least 0; got -1"),
        (lambda: random_tree(players=0), "players must be an integer of at least 1; got 0"),
        (lambda: random_tree(depth=-1), "depth must be an integer of at least 0; got -1"),
        (lambda: random_tree(branching=1), "branching must be an integer of at least 2; got 1"),
        (lambda: random_tree(chance_probability=2), "chance_probability must be .*; got 2"),
        (
            lambda: random_tree(merge_probability="x"),
            "merge_probability must be a number from 0 to 1; got 'x'",
        ),
        (lambda: random_tree(payoffs=(1, 0)), r"payoffs must be two integers.*; got \(1, 0\)"),
        (
            lambda: random_zero_sum_tree(payoffs=(0, 0.5)),
            r"payoffs must be two integers, .*; got \(0, 0.5\)",
        ),
    ],
)
def test_impossible_graphs_and_trees(make: Callable[[], Game], message: str) -> None:
    """What is on no graph, and what makes no tree, is refused by name."""
    with pytest.raises(GameError, match=message):
        make()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: bargaining(pool=3), "pool must be a list; got 3"),
        (lambda: bargaining(values=[1]), r"values\[0\] must be a list; got 1"),
        (lambda: river_endgame(bet_sizes="1/2"), "bet_sizes must be a list; got '1/2'"),
        (lambda: signaling_game(prior=1), "prior must be a list; got 1"),
        (lambda: signaling_game(types="ab"), "types must be a list; got 'ab'"),
        (lambda: bayesian_game(types=[1, 2]), r"types\[0\] must be a list; got 1"),
        (lambda: bayesian_game(payoffs=1), "payoffs must be a list; got 1"),
        (lambda: pursuit_evasion(graph=[1]), r"graph must be a dict; got \[1\]"),
        (lambda: pursuit_evasion(targets={"T1": 1}), r"targets\['T1'\] must be a list; got 1"),
        (lambda: pursuit_evasion(caught=1), "caught must be a list; got 1"),
        (lambda: pursuit_evasion(zones=["A1"]), r"zones\[0\] must be a list; got 'A1'"),
    ],
)
def test_what_is_no_list(make: Callable[[], Game], message: str) -> None:
    """A number or a text in the place of a list is refused by name."""
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
