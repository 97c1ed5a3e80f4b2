"""Benchmark games by their parameters, and the game files that are shipped with the package.

Every function here returns a :class:`efmodels.Game`; its docstring states the rules, who observes
what, the payoffs and the size of the tree.
"""

from efmodels.instances.data import data_file
from efmodels.instances.dice import liars_dice
from efmodels.instances.kuhn_poker import kuhn
from efmodels.instances.leduc_poker import leduc
from efmodels.instances.named import catalog, load
from efmodels.instances.naval import battleship
from efmodels.instances.prize_bidding import goofspiel
from efmodels.instances.ride_hailing import EIGHT_PLACES, SEVEN_PLACES, ride_sharing
from efmodels.instances.smuggling import sheriff
from efmodels.instances.trick_taking import tricks

__all__ = [
    "EIGHT_PLACES",
    "SEVEN_PLACES",
    "battleship",
    "catalog",
    "data_file",
    "goofspiel",
    "kuhn",
    "leduc",
    "liars_dice",
    "load",
    "ride_sharing",
    "sheriff",
    "tricks",
]
