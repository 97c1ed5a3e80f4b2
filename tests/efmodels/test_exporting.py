"""Files: the same bytes every time, and the same optimum when another program reads them."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import highspy
import pyomo.environ as pyo
import pytest
from pyomo.gdp import Disjunction

from efmodels.errors import CapabilityError, ModelError
from efmodels.exporting import export
from efmodels.solving import solve

if TYPE_CHECKING:
    from pathlib import Path

SUFFIXES = ["lp", "mps", "nl"]

WRITE = """
import sys
import pyomo.environ as pyo
from efmodels.exporting import export

m = pyo.ConcreteModel()
m.x = pyo.Var(["left", "right", "out"], domain=pyo.NonNegativeReals)
m.part = pyo.Block({"b", "a"})
for name in sorted(m.part.index_set()):
    m.part[name].row = pyo.Constraint(expr=sum(m.x.values()) <= 2)
m.goal = pyo.Objective(expr=m.x["left"] + 2 * m.x["out"], sense=pyo.maximize)
for suffix in ("lp", "mps", "nl"):
    export(m, f"{sys.argv[1]}.{suffix}")
"""


@pytest.fixture
def model() -> Any:
    """Return the classic linear program with optimum 36 (37 with its constant)."""
    m = pyo.ConcreteModel()
    m.x = pyo.Var(["doors", "windows"], domain=pyo.NonNegativeReals)
    m.one = pyo.Constraint(expr=m.x["doors"] <= 4)
    m.two = pyo.Constraint(expr=(1, 2 * m.x["windows"], 12))
    m.three = pyo.Constraint(expr=3 * m.x["doors"] + 2 * m.x["windows"] <= 18)
    m.goal = pyo.Objective(expr=3 * m.x["doors"] + 5 * m.x["windows"] + 1, sense=pyo.maximize)
    return m


def optimum(file: Path) -> float:
    """Return the optimum of a file, as HiGHS reads it."""
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    assert highs.readModel(str(file)) == highspy.HighsStatus.kOk
    highs.run()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return float(highs.getInfo().objective_function_value)


@pytest.mark.parametrize("sense", [pyo.maximize, pyo.minimize])
@pytest.mark.parametrize("labels", ["readable", "short"])
@pytest.mark.parametrize("suffix", ["lp", "mps"])
def test_file_has_the_optimum_of_the_model(
    model: Any, tmp_path: Path, suffix: str, labels: Any, sense: Any
) -> None:
    """Sense and constant survive the way through a file."""
    model.goal.sense = sense
    file = export(model, tmp_path / f"model.{suffix}", labels=labels)

    value = {pyo.maximize: 37.0, pyo.minimize: 3.5}[sense]
    negated = suffix == "mps" and sense == pyo.maximize  # not every reader knows "maximise"

    assert optimum(file) == pytest.approx(-value if negated else value)
    assert solve(model).value == pytest.approx(value)


@pytest.mark.parametrize("suffix", ["lp", "mps"])
def test_readable_labels(tmp_path: Path, suffix: str) -> None:
    """Brackets become parentheses, other signs ``_``, and rows of .lp show their kind in front."""
    m = pyo.ConcreteModel()
    m.b = pyo.Block(["é d"])
    m.b["é d"].x = pyo.Var(["K:b", 2], bounds=(0, 1))
    x, y = m.b["é d"].x.values()
    m.low = pyo.Constraint(expr=x + y >= 1)
    m.high = pyo.Constraint(["a"], rule=lambda _, __: x + y <= 2)
    m.even = pyo.Constraint(expr=x == y)
    m.both = pyo.Constraint(expr=(0, x - y, 1))
    m.goal = pyo.Objective(expr=x)
    words = export(m, tmp_path / f"m.{suffix}").read_text().replace(":", " ").split()

    columns = {"b(__d)_x(_K_b_)", "b(__d)_x(2)"}  # Pyomo's name is b[é d].x['K:b']
    rows = {
        "lp": {"c_l_low_", "c_u_high(a)_", "c_e_even_", "r_l_both_", "r_u_both_"},
        "mps": {"low", "high(a)", "even", "both"},
    }
    assert columns | rows[suffix] <= {*words}


def test_short_labels(model: Any, tmp_path: Path) -> None:
    """Or they are numbered."""
    text = export(model, tmp_path / "model.lp", labels="short").read_text()

    assert "doors" not in text


def test_nl_comes_with_its_names(model: Any, tmp_path: Path) -> None:
    """The names of a .nl file stand in two files beside it."""
    export(model, tmp_path / "model.nl")

    assert sorted(p.name for p in tmp_path.iterdir()) == ["model.col", "model.nl", "model.row"]
    assert (tmp_path / "model.col").read_text().split() == ["x[doors]", "x[windows]"]


def test_same_bytes_under_every_hash_seed(tmp_path: Path) -> None:
    """No set or dictionary of strings decides an order."""
    for seed in ("1", "4242"):
        subprocess.run(
            [sys.executable, "-c", WRITE, str(tmp_path / seed)],
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(p for p in sys.path if p)},
        )

    for suffix in (*SUFFIXES, "row", "col"):
        one, other = (tmp_path / f"{seed}.{suffix}" for seed in ("1", "4242"))
        assert one.read_bytes() == other.read_bytes()


def test_suffix_decides_the_format_in_any_case(model: Any, tmp_path: Path) -> None:
    """``.LP`` is ``.lp``."""
    upper = export(model, tmp_path / "model.LP").read_text()

    assert upper == export(model, tmp_path / "model.lp").read_text()


def test_unknown_suffix(model: Any, tmp_path: Path) -> None:
    """The message names the three."""
    with pytest.raises(ModelError, match=r"'\.txt' is none of \.lp, \.mps, \.nl"):
        export(model, tmp_path / "model.txt")


def test_missing_folder(model: Any, tmp_path: Path) -> None:
    """The message names the folder."""
    with pytest.raises(ModelError, match=r"there is no folder .*nowhere; create it"):
        export(model, tmp_path / "nowhere" / "model.lp")


def test_unknown_labels(model: Any, tmp_path: Path) -> None:
    """The message names the two."""
    with pytest.raises(CapabilityError, match="'long' is neither 'readable' nor 'short'"):
        export(model, tmp_path / "model.lp", labels="long")  # type: ignore[arg-type] # the point


@pytest.mark.parametrize("suffix", ["lp", "mps"])
def test_names_that_become_alike(tmp_path: Path, suffix: str) -> None:
    """The message names both components, and short labels help."""
    m = pyo.ConcreteModel()
    m.x = pyo.Var(["a/b", "a_b"], bounds=(0, 1))
    m.goal = pyo.Objective(expr=3 - m.x["a/b"] - m.x["a_b"])

    with pytest.raises(ModelError, match=r"x\[a/b\] and x\[a_b\] .* use labels='short'"):
        export(m, tmp_path / f"m.{suffix}")
    assert list(tmp_path.iterdir()) == []
    m.y = pyo.Var(["a"], bounds=(0, 0))  # no clash: one has parentheses, the other _
    m.add_component("y_a_", pyo.Var(bounds=(0, 0)))
    assert optimum(export(m, tmp_path / f"m.{suffix}", labels="short")) == pytest.approx(1.0)


@pytest.mark.parametrize("suffix", ["lp", "mps"])
def test_nonlinear_model_in_a_linear_format(model: Any, tmp_path: Path, suffix: str) -> None:
    """The message names the component; a file that was there before stays."""
    file = tmp_path / f"model.{suffix}"
    file.write_text("mine")
    model.goal.set_value(pyo.exp(model.x["doors"]))

    with pytest.raises(ModelError, match=r"cannot write .*goal"):
        export(model, file)
    assert file.read_text() == "mine"


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_disjunction_is_refused(model: Any, tmp_path: Path, suffix: str) -> None:
    """A writer that drops a component would write another model."""
    model.either = Disjunction(expr=[[model.x["doors"] <= 0], [model.x["windows"] <= 0]])

    with pytest.raises(CapabilityError, match="either is a Disjunction"):
        export(model, tmp_path / f"model.{suffix}")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_unattached_block(tmp_path: Path, suffix: str) -> None:
    """A block without a model can be written, and nothing is left on it."""
    block = pyo.Block(concrete=True)
    block.x = pyo.Var(bounds=(0, 3))
    block.goal = pyo.Objective(expr=block.x, sense=pyo.maximize)

    assert export(block, str(tmp_path / f"block.{suffix}")).stat().st_size > 0
    assert not hasattr(block, "solutions")


@pytest.mark.parametrize("suffix", [".lp", ".mps", ".nl"])
def test_no_active_objective(tmp_path: Path, suffix: str) -> None:
    """A file without an objective would be another model."""
    m = pyo.ConcreteModel()
    m.x = pyo.Var(bounds=(0, 1))
    m.goal = pyo.Objective(expr=m.x)
    m.goal.deactivate()

    with pytest.raises(ModelError, match="has no active objective"):
        export(m, tmp_path / f"a{suffix}")
