"""The best equilibrium of a mediator that remembers, from its whole communication game.

The game is written out with the mediator in it, and nothing is left out: at each of her moves a
player may say all that the concept lets her say, whatever she said and did before, and the mediator
always answers. Everybody may deviate, in the same play too; to be honest and obedient must be a
best reply of each to all others who are.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from tests.oracles.row_programs import RowProgram
from tests.oracles.tree import tree_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

    from efmodels import Game
    from efmodels.mediator.concept import Concept
    from tests.oracles.tree import Node

    History = tuple[tuple[int, int], ...]
    Row = dict[Hashable, float]

Entry = TypeVar("Entry")

SILENCE = -1
"""What is heard of somebody who says nothing."""

ACCEPTS, STAYS_OUT = 1, 0
"""What can be chosen before the game, where that is when one decides."""


class State(NamedTuple):
    """How far a play has come; most entries hold something for each player.

    Attributes
    ----------
    chance
        Probability of chance's moves.
    memory, answered
        What the mediator has heard and answered, and that up to its last answer.
    knows, chose
        What a player has seen, said, heard and done, and that up to her last choice.
    said
        What she reported and was answered; nothing once she has kept something to herself.
    honest
        Whether she was honest and obedient.
    """

    chance: float
    memory: int
    answered: int
    knows: tuple[int, ...]
    chose: tuple[int, ...]
    said: tuple[History | None, ...]
    honest: tuple[bool, ...]

    def only_honest_but(self, player: int) -> bool:
        """Say whether all others are honest."""
        return all(self.honest[:player]) and all(self.honest[player + 1 :])


class CommunicationGame:
    """Writes out the game of a mediator with recall; inside, players are numbered from 0.

    Parameters
    ----------
    game, concept
        What is played, and by which rules.
    """

    def __init__(self, game: Game, concept: Concept) -> None:
        assert concept.memory == "recall"
        assert concept.hears_silence
        self.concept = concept
        self.players = len(game.players)
        self.history: dict[int, History] = {}
        self.infosets: dict[int, dict[int, int]] = defaultdict(dict)
        self._number: dict[tuple[int, Hashable], int] = {}
        # The mediator's decision points, and the players' with their owners: what was answered or
        # chosen before, and what can be.
        self.asked: dict[int, tuple[int, list[int]]] = {}
        self.points: dict[int, tuple[int, int, list[int]]] = {}
        self.paid: dict[int, Row] = defaultdict(lambda: defaultdict(float))
        self.gains: dict[int, Row] = defaultdict(lambda: defaultdict(float))
        root = tree_of(game)
        self._look_around(root, {})
        nothing = tuple(self._after(0, ("player", k)) for k in range(self.players))
        every = (True,) * self.players
        self.roots = nothing
        start = State(1.0, 0, 0, nothing, nothing, ((),) * self.players, every)
        for state in self._begin(start) if concept.deviate == "root" else [start]:
            self._visit(root, state)

    def best(self, weights: Sequence[float], obedient: Iterable[int] | None = None) -> float:
        """Return the highest weighted sum of payoffs in an equilibrium.

        ``obedient`` are the numbers (from 1) of the players with incentive constraints; all by
        default.
        """
        lp = RowProgram()
        lp.equal.append(({("x", 0): 1.0}, 1.0))
        for before, answers in self.asked.values():
            row: Row = {("x", a): 1.0 for a in answers}
            lp.equal.append((row | {("x", before): -1.0}, 0.0))
        numbers = range(1, self.players + 1) if obedient is None else obedient
        constrained = {number - 1 for number in numbers}
        after: dict[int, list[int]] = defaultdict(list)
        for point, (_, before, _) in self.points.items():
            after[before].append(point)
        for point, (k, _, choices) in self.points.items():
            if k in constrained:
                lp.free.add(("v", point))
                rows = [self._less({("v", point): 1.0}, c, after[c]) for c in choices]
                lp.at_least += [(row, 0.0) for row in rows]
        for k in constrained:
            honest: Row = {("x", a): u for a, u in self.paid[k].items()}
            root = self.roots[k]
            lp.at_least.append((self._less(honest, root, after[root]), 0.0))
        goal: Row = defaultdict(float)
        for k, weight in enumerate(weights):
            for a, u in self.paid[k].items():
                goal["x", a] += weight * u
        return lp.maximum(goal)

    def _less(self, row: Row, choice: int, points: list[int]) -> Row:
        """Return a row less what a choice leads to: ends, and further decision points."""
        row = defaultdict(float, row)
        for point in points:
            row["v", point] -= 1.0
        for answered, gain in self.gains[choice].items():
            row["x", answered] -= gain
        return row

    # What may be said and done ------------------------------------------------------------------

    def may_deviate(self, _state: State, _player: int) -> bool:
        """Say whether a player may do something else than to be honest and obedient."""
        return True

    def messages(self, _state: State, player: int, infoset: int) -> list[int]:
        """Return what a player may say at an infoset."""
        if self.concept.report == "forced":
            return [infoset]
        return [*(self.infosets[player] if self.concept.report == "lie" else [infoset]), SILENCE]

    def may_accept(self, _state: State, _player: int, _infoset: int) -> bool:
        """Say whether the mediator would decide for a player who lets it."""
        return True

    # The walk -----------------------------------------------------------------------------------

    def _begin(self, state: State) -> list[State]:
        """Let everybody accept the mediator or stay out, one after another, and not seen."""
        states = [state]
        for player in range(self.players):
            chosen = [
                (choice, self._heard(after, ("begins", player, choice)))
                for each in states
                for choice, after in self._choose(each, player, [ACCEPTS, STAYS_OUT], ACCEPTS)
            ]
            states = [
                after if choice == ACCEPTS else self._lied(after, player)
                for choice, after in chosen
            ]
        return states

    def _visit(self, node: Node, state: State) -> None:
        if node.owner < 0:
            self._end(node, state)
        elif node.owner == 0:
            for child, p in zip(node.children, node.chances, strict=True):
                self._visit(child, state._replace(chance=state.chance * float(p)))
        else:
            player = node.owner - 1
            if self.concept.observe == "everything":
                state = self._heard(state, ("saw", id(node)))
            state = self._sees(state, player, ("at", node.infoset))
            for action, after in self._move(node, state, player):
                self._visit(node.children[action], after)

    def _move(self, node: Node, state: State, player: int) -> Iterator[tuple[int, State]]:
        """Yield what a player may end up doing, and the state after it."""
        if self.concept.deviate == "coarse":
            yield from self._accept_or_not(node, state, player)
        elif self.concept.deviate == "root" and state.honest[player]:
            yield from self._accepted(node, state, player)
        else:
            yield from self._talk(node, state, player)

    def _talk(self, node: Node, state: State, player: int) -> Iterator[tuple[int, State]]:
        """Say something, hear an answer, act."""
        told = self.messages(state, player, node.infoset)
        for message, spoken in self._choose(state, player, told, node.infoset):
            heard = spoken if message == node.infoset else self._lied(spoken, player)
            for answer, advised in self._ask(heard, player, message):
                actions = range(len(node.children))
                for action, acted in self._choose(advised, player, actions, answer):
                    yield action, acted if action == answer else self._lied(acted, player)

    def _accept_or_not(self, node: Node, state: State, player: int) -> Iterator[tuple[int, State]]:
        """Let the mediator decide, or act without having heard it."""
        options = [SILENCE - 1 - a for a in range(len(node.children))]
        if self.may_accept(state, player, node.infoset):
            options.append(node.infoset)
        for option, chosen in self._choose(state, player, options, node.infoset):
            if option == node.infoset:
                yield from self._accepted(node, chosen, player)
            else:
                quiet = self._heard(self._lied(chosen, player), ("said", player, SILENCE))
                yield SILENCE - 1 - option, self._untold(quiet, player)

    def _accepted(self, node: Node, state: State, player: int) -> Iterator[tuple[int, State]]:
        yield from self._ask(state, player, node.infoset)

    def _ask(self, state: State, player: int, message: int) -> Iterator[tuple[int, State]]:
        """Yield the mediator's answers to a message; silence is answered by -1."""
        heard = self._heard(state, ("said", player, message))
        if message == SILENCE:
            yield -1, self._untold(heard, player)
            return
        point = heard.memory
        answers = [self._after(point, a) for a in range(self.infosets[player][message])]
        self.asked[point] = (heard.answered, answers)
        for a, answer in enumerate(answers):
            told = self._sees(heard, player, ("told", a))
            said = told.said[player]
            said = None if said is None else (*said, (message, a))
            yield (
                a,
                told._replace(memory=answer, answered=answer, said=_with(told.said, player, said)),
            )

    def _choose(
        self, state: State, player: int, options: Iterable[int], honest: int
    ) -> Iterator[tuple[int, State]]:
        """Yield the options of a player, and the states after them."""
        if not self.may_deviate(state, player):
            options = [honest]
        point = state.knows[player]
        chosen = {option: self._after(point, option) for option in options}
        if state.only_honest_but(player):
            self.points[point] = (player, state.chose[player], list(chosen.values()))
        for option, after in chosen.items():
            yield (
                option,
                state._replace(
                    knows=_with(state.knows, player, after), chose=_with(state.chose, player, after)
                ),
            )

    def _end(self, node: Node, state: State) -> None:
        for k, payoff in enumerate(node.payoffs):
            worth = state.chance * float(payoff)
            if state.only_honest_but(k):
                self.gains[state.chose[k]][state.answered] += worth
                if state.honest[k]:
                    self.paid[k][state.answered] += worth

    # Steps --------------------------------------------------------------------------------------

    def _after(self, before: int, what: Hashable) -> int:
        """Return the number of what is known once something is added."""
        return self._number.setdefault((before, what), len(self._number) + 1)

    def _heard(self, state: State, message: Hashable) -> State:
        return state._replace(memory=self._after(state.memory, message))

    def _sees(self, state: State, player: int, what: Hashable) -> State:
        after = self._after(state.knows[player], what)
        return state._replace(knows=_with(state.knows, player, after))

    @staticmethod
    def _untold(state: State, player: int) -> State:
        return state._replace(said=_with(state.said, player, None))

    @staticmethod
    def _lied(state: State, player: int) -> State:
        return state._replace(honest=_with(state.honest, player, value=False))

    def _look_around(self, node: Node, moves: dict[int, History]) -> None:
        player = node.owner - 1
        if player >= 0:
            self.history.setdefault(node.infoset, moves.get(player, ()))
            self.infosets[player][node.infoset] = len(node.children)
        for a, child in enumerate(node.children):
            mine = {player: (*moves.get(player, ()), (node.infoset, a))} if player >= 0 else {}
            self._look_around(child, moves | mine)


class ReducedCommunicationGame(CommunicationGame):
    """The same game without what is said to make no difference.

    There is at most one deviator; a message that contradicts earlier ones is no message; and a liar
    is silent only if she has nothing consistent to say.
    """

    def may_deviate(self, state: State, player: int) -> bool:
        """Say whether nobody else has deviated yet."""
        return state.only_honest_but(player)

    def messages(self, state: State, player: int, infoset: int) -> list[int]:
        """Return what agrees with what she said."""
        said = state.said[player]
        if self.concept.deviate == "root":
            return [SILENCE]
        if self.concept.report == "lie":
            return [j for j in self.infosets[player] if self.history[j] == said] or [SILENCE]
        consistent = [infoset] * (self.history[infoset] == said)
        may_be_silent = self.concept.report == "silent" or not consistent
        return consistent + [SILENCE] * may_be_silent

    def may_accept(self, state: State, player: int, infoset: int) -> bool:
        """Say whether she has accepted so far."""
        return state.said[player] == self.history[infoset]


def _with(entries: tuple[Entry, ...], position: int, value: Entry) -> tuple[Entry, ...]:
    return (*entries[:position], value, *entries[position + 1 :])
