"""Whether one sentence of an article says what a generated sentence says.

A language model's sentence is compared with one sentence of an article at a time, by rules over words: its
numbers, names, negations, intentions and roles must be those of that sentence, and what it says must be
covered by it. When in doubt, the answer is no: the quotes stand without it. Pure functions of text, German
and English; knows neither the model nor labels. The figures are in decision 33.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from qa.answering import support_words
from qa.answering.features import COMPOUND_LETTERS
from qa.answering.support_coverage import adds, coverage, held, literal, stems
from qa.answering.support_mood import differs, has_opposites, has_other_modality, is_hedged
from qa.answering.support_numbers import has_other_numbers
from qa.answering.support_roles import has_other_roles, is_incomplete
from qa.answering.support_sentence import LANGUAGES, Evidence, Parsed, Word, forms, is_dated, parsed
from qa.text import tokens

Reason = Literal[
    "",
    "empty",
    "language",
    "number",
    "name",
    "negation",
    "opposite",
    "modality",
    "roles",
    "incomplete",
    "meaning",
]
_FOREIGN = re.compile(r"\S*(?:://|www\.|@|\]\(|[<>{}\\|`])\S*|\b\w+\.(?:\w+\.)*[a-z]{2,}/\S*")
COVERED = 0.62  # least share of its weighted words that the evidence must hold
COPY = 0.85  # from this share on, literally, a sentence is shown as that of the article


@dataclass(frozen=True, slots=True)
class Support:
    """What became of a generated sentence compared with one of an article."""

    evidence: int  # its number among those given; -1 without one
    coverage: float  # 0..1, share of its weighted words that the evidence holds
    reason: Reason  # why it is not supported; "" if it is
    copy: bool = False  # nearly the sentence of the article
    hedged: bool = False  # the article leaves it to somebody else, or open; the generated sentence does not

    @property
    def kept(self) -> bool:
        return not self.reason


def best_support(
    sentence: str, language: str, evidence: Sequence[Evidence], hinted: Iterable[int] = (), question: str = ""
) -> Support:
    """The support of a sentence by the best of some sentences of articles.

    `language` ("de" or "en") is the question's. The best of `hinted`, numbers of `evidence`, is tried first,
    then the best of all. Without a letter or any evidence nothing is supported.
    """
    if not any(character.isalpha() for character in sentence):
        return Support(-1, 0.0, "empty")
    spoken = tokens.question_language(sentence)
    if language not in LANGUAGES or (spoken and spoken != language):
        return Support(-1, 0.0, "language")
    tried = [
        support(sentence, language, evidence, among, question)
        for among in (tuple(hinted), range(len(evidence)))
        if among
    ]
    if not tried:
        return Support(-1, 0.0, "meaning")
    return next((found for found in tried if found.kept), tried[-1])


def support(
    sentence: str, language: str, evidence: Sequence[Evidence], among: Iterable[int], question: str
) -> Support:
    """The support of a sentence by the one of `among` that covers it best."""
    claim = parsed(sentence, language)
    covered, number = max(
        ((coverage(claim, _parsed(evidence[one], language)), -one) for one in among),
    )
    number = -number
    ground = _parsed(evidence[number], language)
    reason = _other_facts(claim, ground, evidence[number], question)
    if not reason and literal(claim, ground) >= COPY:
        return Support(number, covered, "", copy=True)  # its order and mood do not matter: it is not shown
    reason = reason or _other_statement(claim, ground, covered)
    return Support(number, covered, reason, hedged=not reason and is_hedged(ground) and not is_hedged(claim))


def _other_facts(claim: Parsed, ground: Parsed, evidence: Evidence, question: str) -> Reason:
    """What a sentence states that one of an article does not: a number, a name, a negation; "" if nothing."""
    if not any(word.content for word in claim.words):
        return "empty"
    if evidence.language not in ("", claim.language):
        return "language"
    checks: tuple[tuple[Reason, Callable[[], bool]], ...] = (
        ("number", lambda: has_other_numbers(claim, ground, evidence, question)),
        ("name", lambda: has_foreign_marks(claim.text, evidence.text)),
        ("name", lambda: _has_other_names(claim, ground, evidence)),
        ("negation", lambda: differs(claim, ground, support_words.NEGATIONS[claim.language])),
    )
    return next((reason for reason, hits in checks if hits()), "")


def _other_statement(claim: Parsed, ground: Parsed, covered: float) -> Reason:
    """Why a sentence with the facts of another says something else; "" if it does not."""
    checks: tuple[tuple[Reason, Callable[[], bool]], ...] = (
        ("opposite", lambda: has_opposites(claim, ground)),
        ("modality", lambda: has_other_modality(claim, ground)),
        ("roles", lambda: has_other_roles(claim, ground)),
        ("incomplete", lambda: is_incomplete(claim, ground)),
        ("meaning", lambda: covered < COVERED or adds(claim, ground)),
    )
    return next((reason for reason, hits in checks if hits()), "")


def _parsed(evidence: Evidence, language: str) -> Parsed:
    return parsed(evidence.text, language)


def has_foreign_marks(sentence: str, evidence: str) -> bool:
    """Whether a sentence has an address or markup that the evidence has not: it could lead elsewhere."""
    return any(match[0] not in evidence for match in _FOREIGN.finditer(sentence))


def _has_other_names(claim: Parsed, ground: Parsed, evidence: Evidence) -> bool:
    """Whether a sentence has a noun that the other has not: a name, or in German any that could be one."""
    allowed = _forms_of(evidence.source, claim.language)
    return any(
        word.noun and not is_dated(word) and not word.forms & allowed and not _names(word, ground)
        for word in claim.words
    )


@lru_cache(maxsize=1024)
def _forms_of(text: str, language: str) -> frozenset[str]:
    """The stems of all words of a text."""
    return frozenset(
        form
        for word in tokens.words(text)
        for form in forms(tokens.fold(word.text), language)
        if form[0] != "="
    )


def _names(word: Word, ground: Parsed) -> bool:
    """Whether a sentence holds a noun: its stem, and if it is a common one, also its family or a part."""
    if word.forms & frozenset(form for other in ground.words for form in other.forms):
        return True
    if word.common or word.at == 0:
        return held(word, ground) > 0
    return any(
        len(mine) >= COMPOUND_LETTERS and (its.startswith(mine) or its.endswith(mine))
        for other in ground.words
        if other.noun
        for mine in stems(word)
        for its in stems(other)
    )
