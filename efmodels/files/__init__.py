"""Game files: Gambit's ``.efg`` and ``.nfg``, and a lossless ``.json`` of our own."""

from efmodels.files.formats import dumps, loads, read, write

__all__ = ["dumps", "loads", "read", "write"]
