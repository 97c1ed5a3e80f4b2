"""Pictures of games, strategies, payoffs and learning, with matplotlib (the extra ``plot``).

matplotlib is imported when something is drawn, and not before.
"""

from efmodels.plot.behaviour_bars import strategy
from efmodels.plot.belief_curves import concavification
from efmodels.plot.convergence_lines import convergence
from efmodels.plot.interim_rule_steps import interim_rule
from efmodels.plot.layout import tree_layout
from efmodels.plot.mechanism_points import mechanisms
from efmodels.plot.multiplier_bars import multipliers
from efmodels.plot.payoff_polygons import payoff_space
from efmodels.plot.response_lines import quantal_payoffs, quantal_responses
from efmodels.plot.revenue_curves import revenue_curve
from efmodels.plot.tree_drawing import tree

__all__ = [
    "concavification",
    "convergence",
    "interim_rule",
    "mechanisms",
    "multipliers",
    "payoff_space",
    "quantal_payoffs",
    "quantal_responses",
    "revenue_curve",
    "strategy",
    "tree",
    "tree_layout",
]
