"""First-order methods: dilated distances, optimistic mirror descent, excessive gap."""

from efmodels.learning.prox.excessive_gap import ExcessiveGap
from efmodels.learning.prox.geometry import Entropy, Euclidean, Geometry
from efmodels.learning.prox.mirror_descent import OptimisticMirrorDescent
from efmodels.learning.prox.restarts import Restarts
from efmodels.learning.prox.smoothing import Response, Smoothing
from efmodels.learning.prox.steps import AdaptiveStep, ConstantStep, Steps
from efmodels.learning.prox.weights import (
    HeightWeights,
    MassWeights,
    SumWeights,
    UnitWeights,
    Weights,
    margin,
)

__all__ = [
    "AdaptiveStep",
    "ConstantStep",
    "Entropy",
    "Euclidean",
    "ExcessiveGap",
    "Geometry",
    "HeightWeights",
    "MassWeights",
    "OptimisticMirrorDescent",
    "Response",
    "Restarts",
    "Smoothing",
    "Steps",
    "SumWeights",
    "UnitWeights",
    "Weights",
    "margin",
]
