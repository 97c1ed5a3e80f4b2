"""Packages that are not installed with efmodels."""

from __future__ import annotations

import math

import pytest

from efmodels.errors import MissingPackageError
from efmodels.optional_packages import imported


def test_installed() -> None:
    """A module that is there is returned."""
    assert imported("math", "mathematics", "extra") is math


def test_not_installed() -> None:
    """The message has the product, what Python says, and the extra; it is an ImportError, too."""
    message = r'^Such is not available here \(No module.*\): .*`pip install "efmodels\[such\]"`$'

    with pytest.raises(ImportError, match=message) as caught:
        imported("no_such_module", "Such", "such")

    assert caught.type is MissingPackageError


def test_what_works_without_it() -> None:
    """The message ends with it."""
    with pytest.raises(MissingPackageError, match=r"\[such\]\"`, or do without$"):
        imported("no_such_module", "Such", "such", instead="do without")
