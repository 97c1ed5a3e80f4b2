"""What a leader can count on if a follower who is indifferent decides against her."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from efmodels.errors import GameError
from efmodels.leader_and_follower import leader_of
from efmodels.reply_regions import Region, ReplyRegions
from efmodels.tables import html_table, text_table

if TYPE_CHECKING:
    from efmodels.game import Floats, Game
    from efmodels.profile_blocks import Commitment


@dataclass(frozen=True, eq=False)
class StrictCommitment:
    """A commitment to which there is one best reply, up to what makes no difference to her.

    Attributes
    ----------
    value
        What the leader gets, whichever best reply is chosen.
    margin
        How much any other reply costs the follower.
    commitment
        Both strategies.
    plan
        The leader's realization plan.
    """

    value: float
    margin: float
    commitment: Commitment
    plan: Floats


@dataclass(frozen=True, eq=False, repr=False)
class WeakStackelberg:
    """What a leader can come as close to as she likes, and whether she can get there.

    Attributes
    ----------
    leader
        Who commits, by label.
    value
        The supremum of what she gets.
    attained
        Whether a commitment brings it; if not, only commitments near ``plan`` bring nearly as much.
    commitment
        One that brings the value, with the reply that is worst for the leader; or, if none does,
        the limit of those that bring nearly as much, with what is replied to these.
    plan
        The leader's realization plan in it.
    """

    leader: str
    value: float
    attained: bool
    commitment: Commitment
    plan: Floats
    _regions: ReplyRegions = field(repr=False)
    _region: Region = field(repr=False)

    def strict(self, loss: float) -> StrictCommitment:
        """Return a commitment that brings the value less ``loss``, or more, whatever ties do.

        Parameters
        ----------
        loss
            How much the leader gives up, above 0. The more it is, the larger the margin.

        Raises
        ------
        GameError
            ``loss`` is no number above 0.

        Examples
        --------
        >>> import efmodels as ef
        >>> weak = ef.weak_stackelberg(ef.instances.commitment_game())
        >>> one = weak.strict(loss=0.1)
        >>> round(one.value, 6), round(one.margin, 6)
        (10.4, 0.2)
        """
        if not loss > 0:
            raise GameError(f"loss must be a number above 0; got {loss}")
        regions, region = self._regions, self._region
        away = self.value - _sure(regions, region, region.inner)
        share = 1.0 if away <= loss else loss / away
        x = share * region.inner + (1.0 - share) * region.plan
        reply = regions.worst(x, region.replies)
        value, margin = _sure(regions, region, x), regions.margin(x, region.replies)
        return StrictCommitment(value, margin, regions.commitment(x, reply), x)

    def rows(self) -> list[tuple[str, str]]:
        """Return what there is to show, as pairs of a name and a text."""
        facts = [
            ("leader", self.leader),
            ("value", f"{self.value:.9g}"),
            ("attained", "yes" if self.attained else "no"),
        ]
        payoffs, regrets = self.commitment.payoffs(), self.commitment.regrets()
        facts += [(f"payoff {player}", f"{u:.9g}") for player, u in payoffs.items()]
        return facts + [(f"regret {player}", f"{r:.3g}") for player, r in regrets.items()]

    def __repr__(self) -> str:
        return text_table(self.rows())

    def _repr_html_(self) -> str:
        """Show as a table in a notebook."""
        return html_table(self.rows(), caption="Weak Stackelberg equilibrium")


def weak_stackelberg(game: Game, leader: str | None = None) -> WeakStackelberg:
    r"""Return what a leader can count on if ties are broken against her.

    Where the follower has several best replies to a plan ``x``, she takes the one that is worst for
    the leader. What the leader gets then jumps where best replies change, so that there need not be
    a best commitment, only a supremum:

    .. math:: \sup_{x}\; \min_{y \in \mathrm{BR}(x)} u_1(x, y).

    The plans to which a pure plan ``k`` is a best reply are a polytope. It counts if it has an
    inner point, to which all other replies are worse but for those that never make a difference to
    the follower, ``C(k)``. The supremum is the best, over such ``k``, of

    .. math:: \max_x\; \min_{m \in C(k)} u_1(x, m) \quad\text{s.t.}\quad
        u_2(x, k) \ge u_2(x, m) \text{ for all } m .

    Whether it is attained is asked of a mixed-integer program, for a plan at which no best reply
    brings less.

    Parameters
    ----------
    game
        Two players, perfect recall: a matrix game or a small tree, of which the follower's reduced
        plans are listed.
    leader
        Who commits, by label; the first player by default.

    Raises
    ------
    GameError
        Not two players, imperfect recall, or no such leader.
    SizeError
        The follower has more than 1,000 reduced plans.
    SolverError
        HiGHS has failed.

    Notes
    -----
    All comparisons are made in floating point: an inner point has a margin of more than 1e-7 of the
    payoff range; a supremum that is missed by 1e-9 of it, where no other reply is within 1e-5,
    counts as attained.

    In larger trees :func:`efmodels.formulations.stackelberg` with a small ``margin`` finds a
    commitment that does not depend on ties.

    References
    ----------
    von Stengel and Zamir, Leadership games with convex strategy sets, Games and Economic Behavior
    69 (2010).

    Examples
    --------
    A leader who is liked by her follower gets 10.5; who is not, as little less as she likes:

    >>> import efmodels as ef
    >>> print(ef.weak_stackelberg(ef.instances.commitment_game()))
    leader           Leader
    value            10.5
    attained         no
    payoff Leader    10.5
    payoff Follower  0.5
    regret Follower  0
    """
    first = leader_of(game, leader, "weak_stackelberg")
    regions = ReplyRegions(game, first)
    found = regions.best_regions()
    region = max(found, key=lambda one: one.margin)
    attaining = [x for x in map(regions.attaining, found) if x is not None]
    x = attaining[0] if attaining else region.plan
    reply = regions.worst(x, regions.best_replies(x) if attaining else region.replies)
    commitment = regions.commitment(x, reply)
    return WeakStackelberg(first, found[0].value, bool(attaining), commitment, x, regions, region)


def _sure(regions: ReplyRegions, region: Region, x: Floats) -> float:
    """Return what the leader gets from the worst of a region's replies to a plan."""
    return float((regions.worth[0][region.replies] @ x).min())
