"""Kinds of characters: controls, invisible ones, marks that end a sentence.

Which of them are removed or refused depends on the place, so there are several sets; each has one
definition here. Knows nothing of files or pages.
"""

from __future__ import annotations

import re
import unicodedata

# Control characters of Unicode (category Cc). No name of a file holds one.
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
# The same without white space (tab, line breaks, form feed, NEL): many of them make a file binary.
BINARY = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
# What a page does not show: controls but tab and line feed, and what reorders the text around it. No
# article needs them to be read, and they could make one line of the page pose as another.
UNSHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")

# What stands within a word without being seen: soft hyphen, zero-width space, joiners, byte order mark.
IN_WORDS = "\u00ad\u200b-\u200d\u2060\ufeff"  # within a character class
UNSEEN = re.compile(f"[{IN_WORDS}]")
# Default-ignorable letters and marks: fillers, joiners, variation selectors, tags.
_IGNORABLE = "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff"
# All that takes no room in a line; the last ones are marks of direction, invisible operators, annotations.
ZERO_WIDTH = re.compile(f"[{IN_WORDS}{_IGNORABLE}\u200e\u200f\u2061-\u206f\ufff9-\ufffb]")

_INVISIBLE = {"Cc", "Cf", "Zl", "Zp"}  # Unicode categories: controls, format characters, separators

# Spaces between the digits of a number, and between it and its unit; a character class.
NUMBER_SPACE = "[ \u00a0\u2009\u202f]"
QUOTES = '"“”„»«‹›'
# Before an item of a list; the first may not be moved within a class, the last is the bullet of Word.
LIST_MARKS = "-*+•‣·–◦▪■⁃●►→✓➜\uf0b7"
STOPS = ".!?"  # end a sentence in Latin script
WIDE_STOPS = "。！？"  # the same in Chinese and Japanese, without a space behind them
SENTENCE_ENDS = f"{STOPS}…:{WIDE_STOPS}।؟"  # a colon ends a line that announces others


def has_invisible(name: str) -> bool:
    """Whether a name holds a character that nobody sees, so that two names could look alike."""
    return bool(
        ZERO_WIDTH.search(name) or _INVISIBLE & {unicodedata.category(character) for character in name}
    )
