"""Bytes → text, and fields of foreign files → clean values.

Encodings, line ends, control characters. Knows nothing of folders or formats.
"""

from __future__ import annotations

import codecs
import re

from qa.errors import CorpusError
from qa.text.characters import BINARY
from qa.text.composition import composed

MAX_FIELD = 300  # characters of a title, source or address
MAX_CONTROLS = 0.01  # share of control characters beyond which a file is no text
MAX_DAMAGE = 0.001  # share of bytes that may be wrong in a file that is UTF-8 otherwise
MAX_GUESSED = 200_000  # bytes of a file that its encoding is guessed from
# Single-byte and Asian encodings that news texts are met in, the German ones first.
ENCODINGS = [
    "cp1252",
    "iso8859_15",
    "cp1250",
    "cp1251",
    "cp1253",
    "cp1254",
    "cp1256",
    "koi8_r",
    "gb18030",
    "big5",
]

_BOMS = {
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
# The encodings of pages among Python's codecs, of which some are no encodings and some are slow ("punycode").
_CHARSET = re.compile(
    r"cp\d+|iso8859-\d+|koi8-\w|gb\w+|big5\w*|shift_jis\w*|euc_\w+|mac-\w+|utf-16\w*|tis-620"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_LANGUAGES = {"deutsch": "de", "german": "de", "englisch": "en", "english": "en"}


def decoded(data: bytes, declared: str = "") -> str:
    """The text of a file: by its byte order mark, as UTF-8, as `declared`, or in the encoding that fits best.

    Raises CorpusError where it is empty or no text in any of them.
    """
    if not data.strip():
        raise CorpusError("The file is empty; write the article into it or remove it.")
    try:
        if encoding := next((name for bom, name in _BOMS.items() if data.startswith(bom)), ""):
            text = data.decode(encoding)
        else:
            text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = _as_declared(data, declared) or _detected(data)
    if not text or not is_text(text):
        raise CorpusError("The file is not text; save the article as UTF-8 text.")
    return text


def is_text(text: str) -> bool:
    """Whether a string is text and not binary data."""
    return "\0" not in text and len(BINARY.findall(text)) <= MAX_CONTROLS * len(text)


def settled(text: str) -> str:
    """Text in the form in which articles keep it: NFC, line ends as LF, nothing that UTF-8 cannot hold."""
    whole = _SURROGATE.sub("\ufffd", re.sub(r"\r\n?", "\n", text))
    return composed(whole)


def field(value: str) -> str:
    """A title, source or address in one line of at most `MAX_FIELD` characters without control characters."""
    return settled(" ".join(BINARY.sub("", value).split())[:MAX_FIELD])


def language(name: str) -> str:
    """ISO 639-1 code of a language as people write it ("de", "de-DE", "Deutsch"), or ""."""
    code = re.split(r"[-_]", name.strip().casefold())[0]
    code = _LANGUAGES.get(code, code)
    return code if re.fullmatch("[a-z]{2}", code) else ""


def _as_declared(data: bytes, declared: str) -> str:
    """The text in the encoding that the file itself names, or "" if it is not in that."""
    try:
        name = codecs.lookup(declared).name
        if not _CHARSET.fullmatch(name):
            return ""
        # pages that say Latin 1 are read as Windows-1252 by every browser
        return data.decode("cp1252" if name == "iso8859-1" else name)
    except (LookupError, ValueError):
        return ""


def _detected(data: bytes) -> str:
    """Text that is not UTF-8, or "" if it is none in any encoding."""
    if b"\0" in data:
        return ""
    repaired = data.decode("utf-8-sig", "replace")
    valid = sum(c > "\x7f" and c != "\ufffd" for c in repaired)
    # a few bad bytes in UTF-8 stay visible as such; another encoding would garble every umlaut
    if valid and repaired.count("\ufffd") <= min(valid, max(1.0, MAX_DAMAGE * len(data))):
        return repaired
    from charset_normalizer import from_bytes

    best = from_bytes(data[:MAX_GUESSED], cp_isolation=ENCODINGS).best()
    if best is None:
        return ""
    return str(best) if len(data) <= MAX_GUESSED else data.decode(best.encoding, "replace")
