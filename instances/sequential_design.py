"""Several sales in a row whose rules are not given: the auctioneer is a player."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from efmodels.game import CHANCE, TERMINAL, Game
from efmodels.instances.back_to_back import Setting, Standing, setting_of
from efmodels.instances.exact_numbers import distinct_numbers
from efmodels.instances.sales import CHOICES, NOBODY, Sale, noted, participants, possible_sales

if TYPE_CHECKING:
    from collections.abc import Sequence

    from efmodels.game import Number


def sequential_auction_design(
    items: int = 2,
    bidders: int = 2,
    values: Sequence[Number | str] = (0, "1/2", 1),
    *,
    prior: Sequence[Number | str] | None = None,
    budget: Number | str = 1,
    prices: Sequence[Number | str] | None = None,
) -> Game:
    r"""Return sales in a row, to bidders with budgets, by rules that the auctioneer chooses.

    Item by item, chance draws each bidder's value; then each bidder, unseeing, decides to be *in*
    or *out*, and the Auctioneer, who sees who is in, chooses nobody, or one of them and a price
    that this bidder can still pay. The price is gone from the winner's budget. If all are out,
    nobody wins. A bidder gets the sum of value less price over the items that she wins; the
    Auctioneer gets the sum of the prices.

    A bidder observes her values, and after each item whether she won and at what price; never
    anything about the others. Values of later items are drawn after the earlier sales. Her infoset
    ``1/2,in,won 0;1`` has the value 1 for the second item after she won the first one, worth 1/2,
    for nothing. The Auctioneer remembers who was in and what she chose; her infoset
    ``1+2:1 wins, 1 pays 1/2;2`` has only bidder 2 in for the second item.

    A concept in which the Auctioneer commits herself and hears reports, and has no incentive
    constraints, is a sequential mechanism: the bidders report their values item by item and cannot
    gain by false reports, nor by staying out from any item on. Prices are actions, and lotteries
    over them are mixed actions. That nobody pays more than she has reported is a side constraint on
    the mechanism, not a rule of the game.

    All numbers may be texts such as ``"1/3"``, which are read exactly. Floats are taken as they
    are: their rounding decides what is left of a budget.

    Parameters
    ----------
    items, bidders
        How many, :math:`\ge 1` each.
    values
        What an item can be worth to a bidder, numbers :math:`\ge 0`; independent over bidders and
        items.
    prior
        The probability of each value; by default all are equally likely.
    budget
        What each bidder has for all items, :math:`\ge 0`.
    prices
        The prices, numbers :math:`\ge 0`; by default 0 and all values. The price 0 is added if
        it is not there.

    Returns
    -------
    Game
        Players ``P1``, ``P2``, ... and ``Auctioneer``. For two items and two bidders with budget 1
        it has 3401 nodes with values 0 and 1, 26767 with three and 400751 with five equally spaced
        values from 0 to 1.

    Raises
    ------
    GameError
        A parameter is out of its range.

    See Also
    --------
    single_item_auction : One item, with any distribution of values.
    first_price_sequence : The rules are given, and the bidders bid.
    second_price_sequence : Likewise.

    Examples
    --------
    >>> from efmodels.instances import sequential_auction_design
    >>> game = sequential_auction_design(values=(0, 1))
    >>> game.title
    'Sequential auction design (items=2, bidders=2, values=(0, 1), budget=1, prices=(0, 1))'
    >>> [game.infoset_names[j] for j in game.infosets_of(3)][:4]
    ['1+2', '1+2:nobody wins;1+2', '1+2:nobody wins;1', '1+2:nobody wins;2']
    """
    setting = setting_of(items, bidders, values, prior, budget)
    charged = (
        setting.grid
        if prices is None
        else tuple(sorted({0, *distinct_numbers("prices", prices, minimum=0)}))
    )
    title = setting.titled("Sequential auction design", prices=charged)
    return Game.from_rules(_SalesRules(setting, charged), title=title)


@dataclass(frozen=True)
class _SalesRules:
    setting: Setting
    prices: tuple[Number, ...]
    # What has been computed: the auctioneer's choices, by who is in and what everybody has left.
    known: dict[tuple[tuple[int, ...], tuple[Number, ...]], dict[str, Sale]] = field(
        default_factory=dict
    )

    @property
    def players(self) -> tuple[str, ...]:
        return self.setting.players

    def initial(self) -> Standing:
        return self.setting.start()

    def mover(self, now: Standing) -> int:
        if now.item == self.setting.items:
            return TERMINAL
        return len(now.moves) + 1 if now.values else CHANCE

    def chances(self, now: Standing) -> list[tuple[str, Number]]:  # noqa: ARG002 - always the same
        return self.setting.chances

    def actions(self, now: Standing) -> tuple[str, ...]:
        return CHOICES if len(now.moves) < self.setting.bidders else tuple(self._sales(now))

    def after(self, now: Standing, action: str) -> Standing:
        if not now.values:
            return now._replace(values=self.setting.draws[action])
        if len(now.moves) == self.setting.bidders:
            return self._settled(now, self._sales(now)[action])
        moved = now._replace(moves=(*now.moves, action))
        if len(moved.moves) == self.setting.bidders and "in" not in moved.moves:
            return self._settled(moved, Sale(NOBODY, ()))
        return moved

    def observation(self, now: Standing) -> str:
        mover = len(now.moves)
        if mover < self.setting.bidders:
            return f"{now.seen[mover]}{now.values[mover]}"
        return f"{now.seen[mover]}{noted(participants(now.moves))}"

    def payoffs(self, now: Standing) -> tuple[Number, ...]:
        return (*now.gains, now.revenue)

    def _sales(self, now: Standing) -> dict[str, Sale]:
        """Return the auctioneer's choices, by label."""
        key = (tuple(participants(now.moves)), now.left)
        if key not in self.known:
            affordable = [[p for p in self.prices if p <= left] for left in now.left]
            nothing: list[list[Number]] = [[0]] * self.setting.bidders
            self.known[key] = possible_sales(key[0], affordable, nothing)
        return self.known[key]

    def _settled(self, now: Standing, sale: Sale) -> Standing:
        price = 0 if sale.winner == NOBODY else sale.payments[sale.winner]
        note = f"{noted(participants(now.moves))}:{sale};"
        return self.setting.settle(now, sale.winner, price, note)
