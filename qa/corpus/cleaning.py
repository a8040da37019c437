"""What a format read → the text that readers see: mojibake repaired, markup and hyphenation removed.

This happens before the text of an article is fixed, so that every quote is an exact part of it. Knows nothing
of folders or formats.
"""

from __future__ import annotations

import re

from qa.corpus.formats.draft import Draft
from qa.text.markup import without_code, without_markdown
from qa.text.running_heads import without_running_heads
from qa.text.text_tables import with_table_lines
from qa.text.unwrapping import unwrapped

OTHER_CODES = ("mac_roman", "cp850")  # of Macs and of DOS; ftfy tells those of Windows
CERTAIN = 3  # garbled passages from which a text is repaired even if other letters in it are right

_GARBLED = re.compile(
    "[ÂÃÄÅÐÑØÎÏâã][\u0080-\u00bf\u0152-\u0178\u02c6\u02dc\u2013-\u203a\u20ac\u2122 ]|ï¿½|[√├┬]\\S"
)
_LETTER = re.compile("[äöüßÄÖÜéèêàçñ]")
_WORD = re.compile(r"\S{1,40}")


def cleaned(draft: Draft) -> Draft:
    """The draft with the text and fields that readers see, and notes on what was repaired."""
    text, note = _repaired(draft.text)
    fields = {name: _repaired(value)[0] for name, value in draft.fields.items()}
    if draft.as_typed:
        text = without_markdown(unwrapped(with_table_lines(without_running_heads(without_code(text)))))
        fields = {name: without_code(value) for name, value in fields.items()}
    text = text.replace("\u00ad", "")  # a place where the word may be broken
    return draft._replace(text=text, fields=fields, notes=(*draft.notes, note) if note else draft.notes)


def _repaired(text: str) -> tuple[str, str]:
    """The text with UTF-8 that was read as another encoding put right, if that is certain, and a note."""
    if not _GARBLED.search(text):
        return text, ""
    lines = text.split("\n")
    repaired = [_decoded_again(line) if _GARBLED.search(line) else line for line in lines]
    changed = [(old, new) for old, new in zip(lines, repaired, strict=True) if old != new]
    garbled = sum(len(_GARBLED.findall(old)) for old, _ in changed)
    right = len(_LETTER.findall(_GARBLED.sub("", text)))
    if not changed or (garbled < CERTAIN and right):
        return text, ""
    before, after = _example(*changed[0])
    return "\n".join(repaired), (
        f"Letters garbled by a wrong encoding were repaired ({before} became {after}). Check them against "
        "the original."
    )


def _decoded_again(line: str) -> str:
    """The line as its bytes read in UTF-8; unchanged where they are none."""
    import ftfy

    fixed: str = ftfy.fix_encoding(line)
    for encoding in OTHER_CODES:
        try:
            return line.encode(encoding).decode("utf-8") if fixed == line else fixed
        except UnicodeError:
            continue
    return fixed


def _example(old: str, new: str) -> tuple[str, str]:
    """A word before and after."""
    for word in _WORD.findall(old):
        if (fixed := _decoded_again(word)) != word:
            return word, fixed
    return old[:40], new[:40]
