"""What the command lists, and whether it fits on a screen."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner, Result

import efmodels as ef
from efmodels.bench import CASES
from efmodels.cli.commands import app


def run(*words: str) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(app, list(words))


def test_topics_cover_all_cases() -> None:
    """Without a topic the list counts the cases of each topic, in no more than 100 columns."""
    heads, *lines = run("bench", "list").stdout.splitlines()
    rows = [line.split() for line in lines if line[:1].strip()]
    counted = {row[0]: int(row[1]) for row in rows if row[1:] and row[1].isdigit()}

    assert heads.split()[:2] == ["topic", "cases"]
    assert sum(counted.values()) == len(CASES)
    assert max(map(len, lines)) <= 100
    assert lines[-1] == "efmodels bench list TOPIC shows the cases of one."


@pytest.mark.parametrize("topic", ["pacing", "auctions", "learning-bandwidth", "leduc"])
def test_cases_of_a_topic(topic: str) -> None:
    """The cases whose names begin with the words, or the one that is called so."""
    ran = run("bench", "list", topic)
    named = [line.split()[0] for line in ran.stdout.splitlines()[1:] if line[:1].strip()]

    assert named == [name for name in CASES if name == topic or name.startswith(f"{topic}-")]
    assert max(map(len, ran.stdout.splitlines())) <= 100


def test_cases_as_json() -> None:
    """One document with a record for each case."""
    cases = json.loads(run("bench", "list", "sppe", "--json").stdout)

    assert [case["case"] for case in cases] == [name for name in CASES if name[:5] == "sppe-"]
    assert all(case["sides"] and case["what"] for case in cases)


def test_unknown_topics_are_named() -> None:
    """The message lists the topics, which are few, and what is near."""
    ran = run("bench", "list", "pacign")

    assert (ran.exit_code, ran.stdout) == (2, "")
    words = " ".join(ran.stderr.replace("│", " ").split())
    assert "no case is called 'pacign'" in words
    assert "Did you mean pacing?" in words


def test_designs_say_what_they_take() -> None:
    """Each design stands beside the class of its first argument."""
    designs = json.loads(run("list", "designs", "--json").stdout)["designs"]
    taken = {each["design"]: each["of"] for each in designs}

    assert list(taken) == list(ef.formulations.DESIGNS)
    assert taken["sppe"] == "Market"
    assert taken["direct_mechanism"] == "MechanismSetting"
    assert taken["border"] == "IndependentBidders"
    assert taken["public_persuasion"] == "PersuasionProblem"
    assert taken["priced_auctions"] == "AuctionSequence"


def test_instances_are_games_and_markets() -> None:
    """The makers of markets are listed after those of games, and their summaries say so."""
    instances = json.loads(run("list", "instances", "--json").stdout)["instances"]
    said = {each["instance"].partition("(")[0]: each["summary"] for each in instances}
    markets = [name for name in said if name.endswith("_market")]

    assert markets == list(said)[-len(markets) :]
    assert {"sampled_market", "correlated_market", "two_equilibria_market"} <= set(markets)
    assert all(" market " in f"{said[name]} " for name in markets)


def test_help_names_what_is_no_game() -> None:
    """Who looks for markets learns from the help where they are."""
    text = run("--help").stdout

    assert "Markets" in text
    assert "list designs" in text
