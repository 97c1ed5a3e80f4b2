"""The sign of life."""

from __future__ import annotations

import io
import time
from typing import Any

import pytest
from rich.console import Console

from efmodels.cli import progress
from efmodels.cli.progress import working

DEADLINE = 30


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Make every console write to this text as if it were a terminal."""
    screen = io.StringIO()

    def console(*, stderr: bool, quiet: bool, **more: Any) -> Console:
        assert stderr
        return Console(file=screen, force_terminal=True, quiet=quiet, **more)

    monkeypatch.setattr(progress, "Console", console)
    return screen


def wait_for(text: str, screen: io.StringIO) -> bool:
    """Wait until a text is shown, or give up."""
    end = time.monotonic() + DEADLINE
    while text not in screen.getvalue() and time.monotonic() < end:
        time.sleep(0.01)
    return text in screen.getvalue()


def test_shows_what_takes_long(terminal: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a while the text appears, then the one that replaced it."""
    monkeypatch.setattr(progress, "PATIENCE", 0.0)

    with working("reading") as now:
        assert wait_for("reading", terminal)
        now("solving")
        assert wait_for("solving", terminal)


def test_says_nothing_about_what_is_quick(terminal: io.StringIO) -> None:
    """What is done before that leaves nothing on the screen."""
    with working("reading") as now:
        now("solving")

    assert "ing" not in terminal.getvalue()


def test_quiet(terminal: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is shown where JSON is wanted."""
    monkeypatch.setattr(progress, "PATIENCE", 0.0)

    with working("reading", quiet=True) as now:
        now("solving")

    assert terminal.getvalue() == ""


def test_stdout_is_for_results(capsys: pytest.CaptureFixture[str]) -> None:
    """What a library prints meanwhile goes to stderr, where no terminal is nothing else goes."""
    with working("reading"):
        print("chatter")  # noqa: T201 - what a library may do

    assert capsys.readouterr() == ("", "chatter\n")
