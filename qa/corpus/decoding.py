"""Bytes → text, and fields of untrusted files → clean values.

Encodings, line ends, control characters. Knows nothing of folders or formats.
"""

from __future__ import annotations

import codecs
import re

from qa.errors import CorpusError
from qa.text.characters import BINARY
from qa.text.composition import composed

MAX_FIELD = 300  # characters of a title, source or URL
MAX_CONTROLS = 0.01  # maximum share of control characters in text
MAX_DAMAGE = 0.001  # maximum share of invalid bytes in a file that is otherwise UTF-8
MAX_GUESSED = 200_000  # bytes from which the encoding is guessed
# Single-byte and Asian encodings found in news texts, German ones first.
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
# The web encodings among Python's codecs; some codecs are not text encodings and some are slow ("punycode").
_CHARSET = re.compile(
    r"cp\d+|iso8859-\d+|koi8-\w|gb\w+|big5\w*|shift_jis\w*|euc_\w+|mac-\w+|utf-16\w*|tis-620"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
# letters of UTF-8 that were read as Latin 1; `cleaning` repairs them
_READ_AS_LATIN_1 = re.compile("[\u00c2-\u00f4][\u0080-\u00bf]{1,3}")
_LANGUAGES = {"deutsch": "de", "german": "de", "englisch": "en", "english": "en"}


def decoded(data: bytes, declared: str = "") -> str:
    """Decode text: by byte order mark, as UTF-8, as `declared`, or by detection. Raises CorpusError if it is
    empty or not text.
    """
    if not data.strip():
        raise CorpusError("The file is empty. Add the article's text or remove it.")
    try:
        if encoding := next((name for bom, name in _BOMS.items() if data.startswith(bom)), ""):
            text = data.decode(encoding)
        else:
            text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = _as_declared(data, declared) or _detected(data)
    if not text or not is_text(text):
        raise CorpusError("The file is not plain text. Save the article as UTF-8 text.")
    return text


def is_text(text: str) -> bool:
    """Whether a string is text and not binary data."""
    controls = len(BINARY.findall(text))
    if controls > MAX_CONTROLS * len(text):
        controls = len(BINARY.findall(_READ_AS_LATIN_1.sub("", text)))
    return "\0" not in text and controls <= MAX_CONTROLS * len(text)


def settled(text: str) -> str:
    """Normalise text as stored in articles: NFC, LF line ends, no lone surrogates."""
    whole = _SURROGATE.sub("\ufffd", re.sub(r"\r\n?", "\n", text))
    return composed(whole)


def field(value: str) -> str:
    """A title, source or URL as one line of at most `MAX_FIELD` characters without control characters."""
    return settled(" ".join(BINARY.sub("", value).split())[:MAX_FIELD])


def language(name: str) -> str:
    """ISO 639-1 code of a language as people write it ("de", "de-DE", "Deutsch"), or ""."""
    code = re.split(r"[-_]", name.strip().casefold())[0]
    code = _LANGUAGES.get(code, code)
    return code if re.fullmatch("[a-z]{2}", code) else ""


def _as_declared(data: bytes, declared: str) -> str:
    """Decode with the encoding that the file declares, or "" if it does not fit."""
    try:
        name = codecs.lookup(declared).name
        if not _CHARSET.fullmatch(name):
            return ""
        # browsers read pages declared as Latin 1 as Windows-1252
        return data.decode("cp1252" if name == "iso8859-1" else name)
    except (LookupError, ValueError):
        return ""


def _detected(data: bytes) -> str:
    """Decode text that is not UTF-8, or "" if no encoding fits."""
    if b"\0" in data:
        return ""
    repaired = data.decode("utf-8-sig", "replace")
    valid = sum(c > "\x7f" and c != "\ufffd" for c in repaired)
    # keep a few invalid bytes in UTF-8 visible; another encoding would garble every umlaut
    if valid and repaired.count("\ufffd") <= min(valid, max(1.0, MAX_DAMAGE * len(data))):
        return repaired
    from charset_normalizer import from_bytes

    best = from_bytes(data[:MAX_GUESSED], cp_isolation=ENCODINGS).best()
    if best is None:
        return ""
    return str(best) if len(data) <= MAX_GUESSED else data.decode(best.encoding, "replace")
