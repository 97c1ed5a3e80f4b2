"""The command ``efmodels``: solve, export, describe and draw games without writing Python."""

import logging

from efmodels.cli.commands import app


def main() -> None:
    """Run the command with the arguments that the shell gave, and end the process."""
    # Pyomo logs to stdout, which is for results, unless there is a handler for everything.
    logging.basicConfig(format="efmodels: %(message)s")
    app(prog_name="efmodels")
