"""What the words of the command line stand for: a game, an objective."""

from __future__ import annotations

import ast
import difflib
import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from efmodels.errors import GameError

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.blocks import Objective
    from efmodels.game import Game


def game_from(text: str) -> Game:
    """Return the game that a path or an instance such as ``leduc(ranks=5)`` stands for.

    Raises
    ------
    FileNotFoundError
        The text names neither a file nor an instance.
    FormatError
        The file is no game file.
    GameError
        The instance does not take these arguments.
    """
    from efmodels.files import read

    path = Path(text)
    if path.exists() and not path.is_dir():
        return read(path)
    return instance_from(text)


def instance_from(text: str) -> Game:
    """Return the benchmark game of a name, perhaps with literal keyword arguments.

    Examples
    --------
    >>> instance_from("K24").title
    'Kuhn poker (players=2, ranks=4)'
    >>> instance_from("kuhn(ranks=4)").title
    'Kuhn poker (players=2, ranks=4)'
    """
    from efmodels.instances import load
    from efmodels.instances.named import is_abbreviation

    known = instance_functions()
    name, arguments = _call(text)
    if is_abbreviation(name) and not arguments:
        return load(name)
    if name in functions_returning("Market"):
        raise GameError(
            f"{text}: {name} makes a market, and no game; solve it from Python, by efmodels.fppe, "
            "efmodels.sppe or a design that `efmodels list designs` names"
        )
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        raise FileNotFoundError(
            f"{text}: there is no such file, and no instance of that name; "
            f"the instances are {', '.join(known)}, and abbreviations such as S2122"
            + "".join(f". Did you mean {name}?" for name in near)
        )
    function = known[name]
    try:
        inspect.signature(function).bind(**arguments)
    except TypeError as error:
        raise GameError(f"{text}: {error}; expected {name}{signature_of(function)}") from error
    game: Game = function(**arguments)
    return game


def instance_functions() -> dict[str, Callable[..., Game]]:
    """Return the functions of :mod:`efmodels.instances` that make a game, by name."""
    return functions_returning("Game")


def functions_returning(kind: str) -> dict[str, Callable[..., Any]]:
    """Return the functions of :mod:`efmodels.instances` that make a ``Game`` or a ``Market``.

    >>> list(functions_returning("Market"))[:2]
    ['complete_market', 'correlated_market']
    """
    from efmodels import instances

    public = {name: getattr(instances, name) for name in instances.__all__ if name != "load"}
    return {
        name: function
        for name, function in public.items()
        if getattr(function, "__annotations__", {}).get("return") == kind
    }


def signature_of(function: Callable[..., object]) -> str:
    """Return the parameters of a function with their defaults, without types.

    A long default is not written out.

    >>> signature_of(lambda ranks, suits=2, names=tuple("A23456789TJQK"): None)
    '(ranks, suits=2, names=...)'
    """
    parameters = inspect.signature(function).parameters.values()
    return f"({', '.join(map(_parameter_text, parameters))})"


def _parameter_text(parameter: inspect.Parameter) -> str:
    if parameter.default is not parameter.empty and len(repr(parameter.default)) > LONGEST_DEFAULT:
        return f"{parameter.name}=..."
    return str(parameter.replace(annotation=parameter.empty))


LONGEST_DEFAULT = 20
"""Characters of a default that are still shown in a list of functions."""


def _call(text: str) -> tuple[str, dict[str, Any]]:
    """Take ``name`` or ``name(key=literal, ...)`` apart; the name is ``""`` for anything else."""
    try:
        expression = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return "", {}
    match expression:
        case ast.Name(id=name):
            return name, {}
        case ast.Call(func=ast.Name(id=name), args=[], keywords=keywords):
            arguments = {keyword.arg or "**": _literal(keyword.value) for keyword in keywords}
            if len(arguments) < len(keywords):
                raise GameError(f"{text}: an argument is given twice")
            return name, arguments
        case ast.Call(func=ast.Name(id=name)):
            raise GameError(f"{text}: give arguments by name, such as {name}(ranks=5)")
    return "", {}


def _literal(value: ast.expr) -> Any:
    try:
        return ast.literal_eval(value)
    except ValueError as error:
        raise GameError(
            f"{ast.unparse(value)} is no literal; expected a number, a text in quotes, True or "
            "False"
        ) from error


def objective_from(text: str | None, players: tuple[str, ...]) -> Objective:
    """Return the objective that ``welfare``, a player's label or ``A=1,B=2`` stands for.

    Raises
    ------
    typer.BadParameter
        A weight is no number, or a player is named twice.

    Examples
    --------
    >>> objective_from("Ann=1,Bob=2.5", ("Ann", "Bob"))
    {'Ann': 1.0, 'Bob': 2.5}
    """
    if text is None or text in players or "=" not in text:
        return text
    weights: dict[str, float] = {}
    for part in text.split(","):
        player, _, number = (word.strip() for word in part.rpartition("="))
        if player in weights:
            raise typer.BadParameter(f"{player!r} has two weights in {text!r}")
        try:
            weights[player] = float(number)
        except ValueError as error:
            raise typer.BadParameter(
                f"{part!r} is no weight; expected 'welfare', a player's label, or weights such as "
                "'Ann=1,Bob=2'"
            ) from error
    return weights


def concept_arguments(concept: str, **given: Any) -> dict[str, Any]:
    """Return those arguments of a concept that were given.

    Raises
    ------
    GameError
        No concept has that name.
    typer.BadParameter
        The concept does not have such an argument.

    Examples
    --------
    >>> concept_arguments("SSE", leader="Bob", floors=None)
    {'leader': 'Bob'}
    """
    from efmodels.equilibrium import concept_function

    function = concept_function(concept)
    chosen = {name: value for name, value in given.items() if value is not None}
    for name in chosen:
        if name not in inspect.signature(function).parameters:
            raise typer.BadParameter(f"{function.__name__} has no {name}", param_hint=f"--{name}")
    return chosen
