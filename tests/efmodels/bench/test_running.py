"""The benchmark runner, on a game that takes no time."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from efmodels import bench
from efmodels.bench import (
    CASES,
    BenchmarkError,
    Case,
    Row,
    Side,
    run_case,
    running,
    table,
    workloads,
)
from efmodels.bench.cases import on_game
from efmodels.bench.comparison import WARM_UP
from efmodels.bench.running import Measurement, measure
from efmodels.cli.commands import app
from efmodels.instances import kuhn

if TYPE_CHECKING:
    from pathlib import Path

SIDES = (Side("model", workloads.file_to_answer), Side("arrays", workloads.file_to_raw_answer))
TINY = on_game("tiny", "Kuhn's poker", kuhn, SIDES)


def measurement(cpu: float) -> Measurement:
    """Return what a process might have taken."""
    return Measurement(
        cpu=cpu, wall=2 * cpu, megabytes=100.0, extra_megabytes=10.0, facts={"nodes": 12.0}
    )


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """Run the tiny case once, in real processes."""
    return run_case(TINY, repeats=1)


class TestRunning:
    """A case that is run for real."""

    def test_row_per_side(self, rows: list[Row]) -> None:
        """Both sides are measured, and the first is compared with the second."""
        assert [(row.case, row.side, row.repeats) for row in rows] == [
            ("tiny", "model", 1),
            ("tiny", "arrays", 1),
        ]
        assert rows[0].cpu_ratio is None
        assert rows[1].cpu_ratio == pytest.approx(rows[0].cpu / rows[1].cpu)

    def test_both_sides_do_the_same_work(self, rows: list[Row]) -> None:
        """Each side reports the value of Kuhn's poker."""
        assert all(row.note.startswith("value -0.0555556, regret ") for row in rows)

    def test_measures_are_plausible(self, rows: list[Row]) -> None:
        """Work takes time, and an interpreter with numpy some memory."""
        assert all(row.cpu > 0 and row.wall > 0 and row.megabytes > 20 for row in rows)

    def test_failure_is_reported_with_what_the_process_said(self, tmp_path: Path) -> None:
        """Without the game's files the process fails, and the message ends with its stderr."""
        with pytest.raises(BenchmarkError, match=r"(?s)'model'.*FileNotFoundError.*game\.efg"):
            measure(SIDES[0], tmp_path)

    def test_slow_process_is_ended(self, tmp_path: Path) -> None:
        """No process starts within a hundredth of a second; the message names side and limit."""
        with pytest.raises(BenchmarkError, match=r"'model'.*longer than 0\.01 seconds"):
            measure(SIDES[0], tmp_path, 0.01)


class TestMedians:
    """What becomes of the measurements; the processes are made up."""

    @pytest.fixture
    def order(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """Pretend that processes run, and return the order in which they do."""
        order: list[str] = []
        taken = {"model": iter([3.0, 9.0, 6.0]), "arrays": iter([1.0, 3.0, 2.0])}

        def pretend(side: Side, folder: Path, limit: float | None) -> Measurement:
            assert limit is None
            assert (folder / WARM_UP / workloads.EFG).is_file()
            order.append(side.label)
            return measurement(next(taken[side.label]))

        monkeypatch.setattr(running, "measure", pretend)
        return order

    def test_sides_take_turns(self, order: list[str]) -> None:
        """A B A B A B, so that whatever slows the machine down meets both."""
        run_case(TINY, repeats=3)

        assert order == ["model", "arrays"] * 3

    @pytest.mark.usefixtures("order")
    def test_medians_and_ratios(self) -> None:
        """A row holds the median, the range, and the ratio of the medians."""
        model, arrays = run_case(TINY, repeats=3)

        assert (model.cpu, model.cpu_lowest, model.cpu_highest, model.wall) == (6, 3, 9, 12)
        assert arrays.cpu == 2
        assert (arrays.cpu_ratio, arrays.wall_ratio) == (3, 3)
        assert (arrays.megabytes_ratio, arrays.extra_megabytes_ratio) == (1, 1)
        assert model.cpu_ratio is None

    @pytest.mark.usefixtures("order")
    def test_nodes_are_counted_per_second(self) -> None:
        """Where the facts count nodes, the note has their number per CPU second."""
        model, _ = run_case(TINY, repeats=3)

        assert model.note == "nodes 12, 2 nodes per CPU second"

    @pytest.mark.usefixtures("order")
    def test_progress_is_told(self) -> None:
        """Whoever watches is told each step."""
        steps: list[str] = []
        run_case(TINY, repeats=1, progress=steps.append)

        assert steps == ["tiny: writing the input", "tiny: model, 1 of 1", "tiny: arrays, 1 of 1"]

    @pytest.mark.usefixtures("order")
    def test_single_side_has_no_ratio(self) -> None:
        """With nothing to compare there is no ratio."""
        (row,) = run_case(on_game("alone", "", kuhn, SIDES[:1]), repeats=1)

        assert row.cpu_ratio is None

    @pytest.mark.usefixtures("order")
    def test_goals(self) -> None:
        """A goal names the figure and its limit, and says where it fails."""
        goals = (({"cpu": 6.0}), ({"cpu_ratio": 2.5, "extra_megabytes_ratio": 1.5}))
        sides = tuple(replace(s, at_most=g) for s, g in zip(SIDES, goals, strict=True))
        model, arrays = run_case(replace(TINY, sides=sides), repeats=3)

        assert model.goals == "cpu 6 <= 6"
        assert arrays.goals == "cpu_ratio 3 > 2.5 FAILS, extra_megabytes_ratio 1 <= 1.5"

    @pytest.mark.usefixtures("order")
    def test_goals_on_facts(self) -> None:
        """What the work reports can be limited, too, and time by the node."""
        goals = {"nodes": 6.0, "microseconds_per_node": 1e6}
        case = replace(TINY, sides=(replace(SIDES[0], at_most=goals), SIDES[1]))
        model, _ = run_case(case, repeats=3)

        assert model.goals == "nodes 12 > 6 FAILS, microseconds_per_node 5e+05 <= 1e+06"

    def test_unknown_figure_fails_no_goal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where the system does not tell how much memory was taken, nothing is claimed."""
        unknown = replace(measurement(1.0), extra_megabytes=float("nan"))
        monkeypatch.setattr(running, "measure", lambda *_: unknown)
        side = replace(SIDES[1], at_most={"extra_megabytes_ratio": 1.5})
        _, arrays = run_case(replace(TINY, sides=(SIDES[0], side)), repeats=1)

        assert arrays.goals == "extra_megabytes_ratio unknown here"

    def test_slow_side_has_fewer_repeats(self, order: list[str]) -> None:
        """A side may ask for fewer repeats than the others have."""
        run_case(replace(TINY, sides=(SIDES[0], replace(SIDES[1], repeats=1))), repeats=3)

        assert order == ["model", "arrays", "model", "model"]

    def test_missing_package_is_named(self, order: list[str]) -> None:
        """What a side needs is asked for before anything is measured."""
        sides = (SIDES[0], replace(SIDES[1], package="no_such_package"))

        with pytest.raises(BenchmarkError, match=r"no_such_package.*efmodels\[bench\]"):
            run_case(replace(TINY, sides=sides))
        assert order == []

    @pytest.mark.usefixtures("order")
    def test_table(self) -> None:
        """The rows as a data frame, one column per attribute."""
        frame = table(run_case(TINY, repeats=1))

        assert list(frame.columns) == list(Row.__dataclass_fields__)
        assert frame["side"].tolist() == ["model", "arrays"]


class TestCommand:
    """``efmodels bench``."""

    def run(self, *words: object) -> tuple[int, str, str]:
        """Run the command in this process."""
        ran = CliRunner().invoke(app, ["bench", *map(str, words)])
        return ran.exit_code, ran.stdout, ran.stderr

    def test_list(self) -> None:
        """Every case is listed, among those of its topic."""
        topics = dict.fromkeys(name.split("-")[0] for name in CASES)
        listed = [
            each["case"]
            for topic in topics
            for each in json.loads(self.run("list", topic, "--json")[1])
        ]

        assert sorted(listed) == sorted(CASES)

    def test_run(self, rows: list[Row], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A run prints a row per side, and writes the same rows to a file."""
        monkeypatch.setattr(bench, "run_case", lambda *_, **__: rows)
        code, out, _ = self.run("run", "leduc", "--csv", tmp_path / "rows.csv")

        assert code == 0
        assert [line.split()[:2] for line in out.splitlines()[1:]] == [
            ["tiny", "model"],
            ["tiny", "arrays"],
        ]
        with (tmp_path / "rows.csv").open(encoding="utf-8") as file:
            assert [row["note"] for row in csv.DictReader(file)] == [row.note for row in rows]

    def test_failure_does_not_lose_the_rest(
        self, rows: list[Row], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A case that fails is reported on stderr, the others are shown."""

        def run_one(case: Case, **_: object) -> list[Row]:
            if case.name == "leduc":
                raise BenchmarkError("'model' ended with exit code 1:\nno memory")
            return rows

        monkeypatch.setattr(bench, "run_case", run_one)
        code, out, err = self.run("run", "leduc", "read-efg")

        assert code == 6
        assert "tiny" in out
        assert "no memory" in err

    def test_beginning_of_names(self, rows: list[Row], monkeypatch: pytest.MonkeyPatch) -> None:
        """What several cases begin with stands for all of them."""
        names: list[str] = []

        def run_one(case: Case, **_: object) -> list[Row]:
            names.append(case.name)
            return rows

        monkeypatch.setattr(bench, "run_case", run_one)
        code, _, _ = self.run("run", "solve", "leduc")

        assert (code, names) == (0, ["solve-leduc13", "solve-leduc20", "leduc"])

    def test_unknown_case(self) -> None:
        """A case that does not exist is wrong usage, and the message names those that do."""
        code, _, err = self.run("run", "everything")

        assert code == 2
        assert "leduc" in err

    def test_learning(self, rows: list[Row], monkeypatch: pytest.MonkeyPatch) -> None:
        """All comparisons of learning are run; what needs a package that is missing is named."""
        lacking = replace(TINY, name="rival", sides=(replace(SIDES[0], package="no_such_package"),))
        ran: list[tuple[str, object]] = []

        def run_one(case: Case, *, limit: float, **_: object) -> list[Row]:
            ran.append((case.name, limit))
            return rows

        monkeypatch.setattr(bench, "LEARNING_CASES", (TINY, lacking))
        monkeypatch.setattr(bench, "run_case", run_one)
        code, out, err = self.run("learning", "--limit", 60)

        assert (code, ran) == (0, [("tiny", 60.0)])
        assert [line.split()[:2] for line in out.splitlines()[1:]] == [
            ["tiny", "model"],
            ["tiny", "arrays"],
        ]
        assert "skipped: rival, without no_such_package" in err

    def test_learning_cases_compare_with_all_that_is_asked_for(self) -> None:
        """Other packages, solvers, the memory, the other engine, and members of portfolios."""
        labels = {side.label for case in bench.LEARNING_CASES for side in case.sides}

        assert {"OpenSpiel", "LiteEFG", "HiGHS simplex", "Clarabel", "triad", "numpy"} <= labels
        assert {case.name for case in bench.LEARNING_CASES} >= {
            "learn-portfolio",
            "learning-engines-leduc30",
        }
