"""From what each bidder sees of an auction back to the auction: who wins in which profile."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from efmodels.bulk import BulkSettings
from efmodels.bulk.highs import HighsSolver
from efmodels.errors import GameError, SolverError
from efmodels.linear_program import LinearProgram
from efmodels.mechanisms import DirectMechanism, Incentives, InterimRule, sale_to
from efmodels.results import Status


def ex_post_auction(rule: InterimRule) -> DirectMechanism:
    r"""Return an auction that each bidder sees as this interim rule.

    Who wins is a flow from types to profiles: type :math:`(i, a)` sends
    :math:`f_i(a) x_i(a)`, and a profile takes at most its probability. It exists by Border's
    theorem; what a rule that is feasible up to rounding misses stays unsold. Every type pays what
    the rule says, whatever the others have reported.

    Parameters
    ----------
    rule
        How likely each type is to win, and what it pays.

    Raises
    ------
    GameError
        No auction has this rule.
    SizeError
        There are too many profiles: their number is the product of the numbers of types.

    Examples
    --------
    >>> from efmodels.mechanisms import IndependentBidders, myerson
    >>> bidders = IndependentBidders([[1, 2], [1, 2]], [[0.5, 0.5], [0.5, 0.5]])
    >>> best = myerson(bidders)
    >>> auction = ex_post_auction(InterimRule(bidders, best.win, best.pay))
    >>> auction.revenue, max(auction.regrets().values()) < 1e-9
    (1.5, True)
    """
    bidders = rule.bidders
    if rule.residual > ALLOWED:
        raise GameError(
            f"no auction has this rule: some types win too often, by {rule.residual:.3g}. Add the "
            "rows that are missing with optimal_auction"
        )
    setting = sale_to(bidders)
    n, profiles = len(bidders.bidders), setting.profiles
    own = bidders.lowest[:, None] + setting.own_type  # the type of each bidder in each profile
    winner = np.zeros((profiles, n + 1))
    winner[:, 1:] = _flow(rule, own, setting.probability) / setting.probability[:, None]
    winner[:, 0] = np.maximum(1.0 - winner[:, 1:].sum(axis=1), 0.0)
    paid = rule.pay[own].T
    return DirectMechanism(setting, winner, paid, Incentives(participation="interim"))


ALLOWED = 1e-7
"""How much rounding is taken for an auction."""


def _flow(rule: InterimRule, own: np.ndarray, probability: np.ndarray) -> np.ndarray:
    """Return how often each bidder wins in each profile, shape ``(profiles, bidders)``."""
    bidders = rule.bidders
    n, profiles = own.shape
    arcs = np.arange(n * profiles)
    ones = np.ones(len(arcs))
    supply = sparse.csr_array((ones, (own.ravel(), arcs)), shape=(len(rule.win), len(arcs)))
    demand = sparse.csr_array((ones, (arcs % profiles, arcs)), shape=(profiles, len(arcs)))
    upper = np.concatenate([bidders.probability * np.maximum(rule.win, 0.0), probability])
    solver = HighsSolver()
    solver.load(
        LinearProgram(
            A=sparse.csr_array(sparse.vstack([supply, demand])),
            c=ones,
            row_lower=np.full(len(upper), -np.inf),
            row_upper=upper,
            lower=np.zeros(len(arcs)),
            upper=np.full(len(arcs), np.inf),
            integer=np.zeros(len(arcs), dtype=bool),
            maximize=True,
        )
    )
    run = solver.run(BulkSettings(vertex=True))
    if run.status is not Status.OPTIMAL or run.solution is None:
        raise SolverError(f"no flow was found: {run.message}", status=run.status, solver="highs")
    return run.solution.x.reshape(n, profiles).T
