"""Every code block of the pages runs: top to bottom, one namespace and one empty folder per page.

``python`` blocks are executed, or compared by doctest if they start with ``>>>``. In ``console``
and ``bash`` blocks each line ``$ efmodels ...`` is run, and the lines below it, if any, compared
with its output (``...`` stands for anything). A block that cannot be run is fenced as ``text``.
A block fenced as ``python needs pyspiel`` is left out where that package is not installed, and the
page then counts as skipped.
"""

from __future__ import annotations

import doctest
import os
import shlex
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from markdown_it import MarkdownIt
from typer.testing import CliRunner

from efmodels.cli import app

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
DRAWN = {  # pages that need matplotlib
    *("plot.md", "payoff-spaces.md", "command-line.md"),
    "persuade.md",
    *("choose-among-nash-equilibria.md", "exploit-an-opponent.md"),
    "optimal-auctions.md",
}
COMPARISON = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
SCREEN = {"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb", "PYTHONIOENCODING": "utf-8"}


class Block(NamedTuple):
    """A fenced block of a page: language, text, the text's first line, and packages it needs."""

    language: str
    text: str
    page: Path
    line: int
    needs: frozenset[str] = frozenset()

    @property
    def place(self) -> str:
        """Where the block stands, as editors read it."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def code_blocks(page: Path) -> list[Block]:
    """Return the code of a page in its order; Sphinx's own ``{directives}`` are no code."""
    return [
        Block(
            token.info.partition(" ")[0],
            token.content,
            page,
            token.map[0] + 2,
            frozenset(token.info.partition(" needs ")[2].split()),
        )
        for token in MarkdownIt().parse(page.read_text(encoding="utf-8"))
        if token.type in {"fence", "code_block"} and token.map
        if not token.info.startswith("{")
    ]


def run_python(block: Block, namespace: dict[str, Any]) -> None:
    """Execute a block; the line numbers of a traceback are those of the page."""
    if block.text.startswith(">>>"):
        run_examples(block, namespace)
        return
    code = "\n" * (block.line - 1) + block.text
    exec(  # noqa: S102 - running the pages' code is what this file is for
        compile(code, str(block.page), "exec", dont_inherit=True), namespace
    )


def run_examples(block: Block, namespace: dict[str, Any]) -> None:
    """Execute the lines after ``>>>`` and compare what they print."""
    parser = doctest.DocTestParser()
    examples = parser.get_doctest(block.text, namespace, block.place, str(block.page), block.line)
    report: list[str] = []
    runner = doctest.DocTestRunner(verbose=False, optionflags=COMPARISON)
    runner.run(examples, out=report.append, clear_globs=False)
    namespace.update(examples.globs)

    assert not report, "".join(report)


def run_console(block: Block, namespace: dict[str, Any]) -> None:  # noqa: ARG001 - as run_python
    """Run the commands of a block, and compare their output where the page shows it."""
    before, *commands = ("\n" + block.text).split("\n$ ")
    assert not before.strip(), f"{block.place}: a line before the first `$ efmodels ...`"
    for command in commands:
        line, _, shown = command.partition("\n")
        run_command(line, shown, block.place)


def run_command(line: str, shown: str, place: str) -> None:
    """Run ``efmodels ...``, which shall succeed and print what is shown, if anything is."""
    program, *arguments = shlex.split(line)
    assert program == "efmodels", f"{place}: only efmodels is run here; fence `{line}` as text"
    # In this process: tests/smoke starts the command itself, and starting takes most of its time.
    ran = CliRunner().invoke(app, arguments, prog_name="efmodels", env=SCREEN)

    assert ran.exit_code == 0, f"{place}: `{line}` ended with {ran.exit_code}:\n{ran.stderr}"
    if shown.strip():
        agrees = doctest.OutputChecker().check_output(shown, ran.stdout, COMPARISON)
        assert agrees, f"{place}: `{line}` printed\n{ran.stdout}\nand not\n{shown}"


def leave(block: Block, namespace: dict[str, Any]) -> None:
    """Leave a block that is meant to be read only."""


RUN = {"python": run_python, "console": run_console, "bash": run_console, "text": leave}


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_code_of_page(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The code blocks of a page run from top to bottom, as a reader would type them."""
    if page.name in DRAWN:
        pytest.importorskip("matplotlib")
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, Any] = {"__name__": "__main__"}
    missing: set[str] = set()

    for block in code_blocks(page):
        assert block.language in RUN, (
            f"{block.place}: a block is fenced as one of {', '.join(RUN)}, "
            f"not as {block.language or 'nothing'}"
        )
        absent = {package for package in block.needs if find_spec(package) is None}
        if not absent:
            RUN[block.language](block, namespace)
        missing |= absent
    if missing:
        pytest.skip(f"all blocks ran but those that need {', '.join(sorted(missing))}")


def texts_of(picture: Path) -> list[str]:
    """Return the texts in an .svg file, in the order in which they were drawn."""
    root = ET.parse(picture).getroot()  # noqa: S314 - our own file
    return [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]


def run_program(program: Path, folder: Path) -> None:
    """Run a program of the pages, which writes to a folder."""
    subprocess.run(
        [sys.executable, program, folder],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
    )


def test_pictures_are_up_to_date(tmp_path: Path) -> None:
    """The pictures on the pages say what they would say if they were drawn today."""
    pytest.importorskip("matplotlib")
    pictures = ROOT / "docs" / "pictures"
    run_program(pictures / "draw.py", tmp_path)
    drawn = {path.name: texts_of(path) for path in tmp_path.glob("*.svg")}

    assert drawn
    assert {path.name: texts_of(path) for path in pictures.glob("*.svg")} == drawn


def test_path_of_quantal_responses_is_drawn_as_shown(tmp_path: Path) -> None:
    """The program of the page writes its picture."""
    pytest.importorskip("matplotlib")
    pytest.importorskip("casadi")
    page = ROOT / "docs" / "explanation"
    run_program(page / "quantal_response_path.py", tmp_path)
    name = "quantal-response-path.svg"

    assert texts_of(tmp_path / name) == texts_of(page / name)


def test_demo_runs(tmp_path: Path) -> None:
    """The tutorial's program, which ``make demo`` runs, ends well and leaves files."""
    subprocess.run(
        [sys.executable, ROOT / "docs" / "tutorial" / "demo.py", tmp_path / "demo"],
        env=os.environ | SCREEN | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
    )

    assert list((tmp_path / "demo").iterdir())


@pytest.mark.slow
def test_refinement_curves_are_drawn_as_shown(tmp_path: Path) -> None:
    """The program of the page writes its picture, and what the page says of the numbers holds."""
    pytest.importorskip("matplotlib")
    page = ROOT / "docs" / "explanation"
    run_program(page / "refinement_curves.py", tmp_path)
    name = "refinement-curves.svg"

    assert texts_of(tmp_path / name) == texts_of(page / name)
    table = pd.read_csv(tmp_path / "refinement-curves.csv").set_index(
        ["method", "mass of mistakes", "iterations"]
    )
    for method in ("cfr+", "egt"):
        free, floored = (table.loc[method, mass, 1000] for mass in (0.0, 0.01))

        assert floored["gap"] < 2 * free["gap"]
        assert floored["mean regret of infosets"] < free["mean regret of infosets"] / 3
        # A few infosets decide about the largest, which is not monotone in the iterations.
        assert floored["largest regret of an infoset"] < free["largest regret of an infoset"] / 2
    assert table.loc["cfr+", 0.1, 1000]["mean regret of infosets"] > 0.2


@pytest.mark.slow
def test_multiplicity_curves_are_drawn_as_shown(tmp_path: Path) -> None:
    """The program of the page writes its picture, and both ends are those of the closed form."""
    pytest.importorskip("matplotlib")
    page = ROOT / "docs" / "explanation"
    run_program(page / "multiplicity_curves.py", tmp_path)
    name = "multiplicity-curves.svg"

    assert texts_of(tmp_path / name) == texts_of(page / name)
    table = pd.read_csv(tmp_path / "multiplicity-curves.csv")
    K = table["K"]
    assert ((table["smallest"] - (2 * K + 1) / (K + 1)).abs() < 1e-5).all()
    assert ((table["largest"] - K).abs() < 1e-5).all()


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["pacing_revenue", "pacing_regrets", "misreporting", "adaptive_starts"]
)
def test_experiments_find_what_is_shown(name: str, tmp_path: Path) -> None:
    """The programs write the figures and the tables that are shown."""
    pytest.importorskip("matplotlib")
    shown = ROOT / "docs" / "experiments"
    run_program(shown / f"{name}.py", tmp_path)
    written = name.replace("_", "-")

    assert texts_of(tmp_path / f"{written}.svg") == texts_of(shown / f"{written}.svg")
    pd.testing.assert_frame_equal(
        pd.read_csv(tmp_path / f"{written}.csv"),
        pd.read_csv(shown / f"{written}.csv"),
        rtol=1e-3,
        atol=1e-6,
    )


def test_page_on_pacing_says_what_the_tables_say() -> None:
    """The medians and means on the page are those of the tables beside it."""
    page = (ROOT / "docs" / "explanation" / "pacing-experiments.md").read_text(encoding="utf-8")
    tables = ROOT / "docs" / "experiments"

    revenue = pd.read_csv(tables / "pacing-revenue.csv")
    ratio = (revenue["first price"] / revenue["second price, most"]).groupby(
        revenue["budget scale"]
    )
    assert " | ".join(f"{r:.2f}" for r in ratio.median()) in page
    assert np.allclose(revenue["second price, most"], revenue["second price, least"])

    regrets = pd.read_csv(tables / "pacing-regrets.csv").groupby(["family", "bidders"])
    each = regrets["first price, bids for each good"].median()
    assert all(f"{share:.0%}".replace("%", " %") in page for share in each)
    assert (regrets["second price, bids for each good"].max() < 1e-9).all()

    starts = pd.read_csv(tables / "adaptive-starts.csv").groupby(["start", "rounds"])["regret"]
    for start in ("own values", "first-price equilibrium", "second-price equilibrium"):
        means = starts.mean()[start]
        assert f"| {start} | " + " | ".join(f"{r:.3f}" for r in means) in page

    gains = pd.read_csv(tables / "misreporting.csv").groupby(["budgets", "copies"])["gain"].mean()
    for budgets in ("ample", "scarce"):
        assert " | ".join(f"{g:.3f}" for g in gains[f"{budgets} budgets"]) in page
