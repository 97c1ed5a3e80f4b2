"""How Sphinx makes the pages: ``make docs``."""

from __future__ import annotations

from importlib.metadata import version as version_of
from typing import TYPE_CHECKING, Any

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.util.logging import getLogger

if TYPE_CHECKING:
    from docutils.nodes import Element
    from sphinx.addnodes import pending_xref
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment
    from sphinx.writers.html5 import HTML5Translator

project = "efmodels"
author = "The efmodels developers"
copyright = f"2026, {author}"  # noqa: A001 - Sphinx's name for it
release = version_of(project)
version = release

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"efmodels {release}"
html_math_renderer = "mathml"
html_static_path = ["style"]
html_css_files = ["formulas.css"]

myst_enable_extensions = ["amsmath", "deflist", "dollarmath"]
myst_heading_anchors = 3

napoleon_google_docstring = False
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"

# The pages are built without a network, so foreign names have no address to point to.
nitpick_ignore_regex = [
    ("py:class", "AnsweringBlock|AnsweringBlockData"),  # a Pyomo block that answers
    (r"py:.*", r"(collections|fractions|numbers|os|pathlib|time|typing|types)\..*"),
    (
        r"py:.*",
        r"(matplotlib|np|numpy|sparse|scipy|pd|pandas|pyo|pyomo|pygambit|pyspiel)\..*",
    ),
    # The same, as annotations write them where they are imported for type checkers alone.
    (
        r"py:class",
        r"Any|Array|ArrayLike|Axes|Box|Callable|Collection|DataFrame|Executor|Fraction|Hashable|Iterable|Iterator|NDArray|Path",
    ),
    (r"py:class", r"Mapping(\[str)?|PathLike|(Given)?Sense|Sequence|TextIO|ndarray"),
    (r"py:class", r"optional|array_like"),
    # Type variables have no page, nor have names that stand for a long type.
    (
        r"py:class",
        r"(efmodels\.(\w+\.)+)?(Ask|Axis|Constrain|Listener|Node|Pair|Parts|Point|Polynomials?)",
    ),
    (r"py:class", r"(efmodels\.(\w+\.)+)?(FloorsOf|GivenFloors)"),
    (r"py:class", r"(efmodels\.(\w+\.)+)?(Evaluation|States?|Ties|Value)"),
    (r"py:exc", r"InfeasibleConstraintException"),  # Pyomo's
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


def prepare_docstring(*event: Any) -> None:
    """Keep napoleon from two mistakes.

    In the text of an attribute it takes what stands before a colon in the first line for a type;
    and of the attributes of a dataclass, which are its parameters, it makes long entries, in which
    it takes the first of several names for a type.
    """
    _app, what, _name, _object, _options, lines = event
    if what in {"attribute", "data", "property"}:
        lines[:0] = ["..", ""]
    if what == "class" and "Attributes" in lines:
        k = lines.index("Attributes")
        lines[k : k + 2] = ["Parameters", "----------"]


def write_mathml(translator: HTML5Translator, node: nodes.math | nodes.math_block) -> None:
    """Write a formula as MathML, which browsers show without a network; MathJax needs one."""
    is_block = isinstance(node, nodes.math_block)
    try:
        formula = tex2mathml(node.astext(), as_block=is_block)
    except MathError as error:
        getLogger(__name__).warning("cannot write the formula: %s", error, location=node)
    else:
        translator.body.append(f"<div>{formula}</div>" if is_block else formula)
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Let Sphinx call what this file defines."""
    app.add_html_math_renderer("mathml", (write_mathml, None), (write_mathml, None))
    app.connect("missing-reference", resolve_short_name)
    app.connect("autodoc-process-docstring", prepare_docstring, priority=400)  # napoleon's is 500
