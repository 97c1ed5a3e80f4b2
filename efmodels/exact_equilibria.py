"""Equilibria of two players by complementary pivoting, exactly: Nash ones, and refined ones."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from efmodels.algorithms.complementary_pivoting import NAME, pivoted, values_in_basis
from efmodels.algorithms.sequence_form_complementarity import sequence_pairs
from efmodels.errors import GameError, SolverError
from efmodels.exact_profiles import ExactProfile
from efmodels.perturbations import Floors, trembling_actions, trembling_sequences
from efmodels.profile_blocks import require_two_players

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from efmodels.algorithms.sequence_form_complementarity import SequencePairs
    from efmodels.game import Game, Number
    from efmodels.perturbations import Perturbation

START = Fraction(1, 1000)
"""The first epsilon that is tried."""

STEP = Fraction(1, 1000)
"""By what it is multiplied if its basis is not stable."""

TRIALS = 12
"""How many are tried."""

NEAR_ZERO = Fraction(1, 2**256)
"""Where limits are read off."""

LARGEST_DENOMINATOR = 2**96
"""Of a probability in the limit."""


@dataclass(frozen=True, eq=False)
class ExactEquilibrium:
    """A Nash equilibrium in fractions.

    Attributes
    ----------
    profile
        Everybody's strategy; uniform where a plan never gets.
    pivots
        Length of the path of pivots that led there.
    """

    profile: ExactProfile
    pivots: int

    def payoffs(self) -> dict[str, Fraction]:
        """Return each player's expected payoff."""
        return self.profile.payoffs()

    def regrets(self) -> dict[str, Fraction]:
        """Return what each player could gain by deviating, from the tree: 0 for everybody."""
        return self.profile.regrets()

    def strategy(self) -> pd.DataFrame:
        """Return a table: player, infoset, action, probability, reach, regret."""
        return self.profile.strategy()


@dataclass(frozen=True, eq=False)
class LimitEquilibrium(ExactEquilibrium):
    """The limit of equilibria of perturbed games, in fractions.

    Attributes
    ----------
    epsilon
        From here to zero one basis has been seen to stay an equilibrium.
    trembling
        The equilibrium of the perturbed game at that number.
    """

    epsilon: Fraction
    trembling: ExactProfile


def lemke(game: Game, costs: Mapping[str, Sequence[Number]] | None = None) -> ExactEquilibrium:
    r"""Return a Nash equilibrium of a two-player game, exactly.

    Lemke's method on the complementarity problem of the sequence form: all plans :math:`x, y` and
    values :math:`v` with

    .. math::

        F_1 x = f_1,\quad F_2 y = f_2,\quad
        0 \le x \perp F_1^\top v_1 - A y \ge 0,\quad
        0 \le y \perp F_2^\top v_2 - B^\top x \ge 0 .

    The path starts with an artificial cost of moves that is large, and along it the cost vanishes.
    Because the plans of least cost are unique it cannot end in a ray, and the lexicographic ratio
    test forbids cycles.

    Parameters
    ----------
    game
        Two players, perfect recall. Payoffs and chances that are floats count as the fractions that
        they are.
    costs
        The covering vector: for each player, by label, a number per sequence, the empty one
        included. The path starts at the plans of the least cost. Other costs may lead to other
        equilibria. By default the first action at each infoset costs nothing, and all others 1.

    Returns
    -------
    ExactEquilibrium
        ``profile``, ``payoffs()``, ``regrets()`` (0, in fractions) and ``pivots``.

    Raises
    ------
    GameError
        Not two players, imperfect recall, no game at all; or costs that are missing, too many, or
        such that two plans are the cheapest.

    Notes
    -----
    The problem has a pair for each sequence but the empty ones, and its time depends on the length
    of the path, which can be exponential in the number of pairs, and seldom is.

    References
    ----------
    Lemke (1965); Koller, Megiddo and von Stengel, Efficient computation of equilibria for extensive
    two-person games (1996); von Stengel, van den Elzen and Talman, Computing normal form perfect
    equilibria for extensive two-person games (2002).

    Examples
    --------
    >>> import efmodels as ef
    >>> found = ef.lemke(ef.instances.kuhn())
    >>> found.payoffs(), found.regrets()
    ({'P1': Fraction(-1, 18), 'P2': Fraction(1, 18)}, {'P1': Fraction(0, 1), 'P2': Fraction(0, 1)})
    """
    require_two_players(game, "lemke")
    pairs = sequence_pairs(game, costs)
    none = [
        Floors((Fraction(0),) * one.size, (Fraction(0),) * one.size)
        for one in game.sequence_form().polytopes
    ]
    point = pivoted(pairs.problem(none), pairs.covering)
    found = ExactEquilibrium(_profile(pairs, point.z, none), point.pivots)
    _require_no_regret(found.profile)
    return found


def perfect_equilibrium_by_pivoting(
    game: Game,
    perturbation: Perturbation | None = None,
    costs: Mapping[str, Sequence[Number]] | None = None,
) -> LimitEquilibrium:
    r"""Return an extensive-form perfect equilibrium of a two-player game, exactly.

    It is a limit of equilibria in which every action is taken with a probability of at least
    :math:`\epsilon` wherever it can be; see `limit_equilibrium_by_pivoting`.

    Parameters
    ----------
    game
        Two players, perfect recall.
    perturbation
        How actions tremble, if not all with :math:`\epsilon`; see
        :func:`~efmodels.perturbations.trembling_actions`.
    costs
        See `lemke`.

    Raises
    ------
    GameError
        Not two players, imperfect recall, or no game at all.
    SolverError
        No basis is stable.

    References
    ----------
    Farina and Gatti, Extensive-form perfect equilibrium computation in two-player games (2017);
    Farina, Gatti and Sandholm, Practical exact algorithm for trembling-hand equilibrium refinements
    in games (2018). The test of stability is written from memory of the latter.

    Examples
    --------
    >>> import efmodels as ef
    >>> game = ef.instances.guess_the_ace(cards=4)
    >>> found = ef.perfect_equilibrium_by_pivoting(game)
    >>> dict(zip(game.action_names[2:], map(str, found.profile.behaviour[2:])))
    {'stop': '1', 'play': '0', 'ace': '0', 'not ace': '1'}
    """
    require_two_players(game, "perfect_equilibrium_by_pivoting")
    chosen = trembling_actions(game) if perturbation is None else perturbation
    return limit_equilibrium_by_pivoting(chosen, costs)


def quasi_perfect_equilibrium_by_pivoting(
    game: Game,
    perturbation: Perturbation | None = None,
    costs: Mapping[str, Sequence[Number]] | None = None,
) -> LimitEquilibrium:
    r"""Return a quasi-perfect equilibrium of a two-player game, exactly.

    It is a limit of equilibria in which every sequence of :math:`n` moves has a probability of at
    least :math:`\epsilon^n`: everybody replies to the trembles of others, and takes her own later
    ones to be much less likely; see `limit_equilibrium_by_pivoting`.

    Parameters
    ----------
    game
        Two players, perfect recall.
    perturbation
        How sequences tremble, if not by these powers; see
        :func:`~efmodels.perturbations.trembling_sequences`.
    costs
        See `lemke`.

    Raises
    ------
    GameError
        Not two players, imperfect recall, or no game at all.
    SolverError
        No basis is stable.

    References
    ----------
    Miltersen and Sørensen, Computing a quasi-perfect equilibrium of a two-player game, Economic
    Theory 42 (2010).

    Examples
    --------
    >>> import efmodels as ef
    >>> found = ef.quasi_perfect_equilibrium_by_pivoting(ef.instances.entry_game())
    >>> found.payoffs()
    {'Entrant': Fraction(1, 1), 'Incumbent': Fraction(1, 1)}
    """
    require_two_players(game, "quasi_perfect_equilibrium_by_pivoting")
    chosen = trembling_sequences(game) if perturbation is None else perturbation
    return limit_equilibrium_by_pivoting(chosen, costs)


def limit_equilibrium_by_pivoting(
    perturbation: Perturbation,
    costs: Mapping[str, Sequence[Number]] | None = None,
    epsilon: Number = START,
) -> LimitEquilibrium:
    r"""Return the limit of equilibria of perturbed games, by pivoting and a test of stability.

    The perturbed game is solved by pivoting at :math:`\epsilon = 1/1000`. Its basis, the set of
    sequences above their floors, is accepted if it is an equilibrium at :math:`\epsilon/1000` and
    at :math:`2^{-256}` as well; otherwise :math:`\epsilon` is divided by 1000. The strategy in the
    limit is the fraction with a small denominator beside the one at :math:`2^{-256}`; it is
    accepted if it is the same at :math:`2^{-266}`, and if nobody regrets it in the tree.

    Parameters
    ----------
    perturbation
        How hands tremble; it knows the game.
    costs
        See `lemke`.
    epsilon
        The number that is tried first.

    Raises
    ------
    GameError
        The game does not have two players, or epsilon is not above 0.
    SolverError
        No basis is stable.

    Notes
    -----
    Passing the test at three numbers is strong evidence, and no proof, that the basis stays one of
    equilibria all the way down.
    """
    game = require_two_players(perturbation.game, "limit_equilibrium_by_pivoting")
    pairs = sequence_pairs(game, costs)
    small, pivots = Fraction(epsilon), 0
    if small <= 0:
        raise GameError(f"epsilon must be above 0; got {epsilon}")
    for _ in range(TRIALS):
        found = _trial(pairs, perturbation, small, pivots)
        if isinstance(found, LimitEquilibrium):
            return found
        small, pivots = small * STEP, found
    raise SolverError(
        f"no basis was stable for epsilon from {float(epsilon):g} down to {float(small):g}: try "
        "other costs, or another perturbation",
        status="unstable",
        solver=NAME,
    )


def _trial(
    pairs: SequencePairs, perturbation: Perturbation, epsilon: Fraction, pivots: int
) -> LimitEquilibrium | int:
    """Return the limit if the basis at a number is stable, else the pivots made up to now."""
    try:
        floors = list(perturbation.at(epsilon).values())
    except GameError:  # there is no room for such floors: take smaller ones
        return pivots
    point = pivoted(pairs.problem(floors), pairs.covering)
    pivots += point.pivots
    near = [
        _in_basis(pairs, perturbation, point.basis, small)
        for small in (epsilon * STEP, NEAR_ZERO, NEAR_ZERO / 1024)
    ]
    limits = [None if one is None else _rounded(one) for one in near[1:]]
    if None in near or limits[0] is None or limits[0] != limits[1]:
        return pivots
    profile = ExactProfile(pairs.game, limits[0])
    if any(profile.regrets().values()):
        return pivots
    trembling = _profile(pairs, point.z, floors)
    return LimitEquilibrium(profile, pivots, epsilon, trembling)


def _in_basis(
    pairs: SequencePairs, perturbation: Perturbation, basis: Iterable[int], epsilon: Fraction
) -> ExactProfile | None:
    """Return the equilibrium that a basis has at a number, ``None`` if it has none."""
    floors = list(perturbation.at(epsilon).values())
    try:
        z, w = values_in_basis(pairs.problem(floors), basis)
    except SolverError:  # singular there
        return None
    if min((*z, *w), default=Fraction(0)) < 0:
        return None
    return _profile(pairs, z, floors)


def _rounded(profile: ExactProfile) -> tuple[Fraction, ...] | None:
    """Return the fractions of small denominators nearby, ``None`` if they are no strategy."""
    near = tuple(one.limit_denominator(LARGEST_DENOMINATOR) for one in profile.behaviour)
    game = profile.game
    chance = len(game.chance_probabilities)
    sums = [sum(near[a:b]) for a, b in pairwise(game.action_start.tolist()) if a >= chance]
    return near if all(one == 1 for one in sums) else None


def _profile(pairs: SequencePairs, z: Sequence[Fraction], floors: Sequence[Floors]) -> ExactProfile:
    """Return the behaviour strategies of the plans at a point; uniform where they never get."""
    behaviour = [Fraction(one) for one in pairs.game.chance_probabilities]
    for polytope, x in zip(pairs.polytopes, pairs.plans(z, floors), strict=True):
        for j in range(polytope.points):
            start, end = int(polytope.start[j]), int(polytope.start[j + 1])
            flow = x[int(polytope.incoming[j])]
            behaviour += [
                x[q] / flow if flow else Fraction(1, end - start) for q in range(start, end)
            ]
    return ExactProfile(pairs.game, tuple(behaviour))


def _require_no_regret(profile: ExactProfile) -> None:
    """Raise unless nobody could gain: pivoting is checked by the tree, as every solver is."""
    regrets = profile.regrets()
    if any(regrets.values()):
        raise SolverError(
            f"complementary pivoting returned strategies with regrets {regrets}; this is a defect: "
            "please report the game",
            status="error",
            solver=NAME,
        )
