"""Markets in comma-separated files: round trips, what is read, and errors that name the line."""

from __future__ import annotations

import random
from collections import Counter
from fractions import Fraction
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from efmodels.errors import FormatError, GameError
from efmodels.instances import sampled_market
from efmodels.markets import Market, read_market, write_market

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn

VALUES = "bidder,good,value\nAnn,sea,3\nBob,air,0.5\nBob,sea,1/3\n"
BUDGETS = "bidder,budget\nAnn,1\nBob,0\n"
GOODS = "good,reserve,supply\nair,,2\nsea,1/2,\nsun,1,1\n"

LABELS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8).filter(
    lambda label: label == label.strip()
)
NUMBERS = st.one_of(
    st.integers(0, 10**20),
    st.fractions(0, 100, max_denominator=10**6),
    st.floats(0, allow_infinity=False, allow_nan=False, allow_subnormal=True),
)


@st.composite
def markets(draw: DrawFn) -> Market:
    """Draw a small market with any labels and numbers."""
    bidders = draw(st.lists(LABELS, min_size=1, max_size=4, unique=True))
    goods = draw(st.lists(LABELS, min_size=1, max_size=4, unique=True))
    row = st.lists(st.none() | NUMBERS, min_size=len(goods), max_size=len(goods))
    return Market(
        values=draw(st.lists(row, min_size=len(bidders), max_size=len(bidders))),
        budgets=[draw(NUMBERS) for _ in bidders],
        reserves=[draw(NUMBERS) for _ in goods],
        supplies=[draw(NUMBERS.filter(bool)) for _ in goods],
        bidders=bidders,
        goods=goods,
    )


def are_floats(market: Market) -> list[bool]:
    """Say of each number whether it is a float."""
    numbers = (
        *(market.exact_values, market.exact_budgets),
        *(market.exact_reserves, market.exact_supplies),
    )
    return [isinstance(number, float) for number in chain(*numbers)]


def written(*texts: str) -> list[Path]:
    """Write texts to the files of this folder."""
    paths = [Path(name) for name in ("values.csv", "budgets.csv", "goods.csv")]
    for path, text in zip(paths, texts, strict=False):
        path.write_bytes(text.encode())
    return paths[: len(texts)]


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


class TestRoundTrip:
    """What is written is read back, to the last digit."""

    @given(markets())
    @settings(max_examples=100, deadline=None)
    def test_three_files(self, market: Market) -> None:
        """Labels, exclusions and numbers survive, and exact numbers stay exact."""
        with TemporaryDirectory() as folder:
            paths = [Path(folder, name) for name in ("v", "b", "g")]
            back = read_market(*write_market(market, *paths))

        assert back == market
        assert are_floats(back) == are_floats(market)

    @given(markets())
    @settings(max_examples=50, deadline=None)
    def test_two_files(self, market: Market) -> None:
        """Without a third file a market is read back as well, or is refused."""
        lacks = sorted(set(range(len(market.goods))) - set(market.values.indices.tolist()))
        market = market.replace(reserves=0, supplies=1)
        with TemporaryDirectory() as folder:
            paths = [Path(folder, name) for name in ("v", "b")]
            if lacks:
                with pytest.raises(GameError, match="has no value, not even of zero"):
                    write_market(market, *paths)
            else:
                assert read_market(*write_market(market, *paths)) == market

    def test_generated_market(self) -> None:
        """A market with some thousand floats comes back to the last bit."""
        market = sampled_market(bidders=50, goods=200, seed=3)
        back = read_market(*write_market(market, "v.csv", "b.csv"), title=market.title)

        assert back == market
        assert repr(back) == repr(market)

    def test_text(self) -> None:
        """The files hold a record per pair, bidder and good, and quotes where needed."""
        market = Market(
            values=[[3, None], ["1/3", 0.5]],
            budgets=[1, 0],
            reserves=[0, "1/2"],
            bidders=['Ann "A", Inc.', "Bob"],
            goods=["sea", "air"],
        )
        values, budgets, goods = write_market(market, "v.csv", "b.csv", "g.csv")

        assert values.read_text() == (
            'bidder,good,value\n"Ann ""A"", Inc.",sea,3\nBob,sea,1/3\nBob,air,0.5\n'
        )
        assert budgets.read_text() == 'bidder,budget\n"Ann ""A"", Inc.",1\nBob,0\n'
        assert goods.read_text() == "good,reserve,supply\nsea,0,1\nair,1/2,1\n"

    def test_pandas_reads_it(self) -> None:
        """Another reader of such files finds the same numbers."""
        market = sampled_market(bidders=7, goods=9)
        values, budgets = write_market(market, "v.csv", "b.csv")
        table = pd.read_csv(values).pivot_table(index="bidder", columns="good", values="value")

        assert table.loc[[*market.bidders], [*market.goods]].equals(market.to_frame())
        assert pd.read_csv(budgets)["budget"].tolist() == market.budgets.tolist()

    @pytest.mark.parametrize(
        ("numbers", "message"),
        [
            ({"reserves": [0, 2]}, "good 'G2' has a reserve, which .*: give goods_csv as well"),
            ({"supplies": [3, 1]}, "good 'G1' has a supply other than one"),
            ({"values": [[1, None]]}, "good 'G2' has no value, not even of zero"),
            ({"bidders": ["\ud800"]}, "a label holds '.ud800', half of a surrogate pair"),
            ({"values": [[Fraction(1, 3**3000), 1]]}, "is .*: it is not zero, but its float is"),
            ({"budgets": [Fraction(3**2000, 2**3000)]}, "a number has more than 1000 characters"),
        ],
    )
    def test_refused(self, numbers: dict[str, object], message: str) -> None:
        """What the files cannot hold is refused, and nothing is written."""
        with pytest.raises(GameError, match=message):
            write_market(Market(**{"values": [[1, 2]], "budgets": [1], **numbers}), "v", "b")

        assert not Path("v").exists()


class TestReading:
    """What is read, and in which order."""

    def test_two_files(self) -> None:
        """Bidders stand as in the budgets, goods as they first appear in the values."""
        market = read_market(*written(VALUES, "bidder,budget\nBob,2\nAnn,1\nCleo,1e3\n"))

        assert (market.bidders, market.goods) == (("Bob", "Ann", "Cleo"), ("sea", "air"))
        assert market.exact_values == (Fraction(1, 3), 0.5, 3)
        assert market.exact_budgets == (2, 1, 1000.0)
        assert market.bidders_without_value.tolist() == [2]

    def test_three_files(self) -> None:
        """Goods stand as in their file; an empty reserve is 0, an empty supply 1."""
        market = read_market(*written(VALUES, BUDGETS, GOODS))

        assert market.goods == ("air", "sea", "sun")
        assert market.exact_reserves == (0, Fraction(1, 2), 1)
        assert market.exact_supplies == (2, 1, 1)
        assert market.goods_without_bid.tolist() == [2]

    @pytest.mark.parametrize(
        ("goods", "reserves", "supplies"),
        [
            ("good\nair\nsea\n", (0, 0), (1, 1)),
            ("supply,good\n4,air\n5,sea\n", (0, 0), (4, 5)),
            ("good,reserve\nair,4\nsea,5\n", (4, 5), (1, 1)),
        ],
    )
    def test_columns_of_goods(
        self, goods: str, reserves: tuple[int, ...], supplies: tuple[int, ...]
    ) -> None:
        """Reserves and supplies may be left out, and columns stand in any order."""
        market = read_market(*written(VALUES, BUDGETS, goods))

        assert (market.exact_reserves, market.exact_supplies) == (reserves, supplies)

    def test_as_spreadsheets_write_it(self) -> None:
        """A byte order mark, Windows line ends, blanks, empty lines and quotes do not matter."""
        values = (
            '\ufeff value , bidder,good\r\n 3 ,"Ann", sea\r\n\r\n0.5,Bob,air\r\n1/3, Bob ,"sea"'
        )

        assert read_market(*written(values, BUDGETS)) == read_market(*written(VALUES, BUDGETS))

    def test_label_of_several_lines(self) -> None:
        """A quoted label may hold line ends, and later lines are counted with them."""
        market = read_market(*written('bidder,good,value\n"a\nb",c,1\n', 'bidder,budget\n"a\nb",1'))

        assert market.bidders == ("a\nb",)
        error = error_of('bidder,good,value\n"a\nb",c,1\n"a\nb",c,x\n', 'bidder,budget\n"a\nb",1')
        assert (error.line, error.column) == (5, 6)


def error_of(*texts: str) -> FormatError:
    """Return the error of files that make no market."""
    with pytest.raises(FormatError) as caught:
        read_market(*written(*texts))
    return caught.value


class TestErrors:
    """File, line and column of what is wrong; both lines where two disagree."""

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ("", "1:1: expected a header with the columns bidder, good, value; got nothing"),
            ("bidder;good;value", "1:1: expected a header .*; got bidder;good;value"),
            ("bidder,good,value,x", "1:1: .*; got bidder, good, value, x"),
            ("bidder,good,good,value", "1:1: .*; got bidder, good, good, value"),
            ("bidder,good,value\n", "2:1: expected at least one good, got the end of the file"),
            ("bidder,good,value\nAnn,sea\n", "2:1: expected 3 fields, got 2"),
            ("bidder,good,value\n\nAnn,sea,\n", "3:9: expected a value, got '': it is not writ"),
            ("bidder,good,value\nAnn,sea,-1\n", "2:9: .*got '-1': it is not a finite number of"),
            ("bidder,good,value\nAnn,sea,-1.5\n", "2:9: .*: it is not a finite number of at lea"),
            ("bidder,good,value\nAnn,sea,nan\n", "2:9: expected a value, got 'nan': it is not wr"),
            ("bidder,good,value\nAnn,sea,1e999\n", "2:9: .*: it is not a finite number of at le"),
            ("bidder,good,value\nAnn,sea,1/0\n", "2:9: .*: its denominator is zero"),
            ("bidder,good,value\nAnn,,1\n", "2:5: expected a good, got an empty field"),
            ("bidder,good,value\nCleo,sea,1\n", "2:1: bidder 'Cleo' is not listed in budgets.csv"),
            ('bidder,good,value\n"Ann",sea,x\n', "2:11: expected a value, got 'x'"),
            ('bidder,good,value\n"A,n,n,',"2:1: expected comma-separated fields: unexpected end"),
            ('bidder,good,value\nAnn,"sea"x,1', "2:1: expected comma-separated fields: ',' exp"),
            (VALUES + "Bob,sea,2\n", "5:1: bidder 'Bob' and good 'sea' stand .* in line 4 already"),
        ],
    )  # fmt: skip
    def test_values(self, values: str, message: str) -> None:
        """The message begins with the place in the file of values."""
        assert_matches(error_of(values, BUDGETS), f"values.csv:{message}")

    @pytest.mark.parametrize(
        ("budgets", "message"),
        [
            ("bidder,budget\n", "2:1: expected at least one bidder, got the end of the file"),
            ("bidder,budget\nAnn,1\nBob,\n", "3:5: expected a budget, got ''"),
            (BUDGETS + "Ann,2\n", "4:1: bidder 'Ann' stands in line 2 already"),
        ],
    )
    def test_budgets(self, budgets: str, message: str) -> None:
        """A bidder has one budget."""
        assert_matches(error_of(VALUES, budgets), f"budgets.csv:{message}")

    @pytest.mark.parametrize(
        ("goods", "place", "message"),
        [
            ("reserve\n1\n", "goods.csv:1:1", "with the columns good, and perhaps reserve, supply"),
            ("good,supply\nair,0\n", "goods.csv:2:5", "expected a supply > 0, got 0"),
            ("good\nair\nsea\nair\n", "goods.csv:4:1", "good 'air' stands in line 2 already"),
            ("good\nsea\n", "values.csv:3:5", "good 'air' is not listed in goods.csv"),
        ],
    )
    def test_goods(self, goods: str, place: str, message: str) -> None:
        """With a file of goods, every good is in it once."""
        assert_matches(error_of(VALUES, BUDGETS, goods), f"{place}: .*{message}")

    def test_first_of_several_repetitions(self) -> None:
        """The repetition that stands first in the file is reported, with the line it repeats."""
        values = "bidder,good,value\nBob,b,1\nAnn,a,1\nBob,b,2\nAnn,a,2\nBob,b,3\n"

        assert_matches(error_of(values, BUDGETS), "values.csv:4:1: .*'Bob'.*in line 2 already")

    def test_encoding(self) -> None:
        """A file in another encoding is refused where the first wrong byte stands."""
        paths = written(VALUES, BUDGETS)
        paths[0].write_bytes("bidder,good,value\nZoë,sea,1\n".encode("latin-1"))

        with pytest.raises(FormatError, match=r"values.csv:2:3: expected UTF-8 text"):
            read_market(*paths)

    def test_no_such_file(self) -> None:
        """A missing file is Python's own error."""
        with pytest.raises(FileNotFoundError):
            read_market(*written(VALUES), "nowhere.csv")


def assert_matches(error: FormatError, pattern: str) -> None:
    """Compare the whole message with a pattern that it must begin with."""
    with pytest.raises(FormatError, match=f"^{pattern}"):
        raise error


def outcome_of(paths: list[Path]) -> Market | FormatError:
    """Read a market; anything but a market or a FormatError fails the test."""
    try:
        return read_market(*paths)
    except FormatError as error:
        return error


def test_damaged_files() -> None:
    """Whatever is done to the files, they make a market or an error at a place that is there."""
    rng = random.Random(20240229)  # noqa: S311 - no secret
    strange = [
        "",
        '"',
        '""',
        ",",
        "\n",
        "\r",
        "\x00",
        "-",
        "1e999",
        "1/0",
        "é",
        "\u2028",
        "9" * 5000,
    ]
    kinds: Counter[type] = Counter()
    for _ in range(1500):
        texts = [VALUES, BUDGETS, GOODS]
        number = rng.randrange(3)
        start = rng.randrange(len(texts[number]))
        end = start + rng.randrange(4)
        texts[number] = texts[number][:start] + rng.choice(strange) + texts[number][end:]
        outcome = outcome_of(written(*texts))
        kinds[type(outcome)] += 1
        if isinstance(outcome, FormatError):
            lines = Path(str(outcome.source)).read_text(encoding="utf-8").splitlines()
            assert 1 <= outcome.line <= len(lines) + 1
            assert 1 <= outcome.column <= max(map(len, lines)) + 1

    assert min(kinds[Market], kinds[FormatError]) > 100
