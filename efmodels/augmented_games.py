"""The zero-sum games behind mediated equilibria as games: to be played, written, or solved."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import TYPE_CHECKING

from efmodels.errors import GameError
from efmodels.mediated_concepts import switches_of
from efmodels.mediator.alternatives import budget_for
from efmodels.mediator.augmented_rules import AugmentedRules
from efmodels.mediator.concept import concept_name
from efmodels.mediator.problem import obedient_players
from efmodels.mediator.transcripts import Transcripts
from efmodels.mediator.walk_sizes import walk_size
from efmodels.rules import game_from_rules

if TYPE_CHECKING:
    from collections.abc import Iterable

    from efmodels.game import Game, Number
    from efmodels.mediator.concept import Concept

NODE_BYTES = 3000
"""What a node of a written-out game costs while it is written, about."""


def augmented_game(
    game: Game, concept: str | Concept, *, obedient: Iterable[str] | None = None
) -> Game:
    r"""Return the game of a mediator against one deviator, who wants to gain by deviating.

    It is zero-sum. What the mediator gets is

    .. math:: - \sum_i \max\bigl(0,\ \text{gain of player } i \text{ by deviating}\bigr) ,

    so that its value is zero, and the mediator's optimal strategies are the equilibria of the
    concept. Any solver of zero-sum games finds one of them. (Where deviators spy or eavesdrop,
    there may be no equilibrium; then the value is below zero.)

    Parameters
    ----------
    game
        With perfect recall.
    concept
        Name or acronym of a mediated concept, or its switches; not NFCE.
    obedient
        The players with incentive constraints, by label; all of them by default.

    Returns
    -------
    Game
        As :func:`lagrangian_game` does.

    Raises
    ------
    GameError, CapabilityError, SizeError
        As :func:`lagrangian_game` does.

    Examples
    --------
    >>> import efmodels as ef
    >>> written = ef.augmented_game(ef.instances.chicken(), "COMM")
    >>> written.players, written.has_perfect_recall
    (('mediator', 'deviator'), True)
    >>> equilibrium = ef.optimal_equilibrium(written, "nash_zero_sum")
    >>> abs(equilibrium.value) < 1e-9
    True
    """
    return lagrangian_game(game, concept, 1, objective={}, obedient=obedient)


def lagrangian_game(
    game: Game,
    concept: str | Concept,
    multiplier: Number | Mapping[str, Number],
    *,
    objective: str | Mapping[str, Number] = "welfare",
    obedient: Iterable[str] | None = None,
) -> Game:
    r"""Return the zero-sum game in which a mediator pays for what players gain by deviating.

    What the mediator gets is

    .. math::

        \sum_i w_i u_i - \sum_i \lambda_i
        \max\bigl(0,\ \text{gain of player } i \text{ by deviating}\bigr) .

    With multipliers that are at least the dual values of the incentive constraints, the value of
    the game is that of the best equilibrium, which is an optimal strategy of the mediator; with any
    others it is an upper bound.

    Chance draws at the root what is at stake: the objective, or the incentives of one player. For
    incentives, the deviator stays out, which ends the game with zero, or deviates; then a coin
    decides whether all are honest and obedient or she does as she likes. Payoffs make up for the
    probabilities. The mediator knows neither what is at stake nor how the coin fell.

    Parameters
    ----------
    game
        With perfect recall.
    concept
        Name or acronym of a mediated concept, or its switches; not NFCE.
    multiplier
        What a unit of gain costs the mediator: one number, or one by player's label.
    objective
        ``"welfare"``, a player's label, or a mapping from labels to weights.
    obedient
        The players with incentive constraints, by label; all of them by default.

    Returns
    -------
    Game
        Its players are ``mediator`` and ``deviator`` if the mediator recalls what it hears, and
        both have perfect recall. A private mediator would not have: it is returned as a team with
        equal payoffs, of one agent for each player (``mediator of Ann``, ...), each with perfect
        recall, against the ``deviator``: a team whose members may draw their plans together, as in
        :func:`efmodels.formulations.tmecor`. Numbers are exact where the game's and the
        multipliers are.

    Raises
    ------
    GameError
        Recall is not perfect, something is not known, a multiplier is negative, or nothing is at
        stake.
    CapabilityError
        Deviators hear whole plans, as in NFCE.
    SizeError
        The game would need more memory than :func:`efmodels.memory_limit` allows.

    References
    ----------
    Zhang, Farina, Anagnostides et al., Computing optimal equilibria and mechanisms via learning in
    zero-sum extensive-form games, arXiv:2306.05216.

    Examples
    --------
    >>> import efmodels as ef
    >>> game = ef.instances.chicken(6, 2, 7, 0)
    >>> best = ef.optimal_equilibrium(game, "COMM", "welfare").value
    >>> for multiplier in (0, 1, 10):
    ...     written = ef.lagrangian_game(game, "COMM", multiplier)
    ...     value = ef.optimal_equilibrium(written, "nash_zero_sum").value
    ...     print(multiplier, round(value - best, 6))
    0 1.5
    1 0.0
    10 0.0
    """
    switches = switches_of(concept)
    incentives = _multipliers(game, multiplier, obedient_players(game, obedient))
    rules = AugmentedRules(game, switches, _weights(game, objective), incentives)
    _require_room(game, switches, incentives)
    title = f"{game.title or 'a game'}: {concept_name(switches)} as a zero-sum game"
    return game_from_rules(rules, title=title)


def _multipliers(
    game: Game, multiplier: Number | Mapping[str, Number], obedient: list[int]
) -> list[Number]:
    """Return a multiplier for each player, zero for those without incentive constraints."""
    if isinstance(multiplier, Mapping):
        given = {game.player_number(player): value for player, value in multiplier.items()}
        missing = [game.players[k - 1] for k in obedient if k not in given]
        if missing:
            raise GameError(f"no multiplier was given for {missing}; give 0 for no incentives")
    else:
        given = dict.fromkeys(obedient, multiplier)
    if any(not (isfinite(value) and value >= 0) for value in given.values()):
        raise GameError(f"multipliers are finite and not negative; got {multiplier!r}")
    return [given[k] if k in obedient else 0 for k in range(1, len(game.players) + 1)]


def _weights(game: Game, objective: str | Mapping[str, Number]) -> list[Number]:
    """Return the weight of each player's payoff in the objective."""
    if objective == "welfare":
        return [1] * len(game.players)
    by_label = {objective: 1} if isinstance(objective, str) else objective
    weights: list[Number] = [0] * len(game.players)
    for player, weight in by_label.items():
        weights[game.player_number(player) - 1] = weight
    return weights


def _require_room(game: Game, switches: Concept, incentives: list[Number]) -> None:
    """Raise unless there is memory for the honest plays and those of the deviators."""
    transcripts = Transcripts(game)
    honest = 1 + sum(map(bool, incentives))
    states = honest * walk_size(transcripts, switches).states
    for number, multiplier in enumerate(incentives, start=1):
        if multiplier:
            states += walk_size(transcripts, switches, number).states
    what = f"{states:,.0f} states of the augmented game, written out,"
    budget_for(game, switches).require(NODE_BYTES * states, what)
