"""Bilateral trade whose rules are not given: a broker, who is a player, sets the terms."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from efmodels.game import CHANCE, TERMINAL, Game
from efmodels.instances.exact_numbers import distinct_numbers
from efmodels.instances.parameters import titled
from efmodels.instances.priors import joint_prior
from efmodels.instances.sales import CHOICES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from efmodels.game import Number

_NO_TRADE = "no trade"


def bilateral_trade(
    costs: Sequence[Number | str] = (0, 2, 4),
    values: Sequence[Number | str] = (1, 3, 5),
    prior: Sequence[Sequence[Number | str]]
    | Mapping[tuple[Number | str, ...], Number | str]
    | None = None,
    prices: Sequence[Number | str] | None = None,
) -> Game:
    r"""Return the trade of one item between a seller and a buyer, on the terms of a broker.

    Chance draws the cost of the Seller and the value of the Buyer in one root node. The Seller,
    seeing her cost only, is *in* or *out*; so is the Buyer, seeing her value only. If one of them
    is out, the game is over. If both are in, the Broker, who has one infoset, chooses *no trade* or
    a price at which they trade. Then the Buyer gets her value less the price and the Seller the
    price less her cost; without trade both get 0. The Broker always gets 0: what she wants is up to
    the objective of the solution concept.

    The infoset ``2`` of the Seller is the cost 2, likewise for the Buyer's value; the Broker's is
    called ``both in``. A concept in which the Broker commits herself and hears reports, and has no
    incentive constraints, is a Bayesian incentive-compatible, budget-balanced mechanism that is
    individually rational for those who know their type.

    All numbers may be texts such as ``"1/3"``, which are read exactly.

    Parameters
    ----------
    costs, values
        What the item may cost the Seller and be worth to the Buyer, numbers :math:`\ge 0`.
    prior
        ``None``: all pairs (cost, value) are equally likely. Two lists of probabilities, for the
        costs and the values: they are independent. A mapping from pairs to probabilities: the joint
        distribution, in which pairs that are not there have probability 0.
    prices
        The prices, any numbers; by default all costs and values.

    Returns
    -------
    Game
        Players ``Seller``, ``Buyer`` and ``Broker``. With :math:`\pi` pairs of types and :math:`p`
        prices there are :math:`1 + \pi (6 + p)` nodes.

    Raises
    ------
    GameError
        A list is empty, a number is out of its range, or probabilities do not sum to one.

    Notes
    -----
    Myerson and Satterthwaite, "Efficient mechanisms for bilateral trading" (1983): such mechanisms
    cannot always be efficient. In the game of the defaults trading whenever the value exceeds the
    cost would be worth 14/9 on average, and the best mechanism reaches 40/27.

    Examples
    --------
    >>> from efmodels.instances import bilateral_trade
    >>> game = bilateral_trade(costs=(0, 1), values=(1, 2), prices=(0, 2))
    >>> game.title, game.nodes
    ('Bilateral trade (costs=(0, 1), values=(1, 2), prices=(0, 2))', 33)
    >>> [game.action_names[a] for a in game.actions_of(game.infosets_of(3)[0])]
    ['no trade', 'price 0', 'price 2']
    """
    sellers = distinct_numbers("costs", costs, minimum=0)
    buyers = distinct_numbers("values", values, minimum=0)
    default = tuple(sorted({*sellers, *buyers}))
    charged = default if prices is None else distinct_numbers("prices", prices)
    rules = _TradeRules(joint_prior((sellers, buyers), prior), charged)
    title = titled(
        *("Bilateral trade", {"prior": None}),
        costs=sellers,
        values=buyers,
        prior=prior,
        prices=charged,
    )
    return Game.from_rules(rules, title=title)


class _Deal(NamedTuple):
    """Cost and value (none before they are drawn), and what was chosen since."""

    types: tuple[Number, ...] = ()
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class _TradeRules:
    types: dict[tuple[Number, ...], Number]
    prices: tuple[Number, ...]

    players = ("Seller", "Buyer", "Broker")

    @cached_property
    def draws(self) -> dict[str, tuple[Number, ...]]:
        """The pairs of types, by label."""
        return {" ".join(map(str, pair)): pair for pair in self.types}

    @cached_property
    def terms(self) -> dict[str, Number]:
        """The price of each agreement, by label."""
        return {f"price {price}": price for price in self.prices}

    def initial(self) -> _Deal:
        return _Deal()

    def mover(self, deal: _Deal) -> int:
        if not deal.types:
            return CHANCE
        over = "out" in deal.choices or len(deal.choices) == len(self.players)
        return TERMINAL if over else len(deal.choices) + 1

    def chances(self, deal: _Deal) -> list[tuple[str, Number]]:  # noqa: ARG002 - only the root
        return [(label, self.types[pair]) for label, pair in self.draws.items()]

    def actions(self, deal: _Deal) -> tuple[str, ...]:
        return CHOICES if len(deal.choices) < len(deal.types) else (_NO_TRADE, *self.terms)

    def after(self, deal: _Deal, action: str) -> _Deal:
        if not deal.types:
            return _Deal(self.draws[action])
        return _Deal(deal.types, (*deal.choices, action))

    def observation(self, deal: _Deal) -> str:
        seat = len(deal.choices)
        return str(deal.types[seat]) if seat < len(deal.types) else "both in"

    def payoffs(self, deal: _Deal) -> tuple[Number, Number, int]:
        price = self.terms.get(deal.choices[-1])
        if price is None:
            return (0, 0, 0)
        cost, value = deal.types
        return (price - cost, value - price, 0)
