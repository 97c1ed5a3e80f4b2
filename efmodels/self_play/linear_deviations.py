r"""Deviations of a player as linear maps of her own plans, and plans that a map does not change.

Whoever deviates from a plan :math:`x` that a private mediator draws for her plays another one,
:math:`\phi(x)`. Which maps there are is what the concepts differ in. A map is a plan of the
deviator, a point :math:`y` of a flow polytope: if she has done :math:`s` and been told :math:`\tau`
with probability :math:`y_e` whenever the mediator's plan agrees with :math:`\tau`, then

.. math:: \phi_y(x)_s = \sum_{e = (s, \tau)} y_e\, x_\tau .
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

from efmodels.assembly import Infoset, Outcome, assemble_game
from efmodels.errors import GameError
from efmodels.game import CHANCE
from efmodels.mediator.deviator import deviations_of
from efmodels.mediator.walk import Walk

if TYPE_CHECKING:
    from efmodels.game import Floats, Game, Ints
    from efmodels.mediator.concept import Concept
    from efmodels.polytope import FlowPolytope

RESTART = 1e-7
"""How often the walk that finds a fixed point starts again; a fixed point is as far from one."""


@dataclass(frozen=True, eq=False)
class DeviationMaps:
    r"""What a player can make of her own plans.

    Attributes
    ----------
    plans
        Her sequence form, where :math:`x` and :math:`\phi(x)` lie.
    polytope
        The deviator's plans :math:`y`.
    played, told, chosen
        The entries of the maps: a sequence :math:`s` and a sequence :math:`\tau` of `plans`, and
        the coordinate of `polytope` that says how likely it is.
    """

    plans: FlowPolytope
    polytope: FlowPolytope
    played: Ints
    told: Ints
    chosen: Ints

    def matrix(self, y: Floats) -> sparse.csc_array:
        """Return the map of a deviator's plan as a matrix over the sequences."""
        shape = (self.plans.size, self.plans.size)
        return sparse.csc_array((y[self.chosen], (self.played, self.told)), shape=shape)

    def gradient(self, x: Floats, worth: Floats) -> Floats:
        """Return what each coordinate of the deviator's plan is worth.

        Parameters
        ----------
        x
            The plan that is recommended to her.
        worth
            What each of her sequences is worth, given what the others do.
        """
        gains = x[self.told] * worth[self.played]
        result: Floats = np.bincount(self.chosen, gains, self.polytope.size).astype(float)
        return result

    def fixed_point(self, y: Floats) -> Floats:
        r"""Return a plan that a deviator does not change, up to `RESTART`.

        That is the plan of which she regrets nothing, whatever it brings. It solves

        .. math:: x = (1 - \varepsilon)\, \phi_y(x) + \varepsilon\, u

        with the uniform plan :math:`u`. The matrix is nonnegative and maps plans to plans, so that
        its spectral radius is at most one, the solution
        :math:`\varepsilon \sum_k (1 - \varepsilon)^k \phi_y^k(u)` is unique, and it is a plan.
        """
        size = self.plans.size
        system = sparse.eye_array(size, format="csc") - (1 - RESTART) * self.matrix(y)
        x = splu(sparse.csc_matrix(system)).solve(RESTART * self.plans.uniform())
        return self.plans.realization(self.plans.behaviour(x))


def deviation_maps(plans: FlowPolytope, concept: Concept) -> DeviationMaps:
    r"""Return the maps of a concept with a private mediator.

    The walk through the augmented game of the concept is made, in a game in which the player is
    alone with chance and which may end after each of her sequences.

    Parameters
    ----------
    plans
        The sequence form of a player with perfect recall.
    concept
        Private; ``deviate`` is not ``"plan"``, since she would have a map of plans that is not
        linear.

    Raises
    ------
    GameError
        The concept has no linear maps, or deviators who see or hear more than their infosets.

    Examples
    --------
    With one infoset and two actions, she chooses after each of two recommendations, or once:

    >>> import efmodels as ef
    >>> from efmodels.mediator.concept import EFCE, NFCCE
    >>> plans = ef.instances.chicken().sequence_form().polytopes[0]
    >>> [deviation_maps(plans, concept).polytope.size - 1 for concept in (EFCE, NFCCE)]
    [4, 2]
    """
    if concept.memory != "private" or concept.deviate == "plan":
        raise GameError(
            f"deviations of {concept} are no linear maps of a player's own plans; give a concept "
            "with memory='private' and deviate='full', 'coarse' or 'root'"
        )
    if (concept.spies, concept.overhears) != ("nothing", "nothing"):
        raise GameError("a player's own plans do not say what she sees or hears of others")
    alone = _alone_with_chance(plans)
    walk = Walk(alone, concept)
    end = walk.play(1)
    deviations = deviations_of(walk, 1, end)
    point = np.array([int(label) for label in alone.infoset_labels if label], dtype=np.int64)
    width = np.diff(plans.start)[point]
    begin = np.repeat(plans.start[:-1][point] - np.cumsum(width) + width, width)
    original = np.concatenate(([0], begin + np.arange(width.sum())))
    return DeviationMaps(
        plans,
        deviations.polytope,
        original[end.own],
        original[end.coordinate],
        deviations.end,
    )


def _alone_with_chance(plans: FlowPolytope) -> Game:
    """Return the game in which chance chooses, after each sequence, what comes next or the end."""
    after: list[list[int]] = [[] for _ in range(plans.size)]
    for point, into in enumerate(plans.incoming.tolist()):
        after[into].append(point)
    start, widths = plans.start.tolist(), np.diff(plans.start).tolist()
    infosets = [Infoset(1, str(k), ("",) * width) for k, width in enumerate(widths)]
    rows: list[tuple[int, int, int, int]] = []
    waiting = [(0, -1, -1)]
    while waiting:
        sequence, parent, action = waiting.pop()
        node, events = len(rows), len(after[sequence]) + 1
        if events == 1:
            rows.append((parent, action, -1, 0))
            continue
        rows.append((parent, action, len(infosets), -1))
        infosets.append(Infoset(CHANCE, "", ("",) * events, (1 / events,) * events))
        rows.append((node, events - 1, -1, 0))
        for event, point in enumerate(after[sequence]):
            here = len(rows)
            rows.append((node, event, point, -1))
            waiting += [(start[point] + a, here, a) for a in range(widths[point])]
    parent_, action_, infoset_, outcome_ = map(list, zip(*rows, strict=True))
    return assemble_game(
        players=["P1"],
        infosets=infosets,
        outcomes=[Outcome("", (0,))],
        parent=parent_,
        action=action_,
        infoset=infoset_,
        outcome=outcome_,
    )
