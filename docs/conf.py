"""How Sphinx makes the pages: ``make docs``."""

from __future__ import annotations

from importlib.metadata import version as version_of
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docutils.nodes import Element
    from sphinx.addnodes import pending_xref
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

project = "efmodels"
author = "The efmodels developers"
copyright = f"2026, {author}"  # noqa: A001 - Sphinx's name for it
release = version_of(project)
version = release

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.mathjax",
    "sphinx.ext.viewcode",
]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"efmodels {release}"

myst_enable_extensions = ["amsmath", "deflist", "dollarmath"]
myst_heading_anchors = 3

napoleon_google_docstring = False
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"

# The pages are built without a network, so foreign names have no address to point to.
nitpick_ignore_regex = [
    (r"py:.*", r"(collections|fractions|numbers|os|pathlib|typing|types)\..*"),
    (r"py:.*", r"(np|numpy|sparse|scipy|pd|pandas|pyo|pyomo)\..*"),
    # The same, as annotations write them where they are imported for type checkers alone.
    (r"py:class", r"Any|ArrayLike|Callable|Fraction|Hashable|Iterable|Iterator|NDArray|Path"),
    (r"py:class", r"Mapping(\[str)?|PathLike|Sequence|TextIO|optional|array_like"),
    # Type variables have no page.
    (r"py:class", r"(efmodels\.\w+\.)?(State|Value)"),
]


def resolve_short_name(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, contnode: Element
) -> Element | None:
    """Find ``Game`` wherever it is documented.

    Modules import most types for type checkers alone, so that annotations reach Sphinx as written.
    """
    if node.get("refdomain") != "py":
        return None
    domain = env.get_domain("py")
    wanted = node["reftarget"].rpartition(".")[2]
    found = [name for name, *_ in domain.get_objects() if name.rpartition(".")[2] == wanted]
    if len(found) != 1:
        return None
    return domain.resolve_xref(
        env, node["refdoc"], app.builder, node["reftype"], found[0], node, contnode
    )


def keep_colons(*event: Any) -> None:
    """Keep napoleon from taking what stands before a colon in the first line for a type."""
    _app, what, _name, _object, _options, lines = event
    if what in {"attribute", "data", "property"}:
        lines[:0] = ["..", ""]


def setup(app: Sphinx) -> None:
    """Let Sphinx call what this file defines."""
    app.connect("missing-reference", resolve_short_name)
    app.connect("autodoc-process-docstring", keep_colons, priority=400)  # napoleon's is 500
