"""A single-item auction whose rules are not given: the auctioneer is a player."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from efmodels.errors import GameError
from efmodels.game import CHANCE, TERMINAL, Game
from efmodels.instances.exact_numbers import distinct_numbers, numbers
from efmodels.instances.parameters import members, titled
from efmodels.instances.priors import joint_prior
from efmodels.instances.sales import CHOICES, NOBODY, Sale, noted, participants, possible_sales

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from efmodels.game import Number

    Grids = tuple[tuple[Number, ...], ...]


def single_item_auction(
    values: Sequence[Sequence[Number | str]] = ((1, 2), (1, 2)),
    prior: Sequence[Sequence[Number | str]]
    | Mapping[tuple[Number | str, ...], Number | str]
    | None = None,
    prices: Sequence[Number | str] | None = None,
    fees: Sequence[Number | str] = (0,),
    budgets: Sequence[Number | str] | None = None,
) -> Game:
    r"""Return the sale of one item by an auctioneer who may choose any rules.

    Chance draws everybody's value in one root node. Each bidder, seeing her own value only, decides
    to be *in* or *out*; the bidders move one after another, unseeing. The Auctioneer sees who is in
    and chooses the winner among them, or nobody, and the payments: the winner pays a price, every
    other bidder who is in a fee. A bidder gets her value if she wins, less what she pays, and 0 if
    she is out; the Auctioneer gets the payments. If all are out, the game is over.

    The infoset ``2`` of a bidder is the value 2; the infoset ``1+3`` of the Auctioneer says that
    bidders 1 and 3 are in. The action ``1 wins, 1 pays 2`` names all payments but 0.

    A concept in which the Auctioneer commits herself and hears reports, and has no incentive
    constraints, is a Bayesian incentive-compatible mechanism; since a bidder can stay out once she
    knows her value, it is individually rational, too (interim). What it charges on average lies
    between the prices of the grid: lotteries over the lowest and the highest price do as well as
    any grid between them.

    All numbers may be texts such as ``"1/3"``, which are read exactly.

    Parameters
    ----------
    values
        The possible values of each bidder: one list per bidder, of numbers :math:`\ge 0`.
    prior
        ``None``: all profiles of values are equally likely. A list of probabilities per bidder:
        values are independent. A mapping such as ``{(1, 1): "2/5", (1, 2): "3/5"}``: the joint
        distribution, in which profiles that are not there have probability 0.
    prices
        What a winner may be charged; negative: is paid. By default 0 and all values.
    fees
        What others may be charged; by default nothing.
    budgets
        The most that each bidder can pay, one number :math:`\ge 0` per bidder; by default there is
        no limit. Prices and fees above it are left out, and 0 is always allowed.

    Returns
    -------
    Game
        Players ``P1``, ``P2``, ... and ``Auctioneer``. With :math:`n` bidders, :math:`\pi` profiles
        of values, :math:`p` prices and :math:`f` fees there are
        :math:`\pi ((1 + f)^n + n p (1 + f)^{n - 1})` terminals, if no budget binds.

    Raises
    ------
    GameError
        A list is empty or of the wrong length, a number is out of its range, or probabilities do
        not sum to one.

    Notes
    -----
    Myerson, "Optimal auction design" (1981): without budgets, and with independent values, the best
    revenue is the expected maximum of 0 and the highest ironed virtual value; 3/2 in the game of
    the defaults. With budgets a mechanism may gain by charging losers, which needs ``fees``.

    Examples
    --------
    >>> from efmodels.instances import single_item_auction
    >>> game = single_item_auction()
    >>> game.title
    'Single-item auction (values=((1, 2), (1, 2)), prices=(0, 1, 2), fees=(0,))'
    >>> [game.infoset_names[j] for j in game.infosets_of(3)]
    ['1+2', '1', '2']
    >>> [game.action_names[a] for a in game.actions_of(game.infosets_of(3)[1])]
    ['nobody wins', '1 wins', '1 wins, 1 pays 1', '1 wins, 1 pays 2']
    """
    types = tuple(
        distinct_numbers(f"values[{k}]", mine, minimum=0)
        for k, mine in enumerate(members("values", values))
    )
    if not types:
        raise GameError("values must have a list of numbers for at least one bidder; got none")
    default = tuple(sorted({0, *(value for mine in types for value in mine)}))
    charged = default if prices is None else distinct_numbers("prices", prices)
    extra = distinct_numbers("fees", fees)
    limits = None if budgets is None else _budgets(budgets, len(types))
    rules = _AuctionRules(
        types=joint_prior(types, prior),
        seats=len(types),
        prices=_within(charged, limits, len(types)),
        fees=_within(extra, limits, len(types)),
    )
    title = titled(
        "Single-item auction",
        {"prior": None, "budgets": None},
        values=types,
        prior=prior,
        prices=charged,
        fees=extra,
        budgets=limits,
    )
    return Game.from_rules(rules, title=title)


def _budgets(budgets: Any, bidders: int) -> tuple[Number, ...]:
    read = numbers("budgets", budgets, minimum=0)
    if len(read) != bidders:
        raise GameError(f"budgets must be {bidders} numbers, one per bidder; got {len(read)}")
    return read


def _within(grid: tuple[Number, ...], limits: tuple[Number, ...] | None, bidders: int) -> Grids:
    """Return what each bidder may be charged: never more than she has."""
    if limits is None:
        return (grid,) * bidders
    return tuple(tuple(p for p in grid if p <= limit) or (0,) for limit in limits)


class _Stage(NamedTuple):
    """The values (none before they are drawn), the bidders' choices, and the auctioneer's."""

    values: tuple[Number, ...] = ()
    choices: tuple[str, ...] = ()
    sale: Sale | None = None


@dataclass(frozen=True)
class _AuctionRules:
    types: dict[tuple[Number, ...], Number]
    seats: int
    prices: Grids
    fees: Grids

    @cached_property
    def players(self) -> tuple[str, ...]:
        return (*(f"P{seat + 1}" for seat in range(self.seats)), "Auctioneer")

    @cached_property
    def draws(self) -> dict[str, tuple[Number, ...]]:
        """The profiles of values, by label."""
        return {" ".join(map(str, profile)): profile for profile in self.types}

    @cached_property
    def outcomes(self) -> dict[tuple[int, ...], dict[str, Sale]]:
        """What has been computed: the auctioneer's choices, by who is in."""
        return {}

    def initial(self) -> _Stage:
        return _Stage()

    def mover(self, stage: _Stage) -> int:
        if not stage.values:
            return CHANCE
        if len(stage.choices) < self.seats:
            return len(stage.choices) + 1
        return self.seats + 1 if stage.sale is None and "in" in stage.choices else TERMINAL

    def chances(self, stage: _Stage) -> list[tuple[str, Number]]:  # noqa: ARG002 - only the root
        return [(label, self.types[profile]) for label, profile in self.draws.items()]

    def actions(self, stage: _Stage) -> tuple[str, ...]:
        return CHOICES if len(stage.choices) < self.seats else tuple(self._sales(stage))

    def after(self, stage: _Stage, action: str) -> _Stage:
        if not stage.values:
            return _Stage(self.draws[action])
        if len(stage.choices) < self.seats:
            return stage._replace(choices=(*stage.choices, action))
        return stage._replace(sale=self._sales(stage)[action])

    def observation(self, stage: _Stage) -> str:
        if len(stage.choices) < self.seats:
            return str(stage.values[len(stage.choices)])
        return noted(participants(stage.choices))

    def payoffs(self, stage: _Stage) -> tuple[Number, ...]:
        sale = stage.sale or Sale(NOBODY, (0,) * self.seats)
        bidders = [
            (value if seat == sale.winner else 0) - sale.payments[seat]
            for seat, value in enumerate(stage.values)
        ]
        return (*bidders, sum(sale.payments))

    def _sales(self, stage: _Stage) -> dict[str, Sale]:
        present = tuple(participants(stage.choices))
        if present not in self.outcomes:
            self.outcomes[present] = possible_sales(present, self.prices, self.fees)
        return self.outcomes[present]
