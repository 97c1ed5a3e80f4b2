"""The game files that are shipped with the package, written by its own generators."""

from __future__ import annotations

from pathlib import Path

from efmodels.errors import GameError

_FOLDER = Path(__file__).resolve().parent
_ENDINGS = {".efg", ".nfg", ".json"}
CATALOG = _FOLDER / "catalog.csv"
"""What is counted in the benchmark games; :func:`efmodels.instances.named.measured` makes it."""


def data_file(name: str) -> Path:
    """Return the path of a game file that is shipped with the package.

    Parameters
    ----------
    name
        The file's name with its ending; ``kuhn.efg`` and ``leduc.efg`` are the two-player games
        that :func:`~efmodels.instances.kuhn` and :func:`~efmodels.instances.leduc` make by default.

    Returns
    -------
    Path
        Where the file lies; do not write to it.

    Raises
    ------
    GameError
        No file of that name is shipped: the message lists those that are.

    Examples
    --------
    >>> from efmodels.instances import data_file
    >>> data_file("kuhn.efg").read_text(encoding="utf-8")[:5]
    'EFG 2'
    """
    shipped = sorted(path.name for path in _FOLDER.iterdir() if path.suffix in _ENDINGS)
    if name not in shipped:
        raise GameError(f"no file {name!r} is shipped; there are {', '.join(shipped)}")
    return _FOLDER / name
