"""Call foreign libraries on foreign files: quietly, and with every fault as a reason for the user.

They are imported where they are used, because a folder of plain text needs none of them.
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
# foreign data everywhere. (Found by flipping bytes.)
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
_LOGGERS = ("pypdf", "trafilatura", "htmldate", "courlan", "justext")
# titles that a program wrote: the name of a file, or of nothing yet
NO_TITLE = re.compile(
    r"(?i)(?:microsoft word|untitled|unbenannt|ohne titel|dokument\d*$|document\d*$)|.*\.\w{3,5}$|.*\.indd\b"
)


def trusted(read: Callable[[], _T], broken: str) -> _T:
    """What `read` gives; CorpusError with `broken` where a library trips over the file."""
    try:
        return read()
    except FAULTS as error:
        raise CorpusError(broken) from error


def quiet() -> None:
    """The libraries' remarks about foreign files are for their authors; the user gets one reason."""
    for name in _LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
