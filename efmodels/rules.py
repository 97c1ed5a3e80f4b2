"""Games from their rules: a small protocol, walked through once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from efmodels.assembly import Infoset, Outcome, assemble_game
from efmodels.errors import GameError
from efmodels.game import CHANCE, TERMINAL

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from efmodels.game import Game, Number

State = TypeVar("State")


class Rules(Protocol[State]):
    """What a game must say about its states; a state is whatever the rules like, never changed.

    ``players`` are the labels. ``mover`` says whose turn it is: ``-1`` (the game is over), ``0``
    (chance), or the player's number from 1. ``observation`` is what the mover knows: states with
    equal observations of one player are one infoset, labelled by ``str`` of the observation.

    Examples
    --------
    >>> import efmodels as ef
    >>> class MatchingPennies:
    ...     players = ("Even", "Odd")
    ...     def initial(self): return ()
    ...     def mover(self, state): return len(state) + 1 if len(state) < 2 else -1
    ...     def actions(self, state): return ("heads", "tails")
    ...     def chances(self, state): raise NotImplementedError("no chance")
    ...     def after(self, state, action): return (*state, action)
    ...     def observation(self, state): return "coin"
    ...     def payoffs(self, state): return (1, -1) if state[0] == state[1] else (-1, 1)
    >>> ef.Game.from_rules(MatchingPennies())
    Game('', players=['Even', 'Odd'], nodes=7, terminals=4, infosets=[1, 1])
    """

    @property
    def players(self) -> Sequence[str]:
        """The players' labels; an ordinary attribute will do."""

    def initial(self) -> State:
        """Return the state at the root."""

    def mover(self, state: State, /) -> int:
        """Return who moves: -1 nobody, 0 chance, 1, 2, ... a player."""

    def actions(self, state: State, /) -> Sequence[Hashable]:
        """Return the mover's actions; ``str`` of an action is its label."""

    def chances(self, state: State, /) -> Sequence[tuple[Hashable, Number]]:
        """Return chance's actions and their probabilities."""

    def after(self, state: State, action: Any, /) -> State:
        """Return the state that an action leads to."""

    def observation(self, state: State, /) -> Hashable:
        """Return what the mover knows."""

    def payoffs(self, state: State, /) -> Sequence[Number]:
        """Return one payoff per player when the game is over."""


def game_from_rules(rules: Rules[State], *, title: str = "") -> Game:
    """Walk through all states once, depth first, and return the tree.

    Parameters
    ----------
    rules
        See :class:`Rules`.
    title
        A free text.

    Raises
    ------
    GameError
        Two states with one observation have different actions, or a number does not make sense.
    """
    walk = _Walk()
    stack: list[tuple[State, int, int]] = [(rules.initial(), -1, -1)]
    while stack:
        state, parent, action = stack.pop()
        mover = rules.mover(state)
        if not TERMINAL <= mover <= len(rules.players):
            raise GameError(
                f"mover() returned {mover!r}; expected -1 (the game is over), 0 (chance) or a "
                f"player's number up to {len(rules.players)}"
            )
        if mover == TERMINAL:
            walk.add(parent, action, outcome=walk.outcome(tuple(rules.payoffs(state))))
            continue
        moves: Sequence[Hashable]
        if mover == CHANCE:
            chances = rules.chances(state)
            moves = [move for move, _ in chances]
            infoset = walk.chance(moves, tuple(probability for _, probability in chances))
        else:
            moves = rules.actions(state)
            infoset = walk.decision(mover, rules.observation(state), moves)
        node = walk.add(parent, action, infoset=infoset)
        after = [(rules.after(state, move), node, k) for k, move in enumerate(moves)]
        stack += reversed(after)
    return walk.game(rules.players, title)


class _Walk:
    """The lists that grow during the walk."""

    def __init__(self) -> None:
        self._infosets: list[Infoset] = []
        self._outcomes: dict[tuple[Number, ...], int] = {}
        self._known: dict[tuple[int, Hashable], int] = {}
        self._labels: dict[Hashable, str] = {}
        self._moves: dict[int, tuple[Hashable, ...]] = {}
        self._parent: list[int] = []
        self._action: list[int] = []
        self._infoset: list[int] = []
        self._outcome: list[int] = []

    def add(self, parent: int, action: int, *, infoset: int = -1, outcome: int = -1) -> int:
        self._parent.append(parent)
        self._action.append(action)
        self._infoset.append(infoset)
        self._outcome.append(outcome)
        return len(self._parent) - 1

    def outcome(self, payoffs: tuple[Number, ...]) -> int:
        return self._outcomes.setdefault(payoffs, len(self._outcomes))

    def chance(self, moves: Sequence[Hashable], probabilities: tuple[Number, ...]) -> int:
        self._infosets.append(Infoset(CHANCE, "", self._names(moves), probabilities))
        return len(self._infosets) - 1

    def decision(self, mover: int, observation: Hashable, moves: Sequence[Hashable]) -> int:
        infoset = self._known.setdefault((mover, observation), len(self._infosets))
        if infoset == len(self._infosets):
            self._infosets.append(Infoset(mover, str(observation), self._names(moves)))
            self._moves[infoset] = tuple(moves)
        elif self._moves[infoset] != tuple(moves):
            raise GameError(
                f"player {mover} observes {observation!r} both with actions "
                f"{list(self._infosets[infoset].actions)} and with {list(map(str, moves))}: "
                "an observation must tell which actions there are"
            )
        return infoset

    def _names(self, moves: Sequence[Hashable]) -> tuple[str, ...]:
        for move in moves:
            if move not in self._labels:
                self._labels[move] = str(move)
        return tuple(self._labels[move] for move in moves)

    def game(self, players: Sequence[str], title: str) -> Game:
        return assemble_game(
            players=players,
            infosets=self._infosets,
            outcomes=[Outcome("", payoffs) for payoffs in self._outcomes],
            parent=self._parent,
            action=self._action,
            infoset=self._infoset,
            outcome=self._outcome,
            title=title,
        )
