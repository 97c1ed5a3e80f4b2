"""The learner as a solver of models: ``efmodels.solve(model, solver="cfr")``.

A model around one block of a game is read back as a leader against followers: the rows of the block
are its polytope and its best responses, variables that an equality defines are substituted, and
what is left asks something of the leader. The package ``efmodels.learning`` never sees Pyomo.

`recognition`
    which columns and rows of the compiled model are which parts of the block
`substitution`, `variables`
    variables that are defined by equalities, put in terms of the others
`leader_choices`
    variables within bounds that nobody defines: decisions of the leader
`bodies`, `requirements`
    what the remaining rows and bounds ask of the leader, as followers of an adversary
`coordinates`, `learnable`
    all of it: from a compiled model to an equilibrium problem
`points`
    what was learned, as a primal-dual point of the linear program
`feasibility`
    the proof that nothing is feasible
`running`, `model_runs`
    one run, from the model to its values
"""

from efmodels.learning_solver.model_runs import learn_model
from efmodels.learning_solver.running import LearnedRun, LearningOptions, run_by_learning

__all__ = ["LearnedRun", "LearningOptions", "learn_model", "run_by_learning"]
