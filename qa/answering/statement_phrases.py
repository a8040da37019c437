"""Where the phrases and clauses of a sentence begin and end, by its tokens.

Knows noun phrases, verbs and adjectives of German by their form and by the lists of `statement_words`. Only
what tells numbers, commas and coordinations holds for English as well. Knows no rewriting.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import takewhile

from qa.answering import statement_words as known
from qa.answering.statement_tokens import COLON, COMMA, NUMBER, Token

Tokens = tuple[Token, ...]
Reading = tuple[str, ...]  # the keys of a sentence, as written or rewritten
Rule = Callable[[Tokens], Iterator[Tokens]]  # a rewriting: yields sentences that say the same
PAST = "past:"  # begins the key of a preterite or perfect, by its participle
SAID = "said:"  # begins the key of a verb of speech
ADJECTIVE = re.compile(r"(?P<stem>[\w-]{3,}?)(?:e|en|er|es|em)")  # stem and ending of an inflected one


def token_keys(words: Sequence[Token]) -> Reading:
    """The keys of a sentence, by which it is compared with another."""
    return tuple(word.key for word in words)


def new_token(key: str) -> Token:
    """A word that a rewriting puts in: no noun."""
    return Token(key, False)


def is_verb(word: Token) -> bool:
    """Whether a word can be the finite verb of a German sentence, by its form."""
    return (
        not word.noun
        and word.key.isalpha()
        and word.key not in known.PREPOSITIONS["de"]
        and word.key not in known.DETERMINERS["de"]
        and word.key not in known.PARTICLES
        and word.key not in known.ADVERBS
    )


def phrase_end(words: Sequence[Token], start: int, *, preposition: bool) -> int:
    """The end of the German noun phrase that begins at `start`, or `start` if there is none."""
    at = start
    if preposition:
        while at < len(words) and words[at].key in known.PREPOSITIONS["de"]:
            at += 1
        if at == start:
            return start
    key = words[at].key if at < len(words) else ""
    approximate = key in known.APPROXIMATE and at + 1 < len(words) and is_number(words[at + 1])
    at += approximate or key in known.DETERMINERS["de"] or key in known.QUANTIFIERS
    while at < len(words) and is_adjective(words[at]):
        at += 1
    nouns = sum(1 for _ in takewhile(lambda word: word.noun, words[at:]))
    return at + nouns if nouns else start


def is_adjective(word: Token) -> bool:
    """Whether a word may be an inflected adjective, by its form: "neuen", "34-jährigen"."""
    compound = "-" in word.key and not word.noun
    return (compound or is_verb(word)) and ADJECTIVE.fullmatch(word.key) is not None


def is_number(word: Token) -> bool:
    """Whether a word is a number, in digits or in words."""
    return word.key.startswith(NUMBER)


def subject_ends(words: Sequence[Token], start: int) -> Iterator[int]:
    """Where a subject that begins at `start` may end.

    Before the verb it may have any attributes. Behind it, what could belong to the verb as well ("mit …",
    "der …") is a reason to give up.
    """
    end = phrase_end(words, start, preposition=False)
    if end == start:
        return
    number = next((at for at in range(start + 1, end) if is_number(words[at]) and words[at - 1].noun), end)
    yield from sorted({number, end})
    for _ in range(2):
        key = words[end].key if end < len(words) else ""
        if key == "und":
            more = phrase_end(words, end + 1, preposition=False)
            more = more if more > end + 1 else end
        elif start == 0:
            more = max(phrase_end(words, end, preposition=True), phrase_end(words, end, preposition=False))
        elif key in ("in", "im"):  # "stieg die Quote in Bonn auf 5 Prozent"
            more = phrase_end(words, end, preposition=True)
            more = more if _figure_follows(words, more) else end
        else:
            more = phrase_end(words, end, preposition=False) if key in ("des", "eines") else end
        if more == end:
            return
        end = more
        yield end


def _figure_follows(words: Sequence[Token], at: int) -> bool:
    return at + 1 < len(words) and words[at].key in known.PREPOSITIONS["de"] and is_number(words[at + 1])


def front_ends(words: Sequence[Token]) -> Iterator[int]:
    """Where the part before the verb may end: a subject, or phrases with prepositions."""
    yield from subject_ends(words, 0)
    end = phrase_end(words, 0, preposition=True)
    while end:
        yield end
        more = phrase_end(words, end, preposition=True)
        end = more if more > end else 0


def ambiguous(words: Sequence[Token], end: int) -> bool:
    """Whether what follows a subject behind its verb may be its attribute: "gewann der Mann mit dem Hund"."""
    if end + 1 >= len(words):
        return False
    key = words[end].key
    return key in ("der", "einer") or (key in known.ATTRIBUTIVE and not is_number(words[end + 1]))


def coordinated(words: Sequence[Token]) -> bool:
    """Whether it is open which part of a sentence a clause or adverbial belongs to."""
    return any(word.key in known.COORDINATORS or word.key in (COMMA, COLON, ";") for word in words)


def clause_end(words: Sequence[Token], start: int) -> int:
    """Where the clause from `start` on ends: at a comma or colon, or with the sentence."""
    return next((at for at in range(start, len(words)) if words[at].key in (COMMA, COLON, ";")), len(words))
