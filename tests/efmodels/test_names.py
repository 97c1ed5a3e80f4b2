"""Labels become keys and model names."""

from hypothesis import given
from hypothesis import strategies as st

from efmodels.names import distinct, model_name, player_names


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
    assert all(result[names.index(name)] == name for name in set(names) if "_" not in name)


@given(st.lists(st.sampled_from(["A b", "A/b", "", "P1", "P2", " "]), max_size=6))
def test_player_keys_have_distinct_model_names(labels: list[str]) -> None:
    """No two players share a key, nor the name that a file would give them."""
    keys = player_names(labels)

    assert len({model_name(key) for key in keys}) == len(labels)
