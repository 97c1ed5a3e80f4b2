"""Bayesian games: types from a joint prior, then one simultaneous move of everybody."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

from efmodels.errors import GameError
from efmodels.game import CHANCE, TERMINAL, Game
from efmodels.instances.exact_numbers import distribution, number_array, numbers
from efmodels.instances.parameters import different, members, titled

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from numpy.typing import ArrayLike

    from efmodels.game import Number

    Profile = tuple[Any, ...]


@dataclass(frozen=True)
class Contribution:
    """Payoffs of a contribution game: who gives pays for it herself, and all have the benefit.

    Types are costs; ``worth`` is what each player gets if at least one of them plays ``"give"``.

    Examples
    --------
    >>> Contribution(worth=4)((1, 5), ("give", "keep"))
    [3, 4]
    """

    worth: int = 4

    def __call__(self, types: Profile, actions: Profile) -> list[Number]:
        """Return each player's payoff."""
        shared = self.worth if "give" in actions else 0
        return [
            shared - cost * (action == "give") for cost, action in zip(types, actions, strict=True)
        ]


def bayesian_game(
    types: Sequence[Sequence[Hashable]] = ((1, 5), (1, 5)),
    actions: Sequence[Sequence[Hashable]] = (("give", "keep"), ("give", "keep")),
    payoffs: Callable[[Any, Any], Sequence[Number | str]] | Sequence[ArrayLike] = Contribution(),
    prior: ArrayLike | None = None,
    *,
    players: Sequence[str] = (),
) -> Game:
    r"""Return a Bayesian game: everybody learns her own type, and all move at once.

    Chance draws a profile of types :math:`t = (t_1, \ldots, t_n)` with probability
    ``prior[t_1, ..., t_n]``. Each player sees her own type and chooses an action, not knowing the
    others' types and actions; player i gets :math:`u_i(t, a)`. In the tree chance moves in one root
    node, over the profiles of positive probability, and the players follow in their order. An
    infoset is labelled by the player's type.

    By default two players may contribute to something that is worth 4 to both, at a private cost of
    1 or 5, all four profiles being equally likely. To give is dominant at cost 1, to keep at 5.

    Parameters
    ----------
    types
        For each player her types: anything hashable, with different texts.
    actions
        For each player her actions, likewise.
    payoffs
        A function that takes a profile of types and one of actions (two tuples of what ``types``
        and ``actions`` hold) and returns a payoff per player; or an array per player of shape
        ``(types of player 1, ..., types of player n, actions of player 1, ..., actions of player
        n)``.
    prior
        Probabilities of sum 1, shape ``(types of player 1, ..., types of player n)``; by default
        the uniform distribution. Texts such as ``"1/3"`` are exact.
    players
        Labels; by default ``P1``, ``P2``, ...

    Returns
    -------
    Game
        With :math:`1 + T (1 + A_1 + A_1 A_2 + \cdots + A_1 \cdots A_n)` nodes for :math:`T`
        profiles of types and :math:`A_i` actions of player i.

    Raises
    ------
    GameError
        The lists, the arrays and the prior do not fit together, or the prior is no distribution.

    Notes
    -----
    The title shows types, actions and a prior that is given, but not the payoffs.

    After Harsanyi, "Games with incomplete information played by Bayesian players" (1967).

    Examples
    --------
    >>> import efmodels as ef
    >>> game = ef.instances.bayesian_game()
    >>> game.title, game.nodes
    ('Bayesian game (types=((1, 5), (1, 5)), actions=((give, keep), (give, keep)))', 29)

    A first-price auction; who bids nothing, or less than the other, gets nothing:

    >>> def first_price(values, bids):
    ...     high = max(bids)
    ...     share = bids.count(high) if high else 2
    ...     return [(v - b) / share if b == high > 0 else 0 for v, b in zip(values, bids)]
    >>> values, bids = (0, 0.5, 1), (0, 0.25, 0.5)
    >>> game = ef.instances.bayesian_game([values] * 2, [bids] * 2, first_price)
    >>> [game.infoset_names[j] for j in game.infosets_of(1)]
    ['0', '0.5', '1']
    """
    kinds, moves = _lists("types", types), _lists("actions", actions)
    if not kinds or len(kinds) != len(moves):
        raise GameError(
            "types and actions must hold a list for each player, of at least one; "
            f"got {len(kinds)} and {len(moves)} lists"
        )
    if not all(kinds) or not all(moves):
        raise GameError("types and actions must give each player at least one of both")
    labels = members("players", players)
    if labels and len(labels) != len(kinds):
        raise GameError(f"players must hold {len(kinds)} labels; got {list(labels)}")
    rules = _TypeRules(
        players=labels or tuple(f"P{k + 1}" for k in range(len(kinds))),
        types=kinds,
        moves=moves,
        prior=_prior(prior, tuple(map(len, kinds))),
        payoff=_payoff_function(payoffs, kinds, moves),
    )
    title = titled("Bayesian game", {"prior": None}, types=kinds, actions=moves, prior=prior)
    return Game.from_rules(rules, title=title)


def _lists(name: str, lists: Any) -> tuple[Profile, ...]:
    """Return a list per player, of different things each."""
    return tuple(different(f"{name}[{k}]", each) for k, each in enumerate(members(name, lists)))


def _prior(prior: ArrayLike | None, shape: tuple[int, ...]) -> dict[tuple[int, ...], Number]:
    """Return the probabilities above 0 of the profiles of types, by position."""
    profiles = list(product(*map(range, shape)))
    if prior is None:
        return dict.fromkeys(profiles, Fraction(1, prod(shape)))
    chances = distribution("prior", number_array("prior", prior, shape).ravel())
    return {profile: p for profile, p in zip(profiles, chances, strict=True) if p}


def _payoff_function(
    payoffs: Callable[[Any, Any], Sequence[Number | str]] | Sequence[ArrayLike],
    types: tuple[Profile, ...],
    actions: tuple[Profile, ...],
) -> Callable[[tuple[int, ...], tuple[int, ...]], Sequence[Number]]:
    """Return what the players get by the positions of their types and actions."""
    if callable(payoffs):
        function = payoffs

        def computed(kinds: tuple[int, ...], moves: tuple[int, ...]) -> Sequence[Number]:
            held = tuple(each[k] for each, k in zip(types, kinds, strict=True))
            done = tuple(each[k] for each, k in zip(actions, moves, strict=True))
            return numbers("payoffs", function(held, done))

        return computed
    given = members("payoffs", payoffs)
    if len(given) != len(types):
        raise GameError(
            f"payoffs must be a function or {len(types)} arrays, one per player; "
            f"got {len(given)} arrays"
        )
    shape = (*map(len, types), *map(len, actions))
    tables = [number_array(f"payoffs[{k}]", table, shape) for k, table in enumerate(given)]
    return lambda kinds, moves: [table[(*kinds, *moves)] for table in tables]


class _Deal(NamedTuple):
    """The types by position (none before chance moves), and the actions so far."""

    types: tuple[int, ...] = ()
    done: tuple[int, ...] = ()


@dataclass(frozen=True)
class _TypeRules:
    players: tuple[str, ...]
    types: tuple[tuple[Hashable, ...], ...]
    moves: tuple[tuple[Hashable, ...], ...]
    prior: dict[tuple[int, ...], Number]
    payoff: Callable[[tuple[int, ...], tuple[int, ...]], Sequence[Number]]

    @cached_property
    def profiles(self) -> dict[str, tuple[int, ...]]:
        """The profiles of types by label."""
        return {
            " ".join(str(each[k]) for each, k in zip(self.types, profile, strict=True)): profile
            for profile in self.prior
        }

    def initial(self) -> _Deal:
        return _Deal()

    def mover(self, deal: _Deal) -> int:
        if not deal.types:
            return CHANCE
        return TERMINAL if len(deal.done) == len(self.players) else len(deal.done) + 1

    def chances(self, deal: _Deal) -> list[tuple[str, Number]]:  # noqa: ARG002 - only the root
        return [(label, self.prior[profile]) for label, profile in self.profiles.items()]

    def actions(self, deal: _Deal) -> tuple[str, ...]:
        return tuple(map(str, self.moves[len(deal.done)]))

    def after(self, deal: _Deal, action: str) -> _Deal:
        if not deal.types:
            return _Deal(self.profiles[action])
        chosen = self.actions(deal).index(action)
        return _Deal(deal.types, (*deal.done, chosen))

    def observation(self, deal: _Deal) -> str:
        player = len(deal.done)
        return str(self.types[player][deal.types[player]])

    def payoffs(self, deal: _Deal) -> Sequence[Number]:
        return self.payoff(deal.types, deal.done)
