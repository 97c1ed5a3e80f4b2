"""The best mechanisms for two auctions in a row: known revenues, and programs of all outcomes."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.auction_sequences import (
    AuctionSequence,
    CommittedEverybodyPays,
    CommittedWinnersPay,
    ExPostEachRound,
    ExPostTotal,
    OptOutEachRound,
)
from efmodels.errors import GameError, SolverError
from efmodels.formulations import deferred_payment_auctions, priced_auctions
from efmodels.instances import sequential_auction_design
from tests.market_cases import cases_of
from tests.oracles.direct_auction_sequences import DirectSequence, sales_at
from tests.oracles.sequential_mechanisms import best_sequential_mechanism

UNLIMITED = "no budget"
FORMS: dict[str, tuple[Any, Any]] = {
    "V1_expost_round_IR": (priced_auctions, ExPostEachRound()),
    "V1_optout_each_round": (priced_auctions, OptOutEachRound()),
    "V2_expost_total_IR": (deferred_payment_auctions, ExPostTotal()),
    "V2_committed_interim_winnerpays": (deferred_payment_auctions, CommittedWinnersPay()),
    "V2_committed_interim_allpay": (deferred_payment_auctions, CommittedEverybodyPays()),
    "V2_expost_no_budget": (deferred_payment_auctions, ExPostTotal()),
}
# Revenue by the number of values, in the order of the forms, without the one in which all pay.
PRINTED = {
    2: ("1.3125", "1.3125", "1.3125", "1.4375", "1.5"),
    3: ("1.144220", "1.226337", "1.144220", "1.277778", "1.179012"),
    4: ("1.087365", "1.171046", "1.087791", "1.239881", "1.111979"),
    5: ("1.049600", "1.130991", "1.051093", "1.197231", "1.069067"),
}
COLUMNS = [name for name in FORMS if name != "V2_committed_interim_allpay"]


def grid(size: int, **arguments: Any) -> AuctionSequence:
    """Return two auctions with equally spaced values from 0 to 1 and a budget of 1."""
    values = [Fraction(j, size - 1) for j in range(size)]
    return AuctionSequence(values, **{"budget": 1, **arguments})


def model(block: Any, goal: str = "value") -> Any:
    """Return a model around a block."""
    m = pyo.ConcreteModel()
    m.eq = block
    m.goal = pyo.Objective(expr=getattr(m.eq, goal), sense=pyo.maximize)
    return m


def solved(sequence: AuctionSequence, form: Any, participation: Any) -> float:
    """Return the largest revenue, having seen that nobody gains by lying or leaving."""
    m = model(form(sequence, participation=participation))
    value = ef.solve(m).value
    rule = m.eq.solution()
    assert max(rule.regrets().values()) < 1e-7
    assert rule.revenue == pytest.approx(value, abs=1e-7)
    if isinstance(participation, ExPostEachRound | ExPostTotal):
        assert max(rule.losses().values()) < 1e-7
    return value


@pytest.mark.parametrize("column", range(len(COLUMNS)), ids=COLUMNS)
@pytest.mark.parametrize("size", PRINTED)
def test_printed_figures(size: int, column: int) -> None:
    """The revenue is that of the table, to all its digits."""
    name, printed = COLUMNS[column], PRINTED[size][column]
    sequence = grid(size, budget=None) if name.endswith("no_budget") else grid(size)
    digits = len(printed.partition(".")[2])

    assert solved(sequence, *FORMS[name]) == pytest.approx(float(printed), abs=0.5 * 10.0**-digits)


@pytest.mark.parametrize("case", cases_of("SEQ"))
def test_known_cases(case: dict[str, Any]) -> None:
    """All programs of the known cases, whose floats stand for the fractions of a grid."""
    inputs = case["inputs"]
    values = [Fraction(v).limit_denominator(100) for v in inputs["values"]]
    arguments = {"rounds": inputs["rounds"], "bidders": inputs["bidders"]}
    for name, expected in case["expected"]["lp"].items():
        budget = None if name.endswith("no_budget") else Fraction(inputs["budget"])
        sequence = AuctionSequence(values, budget=budget, prices=values, **arguments)

        assert solved(sequence, *FORMS[name]) == pytest.approx(expected, abs=case["tol"])


def random_sequence(seed: int, size: int = 2) -> AuctionSequence:
    """Return two auctions with values, priors, prices and a budget that are not regular."""
    rng = np.random.default_rng(seed)
    values = [Fraction(int(v), 4) for v in sorted(rng.choice(7, size, replace=False))]
    weights = rng.integers(1, 5, (2, size))
    return AuctionSequence(
        values,
        budget=Fraction(int(rng.integers(2, 8)), 4),
        prior=[[Fraction(int(w), int(sum(row))) for w in row] for row in weights],
        prices=[Fraction(int(p), 4) for p in rng.choice(7, 3, replace=False)],
    )


def direct_prices(sequence: AuctionSequence, participation: Any) -> DirectSequence:
    """Return the program of all outcomes where prices are actions in both rounds."""
    values, budget = [float(v) for v in sequence.values], float(sequence.budget or 0)
    prices = [float(p) for p in sequence.prices]
    capped = isinstance(participation, ExPostEachRound)

    def allowed(reports: Any, sale: Any, left: float) -> bool:
        who, price = sale
        return who < 0 or (price <= left and (not capped or price <= values[reports[who]]))

    def second(_: Any, sale: Any, again: Any) -> list[Any]:
        paid = [sale[1] * (sale[0] == i) for i in (0, 1)]
        return [o for o in sales_at(prices) if allowed(again, o, budget - paid[max(o[0], 0)])]

    return DirectSequence(
        tuple(values),
        (tuple(map(float, sequence.prior[0])), tuple(map(float, sequence.prior[1]))),
        lambda r: [o for o in sales_at(prices) if allowed(r, o, budget)],
        second,
        participation.may_leave,
    )


def direct_payments(
    sequence: AuctionSequence, participation: Any, reserve: float = 0.0
) -> DirectSequence:
    """Return the program of all outcomes where each of them has payments of its own."""
    values, budget = [float(v) for v in sequence.values], float(sequence.budget or 0)

    def items(i: int, outcome: Any) -> list[float]:
        r, o, again, w = outcome
        return [values[r[i]]] * (o[0] == i) + [values[again[i]]] * (w[0] == i)

    def most(i: int, outcome: Any) -> float:
        if isinstance(participation, ExPostTotal):
            return min(sum(items(i, outcome)), budget)
        pays = items(i, outcome) or isinstance(participation, CommittedEverybodyPays)
        return budget if pays else 0.0

    return DirectSequence(
        tuple(values),
        (tuple(map(float, sequence.prior[0])), tuple(map(float, sequence.prior[1]))),
        lambda _r: sales_at([0.0]),
        lambda _r, _o, _again: sales_at([0.0]),
        (participation.may_leave[0], False),
        most,
        lambda i, outcome: reserve * len(items(i, outcome)),
    )


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    "participation", [ExPostEachRound(), OptOutEachRound(), CommittedWinnersPay()]
)
def test_prices_against_all_outcomes(participation: Any, seed: int) -> None:
    """A program with an action for each price of both rounds and a row for each lie agrees."""
    sequence = random_sequence(seed)

    expected = direct_prices(sequence, participation).best_revenue()
    assert solved(sequence, priced_auctions, participation) == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    "participation", [ExPostTotal(), CommittedWinnersPay(), CommittedEverybodyPays()]
)
def test_payments_against_all_outcomes(participation: Any, seed: int) -> None:
    """A program with a payment for each outcome agrees."""
    sequence = random_sequence(seed)

    expected = direct_payments(sequence, participation).best_revenue()
    value = solved(sequence, deferred_payment_auctions, participation)
    assert value == pytest.approx(expected, abs=1e-7)


def test_three_values_against_all_outcomes() -> None:
    """Both forms, with three values that are not regular."""
    sequence = random_sequence(3, size=3)
    for form, direct, participation in (
        (priced_auctions, direct_prices, OptOutEachRound()),
        (deferred_payment_auctions, direct_payments, ExPostTotal()),
    ):
        expected = direct(sequence, participation).best_revenue()
        assert solved(sequence, form, participation) == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize("seed", range(3))
def test_leaving_as_a_move_of_the_game(seed: int) -> None:
    """A program that is read off the tree, in which staying out is a move, agrees."""
    drawn = random_sequence(seed)
    sequence = AuctionSequence(
        drawn.values,
        budget=drawn.budget,
        prior=drawn.prior[0],
        prices=sorted({Fraction(0), *drawn.prices}),
    )
    game = sequential_auction_design(
        values=sequence.values,
        prior=sequence.prior[0],
        budget=sequence.budget or 0,
        prices=sequence.prices,
    )

    expected = best_sequential_mechanism(game)
    assert solved(sequence, priced_auctions, OptOutEachRound()) == pytest.approx(expected, abs=1e-7)


def test_deferral_takes_in_more() -> None:
    """Payments in the end bring at least what prices of any grid bring, and a finer one no less."""
    for seed in range(4):
        sequence = random_sequence(seed)
        deferred = solved(sequence, deferred_payment_auctions, ExPostTotal())
        coarse = solved(sequence, priced_auctions, ExPostEachRound())
        finer = AuctionSequence(
            sequence.values,
            budget=sequence.budget,
            prior=sequence.prior,
            prices=sorted({Fraction(k, 8) for k in range(13)} | set(sequence.prices)),
        )

        assert coarse - 1e-7 <= solved(finer, priced_auctions, ExPostEachRound()) <= deferred + 1e-7


def reserve_rows(m: Any, price: float) -> None:
    """Ask that nobody pays less than a price per item that she wins, whatever happens."""
    for player in m.eq.payoff:
        own = m.eq.bidder[player]
        own.reserve = pyo.Constraint(
            list(own.ends),
            rule=lambda b, end: b.pays[end] >= price * b.items_won[end] * b.ends[end],
        )


@pytest.mark.parametrize(
    ("price", "revenue"), [(0.25, 1.144220), (0.5, 1.144220), (0.75, 0.987654), (1, 0.987654)]
)
def test_reserve_per_item(price: float, revenue: float) -> None:
    """A reserve price for each item won is a row for each history; the rule charges it."""
    m = model(deferred_payment_auctions(grid(3), participation=ExPostTotal()))
    reserve_rows(m, price)

    assert ef.solve(m).value == pytest.approx(revenue, abs=5e-7)
    assert direct_payments(grid(3), ExPostTotal(), price).best_revenue() == pytest.approx(
        revenue, abs=5e-7
    )
    table = m.eq.strategy()
    for player in ("P1", "P2"):
        items = (table["winner"] == player).astype(int) + (table["second winner"] == player)
        assert (table[f"{player} pays"] >= price * items - 1e-7).all()


@pytest.mark.parametrize("seed", range(6))
def test_reserve_against_all_outcomes(seed: int) -> None:
    """A reserve price for each history is one for each outcome."""
    sequence = random_sequence(seed)
    m = model(deferred_payment_auctions(sequence, participation=ExPostTotal()))
    reserve_rows(m, 0.6)

    expected = direct_payments(sequence, ExPostTotal(), 0.6).best_revenue()
    assert ef.solve(m).value == pytest.approx(expected, abs=1e-7)


def test_welfare() -> None:
    """The largest welfare, and what is left of it if revenue has to be nearly the largest."""
    m = model(deferred_payment_auctions(grid(3), participation=ExPostTotal()), "welfare")
    direct = direct_payments(grid(3), ExPostTotal())

    assert ef.solve(m).value == pytest.approx(1.444444, abs=5e-7)
    assert direct.best_welfare() == pytest.approx(1.444444, abs=5e-7)
    m.floor = pyo.Constraint(expr=m.eq.value >= 1.14)
    assert ef.solve(m).value == pytest.approx(1.423704, abs=5e-7)
    assert direct.best_welfare(1.14) == pytest.approx(1.423704, abs=5e-7)
    assert max(m.eq.regrets().values()) < 1e-7


def revenue_with_gain(size: int, participation: Any, gain: float) -> float:
    """Return the largest revenue if each bidder may gain so much by lying."""
    m = model(priced_auctions(grid(size), participation=participation))
    for player in m.eq.payoff:
        own = m.eq.bidder[player]
        expected = sum(own.v[k] for k in range(size)) / size
        own.obey.deactivate()
        own.nearly = pyo.Constraint(expr=m.eq.payoff[player] >= expected - gain)
    return ef.solve(m, "highs", vertex=True).value


@pytest.mark.parametrize(("size", "least", "known"), [(2, 0, 0), (3, 2, 2.0), (4, 36 / 11, 4.03)])
def test_sufficient_multiplier(size: int, least: float, known: float) -> None:
    r"""The duals of honesty add up to a multiplier at which lying need not be forbidden.

    The smallest one is the slope of the revenue in the gain that is tolerated. The known ones are
    sufficient as well, and the smallest but for four values.
    """
    gain = 1e-4
    m = model(priced_auctions(grid(size), participation=ExPostEachRound()))
    value = ef.solve(m, "highs").value
    read_off = -sum(float(m.eq.bidder[p].obey.dual_array()[0]) for p in m.eq.payoff)
    slope = (revenue_with_gain(size, ExPostEachRound(), gain) - value) / gain

    assert slope == pytest.approx(least, abs=1e-4)
    assert read_off >= slope - 1e-6
    assert known >= slope - 1e-6
    if size < 4:
        assert known == pytest.approx(slope, abs=1e-4)


@pytest.mark.parametrize("size", [3, pytest.param(4, marks=pytest.mark.slow)])
def test_multiplier_that_is_read_off_suffices(size: int) -> None:
    """With lying paid for at the duals instead of forbidden, the optimum is the same."""
    exact = model(priced_auctions(grid(size), participation=OptOutEachRound()))
    value = ef.solve(exact, "highs").value
    m = pyo.ConcreteModel()
    m.eq = priced_auctions(grid(size), participation=OptOutEachRound())
    penalty = 0
    for player in m.eq.payoff:
        own = m.eq.bidder[player]
        own.obey.deactivate()
        price = -float(exact.eq.bidder[player].obey.dual_array()[0])
        gain = sum(own.v[k] for k in range(size)) / size - m.eq.payoff[player]
        penalty += price * gain
    m.goal = pyo.Objective(expr=m.eq.value - penalty, sense=pyo.maximize)

    assert ef.solve(m, "highs").value == pytest.approx(value, abs=1e-6)


def test_one_bidder_and_three() -> None:
    """A bidder alone brings at least the best price, twice; three bring more than two.

    She is offered two items; the price 1/2 or 1 for each of them brings 1/3.
    """
    alone = AuctionSequence((0, "1/2", 1), budget=None, bidders=1)
    assert 2 / 3 < solved(alone, priced_auctions, ExPostEachRound()) < 1
    two, three = (
        solved(grid(2, bidders=n), deferred_payment_auctions, ExPostTotal()) for n in (2, 3)
    )
    assert three > two + 0.1


def test_block_before_it_is_solved() -> None:
    """There is nothing to decode; parts of a formulation answer nothing."""
    m = model(priced_auctions(grid(2), participation=ExPostEachRound()))
    with pytest.raises(SolverError, match="solve the model first"):
        m.eq.regrets()
    with pytest.raises(GameError, match="keep it, leave, and never pay"):
        deferred_payment_auctions(grid(2), participation=OptOutEachRound())


def test_clone_answers_for_itself() -> None:
    """A cloned model has variables of its own and the same answers."""
    m = model(priced_auctions(grid(2), participation=ExPostEachRound()))
    twin = m.clone()
    ef.solve(twin)

    assert twin.eq.solution().revenue == pytest.approx(1.3125)
    with pytest.raises(SolverError, match="solve the model first"):
        m.eq.regrets()


def test_designs_are_listed() -> None:
    """Both forms are found by name."""
    assert {"priced_auctions", "deferred_payment_auctions"} <= set(ef.formulations.DESIGNS)
