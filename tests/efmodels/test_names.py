"""Labels become keys and model names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from efmodels.names import MadeNames, distinct, keys, model_name


@given(st.text())
def test_model_names_are_plain(text: str) -> None:
    """Whatever the label, a model name is a nonempty ASCII identifier."""
    name = model_name(text)

    assert name.isascii()
    assert name.isidentifier()


@given(st.lists(st.sampled_from(["a", "b", "a_2", "a_3", ""])))
def test_distinct_names_differ(names: list[str]) -> None:
    """All results differ, and the first of its kind keeps its name."""
    result = distinct(names)

    assert len(set(result)) == len(names)
    assert all(result[names.index(name)] == name for name in set(names))


@given(
    st.lists(st.sampled_from(["A b", "A/b", "日", "月", "", "P1", "P2", "P2_2", " "]), max_size=8)
)
def test_labels_win_over_what_is_made_of_them(labels: list[str]) -> None:
    """All keys differ, and a label's first holder has it as her key, whatever others need."""
    result = keys(labels, [f"P{k + 1}" for k in range(len(labels))])

    assert len(set(result)) == len(labels)
    for label in {label.strip() for label in labels} - {""}:
        assert result[[given.strip() for given in labels].index(label)] == label


def test_made_names_behave_like_a_tuple() -> None:
    """Length, places from both ends, slices, search and iteration are a tuple's."""
    names = MadeNames(5, "b{}".format)
    expected = ("b0", "b1", "b2", "b3", "b4")

    assert tuple(names) == expected
    assert (len(names), names[-2], names[1::2]) == (5, "b3", ("b1", "b3"))
    assert names.index("b3") == 3
    assert "b5" not in names
    with pytest.raises(IndexError):
        names[5]
