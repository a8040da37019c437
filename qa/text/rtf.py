"""The text of Rich Text Format, without its formatting.

Follows the Rich Text Format Specification, version 1.9.1 (Microsoft 2008), as far as the text goes. Takes
linear time for any input. Knows nothing of files.
"""

from __future__ import annotations

import codecs
import re

from qa.text.characters import LIST_MARKS

MAX_HEAD = 2_000_000  # characters in front of the text, with the tables of fonts and styles
MAX_DEPTH = 1_000  # nested groups that are followed; deeper ones are read as their parent
_TOKEN = re.compile(
    r"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-z'])|([{}])|[\r\n]+|([^\\{}\r\n]+)",
    re.IGNORECASE,
)
_TITLE = re.compile(r"\{\\info\b[^{}]{0,200}\{\\title\b((?:[^{}\\]|\\[^{}]){0,2000})\}")
_ITEM = re.compile(
    rf"^[ \t]*([{LIST_MARKS}]|\d{{1,3}}[.)])\t", re.MULTILINE
)  # a tab behind the mark of an item
_NOT_SHOWN = frozenset({"v", "deleted", "plain"})
_SIGNS = {
    "par": "\n\n",
    "sect": "\n\n",
    "page": "\n\n",
    "line": "\n",
    "row": "\n",
    "tab": "\t",
    "nestrow": "\n",
    "cell": " | ",
    "nestcell": " | ",
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
_SYMBOLS = {0xF0B7: "•", 0xF0A7: "▪", 0xF06F: "◦", 0xF0D8: "•", 0xF0FC: "✓"}  # marks of items in symbol fonts
_ESCAPED = {"~": "\u00a0", "_": "\u2011", "-": "\u00ad", "\n": "\n\n", "\r": "\n\n"}
_UNREAD = frozenset(
    "fonttbl colortbl stylesheet info pict object header headerl headerr headerf footer footerl footerr"
    " footerf listtable listoverridetable rsidtbl generator xmlnstbl themedata datastore latentstyles"
    " fldinst bkmkstart bkmkend filetbl revtbl nonesttables".split()
)


def is_rtf(text: str) -> bool:
    """Whether a text is RTF code."""
    return text.lstrip("\ufeff \r\n\t").startswith("{\\rtf")


def rtf_text(source: str) -> str:
    """The text in RTF code, then its footnotes.

    Fonts, styles, pictures, headers and footers are left out, and what was deleted or is hidden.
    """
    out: list[str] = []
    notes: list[list[str]] = []
    written = out  # where the text goes
    pending = bytearray()  # bytes in the code page, which may be of two bytes each
    encoding = "cp1252"
    unread, unshown, skip = False, False, 1  # in a group that is no text; hidden; stand-ins of a `\\u`
    stack: list[tuple[bool, bool, int, list[str]]] = []
    to_skip = at = 0
    while match := _TOKEN.search(source, at):
        at = match.end()
        word, number, code, escaped, brace, plain = match.groups()
        word = word.lower() if word else ""
        if code is None and pending:
            written.append(pending.decode(encoding, "replace"))
            pending.clear()
        if brace == "{":
            if len(stack) < MAX_DEPTH:
                stack.append((unread, unshown, skip, written))
            to_skip = 0
        elif brace == "}":
            unread, unshown, skip, written = stack.pop() if stack else (False, False, 1, out)
            to_skip = 0
        elif word == "bin" and number:  # so many bytes of a picture
            at += max(0, int(number))
        elif escaped == "*" or word in _UNREAD:
            unread = True
        elif word == "footnote" and not unread:
            written = []
            notes.append(written)
        elif word == "ansicpg" and number:
            encoding = _code_page(number)
        elif word == "uc" and number:
            skip = min(abs(int(number)), 10)
        elif word in _NOT_SHOWN:
            unshown = number != "0" and word != "plain"
        elif unread or unshown:
            continue
        elif code is not None:
            if to_skip:
                to_skip -= 1
            else:
                pending.append(int(code, 16))
        elif word == "u" and number:
            point = int(number) % 65536
            written.append("\ufffd" if 0xD800 <= point < 0xE000 else _SYMBOLS.get(point) or chr(point))
            to_skip = skip
        elif word:
            written.append(_SIGNS.get(word, ""))
        elif escaped:
            written.append(_ESCAPED.get(escaped, escaped if escaped in "\\{}" else ""))
        elif plain:
            written.append(plain[to_skip:])
            to_skip = max(0, to_skip - len(plain))
    if pending:
        written.append(pending.decode(encoding, "replace"))
    for note in notes:
        out += ["\n\n", "".join(note).strip()]
    lines = _ITEM.sub(r"\1 ", "".join(out)).split("\n")
    return "\n".join(line.strip(" |") if "|" in line else line.rstrip() for line in lines).strip("\n") + "\n"


def rtf_title(source: str) -> str:
    """The title in the properties of a document in RTF, "" if it has none."""
    title = _TITLE.search(source[:MAX_HEAD])
    return rtf_text(title[1]).strip() if title else ""


def _code_page(number: str) -> str:
    """The codec of a Windows code page; 1252 where Python has none."""
    try:
        codecs.lookup(f"cp{number}")
    except LookupError:
        return "cp1252"
    return f"cp{number}"
