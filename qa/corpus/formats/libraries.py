"""Call third-party parsers on untrusted files: silence their output and turn every failure into a reason for
the user.

They are imported on first use, because a folder of plain text needs none of them.
"""

from __future__ import annotations

import logging
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import TypeVar

from qa.errors import CorpusError

_T = TypeVar("_T")

# What the libraries raise on broken files, apart from their own errors: they index, convert and unpack
# untrusted data everywhere. (Found by flipping bytes.)
FAULTS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    RuntimeError,
    SyntaxError,  # lxml's XMLSyntaxError
    TypeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
_LOGGERS = ("trafilatura", "htmldate", "courlan", "justext")
# generated titles: file names and placeholders
_NO_TITLE = re.compile(
    r"(?i)(?:microsoft word|untitled|unbenannt|ohne titel|dokument\d*$|document\d*$)|.*\.\w{3,5}$|.*\.indd\b"
)


def trusted(read: Callable[[], _T], broken: str) -> _T:
    """Call `read`. Raises CorpusError with the message `broken` if the library fails on the file."""
    try:
        return read()
    except FAULTS as error:
        raise CorpusError(broken) from error


def written_title(title: str) -> str:
    """A title from the properties of a file; "" if a program made it up."""
    return "" if _NO_TITLE.match(title) else title


def quiet() -> None:
    """Silence the libraries' warnings about a file; the user gets one reason."""
    for name in _LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
