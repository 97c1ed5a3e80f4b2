"""The command as a user sees it: what it prints where, and how it ends."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from efmodels import equilibrium
from efmodels.cli.commands import app
from efmodels.errors import CapabilityError, InfeasibleError, SolverError, UnboundedError

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

PENNIES = """EFG 2 R "Pennies" { "Ann" "Bob" }
p "" 1 1 "A" { "heads" "tails" } 0
p "" 2 1 "B" { "heads" "tails" } 0
t "" 1 "" { 3 1 }
t "" 2 "" { 1 3 }
p "" 2 1 "B" { "heads" "tails" } 0
t "" 2 "" { 1 3 }
t "" 1 "" { 3 1 }
"""
COORDINATION = PENNIES.replace("{ 3 1 }", "{ 3 3 }")
FORGETFUL = """EFG 2 R "Forgetful" { "Ann" }
p "" 1 1 "A" { "l" "r" } 0
p "" 1 2 "B" { "x" "y" } 0
t "" 1 "" { 1.5 }
t "" 2 "" { 0 }
p "" 1 2 "B" { "x" "y" } 0
t "" 2 "" { 0 }
t "" 1 "" { 1.5 }
"""


def run(*words: object) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(app, [str(word) for word in words])


def run_outside(code: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run Python code in a process of its own that imports what this one imports."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "NO_COLOR": "1"}
    return subprocess.run(
        [sys.executable, "-c", code, *words],
        env=environment,
        capture_output=True,
        check=False,
        encoding="utf-8",
    )


@pytest.fixture
def pennies(tmp_path: Path) -> Path:
    """Return a file of matching pennies, in which 2 is the value to both players."""
    path = tmp_path / "pennies.efg"
    path.write_text(PENNIES, encoding="utf-8")
    return path


class TestSolve:
    """``efmodels solve``."""

    def test_solves_a_file(self, pennies: Path) -> None:
        """The value of matching pennies, paid 3 to 1, is 2; nobody regrets anything."""
        ran = run("solve", pennies, "--json")

        assert ran.exit_code == 0
        solution = json.loads(ran.stdout)
        assert solution["value"] == pytest.approx(2)
        assert solution["payoffs"] == pytest.approx({"Ann": 2, "Bob": 2})
        assert solution["regrets"] == pytest.approx({"Ann": 0, "Bob": 0}, abs=1e-9)

    def test_prints_tables(self, pennies: Path) -> None:
        """Without --json the same facts stand in tables, and each player has a row."""
        ran = run("solve", pennies, "--solver", "highs")

        lines = [line.split() for line in ran.stdout.splitlines()]
        assert ["status", "optimal"] in lines
        assert ["value", "2"] in lines
        assert ["solver", "highs"] in lines
        assert [line[:2] for line in lines[-2:]] == [["Ann", "2"], ["Bob", "2"]]

    def test_limit_of_memory(self) -> None:
        """A model that is too large is refused with the option's name, and built with its help."""
        words = ("solve", "kuhn", "--concept", "efce", "--memory-limit")
        refused = run(*words, "0.00001")

        assert refused.exit_code == 3
        assert "EFCE of Kuhn poker" in refused.stderr
        assert "--memory-limit" in refused.stderr
        assert run(*words, "0.1").exit_code == 0

    def test_json_has_the_documented_keys(self) -> None:
        """The keys are those that the how-to page lists; infinite numbers would be null."""
        ran = run("solve", "kuhn", "--json")

        assert list(json.loads(ran.stdout)) == [
            *(
                "game",
                "concept",
                "arguments",
                "objective",
                "status",
                "value",
                "bound",
                "payoffs",
                "regrets",
            ),
            *("payoff_ranges", "tolerance", "solver", "seconds"),
        ]

    @pytest.mark.parametrize("concept", ["efce", "EFCE", "ce", "correlated-equilibrium"])
    def test_concepts_by_acronym(self, concept: str) -> None:
        """Chicken's best correlated equilibrium: 10 1/2 together."""
        words = ["solve", "chicken(stop=6, yields=2, goes=7, crash=0)", "--concept", concept]
        ran = run(*words, "--objective", "welfare", "--json")

        assert ran.exit_code == 0
        assert json.loads(ran.stdout)["value"] == pytest.approx(10.5)

    def test_leaders_have_no_regret(self) -> None:
        """Who has no incentive constraints gets a dash where the regret would stand."""
        ran = run("solve", "commitment_game", "--concept", "sefce")

        lines = [line.split() for line in ran.stdout.splitlines()]
        assert ["Leader", "10.5", "-"] in lines
        assert ["value", "10.5"] in lines

    def test_shows_a_team_that_deviates_together(self) -> None:
        """A line of its own, without a payoff; its regret is judged by the widest payoff range."""
        ran = run("solve", "kuhn(players=3, ranks=4)", "--concept", "TMECOR")
        lines = [line.split() for line in ran.stdout.splitlines()]

        assert ran.exit_code == 0
        assert ["value", "-0.0416666667"] in lines
        assert [line[:2] for line in lines if line[:1] == ["P1+P2"]] == [["P1+P2", "-"]]

    def test_shows_strategies(self, pennies: Path) -> None:
        """With --strategy there is a row per action: both players mix evenly."""
        ran = run("solve", pennies, "--strategy")

        rows = [line.split()[:4] for line in ran.stdout.splitlines()[-4:]]
        assert rows == [
            ["Ann", "A", "heads", "0.5"],
            ["Ann", "A", "tails", "0.5"],
            ["Bob", "B", "heads", "0.5"],
            ["Bob", "B", "tails", "0.5"],
        ]

    def test_strategies_are_part_of_the_json_document(self, pennies: Path) -> None:
        """With --strategy the document has a record per action."""
        strategy = json.loads(run("solve", pennies, "--strategy", "--json").stdout)["strategy"]

        assert [record["probability"] for record in strategy] == pytest.approx([0.5] * 4)
        assert strategy[0].keys() == {
            *("player", "infoset", "action", "probability", "reach", "regret")
        }

    def test_value_is_that_of_the_objective(self, pennies: Path) -> None:
        """The objective may weigh the players: 2 for Ann and twice 2 for Bob are 6."""
        solution = json.loads(run("solve", pennies, "--objective", "Ann=1,Bob=2", "--json").stdout)

        assert solution["objective"] == {"Ann": 1, "Bob": 2}
        assert solution["value"] == pytest.approx(6)

    def test_regret_beyond_the_tolerance(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A solution that is no equilibrium is shown, named on stderr, and ends with code 1."""
        solve = equilibrium.optimal_equilibrium

        def solve_badly(*words: Any, **more: Any) -> equilibrium.Equilibrium:
            return dataclasses.replace(solve(*words, **more), regrets={"P1": 0.5, "P2": 1e-9})

        monkeypatch.setattr(equilibrium, "optimal_equilibrium", solve_badly)
        ran = run("solve", "kuhn", "--json")

        assert ran.exit_code == 1
        assert json.loads(ran.stdout)["regrets"]["P1"] == 0.5
        assert "P1 could gain 0.5" in ran.stderr
        assert "P2" not in ran.stderr

    def test_learning_to_the_tolerance(self) -> None:
        """The learner is asked for what is accepted, by default a thousandth of each range."""
        rough = json.loads(run("solve", "kuhn", "--solver", "cfr", "--json").stdout)
        fine = run("solve", "kuhn", "--solver", "cfr", "--tolerance", "1e-4", "--json")

        assert rough["solver"] == "efmodels_cfr"
        assert rough["tolerance"] == 1e-3
        assert fine.exit_code == 0
        assert rough["value"] <= -1 / 18 <= rough["bound"]
        assert max(json.loads(fine.stdout)["regrets"].values()) <= 4e-4

    def test_tolerance_is_a_share_of_the_payoff_range(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Kuhn's payoffs range over 4: a regret of 0.5 is an eighth of that."""
        solve = equilibrium.optimal_equilibrium
        monkeypatch.setattr(
            equilibrium,
            "optimal_equilibrium",
            lambda *w, **k: dataclasses.replace(solve(*w, **k), regrets={"P1": 0.5, "P2": 0}),
        )

        assert run("solve", "kuhn", "--tolerance", "0.126").exit_code == 0
        assert run("solve", "kuhn", "--tolerance", "0.124").exit_code == 1

    @pytest.mark.parametrize(
        ("error", "code"),
        [
            (InfeasibleError("none", status="infeasible", solver="highs"), 4),
            (UnboundedError("no end", status="unbounded", solver="highs"), 5),
            (SolverError("out of memory", status="crashed", solver="highs"), 6),
            (CapabilityError("integers are too much for it"), 7),
        ],
    )
    def test_failure_is_one_message_and_a_code(
        self, error: Exception, code: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What the solver could not do goes to stderr as one line, and stdout stays empty."""

        def fail(*_: Any, **__: Any) -> None:
            raise error

        monkeypatch.setattr(equilibrium, "optimal_equilibrium", fail)
        ran = run("solve", "kuhn")

        assert (ran.exit_code, ran.stdout) == (code, "")
        assert ran.stderr == f"efmodels: {error}\n"

    @pytest.mark.parametrize(
        ("words", "code", "message"),
        [
            (["nowhere.efg"], 3, "no such file"),
            (["khun"], 3, "and abbreviations such as S2122. Did you mean kuhn?"),
            (["K15"], 3, "players must be an integer of at least 2; got 1"),
            (["kuhn(cards=3)"], 3, "expected kuhn(players=2, ranks=3)"),
            (["kuhn(players=3)"], 3, "needs two players"),
            (["kuhn", "--concept", "nahs"], 3, "no concept is called 'nahs'"),
            (["kuhn", "--objective", "P3"], 3, "no player is called 'P3'"),
            (["kuhn", "--objective", "P1=much"], 2, "is no weight"),
            (["kuhn", "--tolerance", "-1"], 2, "--tolerance"),
            (
                ["kuhn", "--solver", "hihgs"],
                6,
                "Did you mean highs? For any other, `efmodels export`",
            ),
            ([], 2, "GAME"),
        ],
    )
    def test_mistakes(self, words: list[str], code: int, message: str) -> None:
        """A mistake is named on stderr, and ends with the code of its kind."""
        ran = run("solve", *words)

        assert (ran.exit_code, ran.stdout) == (code, "")
        assert message in ran.stderr
        assert "Traceback" not in ran.stderr

    def test_malformed_file(self, tmp_path: Path) -> None:
        """A file that breaks off is named with the line."""
        path = tmp_path / "broken.efg"
        path.write_text(PENNIES.replace("{ 3 1 }", "{ 3 one }"), encoding="utf-8")
        ran = run("solve", path)

        assert ran.exit_code == 3
        assert "broken.efg:4:" in ran.stderr

    def test_game_without_a_constant_sum(self, tmp_path: Path) -> None:
        """A game that does not fit the concept is no game for it."""
        path = tmp_path / "coordination.efg"
        path.write_text(COORDINATION, encoding="utf-8")
        ran = run("solve", path)

        assert ran.exit_code == 3
        assert "constant sum" in ran.stderr


class TestExport:
    """``efmodels export``."""

    def test_writes_the_model(self, pennies: Path, tmp_path: Path) -> None:
        """The file has the names of the game's actions, and stdout says how large the model is."""
        out = tmp_path / "pennies.lp"
        ran = run("export", pennies, out)

        assert ran.exit_code == 0
        assert ran.stdout.startswith(f"{out}: ")
        assert "A_heads" in out.read_text(encoding="utf-8")

    def test_short_labels(self, pennies: Path, tmp_path: Path) -> None:
        """With short labels the file holds none of the game's own names."""
        out = tmp_path / "pennies.lp"
        run("export", pennies, out, "--labels", "short")

        assert "heads" not in out.read_text(encoding="utf-8")

    def test_unknown_suffix(self, pennies: Path, tmp_path: Path) -> None:
        """A suffix that says no format is wrong usage."""
        ran = run("export", pennies, tmp_path / "pennies.txt")

        assert ran.exit_code == 2
        assert ".lp, .mps, .nl" in ran.stderr


class TestInfo:
    """``efmodels info``."""

    def test_describes_a_game(self, pennies: Path) -> None:
        """The figures are those that one counts in the file."""
        ran = run("info", pennies, "--json")

        player = {"infosets": 1, "actions": 2, "sequences": 3}
        payoffs = {"lowest_payoff": 1.0, "highest_payoff": 3.0}
        assert json.loads(ran.stdout) == {
            "title": "Pennies",
            "nodes": 7,
            "chance_nodes": 0,
            "decision_nodes": 3,
            "terminal_nodes": 4,
            "depth": 2,
            "players": [{"player": name} | player | payoffs for name in ("Ann", "Bob")],
            "constant_sum": 4.0,
            "perfect_recall": True,
            "recall_message": None,
            "exact_numbers": True,
        }

    def test_says_who_forgets(self, tmp_path: Path) -> None:
        """Without perfect recall there is no number of sequences, and a message says why."""
        path = tmp_path / "forgetful.efg"
        path.write_text(FORGETFUL, encoding="utf-8")
        about = json.loads(run("info", path, "--json").stdout)

        assert about["perfect_recall"] is False
        assert "'B'" in about["recall_message"]
        assert about["players"][0]["sequences"] is None
        assert about["recall_message"] in run("info", path).stdout

    def test_general_sum(self, tmp_path: Path) -> None:
        """Where payoffs have no constant sum, it is null, and "no" in the table."""
        path = tmp_path / "coordination.efg"
        path.write_text(COORDINATION, encoding="utf-8")

        assert json.loads(run("info", path, "--json").stdout)["constant_sum"] is None
        assert ["constant", "sum", "no"] in [
            line.split() for line in run("info", path).stdout.splitlines()
        ]


CHICKEN = "chicken(stop=6, yields=2, goes=7, crash=0)"


class TestPlot:
    """``efmodels plot``."""

    @pytest.mark.parametrize(
        ("suffix", "begins"), [(".png", b"\x89PNG"), (".SVG", b"<?xml"), (".pdf", b"%PDF")]
    )
    def test_draws_a_tree(self, suffix: str, begins: bytes, pennies: Path) -> None:
        """The suffix says the format, and stdout what was drawn."""
        pytest.importorskip("matplotlib")
        out = pennies.with_suffix(suffix)
        ran = run("plot", pennies, out)

        assert (ran.exit_code, ran.stdout) == (0, f"{out}: 7 nodes\n")
        assert out.read_bytes().startswith(begins)

    def test_unknown_suffix(self, pennies: Path) -> None:
        """A suffix that says no format is wrong usage."""
        ran = run("plot", pennies, "pennies.txt")

        assert ran.exit_code == 2
        assert ".png, .svg, .pdf" in " ".join(ran.stderr.replace("│", " ").split())

    def test_too_large(self, pennies: Path, tmp_path: Path) -> None:
        """A tree that nobody could read is refused, and no file is written."""
        out = tmp_path / "pennies.png"
        ran = run("plot", pennies, out, "--max-nodes", 6)

        assert (ran.exit_code, ran.stdout) == (3, "")
        assert "7 nodes, more than max_nodes=6" in ran.stderr
        assert not out.exists()

    def test_without_matplotlib(self, pennies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The message says what to install."""
        monkeypatch.setitem(sys.modules, "matplotlib", None)
        for name in [name for name in sys.modules if name.startswith("matplotlib.")]:
            monkeypatch.delitem(sys.modules, name)
        ran = run("plot", pennies, pennies.with_suffix(".png"))

        assert (ran.exit_code, ran.stdout) == (6, "")
        assert 'pip install "efmodels[plot]"' in ran.stderr


class TestPayoffSpace:
    """``efmodels payoff-space``."""

    def test_draws_and_prints(self, tmp_path: Path) -> None:
        """A picture, and the corners of every concept."""
        pytest.importorskip("matplotlib")
        out = tmp_path / "chicken.svg"
        ran = run("payoff-space", "chicken(6, 2, 7, 0)", out)
        assert ran.exit_code == 3

        ran = run("payoff-space", CHICKEN, out, "--concepts", "CE, cce", "--axes", "P2, P1")
        assert ran.exit_code == 0, ran.stderr
        assert ran.stdout.splitlines()[0] == "CE: (2, 7) (3.6, 3.6) (7, 2) (5.25, 5.25)"
        assert ran.stdout.splitlines()[1].startswith("cce: ")
        ran = run("payoff-space", CHICKEN, out, "--concepts", "nash")
        assert ran.stdout.startswith("convex hull of nash: ")
        assert out.read_bytes().startswith(b"<?xml")

    @pytest.mark.parametrize(
        ("arguments", "code"),
        [
            (("chicken.txt",), 2),
            (("chicken.svg", "--concepts", "nsh"), 3),
            (("chicken.svg", "--concepts", "QRE"), 7),
            (("chicken.svg", "--axes", "P1"), 3),
            (("chicken.svg", "--solver", "nobody"), 6),
        ],
    )
    def test_refusals(self, arguments: tuple[str, ...], code: int, tmp_path: Path) -> None:
        """No picture is written."""
        pytest.importorskip("matplotlib")
        out, *options = arguments
        ran = run("payoff-space", CHICKEN, tmp_path / out, *options)

        assert (ran.exit_code, ran.stdout) == (code, "")
        assert not (tmp_path / out).exists()


class TestList:
    """``efmodels list``."""

    def test_lists_everything(self) -> None:
        """By default concepts, designs, games, instances and solvers."""
        listing = json.loads(run("list", "--json").stdout)

        assert list(listing) == ["concepts", "designs", "games", "instances", "solvers"]
        assert listing["concepts"][0]["concept"] == "nash_zero_sum"
        assert "kuhn(players=2, ranks=3)" in [each["instance"] for each in listing["instances"]]
        sheriff = {"game": "S2122", "players": 2, "nodes": 705, "infosets": 99, "sequences": 286}
        assert sheriff in listing["games"]
        assert {"solver": "highs", "available": True}.items() <= listing["solvers"][0].items()

    def test_lists_one_kind(self) -> None:
        """A topic leaves the others out."""
        ran = run("list", "instances")

        assert "leduc(" in ran.stdout
        assert "nash_zero_sum" not in ran.stdout
        assert "highs" not in ran.stdout

    def test_lists_acronyms(self) -> None:
        """Each concept has its acronym beside it, if there is one."""
        concepts = json.loads(run("list", "concepts", "--json").stdout)["concepts"]
        acronyms = {each["concept"]: each["acronym"] for each in concepts}

        assert acronyms["efce"] == "EFCE"
        assert acronyms["communication_equilibrium"] == "COMM"
        assert acronyms["nash_zero_sum"] is None

    def test_unknown_kind(self) -> None:
        """The message names the topics, and no inside of a library."""
        ran = run("list", "solver")

        assert (ran.exit_code, ran.stdout) == (2, "")
        words = " ".join(ran.stderr.replace("│", " ").split())
        topics = "'concepts', 'designs', 'games', 'instances', 'solvers'"
        assert f"'TOPIC': 'solver' is not one of {topics}." in words

    def test_licence_is_a_footnote(self) -> None:
        """What the licence of a wheel refuses is said once, however many solvers it is about."""
        ran = run("list", "solvers")

        assert ran.stdout.count("2000 variables") == 1
        assert ran.stdout.splitlines()[-1].startswith("* ")
        marked = [line.split()[0] for line in ran.stdout.splitlines() if "(PyPI) *" in line]
        assert marked == [
            "gurobi_persistent_v2",
            "gurobi_direct_v2",
            "gurobi_direct",
            "gurobi_direct_minlp",
            "efmodels_gurobi",
        ]

    def test_every_row_says_something(self) -> None:
        """Each concept and each instance has a summary, each solver its package."""
        listing = json.loads(run("list", "--json").stdout)

        assert all(each["summary"] for each in [*listing["concepts"], *listing["instances"]])
        assert all(each["package"] for each in listing["solvers"])


class TestProcess:
    """The command in a process of its own."""

    CODE = "from efmodels.cli import main; main()"

    def test_version(self, pyproject: dict[str, Any]) -> None:
        """``--version`` prints the version of the package."""
        ran = run_outside(self.CODE, "--version")

        assert (ran.returncode, ran.stdout) == (0, f"efmodels {pyproject['project']['version']}\n")

    def test_help_lists_the_exit_codes(self) -> None:
        """``--help`` explains what the exit codes say."""
        ran = run_outside(self.CODE, "solve", "--help")

        assert ran.returncode == 0
        assert "4: infeasible." in ran.stdout

    @pytest.mark.parametrize("command", ["export", "info"])
    def test_help_lists_only_codes_that_can_come_up(self, command: str) -> None:
        """What does not solve cannot find a model infeasible, or a regret too large."""
        shown = run(command, "--help").stdout

        assert "0: fine." in shown
        assert not any(f"{code}: " in shown for code in (1, 4, 5, 6, 7))

    @pytest.mark.parametrize("words", [[], ["solve"], ["list"], ["bench", "run"]])
    def test_help_shows_flags_without_a_type(self, words: list[str]) -> None:
        """A flag such as ``--json`` takes no value."""
        shown = run(*words, "--help").stdout

        assert "--help" in shown
        assert "<bool>" not in shown

    def test_module_is_the_command(self) -> None:
        """``python -m efmodels`` does the same."""
        code = "import runpy, sys; sys.argv[0] = 'x'; runpy.run_module('efmodels', run_name=%r)"
        ran = run_outside(code % "__main__", "--version")

        assert ran.stdout == run_outside(self.CODE, "--version").stdout
        assert run_outside(code % "elsewhere", "--version").stdout == ""

    def test_error_leaves_no_traceback(self) -> None:
        """An error that is the user's to correct is one line on stderr."""
        ran = run_outside(self.CODE, "info", "nowhere.efg")

        assert (ran.returncode, ran.stdout) == (3, "")
        assert len(ran.stderr.splitlines()) == 1

    def test_what_pyomo_logs_is_no_result(self) -> None:
        """Pyomo's messages go to stderr, so that stdout is one JSON document."""
        chatter = (
            "import logging; from efmodels import equilibrium; "
            "solve = equilibrium.optimal_equilibrium; talk = logging.getLogger('pyomo').error; "
            "equilibrium.optimal_equilibrium = lambda *w, **k: talk('hm') or solve(*w, **k); "
        )
        ran = run_outside(chatter + self.CODE, "solve", "kuhn", "--json")

        assert json.loads(ran.stdout)["status"] == "optimal"
        assert ran.stderr == "efmodels: hm\n"

    def test_starts_without_pandas(self) -> None:
        """Loading the command does not load pandas, nor matplotlib."""
        heavy = "{'pandas', 'matplotlib'}"
        ran = run_outside(f"import sys, efmodels.cli; print(*{heavy} & set(sys.modules))")

        assert ran.stdout == "\n"
