"""The files in a ZIP archive, within bounds.

Nothing that an archive declares about itself is believed: sizes are counted while unpacking. Nothing is
ever written to disk. Knows nothing of articles.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress

from qa.corpus.formats.draft import Member
from qa.errors import CorpusError
from qa.text.characters import CONTROL
from qa.text.composition import composed
from qa.types import Skipped

MAX_MEMBERS = 10_000
MAX_MEMBER = 20_000_000  # bytes of one, unpacked
MAX_UNPACKED = 500_000_000  # bytes of all members together
MAX_RATIO = 200  # unpacked to packed size; news text has 2 to 5, a table of zeros or an attack 1000
RATIO_FROM = 1_000_000  # bytes; what unpacks to less does no harm
MAX_NAME = 250  # characters
MAX_DIRECTORY = 4_000_000  # bytes of the archive's own list of members; Python reads it whole
BLOCK = 1 << 16  # bytes

_END = struct.Struct("<4s4H2LH")  # "end of central directory", APPNOTE.TXT 4.3.16
_END64 = b"PK\x06\x07"
_MAX_COMMENT = 1 << 16
_BROKEN = "The archive is broken; pack it anew."
_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)


def read(data: bytes) -> Iterator[Member | Skipped]:
    """The files in a ZIP archive, by name, or the reason why one cannot be used.

    Folders and hidden files are passed over. Raises CorpusError where the archive as a whole is broken or
    leaves the bounds.
    """
    with _opened(data) as archive:
        unpacked = 0
        seen: set[str] = set()
        for info in sorted(archive.infolist(), key=_name):
            name = _name(info)
            if info.is_dir() or _is_hidden(name):
                continue
            if reason := _refused(info, name, seen):
                yield Skipped(_printable(name), reason)
                continue
            seen.add(name)
            member, reason = _unpacked(archive, info, min(MAX_MEMBER, MAX_UNPACKED - unpacked))
            unpacked += len(member)
            if unpacked > MAX_UNPACKED:
                raise CorpusError(
                    f"The archive unpacks to more than {MAX_UNPACKED // 1_000_000} MB; pack fewer articles."
                )
            yield Skipped(name, reason) if reason else Member(name, member)


def check(data: bytes, *, limit: int) -> None:
    """Unpack a ZIP archive for nothing, so that a library can be trusted with it.

    Raises CorpusError where it is broken, or unpacks to more than `limit` bytes.
    """
    left = limit
    with _opened(data) as archive:
        for info in archive.infolist():
            if info.flag_bits & 1:
                raise CorpusError("The file is encrypted; save it without a password.")
            member, reason = _unpacked(archive, info, left)
            left -= len(member)
            if reason:
                raise CorpusError(reason)


def _opened(data: bytes) -> zipfile.ZipFile:
    """The archive, its directory read; CorpusError where that is broken or too long."""
    # Found as `zipfile` finds it, so that both look at the same place.
    tail = data[-_END.size - _MAX_COMMENT :]
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        raise CorpusError(_BROKEN)
    _, _, _, _, count, size, _, _ = _END.unpack_from(tail, at)
    many = f"The archive holds more than {MAX_MEMBERS} files; pack fewer articles."
    if size > MAX_DIRECTORY or count > MAX_MEMBERS or tail[max(0, at - 20) : at].startswith(_END64):
        raise CorpusError(many)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _FAULTS as error:
        raise CorpusError(_BROKEN) from error
    if len(archive.infolist()) > MAX_MEMBERS:
        archive.close()
        raise CorpusError(many)
    return archive


def _name(info: zipfile.ZipInfo) -> str:
    """The name of a member; old programs write UTF-8 without saying so."""
    name = info.filename
    if not info.flag_bits & 0x800:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return composed(name)


def _is_hidden(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return any(part.startswith(".") and part not in (".", "..") for part in parts) or parts[0] == "__MACOSX"


def _printable(name: str) -> str:
    return CONTROL.sub("\ufffd", name)[:MAX_NAME]


def _refused(info: zipfile.ZipInfo, name: str, seen: set[str]) -> str:
    """Why a member is not even unpacked, or ""."""
    mode = info.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return "This is a link or a device; pack the file itself."
    parts = name.split("/")
    outside = name.startswith("/") or ".." in parts or "\\" in name or re.match(r"[A-Za-z]:", name)
    if outside or "." in parts or "" in parts:
        return "The name leads out of the archive; pack the file by a plain name."
    if len(name) > MAX_NAME or CONTROL.search(name):
        return f"The name is longer than {MAX_NAME} characters or no text; rename the file."
    if name in seen:
        return "The archive holds two files of this name; pack it anew."
    if info.flag_bits & 1:
        return "The file is encrypted; pack it without a password."
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        # the other methods cannot be unpacked in bounded pieces
        return "The file is packed by a rare method; pack it by the usual one (deflate)."
    return ""


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> tuple[bytes, str]:
    """A member as far as it was unpacked, and why it cannot be used, or "".

    Not for being broken, larger than `limit`, or packed more tightly than any article can be.
    """
    data, reason = bytearray(), ""
    try:
        with archive.open(info) as file:
            while not reason and (block := file.read(BLOCK)):
                data += block
                if len(data) > limit:
                    reason = f"The file unpacks to more than {limit / 1e6:.0f} MB; split it."
                elif len(data) > max(RATIO_FROM, MAX_RATIO * info.compress_size):
                    reason = f"The file unpacks to more than {MAX_RATIO} times its size; pack real articles."
    except _FAULTS:
        reason = "The file is broken within the archive; pack it anew."
    return bytes(data), reason
