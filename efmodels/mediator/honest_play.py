"""Plays of a mechanism, drawn at random, in which all are honest and obedient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from efmodels.game import CHANCE, TERMINAL

if TYPE_CHECKING:
    from efmodels.game import Floats, Game, Ints
    from efmodels.mediator.conversations import Conversation
    from efmodels.mediator.questions import Questions
    from efmodels.polytope import FlowPolytope


class Advice(NamedTuple):
    """What a player reported, and what she was told to do and did; names."""

    player: str
    infoset: str
    recommendation: str


@dataclass(frozen=True)
class Play:
    """One play of a mechanism.

    Attributes
    ----------
    advice
        All conversations with the mediator, in their order.
    history
        The names of all moves, those of chance included.
    terminal
        The node at which the play ended.
    payoffs
        Of each player, there.
    """

    advice: tuple[Advice, ...]
    history: tuple[str, ...]
    terminal: int
    payoffs: dict[str, float]


class Adviser(Protocol):
    """A mediator during one play."""

    def advise(self, node: int, infoset: int) -> int:
        """Return the number of the action for a player who reports an infoset at a node."""


class Stage:
    """Where a game is played.

    Parameters
    ----------
    game
        The game.
    """

    def __init__(self, game: Game) -> None:
        self.game = game
        count = np.bincount(game.parent[1:], minlength=game.nodes)
        self._child_start = np.concatenate(([0], np.cumsum(count)))
        self._child = np.argsort(game.parent[1:], kind="stable") + 1
        self._chance = np.array([float(p) for p in game.chance_probabilities])

    def play(self, adviser: Adviser, generator: np.random.Generator) -> Play:
        """Play the game once, everybody honest and obedient.

        Parameters
        ----------
        adviser
            The mediator, who has not spoken to anybody yet.
        generator
            Draws what chance does.
        """
        game, node = self.game, 0
        advice: list[Advice] = []
        while game.owner[node] != TERMINAL:
            infoset = int(game.infoset[node])
            flat = game.actions_of(infoset)
            if game.owner[node] == CHANCE:
                action = drawn(self._chance[flat.start : flat.stop], generator)
            else:
                action = adviser.advise(node, infoset)
                player = game.players[game.owner[node] - 1]
                name = game.action_names[flat.start + action]
                advice.append(Advice(player, game.infoset_names[infoset], name))
            node = int(self._child[self._child_start[node] + action])
        payoffs = game.payoffs[np.searchsorted(game.terminals, node)]
        record = dict(zip(game.players, payoffs.tolist(), strict=True))
        return Play(tuple(advice), game.history(node), node, record)


class RecallingAdviser:
    """A mediator with recall, who draws every answer when it is asked.

    Parameters
    ----------
    conversation
        Knows the probabilities of its answers.
    generator
        Draws.
    """

    def __init__(self, conversation: Conversation, generator: np.random.Generator) -> None:
        self._conversation = conversation
        self._generator = generator
        self._memory: Ints = np.zeros(1, dtype=np.int64)

    def advise(self, node: int, infoset: int) -> int:
        """Draw an answer, and remember it."""
        self._memory = self._conversation.saw(self._memory, np.array([node]))
        reaction = self._conversation.answered(self._memory, np.array([infoset]))
        which = drawn(reaction.factor, self._generator)
        self._memory = reaction.memory[which : which + 1]
        return int(reaction.answer[which])


class PrivateAdviser:
    """A private mediator, who has drawn before the game what to answer to every player.

    Parameters
    ----------
    plan
        The answer to each infoset that can be reported. Where there is none, nothing that happens
        makes a difference to anybody, and the answer is the first action.
    """

    def __init__(self, plan: dict[int, int]) -> None:
        self._plan = plan

    def advise(self, node: int, infoset: int) -> int:  # noqa: ARG002 - it does not see the node
        """Return what was drawn."""
        return self._plan.get(infoset, 0)


class Beliefs:
    """The beliefs of a private mediator, from which plans for all players are drawn.

    Where a belief is reached, one of its answers is drawn, and all beliefs that this leads to are
    reached, each of which goes on by itself.

    Parameters
    ----------
    polytope
        The DAG of beliefs.
    questions
        What is decided in each belief.
    behaviour
        The probability of each answer in its belief.
    """

    def __init__(self, polytope: FlowPolytope, questions: Questions, behaviour: Floats) -> None:
        self._start = polytope.start
        self._questions = questions
        self._behaviour = behaviour
        beliefs = np.repeat(np.arange(polytope.points), np.diff(polytope.incoming_start))
        order = np.argsort(polytope.incoming, kind="stable")
        self._below = beliefs[order]
        edges = np.arange(polytope.size + 1)
        self._below_start = np.searchsorted(polytope.incoming[order], edges)

    def plan(self, generator: np.random.Generator) -> dict[int, int]:
        """Draw an answer to every report that can come, by infoset as the questions number it."""
        plan: dict[int, int] = {}
        reached = self._led_to(0)
        while reached:
            belief = reached.pop()
            start, end = self._start[belief : belief + 2].tolist()
            choice = drawn(self._behaviour[start:end], generator)
            plan.update(self._questions.decided(belief, choice))
            reached += self._led_to(start + choice)
        return plan

    def _led_to(self, edge: int) -> list[int]:
        start, end = self._below_start[edge : edge + 2].tolist()
        beliefs: list[int] = self._below[start:end].tolist()
        return beliefs


def drawn(weights: Floats, generator: np.random.Generator) -> int:
    """Draw a number in proportion to its weight."""
    total = np.cumsum(weights)
    place = np.searchsorted(total, generator.random() * total[-1], side="right")
    return min(int(place), len(total) - 1)
