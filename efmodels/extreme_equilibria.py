"""All extreme Nash equilibria of a small two-player game, in exact numbers, by Gambit."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import comb
from typing import TYPE_CHECKING, Any

import numpy as np

from efmodels.errors import SizeError
from efmodels.files import to_pygambit
from efmodels.files.exact import exact_number, number_text
from efmodels.game import Game
from efmodels.mediator.explicit_plans import ReducedPlans
from efmodels.optional_packages import imported
from efmodels.profile_blocks import profile_of, require_two_players
from efmodels.sequences import last_sequences

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from efmodels.verifying import Profile

    Exact = NDArray[np.object_]

MOST_BASES = 200_000
"""How many bases are looked at unless somebody allows more: what 10 plans against 10 have."""

SHORT = 10**9
"""From here on numbers are rounded in messages."""

FACTORS = 40
"""How many factors of a binomial are computed: of 40, the smallest is beyond 1e22."""


@dataclass(frozen=True, eq=False, repr=False)
class ExactEquilibrium:
    """A Nash equilibrium in fractions.

    Attributes
    ----------
    profile
        Everybody's behaviour strategy, in floats; uniform where she does not get.
    plans
        Each player's realization plan, a fraction per sequence, by label.
    exact_payoffs
        Each player's expected payoff, a fraction, by label.
    """

    profile: Profile
    plans: dict[str, tuple[Fraction, ...]]
    exact_payoffs: dict[str, Fraction]

    def payoffs(self) -> dict[str, float]:
        """Return each player's expected payoff, as a float."""
        return {player: float(payoff) for player, payoff in self.exact_payoffs.items()}

    def regrets(self) -> dict[str, float]:
        """Return what each player could gain by deviating, from the tree."""
        return self.profile.regrets()

    def strategy(self) -> pd.DataFrame:
        """Return a table: player, infoset, action, probability, reach, regret."""
        return self.profile.strategy()

    def __repr__(self) -> str:
        payoffs = ", ".join(f"{player}: {payoff}" for player, payoff in self.exact_payoffs.items())
        return f"ExactEquilibrium({payoffs})"


def all_nash(game: Game, *, most_bases: int = MOST_BASES) -> list[ExactEquilibrium]:
    """Return all extreme Nash equilibria of a small two-player game.

    The equilibria of a two-player game are a finite union of convex sets, and the extreme ones are
    their corners: all others are mixtures of them. If there are finitely many equilibria, these are
    all. Whatever is linear in payoffs is largest and smallest at one of them.

    They are found by looking at all bases of the best replies of reduced plans, in fractions, with
    pygambit's ``enummixed_solve``.

    Parameters
    ----------
    game
        Two players, perfect recall. Floats among its numbers count as the decimals that they print.
    most_bases
        How large the game may be: with ``m`` and ``n`` reduced plans there are ``(m + n)! / m! n!``
        bases. The default takes about ten seconds where ``m`` and ``n`` are similar, and a minute
        where they are not.

    Returns
    -------
    list
        Of `ExactEquilibrium`, the highest payoff of the first player first. Mixtures of whole plans
        that come to the same realization plans are there once.

    Raises
    ------
    MissingPackageError
        pygambit is not installed.
    GameError
        Not two players, imperfect recall, or no game at all.
    SizeError
        There are more bases; the message says how many.

    References
    ----------
    Mangasarian, Equilibrium points of bimatrix games, Journal of the SIAM 12 (1964). Avis,
    Rosenberg, Savani and von Stengel, Enumeration of Nash equilibria for two-player games, Economic
    Theory 42 (2010).

    Examples
    --------
    >>> import efmodels as ef
    >>> for equilibrium in ef.all_nash(ef.instances.chicken(6, 2, 7, 0)):
    ...     print(equilibrium)
    ExactEquilibrium(P1: 7, P2: 2)
    ExactEquilibrium(P1: 14/3, P2: 14/3)
    ExactEquilibrium(P1: 2, P2: 7)
    """
    require_two_players(game, "all_nash")
    plans = [ReducedPlans(polytope) for polytope in game.sequence_form().polytopes]
    _require_small(plans, most_bases)
    pygambit = imported(
        "pygambit", "pygambit", "interop", instead="find the best equilibria with formulations.nash"
    )
    tables = _payoff_tables(game, plans)
    reduced = Game.from_matrices(*tables)
    solved = pygambit.nash.enummixed_solve(to_pygambit(reduced, form="table"), rational=True)
    found = {}
    for mixed in solved.equilibria:
        equilibrium = _equilibrium(game, plans, tables, _mixtures(mixed))
        found[tuple(equilibrium.plans.values())] = equilibrium
    return sorted(found.values(), key=lambda one: tuple(one.exact_payoffs.values()), reverse=True)


def _require_small(plans: list[ReducedPlans], most_bases: int) -> None:
    first, second = (plan.number for plan in plans)
    # The first factors of the binomial are enough to see that it is too large.
    bases = comb(first + second, min(first, second, FACTORS))
    if bases > most_bases:
        raise SizeError(
            f"all_nash looks at every basis of {_short(first)} reduced plans against "
            f"{_short(second)}: {_short(bases)} or more, and most_bases is {most_bases:,}. For "
            "the best equilibria of a larger game, and for those with side constraints, maximise "
            "over formulations.nash(game)"
        )


def _short(count: int) -> str:
    return f"{count:,}" if count < SHORT else f"{Decimal(count):.1e}"


def _mixtures(profile: Any) -> list[Exact]:
    """Return the probability of each plan, for both players, of a profile of pygambit's."""
    return [
        np.array([Fraction(int(p.numerator), int(p.denominator)) for _, p in profile[player]])
        for player in profile.game.players
    ]


def _equilibrium(
    game: Game, plans: list[ReducedPlans], tables: list[Exact], mixtures: list[Exact]
) -> ExactEquilibrium:
    first, second = mixtures
    exact = {
        player: tuple((mixture @ plan.realization.astype(int)).tolist())
        for player, plan, mixture in zip(game.players, plans, mixtures, strict=True)
    }
    payoffs = {
        player: Fraction(first @ table @ second)
        for player, table in zip(game.players, tables, strict=True)
    }
    floats = {player: [float(p) for p in plan] for player, plan in exact.items()}
    return ExactEquilibrium(profile_of(game, floats), exact, payoffs)


def _payoff_tables(game: Game, plans: list[ReducedPlans]) -> list[Exact]:
    """Return each player's payoffs with a row per plan of the first, in exact numbers."""
    last = last_sequences(game)[game.terminals]
    rows, columns = (
        plan.realization[:, last[:, k]].astype(int).astype(object) for k, plan in enumerate(plans)
    )
    reach = np.array([_chance(game, int(node)) for node in game.terminals], dtype=object)
    payoffs = [[_exact(u) for u in game.exact_payoffs(int(node))] for node in game.terminals]
    return [
        (rows * (reach * np.array(column, dtype=object))) @ columns.T
        for column in zip(*payoffs, strict=True)
    ]


def _chance(game: Game, node: int) -> Fraction:
    """Return the product of the chance probabilities on the path to a node."""
    reach = Fraction(1)
    while game.parent[node] >= 0:
        above = int(game.parent[node])
        if game.owner[above] == 0:
            flat = int(game.action_start[game.infoset[above]] + game.action[node])
            reach *= _exact(game.chance_probabilities[flat])
        node = above
    return reach


def _exact(number: Any) -> Fraction:
    return Fraction(exact_number(number_text(number)))
