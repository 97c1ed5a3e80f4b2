"""The one-liner: build, solve, verify."""

import pytest

import efmodels as ef
from efmodels.equilibrium import concept_function, equilibrium_model
from efmodels.instances import kuhn
from tests.html_tables import read_tables


def test_the_one_liner() -> None:
    """Value, bound, payoffs and regrets of Kuhn poker in one call."""
    equilibrium = ef.optimal_equilibrium(kuhn(), "nash_zero_sum", solver="highs")

    assert equilibrium.value == pytest.approx(-1 / 18)
    assert equilibrium.bound == pytest.approx(-1 / 18)
    assert equilibrium.payoffs == pytest.approx({"P1": -1 / 18, "P2": 1 / 18})
    assert max(equilibrium.regrets.values()) < 1e-9
    assert (equilibrium.status, equilibrium.solver) == ("optimal", "highs")
    assert len(equilibrium.strategy()) == 24


def test_it_shows_itself() -> None:
    """As text and as HTML, with payoffs and regrets: the same figures in both."""
    equilibrium = ef.optimal_equilibrium(kuhn(), "nash_zero_sum", solver="highs")

    assert "value      -0.0555555556" in repr(equilibrium)
    assert "regret P2" in str(equilibrium)
    facts, players = read_tables(equilibrium._repr_html_())
    shown = dict(equilibrium.rows())
    assert facts.caption == "Equilibrium: Kuhn poker (players=2, ranks=3)"
    assert [name for name, _ in facts.rows] == [
        *("concept", "status", "value", "bound", "solver", "seconds")
    ]
    assert dict(facts.rows).items() <= shown.items()
    assert players.rows == [
        ["player", "payoff", "regret"],
        ["P1", "-0.0555555556", shown["regret P1"]],
        ["P2", "0.0555555556", shown["regret P2"]],
    ]


def test_in_a_zero_sum_game_every_objective_is_an_equilibrium() -> None:
    """Welfare and the other's payoff are constant over equilibria: they are only reported."""
    welfare = ef.optimal_equilibrium(kuhn(), "nash_zero_sum", "welfare", "highs")
    other = ef.optimal_equilibrium(kuhn(), "nash_zero_sum", {"P2": 2}, "highs")

    assert welfare.value == pytest.approx(0)
    assert other.value == other.bound == pytest.approx(2 / 18)
    assert max(*welfare.regrets.values(), *other.regrets.values()) < 1e-9


def questions(equilibrium: ef.Equilibrium) -> int:
    """Return how many decision points the mediator has."""
    return int(equilibrium.model.eq.problem.leader.points)


def test_what_is_of_no_use_is_left_out() -> None:
    """Mediated concepts are reduced unless somebody says otherwise; the equilibrium is verified."""
    game = ef.instances.goofspiel(2, 3, ties="discard")
    small = ef.optimal_equilibrium(game, "CERT")
    whole = ef.optimal_equilibrium(game, "CERT", reduce=False)

    assert questions(small) < questions(whole)
    assert small.value == pytest.approx(whole.value)
    assert sum(small.payoffs.values()) == pytest.approx(small.value)
    assert max(*small.regrets.values(), *whole.regrets.values()) < 1e-7


def test_objective_per_terminal() -> None:
    """An array is an objective: the probability of an outcome that matters to nobody's payoff."""
    build = ef.GameBuilder(["A", "B"])
    root = build.decision("A", "side", ["left", "right"])
    for side, paid in (("left", 1), ("right", 0)):
        node = build.decision("B", side, ["x", "y"], below=(root, side))
        for action in "xy":
            build.terminal([paid, paid], below=(node, action))
    game = build.game()
    equilibrium = ef.optimal_equilibrium(game, "EFCE", [0, 1, 0, 0])

    assert equilibrium.value == equilibrium.bound == pytest.approx(1)
    assert equilibrium.payoffs == pytest.approx({"A": 1, "B": 1})
    assert equilibrium.model.eq.solution().outcome == pytest.approx([0, 1, 0, 0])
    with pytest.raises(ef.CapabilityError, match="reduce=False"):
        ef.optimal_equilibrium(game, "EFCE", [0, 1, 0, 0], reduce=True)


def test_arguments_reach_the_formulation() -> None:
    """`leader=` belongs to the formulation."""
    led = ef.optimal_equilibrium(kuhn(), "nash_zero_sum", solver="highs", leader="P2")

    assert led.value == pytest.approx(1 / 18)
    assert led.model.eq.problem.followers[0].label == "P1"


@pytest.mark.parametrize("name", ["nash_zero_sum", "NASH-zero-sum", " Nash_Zero_Sum "])
def test_concepts_by_any_spelling(name: str) -> None:
    """Case and hyphens do not matter."""
    assert concept_function(name) is ef.formulations.nash_zero_sum


@pytest.mark.parametrize("acronym", ef.formulations.ACRONYMS)
def test_concepts_by_acronym(acronym: str) -> None:
    """Acronyms work as well as names, in any case, and no acronym is another concept's name."""
    function = ef.formulations.ACRONYMS[acronym]

    assert concept_function(acronym) is concept_function(acronym.lower()) is function
    assert ef.formulations.CONCEPTS.get(acronym.lower(), function) is function


def test_the_best_for_somebody_else() -> None:
    """Objective and players with incentive constraints are the caller's choice."""
    game = ef.instances.chicken(6, 2, 7, 0)
    free = ef.optimal_equilibrium(game, "efce", "P1", obedient=[])
    bound = ef.optimal_equilibrium(game, "EFCE", "P1", obedient=["P2"])

    assert (free.value, free.regrets) == (pytest.approx(7), {})
    assert bound.value == pytest.approx(7)
    assert list(bound.regrets) == ["P2"]
    assert bound.regrets["P2"] < 1e-9
    assert ["P1", "7", "-"] in read_tables(bound._repr_html_())[1].rows


def test_unknown_concepts_are_named() -> None:
    """The message lists what there is, by name and by acronym."""
    message = r"no concept is called 'xyz'; there are .*'nash_zero_sum'.* and .*'EFCE'"
    with pytest.raises(ef.GameError, match=message):
        equilibrium_model(kuhn(), "xyz")


@pytest.mark.parametrize(
    ("name", "meant"), [("nsh", "NASH"), ("EFCD", "EFCE"), ("tmecr", "TMECOR")]
)
def test_near_names_replace_the_list(name: str, meant: str) -> None:
    """Who mistypes a name reads the one that is meant, and not all sixty."""
    with pytest.raises(ef.GameError, match=rf"'{name}'\. Did you mean .*{meant}") as raised:
        equilibrium_model(kuhn(), name)

    assert len(str(raised.value)) < 150


@pytest.mark.parametrize("name", ["sppe", "fppe_mip", "Direct mechanism", "private_persuasion"])
def test_designs_are_no_concepts(name: str) -> None:
    """A design is told apart, whatever is given as the game, and says what it takes."""
    design = name.lower().replace(" ", "_")
    message = f"{design} is a design, which takes no game but .*efmodels.formulations.{design}"
    for given in (kuhn(), ef.instances.complete_market()):
        with pytest.raises(ef.GameError, match=message):
            ef.optimal_equilibrium(given, name)
