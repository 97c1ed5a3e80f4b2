"""Schemes: beliefs, payoffs and regrets from the data, whatever produced the signals."""

from __future__ import annotations

import numpy as np
import pytest

from efmodels.errors import GameError
from efmodels.persuasion import PersuasionProblem, SignalScheme
from efmodels.persuasion.channels import private_channels, public_channels

PENNIES = PersuasionProblem(
    [0.5, 0.5],
    np.zeros((2, 2, 2)),
    {"Even": [[[1, -1], [-1, 1]]] * 2, "Odd": [[[-1, 1], [1, -1]]] * 2},
)


def test_regrets_depend_on_who_hears_what() -> None:
    """A fair coin in private leaves nothing to gain; whoever hears both coins gains 2 if she lost.

    In public one of the two has lost after each announcement: half of the time each.
    """
    fair = np.full((2, 2, 2), 1 / 8)
    assert SignalScheme(PENNIES, private_channels(PENNIES), fair).regrets() == {"Even": 0, "Odd": 0}
    public = SignalScheme(PENNIES, public_channels(PENNIES), fair)
    assert public.regrets() == {"Even": 1, "Odd": 1}
    assert public.payoffs() == {"Even": 0, "Odd": 0, "Sender": 0}
    assert repr(public) == "SignalScheme(value=0, public: 4 signals)"


def test_tables() -> None:
    """Signals that are never sent are in no table; what is believed is Bayes' rule."""
    joint = np.zeros((2, 2, 2))
    joint[0, 0, 0], joint[0, 1, 0], joint[1, 1, 0] = 0.25, 0.25, 0.5
    scheme = SignalScheme(PENNIES, private_channels(PENNIES), joint)
    table = scheme.strategy()
    assert table.columns.tolist() == ["state", "Even", "Odd", "probability", "posterior"]
    assert table.values.tolist() == [
        ["S1", "A1", "A1", 0.5, 1.0],
        ["S1", "A2", "A1", 0.5, pytest.approx(1 / 3)],
        ["S2", "A2", "A1", 1.0, pytest.approx(2 / 3)],
    ]
    assert scheme.posteriors().values.tolist() == [
        ["Even", "A1", 0.25, 1.0, 0.0],
        ["Even", "A2", 0.75, pytest.approx(1 / 3), pytest.approx(2 / 3)],
        ["Odd", "A1", 1.0, 0.5, 0.5],
    ]


def test_labels_may_be_those_of_columns() -> None:
    """A receiver who is called as a column gets a column of another name."""
    problem = PersuasionProblem([1], [[0, 1]], {"state": [[0, 1]]}, states=["signal"])
    scheme = SignalScheme(problem, public_channels(problem), [[0, 1]])
    assert scheme.strategy().columns.tolist() == ["state", "state_2", "probability", "posterior"]
    assert scheme.posteriors().columns.tolist()[-1] == "signal_2"


def test_rounding_is_put_right_and_errors_are_not() -> None:
    """Probabilities become those of the prior, if they are close."""
    joint = np.full((2, 2, 2), 1 / 8)
    joint[0, 0, 0] += 1e-8
    joint[1, 0] = -1e-9, 1 / 4
    scheme = SignalScheme(PENNIES, public_channels(PENNIES), joint)
    assert scheme.joint.sum(axis=(1, 2)) == pytest.approx([0.5, 0.5], abs=1e-15)
    assert scheme.joint.min() == 0
    for wrong in (joint * 1.1, joint - 1e-3, joint * np.nan):
        with pytest.raises(GameError, match="joint probabilities of a state differ"):
            SignalScheme(PENNIES, public_channels(PENNIES), wrong)
    with pytest.raises(GameError, match=r"joint has shape \(2,\)"):
        SignalScheme(PENNIES, public_channels(PENNIES), [0.5, 0.5])


def test_states_that_never_are() -> None:
    """A state of probability 0 is in no row, and changes nothing."""
    problem = PersuasionProblem([1, 0], [[0, 1], [5, 5]], [[[0, 1], [9, 9]]])
    scheme = SignalScheme(problem, private_channels(problem), [[0, 1], [0, 0]])
    assert scheme.strategy().state.tolist() == ["S1"]
    assert scheme.payoffs() == {"R1": 1, "Sender": 1}
    assert scheme.regrets() == {"R1": 0}
