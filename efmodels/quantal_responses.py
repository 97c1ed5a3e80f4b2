"""Logit responses computed from the tree, whatever produced the strategies.

Nothing here is shared with the nonlinear programs: no sequence-form matrix, no polytope, no solver.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from efmodels.verifying import first_nodes, own_moves, product_down

if TYPE_CHECKING:
    from efmodels.game import Floats, Game, Ints
    from efmodels.verifying import Profile


def logit_response(profile: Profile, precision: float) -> Floats:
    r"""Return everybody's logit response over her reduced plans, as behaviour.

    A player plays each of her reduced pure plans with a probability proportional to
    :math:`\exp(\lambda\, u)`, with ``u`` the plan's payoff against the others. What she does at an
    infoset then only depends on what is below it: with :math:`w_j` the logarithm of the sum over
    the plans from there on,

    .. math::

        w_j = \log \sum_a \exp Q_{ja}, \qquad
        Q_{ja} = \lambda\, g_{ja} + \sum_{j' \text{ below } (j, a)} w_{j'}, \qquad
        b_{ja} = \exp(Q_{ja} - w_j),

    and ``g`` what the others and chance make of ``(j, a)`` if she moves no more.

    Returns
    -------
    numpy.ndarray
        A probability per action, in the order of ``game.action_labels``; chance's are its own.

    References
    ----------
    McKelvey and Palfrey, Quantal response equilibria for normal form games, Games and Economic
    Behavior 10 (1995).

    Examples
    --------
    >>> import numpy as np, efmodels as ef
    >>> from efmodels.verifying import Profile
    >>> game = ef.Game.from_matrices([[1, 0], [0, 0]], [[0, 0], [0, 0]])
    >>> logit_response(Profile(game, [0.5] * 4), np.log(4)).round(4).tolist()
    [0.6667, 0.3333, 0.5, 0.5]
    """
    game = profile.game
    response = profile.behaviour.copy()
    for number in range(1, len(game.players) + 1):
        _respond(profile, number, precision, response)
    return response


def agent_logit_response(profile: Profile, precision: float) -> Floats:
    r"""Return the logit response at every infoset, each played by an agent of her own.

    The agent at ``j`` takes what happens below it as given, her own player's other moves too:

    .. math:: b_{ja} \propto \exp(\lambda\, \bar q_{ja}),

    with :math:`\bar q_{ja}` the payoff that ``a`` brings on average over the nodes of ``j``, as
    likely as the others and chance make them. Where they never get to ``j`` it is uniform.

    Returns
    -------
    numpy.ndarray
        A probability per action, in the order of ``game.action_labels``; chance's are its own.

    References
    ----------
    McKelvey and Palfrey, Quantal response equilibria for extensive form games, Experimental
    Economics 1 (1998).
    """
    game = profile.game
    edge = _edges(profile)
    value = np.zeros((game.nodes, len(game.players)))
    value[game.terminals] = game.payoffs
    for level in reversed(game.levels[1:]):
        np.add.at(value, game.parent[level], value[level] * edge[level, None])
    moved = np.flatnonzero(game.owner[game.parent[1:]] > 0) + 1
    above = game.parent[moved]
    flat = game.action_start[game.infoset[above]] + game.action[moved]
    mover = game.owner[above]
    reach = np.zeros(game.nodes)
    for number in range(1, len(game.players) + 1):
        mine = game.owner == number
        reach[mine] = product_down(game, _without(game, edge, number))[mine]
    size = len(game.action_labels)
    earned = np.bincount(flat, reach[above] * value[moved, mover - 1], minlength=size)
    weight = np.bincount(flat, reach[above], minlength=size)
    quality = np.divide(earned, weight, out=np.zeros(size), where=weight > 0)
    chance = len(game.chance_probabilities)
    start = game.action_start[:-1][game.infoset_owner > 0]
    response = profile.behaviour.copy()
    response[chance:] = _softmax(precision * quality[chance:], start - chance)[0]
    return response


def _respond(profile: Profile, number: int, precision: float, response: Floats) -> None:
    """Write a player's response over plans: one sweep up her infosets."""
    game = profile.game
    reach = product_down(game, _without(game, _edges(profile), number))[game.terminals]
    worth = precision * reach * game.payoffs[:, number - 1]
    last, before = own_moves(game, number)
    total = np.bincount(last[game.terminals], worth, minlength=len(game.action_labels) + 1)
    mine = np.array(game.infosets_of(number), dtype=np.int64)
    node = first_nodes(game)[mine]
    for depth in range(int(before[node].max(initial=-1)), -1, -1):
        here = mine[before[node] == depth]
        width = game.action_start[here + 1] - game.action_start[here]
        start = np.cumsum(width) - width
        places = np.repeat(game.action_start[here] - start, width) + np.arange(width.sum())
        response[places], best = _softmax(total[places], start)
        np.add.at(total, last[node[before[node] == depth]], best)


def _edges(profile: Profile) -> Floats:
    """Return the probability with which its parent leads to each node; 1 at the root."""
    game = profile.game
    edge = np.ones(game.nodes)
    above = game.parent[1:]
    edge[1:] = profile.behaviour[game.action_start[game.infoset[above]] + game.action[1:]]
    return edge


def _without(game: Game, edge: Floats, number: int) -> Floats:
    """Return the same if one player moves towards each node with certainty."""
    others = edge.copy()
    others[1:][game.owner[game.parent[1:]] == number] = 1.0
    return others


def _softmax(quality: Floats, start: Ints) -> tuple[Floats, Floats]:
    """Return the softmax within each group, and the logarithm of each sum of exponentials."""
    if not len(start):
        return quality, np.zeros(0)
    width = np.diff(np.append(start, len(quality)))
    most = np.maximum.reduceat(quality, start)
    power = np.exp(quality - np.repeat(most, width))
    total = np.add.reduceat(power, start)
    return power / np.repeat(total, width), most + np.log(total)
