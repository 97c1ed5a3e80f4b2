"""Benchmarks that compare two ways side by side, every repeat in a process of its own."""

from efmodels.bench.cases import CASES
from efmodels.bench.comparison import Case, Side
from efmodels.bench.learning_cases import LEARNING_CASES
from efmodels.bench.running import (
    BenchmarkError,
    Measurement,
    Row,
    measure,
    missing_packages,
    run_case,
    table,
)

__all__ = [
    "CASES",
    "LEARNING_CASES",
    "BenchmarkError",
    "Case",
    "Measurement",
    "Row",
    "Side",
    "measure",
    "missing_packages",
    "run_case",
    "table",
]
