"""What a market refuses: the message names the bidder, the good and the range."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from efmodels.errors import GameError
from efmodels.markets import Market

NAN = float("nan")
TWICE = sparse.coo_array(([1.0, 2.0, 4.0], ([1, 0, 1], [2, 0, 2])), shape=(2, 3))
TWICE_CSR = sparse.csr_array(
    (np.array([1.0, 2.0]), np.array([1, 1]), np.array([0, 2])), shape=(1, 2)
)
FRAME = pd.DataFrame([[1, 2]], index=["Ann"], columns=["sea", "air"])


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([[1, -2]], r"the value of bidder 'B1' for good 'G2' is -2.0: .* >= 0$"),
        ([[1], [np.inf]], "the value of bidder 'B2' for good 'G1' is inf"),
        ([[1, NAN]], "'G2' is nan.*; a pair that is excluded is None in a list, masked in an arr"),
        (np.array([[1, NAN]]), "for good 'G2' is nan"),
        (sparse.csr_array(np.array([[0, NAN]])), "for good 'G2' is nan"),
        (FRAME - 2, "the value of bidder 'Ann' for good 'sea' is -1.0"),
        ([[1, "two"]], r"values\[0, 1\] is 'two': it is not written like '3', '0.5'"),
        ([[1, True]], r"values\[0, 1\] is True: expected an int, a float, a Fraction or a text"),
        ([[1], [10**400]], r"values\[1, 0\] is a number of more than 40 digits: it is larger than"),
        ([["1e-400"]], r"values\[0, 0\] is '1e-400': it is not zero, but its float is"),
        (FRAME.astype(object).replace(2, "x"), r"values\['Ann', 'air'\] is 'x'"),
        ([[1, 2], [3]], r"values\[0\] has 2 numbers and values\[1\] has 1: expected one per good"),
        (7, "values is a int, and no table: expected a list of rows"),
        (["ab"], "values is a list, and no table: expected a list of rows"),
        (np.ones(3), r"values is an array of shape \(3,\) and type float64"),
        (np.ones((2, 2), dtype=bool), r"shape \(2, 2\) and type bool"),
        (sparse.csr_array(np.ones((2, 2), dtype=complex)), "and type complex128: expected two ax"),
        ([], r"values has shape \(0, 0\): a market has at least one bidder and one good"),
        ([[], []], r"values has shape \(2, 0\)"),
        (TWICE, "values has two entries in row 1, column 2: add them up"),
        (TWICE_CSR, "values has two entries in row 0, column 1: add them up"),
    ],
)
def test_values(values: Any, message: str) -> None:
    """Values are a table of finite numbers of at least zero."""
    with pytest.raises(GameError, match=message):
        Market(values=values, budgets=1)


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"budgets": [1, -1]}, "the budget of bidder 'B2' is -1.0: expected a finite number >= 0$"),
        ({"budgets": [1, NAN]}, "the budget of bidder 'B2' is nan"),
        ({"budgets": [1]}, "budgets has 1 numbers; there are 2 bidders"),
        ({"budgets": np.ones(3)}, "budgets has 3 numbers; there are 2 bidders"),
        ({"budgets": np.ones((2, 1))}, r"budgets has shape \(2, 1\): .*, shape \(2,\)"),
        ({"budgets": {"B1": 1}}, "matched by label, and it has no number for bidder 'B2'"),
        ({"budgets": {"B1": 1, "B2": 2, "C": 3}}, "has an unknown bidder 'C'; .* 'B1', 'B2'. Give"),
        ({"budgets": pd.Series([1, 2])}, "has an unknown bidder '0'.*Give a list to match by pos"),
        ({"budgets": pd.Series([1, 2], ["B1", "B1"])}, "has 'B1' more than once in its index"),
        ({"budgets": None}, "budgets is None: expected an int"),
        ({"budgets": [1, None]}, "the budget of bidder 'B2' is None: expected an int"),
        ({"reserves": [0, 0, -3]}, "the reserve of good 'G3' is -3.0: expected a finite number >="),
        ({"reserves": {"G4": 1}}, "has an unknown good 'G4'"),
        ({"supplies": [1, 0, 1]}, "the supply of good 'G2' is 0.0: expected a finite number > 0$"),
        ({"supplies": np.inf}, "the supply of good 'G1' is inf"),
    ],
)
def test_numbers(numbers: dict[str, Any], message: str) -> None:
    """Budgets, reserves and supplies are finite, in their range, and one for each."""
    with pytest.raises(GameError, match=message):
        Market(**{"values": [[1, 2, 3], [4, 5, 6]], "budgets": [1, 2], **numbers})


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ({"bidders": ["Ann", "Bob"]}, "bidders has 2 labels; values has 1 bidders"),
        ({"goods": ["a", "a"]}, r"goods\[0\] and goods\[1\] are both 'a': labels must be diff"),
        ({"goods": ["a", ""]}, r"goods\[1\] is '': expected a text that is not empty"),
        (
            {"goods": ["a", " b"]},
            r"goods\[1\] is ' b': expected a text .* begin or end with a blan",
        ),
        ({"goods": ["a", 2]}, r"goods\[1\] is 2: expected a text"),
        ({"goods": "ab"}, "goods is the text 'ab': give a list of labels"),
    ],
)
def test_labels(labels: dict[str, Any], message: str) -> None:
    """Labels are different texts, one for each."""
    with pytest.raises(GameError, match=message):
        Market(values=[[1, 2]], budgets=1, **labels)


def test_labels_against_a_frame() -> None:
    """Labels beside a DataFrame must be its own: nothing is renamed in silence."""
    assert Market(values=FRAME, budgets=1, bidders=["Ann"]).bidders == ("Ann",)
    with pytest.raises(GameError, match="bidders differ from the labels of the DataFrame"):
        Market(values=FRAME, budgets=1, bidders=["Bob"])
    with pytest.raises(GameError, match=r"goods\[0\] and goods\[1\] are both 'sea'"):
        Market(values=FRAME.set_axis(["sea", "sea"], axis=1), budgets=1)
