"""What the oldest supported Pyomo lacks, so that a test can skip it, and say why."""

from __future__ import annotations

import pyomo.version
import pytest

IS_OLDEST = pyomo.version.version_info[:3] < (6, 10, 1)
NO_PLUGINS = "Pyomo 6.10.0 lacks what solvers of Pyomo's need; see efmodels.solver_plugins"
NEED_PLUGINS = {"efmodels.solver_plugins", "efmodels.pyomo_internals.plugins"}

needs_plugins = pytest.mark.skipif(IS_OLDEST, reason=NO_PLUGINS)
