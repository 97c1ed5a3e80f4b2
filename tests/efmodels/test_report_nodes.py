"""Report nodes: who reports what and when, what stays, and what a mediator makes of it."""

from __future__ import annotations

import numpy as np
import pytest

import efmodels as ef
from efmodels import with_report_nodes
from tests.oracles.bayesian_communication import best_direct_mechanism
from tests.random_games import random_game


def random_bayesian_game(seed: int) -> ef.Game:
    """Return a random Bayesian game of two or three players; some profiles have no weight."""
    generator = np.random.default_rng(seed)
    players = 3 if seed % 5 == 4 else 2
    types = [2 if players == 3 else int(generator.integers(1, 4)) for _ in range(players)]
    moves = [2 if players == 3 else int(generator.integers(2, 4)) for _ in range(players)]
    weights = generator.integers(0, 4, size=types)
    weights[(0,) * players] += 1
    payoffs = generator.integers(-4, 5, size=(players, *types, *moves))
    return ef.instances.bayesian_game(
        [[f"t{k}" for k in range(n)] for n in types],
        [[f"a{k}" for k in range(n)] for n in moves],
        list(payoffs),
        [[f"{w}/{weights.sum()}" for w in row] for row in weights]
        if players == 2
        else [[[f"{w}/{weights.sum()}" for w in row] for row in plane] for plane in weights],
    )


def names(game: ef.Game, player: str) -> list[str]:
    """Return the names of a player's infosets."""
    return [game.infoset_names[j] for j in game.infosets_of(game.player_number(player))]


def best(game: ef.Game, concept: str, objective: object = None) -> float:
    """Return the best value of an objective in a concept."""
    return ef.optimal_equilibrium(game, concept, objective).value


@pytest.mark.parametrize("seed", range(30))
def test_communication_is_myersons_program(seed: int) -> None:
    """With report nodes, communication equilibria of Bayesian games are direct mechanisms."""
    game = random_bayesian_game(seed)
    reporting = with_report_nodes(game)
    for weights in ([1] * len(game.players), [1, *[0] * (len(game.players) - 1)]):
        goal = dict(zip(game.players, weights, strict=True))
        value = best(reporting, "COMM", goal)

        assert value == pytest.approx(best_direct_mechanism(game, weights), abs=1e-7)


def test_the_program_is_not_that_without_report_nodes() -> None:
    """Without them the first to move is advised before the others have reported: that can cost."""
    games = [random_bayesian_game(seed) for seed in range(12)]
    lost = [
        best(with_report_nodes(game), "COMM", "welfare") - best(game, "COMM", "welfare")
        for game in games
    ]

    assert min(lost) > -1e-7
    assert max(lost) > 0.1


@pytest.mark.parametrize("seed", range(25))
def test_outcomes_stay(seed: int) -> None:
    """The plays are the old ones with reports in between; nobody forgets anything."""
    game = random_game(seed, players=2 + seed % 2, nodes=14)
    reporting = with_report_nodes(game)

    assert reporting.has_perfect_recall
    assert (reporting.payoffs == game.payoffs).all()
    for old, new in zip(game.terminals.tolist(), reporting.terminals.tolist(), strict=True):
        moves = [action for action in reporting.history(new) if action != "report"]
        assert moves == list(game.history(old))
        assert reporting.exact_payoffs(new) == game.exact_payoffs(old)


@pytest.mark.parametrize("seed", range(12))
def test_equilibria_without_communication_stay(seed: int) -> None:
    """Private mediators gain nothing by reports that they are told anyway, one who listens may."""
    game = random_game(seed, nodes=10)
    reporting = with_report_nodes(game)
    for concept in ("NFCE", "EFCE", "EFCCE", "NFCCE"):
        assert best(reporting, concept) == pytest.approx(best(game, concept), abs=1e-6)
    assert best(reporting, "COMM") >= best(game, "COMM") - 1e-6


def test_values_of_zero_sum_games_stay() -> None:
    """Kuhn poker is worth what it was."""
    poker = with_report_nodes(ef.instances.kuhn())

    assert best(poker, "nash_zero_sum") == pytest.approx(-1 / 18)


class TestWhoReports:
    """Where the nodes are put."""

    def test_in_poker(self) -> None:
        """Who moves second reports her card at the deal; a public card is reported, too."""
        kuhn = with_report_nodes(ef.instances.kuhn(players=3, ranks=4))
        leduc = with_report_nodes(ef.instances.leduc())

        assert {name for name in names(kuhn, "P3") if "report" in name} == {
            f"report {card}" for card in "TJQK"
        }
        assert not any("report" in name for name in names(kuhn, "P1"))
        assert "report J:kk/Q" in names(leduc, "P2")

    def test_who_moves_at_once_does_not_report_before(self) -> None:
        """The first mover's report is her move; without chance nobody reports."""
        trade = with_report_nodes(ef.instances.bilateral_trade())

        assert names(trade, "Seller") == ["0", "2", "4"]
        assert names(trade, "Buyer") == ["report 1", "1", "report 3", "3", "report 5", "5"]
        assert names(trade, "Broker") == ["both in"]
        chicken = ef.instances.chicken(6, 2, 7, 0)
        assert with_report_nodes(chicken) == chicken

    def test_again_after_later_draws(self) -> None:
        """In a sequence of auctions values are reported before every item."""
        game = ef.instances.sequential_auction_design(values=(0, 1))
        mine = names(with_report_nodes(game), "P2")

        assert {"report 0", "report 1", "report 0,in,lost;1", "report 1,in,won 0;0"} <= set(mine)
        assert len(mine) == 2 * len(names(game, "P2"))

    def test_what_others_did_is_not_reported(self) -> None:
        """A move of another player tells nothing before one's own, whoever moves in between."""
        build = ef.GameBuilder(["A", "B", "C"])
        root = build.decision("A", "a", ["l", "r"])
        for side in ("l", "r"):
            middle = build.decision("B", "b", ["l", "r"], below=(root, side))
            for answer in ("l", "r"):
                last = build.decision("C", side, ["l", "r"], below=(middle, answer))
                for end in ("l", "r"):
                    build.terminal([0, 0, 0], below=(last, end))

        assert with_report_nodes(build.game()) == build.game()

    def test_never_where_some_plays_have_no_stop(self) -> None:
        """What chance tells on some ways to an infoset only, is not reported on any."""
        build = ef.GameBuilder(["A", "B"])
        root = build.decision("A", "a", ["l", "r"])
        draw = build.chance({"x": 0.5, "y": 0.5}, below=(root, "l"))
        for event, node in (("x", draw), ("y", draw), ("r", root)):
            middle = build.decision("A", f"m{event}", ["u"], below=(node, event))
            here = build.decision("B", "y" if event == "y" else "xr", ["u"], below=(middle, "u"))
            build.terminal([0, 0], below=(here, "u"))
        game = with_report_nodes(build.game())

        assert names(game, "B") == ["xr", "report y", "y"]

    def test_players_in_their_order(self) -> None:
        """All report before the first one moves."""
        types = (("s", "t"),) * 3
        zero = np.zeros((2,) * 6)
        game = ef.instances.bayesian_game(types, (("u", "v"),) * 3, [zero] * 3)
        first = with_report_nodes(game)
        owners = [int(first.owner[node]) for node in range(1, 5)]

        assert owners == [2, 3, 1, 2]


def test_imperfect_recall_is_refused() -> None:
    """Who forgets cannot be asked what she knows."""
    game = ef.Game.from_dict(
        {
            "player": "A",
            "infoset": "a",
            "actions": {
                side: {
                    "player": "A",
                    "infoset": "b",
                    "actions": {"l": {"payoffs": {"A": 0}}, "r": {"payoffs": {"A": 1}}},
                }
                for side in ("l", "r")
            },
        }
    )
    with pytest.raises(ef.GameError, match="does not have perfect recall"):
        with_report_nodes(game)
