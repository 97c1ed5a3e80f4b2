"""Benchmark games by their parameters, and the game files that are shipped with the package.

Every function here returns a :class:`efmodels.Game`; its docstring states the rules, who observes
what, the payoffs and the size of the tree.
"""

from efmodels.instances.data import data_file
from efmodels.instances.dice import liars_dice
from efmodels.instances.kuhn_poker import kuhn
from efmodels.instances.leduc_poker import leduc

__all__ = ["data_file", "kuhn", "leduc", "liars_dice"]
