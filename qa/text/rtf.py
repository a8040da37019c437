"""The text of Rich Text Format, without its formatting.

Follows the Rich Text Format Specification, version 1.9.1 (Microsoft 2008), as far as the text goes. Takes
linear time for any input. Knows nothing of files.
"""

from __future__ import annotations

import codecs
import re

MAX_DEPTH = 1_000  # nested groups that are followed; deeper ones are read as their parent
_TOKEN = re.compile(
    r"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-z'])|([{}])|[\r\n]+|([^\\{}\r\n]+)",
    re.IGNORECASE,
)
_SIGNS = {
    "par": "\n\n",
    "sect": "\n\n",
    "page": "\n\n",
    "line": "\n",
    "row": "\n",
    "tab": "\t",
    "cell": " | ",
    "emdash": "—",
    "endash": "–",
    "bullet": "•",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "emspace": " ",
    "enspace": " ",
}
_ESCAPED = {"~": "\u00a0", "_": "\u2011", "-": "\u00ad", "\n": "\n\n", "\r": "\n\n"}
_UNREAD = frozenset(
    "fonttbl colortbl stylesheet info pict object header headerl headerr headerf footer footerl footerr"
    " footerf"
    " listtable listoverridetable rsidtbl generator xmlnstbl themedata datastore latentstyles fldinst"
    " bkmkstart"
    " bkmkend filetbl revtbl".split()
)


def is_rtf(text: str) -> bool:
    """Whether a text is RTF code."""
    return text.lstrip("\ufeff \r\n\t").startswith("{\\rtf")


def rtf_text(source: str) -> str:
    """The text in RTF code; fonts, styles, pictures, headers and footers are left out."""
    out: list[str] = []
    pending = bytearray()  # bytes in the code page, which may be of two bytes each
    encoding = "cp1252"
    hidden, skip = False, 1  # within an unread group; characters that stand in for a `\\u`
    stack: list[tuple[bool, int]] = []
    to_skip = 0
    for match in _TOKEN.finditer(source):
        word, number, code, escaped, brace, plain = match.groups()
        if code is None and pending:
            out.append(pending.decode(encoding, "replace"))
            pending.clear()
        if brace == "{":
            if len(stack) < MAX_DEPTH:
                stack.append((hidden, skip))
            to_skip = 0
        elif brace == "}":
            hidden, skip = stack.pop() if stack else (False, 1)
            to_skip = 0
        elif escaped == "*" or (word and word.lower() in _UNREAD):
            hidden = True
        elif word and word.lower() == "ansicpg" and number:
            encoding = _code_page(number)
        elif word and word.lower() == "uc" and number:
            skip = min(abs(int(number)), 10)
        elif hidden:
            continue
        elif code is not None:
            if to_skip:
                to_skip -= 1
            else:
                pending.append(int(code, 16))
        elif word and word.lower() == "u" and number:
            point = int(number) % 65536
            out.append("\ufffd" if 0xD800 <= point < 0xE000 else chr(point))
            to_skip = skip
        elif word:
            out.append(_SIGNS.get(word.lower(), ""))
        elif escaped:
            out.append(_ESCAPED.get(escaped, escaped if escaped in "\\{}" else ""))
        elif plain:
            out.append(plain[to_skip:])
            to_skip = max(0, to_skip - len(plain))
    if pending:
        out.append(pending.decode(encoding, "replace"))
    lines = "".join(out).split("\n")
    return "\n".join(line.strip(" |") if "|" in line else line.rstrip() for line in lines).strip("\n") + "\n"


def _code_page(number: str) -> str:
    """The codec of a Windows code page; 1252 where Python has none."""
    try:
        codecs.lookup(f"cp{number}")
    except LookupError:
        return "cp1252"
    return f"cp{number}"
