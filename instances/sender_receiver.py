"""Signalling games: a sender who knows her type, a receiver who sees her message."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from efmodels.builder import GameBuilder
from efmodels.errors import GameError
from efmodels.instances.exact_numbers import distribution, number, number_array
from efmodels.instances.parameters import different, titled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from efmodels.game import Game, Number
    from efmodels.instances.exact_numbers import Exact

# Two types and two messages that nobody pays for.
_CHEAP_SENDER = (((4, 0), (4, 0)), ((6, 0), (6, 0)))
_CHEAP_RECEIVER = (((10, 6), (10, 6)), ((0, 6), (0, 6)))


def signaling_game(
    prior: Sequence[Number | str] = ("1/2", "1/2"),
    sender: ArrayLike = _CHEAP_SENDER,
    receiver: ArrayLike = _CHEAP_RECEIVER,
    *,
    types: Sequence[str] = (),
    messages: Sequence[str] = (),
    actions: Sequence[str] = (),
) -> Game:
    r"""Return a signalling game by the payoffs of sender and receiver.

    Chance draws the sender's type :math:`t` with probability :math:`p_t`. The sender sees it and
    sends a message :math:`m`; the receiver sees the message, not the type, and takes an action
    :math:`a`. They get ``sender[t][m][a]`` and ``receiver[t][m][a]``. The sender's infosets are
    labelled by types, the receiver's by messages.

    Parameters
    ----------
    prior
        :math:`p`, above 0, of sum 1.
    sender, receiver
        Payoffs, shape ``(types, messages, actions)``; texts such as ``"1/3"`` are exact. By default
        those of :func:`von_stengel_forges_signaling`.
    types, messages, actions
        Labels, different in each list; by default ``1``, ``2``, ...

    Returns
    -------
    Game
        With players ``Sender`` and ``Receiver`` and :math:`1 + T (1 + M (1 + A))` nodes for
        :math:`T` types, :math:`M` messages and :math:`A` actions.

    Raises
    ------
    GameError
        The prior is no distribution with positive entries, an array has the wrong shape, or there
        are the wrong number of labels.

    Examples
    --------
    Education costs the able less than the others, and the firm wants the able:

    >>> from efmodels.instances import signaling_game
    >>> game = signaling_game(
    ...     ["1/3", "2/3"],
    ...     sender=[[[2, -1], [3, 0]], [[0, -3], [3, 0]]],
    ...     receiver=[[[1, 0], [1, 0]], [[-1, 0], [-1, 0]]],
    ...     types=["able", "other"], messages=["study", "rest"], actions=["hire", "refuse"],
    ... )
    >>> game.nodes, [game.infoset_names[j] for j in game.infosets_of(2)]
    (15, ['study', 'rest'])
    """
    chances = distribution("prior", prior)
    if not all(chances):
        raise GameError(
            f"prior must hold numbers above 0; got {list(prior)}: leave other types out"
        )
    theirs = number_array("sender", sender, (len(chances), "messages", "actions"))
    hers = number_array("receiver", receiver, theirs.shape)
    given = {"types": types, "messages": messages, "actions": actions}
    sizes = dict(zip(given, theirs.shape, strict=True))
    labels = {name: _labels(name, given[name], size) for name, size in sizes.items()}
    title = titled(
        *("Signalling game", {name: _numbered(size) for name, size in sizes.items()}),
        prior=chances,
        sender=theirs,
        receiver=hers,
        **labels,
    )
    return _signaling(title, chances, (theirs, hers), tuple(labels.values()))


def beer_quiche(strong: Number | str = "9/10") -> Game:
    """Return the beer-quiche game: shall one duel with somebody by what he has for breakfast.

    The sender is ``strong`` with the given probability and ``weak`` otherwise, which only he knows.
    He has *beer* or *quiche*; the receiver sees it and *duels* or goes *away*. The strong prefer
    beer, the weak quiche: the preferred breakfast pays the sender 1, and to be spared the duel 2
    more. The receiver gets 1 for a duel with the weak or for keeping away from the strong, else 0.

    Both beer and quiche for both types are equilibria if ``strong`` is at least 1/2; quiche rests
    on the receiver taking a beer drinker for weak, which the intuitive criterion excludes.

    Parameters
    ----------
    strong
        Strictly between 0 and 1.

    Returns
    -------
    Game
        With 15 nodes, players ``Sender`` and ``Receiver`` and two infosets each.

    Raises
    ------
    GameError
        ``strong`` is out of its range.

    Notes
    -----
    After Cho and Kreps, "Signaling games and stable equilibria" (1987).

    Examples
    --------
    >>> from efmodels.instances import beer_quiche
    >>> game = beer_quiche()
    >>> game.title, [str(p) for p in game.chance_probabilities]
    ('Beer-quiche game (strong=9/10)', ['9/10', '1/10'])
    """
    chance = number("strong", strong, above=0, below=1)
    labels = ("strong", "weak"), ("beer", "quiche"), ("duel", "away")
    sender = (((1, 3), (0, 2)), ((0, 2), (1, 3)))
    receiver = (((0, 1), (0, 1)), ((1, 0), (1, 0)))
    title = titled("Beer-quiche game", strong=chance)
    return _signaling(title, (chance, 1 - chance), _tables(sender, receiver), labels)


def von_stengel_forges_signaling() -> Game:
    """Return a signalling game in which messages cost nothing and a mediator helps.

    The sender is of type ``good`` or ``bad`` with probability 1/2 and sends ``X`` or ``Y``; the
    receiver sees the message and plays *l* or *r*. Whatever the message, *l* pays (4, 10) for the
    good type and (6, 0) for the bad one, and *r* pays (0, 6).

    In every Nash equilibrium, and in every correlated equilibrium of the normal form, the receiver
    plays *r* on all messages that are sent, which pays (0, 6). A mediator who tells each type her
    message only when she has to send it can have the receiver play *l* on one message, drawn at
    random and told to the good type alone. This extensive-form correlated equilibrium pays
    (7/2, 13/2).

    Returns
    -------
    Game
        With 15 nodes, players ``Sender`` and ``Receiver`` and two infosets each.

    Notes
    -----
    After figure 1 of von Stengel and Forges, "Extensive-form correlated equilibrium: definition
    and computational complexity" (2008).

    Examples
    --------
    >>> from efmodels.instances import von_stengel_forges_signaling
    >>> game = von_stengel_forges_signaling()
    >>> game.nodes, [game.infoset_names[j] for j in game.infosets_of(1)]
    (15, ['good', 'bad'])
    """
    tables = _tables(_CHEAP_SENDER, _CHEAP_RECEIVER)
    labels = ("good", "bad"), ("X", "Y"), ("l", "r")
    title = "Signalling game of von Stengel and Forges"
    return _signaling(title, (Fraction(1, 2),) * 2, tables, labels)


def _tables(sender: ArrayLike, receiver: ArrayLike) -> tuple[Exact, Exact]:
    """Return the payoffs of sender and receiver as arrays of integers that stay integers."""
    return np.array(sender, dtype=object), np.array(receiver, dtype=object)


def _labels(name: str, given: Sequence[str], size: int) -> tuple[str, ...]:
    """Return the labels of an axis, by default numbers."""
    labels = tuple(map(str, different(name, given))) or _numbered(size)
    if len(labels) != size:
        raise GameError(f"{name} must hold {size} labels, as many as the payoffs; got {labels}")
    return labels


def _numbered(size: int) -> tuple[str, ...]:
    """Return the labels of those who have none."""
    return tuple(str(k + 1) for k in range(size))


def _signaling(
    title: str,
    prior: Sequence[Number],
    payoffs: tuple[Exact, Exact],
    labels: tuple[tuple[str, ...], ...],
) -> Game:
    """Build the tree: a type, a message, an action."""
    types, messages, actions = labels
    build = GameBuilder(["Sender", "Receiver"], title=title)
    nature = build.chance(dict(zip(types, prior, strict=True)), label="type")
    for t, kind in enumerate(types):
        node = build.decision("Sender", kind, messages, below=(nature, kind))
        for m, message in enumerate(messages):
            answer = build.decision("Receiver", message, actions, below=(node, message))
            for a, action in enumerate(actions):
                build.terminal([table[t, m, a] for table in payoffs], below=(answer, action))
    return build.game()
