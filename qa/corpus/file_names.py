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
_LOST = "\ufffd"  # the replacement character of decoders


def check_name(name: str) -> None:
    """Raise CorpusError, its message the reason, where no file may be put into the corpus under this name."""
    if any(character == _LOST or "\ud800" <= character <= "\udfff" for character in name):
        raise CorpusError("The name is not valid UTF-8. Rename the file or its folder.")
    if name.startswith(".") or name.endswith(".") or name != name.strip() or _FORBIDDEN.search(name):
        raise CorpusError("The file name is not allowed. Rename the file.")
    if has_invisible(name):
        raise CorpusError("The file name contains invisible characters. Rename the file.")
    if is_device(name):
        raise CorpusError("The file name is reserved on Windows. Rename the file.")
    if len(name.encode()) > MAX_NAME:
        raise CorpusError("The file name is too long. Rename the file.")


def is_device(name: str) -> bool:
    """Whether Windows takes a file of this name for a device, whatever its ending."""
    return bool(_DEVICE.fullmatch(name))


def lookalike_key(name: str) -> str:
    """The same key for names that look alike or that a file system treats as equal."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
