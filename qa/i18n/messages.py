"""Error messages and skip reasons in the reader's language.

They are raised in English and translated here for the page by matching their wording; variable parts become
placeholders. Untranslated messages stay as they are.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

ENGLISH = "en"  # in which messages are raised
MAX_MESSAGE = 2_000  # characters; our own messages are shorter
_COMMAND = re.compile(r" \(`qa [^`]*`\)|, or run `qa [^`]*`")
_RUN = re.compile(r"\bRun `qa [^`]*`(?: or `qa [^`]*`)?(?: [^.]*)?\.")
_UPDATE = "Update the index."
_PLACE_OF = re.compile(r"\{(\d)\}")  # {0} and so on
_PLACE = re.compile(r"\\\{(\d)\\\}")  # the same, escaped


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Each English message as a pattern, with the German one; longest and thus most specific first."""
    pairs: dict[str, str] = json.loads(Path(__file__).with_name("messages.json").read_text(encoding="utf-8"))
    rows = {
        english.replace("The file", "The row", 1): german.replace("Die Datei", "Die Zeile", 1)
        for english, german in pairs.items()
        if english.startswith("The file")
    }
    ordered = sorted({**rows, **pairs}.items(), key=lambda pair: -len(pair[0]))
    return tuple((_pattern(english), german) for english, german in ordered)


def _pattern(english: str) -> re.Pattern[str]:
    return re.compile(_PLACE.sub(r"(?P<p\1>.*?)", re.escape(english)), re.DOTALL)


def said(message: str, language: str) -> str:
    """Translate a message; parts of it that are messages themselves are translated too."""
    if language == ENGLISH or len(message) > MAX_MESSAGE:
        return message
    for pattern, german in _patterns():
        if match := pattern.fullmatch(message):
            return _filled(german, {name: said(part, language) for name, part in match.groupdict().items()})
    return message


def said_on_page(message: str, language: str) -> str:
    """Translate a message for readers of the page, who have no terminal: without commands to type there."""
    return _COMMAND.sub("", _RUN.sub(_UPDATE, said(message, language)))


def _filled(wording: str, parts: dict[str, str]) -> str:
    return _PLACE_OF.sub(lambda place: parts[f"p{place[1]}"], wording)
