"""Settings of mechanisms: what they know of profiles, and what is refused by name."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

from efmodels.errors import GameError, SizeError
from efmodels.mechanisms import MechanismSetting, product_prior
from efmodels.mechanisms.priors import joint_prior
from efmodels.mechanisms.setting import by_label

TYPES = [["a", "b"], ["c", "d", "e"], ["f", "g"]]


def setting(**changes: Any) -> MechanismSetting:
    """Return three agents with two outcomes, changed."""
    arguments: dict[str, Any] = {
        "types": TYPES,
        "outcomes": ["yes", "no"],
        "values": [np.arange(4).reshape(2, 2), np.ones((3, 2)), np.zeros((2, 2))],
        "prior": np.full((2, 3, 2), 1 / 12),
    }
    return MechanismSetting(**arguments | changes)


def test_profiles_are_counted_as_by_loops() -> None:
    """Labels, own types and false reports agree with those of nested loops."""
    found = setting()
    profiles = list(product(*TYPES))

    assert list(found.profile_labels) == [", ".join(p) for p in profiles]
    for agent, own in enumerate(TYPES):
        after = found.after_report(agent)
        for number, profile in enumerate(profiles):
            assert own[found.own_type[agent, number]] == profile[agent]
            for report, lie in enumerate(own):
                told = (*profile[:agent], lie, *profile[agent + 1 :])
                assert profiles[after[number, report]] == told


def test_values_of_both_shapes() -> None:
    """Of one's own type, or of the types of all."""
    values = np.random.default_rng(0).random((2, 3, 2, 2))
    found = setting(values=[values, np.ones((3, 2)), np.zeros((2, 2))])
    own = setting()

    assert np.array_equal(found.worth(0), values.reshape(12, 2))
    assert np.array_equal(own.worth(0)[:6], np.tile([0, 1], (6, 1)))
    assert np.array_equal(own.worth(0)[6:], np.tile([2, 3], (6, 1)))


def test_prior_by_label() -> None:
    """A mapping names the profiles that can be; a joint array and a product are the same."""
    prior = product_prior([[0.5, 0.5], [0.2, 0.3, 0.5], [1, 0]])
    named = {p: 0.5 * {"c": 0.2, "d": 0.3, "e": 0.5}[p[1]] for p in product("ab", "cde", "f")}

    assert np.allclose(joint_prior(named, TYPES), prior)
    assert setting(prior=named).type_probability(1) == pytest.approx([0.2, 0.3, 0.5])


def test_nobody_changes_a_setting() -> None:
    """Arrays are copies, and read-only."""
    prior = np.full((2, 3, 2), 1 / 12)
    found = setting(prior=prior)
    prior[0, 0, 0] = 7

    assert found.prior[0, 0, 0] == 1 / 12
    with pytest.raises(ValueError, match="read-only"):
        found.probability[0] = 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"types": [["a", "a"], *TYPES[1:]]}, r"types\[0\] has 'a' twice"),
        ({"types": []}, "types must have a list for at least one agent"),
        ({"types": "ab"}, "types is 'ab'; expected a list"),
        ({"types": [[], *TYPES[1:]]}, r"types\[0\] is empty"),
        ({"outcomes": ["yes", "yes"]}, "outcomes has 'yes' twice"),
        ({"agents": ["A", "B"]}, "agents has 2 labels; types has 3 agents"),
        ({"agents": ["A", "B", "A"]}, "agents has 'A' twice"),
        ({"prior": np.full((2, 3, 2), 0.1)}, "prior sums to 1.2; probabilities must sum to one"),
        ({"prior": np.full((2, 3), 1 / 6)}, r"prior has shape \(2, 3\); expected \(2, 3, 2\)"),
        ({"prior": {("a", "c", "f"): 2, ("a", "c", "g"): -1}}, r"prior\[0, 0, 1\] is -1"),
        ({"prior": {("a", "c"): 1}}, "expected a tuple of 3 types"),
        ({"prior": {("a", "c", "x"): 1}}, r"'x' is none of \['f', 'g'\]"),
        ({"prior": np.full((2, 3, 2), np.nan)}, "prior has a number that is infinite or none"),
        ({"values": [np.ones((2, 2))]}, "values has 1 arrays; there are 3 agents"),
        (
            {"values": [np.ones((3, 2))] * 3},
            r"values\[0\] has shape \(3, 2\); expected \(2, 2\), .* or \(2, 3, 2, 2\)",
        ),
        ({"values": [[[1], [1, 2]], [1], [1]]}, r"values\[0\] must be numbers, in lists of equal"),
        ({"units": np.ones((2, 2))}, r"units has shape \(2, 2\); expected \(3, 2\)"),
        ({"units": -np.ones((3, 2))}, "numbers that are not negative"),
    ],
)
def test_what_is_refused(changes: dict[str, Any], message: str) -> None:
    """What was given is named, with what was expected."""
    with pytest.raises(GameError, match=message):
        setting(**changes)


@pytest.mark.parametrize(
    ("probabilities", "message"),
    [
        ([[0.5, 0.4]], r"probabilities\[0\] sums to 0.9"),
        ([[1], [1.5, -0.5]], r"probabilities\[1\]\[1\] is -0.5; probabilities are not negative"),
        ([], "at least one agent"),
        ([0.5], r"probabilities\[0\] has shape \(\)"),
    ],
)
def test_priors_that_are_refused(probabilities: Any, message: str) -> None:
    """A product of what are no distributions."""
    with pytest.raises(GameError, match=message):
        product_prior(probabilities)


def test_too_many_profiles() -> None:
    """They are refused before an array is made, and the reduced form is named."""
    with pytest.raises(SizeError, match=r"100000000000000000000 profiles, .* take border"):
        product_prior([np.full(10, 0.1)] * 20)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"B1": 1}, "x is matched by label, and 'B2' is missing; the labels are 'B1', 'B2'"),
        ({"B1": 1, "A2": 1}, "x is matched by label, and 'A2' is unknown"),
        ({"C": 1}, "and 'C' is unknown"),
        ([1, 2, 3], r"shape \(3,\); there are 2 agents"),
        ("many", "must be numbers"),
        (float("nan"), "none"),
    ],
)
def test_numbers_per_agent(given: Any, message: str) -> None:
    """One for all, in order, or by label; everything else is refused."""
    assert by_label("x", 3, ("B1", "B2")).tolist() == [3, 3]
    with pytest.raises(GameError, match=message):
        by_label("x", given, ("B1", "B2"))
