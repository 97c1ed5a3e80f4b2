"""All that leans on the inside of Pyomo, and nothing else.

Pyomo promises what ``pyomo.environ``, ``pyomo.opt`` and the documented parts of ``pyomo.common``
offer. Whatever else the package imports from Pyomo, every private name of Pyomo's that it uses and
every undocumented habit that it counts on is in one of these six files:

`components`
    components that make their data objects on demand
`values`
    which values came with which solution
`models`
    looking at a model, and writing it with Pyomo's writers
`solvers`
    running Pyomo's own solver interfaces
`plugins`
    being a solver of Pyomo's
`registration`
    what becomes of these solvers where `plugins` does not fit Pyomo

A new release of Pyomo may change these things. ``tests/efmodels/pyomo_internals`` says what has
changed and which file must follow; ``tests/test_arrows.py`` sees to it that no other module leans
on them. Solver interfaces are what Pyomo changes most: `solvers` imports them when they are run,
and where `plugins` cannot be imported, the solvers that it would register say why, and all else
works.
"""

from efmodels.pyomo_internals.components import (
    MatrixRowData,
    ObjectiveOnDemand,
    Position,
    RowsOnDemand,
    VariablesOnDemand,
)
from efmodels.pyomo_internals.models import (
    BlockData,
    LinearExpression,
    NlOrder,
    declare_custom_block,
    is_plainly_linear,
    linear_terms_of,
    quadratic_terms_of,
    readable_label,
    unknown_components,
    variables_in,
    write_nl,
    write_with_pyomo,
)
from efmodels.pyomo_internals.values import (
    copied_flags,
    end_of_solution,
    loading_values,
    stale_flags,
)

__all__ = [
    "BlockData",
    "LinearExpression",
    "MatrixRowData",
    "NlOrder",
    "ObjectiveOnDemand",
    "Position",
    "RowsOnDemand",
    "VariablesOnDemand",
    "copied_flags",
    "declare_custom_block",
    "end_of_solution",
    "is_plainly_linear",
    "linear_terms_of",
    "loading_values",
    "quadratic_terms_of",
    "readable_label",
    "stale_flags",
    "unknown_components",
    "variables_in",
    "write_nl",
    "write_with_pyomo",
]
