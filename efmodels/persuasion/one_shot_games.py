"""Trees in which chance draws a state and everybody moves once, knowing nothing: to and from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from efmodels.errors import GameError
from efmodels.game import CHANCE, TERMINAL, Game

if TYPE_CHECKING:
    from efmodels.game import Ints, Number
    from efmodels.persuasion.problem import PersuasionProblem

    Path = tuple[int, ...]


def game_of(problem: PersuasionProblem, title: str) -> Game:
    """Return the tree of a persuasion problem; the sender is the last player, without a move."""
    return Game.from_rules(_OneShot(problem), title=title)


@dataclass(frozen=True)
class _OneShot:
    """The rules: a state of the game is the state drawn and the actions so far, by position."""

    problem: PersuasionProblem

    @property
    def players(self) -> tuple[str, ...]:
        return (*self.problem.receivers, self.problem.sender)

    @cached_property
    def _payoffs(self) -> list[tuple[Number, ...]]:
        return list(zip(*self.problem.exact_payoffs, strict=True))

    def initial(self) -> Path:
        return ()

    def mover(self, path: Path) -> int:
        return TERMINAL if len(path) == len(self.problem.shape) else len(path)

    def chances(self, path: Path) -> list[tuple[str, Number]]:  # noqa: ARG002 - only the root
        pairs = zip(self.problem.states, self.problem.exact_prior, strict=True)
        return [(state, probability) for state, probability in pairs if probability]

    def actions(self, path: Path) -> tuple[str, ...]:
        return self.problem.actions[len(path) - 1]

    def after(self, path: Path, action: str) -> Path:
        labels = self.actions(path) if path else self.problem.states
        return (*path, labels.index(action))

    def observation(self, path: Path) -> str:
        return self.problem.receivers[len(path) - 1].lower()

    def payoffs(self, path: Path) -> tuple[Number, ...]:
        return self._payoffs[int(np.ravel_multi_index(path, self.problem.shape))]


def tables_of_game(game: Game, sender: str | None) -> dict[str, Any]:
    """Return what a problem is made of, from a tree of that kind.

    Raises
    ------
    GameError
        The tree is another one, or nobody can be the sender.
    """
    silent = [p for k, p in enumerate(game.players) if not game.infosets_of(k + 1)]
    if sender is None and len(silent) != 1:
        raise GameError(
            f"{len(silent)} players have no move, {silent}: say who is the sender, who has none"
        )
    sender = silent[0] if sender is None else sender
    if sender not in silent:
        raise GameError(
            f"the sender {sender!r} must be a player without a move; these are {silent}"
        )
    movers = [k + 1 for k, player in enumerate(game.players) if player not in silent]
    for number in movers:
        if len(game.infosets_of(number)) != 1:
            raise GameError(
                f"{game.players[number - 1]!r} has {len(game.infosets_of(number))} infosets; a "
                "receiver who knows nothing has one"
            )
    chance = game.infosets_of(CHANCE)
    if len(chance) > 1 or (len(chance) == 1 and game.owner[0] != CHANCE):
        raise GameError("chance must move once, at the root, and draw the state")
    infosets = [*chance, *(game.infosets_of(number)[0] for number in movers)]
    widths = [len(game.actions_of(j)) for j in infosets]
    shape = tuple(widths if len(chance) else [1, *widths])
    order = _terminals_in_order(game, infosets, widths)
    exact = [game.exact_payoffs(node) for node in order]

    def table(player: str) -> Any:
        k = game.players.index(player)
        return np.array([row[k] for row in exact], dtype=object).reshape(shape)

    names = [[game.action_names[k] for k in game.actions_of(j)] for j in infosets]
    return {
        "prior": list(game.chance_probabilities) or [1],
        "sender_payoffs": table(sender),
        "receiver_payoffs": {game.players[k - 1]: table(game.players[k - 1]) for k in movers},
        "states": names[0] if len(chance) else None,
        "actions": names[len(chance) :],
        "sender": sender,
        "title": game.title,
    }


def _terminals_in_order(game: Game, infosets: list[int], widths: list[int]) -> list[int]:
    """Return the terminals by state and actions, as entries of a table."""
    strides = np.cumprod([1, *widths[:0:-1]])[::-1]
    stride = np.zeros(len(game.infoset_owner), dtype=int)
    stride[infosets] = strides
    place: Ints = np.zeros(game.nodes, dtype=int)
    moves: Ints = np.zeros(game.nodes, dtype=int)
    for level in game.levels[1:]:
        parent = game.parent[level]
        place[level] = place[parent] + stride[game.infoset[parent]] * game.action[level]
        moves[level] = moves[parent] + 1
    ends = game.terminals
    reached = np.bincount(place[ends], minlength=int(np.prod(widths)))
    if (moves[ends] != len(infosets)).any() or (reached != 1).any():
        raise GameError("every receiver must move exactly once, whatever the others did")
    return [int(node) for node in ends[np.argsort(place[ends])]]
