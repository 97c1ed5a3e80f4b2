"""Walk through the tree of an OpenSpiel game."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from efmodels.assembly import Infoset, Outcome, assemble_game
from efmodels.errors import GameError
from efmodels.files.rounding import DOUBLE, unrounded
from efmodels.game import CHANCE, TERMINAL
from efmodels.optional_packages import imported

if TYPE_CHECKING:
    import pyspiel

    from efmodels.game import Game, Number


def from_openspiel(game: pyspiel.Game | str, *, max_nodes: int = 5_000_000) -> Game:
    """Return the tree of an OpenSpiel game.

    Infosets are OpenSpiel's information states, labelled by their strings; actions are labelled as
    OpenSpiel writes them, and the players are ``P1``, ``P2``, ... Simultaneous moves are made one
    after another, and nobody sees what was chosen at the same time. Some of OpenSpiel's strings
    forget what a player knew before, so that the game has no perfect recall; goofspiel with four
    or more cards and all bids seen is one.

    OpenSpiel's numbers are floats. Payoffs that are integers become integers, and the
    probabilities of a chance node become fractions where these are beyond doubt: each with a
    denominator of at most a million, equal to the float up to its rounding, and with a sum of
    exactly one. All other numbers stay floats.

    Parameters
    ----------
    game
        A game of ``pyspiel``, or what ``pyspiel.load_game`` takes, such as ``"kuhn_poker"`` or
        ``"leduc_poker(players=3)"``.
    max_nodes
        Most nodes that are walked through, at least 1. A million takes some seconds.

    Raises
    ------
    MissingPackageError
        OpenSpiel is not installed.
    GameError
        OpenSpiel has no such game, the game has more nodes than ``max_nodes``, does not tell its
        information states or its probabilities, or is no game on a tree.

    Examples
    --------
    >>> import efmodels as ef
    >>> game = ef.from_openspiel("kuhn_poker")
    >>> game
    Game('kuhn_poker()', players=['P1', 'P2'], nodes=58, terminals=30, infosets=[6, 6])
    """
    pyspiel = imported("pyspiel", "OpenSpiel", "interop")
    if max_nodes < 1:
        raise GameError(f"max_nodes must be at least 1; got {max_nodes}")
    if isinstance(game, str):
        game = _loaded(pyspiel, game)
    elif not isinstance(game, pyspiel.Game):
        raise GameError(
            "expected a game of pyspiel or its name, such as 'kuhn_poker'; "
            f"got {type(game).__name__}"
        )
    _require_tree(pyspiel, game)
    title = str(game)
    if game.get_type().dynamics == pyspiel.GameType.Dynamics.SIMULTANEOUS:
        game = pyspiel.convert_to_turn_based(game)
    walk = _Walk(title, game.num_players(), max_nodes)
    try:
        walk.through(game.new_initial_state())
    except pyspiel.SpielError as error:
        raise GameError(f"OpenSpiel fails on its game {title!r}: {error}") from error
    return walk.game()


def _loaded(pyspiel: Any, name: str) -> Any:
    try:
        return pyspiel.load_game(name)
    except pyspiel.SpielError as error:
        reason = str(error).partition(" Available games")[0]
        raise GameError(
            f"OpenSpiel does not load {name!r}: {reason} "
            "(pyspiel.registered_names() lists its games)"
        ) from error


def _require_tree(pyspiel: Any, game: Any) -> None:
    """Raise unless the game has moves in turn or at once, known odds and information states."""
    kind = game.get_type()
    name = kind.short_name
    dynamics = pyspiel.GameType.Dynamics
    if kind.dynamics not in (dynamics.SEQUENTIAL, dynamics.SIMULTANEOUS):
        raise GameError(
            f"OpenSpiel's {name!r} is a mean-field game, which has no tree; "
            "give a game with sequential or simultaneous moves"
        )
    if kind.chance_mode == pyspiel.GameType.ChanceMode.SAMPLED_STOCHASTIC:
        raise GameError(
            f"OpenSpiel's {name!r} samples its chance moves and does not tell their "
            "probabilities; give a game with explicit ones"
        )
    if not kind.provides_information_state_string:
        raise GameError(
            f"OpenSpiel's {name!r} does not tell what a player knows at a node (it has no "
            "information_state_string), so that its infosets are unknown; give a game that does"
        )


class _Walk:
    """The lists that grow during the walk, in preorder."""

    def __init__(self, title: str, players: int, max_nodes: int) -> None:
        self._title = title
        self._players = players
        self._max_nodes = max_nodes
        self._infosets: list[Infoset] = []
        self._legal: list[list[int]] = []
        self._known: dict[tuple[int, str], int] = {}
        self._outcomes: dict[tuple[Number, ...], int] = {}
        self._parent: list[int] = []
        self._action: list[int] = []
        self._infoset: list[int] = []
        self._outcome: list[int] = []

    def through(self, root: Any) -> None:
        """Visit every state below the root, depth first."""
        stack: list[tuple[Any, int, int, int]] = [(root, -1, -1, -1)]
        while stack:
            state, move, parent, action = stack.pop()
            if parent >= 0:
                state = state.child(move)
            node = len(self._parent)
            if node == self._max_nodes:
                raise GameError(
                    f"OpenSpiel's {self._title!r} has more than max_nodes={self._max_nodes:,} "
                    "nodes: give smaller parameters of the game or a larger max_nodes"
                )
            self._parent.append(parent)
            self._action.append(action)
            infoset = self._infoset_of(state)
            self._infoset.append(infoset)
            self._outcome.append(self._outcome_of(state) if infoset == TERMINAL else -1)
            if infoset != TERMINAL:
                moves = self._legal[infoset]
                stack += [(state, moves[k], node, k) for k in reversed(range(len(moves)))]

    def _outcome_of(self, state: Any) -> int:
        payoffs = tuple(int(u) if u.is_integer() else u for u in state.returns())
        return self._outcomes.setdefault(payoffs, len(self._outcomes))

    def _infoset_of(self, state: Any) -> int:
        if state.is_terminal():
            return TERMINAL
        if state.is_chance_node():
            outcomes = state.chance_outcomes()
            odds = unrounded([probability for _, probability in outcomes], DOUBLE)
            return self._new_infoset(state, CHANCE, "", [move for move, _ in outcomes], odds)
        player = state.current_player()
        label = state.information_state_string()
        moves = state.legal_actions()
        known = self._known.get((player, label))
        if known is None:
            self._known[player, label] = len(self._infosets)
            return self._new_infoset(state, player + 1, label, moves)
        if self._legal[known] != moves:
            raise GameError(
                f"OpenSpiel's {self._title!r} gives player {player + 1} other actions at nodes "
                f"with the one information state {label!r}: it is no game of infosets"
            )
        return known

    def _new_infoset(
        self, state: Any, owner: int, label: str, moves: list[int], odds: tuple[Number, ...] = ()
    ) -> int:
        player = state.current_player()
        labels = tuple(state.action_to_string(player, move) for move in moves)
        self._infosets.append(Infoset(owner, label, labels, odds))
        self._legal.append(moves)
        return len(self._infosets) - 1

    def game(self) -> Game:
        return assemble_game(
            players=[f"P{number + 1}" for number in range(self._players)],
            infosets=self._infosets,
            outcomes=[Outcome("", payoffs) for payoffs in self._outcomes],
            parent=self._parent,
            action=self._action,
            infoset=self._infoset,
            outcome=self._outcome,
            title=self._title,
        )
