"""The mixed-integer block of a commitment against a follower whose hand trembles."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
from scipy import sparse

from efmodels.blocks import Formulation, FormulationBlock
from efmodels.errors import CapabilityError
from efmodels.matrix import MatrixConstraint, MatrixVar
from efmodels.matrix.labels import Labels
from efmodels.profile_blocks import plan_in
from efmodels.restart_correlation import RestartCorrelation

if TYPE_CHECKING:
    from efmodels.blocks import FormulationBlockData, Parts
    from efmodels.game import Floats, Game, Ints
    from efmodels.trembling_commitments import TremblingCommitment, TremblingPair


def trembling_commitment_block(pair: TremblingPair) -> FormulationBlockData:
    """Return the block; :func:`efmodels.formulations.quasi_perfect_stackelberg` describes it."""
    block: FormulationBlockData = FormulationBlock(concrete=True)
    block.leader = _leader(pair)
    block.follower = pyo.Block([pair.follower])
    one = block.follower[pair.follower]
    _intend(one, pair)
    _reply_everywhere(one, pair, block.leader.x)
    _add_masses(block, one, pair)
    _add_payoffs(block, pair, sparse.eye_array(len(pair.restarted[0])).tocsr())
    block.remember(_formulation(pair))
    return block


def trembling_correlation_block(pair: TremblingPair) -> FormulationBlockData:
    """Return the linear program of :mod:`efmodels.restart_correlation`, a bound."""
    program = RestartCorrelation(pair)
    block: FormulationBlockData = FormulationBlock(concrete=True)
    block.leader = _leader(pair)
    block.mass = MatrixVar(program.size, bounds=(0.0, 1.0))
    P, X = program.follower_rows()
    block.follower_flow = MatrixConstraint([(P, block.mass), (X, block.leader.x)], rhs=0.0)
    block.leader_flow = MatrixConstraint([(program.leader_rows(), block.mass)], rhs=0.0)
    block.tremble = MatrixConstraint([(program.tremble_rows(), block.mass)], lb=0.0)
    block.worth = MatrixVar(pair.restarts.size)
    W, P = program.worth_rows()
    block.worth_row = MatrixConstraint([(W, block.worth), (P, block.mass)], rhs=0.0)
    block.deviation = MatrixVar(program.deviations.size)
    W, D, P = program.deviations.rows()
    block.obey = MatrixConstraint([(W, block.worth), (D, block.deviation), (P, block.mass)], lb=0.0)
    outcome, restarted = pair.restarted
    _add_payoffs(block, pair, _pick(program.place(pair.mine[outcome], restarted), program.size))
    return block


def _leader(pair: TremblingPair) -> Any:
    """Return the leader's plan above her floors."""
    leader = FormulationBlock(concrete=True)
    polytope = pair.leaders
    leader.x = MatrixVar(polytope.size, bounds=(pair.floor, 1.0), labels=polytope)
    leader.flow = MatrixConstraint(
        [(polytope.F, leader.x)], rhs=polytope.f, labels=Labels.of_rows(polytope)
    )
    return leader


def _intend(one: Any, pair: TremblingPair) -> None:
    """Add what the follower means to do at every infoset, and the plans of all her subtrees."""
    restarts, polytope = pair.restarts, pair.restarts.polytope
    forced = np.concatenate(
        ([1.0], np.repeat(np.diff(polytope.start) == 1, np.diff(polytope.start)))
    )
    one.played = MatrixVar(polytope.size, domain=pyo.Binary, bounds=(forced, 1.0), labels=polytope)
    choose = sparse.csr_array(
        (np.ones(polytope.size - 1), (polytope.point[1:], np.arange(1, polytope.size))),
        shape=(polytope.points, polytope.size),
    )
    one.choose = MatrixConstraint([(choose, one.played)], rhs=1.0)
    one.intended = MatrixVar(restarts.size, bounds=(0.0, 1.0))
    F, f = restarts.rows()
    one.restart = MatrixConstraint([(F, one.intended)], rhs=f)
    one.as_played = MatrixConstraint(
        [
            (_pick(restarts.sequence, polytope.size), one.played),
            (-sparse.eye_array(restarts.size).tocsr(), one.intended),
        ],
        lb=0.0,
    )


def _reply_everywhere(one: Any, pair: TremblingPair, x: Any) -> None:
    """Add the rows ``reply``, and ``tight``: what is meant has no slack, at any infoset.

    Rows are divided by the least probability with which the leader gets to their infoset, or else
    a solver's tolerance would swallow those that only trembles reach.
    """
    polytope = pair.restarts.polytope
    slack = pair.bounds()
    least = pair.reach() @ pair.floor
    scale = np.concatenate(([1.0], 1 / least[polytope.point[1:]]))
    D = sparse.diags_array(scale).tocsr()
    before = slice(1, None)  # the empty sequence is no choice
    one.v = MatrixVar(polytope.points + 1, labels=Labels.of_rows(polytope))
    F, A = D @ polytope.F.T, D @ pair.payoffs(pair.follower).T
    one.reply = MatrixConstraint([(F.tocsr(), one.v), (-A.tocsr(), x)], lb=0.0, labels=polytope)
    M = sparse.diags_array(scale * slack).tocsr()
    rows = [
        (part.tocsr()[before], variables)
        for part, variables in ((F, one.v), (-A, x), (M, one.played))
    ]
    one.tight = MatrixConstraint(rows, ub=(scale * slack)[before])


def _add_masses(block: Any, one: Any, pair: TremblingPair) -> None:
    """Add the products of the leader's plan and the follower's subtrees.

    A mass is at most either, and those of a subtree add up to what chance and the leader bring to
    its infoset: with pure intentions only the products do.
    """
    outcome, restarted = pair.restarted
    block.mass = MatrixVar(len(outcome), bounds=(0.0, 1.0))
    minus = -sparse.eye_array(len(outcome)).tocsr()
    leaders = _pick(pair.mine[outcome], pair.leaders.size)
    followers = _pick(restarted, pair.restarts.size)
    block.mass_leader = MatrixConstraint([(leaders, block.leader.x), (minus, block.mass)], lb=0.0)
    block.mass_follower = MatrixConstraint([(followers, one.intended), (minus, block.mass)], lb=0.0)
    chance = pair.outcomes.weights(np.ones(len(pair.outcomes.pair)))[outcome]
    total = sparse.csr_array(
        (chance, (pair.restarts.start[restarted], np.arange(len(outcome)))),
        shape=(pair.restarts.polytope.points, len(outcome)),
    )
    reach = pair.reach()
    scale = sparse.diags_array(1 / (reach @ pair.floor)).tocsr()
    block.mass_total = MatrixConstraint(
        [((scale @ total).tocsr(), block.mass), (-(scale @ reach).tocsr(), block.leader.x)], rhs=0.0
    )


def _add_payoffs(block: Any, pair: TremblingPair, masses_of: sparse.csr_array) -> None:
    """Add the payoffs, trembles included; ``masses_of`` picks the masses of restarted outcomes."""
    players = pair.game.players
    block.payoff = pyo.Var(list(players))
    parts = [pair.expectation(pair.game.payoffs[:, k].astype(float)) for k in range(len(players))]
    plans, masses = (sparse.csr_array(np.array(rows)) for rows in zip(*parts, strict=True))
    payoffs = [block.payoff[player] for player in players]
    block.payoff_row = MatrixConstraint(
        [
            (plans, block.leader.x),
            ((masses @ masses_of).tocsr(), block.mass),
            (-sparse.eye_array(len(players)).tocsr(), payoffs),
        ],
        rhs=0.0,
        labels=list(players),
    )
    block.value = pyo.Expression(expr=block.payoff[pair.leader])
    block.welfare = pyo.Expression(expr=sum(payoffs))


def _pick(columns: Ints, size: int) -> sparse.csr_array:
    """Return the matrix that picks one coordinate per row."""
    rows = np.arange(len(columns))
    return sparse.csr_array((np.ones(len(columns)), (rows, columns)), shape=(len(columns), size))


def _formulation(pair: TremblingPair) -> Formulation:
    # To every plan above floors there is a best reply that means one action at each infoset.
    return Formulation(
        pair.game,
        None,
        partial(_decode, pair),
        _refuse_refit,
        partial(_expectation, pair),
        exists=True,
    )


def _decode(pair: TremblingPair, block: FormulationBlockData) -> TremblingCommitment:
    plan = plan_in(block.leader.x, pair.leaders)
    played = np.rint(block.follower[pair.follower].played.array())
    return pair.solution(np.maximum(plan, pair.floor), pair.restarts.pure(played))


def _expectation(pair: TremblingPair, block: FormulationBlockData, numbers: Floats) -> Parts:
    plan, mass = pair.expectation(numbers)
    return [
        (sparse.csr_array(plan[None]), block.leader.x),
        (sparse.csr_array(mass[None]), block.mass),
    ]


def _refuse_refit(block: FormulationBlockData, game: Game) -> Formulation:
    raise CapabilityError(
        f"block {block.name!r} does not take other payoffs: the constants of its integer rows "
        f"depend on them. Build a new block for {game!r}"
    )
