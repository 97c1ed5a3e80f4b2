"""A Pyomo that has changed costs the solvers that it can no longer have, and nothing else.

What is missing is taken away in a process of its own, before efmodels is imported there.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pyomo.version
import pytest

import efmodels
from efmodels.pyomo_internals.registration import PLUGINS_NEED

WITHOUT_A_CLASS = """
import pyomo.environ
from pyomo.contrib.solver.common import solution_loader
vars(solution_loader).pop("SolutionLoader", None)
"""
WITHOUT_A_MODULE = """
import sys, pyomo.environ
sys.modules["pyomo.contrib.solver.common.factory"] = None
"""
OTHER_SETTINGS = """
import pyomo.environ
from pyomo.contrib.solver.common import config
config.SolverConfig.__init__ = lambda self, must_have: None
"""
SOLVED_IN_BULK = """
import pyomo.environ as pyo
import efmodels as ef
m = pyo.ConcreteModel()
m.eq = ef.formulations.nash_zero_sum(ef.instances.kuhn())
m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
print(ef.solve(m).solver, ef.solve(m, "efmodels_highs").status, ef.export(m, "kuhn.lp").name)
"""
ASKED_BY_PYOMO = """
with pyo.SolverFactory("efmodels_highs") as opt:
    print(opt.available(exception_flag=False), opt.license_is_valid())
opt.options["threads"] = 1
try:
    opt.solve(m)
except ef.CapabilityError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        (WITHOUT_A_CLASS, "SolutionLoader"),
        (WITHOUT_A_MODULE, "common.factory"),
        (OTHER_SETTINGS, "must_have"),
    ],
    ids=["a class", "a module", "a signature"],
)
def test_only_the_solvers_are_lost(missing: str, named: str, tmp_path: Path) -> None:
    """The package is imported, solves and writes; who asks Pyomo for our solver is told why not."""
    if pyomo.version.version_info[:3] < (6, 10, 1) and named != "SolutionLoader":
        pytest.skip("Pyomo 6.10.0 lacks SolutionLoader, whatever else it lacks")
    done = subprocess.run(  # what a user would type
        [sys.executable, "-W", "error", "-c", missing + SOLVED_IN_BULK + ASKED_BY_PYOMO],
        capture_output=True,
        check=False,
        text=True,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(Path(efmodels.__file__).parents[1])},
    )
    solved, here, said = (done.stdout.splitlines() + 3 * [""])[:3]

    assert (solved, done.stderr) == ("efmodels_highs optimal kuhn.lp", "")
    assert here == "False False"
    assert re.match(rf"efmodels_highs cannot be a solver of Pyomo {pyomo.version.version} \(", said)
    assert named in said
    assert f"needs pyomo{PLUGINS_NEED}" in said
