"""Names under which files may be put into the corpus folder.

They come from strangers, and the folder may move to another system: a name must be plain on all of them.
"""

from __future__ import annotations

import re
import unicodedata

from qa.errors import CorpusError
from qa.text.characters import has_invisible

MAX_NAME = 200  # bytes of a file name; most file systems allow 255, and a suffix is added while writing

_FORBIDDEN = re.compile('[/\\\\:*?"<>|]')  # here or on Windows
# https://learn.microsoft.com/windows/win32/fileio/naming-a-file; with any ending, and spaces before it
_DEVICE = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\..*)?", re.IGNORECASE)
_LOST = "\ufffd"  # what decoders put in place of bytes that they cannot read


def check_name(name: str) -> None:
    """Raise CorpusError, its message the reason, where no file may be put into the corpus under this name."""
    if any(character == _LOST or "\ud800" <= character <= "\udfff" for character in name):
        raise CorpusError("The name is not valid UTF-8; rename the file or its folder.")
    if name.startswith(".") or name.endswith(".") or name != name.strip() or _FORBIDDEN.search(name):
        raise CorpusError("The name is no plain file name; rename the file.")
    if has_invisible(name):
        raise CorpusError("The name holds invisible characters; rename the file.")
    if _DEVICE.fullmatch(name):
        raise CorpusError("The name is reserved on Windows; rename the file.")
    if len(name.encode()) > MAX_NAME:
        raise CorpusError("The name is too long; rename the file.")


def lookalike_key(name: str) -> str:
    """The same for names that look alike or that some file system takes for one."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
