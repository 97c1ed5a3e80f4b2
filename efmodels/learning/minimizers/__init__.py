"""Regret minimizers as small objects, and the calculus that composes them.

This is the general layer, for sets, constraints and regularizers that the engines do not know; the
engines are its fast special case.
"""

from efmodels.learning.minimizers.composition import (
    AffineImage,
    ConvexHull,
    OnePoint,
    Product,
    minkowski_sum,
    with_floor,
)
from efmodels.learning.minimizers.descent import (
    ConditionalGradient,
    EuclideanMirrorDescent,
    MultiplicativeWeights,
    constant_step,
    decreasing_step,
)
from efmodels.learning.minimizers.extension import ScaledExtension, counterfactual, sequential
from efmodels.learning.minimizers.intersection import Intersection
from efmodels.learning.minimizers.matching import (
    RegretMatching,
    discounted_regret_matching,
    local_minimizer,
    predictive_discounted_regret_matching_plus,
    predictive_regret_matching_plus,
    regret_matching,
    regret_matching_plus,
)
from efmodels.learning.minimizers.playing import Bilinear, Played, bilinear, self_play
from efmodels.learning.minimizers.prediction import Predictive
from efmodels.learning.minimizers.protocol import RegretMinimizer
from efmodels.learning.minimizers.regularized import (
    ConcaveUtility,
    EntropyRegularized,
    QuadraticRegularized,
)
from efmodels.learning.minimizers.sets import Ball, ConvexSet, Polyhedron, Simplex, constrained

__all__ = [
    "AffineImage",
    "Ball",
    "Bilinear",
    "ConcaveUtility",
    "ConditionalGradient",
    "ConvexHull",
    "ConvexSet",
    "EntropyRegularized",
    "EuclideanMirrorDescent",
    "Intersection",
    "MultiplicativeWeights",
    "OnePoint",
    "Played",
    "Polyhedron",
    "Predictive",
    "Product",
    "QuadraticRegularized",
    "RegretMatching",
    "RegretMinimizer",
    "ScaledExtension",
    "Simplex",
    "bilinear",
    "constant_step",
    "constrained",
    "counterfactual",
    "decreasing_step",
    "discounted_regret_matching",
    "local_minimizer",
    "minkowski_sum",
    "predictive_discounted_regret_matching_plus",
    "predictive_regret_matching_plus",
    "regret_matching",
    "regret_matching_plus",
    "self_play",
    "sequential",
    "with_floor",
]
