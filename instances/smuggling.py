"""Sheriff of Nottingham: smuggling, bribes and cheap talk."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from efmodels.game import TERMINAL, Game
from efmodels.instances.exact_numbers import number
from efmodels.instances.parameters import integer, titled
from efmodels.level_rules import Seen, WithoutChance

if TYPE_CHECKING:
    from efmodels.game import Bools, Ints, Number


def sheriff(
    items: int = 10,
    bribe: int = 2,
    rounds: int = 2,
    *,
    value: Number | str = 5,
    penalty: Number | str = 1,
    compensation: Number | str = 1,
) -> Game:
    r"""Return the Sheriff game: a smuggler bargains about not being inspected.

    The smuggler loads some illegal items into her cargo, which nobody sees. In each round she
    offers the sheriff a bribe, and the sheriff answers whether he would *inspect* the cargo or let
    it *pass*. Everybody sees offers and answers. Only the last round counts, all before it is
    talk. If the cargo passes, the smuggler gets the value of the items less the bribe, and the
    sheriff the bribe. If illegal items are found, she pays a penalty for each of them to the
    sheriff; if there are none, he pays her a compensation. There is no bribe after an inspection.

    The infoset ``3:1i2p`` is the smuggler's with 3 items after an offer of 1, the answer to
    inspect, an offer of 2 and the answer to let pass.

    Parameters
    ----------
    items
        The largest number of illegal items, at least 0.
    bribe
        The largest bribe, at least 0.
    rounds
        At least 1.
    value, penalty
        Per item, at least 0.
    compensation
        At least 0.

    Returns
    -------
    Game
        With :math:`1 + (N + 1) \bigl(1 + \sum_{t=1}^{r} (k^{t-1} (B + 1) + k^t)\bigr)` nodes,
        :math:`k = 2 (B + 1)`, for N items, bribes up to B and r rounds; by default 705.

    Raises
    ------
    GameError
        A parameter is out of its range.

    Notes
    -----
    The game is that of Farina, Ling, Fang and Sandholm, "Correlation in extensive-form games:
    saddle-point formulation and benchmarks" (arXiv 1905.12564), whose baseline are the defaults.
    The literature calls it ``S2ibr`` with 10 i items.

    Examples
    --------
    >>> from efmodels.instances import sheriff
    >>> game = sheriff()
    >>> game.title, game.players, game.nodes
    ('Sheriff (items=10, bribe=2, rounds=2)', ('Smuggler', 'Sheriff'), 705)
    """
    items = integer("items", items, minimum=0)
    bribe = integer("bribe", bribe, minimum=0)
    rounds = integer("rounds", rounds, minimum=1)
    value = number("value", value, minimum=0)
    penalty = number("penalty", penalty, minimum=0)
    compensation = number("compensation", compensation, minimum=0)
    title = titled(
        "Sheriff",
        {"value": 5, "penalty": 1, "compensation": 1},
        items=items,
        bribe=bribe,
        rounds=rounds,
        value=value,
        penalty=penalty,
        compensation=compensation,
    )
    rules = _SheriffRules(items, bribe, rounds, value, penalty, compensation)
    return Game.from_level_rules(rules, title=title)


class _Cargoes(NamedTuple):
    """How many moves were made, the items, the last bribe and the last answer."""

    moves: Ints
    items: Ints
    bribe: Ints
    inspected: Bools


@dataclass(frozen=True)
class _SheriffRules(WithoutChance):
    items: int
    bribe: int
    rounds: int
    value: Number
    penalty: Number
    compensation: Number
    players = ("Smuggler", "Sheriff")

    @cached_property
    def actions(self) -> tuple[str, ...]:
        loads = (f"load {items}" for items in range(self.items + 1))
        return (*loads, *(f"offer {bribe}" for bribe in range(self.bribe + 1)), "inspect", "pass")

    @cached_property
    def words(self) -> tuple[str, ...]:
        """One for each action, in the same order."""
        return (*map(str, range(self.items + 1)), *map(str, range(self.bribe + 1)), "i", "p")

    def initial(self) -> _Cargoes:
        zero = np.zeros(1, dtype=np.int16)
        return _Cargoes(zero, zero, zero, zero > 0)

    def movers(self, cargoes: _Cargoes) -> Ints:
        turn = np.where((cargoes.moves == 0) | (cargoes.moves % 2 == 1), 1, 2)
        return np.where(cargoes.moves == 1 + 2 * self.rounds, TERMINAL, turn)

    def legal(self, cargoes: _Cargoes) -> Bools:
        kind = np.repeat([0, 1, 2], [self.items + 1, self.bribe + 1, 2])
        due = np.where(cargoes.moves == 0, 0, np.where(cargoes.moves % 2 == 1, 1, 2))
        allowed: Bools = kind == due[:, None]
        return allowed

    def after_action(self, cargoes: _Cargoes, action: Ints) -> tuple[_Cargoes, Seen]:
        after = cargoes._replace(moves=cargoes.moves + 1)
        if cargoes.moves[0] == 0:
            only_smuggler = np.column_stack([action, np.full_like(action, -1)])
            return after._replace(items=action), Seen(private=only_smuggler)
        offer = action - (self.items + 1)
        if cargoes.moves[0] % 2 == 1:
            return after._replace(bribe=offer), Seen(public=action)
        return after._replace(inspected=offer == self.bribe + 1), Seen(public=action)

    def results(self, cargoes: _Cargoes) -> Ints:
        return np.column_stack([cargoes.items, cargoes.bribe, cargoes.inspected])

    def payoffs(self, result: tuple[int, ...]) -> tuple[Number, Number]:
        items, bribe, inspected = result
        if not inspected:
            return self.value * items - bribe, bribe
        if items:
            return -self.penalty * items, self.penalty * items
        return self.compensation, -self.compensation
