"""Commitment where the follower looks ahead, and her evaluations are known up to intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efmodels.errors import GameError
from efmodels.follower_reasoning import MARGIN, Intervals, require_depth, require_margin
from efmodels.profile_blocks import require_two_players
from efmodels.worst_reply_blocks import IntervalReasoning, worst_reply_block

if TYPE_CHECKING:
    from efmodels.blocks import FormulationBlockData
    from efmodels.game import Game


def robust_limited_lookahead_stackelberg(
    game: Game,
    *,
    leader: str | None = None,
    depth: float = 1,
    evaluation: Intervals | None = None,
    margin: float = MARGIN,
) -> FormulationBlockData:
    r"""Commit against a follower of limited lookahead whose evaluations are intervals.

    At each infoset the follower looks ``depth`` levels of the tree ahead, see
    :class:`~efmodels.follower_reasoning.Lookahead`, and what she makes of a node where her window
    ends is somewhere in an interval. An action is excluded if another one of the infoset is sure to
    look better; of what is left the leader expects the worst. The program is that of
    :func:`robust_stackelberg`, with a decision point for each window and each infoset in it.

    Parameters
    ----------
    game
        Two players, perfect recall.
    leader
        Who commits; the first player by default.
    depth
        1, 2, ... or ``math.inf``.
    evaluation
        Of the follower: an interval per node, in preorder. Nodes where no window ends do not count.
    margin
        By how much an action must be worse to be excluded: in units of the evaluation, times the
        probability that the leader and chance let the follower get to the infoset.

    Returns
    -------
    FormulationBlock
        The components of :func:`robust_stackelberg`. The sizes of ``v``, ``reply``, ``sure``,
        ``tight``, ``played`` and ``choice`` are those of the follower's windows: of her sequence
        form if she looks one level ahead or sees everything, and else at most as many times larger
        as she can move within a window.

    Raises
    ------
    GameError
        Not two players, imperfect recall, no interval for each node, a margin below 1e-5, or a
        depth that is none.

    Notes
    -----
    As in :func:`robust_stackelberg` each infoset is looked at for itself. A limited follower plans
    anew at each of them, so that here this is less of a restriction. Intervals of width 0 are
    :class:`~efmodels.follower_reasoning.AdversarialTies`.

    References
    ----------
    Kroer, Farina and Sandholm, arXiv:1711.08080 (of which the abstract was at hand); Kroer and
    Sandholm, Limited lookahead in imperfect-information games, IJCAI 2015.

    Examples
    --------
    >>> import efmodels as ef
    >>> game = ef.instances.kuhn()
    >>> evaluation = ef.Intervals.around(ef.uniform_values(game, "P2"), 0.1)
    >>> found = ef.optimal_equilibrium(
    ...     game, "robust_limited_lookahead_stackelberg", depth=1, evaluation=evaluation
    ... )
    >>> round(found.value, 4)
    0.3333
    """
    asked_by = "robust_limited_lookahead_stackelberg"
    require_two_players(game, asked_by)
    require_margin(margin)
    require_depth(depth)
    if not isinstance(evaluation, Intervals):
        raise GameError(
            f"{asked_by} needs evaluation=Intervals(lower, upper), the least and the greatest that "
            f"the follower may make of each node; got {evaluation!r}"
        )
    evaluation.require_one_for_each(game.nodes, "nodes", asked_by)
    first = game.players[0] if leader is None else leader
    follower = game.players[2 - game.player_number(first)]
    reasoning = IntervalReasoning(
        first, follower, depth, evaluation.lower, evaluation.upper, margin
    )
    return worst_reply_block(game, reasoning)
