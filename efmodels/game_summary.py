"""What there is to tell about a game in a few figures, also as HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from efmodels.errors import GameError
from efmodels.game import CHANCE, TERMINAL
from efmodels.tables import html_table

if TYPE_CHECKING:
    from efmodels.game import Game


def node_counts(game: Game) -> dict[str, int]:
    """Return how many nodes of each kind a game has.

    >>> import efmodels as ef
    >>> node_counts(ef.instances.kuhn())
    {'chance': 1, 'decision': 24, 'terminal': 30}
    """
    return {
        "chance": int((game.owner == CHANCE).sum()),
        "decision": int((game.owner > CHANCE).sum()),
        "terminal": int((game.owner == TERMINAL).sum()),
    }


def recall_message(game: Game) -> str | None:
    """Return who forgets what, or ``None`` for perfect recall."""
    try:
        game.require_perfect_recall()
    except GameError as error:
        return str(error)
    return None


def about_player(game: Game, number: int, *, recall: str | None) -> dict[str, Any]:
    """Describe a player, given by number; without perfect recall there are no sequences."""
    infosets = game.infosets_of(number)
    actions = int(game.action_start[infosets.stop] - game.action_start[infosets.start])
    payoffs = game.payoffs[:, number - 1]
    return {
        "player": game.players[number - 1],
        "infosets": len(infosets),
        "actions": actions,
        "sequences": actions + 1 if recall is None else None,
        "lowest_payoff": float(payoffs.min()),
        "highest_payoff": float(payoffs.max()),
    }


def game_html(game: Game) -> str:
    """Return a table of the game's figures, and one with a row per player."""
    recall = recall_message(game)
    kinds = ", ".join(f"{count} {kind}" for kind, count in node_counts(game).items())
    facts = [
        ("nodes", f"{game.nodes}: {kinds}"),
        ("depth", str(len(game.levels) - 1)),
        ("perfect recall", "yes" if recall is None else f"no: {recall}"),
    ]
    players = [about_player(game, k + 1, recall=recall) for k in range(len(game.players))]
    heads = ("player", "infosets", "sequences", "lowest payoff", "highest payoff")
    rows = [[_text(player[head.replace(" ", "_")]) for head in heads] for player in players]
    title = game.title or "Game without a title"
    return (
        f"<div>{html_table(facts, caption=title)}"
        f"{html_table(rows, caption='Players', heads=heads)}</div>"
    )


def _text(value: str | float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.9g}" if isinstance(value, float) else str(value)
