"""Whether a question leans on the conversation before it, and which of its words say what it is about.

Decided by words and forms alone, German and English; no index and no model. Whatever is looked up for each
word is found once, so that the time grows with the length of the question.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from qa.answering import leaning_words as lean
from qa.text import tokens
from qa.text.tokens import Word

ADJECTIVES = 3  # between "das" and its noun at most
OPENED = 2  # content words up to which a question that begins with "Und" leans


def leans(question: str) -> bool:
    """Whether a question depends on earlier turns."""
    asked = _Asked(question, language_of(question), list(tokens.words(question)))
    language, words, content = asked.language, asked.words, asked.content
    if not words:
        return False
    if any(_points(asked, at) for at in range(len(words))):
        return True
    opened = tokens.fold(words[0].text) in lean.OPENERS[language]
    if opened and (len(content) <= OPENED or not _has_verb(content, words, language)):
        return True
    return not _names_something(question, content, words, language)


def language_of(question: str) -> str:
    """The language whose rules hold for a question: "en" if its words say so, else "de"."""
    return "en" if tokens.question_language(question) == "en" else "de"


def content_words(question: str, language: str) -> list[Word]:
    """The content words of a question."""
    idle = (
        tokens.stop_words(language)
        | tokens.INTERROGATIVES[language]
        | lean.POINTING[language]
        | lean.OWNING[language]
        | lean.OPENERS[language]
        | lean.HELPING[language]
        | lean.EMPTY[language]
    )
    return [word for word in tokens.words(question) if tokens.fold(word.text) not in idle]


def _names_something(question: str, content: Sequence[Word], words: Sequence[Word], language: str) -> bool:
    """Whether a question has enough content words to be understood alone."""
    if language == "en":
        defines = re.match(r"what (?:is|are)\b", question.lower())
        return len(content) > 1 or any(_capital(word) or defines for word in content)
    if question == question.lower():  # typed without capitals, so nouns cannot be recognised
        return len(content) > 1
    begins = tokens.fold(words[0].text) in tokens.INTERROGATIVES[language]
    named = any(_capital(word) or word.text[0].isdigit() for word in content)
    return named and (_has_verb(content, words, language) or not begins)


def _has_verb(content: Sequence[Word], words: Sequence[Word], language: str) -> bool:
    """Whether a question has a verb: in German any word that is not a noun, in English also a question word
    for the subject.
    """
    folded = {tokens.fold(word.text) for word in words}
    if folded & (lean.HELPING[language] | lean.EMPTY[language]):
        return True
    if language == "en":
        return bool(folded & {"who", "what", "which"})
    return any(not _capital(word) for word in content)


def _capital(word: Word) -> bool:
    return word.text[:1].isupper()


@dataclass(frozen=True)
class _Asked:
    """A question and what is looked up in it for each of its words, words once.

    Places are characters; -1, or the question's length, means that there is none.
    """

    question: str
    language: str
    words: Sequence[Word]

    @cached_property
    def content(self) -> list[Word]:
        return content_words(self.question, self.language)

    @cached_property
    def named(self) -> int:
        """Where the first noun begins; in English, where none is capitalised, the first word of content."""
        starts = (word.start for word in self.content if self.language == "en" or _capital(word))
        return next(starts, len(self.question))

    @cached_property
    def owned_by_anybody(self) -> int:
        """Where the first owner that needs no name begins."""
        starts = (word.start for word in self.words if tokens.fold(word.text) in lean.ANYBODY)
        return next(starts, len(self.question))

    @cached_property
    def impersonal(self) -> bool:
        return any(tokens.fold(word.text) in lean.IMPERSONAL for word in self.words)

    @cached_property
    def announced(self) -> int:
        """The last comma after which something is announced."""
        commas = [match.start() for match in lean.CLAUSE.finditer(self.question)]
        for match in lean.INFINITIVE.finditer(self.question):
            line = self.question.rfind("\n", 0, match.start()) + 1
            commas.append(self.question.rfind(",", line, match.start()))
        return max(commas, default=-1)

    @cached_property
    def announced_by_it(self) -> list[int]:
        """Where what an "it" may announce begins."""
        return [match.start() for match in lean.IT_ANNOUNCES.finditer(self.question)]

    @cached_property
    def clause_ends(self) -> list[tuple[int, int]]:
        """Where each clause ends, and from where on a word is behind that end."""
        return [
            (match.start(), max(match.end(), match.end(match.lastindex or 0)))
            for match in lean.CLAUSE_ENDS[self.language].finditer(self.question)
        ]


def _points(asked: _Asked, at: int) -> bool:
    """Whether the word at this position refers to something outside the question."""
    words, language = asked.words, asked.language
    word, folded = words[at], tokens.fold(words[at].text)
    after = words[at + 1] if at + 1 < len(words) else None
    if folded in lean.OWNING[language]:
        return _owns(asked, at)
    # "Sie" may be a form of address
    if folded not in lean.POINTING[language] or (at and word.text[0].isupper()):
        return False
    if folded != "that" and _inside(asked, at):
        return False
    if after and folded.startswith(("dies", "jene", "this", "these", "those")):
        return tokens.fold(after.text) not in lean.TIMES
    if language == "en":
        return _points_in_english(asked, at)
    if folded == "das" and _is_article(words, at):
        return False
    if folded == "es" and asked.impersonal:
        return False
    return not (lean.ANNOUNCING.fullmatch(folded) and asked.announced >= word.end)


def _points_in_english(asked: _Asked, at: int) -> bool:
    words = asked.words
    folded = tokens.fold(words[at].text)
    before = tokens.fold(words[at - 1].text) if at else ""
    last = at + 1 == len(words)
    if folded == "it":
        return not (lean.IT.match(asked.question, words[at].start) and _it_announces(asked, words[at].end))
    if folded == "that":
        return last or before in lean.BEFORE_THAT or at == 0
    if folded == "there":
        exists = before in lean.BE or (not last and tokens.fold(words[at + 1].text) in lean.BE)
        return not (exists and asked.content)
    if folded in ("then", "so"):
        return last
    return True


def _it_announces(asked: _Asked, end: int) -> bool:
    """Whether an "it" that ends here announces something on the same line."""
    places = asked.announced_by_it
    following = bisect_left(places, end)
    return following < len(places) and asked.question.find("\n", end, places[following]) < 0


def _owns(asked: _Asked, at: int) -> bool:
    """Whether a possessive belongs to somebody outside the question; a name before it is the owner."""
    words, word = asked.words, asked.words[at]
    after = words[at + 1] if at + 1 < len(words) else None
    folded = tokens.fold(word.text)
    if asked.language == "de" and (word.text[0].isupper() and at):  # "Ihre" may be a form of address
        return False
    if folded in ("sein", "ihr") and not (after and _capital(after)):
        return False
    return word.start <= min(asked.owned_by_anybody, asked.named)


def _is_article(words: Sequence[Word], at: int) -> bool:
    """Whether "das" belongs to a noun: "das Schiff", "das größte Schiff"."""
    for word in words[at + 1 : at + 2 + ADJECTIVES]:
        if word.text != word.text.lower():
            return True
        idle = tokens.fold(word.text) in tokens.stop_words("de")
        if not word.text.endswith(("e", "en")) or (idle and not word.text.startswith("ander")):
            return False
    return False


def _inside(asked: _Asked, at: int) -> bool:
    """Whether an earlier clause of the question names what the word may refer to."""
    before = bisect_right(asked.clause_ends, asked.words[at].start, key=lambda end: end[1])
    return before > 0 and asked.named < asked.clause_ends[before - 1][0]
