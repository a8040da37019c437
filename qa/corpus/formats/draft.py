"""What a file says of one article, before it is checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

FIELDS = ("title", "date", "source", "language", "url")


class Draft(NamedTuple):
    """What a file says of one article: its text, and of the `FIELDS` those it tells."""

    text: str
    fields: Mapping[str, str]
