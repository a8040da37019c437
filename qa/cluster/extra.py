"""Import the libraries of the extra `cluster` where they are used."""

from __future__ import annotations

import importlib
from typing import Any

from qa.errors import MissingExtra


def optional(name: str) -> Any:
    """Import a module of the extra. Raises MissingExtra if it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MissingExtra(
            'An index on other machines needs more packages. Run `pip install "qa[cluster]"`.'
        ) from error
