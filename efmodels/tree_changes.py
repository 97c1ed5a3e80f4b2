"""A game taken apart, to add nodes to its tree and put it together again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efmodels.assembly import Infoset, Outcome, assemble_game
from efmodels.game import CHANCE, TERMINAL

if TYPE_CHECKING:
    from efmodels.game import Game

NO_OUTCOME = -1


class ChangedTree:
    """The lists of which a game consists, with what is added to them.

    Old nodes, infosets and outcomes keep their numbers, and new ones get the next; the game that is
    made of them in the end has numbers in the canonical order again.

    Parameters
    ----------
    game
        What to begin with; it stays what it is.

    Examples
    --------
    >>> import efmodels as ef
    >>> game = ef.Game.from_matrices([[1, 0]], [[0, 1]])
    >>> ChangedTree(game).game() == game
    True
    """

    def __init__(self, game: Game) -> None:
        self._before = game
        self._parent: list[int] = game.parent.tolist()
        self._action: list[int] = game.action.tolist()
        self._infoset: list[int] = game.infoset.tolist()
        self._outcome: list[int] = game.outcome.tolist()
        self._infosets = [_infoset(game, j) for j in range(len(game.infoset_owner))]
        self._outcomes = list(map(Outcome, game.outcome_labels, game.outcome_payoffs))

    def add_infoset(self, infoset: Infoset) -> int:
        """Add an infoset, and return its number."""
        self._infosets.append(infoset)
        return len(self._infosets) - 1

    def add_outcome(self, outcome: Outcome) -> int:
        """Add an outcome, and return its number."""
        self._outcomes.append(outcome)
        return len(self._outcomes) - 1

    def add_below(
        self, node: int, action: int, infoset: int = TERMINAL, outcome: int = NO_OUTCOME
    ) -> int:
        """Add a node below an action of another one, and return its number."""
        self._parent.append(node)
        self._action.append(action)
        self._infoset.append(infoset)
        self._outcome.append(outcome)
        return len(self._parent) - 1

    def add_above(self, node: int, infoset: int) -> int:
        """Add a node whose first action leads to another one, in the place where that was."""
        new = self.add_below(self._parent[node], self._action[node], infoset)
        self._parent[node], self._action[node] = new, 0
        return new

    def set_infoset(self, node: int, infoset: int) -> None:
        """Let a node belong to an infoset."""
        self._infoset[node] = infoset

    def set_outcome(self, node: int, outcome: int) -> None:
        """Attach an outcome to a node, in the place of its own."""
        self._outcome[node] = outcome

    def game(self, *, title: str | None = None) -> Game:
        """Put the game together; with the title of the old one unless another is given.

        Raises
        ------
        GameError
            What was added does not make a tree.
        """
        before = self._before
        added = len(self._parent) - before.nodes
        labels = (*before.node_labels, *[""] * added) if before.node_labels else ()
        return assemble_game(
            players=before.player_labels,
            infosets=self._infosets,
            outcomes=self._outcomes,
            parent=self._parent,
            action=self._action,
            infoset=self._infoset,
            outcome=self._outcome,
            node_labels=labels,
            title=before.title if title is None else title,
            comment=before.comment,
        )


def _infoset(game: Game, number: int) -> Infoset:
    """Return an infoset as its maker described it."""
    owner, flat = int(game.infoset_owner[number]), game.actions_of(number)
    here = slice(flat.start, flat.stop)
    odds = game.chance_probabilities[here] if owner == CHANCE else ()
    return Infoset(owner, game.infoset_labels[number], game.action_labels[here], odds)
