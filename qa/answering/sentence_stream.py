"""Whole sentences, with the labels behind them, out of a stream of pieces.

The text is read character by character, so it does not matter where it was cut. Labels are lifted out before
sentences are told apart, since "So war es. [1] Dann …" names the sentence before. What a model thinks
between <think> and </think> is left out, and everything behind a <think> that is never closed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from qa.text import sentences
from qa.text.characters import LIST_MARKS, QUOTES, STOPS
from qa.text.tokens import words
from qa.types import Span

MAX_TEXT = 8_000  # characters of an answer that are read
MIN_WORDS = 3  # of a sentence that is shown
LABEL = re.compile(r"\[(\s*\^?\d{1,3}(?:\s*[,;–-]\s*\^?\d{1,3})*\s*)\]")
_LABEL_START = re.compile(r"\[[\s\d^,;–-]{0,20}")
_THINK = ("<think>", "<thinking>")
_THOUGHT = ("</think>", "</thinking>")
_MARKUP = re.compile(r"\*\*|__|`")
_LIST = re.compile(rf"^\s*(?:[{LIST_MARKS}]|#{{1,6}}|\d{{1,2}}[.)])\s+")
_ENDED = re.compile(rf"[{STOPS}…][{QUOTES}’')\]*_]*$")


class Heard(NamedTuple):
    """A sentence, and the numbers of the passages that the model names for it."""

    text: str
    hints: tuple[int, ...]


class SentenceStream:
    """Takes pieces of text, gives whole sentences."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._held = ""  # what may become a label or a tag
        self._thinking = False
        self._line = ""  # the text of the current line since the last sentence
        self._hints: list[tuple[int, int]] = []  # where in the line, and the number
        self._read = 0

    def feed(self, piece: str) -> Iterator[Heard]:
        """The sentences that are whole with this piece."""
        for character in piece:
            self._read += 1
            if self._read <= MAX_TEXT:
                yield from self._take(character)

    def end(self) -> Iterator[Heard]:
        """The last sentences; one without a full stop is unfinished and left out."""
        if not self._thinking:
            found = list(self._sentences())
            if found and not _ENDED.search(found[-1].text.rstrip()):
                found.pop()
            yield from _long_enough(found)

    def _take(self, character: str) -> Iterator[Heard]:
        self._held += character
        tags = _THOUGHT if self._thinking else (*_THINK, *_THOUGHT)
        lowered = self._held.lower()
        if lowered in tags:
            self._thinking = lowered in _THINK
            self._held = ""
        elif any(tag.startswith(lowered) for tag in tags):
            return
        elif self._thinking:
            self._held = "<" if character == "<" else ""
        elif LABEL.fullmatch(self._held):
            self._hints += [(len(self._line), int(number)) for number in re.findall(r"\d+", self._held)]
            self._held = ""
        elif not _LABEL_START.fullmatch(self._held):
            # its last character may begin a label or a tag itself
            plain, self._held = self._held, ""
            if len(plain) > 1 and plain[-1] in "[<":
                plain, self._held = plain[:-1], plain[-1]
            for one in plain:
                yield from self._append(one)

    def _append(self, character: str) -> Iterator[Heard]:
        if character in "\n\r":
            found = list(self._sentences())
            self._line, self._hints = "", []
            yield from _long_enough(found)
            return
        self._line += character
        # one word behind a full stop tells whether it ends the sentence: "am 3. Mai"
        if character.isspace() and any(mark in self._line for mark in STOPS):
            found = list(self._sentences())
            if len(found) > 1:
                kept = self._spans()[-1].start
                self._hints = [(max(0, at - kept), number) for at, number in self._hints if at > kept]
                self._line = self._line[kept:]
                yield from _long_enough(found[:-1])

    def _spans(self) -> list[Span]:
        return list(sentences.sentences(self._line, self._language))

    def _sentences(self) -> Iterator[Heard]:
        """The sentences of the line so far, each with the labels within and behind it."""
        spans = self._spans()
        for number, span in enumerate(spans):
            first = 0 if not number else span.start + 1
            following = spans[number + 1].start if number + 1 < len(spans) else len(self._line)
            hints = tuple(dict.fromkeys(hint for at, hint in self._hints if first <= at <= following))
            yield Heard(_plain(self._line[span.start : span.end]), hints)


def _plain(text: str) -> str:
    """A sentence without markup, and without a space that a label left before its full stop."""
    bare = _LIST.sub("", _MARKUP.sub("", text))
    return re.sub(rf"\s+(?=[{STOPS},;:])", "", " ".join(bare.split()))


def _long_enough(found: Iterable[Heard]) -> Iterator[Heard]:
    return (heard for heard in found if sum(1 for _ in words(heard.text)) >= MIN_WORDS)
