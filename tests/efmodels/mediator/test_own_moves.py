"""What players remember of their own moves."""

from __future__ import annotations

from efmodels.assembly import Infoset, Outcome, assemble_game
from efmodels.mediator.own_moves import START, OwnMoves


def test_chance_that_comes_to_one_infoset_twice() -> None:
    """Chance remembers nothing: its infoset is not before itself, and players' lengths are theirs.

    The coin is thrown; after heads player A moves, and after her first action the same coin is
    thrown again, after which she moves once more.
    """
    coin = Infoset(0, "coin", ("h", "t"), (0.5, 0.5))
    game = assemble_game(
        players=["A"],
        infosets=[coin, Infoset(1, "one", ("l", "r")), Infoset(1, "two", ("l", "r"))],
        outcomes=[Outcome("", (1,))],
        parent=[-1, 0, 1, 2, 3, 3, 2, 1, 0],
        action=[-1, 0, 0, 0, 0, 1, 1, 1, 1],
        infoset=[0, 1, 0, 2, -1, -1, -1, -1, -1],
        outcome=[-1, -1, -1, -1, 0, 0, 0, 0, 0],
    )
    moves = OwnMoves(game)

    assert moves.before.tolist() == [START, START, 2]
    assert moves.length.tolist() == [1, 1, 1, 1, 2, 2, 0]
