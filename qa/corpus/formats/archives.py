"""Read the files in a ZIP archive within limits.

Nothing an archive declares about itself is trusted: sizes are counted while unpacking. Nothing is written to
disk. Knows nothing of articles.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator
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
RATIO_FROM = 1_000_000  # bytes; smaller results are harmless
MAX_NAME = 250  # characters
MAX_DIRECTORY = 4_000_000  # bytes of the central directory, which Python reads into memory
BLOCK = 1 << 16  # bytes
OLE = b"\xd0\xcf\x11\xe0"  # begins an old Office file, or a new one with a password, instead of an archive

_END = struct.Struct("<4s4H2LH")  # "end of central directory", APPNOTE.TXT 4.3.16
_END64 = b"PK\x06\x07"
_MAX_COMMENT = 1 << 16
_BROKEN = "The archive is damaged. Create it again."
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
    """Yield the files of a ZIP archive by name, or the reason why one cannot be used.

    Folders and hidden files are ignored. Raises CorpusError where the archive as a whole is broken or
    exceeds the limits.
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
                    f"The archive unpacks to more than {MAX_UNPACKED // 1_000_000} MB. Put fewer "
                    "articles into it."
                )
            yield Skipped(name, reason) if reason else Member(name, member)


def check(data: bytes, limit: int, *, broken: str) -> None:
    """Unpack a ZIP archive and discard the result, so that a library can safely be given it.

    Raises CorpusError as `members` does.
    """
    for _ in _within(data, limit, broken, lambda _: True):
        pass


def members(data: bytes, names: Collection[str], limit: int, *, broken: str) -> dict[str, bytes]:
    """Those files of a ZIP archive with one of the names, for formats that are archives inside.

    Raises CorpusError with the message `broken` if it is damaged, and if they unpack to more than `limit`
    bytes or are encrypted.
    """
    found: dict[str, bytes] = {}
    for name, member in _within(data, limit, broken, lambda name: name in names and name not in found):
        found[name] = member
    return found


def _within(
    data: bytes, limit: int, broken: str, is_read: Callable[[str], bool]
) -> Iterator[tuple[str, bytes]]:
    """The files of an archive that are read by their names, with these."""
    left = limit
    try:
        with _opened(data) as archive:
            for info in archive.infolist():
                name = _name(info)
                if not is_read(name):
                    continue
                if info.flag_bits & 1:
                    raise CorpusError("The file is encrypted. Save it without a password.")
                member, reason = _unpacked(archive, info, left)
                left -= len(member)
                if reason:
                    raise CorpusError(reason)
                yield name, member
    except CorpusError as error:
        raise CorpusError(broken if "damaged" in str(error) else str(error)) from error


def _opened(data: bytes) -> zipfile.ZipFile:
    """Open the archive and read its directory. Raises CorpusError if that is damaged or too long."""
    # Located in the same way as `zipfile` does, so that both read the same bytes.
    tail = data[-_END.size - _MAX_COMMENT :]
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        raise CorpusError(_BROKEN)
    _, _, _, _, count, size, _, _ = _END.unpack_from(tail, at)
    many = f"The archive contains more than {MAX_MEMBERS} files. Put fewer articles into it."
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
    """The name of a member; old programs write UTF-8 without the flag."""
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
    """Why a member is not unpacked, or ""."""
    mode = info.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return "This is a link or a device file. Put the file itself into the archive."
    parts = name.split("/")
    outside = name.startswith("/") or ".." in parts or "\\" in name or re.match(r"[A-Za-z]:", name)
    if outside or "." in parts or "" in parts:
        return "The file's path points outside the archive. Create the archive with plain file names."
    if len(name) > MAX_NAME or CONTROL.search(name):
        return f"The file name is longer than {MAX_NAME} characters or not valid text. Rename the file."
    if name in seen:
        return "The archive contains two files with this name. Rename one and create the archive again."
    if info.flag_bits & 1:
        return "The file is encrypted. Create the archive without a password."
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        # other methods cannot be unpacked in chunks of limited size
        return (
            "The archive uses an unsupported compression method. Create it with the standard one (deflate)."
        )
    return ""


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> tuple[bytes, str]:
    """Unpack a member; returns its bytes and why it cannot be used, or "".

    Rejected if it is damaged, larger than `limit`, or compressed more than any article can be.
    """
    data, reason = bytearray(), ""
    try:
        with archive.open(info) as file:
            while not reason and (block := file.read(BLOCK)):
                data += block
                if len(data) > limit:
                    reason = f"The file unpacks to more than {limit / 1e6:.0f} MB. Split it."
                elif len(data) > max(RATIO_FROM, MAX_RATIO * info.compress_size):
                    reason = (
                        f"The file unpacks to more than {MAX_RATIO} times its size, which suggests a "
                        "ZIP bomb. Add the articles uncompressed."
                    )
    except _FAULTS:
        reason = "The file inside the archive is damaged. Create the archive again."
    return bytes(data), reason
