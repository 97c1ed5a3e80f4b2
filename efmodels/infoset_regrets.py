"""How well players decide at each infoset, on the path of play and off it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from efmodels.tables import html_table, text_table
from efmodels.verifying import Profile, action_worths, product_down

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from efmodels.game import Bools, Floats, Game, Ints

UNREACHED = 1e-9
"""Below this share of what chance allows an infoset counts as never reached by the others."""

TREMBLE = 1e-6
"""How much of the uniform strategy is mixed in where nothing else is said."""


class Behaviour(Protocol):
    """Anything with a probability for each action of each infoset."""

    @property
    def behaviour(self) -> Any:
        """The probabilities, in the order of ``game.action_labels``."""


@dataclass(frozen=True, eq=False, repr=False)
class InfosetRegrets:
    """What each player could gain from each of her infosets on.

    Attributes
    ----------
    table
        A row per infoset: ``player``; ``infoset``; ``regret``, what a best response from here on
        would gain, the infoset being reached; ``others``, the probability with which chance and the
        others let it be reached; ``reach``, that of reaching it at all; and ``trembled``, whether
        the others never let it be reached, so that their hands had to tremble.
    """

    table: pd.DataFrame

    @property
    def largest(self) -> float:
        """The largest of all regrets; 0 without infosets."""
        return float(self.table["regret"].max()) if len(self.table) else 0.0

    @property
    def mean(self) -> float:
        """The mean over infosets; 0 without infosets."""
        return float(self.table["regret"].mean()) if len(self.table) else 0.0

    @property
    def mean_by_reach(self) -> float:
        """The mean weighted by the probability of reaching each infoset."""
        reach = self.table["reach"].to_numpy()
        return float(self.table["regret"].to_numpy() @ reach / reach.sum()) if reach.any() else 0.0

    def rows(self) -> list[tuple[str, str]]:
        """Return what there is to show, as pairs of a name and a text."""
        return [
            ("infosets", str(len(self.table))),
            ("largest", f"{self.largest:.3g}"),
            ("mean", f"{self.mean:.3g}"),
            ("mean by reach", f"{self.mean_by_reach:.3g}"),
        ]

    def __repr__(self) -> str:
        return text_table(self.rows())

    def _repr_html_(self) -> str:
        """Show as a table in a notebook."""
        return html_table(self.rows(), caption="Regrets at infosets")


def refinement_regret(
    game: Game, profile: Behaviour, *, trembling: Behaviour | None = None
) -> InfosetRegrets:
    r"""Return what each player could gain at each infoset, whether it is ever reached or not.

    At infoset :math:`j` of player :math:`i`, with :math:`\pi_{-i}(h)` the probability that chance
    and the others move to node :math:`h`, and :math:`u_i` her expected payoff from there on,

    .. math::

        \mathrm{regret}(j) =
        \frac{\max_{b'} \sum_{h \in j} \pi_{-i}(h)\, \bigl(u_i(h, b') - u_i(h, b)\bigr)}
             {\sum_{h \in j} \pi_{-i}(h)},

    the maximum over what she may do from :math:`j` on. Where the others never let an infoset be
    reached, they are taken to play ``trembling`` instead. An equilibrium has no regret where play
    gets to; a refined one has little anywhere, for the trembles that it is refined by.

    Parameters
    ----------
    game
        With perfect recall, and any number of players.
    profile
        A :class:`~efmodels.verifying.Profile`, or whatever has probabilities as ``behaviour``.
    trembling
        What the others play where they never let an infoset be reached, such as the ``trembling``
        of a :class:`~efmodels.exact_equilibria.LimitEquilibrium`. By default each of their actions
        is mixed with a millionth of the uniform strategy.

    Raises
    ------
    GameError
        The probabilities do not fit the game.

    Notes
    -----
    A limit of perturbed equilibria is a best response to *some* small mistakes, and need not be one
    to uniform ones: the equilibrium of a perturbed game may make some mistakes more often than it
    must. Give it its own trembles.

    Papers on perturbed games plot regrets at infosets. How they normalise them, and what they do
    where an infoset is not reached, is not known here, so that only the shape of such plots can be
    compared, and not their numbers.

    Examples
    --------
    An incumbent who would fight an entrant regrets it, if there ever was one:

    >>> import efmodels as ef
    >>> from efmodels.verifying import Profile
    >>> game = ef.instances.entry_game()
    >>> threat = Profile(game, [1, 0, 1, 0])
    >>> threat.regrets()
    {'Entrant': 0.0, 'Incumbent': 0.0}
    >>> refinement_regret(game, threat).table[["infoset", "regret", "trembled"]]
      infoset  regret  trembled
    0   entry     0.0     False
    1  answer     2.0      True
    """
    plain = Profile(game, _floats(profile))
    if trembling is None:
        uniform = 1 / np.repeat(np.diff(game.action_start), np.diff(game.action_start))
        shaken = Profile(game, (1 - TREMBLE) * plain.behaviour + TREMBLE * uniform)
    else:
        shaken = Profile(game, _floats(trembling))
    tables = [_of_player(plain, shaken, number) for number in range(1, len(game.players) + 1)]
    return InfosetRegrets(_joined(game, tables))


def _floats(profile: Behaviour) -> Floats:
    return np.array([float(one) for one in profile.behaviour])


def _joined(game: Game, tables: list[dict[str, NDArray[Any]]]) -> pd.DataFrame:
    import pandas as pd

    columns = {name: np.concatenate([one[name] for one in tables]) for name in tables[0]}
    infosets = [j for k in range(len(tables)) for j in game.infosets_of(k + 1)]
    return pd.DataFrame(
        {
            "player": [game.players[game.infoset_owner[j] - 1] for j in infosets],
            "infoset": [game.infoset_names[j] for j in infosets],
            **columns,
        }
    )


def _of_player(plain: Profile, shaken: Profile, number: int) -> dict[str, NDArray[Any]]:
    """Return the columns of a player's infosets."""
    game = plain.game
    mine = np.array(game.infosets_of(number), dtype=np.int64)
    allowed = _mass(game, number, _chance(game))[mine]
    gain, others = (column[mine] for column in _gains(plain, plain, number))
    trembled: Bools = others <= UNREACHED * allowed
    shaken_gain, shaken_others = (column[mine] for column in _gains(plain, shaken, number))
    total = np.where(trembled, shaken_others, others)
    numerator = np.where(trembled, shaken_gain, gain)
    possible = total > 0  # not even chance gets to the others
    regret = np.where(possible, numerator, 0.0) / np.where(possible, total, 1.0)
    reach = _mass(game, number, plain.reach)[mine]
    columns = {"regret": np.maximum(regret, 0.0), "others": others, "reach": reach}
    return {**columns, "trembled": trembled}


def _gains(mine: Profile, others: Profile, number: int) -> tuple[Floats, Floats]:
    """Return what a best response gains at each infoset, and how likely the others get there."""
    game = mine.game
    reach = others.reach_without(game.players[number - 1])
    worth = reach[game.terminals] * game.payoffs[:, number - 1]

    def best(worths: Floats, offsets: Ints, _places: Ints) -> Floats:
        value: Floats = np.maximum.reduceat(worths, offsets)
        return value

    def played(worths: Floats, offsets: Ints, places: Ints) -> Floats:
        value: Floats = np.add.reduceat(worths * mine.behaviour[places], offsets)
        return value

    (_, most), (_, own) = (action_worths(game, number, worth, fold) for fold in (best, played))
    return most - own, _mass(game, number, reach)


def _mass(game: Game, number: int, reach: Floats) -> Floats:
    """Return the sum over the nodes of each infoset of a player."""
    nodes = np.flatnonzero(game.owner == number)
    width = len(game.infoset_owner)
    mass: Floats = np.bincount(game.infoset[nodes], reach[nodes], minlength=width).astype(float)
    return mass


def _chance(game: Game) -> Floats:
    return product_down(game, game.probability)
