"""How much of a sentence another one holds: its words, their forms, words that may stand for them, compounds.

Numbers and nouns weigh more. For `support`; knows neither order nor mood.
"""

from __future__ import annotations

from collections.abc import Callable

from qa.answering import statement_words
from qa.answering.features import COMPOUND_LETTERS
from qa.answering.support_sentence import Parsed, Word, is_dated, numbers, related

NUMBER_WEIGHT, NOUN_WEIGHT, WORD_WEIGHT = 2.0, 1.5, 1.0
_INFLECTED = ("e", "en", "er", "es", "em")
_ADJECTIVES = ("lich", "ig", "isch", "los", "haft", "sam", "bar", "voll", "weise", "liche", "lichen", "igen")
PART = 0.5  # of a compound of which a sentence holds only a part


def coverage(claim: Parsed, ground: Parsed) -> float:
    """Share of a sentence's words that another holds; numbers and nouns weigh more."""
    return _share(claim, lambda word: held(word, ground))


def literal(claim: Parsed, ground: Parsed) -> float:
    """The same, without words that only stand for each other."""
    its = frozenset(form for word in ground.words for form in stems(word))
    return _share(claim, lambda word: float(bool(stems(word) & its)))


def adds(claim: Parsed, ground: Parsed) -> bool:
    """Whether a sentence adds words of its own: more than one, or one that is no verb by its form."""
    # a noun that is not held at all is the name of the outlet: `support` drops all others
    shares = [(word, held(word, ground)) for word in claim.content() if not is_dated(word)]
    added = [word for word, share in shares if share < 1 and not (word.noun and not share)]
    return len(added) > 1 or any(not _may_be_verb(word, claim) for word in added)


def _may_be_verb(word: Word, sentence: Parsed) -> bool:
    if word.noun:
        return False
    if sentence.language == "en":
        return word.key.endswith(("ed", "s", "ing")) or word.key in statement_words.STRONG_EN
    following = sentence.words[word.at + 1 : word.at + 2]
    before_noun = word.key.endswith(_INFLECTED) and any(other.noun for other in following)
    return not before_noun and not word.key.endswith(_ADJECTIVES)


def _share(claim: Parsed, held: Callable[[Word], float]) -> float:
    """The share of the words that are `held`, without dates that are not: `support_numbers` judges those."""
    shares = [(weight(word), held(word), is_dated(word)) for word in claim.content()]
    counted = [(heavy, share) for heavy, share, dated in shares if share or not dated]
    total = sum(heavy for heavy, _ in counted)
    return sum(heavy * share for heavy, share in counted) / total if total else 0.0


def weight(word: Word) -> float:
    if numbers(word):
        return NUMBER_WEIGHT
    return NOUN_WEIGHT if word.noun else WORD_WEIGHT


def stems(word: Word) -> frozenset[str]:
    return frozenset(form for form in word.forms if form[0] != "=")


def held(word: Word, ground: Parsed) -> float:
    """How well a sentence holds a word: 1 for it, its family, a near one or a compound; PART for a part."""
    part = 0.0
    for other in ground.content():
        if word.forms & other.forms:
            return 1.0
        for mine in stems(word):
            for its in stems(other):
                if related(mine, its) or (len(mine) >= COMPOUND_LETTERS and mine in its):
                    return 1.0
                if len(its) >= COMPOUND_LETTERS and (mine.startswith(its) or mine.endswith(its)):
                    part = PART
    return part
