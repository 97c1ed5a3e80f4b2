"""What every command has in common: how its errors end, and how its help looks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup

from efmodels.cli.exit_codes import exit_code, message, report
from efmodels.errors import EfmodelsError

if TYPE_CHECKING:
    from collections.abc import Sequence


class Command(TyperCommand):
    """A command whose help shows a flag without a type: it takes no value."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the arguments and options, ``--help`` included."""
        return _without_types(super().get_params(ctx))


class Group(TyperGroup):
    """Commands whose expected errors end as one message on stderr, without a traceback."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the options, ``--help`` included."""
        return _without_types(super().get_params(ctx))

    def invoke(self, ctx: Any) -> Any:
        """Run the command; what is no error of ours passes through."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # whoever read our output has gone: typer ends quietly
            raise
        except typer.BadParameter as error:
            error.message = error.message.removeprefix("Value error, ")  # which says nothing
            raise
        except (EfmodelsError, OSError) as error:
            report(message(error))
            raise typer.Exit(exit_code(error)) from error


def _without_types(params: Sequence[Any]) -> list[Any]:
    for param in params:
        if getattr(param, "is_flag", False):
            param.metavar = ""
    return list(params)
