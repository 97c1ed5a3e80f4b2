"""A sign of life on stderr for what takes longer than two seconds."""

from __future__ import annotations

import sys
from contextlib import contextmanager, redirect_stdout
from threading import Lock, Timer
from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE = 2.0
"""Seconds before anything is shown."""


@contextmanager
def working(text: str, *, quiet: bool = False) -> Iterator[Callable[[str], None]]:
    """Show a text and a spinner on stderr while the body runs, from the third second on.

    Nothing is shown if stderr is no terminal. What libraries print on stdout meanwhile goes to
    stderr: stdout is for results.

    Parameters
    ----------
    text
        What is being done.
    quiet
        Show nothing.

    Yields
    ------
    Callable
        Call it with another text to show that instead.
    """
    console = Console(stderr=True, markup=False, quiet=quiet)
    with redirect_stdout(sys.stderr):
        if quiet or not console.is_terminal:
            yield lambda _: None
        else:
            with _spinner(console, text) as show:
                yield show


@contextmanager
def _spinner(console: Console, text: str) -> Iterator[Callable[[str], None]]:
    status = console.status(text)
    lock, ended = Lock(), False

    def start() -> None:
        with lock:
            if not ended:
                status.start()

    timer = Timer(PATIENCE, start)
    timer.daemon = True
    timer.start()
    try:
        yield status.update
    finally:
        timer.cancel()
        with lock:
            ended = True
            status.stop()
