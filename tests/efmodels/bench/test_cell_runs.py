"""Running the published table: nothing finished is lost, and what is written can be read."""

from __future__ import annotations

import csv
import sys
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

import efmodels as ef
from efmodels.bench import cell_process, cell_runs
from efmodels.bench.cell_process import solve_side
from efmodels.bench.cell_report import contradicts, markdown, number_in, shares
from efmodels.bench.cell_runs import COLUMNS, rows_of, run_cells, run_side, with_statuses
from efmodels.bench.cell_sides import learn_plans, solve_program
from efmodels.bench.published_cells import cells_named, table_game
from efmodels.cli.commands import app
from efmodels.errors import FormatError, GameError

if TYPE_CHECKING:
    from pathlib import Path

LIMITS = (60.0, 4.0)
CELLS = cells_named(["S2122/NFCCE", "D32/CERT"])


def told_of(side: str, cell: tuple[str, str]) -> dict[str, float | str]:
    """Return what a process might tell, different for each cell."""
    number = float(len(cell[0] + cell[1]))
    if side == "program":
        return {"program_status": "optimal", "program_value": number, "program_seconds": 0.1}
    return {"percent_status": "solved", "percent_seconds": number / 100, "megabytes": 70.0}


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Return the sides that are run, none of them in a process."""
    calls: list[tuple[str, str]] = []

    def run(side: str, cell: tuple[str, str], limits: tuple[float, float]) -> dict[str, Any]:
        assert limits == LIMITS
        calls.append((cell[0], side))
        return told_of(side, cell)

    monkeypatch.setattr(cell_runs, "run_side", run)
    return calls


BOTH = [(game, side) for game in ("S2122", "D32") for side in ("program", "learning")]


class TestRunCells:
    """Rows in a file."""

    def test_every_side_is_in_the_file(self, calls: list[tuple[str, str]], tmp_path: Path) -> None:
        """A row for each cell, with what both sides told, and what was published."""
        rows = run_cells(CELLS, tmp_path / "table.csv", LIMITS)

        assert calls == BOTH
        assert rows == rows_of(tmp_path / "table.csv")
        assert [row["program_value"] for row in rows] == ["10", "7"]
        assert rows[1]["learning_megabytes"] == "70"
        assert (rows[1]["published_learning"], rows[1]["nodes"]) == ("0.01", "1017")

    @pytest.mark.parametrize("killed_at", range(4))
    def test_killed_run_loses_nothing(
        self,
        killed_at: int,
        calls: list[tuple[str, str]],
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """Wherever it is killed, the next call runs what is missing, and nothing again."""
        ran = cell_runs.run_side

        def kill(*words: Any) -> Any:
            if len(calls) == killed_at:
                raise KeyboardInterrupt
            return ran(*words)

        file = tmp_path / "table.csv"
        monkeypatch.setattr(cell_runs, "run_side", kill)
        with pytest.raises(KeyboardInterrupt):
            run_cells(CELLS, file, LIMITS)
        monkeypatch.setattr(cell_runs, "run_side", ran)
        finished = list(calls)
        (tmp_path / "table.csv.draft").write_text("half a ro")
        rows = run_cells(CELLS, file, LIMITS)

        assert finished == BOTH[:killed_at]
        assert calls == BOTH
        assert [row["percent_seconds"] for row in rows] == ["0.1", "0.07"]
        assert [row["program_value"] for row in rows] == ["10", "7"]

    def test_finished_cells_are_not_run_again(
        self, calls: list[tuple[str, str]], tmp_path: Path
    ) -> None:
        """A second call changes nothing; cells that are new to it are added."""
        file = tmp_path / "table.csv"
        run_cells(CELLS[:1], file, LIMITS)
        before = rows_of(file)
        rows = run_cells(CELLS, file, LIMITS)

        assert calls == BOTH
        assert rows[:1] == before

    def test_one_side(self, calls: list[tuple[str, str]], tmp_path: Path) -> None:
        """Sides can be run apart, in any order."""
        file = tmp_path / "table.csv"
        (half,) = run_cells(CELLS[:1], file, LIMITS, sides=["learning"])
        (whole,) = run_cells(CELLS[:1], file, LIMITS)

        assert calls == [("S2122", "learning"), ("S2122", "program")]
        assert half["program_status"] == ""
        assert (whole["program_status"], whole["percent_status"]) == ("optimal", "solved")

    def test_foreign_file_is_refused(self, tmp_path: Path) -> None:
        """A file with other columns is not touched."""
        file = tmp_path / "table.csv"
        file.write_text("name,value\nx,1\n")

        with pytest.raises(FormatError, match="found name, value"):
            run_cells(CELLS, file, LIMITS)
        assert file.read_text() == "name,value\nx,1\n"

    def test_limits_are_positive(self, tmp_path: Path) -> None:
        """A limit of nothing is refused before anything is run."""
        with pytest.raises(GameError, match="must be positive"):
            run_cells(CELLS, tmp_path / "table.csv", (0.0, 1.0))


class TestStatuses:
    """What is said of a side that did not end itself."""

    def test_ended_before_anything(self) -> None:
        """Nothing was found, and why."""
        told: dict[str, float | str] = {"ended": "memory", "detail": "S2133: too\nmuch"}

        assert with_statuses("learning", told) == {
            "percent_status": "memory",
            "permille_status": "memory",
            "learning_note": "S2133: too much",
        }

    def test_ended_between(self) -> None:
        """What was solved before stays; a limit at one percent is one at the next, too."""
        ended = with_statuses("learning", {"percent_status": "time limit"})

        assert ended["permille_status"] == "time limit"
        assert with_statuses("program", {"program_status": "optimal"})["program_status"] == (
            "optimal"
        )
        assert with_statuses("program", {})["program_status"] == "failed"


def collected(side: Any, game: str, concept: str) -> dict[str, Any]:
    """Return what a side tells, run in this process."""
    figures: dict[str, Any] = {}
    side(game, concept, 60.0, figures.update)
    return figures


class TestSides:
    """What the two sides find."""

    @pytest.mark.parametrize("concept", ["NFCCE", "CERT"])
    def test_sides_agree_within_the_certificate(self, concept: str) -> None:
        """Learning proves what the linear program finds, and that what `optimal_equilibrium`."""
        program = collected(solve_program, "K33", concept)
        learned = collected(learn_plans, "K33", concept)
        optimum = ef.optimal_equilibrium(table_game("K33"), concept, "P1", reduce=False).value

        assert program["program_value"] == pytest.approx(optimum, abs=1e-6)
        assert learned["objective"] == "P1"
        for name, accuracy in (("percent", 0.01), ("permille", 0.001)):
            value, bound, regret = (learned[f"{name}_{k}"] for k in ("value", "bound", "regret"))
            assert learned[f"{name}_status"] == "solved"
            assert optimum <= bound + 1e-9
            assert value <= optimum + program["program_prices"] * regret + 1e-6
            assert bound - value <= accuracy * learned["objective_range"] + 1e-9
            assert regret <= accuracy * learned["payoff_range"] + 1e-9
        assert program["program_regret"] < 1e-6

    def test_time_limit(self) -> None:
        """A side that has no time left stops after the first certificate, and says so."""
        figures: dict[str, Any] = {}
        learn_plans("S2122", "CERT", 0.0, figures.update)

        assert figures["percent_status"] == "time limit"
        assert figures["percent_iterations"] == 10
        assert "permille_status" not in figures

    def test_too_large(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A cell that needs more memory than there may be is reported, not raised."""
        monkeypatch.setattr(cell_process, "warm_up", lambda _: None)
        monkeypatch.setattr(cell_process, "_limit_processor_time", lambda _: None)
        monkeypatch.setattr(cell_process, "_limit_memory", lambda _: None)
        figures: dict[str, Any] = {}
        solve_side("learning", ("S2133", "COMM"), (60.0, 0.01), figures.update)

        assert figures["ended"] == "memory"
        assert "0.01 GB" in figures["detail"]


@pytest.mark.slow
class TestProcess:
    """Sides in processes of their own."""

    def test_tiny_cell(self) -> None:
        """A process tells all figures of its side."""
        told = run_side("learning", ("K33", "CERT"), LIMITS)

        assert told["percent_status"] == told["permille_status"] == "solved"
        assert "ended" not in told
        assert float(told["megabytes"]) > 0

    @pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of CPU time")
    def test_process_is_ended(self) -> None:
        """A linear program that takes too long is ended by the system; what it told is kept."""
        told = run_side("program", ("K35", "EFCE"), (0.1, 4.0))

        assert told["ended"] == "time limit"
        assert "program_value" not in told

    def test_failure_is_told(self) -> None:
        """A process that raises has failed, and its last words are kept."""
        told = run_side("learning", ("nothing", "CERT"), LIMITS)

        assert told["ended"] == "failed"
        assert "no game of the published table is called 'nothing'" in str(told["detail"])


def row_of(**figures: str) -> dict[str, str]:
    """Return a row with some figures."""
    known = {"game": "S2122", "concept": "EFCE", "tree": "published"}
    return dict.fromkeys(COLUMNS, "") | known | figures


class TestReport:
    """What is made of the rows."""

    def test_markdown(self) -> None:
        """Unsolved sides show what ended them; games that are not the paper's have a star."""
        solved = row_of(
            program_status="optimal", program_seconds="0.0123", percent_status="time limit"
        )
        lines = markdown([solved, row_of(game="TP3", tree="ours")]).splitlines()
        cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]

        assert len({len(line) for line in cells}) == 1
        assert cells[2][:3] == ["S2122 EFCE", "-", "0.0123"]
        assert cells[2][5] == "time limit"
        assert cells[3][0] == "TP3 EFCE *"

    def test_shares_leave_out_other_trees(self) -> None:
        """Only cells on the paper's trees are counted, and those are named that fall short."""
        solved = row_of(percent_status="solved", percent_iterations="601", percent_seconds="0.3")
        rows = [solved | {"published_learning": "0.2"}, row_of(game="TP3", tree="ours")]
        found = {share.what: share for share in shares(rows)}

        assert found["learned to 1%"][1:] == (1, 1, ())
        assert found["1% in few iterations"][1:] == (0, 1, ("S2122/EFCE",))
        assert found["learned in the published time"][1:] == (0, 1, ("S2122/EFCE",))
        assert found["learned in twice the published time"][1:] == (1, 1, ())

    @pytest.mark.parametrize(
        ("value", "bound", "wrong"),
        [
            ("1.0", "1.02", False),
            ("1.19", "1.3", False),
            ("1.21", "1.3", True),
            ("0.9", "0.95", True),
        ],
    )
    def test_contradictions(self, value: str, bound: str, *, wrong: bool) -> None:
        """Of an optimum of 1, prices of 2, a regret of 0.1: at most 1.2, and a bound over 1."""
        row = row_of(program_value="1", program_prices="2", objective_range="1")
        learned = {"permille_value": value, "permille_bound": bound, "permille_regret": "0.1"}

        assert contradicts(row | learned) == wrong

    def test_missing_figure(self) -> None:
        """What is not there is no number."""
        assert number_in(row_of(), "percent_value") is None


class TestCommand:
    """``efmodels bench table``."""

    def run(self, *words: object) -> tuple[int, str, str]:
        """Run the command in this process."""
        ran = CliRunner().invoke(app, ["bench", "table", *map(str, words)])
        return ran.exit_code, ran.stdout, ran.stderr

    LIMITS = ("--limit", 60, "--memory", 4)

    def test_run_and_resume(self, calls: list[tuple[str, str]], tmp_path: Path) -> None:
        """The table is shown and written; a file that is there is gone on with when asked to."""
        file, page = tmp_path / "table.csv", tmp_path / "table.md"
        words = ("--cells", "S2122/NFCCE,D32/CERT", "--output", file, *self.LIMITS)
        code, out, _ = self.run(*words, "--markdown", page)

        assert (code, calls) == (0, BOTH)
        assert "S2122 NFCCE" in out
        assert "solved or learned" in out
        with file.open(encoding="utf-8") as opened:
            assert [row["game"] for row in csv.DictReader(opened)] == ["S2122", "D32"]
        tables = page.read_text(encoding="utf-8").split("\n\n")
        assert [len(table.splitlines()) for table in tables] == [4, 11]

        code, _, err = self.run(*words)
        assert code == 2
        assert "--resume" in err
        assert self.run(*words, "--resume")[0] == 0
        assert calls == BOTH

    def test_subsets(self, calls: list[tuple[str, str]], tmp_path: Path) -> None:
        """A subset by name, one side of it."""
        words = ("--subset", "published", "--only", "program", *self.LIMITS)
        code, _, _ = self.run(*words, "--output", tmp_path / "table.csv")

        assert code == 0
        assert len(calls) == 90
        assert {side for _, side in calls} == {"program"}

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            ((), "--cells and --subset"),
            (("--cells", "K35", "--subset", "short"), "--cells and --subset"),
            (("--subset", "large"), "short, published, all"),
            (("--cells", "K35", "--only", "luck"), "program, learning"),
        ],
    )
    def test_wrong_usage(self, words: tuple[str, ...], said: str, tmp_path: Path) -> None:
        """What cannot be meant is wrong usage."""
        code, _, err = self.run(*words, "--output", tmp_path / "table.csv")

        assert code == 2
        assert said in " ".join(err.replace("│", " ").split())

    def test_unknown_cell(self, tmp_path: Path) -> None:
        """A cell that is not in the table is an error with its name."""
        code, _, err = self.run("--cells", "K99", "--output", tmp_path / "table.csv")

        assert code == 3
        assert "no cell 'K99'" in err
