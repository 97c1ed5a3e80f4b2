"""Games grown level by level."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from efmodels.errors import GameError
from efmodels.game import Game
from efmodels.integer_sets import distinct_rows
from efmodels.level_rules import Seen, WithoutChance
from tests.random_rules import Chart, LevelOfPlaces, PlaceRules, random_chart

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[Any]


@pytest.mark.parametrize("seed", range(30))
def test_two_ways_to_one_game(seed: int) -> None:
    """Random rules make the same game state by state and level by level, labels and all."""
    chart = random_chart(seed)
    one_by_one = Game.from_rules(PlaceRules(chart), title="places")

    assert Game.from_level_rules(LevelOfPlaces(chart), title="places") == one_by_one


def test_random_rules_have_everything() -> None:
    """What the test above compares is there: chance, early ends, infosets with several nodes."""
    games = [Game.from_rules(PlaceRules(random_chart(seed))) for seed in range(30)]

    assert any((g.owner[g.levels[2]] == -1).any() and len(g.levels) > 3 for g in games)
    assert any(
        (g.owner == 0).any() and (g.owner == 1).any() and (g.owner == 2).any() for g in games
    )
    assert any(np.bincount(g.infoset[g.owner > 0]).max() > 1 for g in games if (g.owner > 0).any())
    assert any(len(levels_of_some_infoset(g)) > 1 for g in games)


def levels_of_some_infoset(game: Game) -> set[int]:
    """Return the depths at which the infoset lies that spans most levels."""
    depths: dict[int, set[int]] = {-1: set()}
    for depth, level in enumerate(game.levels):
        for node in level.tolist():
            if game.owner[node] > 0:
                depths.setdefault(int(game.infoset[node]), set()).add(depth)
    return max(depths.values(), key=len)


class Line(NamedTuple):
    """The moves so far, a column for each."""

    moves: Array


@dataclass
class Guess:
    """Chance draws a card from a deck, unseen; Ann may be shown it; she names a card.

    Every attribute is a rule that a test changes.
    """

    turns: Sequence[int] = (0, 1, -1)
    deck: Sequence[int] = (1, 1)
    shown: Sequence[int] = (-1, -1)
    guesses: Sequence[Sequence[bool]] = ((True, True), (True, True))
    words: Sequence[str] = ("red", "black")
    players = ("Ann",)
    actions = events = ("red", "black")

    def initial(self) -> Line:
        """Nothing has happened."""
        return Line(np.zeros((1, 0), int))

    def movers(self, line: Line) -> Array:
        """Take turns."""
        return np.full(len(line.moves), self.turns[line.moves.shape[1]])

    def weights(self, line: Line) -> Array:
        """Weigh the cards by their number in the deck."""
        return np.tile(self.deck, (len(line.moves), 1))

    def legal(self, line: Line) -> Array:
        """Restrict what can be said by the card that was drawn."""
        return np.array(self.guesses)[line.moves[:, 0] if line.moves.shape[1] else [0]]

    def after_event(self, line: Line, event: Array) -> tuple[Line, Seen]:
        """Draw a card."""
        return Line(np.column_stack([line.moves, event])), Seen(np.array(self.shown)[event])

    def after_action(self, line: Line, action: Array) -> tuple[Line, Seen]:
        """Name a card."""
        return Line(np.column_stack([line.moves, action])), Seen()

    def results(self, line: Line) -> Array:
        """Compare the two."""
        return line.moves[:, :1] == line.moves[:, -1:]

    def payoffs(self, result: tuple[int, ...]) -> tuple[int]:
        """Pay for a right guess."""
        return (int(result[0]),)


def test_probabilities_are_exact() -> None:
    """Weights become fractions; what has no weight is no branch."""
    game = Game.from_level_rules(Guess(deck=(1, 2)))

    assert game.chance_probabilities == (Fraction(1, 3), Fraction(2, 3))
    assert all(isinstance(p, Fraction) for p in game.chance_probabilities)
    assert Game.from_level_rules(Guess(deck=(0, 7))).action_names[0] == "black"
    assert Game.from_level_rules(Guess(deck=(0, 7))).chance_probabilities == (1,)


def test_huge_weights() -> None:
    """Weights that differ by nine orders of magnitude stay exact."""
    game = Game.from_level_rules(Guess(deck=(1, 10**9)))

    assert game.chance_probabilities == (Fraction(1, 10**9 + 1), Fraction(10**9, 10**9 + 1))


def test_infosets_are_what_was_seen() -> None:
    """A card that is shown splits the infoset; a word that means both does not."""
    hidden, shown, same = (
        Game.from_level_rules(Guess(shown=shown)) for shown in [(-1, -1), (0, 1), (0, 0)]
    )

    assert hidden.infoset_labels == ("", "")
    assert shown.infoset_labels == ("", "red", "black")
    assert same.infoset_labels == ("", "red")


def test_words_with_one_text_are_two_words() -> None:
    """Infosets are told apart by which words were seen, not by their texts."""
    game = Game.from_level_rules(Guess(shown=(0, 1), words=("card", "card")))

    assert game.infoset_labels == ("", "card", "card")


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        (Guess(deck=(0, 0)), "chance is to move in a state without moves"),
        (
            Guess(guesses=((True, True), (False, False)), shown=(0, 1)),
            "player 1 is to move in a state without moves",
        ),
        (
            Guess(guesses=((True, True), (True, False))),
            r"player 1 sees '' both with actions \['red', 'black'\] and with \['red'\]",
        ),
        (
            Guess(guesses=((True, False), (False, True)), shown=(0, 0)),
            r"player 1 sees 'red' both with actions \['red'\] and with \['black'\]",
        ),
        (Guess(turns=(0, 2, -1)), r"movers\(\) returned 2; expected -1.*up to 1"),
        (Guess(turns=(0, -2, -1)), r"movers\(\) returned -2; expected -1.*up to 1"),
        (Guess(shown=(0, 2)), r"word 2.*expected -1 .*up to 1"),
        (Guess(shown=(0, -2)), r"word -2.*expected -1 .*up to 1"),
        (Guess(deck=(3, -1)), r"weights\(\) returned -1; expected .* at least 0"),
        (Guess(deck=(0.5, 0.5)), r"weights\(\) returned float64 numbers; expected integers"),
    ],
)
def test_refused_rules(rules: Guess, message: str) -> None:
    """Rules that contradict themselves are refused with what they said."""
    with pytest.raises(GameError, match=message):
        Game.from_level_rules(rules)


def test_results_are_integers() -> None:
    """Results that are no integers would be compared after rounding."""

    class Rounded(Guess):
        def results(self, line: Line) -> Array:
            return line.moves[:, -1:] / 2

    with pytest.raises(GameError, match=r"results\(\) returned float64 numbers; expected integers"):
        Game.from_level_rules(Rounded())


def test_number_of_payoffs() -> None:
    """There is a payoff per player."""

    class TwoPayoffs(Guess):
        def payoffs(self, result: tuple[int, ...]) -> tuple[int, int]:
            return (int(result[0]), 0)

    with pytest.raises(GameError, match="has 2 payoffs; the game has 1 players"):
        Game.from_level_rules(TwoPayoffs())


class ChanceWithout(WithoutChance, Guess):
    """Chance moves although the rules say that there is none."""

    events = ()


def test_chance_in_rules_without_chance() -> None:
    """Rules without chance must not say that chance moves."""
    with pytest.raises(GameError, match=r"movers\(\) returned 0, chance; but .* without chance"):
        Game.from_level_rules(ChanceWithout())


def test_game_that_is_over_at_once() -> None:
    """The root may be the only node."""
    game = Game.from_level_rules(Waiting(times=-1))

    assert (game.nodes, game.payoffs.tolist()) == (1, [[0, 0]])


class Clock(NamedTuple):
    """How often Ann waited, and whether it is over."""

    waited: Array
    over: Array


class Waiting(WithoutChance):
    """Ann waits or stops, up to a number of times; Bob, who sees nothing, has one chance to act.

    Bob acts after Ann stopped: his only infoset lies at as many levels as Ann can wait.
    """

    players = ("Ann", "Bob")
    actions = ("wait", "stop", "act")
    words = ("w", "s", "a")

    def __init__(self, times: int) -> None:
        self.times = times

    def initial(self) -> Clock:
        """Nobody waited."""
        return Clock(np.zeros(1, int), np.zeros(1, int))

    def movers(self, clock: Clock) -> Array:
        """Ann moves until she stops, then Bob moves; unless there is no time at all."""
        return np.choose(clock.over, [1, 2, -1] if self.times >= 0 else [-1, -1, -1])

    def legal(self, clock: Clock) -> Array:
        """Bob can only act; Ann must stop in the end."""
        ann = clock.over == 0
        return np.column_stack([ann & (clock.waited < self.times), ann, ~ann])

    def after_action(self, clock: Clock, action: Array) -> tuple[Clock, Seen]:
        """Show Ann her own moves, and Bob his."""
        seen = np.full((len(action), 2), -1)
        mine = np.where(action == 2, 1, 0)
        seen[np.arange(len(action)), mine] = action
        return Clock(clock.waited + (action == 0), clock.over + (action > 0)), Seen(private=seen)

    def results(self, clock: Clock) -> Array:
        """Count."""
        return clock.waited[:, None]

    def payoffs(self, result: tuple[int, ...]) -> tuple[int, int]:
        """Pay Ann for patience."""
        return result[0], -result[0]


def test_infoset_at_several_levels() -> None:
    """Somebody who sees nothing of the other's moves does not know the time either."""
    game = Game.from_level_rules(Waiting(times=3))

    assert [game.infoset_names[j] for j in game.infosets_of(1)] == ["Ann_1", "w", "ww", "www"]
    assert len(game.infosets_of(2)) == 1
    assert levels_of_some_infoset(game) == {1, 2, 3, 4}
    assert sorted(game.payoffs[:, 0]) == [0, 1, 2, 3]


class Number(NamedTuple):
    """The number that was named, or -1."""

    named: Array


class Naming(WithoutChance):
    """Ann, then Bob, name a number; Bob may name any but Ann's, which he sees."""

    players = ("Ann", "Bob")

    def __init__(self, numbers: int) -> None:
        self.actions = self.words = tuple(map(str, range(numbers)))
        self.numbers = numbers

    def initial(self) -> Number:
        """Nobody has named one."""
        return Number(np.zeros((1, 0), int))

    def movers(self, state: Number) -> Array:
        """Take turns."""
        return np.full(len(state.named), (1, 2, -1)[state.named.shape[1]])

    def legal(self, state: Number) -> Array:
        """Do not repeat a number."""
        free = np.ones((len(state.named), self.numbers), dtype=bool)
        if state.named.shape[1]:
            free[np.arange(len(free)), state.named[:, 0]] = False
        return free

    def after_action(self, state: Number, action: Array) -> tuple[Number, Seen]:
        """Show everybody what was said."""
        return Number(np.column_stack([state.named, action])), Seen(public=action)

    def results(self, state: Number) -> Array:
        """Keep both numbers."""
        return state.named

    def payoffs(self, result: tuple[int, ...]) -> tuple[int, int]:
        """Pay what was named."""
        return result[0], result[1]


@pytest.mark.parametrize("numbers", [2, 62, 63, 64, 65, 130])
def test_many_actions(numbers: int) -> None:
    """Sets of more actions than an integer has bits are told apart."""
    game = Game.from_level_rules(Naming(numbers))
    menus = [{game.action_names[a] for a in game.actions_of(j)} for j in game.infosets_of(2)]

    assert game.nodes == 1 + numbers + numbers * (numbers - 1)
    assert menus == [set(map(str, range(numbers))) - {str(named)} for named in range(numbers)]
    assert [game.infoset_labels[j] for j in game.infosets_of(2)] == [*map(str, range(numbers))]


def test_rules_are_not_asked_about_what_is_over() -> None:
    """Moves are asked of the states that go on, results of those that do not, each level once."""
    chart = random_chart(seed=0)
    asked: list[tuple[str, set[int]]] = []

    class Watched(LevelOfPlaces):
        def legal(self, states: Any) -> Array:
            asked.append(("players", set(self.movers(states).tolist()) - {1, 2}))
            return super().legal(states)

        def weights(self, states: Any) -> Array:
            asked.append(("chance", set(self.movers(states).tolist()) - {0}))
            return super().weights(states)

        def results(self, states: Any) -> Array:
            asked.append(("nobody", set(self.movers(states).tolist()) - {-1}))
            return super().results(states)

    game = Game.from_level_rules(Watched(chart))

    assert {others == set() for _, others in asked} == {True}
    assert len(asked) <= 3 * len(game.levels)


def drawn_chart(private: dict[int, int], public: dict[int, int]) -> Chart:
    """Return a chart in which chance moves twice, then Ann, who has seen the words given."""
    chart = random_chart(seed=1, depth=3)
    places = np.arange(len(chart.mover))
    alone, together = np.full_like(chart.private, -1), np.full_like(chart.public, -1)
    alone[list(private), 0] = list(private.values())
    together[list(public)] = list(public.values())
    return replace(
        chart,
        mover=np.digitize(places, [4, 13]) - np.where(places > 12, 3, 0),
        legal=np.ones_like(chart.legal),
        weights=np.ones_like(chart.weights),
        private=alone,
        public=together,
    )


def test_what_is_seen_alone_and_together_is_kept_apart() -> None:
    """The same word to one player or to all makes two infosets, which have one label."""
    game = Game.from_level_rules(LevelOfPlaces(drawn_chart(private={1: 7}, public={2: 7})))

    assert [game.infoset_labels[j] for j in game.infosets_of(1)] == ["x", "x", ""]


def test_how_what_is_seen_alternates_is_not_kept() -> None:
    """A word to one player and then one to all, or the other way round, make one infoset."""
    chart = drawn_chart(private={1: 8, 7: 8}, public={4: 7, 2: 7})
    game = Game.from_level_rules(LevelOfPlaces(chart))

    assert [game.infoset_labels[j] for j in game.infosets_of(1)] == ["y:x", "y", "x", ""]
    assert game == Game.from_rules(PlaceRules(chart))


def tables(dtype: str) -> st.SearchStrategy[Array]:
    """Draw tables of all shapes but those without a row; with few values, so that rows repeat."""
    limits = np.iinfo(dtype)
    values = st.sampled_from([limits.min, limits.min + 1, 0, 1, 2, limits.max - 1, limits.max])
    shapes = array_shapes(min_dims=2, max_dims=2, max_side=8)
    return arrays(dtype, shapes, elements=values)


@given(
    st.one_of(
        *(tables(dtype) for dtype in ("int8", "int16", "int32", "int64", "uint8")),
        arrays(bool, array_shapes(min_dims=2, max_dims=2, max_side=8)),
        arrays("int64", st.tuples(st.integers(1, 6), st.just(0))),
        arrays(bool, st.tuples(st.integers(1, 6), st.just(70))),
    )
)
def test_distinct_rows(table: Array) -> None:
    """Equal rows get equal numbers, others different ones, and each number's first row is named."""
    first, which = distinct_rows(table)
    distinct = np.unique(table, axis=0) if table.shape[1] else table[:1]

    assert len(first) == len(distinct)
    assert (table[first][which] == table).all()
    assert [int(np.flatnonzero(which == k)[0]) for k in range(len(first))] == first.tolist()


def test_distinct_rows_of_small_integers() -> None:
    """The difference of two entries may not fit into their type."""
    table = np.array([[0, -100], [0, 101], [1, 45], [0, -9]], dtype=np.int8)
    first, which = distinct_rows(table)

    assert sorted(first.tolist()) == sorted(first[which].tolist()) == [0, 1, 2, 3]
