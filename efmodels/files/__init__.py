"""Game files (``.efg``, ``.nfg``, ``.game``, ``.json``), and games of OpenSpiel and pygambit."""

from efmodels.files.formats import dumps, loads, read, write
from efmodels.files.openspiel import from_openspiel
from efmodels.files.pygambit import from_pygambit, to_pygambit

__all__ = ["dumps", "from_openspiel", "from_pygambit", "loads", "read", "to_pygambit", "write"]
