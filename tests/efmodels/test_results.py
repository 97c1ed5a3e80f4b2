"""The record of a solve prints itself, and travels."""

from __future__ import annotations

import pickle

from efmodels.errors import InfeasibleError
from efmodels.results import Result, Status

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
    """Names are escaped."""
    html = RESULT._repr_html_()

    assert html.startswith("<table><tr><th>status</th><td>feasible</td></tr>")
    assert "<th>regret &lt;eq&gt; P1</th><td>0.25" in html


def test_status_equals_its_text() -> None:
    """Users compare with a string."""
    assert RESULT.status == "feasible"


def test_error_travels_with_its_result() -> None:
    """An error that a worker process raises arrives whole."""
    error = InfeasibleError("no", status=Status.INFEASIBLE, solver="highs", result=RESULT)
    arrived = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes

    assert type(arrived) is InfeasibleError
    assert (str(arrived), arrived.status, arrived.result) == ("no", "infeasible", RESULT)
