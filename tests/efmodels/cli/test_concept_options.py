"""Who leads and what floors hold, on the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from efmodels.cli.commands import app

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result


def run(*words: object) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.mark.parametrize(
    ("options", "leader", "value"),
    [
        ((), "Entrant", 1),
        (("--leader", "Entrant"), "Entrant", 1),
        (("--leader", "Incumbent"), "Incumbent", 2),
    ],
)
@pytest.mark.parametrize("concept", ["SSE", "SEFCE"])
def test_leader_is_chosen_and_named(
    concept: str, options: tuple[str, ...], leader: str, value: float
) -> None:
    """A threat keeps the entrant out, if the incumbent commits; else the entrant comes in."""
    words = ("solve", "entry_game", "--concept", concept, *options)
    solution = json.loads(run(*words, "--json").stdout)

    assert solution["arguments"] == {"leader": leader}
    assert solution["value"] == pytest.approx(value)
    assert ["leader", leader] in [line.split() for line in run(*words).stdout.splitlines()]


def test_floors_are_chosen_and_named() -> None:
    """The default is printed as well as what was given, and a larger floor costs more."""
    words = ("solve", "kuhn", "--concept", "floored_nash_zero_sum", "--json")
    default, larger = (json.loads(run(*words, *more).stdout) for more in ((), ("--floors", "0.05")))

    assert (default["arguments"], larger["arguments"]) == ({"floors": 0.01}, {"floors": 0.05})
    assert default["value"] == pytest.approx(-0.0527670, abs=1e-6)
    assert larger["value"] == pytest.approx(-0.0414306, abs=1e-6)


def test_no_leader_where_nobody_commits() -> None:
    """A zero-sum equilibrium names nobody, unless somebody was asked for: her value counts."""
    words = ("solve", "kuhn", "--json")

    assert json.loads(run(*words).stdout)["arguments"] == {}
    second = json.loads(run(*words, "--leader", "P2").stdout)
    assert second["arguments"] == {"leader": "P2"}
    assert second["value"] == pytest.approx(1 / 18)


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["chicken", "--concept", "efce", "--leader", "P1"], 2, "efce has no leader"),
        (["kuhn", "--floors", "0.1"], 2, "nash_zero_sum has no floors"),
        (["chicken", "--concept", "SSE", "--leader", "Ann"], 3, "no player is called 'Ann'"),
        (["chicken", "--concept", "sppe"], 3, "sppe is a design"),
        (["complete_market"], 3, "complete_market makes a market, and no game"),
    ],
)
def test_mistakes(words: list[str], code: int, message: str) -> None:
    """A mistake is named on stderr."""
    ran = run("solve", *words)

    assert (ran.exit_code, ran.stdout) == (code, "")
    assert message in ran.stderr


def test_export_takes_them_too(tmp_path: Path) -> None:
    """The model of the other leader has another name in its rows."""
    for leader, follower in (("Entrant", "Incumbent"), ("Incumbent", "Entrant")):
        out = tmp_path / f"{leader}.lp"
        ran = run("export", "entry_game", out, "--concept", "SSE", "--leader", leader)

        assert ran.exit_code == 0
        assert f"follower({follower})" in out.read_text(encoding="utf-8")
