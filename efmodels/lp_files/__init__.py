"""Files of a linear program that any solver reads, written in bulk: ``.mps`` and ``.lp``."""

from efmodels.lp_files.lp_writer import write_lp
from efmodels.lp_files.mps_writer import write_mps

__all__ = ["write_lp", "write_mps"]
