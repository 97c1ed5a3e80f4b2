"""Solution concepts: one file and one public function each, all returning a Pyomo block."""

from efmodels.formulations.zero_sum_nash import nash_zero_sum

CONCEPTS = {"nash_zero_sum": nash_zero_sum}
"""Every concept by the name of its function; acronyms follow where the literature has one."""

__all__ = ["CONCEPTS", "nash_zero_sum"]
