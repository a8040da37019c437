"""HTML from templates: untrusted text is escaped where it is written, never before.

Every value that a template writes is stripped of control characters and escaped, unless it is already HTML
(`Markup`). Knows nothing of the page, of articles or of texts. Read `environment` first.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from qa.text.characters import UNSHOWN

if TYPE_CHECKING:
    from jinja2 import Environment


def clean(text: str) -> str:
    """`text` without control and reordering characters and without lone surrogates."""
    text = text.replace("\f", "\n")  # a page break separates words as a line break does
    return UNSHOWN.sub("", text.encode("utf-8", "replace").decode("utf-8"))


def html(text: object) -> Markup:
    """Escape untrusted text for HTML content and quoted attributes."""
    return escape(clean(str(text)))


def exact(text: str) -> Markup:
    """Escape a value for a quoted attribute that a click sends back unchanged."""
    return escape(text.encode("utf-8", "replace").decode("utf-8"))


@cache
def environment(folder: Path) -> Environment:
    """The templates of a folder, with escaping on for all of them; a missing value is an error."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    templates = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        finalize=_finalized,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["exact"] = exact
    return templates


def _finalized(value: object) -> object:
    return value if isinstance(value, Markup) else html(value)
