"""All functions that make games read their parameters alike, and repeat the call in the title."""

from __future__ import annotations

import inspect
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from efmodels import instances
from efmodels.errors import GameError
from efmodels.instances.families import FAMILIES
from efmodels.instances.parameters import members, one_of, titled, truth

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels import Game

DEFAULTS = {
    name: {p.name: p.default for p in inspect.signature(family.function).parameters.values()}
    for name, family in FAMILIES.items()
}
SMALLER = {"liars_dice": {"faces": 3}, "first_price_sequence": {"items": 1}}


def parameters_of(kind: type) -> list[tuple[str, str]]:
    """Return function and parameter wherever the default is of this very type."""
    return [(f, p) for f, given in DEFAULTS.items() for p, d in given.items() if type(d) is kind]


def make(name: str, **arguments: Any) -> Game:
    """Call a function by its name."""
    return FAMILIES[name].function(**SMALLER.get(name, {}) | arguments)


@pytest.mark.parametrize("name", dict(parameters_of(int)))
def test_integers_of_numpy(name: str) -> None:
    """An integer of numpy is an integer, in all parameters; the title shows no type."""
    given = {p: np.int64(DEFAULTS[name][p]) for f, p in parameters_of(int) if f == name}
    given |= {p: np.int32(value) for p, value in SMALLER.get(name, {}).items()}

    game = make(name, **given)

    assert game == make(name)
    assert "int" not in game.title


@pytest.mark.parametrize(("name", "parameter"), parameters_of(int))
@pytest.mark.parametrize("value", [True, None, "many"])
def test_what_is_no_integer(name: str, parameter: str, value: object) -> None:
    """Truth values and words are no numbers, in all parameters."""
    with pytest.raises(GameError, match=f"{parameter}.* must be .*; got "):
        make(name, **{parameter: value})


@pytest.mark.parametrize(("name", "parameter"), parameters_of(bool))
@pytest.mark.parametrize("value", [1, 0, None, "no"])
def test_what_is_no_truth(name: str, parameter: str, value: object) -> None:
    """A rule holds or does not: nothing else is taken for True or False."""
    with pytest.raises(GameError, match=f"^{parameter} must be True or False; got {value!r}$"):
        make(name, **{parameter: value})


def test_truth_of_numpy() -> None:
    """A comparison of numpy is true or false, too."""
    assert truth("wild", np.True_) is True


@pytest.mark.parametrize("given", [3, "ab", {"a": 1}, {1, 2}, None, np.array(3), iter([1])])
def test_what_is_no_list(given: Any) -> None:
    """Texts, dicts, sets and what can be read only once are no lists."""
    with pytest.raises(GameError, match="pool must be a list; got "):
        members("pool", given)


def test_what_is_no_text() -> None:
    """A choice is refused even if it could not be looked up."""
    given: Any = ["split"]
    with pytest.raises(GameError, match=r"ties must be one of 'split'; got \['split'\]"):
        one_of("ties", given, ("split",))


def test_usual_values_are_not_told() -> None:
    """A title leaves out what is as usual, and the brackets if nothing is left."""
    assert titled("Game", {"a": (1, 2)}, a=[1, 2], b=np.array([[1], [2]])) == (
        "Game (b=((1,), (2,)))"
    )
    assert titled("Game", {"a": 1}, a=1) == "Game"


@pytest.mark.parametrize(
    ("function", "variants"),
    [
        (
            partial(instances.battleship, 1, 2, 1, ships=(1, 1)),
            [
                *({}, {"values": (1, 2)}, {"values": (2, 1)}),
                *({"loss_multiplier": 1}, {"repeated_shots": True}),
            ],
        ),
        (
            partial(instances.sheriff, 1, 1, 1),
            [{}, {"value": 4}, {"penalty": "3/2"}, {"compensation": 2}],
        ),
        (
            instances.ride_sharing,
            [
                *({}, {"roads": instances.EIGHT_PLACES}, {"rewards": range(1, 8)}),
                *({"roads": [(0, 1), (1, 2)]}, {"roads": [(0, 1), (0, 2)]}),
            ],
        ),
        (
            instances.pursuit_evasion,
            [
                *({}, {"caught": (-2, 1)}, {"targets": {"T1": (3, -4), "T2": (1, 0)}}),
                *({"zones": [("A1",)]}, {"start": "A1"}),
                {"graph": {"S": ["A1", "A2", "B1", "B2", "T1", "T2"]}},
            ],
        ),
        (
            instances.signaling_game,
            [
                *({}, {"prior": ("1/3", "2/3")}, {"types": ("a", "b")}),
                *({"sender": np.zeros((2, 2, 2))}, {"receiver": np.ones((2, 2, 2))}),
            ],
        ),
        (
            instances.bayesian_game,
            [{}, {"types": ((1, 5), (2, 3))}, {"prior": [["1/2", 0], [0, "1/2"]]}],
        ),
        (instances.bilateral_trade, [{}, {"prior": [[1, 0, 0], [1, 0, 0]]}, {"prices": (1,)}]),
        (instances.single_item_auction, [{}, {"budgets": (1, 1)}, {"fees": (0, 1)}]),
    ],
    ids=["battleship", "sheriff", "ride", "pursuit", "signals", "bayesian", "trade", "auction"],
)
def test_titles_tell_games_apart(
    function: Callable[..., Game], variants: list[dict[str, Any]]
) -> None:
    """Games that differ in a parameter alone have different titles."""
    titles = [function(**variant).title for variant in variants]

    assert len(set(titles)) == len(titles)


def test_map_by_name() -> None:
    """A map that is shipped is named, whatever the order of its roads; another one is shown."""
    shuffled = [road[::-1] for road in reversed(instances.EIGHT_PLACES)]

    assert instances.ride_sharing(shuffled).title == "Ride sharing (roads=EIGHT_PLACES, times=2)"
    assert instances.ride_sharing([(1, 0)]).title == "Ride sharing (roads=((0, 1),), times=2)"
