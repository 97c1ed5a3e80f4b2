"""Textbook normal forms, with exact payoffs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from efmodels.game import Game
from efmodels.instances.exact_numbers import number
from efmodels.instances.parameters import titled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from efmodels.game import Number


def chicken(
    stop: Number | str = 0,
    yields: Number | str = 0,
    goes: Number | str = 1,
    crash: Number | str = -5,
) -> Game:
    r"""Return Chicken: two drivers meet, each stops or goes.

    ====  ====================  ==================
    ..    Stop                  Go
    ====  ====================  ==================
    Stop  ``stop``, ``stop``    ``yields``, ``goes``
    Go    ``goes``, ``yields``  ``crash``, ``crash``
    ====  ====================  ==================

    Both choose at once: each player has one infoset.

    Parameters
    ----------
    stop, yields, goes, crash
        The payoffs of the table: both stop; stopping while the other goes; going while the other
        stops; both go. A number, or a text such as ``"1/3"``.

    Returns
    -------
    Game
        With 7 nodes.

    Raises
    ------
    GameError
        A payoff is no number.

    Notes
    -----
    With the payoffs that are the default here, every mixture of (Stop, Go) and (Go, Stop) is a
    correlated equilibrium (Aumann 1974); the most that both can get together is 1. The game
    ``chicken(6, 2, 7, 0)`` is the usual example of a correlated equilibrium that pays more than
    all mixtures of Nash equilibria: 10 1/2 together.

    Examples
    --------
    >>> from efmodels.instances import chicken
    >>> chicken().payoffs.tolist()
    [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [-5.0, -5.0]]
    """
    both, least, most, worst = _numbers(stop=stop, yields=yields, goes=goes, crash=crash)
    title = titled("Chicken", stop=both, yields=least, goes=most, crash=worst)
    return _symmetric([[both, least], [most, worst]], ("Stop", "Go"), title)


def prisoners_dilemma(
    reward: Number | str = 2,
    sucker: Number | str = 0,
    temptation: Number | str = 3,
    punishment: Number | str = 1,
) -> Game:
    """Return the prisoner's dilemma: each of two players cooperates (C) or defects (D).

    ==  ============================  ==============================
    ..  C                             D
    ==  ============================  ==============================
    C   ``reward``, ``reward``        ``sucker``, ``temptation``
    D   ``temptation``, ``sucker``    ``punishment``, ``punishment``
    ==  ============================  ==============================

    Both choose at once: each player has one infoset.

    Parameters
    ----------
    reward, sucker, temptation, punishment
        The payoffs of the table: both cooperate; cooperating against a defector; defecting against
        a cooperator; both defect. A number, or a text such as ``"1/3"``.

    Returns
    -------
    Game
        With 7 nodes.

    Raises
    ------
    GameError
        A payoff is no number.

    Notes
    -----
    If the payoffs rise in the order sucker, punishment, reward, temptation, defecting dominates.
    A mediator who plays for those who let it can still make both cooperate: it defects against
    whoever does not (Monderer and Tennenholtz 2009).

    Examples
    --------
    >>> from efmodels.instances import prisoners_dilemma
    >>> prisoners_dilemma().payoffs.tolist()
    [[2.0, 2.0], [0.0, 3.0], [3.0, 0.0], [1.0, 1.0]]
    """
    both, least, most, worst = _numbers(
        reward=reward, sucker=sucker, temptation=temptation, punishment=punishment
    )
    title = titled(
        "Prisoner's dilemma", reward=both, sucker=least, temptation=most, punishment=worst
    )
    return _symmetric([[both, least], [most, worst]], ("C", "D"), title)


def battle_of_the_sexes(favourite: Number | str = 2, other: Number | str = 1) -> Game:
    """Return the battle of the sexes: two players want to meet, at different places.

    =====  =========================  =========================
    ..     Opera                      Fight
    =====  =========================  =========================
    Opera  ``favourite``, ``other``   0, 0
    Fight  0, 0                       ``other``, ``favourite``
    =====  =========================  =========================

    Both choose at once: each player has one infoset.

    Parameters
    ----------
    favourite, other
        What meeting at her favourite place, and at the other one, is worth to a player; apart they
        get 0. A number, or a text such as ``"1/3"``.

    Returns
    -------
    Game
        With 7 nodes.

    Raises
    ------
    GameError
        A payoff is no number.

    Examples
    --------
    >>> from efmodels.instances import battle_of_the_sexes
    >>> battle_of_the_sexes().payoffs.tolist()
    [[2.0, 1.0], [0.0, 0.0], [0.0, 0.0], [1.0, 2.0]]
    """
    most, least = _numbers(favourite=favourite, other=other)
    places = ("Opera", "Fight")
    return Game.from_matrices(
        _exact([[most, 0], [0, least]]),
        _exact([[least, 0], [0, most]]),
        actions=(places, places),
        title=titled("Battle of the sexes", favourite=most, other=least),
    )


def commitment_game() -> Game:
    """Return a 2x2 game in which the row player gains by committing herself.

    ======  ====  ======
    ..      X     Y
    ======  ====  ======
    **X**   1, 1  11, 0
    **Y**   0, 0  10, 1
    ======  ====  ======

    The players are called Leader and Follower. Both choose at once: each has one infoset. For the
    leader X dominates Y, so that (X, X) is the only Nash equilibrium and pays her 1. If she commits
    herself to X and Y with probability 1/2 each, and the follower breaks the tie in her favour, she
    gets 10 1/2, which is the most that commitment can give her.

    Returns
    -------
    Game
        With 7 nodes.

    Examples
    --------
    >>> from efmodels.instances import commitment_game
    >>> game = commitment_game()
    >>> game.players, game.payoffs.tolist()
    (('Leader', 'Follower'), [[1.0, 1.0], [11.0, 0.0], [0.0, 0.0], [10.0, 1.0]])
    """
    return Game.from_matrices(
        [[1, 11], [0, 10]],
        [[1, 0], [0, 1]],
        players=("Leader", "Follower"),
        actions=("XY", "XY"),
        title="Commitment game",
    )


def matching_pennies() -> Game:
    """Return matching pennies: the first player wants two coins to match, the second does not.

    ======  ======  ======
    ..      Heads   Tails
    ======  ======  ======
    Heads   1, -1   -1, 1
    Tails   -1, 1   1, -1
    ======  ======  ======

    Both choose at once: each player has one infoset. The game is zero-sum, its value is 0, and the
    only equilibrium is to toss the coins.

    Returns
    -------
    Game
        With 7 nodes.

    Examples
    --------
    >>> from efmodels.instances import matching_pennies
    >>> matching_pennies().payoffs[:, 0].tolist()
    [1.0, -1.0, -1.0, 1.0]
    """
    sides = ("Heads", "Tails")
    return Game.from_matrices(
        [[1, -1], [-1, 1]], [[-1, 1], [1, -1]], actions=(sides, sides), title="Matching pennies"
    )


def rock_paper_scissors() -> Game:
    """Return rock, paper, scissors: the winner gets 1 from the loser.

    Paper beats rock, scissors beat paper, rock beats scissors; a tie is worth 0. Both choose at
    once: each player has one infoset. The game is zero-sum, its value is 0, and the only
    equilibrium is to choose all three with the same probability.

    Returns
    -------
    Game
        With 13 nodes.

    Examples
    --------
    >>> from efmodels.instances import rock_paper_scissors
    >>> rock_paper_scissors().payoffs[:, 0].reshape(3, 3).astype(int).tolist()
    [[0, -1, 1], [1, 0, -1], [-1, 1, 0]]
    """
    rows = _cycle(win=-1, lose=1, tie=0)
    return _symmetric(rows, ("Rock", "Paper", "Scissors"), "Rock, paper, scissors")


def shapley(win: Number | str = 1, lose: Number | str = 0, tie: Number | str = 0) -> Game:
    """Return Shapley's 3x3 game, in which fictitious play does not converge.

    Each player chooses one of three actions in a circle: a beats b, b beats c, c beats a. The
    winner gets ``win``, the loser ``lose``, and with equal choices both get ``tie``. Both choose at
    once: each player has one infoset.

    Parameters
    ----------
    win, lose, tie
        The payoffs; a number, or a text such as ``"1/3"``.

    Returns
    -------
    Game
        With 13 nodes.

    Raises
    ------
    GameError
        A payoff is no number.

    Notes
    -----
    With the defaults this is, up to the names of the actions, the game of Shapley, "Some topics in
    two-person games" (1964). In ``shapley(5, 4, 0)`` correlation avoids the ties, which cost both.

    Examples
    --------
    >>> from efmodels.instances import shapley
    >>> shapley().payoffs.astype(int).tolist()[:3]
    [[0, 0], [1, 0], [0, 1]]
    """
    better, worse, equal = _numbers(win=win, lose=lose, tie=tie)
    title = titled("Shapley's game", win=better, lose=worse, tie=equal)
    return _symmetric(_cycle(better, worse, equal), ("a", "b", "c"), title)


def _numbers(**payoffs: Number | str) -> tuple[Number, ...]:
    """Return the payoffs as numbers."""
    return tuple(number(name, payoff) for name, payoff in payoffs.items())


def _cycle(win: Number, lose: Number, tie: Number) -> list[list[Number]]:
    """Return the row player's payoffs if each of three actions beats the next one."""
    return [[tie, win, lose], [lose, tie, win], [win, lose, tie]]


def _symmetric(rows: Sequence[Sequence[Number]], actions: tuple[str, ...], title: str) -> Game:
    """Return the two-player game that looks the same from both sides."""
    table = _exact(rows)
    return Game.from_matrices(table, table.T, actions=(actions, actions), title=title)


def _exact(rows: Sequence[Sequence[Number]]) -> NDArray[np.object_]:
    """Return an array in which numbers stay what they are."""
    return np.array(rows, dtype=object)
