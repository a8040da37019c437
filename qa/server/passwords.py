"""Who is let in: a file of names and hashed passwords, and the check of HTTP Basic against it.

A line is `name:scrypt$n$r$p$salt$key`, salt and key in base64; `#` begins a comment. Failed attempts are
counted per client address, for IPv6 per /64 network. A verified password is remembered as a keyed digest for
the lifetime of the process, because a page makes dozens of requests and each would cost one scrypt.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
import threading
import time
import unicodedata
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from qa.errors import QAError
from qa.server.proxies import client_key

Verdict = Literal["right", "wrong", "limited"]

# scrypt with 16 MB, recommended by its author for interactive logins (Percival 2009, "Stronger Key
# Derivation").
N, R, P = 2**14, 8, 1
MAX_N, MAX_MEMORY = 2**17, 256 * 2**20  # of a line in the file; bytes
KEY = 32  # bytes
MIN_LENGTH, MAX_LENGTH = 8, 1_000  # characters of a password
TRIES = 10  # failed attempts per address within
WINDOW = 60.0  # seconds
MAX_ADDRESSES = 10_000  # addresses whose attempts are remembered
MAX_ACCEPTED = 1_000  # verified passwords that are remembered

_NAME = re.compile(r"[^\s:#\x00-\x1f\x7f][^:\x00-\x1f\x7f]{0,99}")


@dataclass(frozen=True, slots=True)
class Hash:
    """A hashed password."""

    n: int
    r: int
    p: int
    salt: bytes
    key: bytes

    def fits(self, password: str) -> bool:
        """Whether this is the hash of `password`, in constant time."""
        return hmac.compare_digest(_scrypt(password, self.salt, self.n, self.r, self.p), self.key)


def line(name: str, password: str) -> str:
    """The file's line for a name and a password. Raises QAError if one of them is not allowed."""
    if not _NAME.fullmatch(name):
        raise QAError("The name is not allowed. Use 1 to 100 characters without a colon.")
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise QAError(f"The password is too short or too long. Use {MIN_LENGTH} to {MAX_LENGTH} characters.")
    salt = secrets.token_bytes(16)
    parts = (salt, _scrypt(password, salt, N, R, P))
    return f"{name}:scrypt${N}${R}${P}${'$'.join(base64.b64encode(part).decode() for part in parts)}"


def read(path: str | Path) -> dict[str, Hash]:
    """Read the names and hashes of a file.

    Raises QAError if it cannot be read, contains no name or has a malformed line; the message does not quote
    it.
    """
    try:
        lines = Path(path).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise QAError(f"{path} cannot be read. Create it with `qa password NAME >> FILE`.") from error
    hashes = {}
    for number, row in enumerate(lines, start=1):
        if not row.strip() or row.startswith("#"):
            continue
        name, _, rest = row.strip().partition(":")
        hashed = _hash(rest)
        if hashed is None or not _NAME.fullmatch(name) or name in hashes:
            raise QAError(f"Line {number} of {path} is malformed. Create it with `qa password NAME`.")
        hashes[name] = hashed
    if not hashes:
        raise QAError(f"{path} contains no users. Add one with `qa password NAME >> FILE`.")
    return hashes


def _hash(text: str) -> Hash | None:
    """Parse the hash in a line; None if it is malformed or too expensive to check."""
    match = re.fullmatch(r"scrypt\$([0-9]{1,7})\$([0-9]{1,2})\$([0-9]{1,2})\$([^$]+)\$([^$]+)", text)
    if not match:
        return None
    n, r, p = (int(number) for number in match.groups()[:3])
    try:
        salt, key = (base64.b64decode(part, validate=True) for part in match.groups()[3:])
    except (binascii.Error, ValueError):
        return None
    sound = 2 <= n <= MAX_N and n & (n - 1) == 0 and 1 <= r <= 16 and 1 <= p <= 16
    return Hash(n, r, p, salt, key) if sound and len(key) == KEY and len(salt) >= 8 else None


def _scrypt(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    typed = unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
    return hashlib.scrypt(typed, salt=salt, n=n, r=r, p=p, dklen=KEY, maxmem=MAX_MEMORY)


class Passwords:
    """Check the `Authorization` header of requests; thread-safe."""

    def __init__(self, hashes: dict[str, Hash], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._hashes = hashes
        self._clock = clock
        self._nobody = Hash(N, R, P, secrets.token_bytes(16), secrets.token_bytes(KEY))
        self._secret = secrets.token_bytes(32)
        self._accepted: OrderedDict[bytes, None] = OrderedDict()
        self._wrong: OrderedDict[str, list[float]] = OrderedDict()  # address -> times, latest last
        self._checking = threading.Lock()  # one scrypt at a time, to limit memory

    def knows(self, header: str) -> bool:
        """Whether name and password of this header were found right before; cheap."""
        credentials = _credentials(header)
        return credentials is not None and self._digest(*credentials) in self._accepted

    def check(self, address: str, header: str) -> Verdict:
        """Check a header; "limited" if the address has tried too often. Takes at most one scrypt.

        A header that holds no name and password is wrong, but no try: nothing can be guessed with it.
        A right password takes no wrong try back, or whoever has one could guess those of others.
        """
        credentials = _credentials(header)
        if credentials is None:
            return "wrong"
        address = client_key(address)
        with self._checking:
            if self.knows(header):
                return "right"
            if self._must_wait(address):
                return "limited"
            if not self._right(*credentials):
                self._count(address)
                return "wrong"
            self._accepted[self._digest(*credentials)] = None
            while len(self._accepted) > MAX_ACCEPTED:
                self._accepted.popitem(last=False)
            return "right"

    def _right(self, name: str, password: str) -> bool:
        # An unknown name takes as long as a known one.
        return self._hashes.get(name, self._nobody).fits(password) and name in self._hashes

    def _digest(self, name: str, password: str) -> bytes:
        # Of what the header means: it can be written in many ways, and each would take a place and an scrypt.
        return hmac.digest(self._secret, f"{name}:{password}".encode(), "sha256")

    def _must_wait(self, address: str) -> bool:
        """Whether an address must wait.

        No address is forgotten early: if too many are remembered, a new one has to wait. Otherwise someone
        with many addresses could free one by trying from the others.
        """
        since = self._clock() - WINDOW
        while self._wrong and next(iter(self._wrong.values()))[-1] <= since:
            self._wrong.popitem(last=False)
        tries = self._wrong.get(address)
        if tries is None:
            return len(self._wrong) >= MAX_ADDRESSES
        return sum(tried > since for tried in tries) >= TRIES

    def _count(self, address: str) -> None:
        self._wrong[address] = [*self._wrong.get(address, ()), self._clock()][-TRIES:]
        self._wrong.move_to_end(address)


def _credentials(header: str) -> tuple[str, str] | None:
    """Name and password of a header, if it has them."""
    scheme, _, value = header.partition(" ")
    try:
        name, colon, password = base64.b64decode(value.strip(), validate=True).decode("utf-8").partition(":")
    except (binascii.Error, ValueError):
        return None
    return (name, password) if scheme.lower() == "basic" and colon and len(password) <= MAX_LENGTH else None
