"""Solution concepts: one public function for each, all returning a Pyomo block."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from efmodels.formulations.agent_quantal_response import agent_quantal_response_equilibrium
from efmodels.formulations.bayes_correlated import bayes_correlated_equilibrium
from efmodels.formulations.bayesian_stackelberg import stackelberg_bayesian
from efmodels.formulations.behavioural_floors import floored_nash_zero_sum
from efmodels.formulations.border_reduced_form import border
from efmodels.formulations.certification import certification_equilibrium
from efmodels.formulations.coarse_bayes_correlated import coarse_bayes_correlated_equilibrium
from efmodels.formulations.coarse_certification import coarse_certification_equilibrium
from efmodels.formulations.commitment_above_floors import floored_stackelberg
from efmodels.formulations.communication import communication_equilibrium
from efmodels.formulations.correlated import coarse_correlated_equilibrium, correlated_equilibrium
from efmodels.formulations.correlation_plans import correlation_plan_bound
from efmodels.formulations.custom import from_concept
from efmodels.formulations.deferred_payments import deferred_payment_auctions
from efmodels.formulations.direct_mechanisms import direct_mechanism
from efmodels.formulations.exploitation import regularized_exploitation
from efmodels.formulations.extensive_form_coarse_correlated import efcce
from efmodels.formulations.extensive_form_correlated import efce
from efmodels.formulations.limited_lookahead import limited_lookahead_stackelberg
from efmodels.formulations.linear_correlated import linear_correlated_equilibrium
from efmodels.formulations.markov_signals import markov_persuasion
from efmodels.formulations.mediated import mediated_equilibrium
from efmodels.formulations.nash_above_floors import floored_nash
from efmodels.formulations.nash_by_complementarity import nash_complementarity
from efmodels.formulations.nash_equilibrium import nash
from efmodels.formulations.nash_many_players import nash_nlp
from efmodels.formulations.normal_form_coarse_correlated import nfcce
from efmodels.formulations.normal_form_correlated import nfce
from efmodels.formulations.optout_bayes_correlated import optout_bayes_correlated_equilibrium
from efmodels.formulations.pacing_by_duals import fppe_dual
from efmodels.formulations.pacing_by_integers import fppe_mip
from efmodels.formulations.pacing_by_shares import fppe_primal
from efmodels.formulations.pacing_by_tangents import fppe_tangents
from efmodels.formulations.perfect import perfect_equilibrium
from efmodels.formulations.priced_auction_sequence import priced_auctions
from efmodels.formulations.private_communication import private_communication_equilibrium
from efmodels.formulations.private_signals import private_persuasion
from efmodels.formulations.public_signals import public_persuasion
from efmodels.formulations.quantal_response import quantal_response_equilibrium
from efmodels.formulations.quasi_perfect import quasi_perfect_equilibrium
from efmodels.formulations.quasi_perfect_commitment import quasi_perfect_stackelberg
from efmodels.formulations.restricted_nash import restricted_nash_response
from efmodels.formulations.robust_commitment import robust_stackelberg
from efmodels.formulations.robust_lookahead import robust_limited_lookahead_stackelberg
from efmodels.formulations.second_price_pacing import sppe
from efmodels.formulations.sequential_mechanism_design import sequential_mechanism
from efmodels.formulations.stackelberg_correlated import sefce
from efmodels.formulations.strong_stackelberg import stackelberg
from efmodels.formulations.team_correlated import tmecor
from efmodels.formulations.zero_sum_nash import nash_zero_sum

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.answering_blocks import AnsweringBlockData
    from efmodels.blocks import FormulationBlockData

ACRONYMS: dict[str, Callable[..., FormulationBlockData]] = {
    "CE": correlated_equilibrium,
    "CCE": coarse_correlated_equilibrium,
    "NFCE": nfce,
    "EFCE": efce,
    "EFCCE": efcce,
    "NFCCE": nfcce,
    "LCE": linear_correlated_equilibrium,
    "PCOMM": private_communication_equilibrium,
    "COMM": communication_equilibrium,
    "CERT": certification_equilibrium,
    "CCERT": coarse_certification_equilibrium,
    "NFCCERT": mediated_equilibrium,
    "BCE": bayes_correlated_equilibrium,
    "CBCE": coarse_bayes_correlated_equilibrium,
    "NFCBCE": optout_bayes_correlated_equilibrium,
    "SEFCE": sefce,
    "SSE": stackelberg,
    "TMECOR": tmecor,
    "NASH": nash,
    "EFPE": perfect_equilibrium,
    "QPE": quasi_perfect_equilibrium,
    "QRE": quantal_response_equilibrium,
    "AQRE": agent_quantal_response_equilibrium,
    "QPSE": quasi_perfect_stackelberg,
}
"""The concepts by the acronyms of the literature, or of this package where there is none."""

_WITHOUT_ACRONYM: tuple[Callable[..., FormulationBlockData], ...] = (
    nash_nlp,
    restricted_nash_response,
    regularized_exploitation,
    floored_nash,
    floored_nash_zero_sum,
    floored_stackelberg,
    stackelberg_bayesian,
    limited_lookahead_stackelberg,
    robust_stackelberg,
    robust_limited_lookahead_stackelberg,
    sequential_mechanism,
)

CONCEPTS: dict[str, Callable[..., FormulationBlockData]] = {
    function.__name__: function
    for function in (nash_zero_sum, *ACRONYMS.values(), *_WITHOUT_ACRONYM)
}
"""Every concept by the name of its function; `from_concept` makes more of them.

`correlation_plan_bound` is none: it bounds some of them. Neither is `nash_complementarity`: it is
`nash`, and no model before somebody has chosen a transformation.
"""

_DESIGNS: tuple[Callable[..., AnsweringBlockData], ...] = (
    fppe_dual,
    fppe_primal,
    fppe_tangents,
    fppe_mip,
    sppe,
    direct_mechanism,
    border,
    private_persuasion,
    public_persuasion,
    markov_persuasion,
    priced_auctions,
    deferred_payment_auctions,
)

DESIGNS: dict[str, Callable[..., AnsweringBlockData]] = {
    function.__name__: function for function in _DESIGNS
}
"""The formulations over markets, mechanisms and persuasion by the names of their functions."""


def design_input(design: Callable[..., AnsweringBlockData]) -> str:
    """Return the class of what a design takes instead of a game.

    >>> design_input(sppe), design_input(direct_mechanism)
    ('Market', 'MechanismSetting')
    """
    first = next(iter(inspect.signature(design).parameters.values()))
    return str(first.annotation).replace(" |", " or")


__all__ = [
    "ACRONYMS",
    "CONCEPTS",
    "DESIGNS",
    "agent_quantal_response_equilibrium",
    "bayes_correlated_equilibrium",
    "border",
    "certification_equilibrium",
    "coarse_bayes_correlated_equilibrium",
    "coarse_certification_equilibrium",
    "coarse_correlated_equilibrium",
    "communication_equilibrium",
    "correlated_equilibrium",
    "correlation_plan_bound",
    "deferred_payment_auctions",
    "design_input",
    "direct_mechanism",
    "efcce",
    "efce",
    "floored_nash",
    "floored_nash_zero_sum",
    "floored_stackelberg",
    "fppe_dual",
    "fppe_mip",
    "fppe_primal",
    "fppe_tangents",
    "from_concept",
    "limited_lookahead_stackelberg",
    "linear_correlated_equilibrium",
    "markov_persuasion",
    "mediated_equilibrium",
    "nash",
    "nash_complementarity",
    "nash_nlp",
    "nash_zero_sum",
    "nfcce",
    "nfce",
    "optout_bayes_correlated_equilibrium",
    "perfect_equilibrium",
    "priced_auctions",
    "private_communication_equilibrium",
    "private_persuasion",
    "public_persuasion",
    "quantal_response_equilibrium",
    "quasi_perfect_equilibrium",
    "quasi_perfect_stackelberg",
    "regularized_exploitation",
    "restricted_nash_response",
    "robust_limited_lookahead_stackelberg",
    "robust_stackelberg",
    "sefce",
    "sequential_mechanism",
    "sppe",
    "stackelberg",
    "stackelberg_bayesian",
    "tmecor",
]
