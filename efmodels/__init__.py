"""Extensive-form games as Pyomo models.

Every solution concept is a function that returns a Pyomo block over sequence-form variables with
the players' best responses as visible constraints; see :mod:`efmodels.formulations`.
"""

from pathlib import Path as _Path

# In a source checkout the subpackages sit beside this folder, not inside it.
_checkout = _Path(__file__).resolve().parent.parent
if (_checkout / "pyproject.toml").is_file():  # pragma: no branch
    __path__.append(str(_checkout))

from efmodels import (
    formulations,
    instances,
    markets,
    mechanism_design,
    mechanisms,
    persuasion,
    plot,
)
from efmodels import solver_plugins as _registered  # noqa: F401 - importing it is what registers
from efmodels.augmented_games import augmented_game, lagrangian_game
from efmodels.box_robustness import BoxRobustCommitment, box_robust_stackelberg
from efmodels.builder import GameBuilder
from efmodels.bulk_runs import presolve_symmetry
from efmodels.commitment_bounds import stackelberg_by_bounds
from efmodels.commitment_programs import stackelberg_by_programs
from efmodels.compiling import compile_model
from efmodels.equilibrium import Equilibrium, optimal_equilibrium
from efmodels.errors import (
    CapabilityError,
    EfmodelsError,
    FormatError,
    GameError,
    InfeasibleError,
    MissingPackageError,
    ModelError,
    SizeError,
    SolverError,
    UnboundedError,
)
from efmodels.exact_equilibria import (
    lemke,
    perfect_equilibrium_by_pivoting,
    quasi_perfect_equilibrium_by_pivoting,
)
from efmodels.exporting import export
from efmodels.extreme_equilibria import ExactEquilibrium, all_nash
from efmodels.files import (
    dumps,
    from_openspiel,
    from_pygambit,
    loads,
    read,
    to_pygambit,
    write,
)
from efmodels.follower_reasoning import (
    AdversarialTies,
    FavourableTies,
    Intervals,
    Lookahead,
    StaticTies,
    uniform_values,
)
from efmodels.follower_types import FollowerTypes
from efmodels.game import Game
from efmodels.infoset_regrets import refinement_regret
from efmodels.learned_equilibria import LearnedEquilibrium, learn_equilibrium
from efmodels.market_equilibria import FirstPriceEquilibrium, fppe
from efmodels.market_equilibria.second_price import sppe, sppe_interval
from efmodels.market_equilibria.second_price_results import (
    NoEquilibriumFoundError,
    SecondPriceEquilibrium,
    SecondPriceInterval,
)
from efmodels.market_equilibria.second_price_search import heuristic_sppe
from efmodels.mechanism_design import OptimalAuction, optimal_auction
from efmodels.memory_limits import memory_limit
from efmodels.nash_search import FoundProfile, nash_equilibrium
from efmodels.payoff_spaces import PayoffSpace, payoff_space
from efmodels.perturbations import Perturbation, trembling_actions, trembling_sequences
from efmodels.quantal_response_paths import QuantalResponsePath, quantal_response_path
from efmodels.quasi_perfect_commitments import QuasiPerfectCommitment, quasi_perfect_commitment
from efmodels.report_nodes import with_report_nodes
from efmodels.solving import Result, Status, solve
from efmodels.transfers import PricedGame, with_transfers
from efmodels.verifying import verify
from efmodels.weak_commitments import weak_stackelberg

__all__ = [
    "AdversarialTies",
    "BoxRobustCommitment",
    "CapabilityError",
    "EfmodelsError",
    "Equilibrium",
    "ExactEquilibrium",
    "FavourableTies",
    "FirstPriceEquilibrium",
    "FollowerTypes",
    "FormatError",
    "FoundProfile",
    "Game",
    "GameBuilder",
    "GameError",
    "InfeasibleError",
    "Intervals",
    "LearnedEquilibrium",
    "Lookahead",
    "MissingPackageError",
    "ModelError",
    "NoEquilibriumFoundError",
    "OptimalAuction",
    "PayoffSpace",
    "Perturbation",
    "PricedGame",
    "QuantalResponsePath",
    "QuasiPerfectCommitment",
    "Result",
    "SecondPriceEquilibrium",
    "SecondPriceInterval",
    "SizeError",
    "SolverError",
    "StaticTies",
    "Status",
    "UnboundedError",
    "all_nash",
    "augmented_game",
    "box_robust_stackelberg",
    "compile_model",
    "dumps",
    "export",
    "formulations",
    "fppe",
    "from_openspiel",
    "from_pygambit",
    "heuristic_sppe",
    "instances",
    "lagrangian_game",
    "learn_equilibrium",
    "lemke",
    "loads",
    "markets",
    "mechanism_design",
    "mechanisms",
    "memory_limit",
    "nash_equilibrium",
    "optimal_auction",
    "optimal_equilibrium",
    "payoff_space",
    "perfect_equilibrium_by_pivoting",
    "persuasion",
    "plot",
    "presolve_symmetry",
    "quantal_response_path",
    "quasi_perfect_commitment",
    "quasi_perfect_equilibrium_by_pivoting",
    "read",
    "refinement_regret",
    "solve",
    "sppe",
    "sppe_interval",
    "stackelberg_by_bounds",
    "stackelberg_by_programs",
    "to_pygambit",
    "trembling_actions",
    "trembling_sequences",
    "uniform_values",
    "verify",
    "weak_stackelberg",
    "with_report_nodes",
    "with_transfers",
    "write",
]
