"""Benchmarks that compare two ways side by side, every repeat in a process of its own."""

from efmodels.bench.cases import CASES
from efmodels.bench.comparison import Case, Side
from efmodels.bench.running import BenchmarkError, Measurement, Row, measure, run_case, table

__all__ = [
    "CASES",
    "BenchmarkError",
    "Case",
    "Measurement",
    "Row",
    "Side",
    "measure",
    "run_case",
    "table",
]
