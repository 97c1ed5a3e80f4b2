"""Alternating offers about a pool of items that the two players value privately."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from efmodels.errors import GameError
from efmodels.game import CHANCE, TERMINAL, Game
from efmodels.instances.exact_numbers import numbers, probability
from efmodels.instances.parameters import different, integer, members, titled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from efmodels.game import Number

    Bundle = tuple[int, ...]

_ACCEPT, _REJECT = "accept", "reject"


def bargaining(
    pool: Sequence[int] = (2, 2),
    values: Sequence[Sequence[Number | str]] = ((1, 4), (4, 1)),
    rounds: int = 2,
    discount: Number | str = "9/10",
) -> Game:
    r"""Return bargaining by alternating offers about items that both value privately.

    On the table lie ``pool[k]`` copies of each item ``k``. Chance draws what an item is worth to
    each player: independently, each of the vectors in ``values`` with the same probability. A
    player sees her own vector only. In the first round P1 offers what P2 may keep, and P2 *accepts*
    or *rejects*; in the second round P2 offers and P1 answers, and so on. Offers and answers are
    seen by both. If an offer is accepted in round :math:`t`, each player gets
    :math:`\delta^{t - 1}` times the worth of her items, the proposer's being those that the offer
    leaves over; if even the last one is rejected, both get 0.

    Chance draws both vectors in one root node. The infoset ``1,4|0,2 reject 1,1`` is a player of
    worth (1, 4) per item after an offer of nothing of the first and two of the second item, a
    rejection, and an offer of one of each.

    Parameters
    ----------
    pool
        Copies of each item, at least 0; at least one item.
    values
        The vectors, all different, with a worth of at least 0 for each item.
    rounds
        :math:`r \ge 1`.
    discount
        :math:`\delta`, between 0 and 1.

    Returns
    -------
    Game
        With :math:`1 + n^2 \bigl(m^r + (1 + 2 m) \sum_{t=0}^{r-1} m^t\bigr)` nodes for :math:`n`
        vectors and :math:`m = \prod_k (1 + \mathrm{pool}_k)` offers. Payoffs are exact unless
        floats are given.

    Raises
    ------
    GameError
        A parameter is out of its range, or a vector in ``values`` has not one number per item.

    Notes
    -----
    The rules are this package's own. Larger games of this kind, with three items whose worths add
    up to a fixed number, are used to train agents that negotiate.

    Examples
    --------
    >>> from efmodels.instances import bargaining
    >>> game = bargaining()
    >>> game.title
    'Bargaining (pool=(2, 2), values=((1, 4), (4, 1)), rounds=2, discount=9/10)'
    >>> game.nodes, len(game.terminals), [len(game.infosets_of(k)) for k in (1, 2)]
    (1085, 684, [164, 36])
    """
    pool = tuple(
        integer(f"pool[{k}]", copies, minimum=0) for k, copies in enumerate(members("pool", pool))
    )
    vectors = [
        numbers(f"values[{k}]", vector, minimum=0)
        for k, vector in enumerate(members("values", values))
    ]
    if not pool or not vectors:
        raise GameError(
            "pool and values must not be empty: bargaining needs an item and a vector of worths"
        )
    for k, vector in enumerate(vectors):
        if len(vector) != len(pool):
            raise GameError(
                f"values[{k}] must hold a worth for each of the {len(pool)} items in pool; "
                f"got {len(vector)}"
            )
    labels = different("values", [",".join(map(str, vector)) for vector in vectors])
    rounds = integer("rounds", rounds, minimum=1)
    discount = probability("discount", discount)
    title = titled("Bargaining", pool=pool, values=vectors, rounds=rounds, discount=discount)
    rules = _OfferRules(pool, dict(zip(labels, vectors, strict=True)), rounds, discount)
    return Game.from_rules(rules, title=title)


class _Talk(NamedTuple):
    """The players' worths by label (none before chance moves) and what was said since."""

    types: tuple[str, ...] = ()
    said: tuple[str, ...] = ()


@dataclass(frozen=True)
class _OfferRules:
    pool: Bundle
    worths: dict[str, tuple[Number, ...]]
    rounds: int
    discount: Number

    players = ("P1", "P2")

    @cached_property
    def types(self) -> dict[str, tuple[str, ...]]:
        """All draws of chance by label."""
        return {" ".join(pair): pair for pair in product(self.worths, repeat=2)}

    @cached_property
    def offers(self) -> dict[str, Bundle]:
        """What can be offered, by label."""
        bundles = product(*(range(copies + 1) for copies in self.pool))
        return {",".join(map(str, bundle)): bundle for bundle in bundles}

    def initial(self) -> _Talk:
        return _Talk()

    def mover(self, talk: _Talk) -> int:
        if not talk.types:
            return CHANCE
        if talk.said[-1:] == (_ACCEPT,) or len(talk.said) == 2 * self.rounds:
            return TERMINAL
        # An offer of P1, an answer and an offer of P2, an answer and an offer of P1, ...
        return (len(talk.said) + 1) // 2 % 2 + 1

    def chances(self, talk: _Talk) -> list[tuple[str, Fraction]]:  # noqa: ARG002 - only the root
        return [(label, Fraction(1, len(self.types))) for label in self.types]

    def actions(self, talk: _Talk) -> tuple[str, ...]:
        return (_ACCEPT, _REJECT) if len(talk.said) % 2 else tuple(self.offers)

    def after(self, talk: _Talk, action: str) -> _Talk:
        if not talk.types:
            return _Talk(self.types[action])
        return _Talk(talk.types, (*talk.said, action))

    def observation(self, talk: _Talk) -> str:
        mine = talk.types[self.mover(talk) - 1]
        return f"{mine}|{' '.join(talk.said)}" if talk.said else mine

    def payoffs(self, talk: _Talk) -> tuple[Number, Number]:
        if talk.said[-1] == _REJECT:
            return 0, 0
        kept = self.offers[talk.said[-2]]
        left = [copies - gone for copies, gone in zip(self.pool, kept, strict=True)]
        number = len(talk.said) // 2 - 1
        bundles = (left, kept) if number % 2 == 0 else (kept, left)
        first, second = (
            self.discount**number * sum(n * w for n, w in zip(b, self.worths[t], strict=True))
            for t, b in zip(talk.types, bundles, strict=True)
        )
        return first, second
