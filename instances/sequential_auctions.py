"""Several auctions in a row, first price or second price, among bidders with budgets."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from efmodels.game import CHANCE, TERMINAL, Game
from efmodels.instances.back_to_back import Setting, Standing, setting_of
from efmodels.instances.exact_numbers import number
from efmodels.instances.sales import NOBODY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from efmodels.game import Number

    Bids = tuple[Number, ...]
    Price = Callable[[Bids, int], Number]


def first_price_sequence(
    items: int = 2,
    bidders: int = 2,
    values: Sequence[Number | str] = (0, "1/2", 1),
    *,
    prior: Sequence[Number | str] | None = None,
    budget: Number | str = 1,
    reserve: Number | str = 0,
) -> Game:
    r"""Return a sequence of first-price auctions among bidders with budgets.

    Item by item, chance draws each bidder's value; then all bid at once: 0 or one of the values, at
    most what is left of their budgets. The highest bid wins and is paid; among several highest
    bids chance picks one, each with the same probability. If all bids are below the reserve price,
    the item is not sold. What the winner paid is gone from her budget. A bidder gets the sum of
    value less payment over the items that she wins. The Auctioneer, who has no move, gets the sum
    of the payments.

    A bidder observes her values, her bids, and whether she won and at what price; never the others'
    values or bids. Values of later items are drawn after the earlier auctions. The infoset
    ``1/2,0,lost;1`` has the value 1 for the second item after a bid of 0 on the first, which was
    worth 1/2, had lost; with ``won 0`` she had won it and paid nothing.

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
    reserve
        The lowest bid that wins, :math:`\ge 0`. With the reserve price 0 a bid of 0 can win.

    Returns
    -------
    Game
        Players ``P1``, ``P2``, ... and ``Auctioneer``. The tree grows quickly: for two items and
        two bidders with budget 1 it has 813 nodes with values 0 and 1, 11512 with three and 394776
        with five equally spaced values from 0 to 1.

    Raises
    ------
    GameError
        A parameter is out of its range.

    See Also
    --------
    second_price_sequence : The same with another price.
    sequential_auction_design : The auctioneer chooses winners and prices.

    Examples
    --------
    >>> from efmodels.instances import first_price_sequence
    >>> game = first_price_sequence(items=1, values=(0, 1))
    >>> game.title
    'First-price auctions (items=1, bidders=2, values=(0, 1), budget=1, reserve=0)'
    >>> game.nodes, [game.infoset_names[j] for j in game.infosets_of(1)]
    (45, ['0', '1'])
    """
    setting = setting_of(items, bidders, values, prior, budget)
    least = number("reserve", reserve, minimum=0)
    title = setting.titled("First-price auctions", reserve=least)
    return Game.from_rules(_BiddingRules(setting, least, _own_bid), title=title)


def second_price_sequence(
    items: int = 2,
    bidders: int = 2,
    values: Sequence[Number | str] = (0, "1/2", 1),
    *,
    prior: Sequence[Number | str] | None = None,
    budget: Number | str = 1,
    reserve: Number | str = 0,
) -> Game:
    r"""Return a sequence of second-price auctions among bidders with budgets.

    As :func:`first_price_sequence`, but the winner of an item pays the highest of the others' bids,
    or the reserve price if that is higher. A bid never exceeds what is left of a budget, so that a
    poor loser makes the item cheap: with more than one item it may pay to bid other than one's
    value.

    Parameters
    ----------
    items, bidders, values, prior, budget, reserve
        As in :func:`first_price_sequence`.

    Returns
    -------
    Game
        Players ``P1``, ``P2``, ... and ``Auctioneer``. Without a reserve price, two items and two
        bidders with budget 1 make 957 nodes with values 0 and 1, 15076 with three and 582276 with
        five equally spaced values from 0 to 1.

    Raises
    ------
    GameError
        A parameter is out of its range.

    See Also
    --------
    first_price_sequence : The same with another price.
    sequential_auction_design : The auctioneer chooses winners and prices.

    Examples
    --------
    >>> from efmodels.instances import second_price_sequence
    >>> game = second_price_sequence(values=(0, 1), reserve=1)
    >>> game.title
    'Second-price auctions (items=2, bidders=2, values=(0, 1), budget=1, reserve=1)'
    >>> [game.infoset_names[j] for j in game.infosets_of(1)][1:6]
    ['0,0,lost;0', '0,0,lost;1', '0,1,won 1;0', '0,1,won 1;1', '0,1,lost;0']
    """
    setting = setting_of(items, bidders, values, prior, budget)
    least = number("reserve", reserve, minimum=0)
    title = setting.titled("Second-price auctions", reserve=least)

    def price(bids: Bids, winner: int) -> Number:
        return max(
            (bid for k, bid in enumerate(bids) if k != winner and bid > least), default=least
        )

    return Game.from_rules(_BiddingRules(setting, least, price), title=title)


def _own_bid(bids: Bids, winner: int) -> Number:
    """Return the price of a first-price auction."""
    return bids[winner]


@dataclass(frozen=True)
class _BiddingRules:
    setting: Setting
    reserve: Number
    price: Price

    @property
    def players(self) -> tuple[str, ...]:
        return self.setting.players

    def initial(self) -> Standing:
        return self.setting.start()

    def mover(self, now: Standing) -> int:
        if now.item == self.setting.items:
            return TERMINAL
        # Chance moves between the items, and when all have bid: that is, if there is a tie.
        if not now.values or len(now.moves) == self.setting.bidders:
            return CHANCE
        return len(now.moves) + 1

    def chances(self, now: Standing) -> list[tuple[str, Number]]:
        if not now.values:
            return self.setting.chances
        best = self._highest(now.moves)
        return [(f"{bidder + 1} wins the tie", Fraction(1, len(best))) for bidder in best]

    def actions(self, now: Standing) -> list[Number]:
        left = now.left[len(now.moves)]
        return [bid for bid in self.setting.grid if bid <= left]

    def after(self, now: Standing, action: Number | str) -> Standing:
        if not now.values:
            return now._replace(values=self.setting.draws[str(action)])
        if len(now.moves) == self.setting.bidders:
            best = self._highest(now.moves)
            labels = [move for move, _ in self.chances(now)]
            return self._sold(now, best[labels.index(str(action))])
        bid = now._replace(moves=(*now.moves, action))
        if len(bid.moves) < self.setting.bidders:
            return bid
        best = self._highest(bid.moves)
        if not best:
            return self._settled(bid, NOBODY, 0)
        return bid if len(best) > 1 else self._sold(bid, best[0])

    def observation(self, now: Standing) -> str:
        bidder = len(now.moves)
        return f"{now.seen[bidder]}{now.values[bidder]}"

    def payoffs(self, now: Standing) -> tuple[Number, ...]:
        return (*now.gains, now.revenue)

    def _highest(self, bids: Bids) -> list[int]:
        """Return who has the highest bid, if it reaches the reserve price."""
        best = max(bids)
        return [k for k, bid in enumerate(bids) if bid == best >= self.reserve]

    def _sold(self, now: Standing, winner: int) -> Standing:
        return self._settled(now, winner, self.price(now.moves, winner))

    def _settled(self, now: Standing, winner: int, price: Number) -> Standing:
        # The auctioneer has no infoset, and so nothing to note.
        return self.setting.settle(now, winner, price, note="")
