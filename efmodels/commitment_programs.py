"""The best commitment by one linear program for each way in which the followers may reply."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import prod
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.bulk import AutomaticSolver, BulkSettings
from efmodels.errors import GameError, SizeError
from efmodels.linear_program import LinearProgram
from efmodels.mediation_blocks import require_game
from efmodels.mediator.explicit_plans import ReducedPlans
from efmodels.optimal_commitments import OptimalCommitment
from efmodels.profile_blocks import Commitment, profile_of
from efmodels.results import Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from efmodels.game import Floats, Game
    from efmodels.polytope import FlowPolytope

    Replies = Mapping[str, Floats]

MOST_PROFILES = 100_000
"""How many combinations of followers' pure plans are tried."""


def stackelberg_by_programs(game: Game, leader: str | None = None) -> OptimalCommitment:
    r"""Find the best commitment by a linear program for each profile of followers' pure plans.

    For a profile ``y`` of reduced plans, one per follower, the leader's best plan among those to
    which ``y`` is an equilibrium of the followers is

    .. math::

        \max_{x, v}\; c(y)^\top x \quad\text{s.t.}\quad F x = f,\; x \ge 0,\quad
        F_i^\top v_i \ge A_i(y_{-i})^\top x,\quad
        y_i^\top A_i(y_{-i})^\top x \ge v_i[\emptyset] \text{ for every follower } i .

    The best of these programs is the strong Stackelberg equilibrium. With several followers it is
    the one in which they do not mix: of all their pure equilibria they play the one that the leader
    likes best. Profiles that cannot bring more than what was found are left out.

    Parameters
    ----------
    game
        Any number of players, perfect recall: a matrix game or a small tree.
    leader
        Who commits, by label; the first player by default.

    Raises
    ------
    GameError
        Recall is not perfect, there is no such leader; or, with several followers, none of her
        plans leaves them an equilibrium in pure plans.
    SizeError
        The followers have more than 100,000 profiles of reduced plans.

    References
    ----------
    Conitzer and Sandholm, Computing the optimal strategy to commit to, EC (2006), for matrix games
    of two players.

    Examples
    --------
    >>> import efmodels as ef
    >>> found = ef.stackelberg_by_programs(ef.instances.commitment_game())
    >>> round(found.value, 6), found.plan.tolist()
    (10.5, [1.0, 0.5, 0.5])

    Two followers who have to agree between themselves, on which the leader has an influence:

    >>> hers = [[[4, 0], [0, 1]], [[1, 0], [0, 2]]]
    >>> his = [[[1, 0], [0, 3]], [[2, 0], [0, 1]]]
    >>> game = ef.Game.from_matrices(hers, his, his)
    >>> round(ef.stackelberg_by_programs(game).value, 6)
    4.0
    """
    start = perf_counter()
    require_game(game)
    if not game.players:
        raise GameError("stackelberg_by_programs needs a leader; this game has no players")
    game.require_perfect_recall()
    first = game.players[0 if leader is None else game.player_number(leader) - 1]
    replies = _Replies(game, first)
    replies.require_room()
    found, solved = _best(replies)
    if found is None:
        raise GameError(
            f"no plan of {first!r} leaves the others an equilibrium in pure plans. With advice to "
            "them there is always one: sefce"
        )
    x, y = found
    followers = tuple(replies.followers)
    commitment = Commitment(profile_of(game, {first: x, **y}), followers)
    value = commitment.payoffs()[first]
    return OptimalCommitment(
        first, value, value, "optimal", commitment, x, solved, perf_counter() - start
    )


def _best(replies: _Replies) -> tuple[tuple[Floats, Replies] | None, int]:
    """Return the best plan with the replies to it, if there is any, and how many were solved."""
    best, found, solved = -np.inf, None, 0
    solver = AutomaticSolver()
    for most, profile in replies.profiles():
        if most <= best:
            break
        y = replies.plans(profile)
        solver.load(replies.program(y))
        run = solver.run(BulkSettings(vertex=True))
        solved += 1
        if run.status is Status.OPTIMAL and run.solution is not None and run.bound > best:
            polytope = replies.leaders
            x = run.solution.x[: polytope.size]
            best, found = run.bound, (polytope.realization(polytope.behaviour(x)), y)
    return found, solved


@dataclass(frozen=True, eq=False)
class _Replies:
    """The pure plans of all followers, and the program of each profile."""

    game: Game
    leader: str

    @cached_property
    def leaders(self) -> FlowPolytope:
        """The leader's plans."""
        return self.game.sequence_form().polytope(self.leader)

    @cached_property
    def followers(self) -> dict[str, ReducedPlans]:
        """The others' reduced plans, by label."""
        form = self.game.sequence_form()
        others = [player for player in self.game.players if player != self.leader]
        return {player: ReducedPlans(form.polytope(player)) for player in others}

    def require_room(self) -> None:
        """Raise if there are too many profiles."""
        number = prod(plans.number for plans in self.followers.values())
        if number > MOST_PROFILES:
            raise SizeError(
                f"the followers have {number:,} profiles of pure plans, and no more than "
                f"{MOST_PROFILES:,} linear programs are solved. With two players, take "
                "stackelberg_by_bounds or the formulation stackelberg"
            )

    def profiles(self) -> list[tuple[float, tuple[int, ...]]]:
        """Return all profiles with the most that the leader could get, the best first."""
        numbers = [range(plans.number) for plans in self.followers.values()]
        listed = [
            (self.leaders.best_response(self._worth(self.leader, self.plans(profile)))[0], profile)
            for profile in product(*numbers)
        ]
        return sorted(listed, key=lambda pair: -pair[0])

    def plans(self, profile: tuple[int, ...]) -> Replies:
        """Return the realization plans of a profile."""
        return {
            player: plans.realization[k].astype(float)
            for (player, plans), k in zip(self.followers.items(), profile, strict=True)
        }

    def _worth(self, player: str, fixed: Replies) -> Floats:
        """Return a player's payoff per sequence of the leader, all others' plans being fixed."""
        form, k = self.game.sequence_form(), self.game.player_number(self.leader) - 1
        worth = self._weights(player, fixed)
        here = form.sequences[:, k]
        total: Floats = np.bincount(here, worth, minlength=self.leaders.size).astype(float)
        return total

    def _weights(self, player: str, fixed: Replies) -> Floats:
        """Return a player's payoff per tuple of sequences, where some have fixed plans."""
        form = self.game.sequence_form()
        worth: Floats = form.payoffs[:, self.game.player_number(player) - 1].copy()
        for other, plan in fixed.items():
            worth *= plan[form.sequences[:, self.game.player_number(other) - 1]]
        return worth

    def program(self, y: Replies) -> LinearProgram:
        """Return the program of a profile: columns are ``x`` and the values ``v`` of everybody."""
        leaders = self.leaders
        parts = [self._reply_rows(player, y) for player in self.followers]
        left = sparse.vstack([leaders.F, *(worth for worth, _ in parts)])
        replies = sparse.block_diag([np.zeros((0, 0)), *(values for _, values in parts)])
        flow = sparse.csr_array((leaders.points + 1, replies.shape[1]))
        A = sparse.csr_array(sparse.hstack([left, sparse.vstack([flow, replies])]))
        A.eliminate_zeros()
        below, values = np.zeros(replies.shape[0]), np.full(replies.shape[1], np.inf)
        return LinearProgram(
            A,
            np.concatenate([self._worth(self.leader, y), np.zeros(len(values))]),
            np.concatenate([leaders.f, below]),
            np.concatenate([leaders.f, below + np.inf]),
            np.concatenate([np.zeros(leaders.size), -values]),
            np.full(A.shape[1], np.inf),
            np.zeros(A.shape[1], dtype=bool),
            maximize=True,
        )

    def _reply_rows(self, player: str, y: Replies) -> tuple[sparse.csr_array, sparse.csr_array]:
        """Return the parts of ``x`` and of ``v`` in the rows by which a plan is a best reply."""
        polytope = self.followers[player].polytope
        A = self._against(player, {one: plan for one, plan in y.items() if one != player})
        worth = sparse.vstack([-A.T, sparse.csr_array((A @ y[player])[None, :])])
        root = sparse.csr_array(([-1.0], ([0], [0])), shape=(1, polytope.points + 1))
        return sparse.csr_array(worth), sparse.csr_array(sparse.vstack([polytope.F.T, root]))

    def _against(self, player: str, fixed: Replies) -> sparse.csr_array:
        """Return a follower's payoffs against the leader: rows are the leader's sequences."""
        form, game = self.game.sequence_form(), self.game
        rows, columns = (
            form.sequences[:, game.player_number(p) - 1] for p in (self.leader, player)
        )
        shape = (self.leaders.size, self.followers[player].polytope.size)
        return sparse.csr_array((self._weights(player, fixed), (rows, columns)), shape=shape)
