"""Blocks of mediators that leave out what the optimum of a given objective does not need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from efmodels.errors import CapabilityError, GameError
from efmodels.mediation_blocks import (
    declare_incentives,
    formulation_of,
    mediator_part,
)
from efmodels.mediator.goals import goal_problem
from efmodels.mediator.problem import MediatedProblem
from efmodels.pyomo_internals import linear_terms_of

if TYPE_CHECKING:
    from efmodels.game import Floats, Game
    from efmodels.mediation_blocks import Mediated


def payoff_weights(block: Any, expression: Any) -> Floats:
    """Return the weights of the players' payoffs in an expression, in the players' order.

    Raises
    ------
    CapabilityError
        It is no weighted sum of payoffs.
    """
    place = {id(block.payoff[player]): k for k, player in enumerate(block.game.players)}
    terms = linear_terms_of(expression)
    if terms is None or terms.constant or any(id(v) not in place for v in terms.variables):
        raise CapabilityError(
            f"{expression} is no weighted sum of the payoffs of {block.name!r}, such as its welfare"
        )
    weights = np.zeros(len(place))
    for variable, weight in zip(terms.variables, terms.coefficients, strict=True):
        weights[place[id(variable)]] += weight
    return weights


def leave_out_for(block: Any, weights: Floats) -> None:
    """Leave out of a block what no optimum of a weighted sum of payoffs needs.

    The variables of the mediator and of the deviators are replaced by fewer; what is asked of the
    block besides may then be too much, unless it asks for payoffs of at least something. A block
    stays as it is if its mediator is private, or if its concept has added rows.

    Parameters
    ----------
    block
        Of a mediator, without side constraints on variables of its parts.
    weights
        Of the payoffs in what will be maximised, in the players' order.
    """
    formulation = block.formulation()
    mediated = getattr(formulation, "mediated", None)
    if not isinstance(mediated, MediatedProblem) or mediated.problem.reach is not None:
        return
    if formulation.supplement is not None:  # its rows may ask for anything
        return
    smaller = goal_problem(mediated, weights @ mediated.payoffs)
    for name in ("mediator", "payoff_row", "deviator"):
        block.del_component(name)
    less = formulation_of(smaller, _require_another_block, formulation.margin)
    declare_incentives(block, mediator_part(smaller), less.incentives, less.margin)
    block.remember(less)


def _require_another_block(game: Game) -> Mediated:
    raise GameError(
        f"this block leaves out what one objective does not need, and takes no other payoffs, such "
        f"as those of {game!r}: build a block of the formulation to update it"
    )
