"""The published table as data, and the games that it is run on."""

from __future__ import annotations

import numpy as np
import pytest

from efmodels.bench.mediation_workloads import CONCEPTS
from efmodels.bench.published_cells import (
    SHORT,
    UNLIKE_THE_PAPERS,
    all_cells,
    cells_named,
    easy_first,
    table_game,
    table_objective,
)
from efmodels.errors import GameError
from efmodels.instances import catalog, load
from efmodels.instances.named import PUBLISHED


class TestPublishedCells:
    """The figures."""

    def test_games_and_concepts(self) -> None:
        """There is a cell for each of the 23 games and each of the five concepts, and no other."""
        cells = all_cells()
        expected = {(game, concept) for game in PUBLISHED for concept in CONCEPTS}

        assert len(cells) == 115
        assert {(cell.game, cell.concept) for cell in cells} == expected

    def test_counts_of_the_paper(self) -> None:
        """Linear programs solved 77 cells and learning 99; on the known trees 62 and 78 of 90."""
        cells = all_cells()
        known = [cell for cell in cells if cell.is_the_papers]

        assert sum(cell.program is not None for cell in cells) == 77
        assert sum(cell.learning is not None for cell in cells) == 99
        assert len(known) == 90
        assert sum(cell.program is not None for cell in known) == 62
        assert sum(cell.learning is not None for cell in known) == 78

    def test_known_trees_have_the_published_sizes(self) -> None:
        """Where the tree is the paper's, ours has as many nodes."""
        nodes = catalog()["nodes"]

        for cell in all_cells():
            assert not cell.is_the_papers or nodes[cell.game] == cell.nodes
        assert nodes["TP3"] != next(c.nodes for c in all_cells() if c.game == "TP3")

    def test_a_published_figure(self) -> None:
        """Seconds of one cell, and of one that learning alone solved."""
        cells = {cell.name: cell for cell in all_cells()}

        assert cells["L3133/EFCE"][3:] == (1285.0, 6.84)
        assert cells["GL3/COMM"][3:] == (None, 7.72)


class TestChoice:
    """Which cells are run, and in which order."""

    def test_game_stands_for_its_concepts(self) -> None:
        """A game alone is five cells; no cell is there twice."""
        names = [cell.name for cell in cells_named(["K35/EFCE", "K35"])]

        assert names == ["K35/EFCE", "K35/NFCCE", "K35/EFCCE", "K35/COMM", "K35/CERT"]

    @pytest.mark.parametrize("name", ["K99", "K35/NASH", "EFCE", ""])
    def test_unknown_cells_are_named(self, name: str) -> None:
        """The message has the name, the games and the concepts."""
        with pytest.raises(GameError, match=f"no cell '{name}'.*GAME/CONCEPT.*B2222.*COMM, CERT"):
            cells_named([name])

    def test_short_subset(self) -> None:
        """Thirty different cells on trees of the paper: every concept, and every kind of game."""
        cells = cells_named(SHORT)

        assert len(SHORT) == len(cells) == 30
        assert not UNLIKE_THE_PAPERS & {cell.game for cell in cells}
        assert {cell.concept for cell in cells} == set(CONCEPTS)
        assert {cell.game[0] for cell in cells} == set("SBKDLG")

    def test_easy_cells_come_first(self) -> None:
        """Cells are ordered by the less of the two published times; unsolved ones are last."""
        names = [cell.name for cell in easy_first(all_cells())]

        assert names.index("S2122/EFCE") < names.index("K35/COMM") < names.index("S2123/COMM")
        solved = [c for c in all_cells() if c.program is not None or c.learning is not None]
        assert {cell.name for cell in solved} == set(names[: len(solved)])


class TestTableGame:
    """The games."""

    @pytest.mark.parametrize("name", ["B2222", "D32", "GL3", "K35", "L3132", "S2122", "RS212"])
    def test_tree_is_that_of_the_catalog(self, name: str) -> None:
        """Only payoffs may differ from the game that is loaded by name."""
        ours, loaded = table_game(name), load(name)

        assert np.array_equal(ours.parent, loaded.parent)
        assert np.array_equal(ours.infoset, loaded.infoset)

    def test_payoffs(self) -> None:
        """Sheriff: a value of 1, a penalty of 2, a compensation of 3; goofspiel discards ties."""
        sheriff = {tuple(payoff) for payoff in table_game("S2122").payoffs.tolist()}
        goofspiel = table_game("GL3").payoffs
        passed = {(n - bribe, bribe) for n in range(11) for bribe in range(3)}
        inspected = {(-2 * n, 2 * n) for n in range(1, 11)} | {(3, -3)}

        assert sheriff == passed | inspected
        assert len(set(goofspiel.sum(axis=1))) > 1

    @pytest.mark.parametrize(
        ("name", "objective"), [("B2222", "welfare"), ("S2122", "welfare"), ("GL3", "P1")]
    )
    def test_objective(self, name: str, objective: str) -> None:
        """Welfare, or the payoff of the first player where interests are opposed."""
        assert table_objective(name, table_game(name)) == objective

    def test_unknown_game(self) -> None:
        """A name that is no abbreviation is refused."""
        with pytest.raises(GameError, match="'kuhn'"):
            table_game("kuhn")
