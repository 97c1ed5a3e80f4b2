"""Trembling hands: how probable each move is at least, as polynomials in a vanishing number."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from efmodels.errors import GameError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from efmodels.game import Game, Number
    from efmodels.polytope import FlowPolytope

    Polynomial = tuple[Fraction, ...]
    Polynomials = tuple[Polynomial, ...]

NOTHING: Polynomial = ()
"""The polynomial that is 0."""


@dataclass(frozen=True)
class Floors:
    r"""What a plan must do at least, in numbers: ``x_q >= least_q + share_q * x_p(q)``.

    Attributes
    ----------
    share
        The least probability of each action at its infoset; one number per sequence.
    least
        The least probability of each sequence; 0 for the empty one, which is certain anyway.
    """

    share: tuple[Fraction, ...]
    least: tuple[Fraction, ...]


@dataclass(frozen=True, eq=False)
class Perturbation:
    r"""How the hands of the players tremble.

    With polynomials in :math:`\epsilon` for each player and sequence, and :math:`p(q)` the sequence
    before the last move of :math:`q`, plans must satisfy

    .. math:: x_q \ge \xi_q(\epsilon) + e_q(\epsilon)\, x_{p(q)} .

    Equilibria of the game with such plans approach refined ones as :math:`\epsilon \to 0`. Where
    every action has a floor :math:`e_q`, those are extensive-form perfect; where every sequence has
    a floor :math:`\xi_q` that vanishes more quickly than that of the sequence before, quasi-perfect
    ones.

    Make one with `trembling_actions` or `trembling_sequences`.

    Parameters
    ----------
    game
        With perfect recall.
    shares
        For each player the polynomials :math:`e_q`, one per sequence (the first, of the empty
        sequence, is not used): coefficients of :math:`1, \epsilon, \epsilon^2` and so on.
    leasts
        The same for :math:`\xi_q`; that of the empty sequence is 1. A player has one of the two.

    Raises
    ------
    GameError
        An axiom does not hold: floors are positive for small :math:`\epsilon` and vanish with it,
        :math:`\xi_\emptyset = 1`, and :math:`\xi_q / \xi_{p(q)} \to 0`.

    Notes
    -----
    The last axiom is why a floor of :math:`\epsilon` on every *sequence* is refused. Let a player
    move twice, and go to the second move with the least probability :math:`\epsilon`. Both actions
    there have a floor of :math:`\epsilon` as well, and a plan cannot satisfy both; with one of
    :math:`\epsilon/2` she would have to play them half and half, whatever they bring. Nothing is
    refined there.

    References
    ----------
    Selten, Reexamination of the perfectness concept for equilibrium points in extensive games
    (1975); Miltersen and Sørensen, Computing a quasi-perfect equilibrium of a two-player game
    (2010); Marchesi, Farina, Kroer, Gatti and Sandholm, Quasi-perfect Stackelberg equilibrium
    (2019), arXiv:1811.03871. Which polynomials the last of them allows is stated from memory.

    Examples
    --------
    >>> import efmodels as ef
    >>> game = ef.instances.entry_game()
    >>> trembling_sequences(game).at(Fraction(1, 10))["Entrant"].least
    (Fraction(0, 1), Fraction(1, 10), Fraction(1, 10))
    """

    game: Game
    shares: tuple[Polynomials, ...]
    leasts: tuple[Polynomials, ...]

    def __post_init__(self) -> None:
        """Check the axioms."""
        for k, player in enumerate(self.game.players):
            polytope = self.game.sequence_form().polytopes[k]
            shares, leasts = self.shares[k], self.leasts[k]
            for name, given in (("shares", shares), ("leasts", leasts)):
                if len(given) != polytope.size:
                    raise GameError(
                        f"{name} of {player!r} has {len(given)} polynomials; expected "
                        f"{polytope.size}, one per sequence"
                    )
            by_action = [q for q in range(1, polytope.size) if _order(shares[q]) is not None]
            by_sequence = [q for q in range(1, polytope.size) if _order(leasts[q]) is not None]
            if by_action and by_sequence:
                raise GameError(
                    f"{player!r} has floors on actions and on sequences; give one of the two"
                )
            if by_sequence:
                _check_sequences(player, polytope, leasts)
            else:
                _check_actions(player, polytope, shares)

    def __deepcopy__(self, memo: object) -> Perturbation:
        """Return the record itself: nobody can change it."""
        return self

    def at(self, epsilon: Number) -> dict[str, Floors]:
        r"""Return the floors of each player at a number :math:`\epsilon`.

        Raises
        ------
        GameError
            The number is not above 0, or so large that no plan satisfies the floors with something
            to spare everywhere; the message names the infoset.
        """
        value = Fraction(epsilon)
        if value <= 0:
            raise GameError(f"epsilon must be above 0; got {epsilon}")
        found = {}
        for k, player in enumerate(self.game.players):
            share = tuple(_value(one, value) for one in self.shares[k])
            least = (Fraction(0), *(_value(one, value) for one in self.leasts[k][1:]))
            floors = Floors((Fraction(0), *share[1:]), least)
            _check_room(player, self.game.sequence_form().polytopes[k], floors, epsilon)
            found[player] = floors
        return found


def trembling_actions(
    game: Game, floors: Mapping[str, Sequence[Sequence[Number]]] | None = None
) -> Perturbation:
    r"""Return floors on the probability of every action where it can be taken.

    Parameters
    ----------
    game
        With perfect recall.
    floors
        For each player, by label, a polynomial for each of her sequences but the empty one, as
        coefficients of :math:`1, \epsilon, \epsilon^2` and so on. By default all are
        :math:`\epsilon`.

    Raises
    ------
    GameError
        A polynomial is not positive for small :math:`\epsilon`, or does not vanish with it; or
        there is no such player, or a wrong number of polynomials.
    """
    form = game.sequence_form()
    given = _given(game, floors, [((0, 1),) * (one.size - 1) for one in form.polytopes])
    nothing = tuple((NOTHING,) * one.size for one in form.polytopes)
    return Perturbation(game, tuple((NOTHING, *mine) for mine in given), nothing)


def trembling_sequences(
    game: Game, floors: Mapping[str, Sequence[Sequence[Number]]] | None = None
) -> Perturbation:
    r"""Return floors on the probability of every sequence.

    Parameters
    ----------
    game
        With perfect recall.
    floors
        For each player, by label, a polynomial for each of her sequences but the empty one, as
        coefficients of :math:`1, \epsilon, \epsilon^2` and so on. By default a sequence of ``n``
        moves has :math:`\epsilon^n`.

    Raises
    ------
    GameError
        A polynomial is not positive for small :math:`\epsilon`, or vanishes no more quickly than
        that of the sequence before; or there is no such player, or a wrong number of polynomials.

    Examples
    --------
    >>> import efmodels as ef
    >>> game = ef.instances.mertens_voting()
    >>> uniform = {player: [(0, 1)] * 4 for player in game.players}
    >>> trembling_sequences(game, uniform)
    Traceback (most recent call last):
    ...
    efmodels.errors.GameError: the floor of P1's sequence 'task_right' must vanish more quickly ...
    """
    form = game.sequence_form()
    default = [
        tuple((0,) * int(depth + 1) + (1,) for depth in one.level[one.point[1:]])
        for one in form.polytopes
    ]
    given = _given(game, floors, default)
    nothing = tuple((NOTHING,) * one.size for one in form.polytopes)
    certain: Polynomial = (Fraction(1),)
    return Perturbation(game, nothing, tuple((certain, *mine) for mine in given))


def _given(
    game: Game,
    floors: Mapping[str, Sequence[Sequence[Number]]] | None,
    default: Sequence[Sequence[Sequence[Number]]],
) -> list[Polynomials]:
    floors = {} if floors is None else floors
    for player in floors:
        game.player_number(player)
    chosen = [floors.get(player, default[k]) for k, player in enumerate(game.players)]
    return [tuple(tuple(Fraction(c) for c in one) for one in mine) for mine in chosen]


def _value(polynomial: Polynomial, at: Fraction) -> Fraction:
    value = Fraction(0)
    for coefficient in reversed(polynomial):
        value = value * at + coefficient
    return value


def _order(polynomial: Polynomial) -> int | None:
    """Return the lowest power with a coefficient, ``None`` if there is none."""
    return next((k for k, coefficient in enumerate(polynomial) if coefficient), None)


def _check_actions(player: str, polytope: FlowPolytope, shares: Polynomials) -> None:
    for q in range(1, polytope.size):
        order = _order(shares[q])
        if order is None or shares[q][order] < 0:
            raise GameError(
                f"the floor of {player}'s action {polytope.names[q]!r} is not positive for small "
                "epsilon: every action must tremble, or nothing is refined after it"
            )
        if order == 0:
            raise GameError(
                f"the floor of {player}'s action {polytope.names[q]!r} does not vanish with "
                "epsilon; its constant must be 0"
            )


def _check_sequences(player: str, polytope: FlowPolytope, leasts: Polynomials) -> None:
    if leasts[0] != (Fraction(1),):
        raise GameError(f"the empty sequence of {player!r} is certain: its polynomial must be 1")
    for q in range(1, polytope.size):
        order = _order(leasts[q])
        if order is None or leasts[q][order] < 0:
            raise GameError(
                f"the floor of {player}'s sequence {polytope.names[q]!r} is not positive for small "
                "epsilon: every sequence must tremble, or nothing is refined after it"
            )
        parent = int(polytope.incoming[polytope.point[q]])
        above = _order(leasts[parent])
        if above is not None and order <= above:
            raise GameError(
                f"the floor of {player}'s sequence {polytope.names[q]!r} must vanish more quickly "
                f"than that of {polytope.names[parent]!r} before it, and both are of order "
                f"epsilon^{order} or worse. Otherwise a player who comes to an infoset by mistake "
                "has to spread her moves there as the floors say, whatever they bring, and nothing "
                "is refined. Give a sequence of n moves epsilon^n, or use trembling_actions"
            )


def _check_room(player: str, polytope: FlowPolytope, floors: Floors, epsilon: Number) -> None:
    """Raise unless every infoset has something to decide."""
    for j in range(polytope.points):
        mine = range(int(polytope.start[j]), int(polytope.start[j + 1]))
        parent = int(polytope.incoming[j])
        within = floors.least[parent] if parent else Fraction(1)
        spent = sum(floors.least[q] for q in mine)
        share = sum(floors.share[q] for q in mine)
        if share >= 1 or (spent and spent >= within):
            raise GameError(
                f"epsilon = {epsilon} is too large: at {player}'s infoset "
                f"{polytope.point_names[j]!r} the floors of the actions leave nothing to choose. "
                "Take a smaller one"
            )
