"""One equilibrium of a game, learned by its players in self-play, and verified from the tree."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from efmodels.equilibrium import text_of_regret
from efmodels.errors import CapabilityError, GameError
from efmodels.learning.algorithms import ALGORITHMS
from efmodels.mediated_concepts import switches_of
from efmodels.mediator import concept as concepts
from efmodels.mediator.concept import concept_name
from efmodels.mediator.explicit_plans import ReducedPlans
from efmodels.self_play.fixed_point_play import FixedPointPlay
from efmodels.self_play.learner_trees import shapes, tree_swap
from efmodels.tables import html_table, text_table

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from efmodels.game import Floats, Game
    from efmodels.learning.algorithms import Algorithm
    from efmodels.mediator.concept import Concept
    from efmodels.self_play.plan_mixtures import PlanMixture

LEARNED_AS = {
    concepts.COMMUNICATION: concepts.PRIVATE_COMMUNICATION,
    concepts.CERTIFICATION: concepts.EFCE,
    concepts.COARSE_CERTIFICATION: concepts.EFCCE,
    concepts.MEDIATED: concepts.NFCCE,
}
"""Whose equilibria are those of a mediator with recall, too: it may tell plans move by move."""

MOST_PLANS = 200
"""With more reduced plans of a player than that, they are not listed: a tree of learners learns."""

FIRST_LOOK, GROWTH = 20, 1.3
"""After how many rounds regrets are looked at, and how much later each time."""


@dataclass(frozen=True)
class Round:
    """Where learning stood at a time.

    Attributes
    ----------
    iterations
        Rounds played so far.
    seconds
        Wall time so far.
    regret
        The largest regret, as a share of the player's payoff range.
    """

    iterations: int
    seconds: float
    regret: float


@dataclass(frozen=True, eq=False, repr=False)
class LearnedEquilibrium:
    """An approximate equilibrium that players have learned.

    Attributes
    ----------
    concept
        Name of the concept.
    payoffs
        Each player's expected payoff, computed from the tree.
    regrets
        What each player could gain by the best deviation of the concept, recomputed from the tree.
    status
        ``"solved"`` if no regret is larger than the tolerance; else ``"iteration limit"``, ``"time
        limit"`` or ``"stopped"``.
    iterations
        Rounds of self-play.
    seconds
        Wall time, without the last verification.
    mixture
        What is played: a lottery over products of plans.
    log
        What was looked at on the way.
    """

    concept: str
    payoffs: dict[str, float]
    regrets: dict[str, float]
    status: str
    iterations: int
    seconds: float
    mixture: PlanMixture
    log: tuple[Round, ...]

    def frame(self) -> pd.DataFrame:
        """Return the log as a table: iterations, seconds, regret."""
        import pandas as pd

        columns = ["iterations", "seconds", "regret"]
        return pd.DataFrame([vars(entry) for entry in self.log], columns=columns)

    def _facts(self) -> list[tuple[str, str]]:
        return [
            ("concept", self.concept),
            ("status", self.status),
            ("iterations", str(self.iterations)),
            ("seconds", f"{self.seconds:.3g}"),
        ]

    def __repr__(self) -> str:
        facts = self._facts()
        facts += [(f"payoff {player}", f"{u:.9g}") for player, u in self.payoffs.items()]
        facts += [(f"regret {player}", f"{r:.3g}") for player, r in self.regrets.items()]
        return text_table(facts)

    def _repr_html_(self) -> str:
        """Show as tables in a notebook."""
        players = [
            (player, f"{payoff:.9g}", text_of_regret(self.regrets[player]))
            for player, payoff in self.payoffs.items()
        ]
        title = f"Learned: {self.mixture.game.title or 'a game'}"
        facts = html_table(self._facts(), caption=title)
        heads = ("player", "payoff", "regret")
        return f"<div>{facts}{html_table(players, caption='Players', heads=heads)}</div>"


def learn_equilibrium(
    game: Game,
    concept: str | Concept,
    *,
    tolerance: float = 0.01,
    iteration_limit: int = 10_000,
    time_limit: float | None = None,
    algorithm: str = "pcfr+",
    callback: Callable[[Round], bool] | None = None,
) -> LearnedEquilibrium:
    """Let the players of a game learn in self-play until they are at an approximate equilibrium.

    It is *one* equilibrium: nothing is maximised, and which one is found is not chosen. In turn no
    mediator's polytope is needed, which for the concepts with a private mediator grows
    exponentially. The rounds that were played, each as likely as its weight, are the lottery that a
    mediator draws from.

    - EFCE, EFCCE, NFCCE, LCE, PCOMM: everybody learns without regret for the deviations of the
      concept, see :mod:`efmodels.self_play.fixed_point_play`.
    - COMM, CERT, CCERT, NFCCERT: as PCOMM, EFCE, EFCCE and NFCCE, whose equilibria they are if the
      mediator tells the plans that it has drawn move by move, and takes no notice of what others
      said.
    - NFCE: swap regret over listed plans if no player has more than 200 reduced ones, else
      :mod:`efmodels.self_play.learner_trees`, which is slow to become accurate.

    Nothing is random: the same call gives the same result.

    Parameters
    ----------
    game
        With perfect recall; any number of players, any payoffs.
    concept
        Name or acronym of a mediated concept, or its switches.
    tolerance
        How much each player may regret, as a share of her payoff range.
    iteration_limit
        How many rounds to play at most; all are kept.
    time_limit
        Seconds to play at most.
    algorithm
        How maps of plans are learned: a name in ``ALGORITHMS`` of
        :mod:`efmodels.learning.algorithms`.
    callback
        Called with each entry of the log; learning ends if it returns ``True``.

    Returns
    -------
    LearnedEquilibrium
        Its regrets are recomputed from the tree, by a search that shares nothing with the learner.

    Raises
    ------
    GameError
        Recall is not perfect, or the concept or the algorithm is not known.
    CapabilityError
        The mediator sees moves without being told, or deviators see or hear those of others: that
        is not learned here.

    References
    ----------
    Gordon, Greenwald and Marks, No-regret learning in convex games, ICML (2008).

    Farina, Celli, Marchesi and Gatti, Simple uncoupled no-regret learning dynamics for
    extensive-form correlated equilibrium, arXiv:2104.01520.

    Farina and Pipis, Polynomial-time linear-swap regret minimization in imperfect-information
    sequential games, arXiv:2307.05448.

    Zhang, Farina and Sandholm, Mediator interpretation and faster learning algorithms for linear
    correlated equilibria in general extensive-form games, arXiv:2310.15935.

    Examples
    --------
    >>> import efmodels as ef
    >>> learned = ef.learn_equilibrium(ef.instances.kuhn(players=3, ranks=4), "EFCE")
    >>> learned.status, max(learned.regrets.values()) < 0.01 * 6
    ('solved', True)
    """
    switches = switches_of(concept)
    if algorithm not in ALGORITHMS:
        raise GameError(f"no algorithm is called {algorithm!r}; there are {sorted(ALGORITHMS)}")
    game.require_perfect_recall()
    session = _Session(game, switches, tolerance, iteration_limit, time_limit, callback)
    rule = ALGORITHMS[algorithm]
    if switches.deviate == "plan" and not _plans_can_be_listed(game):
        return session.plant_trees(rule)
    return session.play(_self_play(game, switches, rule))


def _self_play(game: Game, switches: Concept, algorithm: Algorithm) -> FixedPointPlay:
    """Return the self-play of a concept that has not begun."""
    if switches.deviate == "plan":
        return FixedPointPlay.for_whole_plans(game, algorithm)
    learned = LEARNED_AS.get(switches, switches)
    if learned.memory != "private" or {learned.spies, learned.overhears} != {"nothing"}:
        raise CapabilityError(
            f"self-play does not learn {concept_name(switches)}: somebody sees or hears what "
            "others do; use ef.optimal_equilibrium, whose linear program can"
        )
    return FixedPointPlay.for_concept(game, learned, algorithm)


def _plans_can_be_listed(game: Game) -> bool:
    polytopes = game.sequence_form().polytopes
    return all(ReducedPlans(polytope).number <= MOST_PLANS for polytope in polytopes)


@dataclass
class _Session:
    """Plays until it is good enough, or too late."""

    game: Game
    switches: Concept
    tolerance: float
    iteration_limit: int
    time_limit: float | None
    callback: Callable[[Round], bool] | None

    def __post_init__(self) -> None:
        self.started = perf_counter()
        self.log: list[Round] = []
        self.stopped = False
        spread = np.ptp(self.game.payoffs, axis=0)
        self.ranges: Floats = np.where(spread > 0, spread, 1.0)

    def play(self, dynamics: FixedPointPlay) -> LearnedEquilibrium:
        """Play rounds of one self-play."""
        look = float(FIRST_LOOK)
        while True:
            rounds = min(int(look), self.iteration_limit) - dynamics.iterations
            if rounds > 0:
                self._run(dynamics, rounds)
            self._note(dynamics.iterations, np.array(dynamics.regrets()))
            if self._is_over(dynamics.iterations):
                break
            look *= GROWTH
        return self._ended(dynamics.mixture(), dynamics.iterations)

    def plant_trees(self, algorithm: Algorithm) -> LearnedEquilibrium:
        """Play one tree of learners after the other, and keep the best mixture."""
        best, least, played = tree_swap(self.game, 1, 1, algorithm), np.inf, 1
        for steps, depth in shapes(self.iteration_limit):
            if self._is_over(played):
                break
            if played + steps**depth > self.iteration_limit:
                break
            mixture = tree_swap(self.game, steps, depth, algorithm)
            played += steps**depth
            regrets = np.array(list(mixture.regrets(self.switches).values()))
            worst = float((regrets / self.ranges).max())
            if worst < least:
                best, least = mixture, worst
            self._note(played, regrets)
        return self._ended(best, played)

    def _run(self, dynamics: FixedPointPlay, rounds: int) -> None:
        """Play some rounds, but at least one, and not much longer than there is time."""
        for _ in range(rounds):
            dynamics.run(1)
            if self._is_late():
                return

    def _note(self, iterations: int, regrets: Floats) -> None:
        worst = float((regrets / self.ranges).max(initial=0.0))
        entry = Round(iterations, perf_counter() - self.started, worst)
        self.log.append(entry)
        if self.callback is not None and self.callback(entry):
            self.stopped = True

    def _is_late(self) -> bool:
        return self.time_limit is not None and perf_counter() - self.started > self.time_limit

    def _is_over(self, iterations: int) -> bool:
        solved = any(entry.regret <= self.tolerance for entry in self.log)
        return solved or self.stopped or self._is_late() or iterations >= self.iteration_limit

    def _ended(self, mixture: PlanMixture, iterations: int) -> LearnedEquilibrium:
        seconds = perf_counter() - self.started
        regrets = mixture.regrets(self.switches)
        worst = max((np.array(list(regrets.values())) / self.ranges).tolist(), default=0.0)
        status = "iteration limit"
        if worst <= self.tolerance:
            status = "solved"
        elif self.stopped:
            status = "stopped"
        elif self._is_late():
            status = "time limit"
        return LearnedEquilibrium(
            concept_name(self.switches),
            mixture.payoffs(),
            regrets,
            status,
            iterations,
            seconds,
            mixture,
            tuple(self.log),
        )
