"""Persuasion: who knows the state decides what others learn about it before they act.

A :class:`PersuasionProblem` and the two kinds of persuasion process are data; schemes are what was
decided, with regrets recomputed from the data. The formulations over them are
:func:`efmodels.formulations.private_persuasion`, :func:`~efmodels.formulations.public_persuasion`
and :func:`~efmodels.formulations.markov_persuasion`.
"""

from efmodels.persuasion.concave_closure import ConcaveClosure, Split, concavification
from efmodels.persuasion.markov_processes import DiscountedPersuasion, FiniteHorizonPersuasion
from efmodels.persuasion.markov_scheme import MarkovScheme
from efmodels.persuasion.problem import PersuasionProblem
from efmodels.persuasion.signal_scheme import SignalScheme

__all__ = [
    "ConcaveClosure",
    "DiscountedPersuasion",
    "FiniteHorizonPersuasion",
    "MarkovScheme",
    "PersuasionProblem",
    "SignalScheme",
    "Split",
    "concavification",
]
