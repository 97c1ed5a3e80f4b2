"""Optima of .lp and .mps files as other programs read them."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import highspy

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def highs_reads(file: Path) -> highspy.Highs:
    """Return HiGHS with the file's program."""
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    assert highs.readModel(str(file)) == highspy.HighsStatus.kOk
    return highs


def highs_optimum(file: Path) -> float:
    """Return the optimum that HiGHS finds."""
    highs = highs_reads(file)
    highs.run()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return float(highs.getInfo().objective_function_value)


def glpsol_optimum(file: Path) -> float:
    """Return the optimum that GLPK's program finds; it prints nine digits."""
    report = file.with_suffix(".glpsol")
    option = {".mps": "--freemps", ".lp": "--lp"}[file.suffix]
    _run("glpsol", option, file, "--output", report)
    text = report.read_text()
    assert re.search(r"^Status: +(INTEGER )?OPTIMAL$", text, re.MULTILINE)
    return float(re.findall(r"^Objective: +\S+ = (\S+)", text, re.MULTILINE)[0])


def cbc_optimum(file: Path) -> float:
    """Return the optimum that COIN-OR's program finds."""
    report = file.with_suffix(".cbc")
    output = _run("cbc", file, "-solve", "-solu", report)
    assert "###" not in output  # a name that it does not take
    return float(re.findall(r"^Optimal - objective value (\S+)", report.read_text())[0])


def _run(*command: str | Path) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


READERS: dict[str, Callable[[Path], float]] = {
    "highs": highs_optimum,
    "glpsol": glpsol_optimum,
    "cbc": cbc_optimum,
}
