"""Sentences that only repeat what a question says: they are on its subject and answer nothing.

"Why does the mill close?" is not answered by "The mill closes in May", but often by the sentence after it.
"""

from __future__ import annotations

import re

from qa.answering.question import Question, holds, languages_differ
from qa.text import tokens

RESTATED = 0.6  # of the weight of a question's words that a sentence must hold to restate it
_WHY = re.compile(
    r"\b(?:warum|weshalb|wieso|weswegen|aus welche[mn] gr[uü]nd(?:en)?|was ist der grund|was sind die gründe"
    r"|why|for what reason|what (?:is|was) the reason)\b",
    re.IGNORECASE,
)
_INTERROGATIVES = frozenset().union(*tokens.INTERROGATIVES.values())
# Words that give a reason or a purpose.
_CAUSE = re.compile(
    r"\b(?:weil|denn|da|wegen|aufgrund|grund|gründe|gründen|grundlage|ursache\w*|daher|deshalb|deswegen|darum|nachdem"
    r"|um|damit|angesichts|infolge|dank|mangels|durch|aus \w+(?:mangel|gründen|sorge|angst|furcht|protest)"
    r"|begründe\w*|fehl(?:t|en|te|ten)|because|due|since|as|owing|cause\w*|reason\w*|thanks|so that|in order"
    r"|lack\w*|after)\b",
    re.IGNORECASE,
)


def asks_why(question: str) -> bool:
    """Whether a question asks for a reason."""
    return bool(_WHY.search(question))


def restates(question: Question, sentence: str, language: str) -> bool:
    """Whether a sentence repeats a question without anything of the kind asked for.

    Only for reasons, numbers, dates and persons, where the form shows it, and within one language.
    """
    if languages_differ(question.language, language) or answers(question, sentence, language):
        return False
    stems = {tokens.stem(tokens.fold(word.text), language) for word in tokens.words(sentence)}
    total = sum(word.weight for word in question.words)
    held = sum(word.weight for word in question.words if word.term in stems)
    return total > 0 and held >= RESTATED * total


def answers(question: Question, sentence: str, language: str) -> bool:
    """Whether a sentence, in this language, holds something of the kind asked for, as far as form tells."""
    if asks_why(question.text):
        return bool(_CAUSE.search(sentence))
    if question.kind in ("number", "date"):
        return holds(question.kind, sentence)
    return question.kind != "person" or _names_more(question, sentence, language)


def _names_more(question: Question, sentence: str, language: str) -> bool:
    """Whether a sentence has a word in capitals, as every name has, that the question lacks."""
    asked = {word.term for word in question.words}
    idle = tokens.stop_words(language) | _INTERROGATIVES
    folded = ((word.text, tokens.fold(word.text)) for word in tokens.words(sentence))
    return any(
        text[:1].isupper() and word not in idle and tokens.stem(word, language) not in asked
        for text, word in folded
    )
