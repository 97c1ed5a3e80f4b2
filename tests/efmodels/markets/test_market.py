"""The market: ways to give it, exact numbers, what is excluded, and that nobody can change it."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from efmodels.markets import Market

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

N = None
ROWS = [[3, N, 0, 2], [N, N, N, N], [1, 4, N, 5]]
FLOATS = np.array([[3, 9, 0, 2], [9, 9, 9, 9], [1, 4, 9, 5]], dtype=float)
MASK = np.array([[x is None for x in row] for row in ROWS])
FRAME = pd.DataFrame(np.where(MASK, np.nan, FLOATS), index=["x", "y", "z"], columns=list("abcd"))
SPARSE = sparse.coo_array(
    ([5.0, 3.0, 1.0, 0.0, 4.0, 2.0], ([2, 0, 2, 0, 2, 0], [3, 0, 0, 2, 1, 3])), shape=(3, 4)
)


@pytest.fixture
def market() -> Market:
    """Return a market with everything that may be left out."""
    return Market(values=ROWS, budgets=[1, 0, 2], reserves=[0, 1, 2, 0.5], supplies=[1, 2, 3, 4])


def pickled(market: Market) -> Market:
    """Return what a pickle of the market, whose properties have been looked at, reads back as."""
    assert len(market.bidders_without_value)
    copied: Market = pickle.loads(pickle.dumps(market))  # noqa: S301 - written just now
    return copied


class TestWaysToGiveIt:
    """Lists, arrays, sparse matrices and DataFrames say the same."""

    @pytest.mark.parametrize(
        "values",
        [
            tuple(tuple(row) for row in ROWS),
            np.array(ROWS, dtype=object),
            np.ma.array(FLOATS, mask=MASK),
            np.ma.array(FLOATS.astype(np.int16), mask=MASK),
            SPARSE,
            SPARSE.tocsr(),
            SPARSE.tocsc(),
            SPARSE.tolil(),
            sparse.csr_matrix(SPARSE),
            SPARSE.astype(np.float32),
            FRAME.set_axis(["B1", "B2", "B3"]).set_axis(["G1", "G2", "G3", "G4"], axis=1),
        ],
        ids=lambda values: f"{type(values).__name__}-{getattr(values, 'dtype', '')}",
    )
    def test_same_market(self, values: Any) -> None:
        """The same table makes the same market, zeros and missing values told apart."""
        assert Market(values=values, budgets=1) == Market(values=ROWS, budgets=1)

    def test_arrays(self, market: Market) -> None:
        """The record holds a sparse matrix and three arrays of floats."""
        assert market.values.data.tolist() == [3, 0, 2, 1, 4, 5]
        assert market.values.indices.tolist() == [0, 2, 3, 0, 1, 3]
        assert market.values.indptr.tolist() == [0, 3, 3, 6]
        assert market.budgets.tolist() == [1, 0, 2]
        assert market.reserves.tolist() == [0, 1, 2, 0.5]
        assert market.supplies.tolist() == [1, 2, 3, 4]
        assert {a.dtype for a in (market.values, market.budgets, market.supplies)} == {
            np.dtype(float)
        }

    def test_defaults(self) -> None:
        """Without more, nothing has a reserve, and there is one unit of everything."""
        market = Market(values=[[1, 2]], budgets=[3])

        assert (market.bidders, market.goods) == (("B1",), ("G1", "G2"))
        assert (market.exact_reserves, market.exact_supplies) == ((0, 0), (1, 1))
        assert market.is_exact

    def test_labels_of_a_frame(self) -> None:
        """A DataFrame brings its labels; those that are no texts become texts."""
        market = Market(values=FRAME.set_axis([1, 2, 3]), budgets=1)

        assert (market.bidders, market.goods) == (("1", "2", "3"), ("a", "b", "c", "d"))

    @pytest.mark.parametrize("kind", [dict, pd.Series])
    def test_numbers_by_label(self, kind: Callable[[dict[str, int]], Any]) -> None:
        """Mappings and Series are matched by label, in whatever order they are."""
        market = Market(
            values=FRAME,
            budgets=kind({"z": 3, "x": 1, "y": 2}),
            reserves=kind({"d": 7}),
            supplies=kind({"b": 5}),
        )

        assert market.exact_budgets == (1, 2, 3)
        assert market.exact_reserves == (0, 0, 0, 7)
        assert market.exact_supplies == (1, 5, 1, 1)

    def test_one_number_for_all(self) -> None:
        """A single number holds for every bidder or good, exactly."""
        market = Market(values=[[1, 2]], budgets="1/3", reserves=0.5, supplies=2)

        assert market.exact_budgets == (Fraction(1, 3),)
        assert (market.exact_reserves, market.exact_supplies) == ((0.5, 0.5), (2, 2))

    def test_frame_and_back(self, market: Market) -> None:
        """``to_frame`` shows NaN for what is excluded, and is itself a way to give the market."""
        frame = market.to_frame()

        assert frame.isna().to_numpy().tolist() == MASK.tolist()
        assert frame.loc["B3", "G2"] == 4
        assert market.replace(values=frame) == market


class TestExactNumbers:
    """Integers and fractions stay what they were."""

    def test_kinds_are_kept(self) -> None:
        """Each number comes back as it was given; texts are read exactly."""
        given = [3, Fraction(1, 3), 0.1, "0.1", np.int8(2), np.float64(0.5)]
        market = Market(values=[given], budgets=1)

        expected = (3, Fraction(1, 3), 0.1, Fraction(1, 10), 2, 0.5)
        assert market.exact_values == expected
        assert [type(x) for x in market.exact_values] == [type(x) for x in expected]
        assert market.values.data.tolist() == [float(x) for x in expected]

    def test_beyond_floats(self) -> None:
        """An integer that no float can hold is kept, in a list and in an array."""
        large = 10**17 + 1

        assert Market(values=[[large]], budgets=1).exact_values == (large,)
        assert Market(values=np.array([[large]]), budgets=1).exact_values == (large,)

    def test_order_of_sparse_integers(self) -> None:
        """The exact numbers stand in the order of ``values.data``."""
        market = Market(values=SPARSE.astype(np.int64), budgets=1)

        assert market.exact_values == (3, 0, 2, 1, 4, 5)
        assert all(isinstance(number, int) for number in market.exact_values)

    @pytest.mark.parametrize(
        ("numbers", "exact"),
        [
            ({"values": [[1]], "budgets": [1]}, True),
            ({"values": [[1.0]], "budgets": [1]}, False),
            ({"values": [[1]], "budgets": [0.5]}, False),
            ({"values": [[1]], "budgets": [1], "reserves": [0.0]}, False),
            ({"values": [[None]], "budgets": [1]}, True),
        ],
    )
    def test_is_exact(self, numbers: dict[str, Any], exact: bool) -> None:  # noqa: FBT001 - expected
        """One float makes the market inexact."""
        assert Market(**numbers).is_exact is exact


class TestWhatIsLeft:
    """Nothing is dropped, and what an algorithm must expect can be found."""

    def test_by_hand(self, market: Market) -> None:
        """Bidder 2 has neither value nor budget; good 3 is valued at nothing."""
        assert market.bidders_without_value.tolist() == [1]
        assert market.bidders_without_budget.tolist() == [1]
        assert market.goods_without_bid.tolist() == [2]
        assert market.positive_values.nnz == market.values.nnz - 1 == 5

    @given(
        st.integers(1, 4).flatmap(
            lambda goods: st.lists(
                st.lists(st.sampled_from([None, 0, 1, 2]), min_size=goods, max_size=goods),
                min_size=1,
                max_size=4,
            )
        )
    )
    def test_as_loops_find_them(self, rows: list[list[int | None]]) -> None:
        """Arrays and plain loops agree."""
        market = Market(values=rows, budgets=1)
        positive = [[bool(value) for value in row] for row in rows]

        assert (market.positive_values.toarray() > 0).tolist() == positive
        assert market.values.nnz == sum(value is not None for row in rows for value in row)
        assert market.bidders_without_value.tolist() == [
            i for i, row in enumerate(positive) if not any(row)
        ]
        assert market.goods_without_bid.tolist() == [
            j for j, column in enumerate(zip(*positive, strict=True)) if not any(column)
        ]


class TestNobodyCanChangeIt:
    """Arrays are read-only, and do not share memory with what was given."""

    @pytest.mark.parametrize(
        "change",
        [
            lambda market: market.values.data.fill(7),
            lambda market: market.values.eliminate_zeros(),
            lambda market: market.values.indices.sort(),
            lambda market: market.budgets.sort(),
            lambda market: market.reserves.fill(1),
            lambda market: market.supplies.fill(1),
            lambda market: market.bidders_without_value.fill(0),
            lambda market: setattr(market, "title", "new"),
            lambda market: setattr(market, "budgets", [1, 2, 3]),
        ],
    )
    @pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, pickled])
    def test_refused(
        self, market: Market, change: Callable[[Market], object], way: Callable[[Market], Market]
    ) -> None:
        """A change is refused, also of what was copied or unpickled."""
        other = way(market)
        with pytest.raises((ValueError, AttributeError)):
            change(other)

        assert other == market

    def test_matrix_is_made_anew(self, market: Market) -> None:
        """Whoever puts another array into the matrix has changed her own."""
        market.values.data = np.zeros(6)

        assert market.values.data.tolist() == [3, 0, 2, 1, 4, 5]

    @pytest.mark.parametrize("kind", [np.array, sparse.csr_array])
    def test_given_arrays_are_copied(self, kind: Callable[[Any], Any]) -> None:
        """What is later done to the arrays that were given does not matter."""
        values, budgets = kind([[1.0, 2.0]]), np.array([3.0])
        market = Market(values=values, budgets=budgets)
        values *= 2
        budgets *= 2

        assert market == Market(values=[[1, 2]], budgets=[3])

    def test_given_matrix_stays_free(self) -> None:
        """The matrix that was given can still be changed, in every part, by whoever gave it."""
        values = sparse.csr_array(np.array([[1.0, 0.0], [2.0, 0.0]]))
        market = Market(values=values, budgets=1)
        values.indices[:] = 1
        values.indptr[1] = 0
        values.data[:] = 3

        assert market == Market(values=[[1, None], [2, None]], budgets=1)


class TestComparing:
    """Markets are equal if their labels and numbers are."""

    def test_float_and_fraction(self) -> None:
        """A float equals the fraction that rounds to it; two fractions are compared exactly."""
        third = Market(values=[[Fraction(1, 3)]], budgets=1)
        rounded = Market(values=[[1 / 3]], budgets=1)
        near = Market(values=[[Fraction(1 / 3)]], budgets=1)

        assert third == rounded == near
        assert hash(third) == hash(rounded)
        assert third != near

    @pytest.mark.parametrize(
        "changes",
        [
            {"values": [[3, N, N, 2], [N, N, N, N], [1, 4, N, 5]]},
            {"values": [[3, 0, N, 2], [N, N, N, N], [1, 4, N, 5]]},
            {"values": [[3, N, 0, 2], [1, N, N, N], [N, 4, N, 5]]},
            {"values": [[3, N, 0, 2], [N, N, N, N], [1, 4, N, 6]]},
            {"budgets": [1, 1, 2]},
            {"reserves": [0, 1, 2, 0.25]},
            {"supplies": [1, 2, 3, 5]},
        ],
    )
    def test_differences(self, market: Market, changes: dict[str, Any]) -> None:
        """Any other number, or another excluded pair, makes another market."""
        assert market.replace(**changes) != market

    def test_labels_and_title(self) -> None:
        """Labels are compared, titles are not; a market is nothing but a market."""
        market = Market(values=[[1]], budgets=1)

        assert market == Market(values=[[1]], budgets=1, title="one")
        assert market != Market(values=[[1]], budgets=1, bidders=["Ann"])
        assert market != Market(values=[[1]], budgets=1, goods=["sea"])
        assert market != "market"

    def test_replace_keeps_the_rest(self) -> None:
        """What is not replaced stays exactly as it is."""
        market = Market(
            values=[["1/3"]], budgets=["1/7"], bidders=["Ann"], goods=["sea"], title="old"
        )
        changed = market.replace(budgets=[2.5], title="new")

        assert repr(changed) == "Market('new', bidders=1, goods=1, values=1)"
        assert (changed.bidders, changed.goods) == (("Ann",), ("sea",))
        assert (changed.exact_values, changed.exact_budgets) == ((Fraction(1, 3),), (2.5,))


def test_pandas_is_not_needed(root: Path) -> None:
    """A market that is given as lists or arrays is made without loading pandas."""
    program = (
        "import sys, efmodels as ef; ef.markets.Market([[1]], [1]); print('pandas' in sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, check=True, text=True
    )

    assert ran.stdout.strip() == "False"
