"""Where each family of benchmark games comes from, and what of it is ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from efmodels.instances.dice import liars_dice
from efmodels.instances.kuhn_poker import kuhn
from efmodels.instances.leduc_poker import leduc
from efmodels.instances.naval import battleship
from efmodels.instances.prize_bidding import goofspiel
from efmodels.instances.ride_hailing import ride_sharing
from efmodels.instances.smuggling import sheriff
from efmodels.instances.trick_taking import tricks

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.game import Game


class Family(NamedTuple):
    """A function that makes games, where its rules come from, and what is known to differ."""

    function: Callable[..., Game]
    source: str
    differs: str = ""


_BENCHMARKS = "Farina, Ling, Fang, Sandholm 2019 (arXiv 1905.12564)"

FAMILIES = {
    "battleship": Family(
        battleship, _BENCHMARKS, "the loss multiplier of the published tables is not known: 2 here"
    ),
    "goofspiel": Family(
        goofspiel, "Ross 1971", "whether the published GL3 splits or discards ties is not known"
    ),
    "kuhn": Family(kuhn, "Kuhn 1950; three players: the literature on team and correlated play"),
    "leduc": Family(
        *(leduc, "Southey et al. 2005"),
        "suits are merged; the payoffs with three players extend the two-player rules",
    ),
    "liars_dice": Family(
        *(liars_dice, "folklore"),
        "order of bids and wild face as in public game files; they do not change the counts",
    ),
    "ride_sharing": Family(
        *(ride_sharing, "the literature on correlated play"),
        "maps, rewards and what happens at a tie are ours; only numbers of nodes agree",
    ),
    "sheriff": Family(
        *(sheriff, _BENCHMARKS),
        "value 5, penalty 1 and compensation 1 are assumed for the published tables",
    ),
    "tricks": Family(
        *(tricks, "the literature on team play"),
        "the published TP3 has 910,737 nodes; ours has 1,062,741",
    ),
}
"""Every function that makes a game, by its name."""
