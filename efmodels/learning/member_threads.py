"""Members at work side by side: on threads, or in turn on one."""

from __future__ import annotations

from queue import SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from efmodels.learning.certified import Certified
    from efmodels.learning.learned import Entry
    from efmodels.learning.member import Member

    Ears = SimpleQueue[Entry | BaseException | None]


def side_by_side(members: Sequence[Member], certified: Certified, threads: int) -> Generator[Entry]:
    """Yield the log of members at work, line by line, until it is solved or limits are reached.

    Whoever closes the iterator ends the work. A member that is in the middle of a chunk when it
    ends stops soon, and its thread is waited for.

    Parameters
    ----------
    members
        Who works.
    certified
        What they have proved together.
    threads
        How many may work at the same time. Members that share a thread take turns, chunk by chunk;
        on one thread that is the caller's own, and no other is started.
    """
    groups = [members[k::threads] for k in range(min(threads, len(members)))]
    if len(groups) > 1:
        return _on_threads(groups, certified)
    return _in_turn(members, lambda: certified.is_solved)


def _in_turn(members: Sequence[Member], is_halted: Callable[[], bool]) -> Generator[Entry]:
    going = list(members)
    while going and not is_halted():
        for member in tuple(going):
            yield member.chunk(is_halted)
            if is_halted():
                break
            if member.is_done:
                going.remove(member)


def _on_threads(groups: Sequence[Sequence[Member]], certified: Certified) -> Generator[Entry]:
    said: Ears = SimpleQueue()
    halted = Event()

    def is_halted() -> bool:
        return halted.is_set() or certified.is_solved

    threads = [
        Thread(target=_speak, args=(group, said, is_halted), name="efmodels-learning", daemon=True)
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


def _speak(members: Sequence[Member], said: Ears, is_halted: Callable[[], bool]) -> None:
    """Say every line of the members' log; say nothing more in the end; or say what went wrong."""
    try:
        for entry in _in_turn(members, is_halted):
            said.put(entry)
        said.put(None)
    except BaseException as error:  # noqa: BLE001 - the caller's thread raises it again
        said.put(error)
