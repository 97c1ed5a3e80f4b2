"""Members at work side by side: on threads, or in turn on one."""

from __future__ import annotations

from queue import SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from efmodels.learning.learned import Entry
    from efmodels.learning.member import Member

    Said = Entry | BaseException | None
    Ears = SimpleQueue[Said]


def side_by_side(members: Sequence[Member], threads: int) -> Generator[Entry]:
    """Yield the log of members at work, line by line, until all have reached their limits.

    Whoever closes the iterator ends the work: a member that is in the middle of a chunk then stops
    soon, and its thread is waited for.

    Parameters
    ----------
    members
        Who works.
    threads
        How many may work at the same time. Members that share a thread take turns, chunk by chunk;
        on one thread that is the caller's own, and no other is started.
    """
    groups = [members[k::threads] for k in range(min(threads, len(members)))]
    return _on_threads(groups) if len(groups) > 1 else _in_turn(members, lambda: False)


def _in_turn(members: Sequence[Member], is_halted: Callable[[], bool]) -> Generator[Entry]:
    going = list(members)
    while going and not is_halted():
        for member in tuple(going):
            yield member.chunk(is_halted)
            if is_halted():
                break
            if member.is_done:
                going.remove(member)


def _on_threads(groups: Sequence[Sequence[Member]]) -> Generator[Entry]:
    said: Ears = SimpleQueue()
    halted = Event()
    threads = [
        Thread(target=_speak, args=(group, said, halted), name="efmodels-learning", daemon=True)
        for group in groups
    ]
    try:
        for thread in threads:
            thread.start()
        working = len(threads)
        while working:
            line = said.get()
            if isinstance(line, BaseException):
                raise line
            if line is None:
                working -= 1
            else:
                yield line
    finally:
        halted.set()
        for thread in threads:
            thread.join()


def _speak(members: Sequence[Member], said: Ears, halted: Event) -> None:
    """Say every line of the members' log; say nothing more in the end; or say what went wrong."""
    try:
        for entry in _in_turn(members, halted.is_set):
            said.put(entry)
        said.put(None)
    except BaseException as error:  # noqa: BLE001 - the caller's thread raises it again
        said.put(error)
