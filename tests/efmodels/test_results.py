"""The record of a solve prints itself, and travels."""

from __future__ import annotations

import pickle

from efmodels.errors import InfeasibleError
from efmodels.results import Result, Status
from tests.html_tables import read_tables

RESULT = Result(Status.FEASIBLE, "highs", 1.5, 2.0, 0.125, {"<eq>": {"P1": 0.25}}, "much text")


def test_prints_as_a_table() -> None:
    """One line per entry; the log is left out."""
    assert str(RESULT).splitlines() == [
        "status          feasible",
        "solver          highs",
        "value           1.5",
        "bound           2",
        "seconds         0.12",
        "regret <eq> P1  0.25",
    ]
    assert "much text" not in repr(RESULT)


def test_shows_as_html() -> None:
    """What print shows stands in two tables, the regrets in one of their own; the log is left out.

    A result without regrets has no second table.
    """
    facts, regrets = read_tables(RESULT._repr_html_())

    assert facts.caption == "Result"
    assert facts.rows == [line.split() for line in str(RESULT).splitlines()[:-1]]
    assert regrets.rows == [["block", "player", "regret"], ["<eq>", "P1", "0.25"]]
    assert len(read_tables(Result(Status.OPTIMAL, "highs")._repr_html_())) == 1


def test_status_equals_its_text() -> None:
    """Users compare with a string."""
    assert RESULT.status == "feasible"


def test_error_travels_with_its_result() -> None:
    """An error that a worker process raises arrives whole."""
    error = InfeasibleError("no", status=Status.INFEASIBLE, solver="highs", result=RESULT)
    arrived = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes

    assert type(arrived) is InfeasibleError
    assert (str(arrived), arrived.status, arrived.result) == ("no", "infeasible", RESULT)
