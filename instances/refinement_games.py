"""Small textbook games in which some Nash equilibria are not reasonable."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from efmodels.builder import GameBuilder
from efmodels.game import Game
from efmodels.instances.exact_numbers import number
from efmodels.instances.parameters import integer, titled

if TYPE_CHECKING:
    from efmodels.game import Number


def entry_game() -> Game:
    """Return the entry game: an incumbent threatens to fight whoever enters the market.

    The entrant stays *out*, which pays 0 to her and 2 to the incumbent, or comes *in*. The
    incumbent sees it and *fights* (both lose 1) or *shares* the market (both get 1). Each player
    has one infoset, ``entry`` and ``answer``.

    In the equilibrium (in, share) the incumbent acts rationally wherever she moves; (out, fight) is
    a Nash equilibrium as well, but rests on a threat that nobody would carry out.

    Returns
    -------
    Game
        With 5 nodes and players ``Entrant`` and ``Incumbent``.

    Notes
    -----
    It is the stage game of Selten, "The chain store paradox" (1978), up to the numbers.

    Examples
    --------
    >>> from efmodels.instances import entry_game
    >>> entry_game()
    Game('Entry game', players=['Entrant', 'Incumbent'], nodes=5, terminals=3, infosets=[1, 1])
    """
    answers = {"fight": {"payoffs": [-1, -1]}, "share": {"payoffs": [1, 1]}}
    entered = {"player": "Incumbent", "infoset": "answer", "actions": answers}
    moves = {"out": {"payoffs": [0, 2]}, "in": entered}
    return Game.from_dict(
        {"player": "Entrant", "infoset": "entry", "actions": moves}, title="Entry game"
    )


def selten_horse() -> Game:
    """Return Selten's horse: three players, and an equilibrium that no trembles allow.

    P1 goes *down* or *across*. After *across* P2 goes *down* or *across*, and *across* ends the
    game with (1, 1, 1). If anybody went down, P3 chooses *left* or *right* without knowing who.
    After P1 went down, left pays (3, 3, 2) and right nothing; after P2 did, left pays (4, 4, 0) and
    right (0, 0, 1). Each player has one infoset, ``1``, ``2`` and ``3``.

    Pure equilibria are (down, across, left), which pays (3, 3, 2), and (across, across, right),
    which pays (1, 1, 1). The game has no proper subgame; but in the first one P2, were she to move,
    would rather go down and get 4, so that it is not perfect.

    Returns
    -------
    Game
        With 9 nodes.

    Notes
    -----
    After Selten, "Reexamination of the perfectness concept for equilibrium points in extensive
    games" (1975), where P2 gets 2 instead of 3 after (down, left); textbooks often have 3.

    Examples
    --------
    >>> from efmodels.instances import selten_horse
    >>> selten_horse()
    Game("Selten's horse", players=['P1', 'P2', 'P3'], nodes=9, terminals=5, infosets=[1, 1, 1])
    """
    build = GameBuilder(["P1", "P2", "P3"], title="Selten's horse")
    first = build.decision("P1", "1", ["down", "across"])
    second = build.decision("P2", "2", ["down", "across"], below=(first, "across"))
    third_after_first = build.decision("P3", "3", ["left", "right"], below=(first, "down"))
    third_after_second = build.decision("P3", "3", ["left", "right"], below=(second, "down"))
    build.terminal([3, 3, 2], below=(third_after_first, "left"))
    build.terminal([0, 0, 0], below=(third_after_first, "right"))
    build.terminal([4, 4, 0], below=(third_after_second, "left"))
    build.terminal([0, 0, 1], below=(third_after_second, "right"))
    build.terminal([1, 1, 1], below=(second, "across"))
    return build.game()


def mertens_voting() -> Game:
    """Return Mertens' voting game: who shall do a task that nobody needs to get wrong.

    Each of two players votes in secret for *self* or for the *other*. Who got both votes does the
    task; if each voted for herself, a fair coin chooses, and it is not told that there was a coin;
    if each voted for the other, somebody else does it, and does it right. Who does the task does it
    *right* or *wrong*; both get 1 if it is done right and 0 otherwise.

    A player votes at infoset ``vote``. At ``task`` she knows that she voted for herself and was
    chosen, but not how the other voted.

    In every quasi-perfect equilibrium each votes for herself: why rely on the other's hand not to
    tremble? In every extensive-form perfect equilibrium somebody votes for the other: a player
    whose own hand is taken to tremble as much as the other's, or more.

    Returns
    -------
    Game
        With 17 nodes and players ``P1`` and ``P2``.

    Notes
    -----
    After Mertens, "Two examples of strategic equilibrium" (1995).

    Examples
    --------
    >>> from efmodels.instances import mertens_voting
    >>> game = mertens_voting()
    >>> game
    Game("Mertens' voting game", players=['P1', 'P2'], nodes=17, terminals=9, infosets=[2, 2])
    >>> [game.infoset_names[j] for j in game.infosets_of(2)]
    ['vote', 'task']
    """
    build = GameBuilder(["P1", "P2"], title="Mertens' voting game")

    def task(player: str, below: tuple[int, str]) -> None:
        node = build.decision(player, "task", ["right", "wrong"], below=below)
        build.terminal([1, 1], below=(node, "right"))
        build.terminal([0, 0], below=(node, "wrong"))

    first = build.decision("P1", "vote", ["self", "other"])
    for_self = build.decision("P2", "vote", ["self", "other"], below=(first, "self"))
    for_other = build.decision("P2", "vote", ["self", "other"], below=(first, "other"))
    half = Fraction(1, 2)
    coin = build.chance({"P1": half, "P2": half}, label="coin", below=(for_self, "self"))
    task("P1", (coin, "P1"))
    task("P2", (coin, "P2"))
    task("P1", (for_self, "other"))
    task("P2", (for_other, "self"))
    build.terminal([1, 1], below=(for_other, "other"))
    return build.game()


def guess_the_ace(cards: int = 52, prize: Number | str = 1000) -> Game:
    """Return guess-the-ace: what to guess in a game that should never begin.

    A deck is shuffled and put face down; nobody sees a card. P1 *stops* the game, and nobody pays,
    or lets it be *played*. Then P2 guesses whether the top card is the *ace* of spades or another
    one (*not ace*), and if she is right, P1 pays her the prize (zero-sum). Chance moves at the
    root; each player has one infoset, ``play?`` and ``guess``.

    P1 should stop, so that the value is 0 whatever P2 would guess, and a linear program may well
    answer *ace*; yet if P1 ever erred, guessing *not ace* would be right far more often.

    Parameters
    ----------
    cards
        Size of the deck, at least 2.
    prize
        A number above 0.

    Returns
    -------
    Game
        With 11 nodes and exact payoffs unless the prize is a float.

    Raises
    ------
    GameError
        A parameter is out of its range.

    Notes
    -----
    After Miltersen and Sørensen, "Computing sequential equilibria for two-player games" (2006).
    In some files that go by this name the first player sees the top card.

    Examples
    --------
    >>> import efmodels as ef
    >>> game = ef.instances.guess_the_ace()
    >>> game.title, game.nodes
    ('Guess the ace (cards=52, prize=1000)', 11)
    >>> abs(ef.optimal_equilibrium(game, "nash_zero_sum").value) < 1e-9
    True
    """
    cards = integer("cards", cards, minimum=2)
    won = number("prize", prize, above=0)
    build = GameBuilder(["P1", "P2"], title=titled("Guess the ace", cards=cards, prize=won))
    chances = {"ace": Fraction(1, cards), "not ace": Fraction(cards - 1, cards)}
    shuffle = build.chance(chances, label="top card")
    for top in chances:
        first = build.decision("P1", "play?", ["stop", "play"], below=(shuffle, top))
        build.terminal([0, 0], below=(first, "stop"))
        second = build.decision("P2", "guess", list(chances), below=(first, "play"))
        for guess in chances:
            build.terminal([-won, won] if guess == top else [0, 0], below=(second, guess))
    return build.game()
