"""The last betting round of a no-limit poker hand, with hands merged into buckets."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import permutations
from typing import TYPE_CHECKING, NamedTuple

from efmodels.game import CHANCE, TERMINAL, Game
from efmodels.instances.exact_numbers import number
from efmodels.instances.parameters import different, integer, titled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from efmodels.game import Number

_ALL_IN = "all-in"
_LETTERS = {"check": "k", "fold": "f", "call": "c", _ALL_IN: "a"}


def river_endgame(
    hands: int = 5,
    pot: Number | str = 1,
    stack: Number | str = 2,
    bet_sizes: Sequence[Number | str] = ("1/2", 1),
    max_bets: int = 3,
) -> Game:
    r"""Return a river endgame: one no-limit betting round between two players, then a showdown.

    There is a ``pot`` to which both players contributed one half, and each has ``stack`` left.
    Chance deals different hands from ``1, ..., hands`` to the two, all pairs being equally likely,
    and a player sees her own. P1 acts first. A player who faces no bet *checks* or bets; one who
    does *folds*, *calls* or raises. To bet or raise by ``s`` she first pays what she owes and then
    ``s`` times the pot as it is with that payment; ``all-in`` pays all that she has left, and sizes
    that would take as much or more are not offered. There are at most ``max_bets`` bets and raises
    together, and none once a player is all-in. Two checks or a call end the round: the higher hand
    wins the pot, and after a fold the other player does. The payoff is what is won less what was
    paid, one half of the pot included (zero-sum).

    Chance deals in one root node. A player observes her hand and both players' actions; the infoset
    ``3:kb1/2`` is hand 3 after a check and a bet of half the pot (``k`` check, ``b`` bet or raise
    with its size, ``a`` all-in).

    Parameters
    ----------
    hands
        :math:`n \ge 2`; hand :math:`n` beats all others.
    pot, stack
        Numbers above 0.
    bet_sizes
        Shares of the pot, above 0 and all different; there may be none.
    max_bets
        At least 0.

    Returns
    -------
    Game
        With :math:`1 + 45 n (n - 1)` nodes by default; each player then has :math:`8 n` infosets.
        Payoffs lie between ``-(pot / 2 + stack)`` and ``pot / 2 + stack``.

    Raises
    ------
    GameError
        A parameter is out of its range.

    Notes
    -----
    The rules are this package's own. They stand for the endgames of no-limit Texas hold'em on which
    first-order methods have been compared, and which are not public.

    Examples
    --------
    >>> import efmodels as ef
    >>> game = ef.instances.river_endgame()
    >>> game.title
    'River endgame (hands=5, pot=1, stack=2, bet_sizes=(1/2, 1), max_bets=3)'
    >>> game.nodes, [len(game.infosets_of(k)) for k in (1, 2)]
    (901, [40, 40])
    >>> round(ef.optimal_equilibrium(game, "nash_zero_sum").value, 7)
    -0.0388889
    """
    sizes = {
        str(size): number(f"bet_sizes[{k}]", size, above=0)
        for k, size in enumerate(different("bet_sizes", bet_sizes))
    }
    rules = _RiverRules(
        hands=integer("hands", hands, minimum=2),
        pot=number("pot", pot, above=0),
        stack=number("stack", stack, above=0),
        sizes={f"bet {label}": size for label, size in sizes.items()},
        max_bets=integer("max_bets", max_bets, minimum=0),
    )
    title = titled(
        "River endgame",
        hands=rules.hands,
        pot=rules.pot,
        stack=rules.stack,
        bet_sizes=tuple(sizes),
        max_bets=rules.max_bets,
    )
    return Game.from_rules(rules, title=title)


class _Round(NamedTuple):
    """The hands (none before the deal), what was done, and what each paid on top of the pot."""

    cards: tuple[int, ...] = ()
    done: tuple[str, ...] = ()
    paid: tuple[Number, Number] = (0, 0)
    bets: int = 0


@dataclass(frozen=True)
class _RiverRules:
    hands: int
    pot: Number
    stack: Number
    sizes: dict[str, Number]
    max_bets: int

    players = ("P1", "P2")

    @cached_property
    def deals(self) -> dict[str, tuple[int, ...]]:
        """The label of each deal, with its hands."""
        pairs = permutations(range(1, self.hands + 1), 2)
        return {" ".join(map(str, pair)): pair for pair in pairs}

    def initial(self) -> _Round:
        return _Round()

    def mover(self, state: _Round) -> int:
        if not state.cards:
            return CHANCE
        over = state.done[-1:] in (("fold",), ("call",)) or state.done == ("check", "check")
        return TERMINAL if over else len(state.done) % 2 + 1

    def chances(self, state: _Round) -> list[tuple[str, Fraction]]:  # noqa: ARG002 - only the root
        return [(label, Fraction(1, len(self.deals))) for label in self.deals]

    def actions(self, state: _Round) -> tuple[str, ...]:
        top = max(state.paid)
        passive = ("fold", "call") if min(state.paid) < top else ("check",)
        if top >= self.stack or state.bets >= self.max_bets:
            return passive
        sizes = [label for label in self.sizes if self.total_after(state, label) < self.stack]
        return (*passive, *sizes, _ALL_IN)

    def total_after(self, state: _Round, bet: str) -> Number:
        """Return what the mover will have paid in this round once she bets."""
        if bet == _ALL_IN:
            return self.stack
        # With what she owes, both have paid as much as the one who paid more.
        top = max(state.paid)
        return top + self.sizes[bet] * (self.pot + 2 * top)

    def after(self, state: _Round, action: str) -> _Round:
        if not state.cards:
            return _Round(self.deals[action])
        paid, bets = list(state.paid), state.bets
        mover = len(state.done) % 2
        if action == "call":
            paid[mover] = max(paid)
        elif action not in {"check", "fold"}:
            paid[mover] = self.total_after(state, action)
            bets += 1
        return _Round(state.cards, (*state.done, action), (paid[0], paid[1]), bets)

    def observation(self, state: _Round) -> str:
        hand = str(state.cards[len(state.done) % 2])
        letters = [_LETTERS.get(action) or f"b{action[4:]}" for action in state.done]
        return f"{hand}:{''.join(letters)}" if letters else hand

    def payoffs(self, state: _Round) -> tuple[Number, Number]:
        winner = state.cards.index(max(state.cards))
        if state.done[-1] == "fold":
            winner = len(state.done) % 2
        won = self.half_pot + state.paid[1 - winner]
        return (won, -won) if winner == 0 else (-won, won)

    @cached_property
    def half_pot(self) -> Number:
        return self.pot / 2 if isinstance(self.pot, float) else Fraction(self.pot, 2)
