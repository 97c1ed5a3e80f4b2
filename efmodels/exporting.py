"""Writing a model to a file that other programs read: .lp, .mps or .nl."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import pyomo.environ as pyo
from pyomo.common.errors import PyomoException
from pyomo.opt import ProblemFormat

from efmodels.compiling import compile_model
from efmodels.errors import CapabilityError, ModelError
from efmodels.lp_files import write_lp, write_mps
from efmodels.model_class import (
    formulations_in,
    nonlinear_component,
    only_objective,
    refuse_what_solvers_drop,
)
from efmodels.pyomo_internals import readable_label, write_with_pyomo

if TYPE_CHECKING:
    from efmodels.linear_program import LinearProgram

Labels = Literal["readable", "short"]

_BULK_WRITERS = {".lp": write_lp, ".mps": write_mps}
_FORMATS = {".lp": ProblemFormat.cpxlp, ".mps": ProblemFormat.mps, ".nl": ProblemFormat.nl}


def export(model: Any, path: str | Path, *, labels: Labels = "readable") -> Path:
    r"""Write a model to a file; the format is that of the file's suffix.

    The same model gives the same bytes, whenever and wherever it is written.

    Parameters
    ----------
    model
        A ``ConcreteModel`` or a block. ``.lp`` and ``.mps`` want a linear or quadratic one.
    path
        A file that ends in ``.lp``, ``.mps`` or ``.nl``, in a folder that exists.
    labels
        ``"readable"`` names rows and columns after their Pyomo components; see the notes.
        ``"short"`` numbers them: smaller files, and no two names can become alike.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    ModelError
        The suffix is none of the three, the folder does not exist, the model is not of the
        format's kind, or two components get the same readable name.
    CapabilityError
        ``labels`` is neither of the two.

    Notes
    -----
    In ``.lp`` and ``.mps`` files, a readable name is the component's name with brackets turned into
    parentheses, and everything else but letters from a to z and digits, such as a dot, into ``_``:
    ``eq.leader.x[J_bet]`` is the column ``eq_leader_x(J_bet)``. In an ``.lp`` file, a row has its
    kind in front and ``_`` at the end: ``c_l_..._`` for >=, ``c_u_..._`` for <=, ``c_e_..._`` for
    =, and the two ``r_l_..._`` and ``r_u_..._`` for a range. So ``eq.follower[P2].reply[K_b_call]``
    is the row ``c_l_eq_follower(P2)_reply(K_b_call)_``.

    No reader agrees with another on how an ``.mps`` file says "maximise", or where its constant
    goes. Therefore a linear model that maximises is written there as the minimisation of the
    negative, ``minus_obj``, and a constant, in both formats, as a column ``ONE_VAR_CONSTANT`` that
    is fixed at 1. Linear models are written from arrays, others by Pyomo.

    A ``.nl`` file has no names; the components' own go to a ``.row`` and a ``.col`` file beside it.

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> m = pyo.ConcreteModel()
    >>> m.x = pyo.Var(domain=pyo.NonNegativeReals)
    >>> m.budget = pyo.Constraint(expr=2 * m.x <= 3)
    >>> m.goal = pyo.Objective(expr=4 * m.x, sense=pyo.maximize)
    >>> print(export(m, "small.lp").read_text())
    max
    obj:
    +4.0 x
    <BLANKLINE>
    s.t.
    <BLANKLINE>
    c_u_budget_:
    +2.0 x
    <= 3.0
    <BLANKLINE>
    bounds
    end
    <BLANKLINE>
    """
    file = Path(path)
    if file.suffix.lower() not in _FORMATS:
        raise ModelError(
            f"cannot write {file.name}: the suffix {file.suffix!r} is none of {', '.join(_FORMATS)}"
        )
    if not file.parent.is_dir():
        raise ModelError(f"cannot write {file}: there is no folder {file.parent}; create it first")
    if labels not in get_args(Labels):
        raise CapabilityError(f"labels={labels!r} is neither 'readable' nor 'short'")
    refuse_what_solvers_drop(model)
    only_objective(model)
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        _write(model, Path(folder) / file.name, readable=labels == "readable")
        for written in Path(folder).iterdir():  # a .nl file comes with .row and .col
            written.replace(file.parent / written.name)
    return file


def _write(model: Any, file: Path, *, readable: bool) -> None:
    writer = _BULK_WRITERS.get(file.suffix.lower())
    program = _linear_program(model) if writer else None
    if writer is not None and program is None:
        _require_no_nonlinear_function(model, file)
    if writer is None or program is None:
        _write_with_pyomo(model, file, readable=readable)
        return
    try:
        writer(program if readable else replace(program, column_names=(), row_names=()), file)
    except ModelError as error:
        raise ModelError(f"cannot write {file.name}: {error}") from error


def _linear_program(model: Any) -> LinearProgram | None:
    """Return the model's arrays, or ``None`` if it is not linear: Pyomo's writers take more."""
    try:
        return compile_model(model).program
    except CapabilityError:
        return None


def _require_no_nonlinear_function(model: Any, file: Path) -> None:
    """Say which component the file cannot hold, and what holds it."""
    component = nonlinear_component(model)
    if component is None:
        return
    raise ModelError(
        f"cannot write {file.name}: {component} is a nonlinear function, and a {file.suffix} file "
        f"holds linear and quadratic ones. Write a .nl file{_linear_forms(model)}"
    )


def _linear_forms(model: Any) -> str:
    """Say which formulations of the same need no nonlinear function, if there are any."""
    for block in formulations_in(model):
        forms = getattr(block.formulation(), "linear_forms", ())
        if forms:
            return f", or put {' or '.join(forms)} in the place of {block.name!r}"
    return ""


def _write_with_pyomo(model: Any, file: Path, *, readable: bool) -> None:
    try:
        write_with_pyomo(model, file, _FORMATS[file.suffix.lower()], readable=readable)
    except (PyomoException, RuntimeError, ValueError) as error:
        clash = _clash(model) if "duplicate symbol" in str(error).lower() else None
        reason = str(error) if clash is None else clash
        raise ModelError(f"cannot write {file.name}: {reason}") from error


def _clash(model: Any) -> str | None:
    """Say which two components cannot both have a readable name, if there are two."""
    for kind in (pyo.Var, pyo.Constraint):
        seen: dict[str, str] = {}
        for component in model.component_data_objects(kind, descend_into=True):
            label = readable_label(component.name)
            first = seen.setdefault(label, component.name)
            if first != component.name:
                return (
                    f"{first} and {component.name} have the same readable name {label}; use "
                    "labels='short', or rename one of them"
                )
    return None
