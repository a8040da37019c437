"""Follow-up questions: what completes a question that leans on the conversation.

A question that stands on its own is left as it is. One that leans (`qa.answering.leaning`) gets the content
words of the last question that stood, behind its own words, so that what it asks for is still decided by
itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from qa.answering.leaning import content_words, language_of, leans
from qa.text import tokens
from qa.types import Turn

MOST_WORDS = 12  # words added from the conversation; more would outweigh the question itself
MAX_EARLIER = 2_000  # characters of an earlier question that are looked at; none that can be asked has more
LOOKED_BACK = 10  # how many questions a chain of follow-ups may reach back


def completed(question: str, history: Sequence[Turn]) -> str:
    """The query to search for: the question itself if it is self-contained or the first one.

    Otherwise its own words, followed by those of the questions it refers to, without repetition.
    """
    chain = _chain(history) if leans(question) else []
    language = language_of(question)
    stems = {_stem(word.text, language) for word in tokens.words(question)}
    added: list[str] = []
    for earlier in chain:
        for word in content_words(earlier, language_of(earlier)):
            stem = _stem(word.text, language)
            if stem not in stems:
                stems.add(stem)
                added.append(word.text)
    return " ".join([question, *added[:MOST_WORDS]])


def refers_to(question: str, history: Sequence[Turn]) -> str:
    """The earlier question that a follow-up refers to: the last self-contained one; "" if there is none, or
    if the question stands on its own.
    """
    chain = _chain(history) if leans(question) else []
    return chain[0] if chain else ""


def _chain(history: Sequence[Turn]) -> list[str]:
    """The questions that a follow-up refers to: the last self-contained one and those after it."""
    chain: list[str] = []
    for turn in reversed(history):
        if turn.role == "user" and len(chain) < LOOKED_BACK:
            chain.insert(0, turn.content[:MAX_EARLIER])
            if not leans(chain[0]):
                break
    return chain


def _stem(word: str, language: str) -> str:
    return tokens.stem(tokens.fold(word), language)
