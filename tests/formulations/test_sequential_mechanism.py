"""Sequential mechanisms: against direct programs, closed forms, and what the tree says."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.formulations import sequential_mechanism
from efmodels.mediator.incentives import Incentives
from tests.oracles.design import best_mechanism, myerson_revenue
from tests.oracles.direct_mechanisms import (
    DESIGNER,
    Setting,
    Terms,
    best_mechanism_with_money,
)
from tests.oracles.sequential_mechanisms import within_reports
from tests.random_mechanisms import random_auction, random_setting

if TYPE_CHECKING:
    from collections.abc import Sequence

INTERIM = Incentives(participation="interim")


def model(game: ef.Game, goal: Any = None, **arguments: Any) -> Any:
    """Return a model of the best mechanism for a goal, with the block as ``eq``."""
    m = pyo.ConcreteModel()
    m.eq = sequential_mechanism(game, **arguments)
    m.goal = pyo.Objective(expr=m.eq.objective(goal), sense=pyo.maximize)
    return m


def best(game: ef.Game, goal: Any = None, **arguments: Any) -> float:
    """Return the best value, having seen that nobody gains by deviating."""
    m = model(game, goal, **arguments)
    value = ef.solve(m).value
    assert max(m.eq.regrets().values()) < 1e-7
    return value


def best_in(setting: Setting, weights: Sequence[int], incentives: Incentives) -> float:
    """Return the best weighted sum of payoffs in a setting, the designer's last."""
    game = setting.game()
    goal = dict(zip(game.players, weights, strict=True))
    transfers = setting.transfers(game)
    return best(game, goal, incentives=incentives, transfers=transfers)


def winner_pays(game: ef.Game, most: float) -> dict[str, Any]:
    """Return bounds by which the winner of a sale pays up to an amount, and nobody else does."""
    ends = [game.history(z)[-1] for z in game.terminals.tolist()]
    return {
        player: np.outer([end.startswith(f"{k} wins") for end in ends], [0, most])
        for k, player in enumerate(game.players[:-1], start=1)
    }


def agrees_with_direct_program(seed: int) -> None:
    """Compare all kinds of participation, for the designer, for all, and for one player."""
    setting = random_setting(seed)
    seats = len(setting.seats)
    for participation in ("none", "interim", "ex post"):
        outside = -4 if participation != "none" else 0
        incentives = Incentives(participation=participation, outside=outside)
        terms = Terms(participation=participation, outside=-4)
        for weights in ([0] * seats + [1], [1] * (seats + 1), [1] + [0] * seats):
            value = best_in(setting, weights, incentives)
            expected = best_mechanism_with_money(setting, weights, terms)
            assert value == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize("seed", range(8))
def test_direct_program(seed: int) -> None:
    """Lotteries over low and high amounts are payments; participation is what it should be."""
    agrees_with_direct_program(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8, 60))
def test_direct_program_more(seed: int) -> None:
    """The same for more seeds."""
    agrees_with_direct_program(seed)


def revenue_is_ironed_virtual_value(seed: int) -> None:
    """Compare a random auction with Myerson's closed form."""
    setting, priors = random_auction(seed)
    weights = [0] * len(priors) + [1]

    assert best_in(setting, weights, INTERIM) == pytest.approx(
        float(myerson_revenue(priors)), abs=1e-7
    )


@pytest.mark.parametrize("seed", range(30))
def test_revenue_of_auctions(seed: int) -> None:
    """The best revenue is the expected maximum of 0 and the highest ironed virtual value."""
    revenue_is_ironed_virtual_value(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(30, 330))
def test_revenue_of_auctions_more(seed: int) -> None:
    """The same for more seeds."""
    revenue_is_ironed_virtual_value(seed)


@pytest.mark.parametrize("budgets", [(1, 1), (1, 2), (2, 1)])
@pytest.mark.parametrize("losers_pay", [False, True])
def test_revenue_with_budgets(budgets: tuple[int, int], losers_pay: bool) -> None:  # noqa: FBT001
    """Budgets as bounds of payments: the same revenue as with prices as actions."""
    values, prior = ((1, 2, 4), (1, 3)), [["1/4", "1/2", "1/4"], ["2/3", "1/3"]]
    prices = (0, *sorted({*budgets}))
    charged = ef.instances.single_item_auction(
        values, prior, prices, prices if losers_pay else (0,), budgets
    )
    game = ef.instances.single_item_auction(values, prior, (0,))
    there = [game.history(z) for z in game.terminals.tolist()]
    transfers = {
        f"P{k}": np.outer(
            [f"{k} wins" in h[-1] or (losers_pay and h[k] == "in") for h in there], [0, most]
        )
        for k, most in enumerate(budgets, start=1)
    }

    assert best(game, transfers=transfers) == pytest.approx(
        best_mechanism(charged, lambda payoffs: payoffs[-1]), abs=1e-7
    )


def test_all_pay_reaches_four_thirds() -> None:
    """Two bidders of values 1 and 2 with a budget of 1: charging losers earns 4/3, else 1."""
    game = ef.instances.single_item_auction(prices=(0,))
    budget = {"P1": (0, 1), "P2": (0, 1)}

    assert best(game, transfers=budget, incentives=INTERIM) == pytest.approx(4 / 3)
    assert best(game, transfers=winner_pays(game, 1)) == pytest.approx(1)
    assert best(
        game, transfers=budget, incentives=Incentives(participation="ex post")
    ) == pytest.approx(1)


def test_correlated_values() -> None:
    """With correlated values and large side bets all the surplus is extracted (interim)."""
    prior = {(1, 1): "2/5", (2, 2): "2/5", (1, 2): "1/10", (2, 1): "1/10"}
    game = ef.instances.single_item_auction(prior=prior, prices=(0,))

    wide = {"P1": (-9, 9), "P2": (-9, 9)}
    assert best(game, transfers=wide, incentives=INTERIM) == pytest.approx(1.6)


class TestTrade:
    """Bilateral trade: the broker may lose nothing on average."""

    costs, values = (0, 2, 4), (1, 3, 5)

    def setting(self) -> Setting:
        """Return trade at a price of 0, with money in both directions."""
        prior = {(f"c{c}", f"v{v}"): Fraction(1, 9) for c, v in product(self.costs, self.values)}

        def value(types: tuple[str, ...], outcome: str) -> list[int]:
            traded = outcome == "trade"
            return [-int(types[0][1:]) * traded, int(types[1][1:]) * traded]

        bounds = dict.fromkeys(("trade", "no trade"), [(-6, 6)] * 2)
        return Setting(prior, ("trade", "no trade"), value, bounds)

    def test_first_best_is_not_reached(self) -> None:
        """Without money from outside, private information costs part of the gains from trade."""
        game = self.setting().game()
        m = model(game, "welfare", transfers={"P1": (-6, 6), "P2": (-6, 6)}, incentives=INTERIM)
        first_best = sum(Fraction(max(v - c, 0), 9) for c, v in product(self.costs, self.values))
        assert ef.solve(m).value == pytest.approx(float(first_best))
        m.balanced = pyo.Constraint(expr=m.eq.transfer["P1"] + m.eq.transfer["P2"] >= 0)

        assert ef.solve(m).value == pytest.approx(40 / 27)
        assert max(m.eq.regrets().values()) < 1e-7
        broker = ef.instances.bilateral_trade(self.costs, self.values)
        assert best_mechanism(broker, lambda u: u[0] + u[1]) == pytest.approx(40 / 27)

    def test_the_broker_can_earn(self) -> None:
        """What a broker who wants money earns is what the direct program says."""
        terms = Terms(participation="interim")
        expected = best_mechanism_with_money(self.setting(), (0, 0, 1), terms)

        assert best_in(self.setting(), (0, 0, 1), INTERIM) == pytest.approx(expected)


class TestWithoutMoney:
    """Outcomes alone."""

    def test_trade_at_prices(self) -> None:
        """The instance, in which prices are actions."""
        assert best(ef.instances.bilateral_trade(), "welfare") == pytest.approx(40 / 27)

    def test_arbitration(self) -> None:
        """Who gets a painting: to share or to burn it keeps both honest, and costs."""
        worth = {"low": (2, 0, 1, -10), "high": (100, 0, 50, -10)}
        outcomes = ("first gets it", "second gets it", "shared", "burnt")

        def value(types: tuple[str, ...], outcome: str) -> list[int]:
            k = outcomes.index(outcome)
            mirrored = (1, 0, 2, 3)[k]
            return [worth[types[0]][k], worth[types[1]][mirrored]]

        chance = {"low": Fraction(4, 5), "high": Fraction(1, 5)}
        prior = {(a, b): chance[a] * chance[b] for a, b in product(chance, chance)}
        nothing = dict.fromkeys(outcomes, [(0, 0)] * 2)
        setting = Setting(prior, outcomes, value, nothing)
        found = best(setting.game(), "welfare")

        assert found == pytest.approx(
            best_mechanism_with_money(setting, (1, 1, 0), Terms()), abs=1e-7
        )
        money = dict.fromkeys(outcomes, [(-100, 100)] * 2)
        free = replace(setting, bounds=money)
        assert found == pytest.approx(35.0981818, abs=1e-6)
        assert best_in(free, (1, 1, 1), Incentives()) == pytest.approx(37.28)

    def test_auction_of_the_instance(self) -> None:
        """The auctioneer commits, prices are actions: the revenue of the direct program."""
        game = ef.instances.single_item_auction(((1, 3), (2, 5)))

        assert best(game) == pytest.approx(best_mechanism(game, lambda u: u[-1]), abs=1e-7)
        assert best(game, "welfare") == pytest.approx(
            best_mechanism(game, lambda u: sum(u, Fraction(0))), abs=1e-7
        )


class TestSideConstraints:
    """Rules of the designer as ordinary constraints."""

    def test_budget_on_average(self) -> None:
        """Expected payments are variables; they are what is paid, and can be bounded."""
        setting, priors = random_auction(2)
        game = setting.game()
        m = model(game, transfers=setting.transfers(game), incentives=INTERIM)
        assert ef.solve(m).value == pytest.approx(float(myerson_revenue(priors)))
        priced = ef.with_transfers(game, designer=DESIGNER, transfers=setting.transfers(game))
        paid = m.eq.solution().outcome @ priced.paid
        assert paid[:2] == pytest.approx([m.eq.transfer[p].value for p in ("P1", "P2")])
        assert m.eq.game == priced.game
        m.budget = pyo.Constraint(expr=m.eq.transfer["P1"] <= 0.5)

        ef.solve(m)
        assert m.eq.solution().outcome @ priced.paid[:, 0] <= 0.5 + 1e-9

    def test_reserve_price(self) -> None:
        """A reserve of 3/2 for each sale: of the low type only a third is served."""
        game = ef.instances.single_item_auction(values=((1, 2),), prices=(0,))
        m = model(game, "welfare", transfers=winner_pays(game, 2))
        sold = m.eq.probability("Auctioneer: 1", "1 wins")
        m.reserve = pyo.Constraint(expr=m.eq.transfer["P1"] >= 1.5 * sold)

        assert ef.solve(m).value == pytest.approx(7 / 6)
        assert pyo.value(sold) == pytest.approx(2 / 3)

    def test_nobody_pays_more_than_she_reports(self) -> None:
        """The rule asked of honest play holds for liars, too: they make the same reports."""
        game = ef.instances.single_item_auction(((1, 2), (1, 3)))
        plays = [game.history(z) for z in game.terminals.tolist()]
        m = model(game)
        overcharged = [not within_reports(play[0], play[-1]) for play in plays]
        m.within = pyo.Constraint(expr=m.eq.expected(overcharged) == 0)

        expected = best_mechanism(
            game, lambda u: u[-1], lambda types, sale: within_reports(" ".join(types), sale)
        )
        assert ef.solve(m).value == pytest.approx(expected, abs=1e-7)


class TestParticipation:
    """Rows against the distribution over terminals."""

    @pytest.mark.parametrize("seed", range(6))
    def test_from_the_tree(self, seed: int) -> None:
        """Every type, or every outcome of every profile, brings at least the outside payoff."""
        setting = random_setting(seed)
        game = setting.game()
        transfers = setting.transfers(game)
        priced = ef.with_transfers(game, designer=DESIGNER, transfers=transfers)
        for participation in ("interim", "ex post"):
            incentives = Incentives(participation=participation, outside={"P1": -3, "P2": -4})
            m = model(game, incentives=incentives, transfers=transfers)
            ef.solve(m)
            outcome = m.eq.solution().outcome
            for seat, outside in ((0, -3), (1, -4)):
                groups: dict[Any, list[float]] = {}
                for z, position, likely in zip(
                    priced.game.terminals.tolist(), priced.terminal.tolist(), outcome, strict=True
                ):
                    own = priced.game.history(z)[0].split()[seat]
                    group = own if participation == "interim" else position
                    gain = priced.game.payoffs[priced.game.terminals.tolist().index(z), seat]
                    groups.setdefault(group, []).append(likely * (gain - outside))
                assert min(map(sum, groups.values())) > -1e-7

    def test_labels(self) -> None:
        """Rows are called by types, or by what the mediator remembers before the money."""
        game = ef.instances.single_item_auction(((1, 2), (3,)), prices=(0,))
        arguments = {"transfers": {"P1": (0, 1)}, "incentives": INTERIM}
        block = sequential_mechanism(game, **arguments)
        later = sequential_mechanism(
            game, **arguments | {"incentives": Incentives(participation="ex post")}
        )

        assert list(block.participation) == ["P1: 1", "P1: 2", "P2: 3"]
        assert "P2: P1 2: in, P2 3: in, Auctioneer 1+2: 2 wins" in list(later.participation)
        assert not any("pays" in label for label in later.participation)

    def test_order(self) -> None:
        """To be asked later, or not to be asked, leaves more to the designer."""
        for seed in range(4):
            setting = random_setting(seed)
            weights = [0] * len(setting.seats) + [1]
            values = [
                best_in(setting, weights, incentives)
                for incentives in (
                    Incentives(participation="ex post", outside=-4),
                    Incentives(participation="interim", outside=-4),
                    Incentives(),
                )
            ]
            assert np.diff(values).min() > -1e-7

    def test_what_cannot_be_met(self) -> None:
        """Without money nobody can be paid for taking part."""
        game = ef.instances.single_item_auction()
        m = model(game, incentives=Incentives(participation="interim", outside=1))

        with pytest.raises(ef.InfeasibleError):
            ef.solve(m)


class TestBlock:
    """What the block has and refuses."""

    game = ef.instances.single_item_auction(prices=(0,))

    def test_components(self) -> None:
        """The names of the table in the docstring, and nothing beside them."""
        names = {"mediator", "deviator", "payoff", "payoff_row", "welfare", "value"}
        plain = sequential_mechanism(self.game)
        full = sequential_mechanism(self.game, transfers={"P2": (0, 1)}, incentives=INTERIM)

        assert {c.local_name for c in plain.component_objects(descend_into=False)} == names
        assert {c.local_name for c in full.component_objects(descend_into=False)} == names | {
            *("transfer", "transfer_row", "participation")
        }
        assert list(full.transfer) == ["P2"]
        assert list(plain.deviator) == ["P1", "P2"]
        assert full.objective() is full.value

    def test_takes_other_payoffs(self) -> None:
        """`update` with other values of the bidders gives what a new block gives."""
        arguments = {"transfers": winner_pays(self.game, 5), "incentives": INTERIM}
        other = ef.instances.single_item_auction(((1, 2), (1, 2)), prices=(0,))
        doubled = replace(
            other,
            outcome_payoffs=tuple(tuple(2 * u for u in row) for row in other.outcome_payoffs),
        )
        m = model(self.game, **arguments)
        before = ef.solve(m).value
        m.eq.update(
            ef.with_transfers(doubled, designer="Auctioneer", transfers=arguments["transfers"]).game
        )

        assert before == pytest.approx(1.5)
        assert ef.solve(m).value == pytest.approx(best(doubled, **arguments))
        assert ef.solve(m).value == pytest.approx(3)

    @pytest.mark.parametrize("participation", ["none", "interim", "ex post"])
    def test_reductions(self, participation: str) -> None:
        """What is of no use can be left out."""
        for seed in range(3):
            setting = random_setting(seed)
            game = setting.game()
            outside = -4 if participation != "none" else 0
            arguments = {
                "transfers": setting.transfers(game),
                "incentives": Incentives(participation=participation, outside=outside),
            }
            whole, part = (model(game, reduce=reduce, **arguments) for reduce in (False, True))
            assert ef.solve(part).value == pytest.approx(ef.solve(whole).value, abs=1e-7)

    def test_clones_and_files(self, tmp_path: Any) -> None:
        """Rows with long labels can be cloned and written."""
        m = model(
            self.game,
            transfers={"P1": (0, 1)},
            incentives=Incentives(participation="ex post"),
        )
        value = ef.solve(m).value

        assert ef.solve(m.clone()).value == pytest.approx(value)
        ef.export(m, tmp_path / "mechanism.lp")
        assert "participation" in (tmp_path / "mechanism.lp").read_text()

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"designer": "Boss"}, "no player is called 'Boss'"),
            ({"obedient": ["P1", "Auctioneer"]}, "'Auctioneer' is the designer, who has no"),
            ({"obedient": "P1"}, "list of players; got the text 'P1'"),
            ({"transfers": {"Auctioneer": (0, 1)}}, "cannot pay herself"),
            (
                {"incentives": "bayesian"},
                "incentives must be .*Incentives, such as .*; got 'bayesian'",
            ),
            ({"margin": float("nan")}, "margin must be a finite number"),
            (
                {"incentives": Incentives(participation="interim", outside={"P7": 1})},
                "no player is called 'P7'",
            ),
        ],
    )
    def test_what_is_refused(self, arguments: dict[str, Any], message: str) -> None:
        """What was given is named."""
        with pytest.raises(ef.GameError, match=message):
            sequential_mechanism(self.game, **arguments)

    def test_whoever_never_moves_cannot_take_part(self) -> None:
        """She knows no type; ex post she can be asked."""
        game = ef.Game.from_dict(
            {"player": "D", "infoset": "d", "actions": {"a": {"payoffs": [1, -1]}}},
            players=["A", "D"],
        )

        with pytest.raises(ef.GameError, match=r"'A' never moves, .* leave her out of obedient="):
            sequential_mechanism(game, incentives=INTERIM)
        assert best(game, incentives=Incentives(participation="ex post")) == pytest.approx(-1)
        left_out = model(game, incentives=INTERIM, obedient=[])
        assert ef.solve(left_out).value == pytest.approx(-1)

    def test_no_game(self) -> None:
        """What is no game, or has no players, is refused."""
        with pytest.raises(ef.GameError, match="needs a Game"):
            sequential_mechanism(None)
        with pytest.raises(ef.GameError, match="needs a designer; this game has no players"):
            sequential_mechanism(ef.Game.from_dict({"payoffs": []}))
