"""Rewritings of German sentences that report what somebody said: the speaker first, then the words.

Knows verbs of speech, "dass" and "wie", and the subjunctive of reported speech. Does not know
who may speak: any subject will do.
"""

from __future__ import annotations

from collections.abc import Iterator

from qa.answering import statement_words as known
from qa.answering.statement_german import without_fronting
from qa.answering.statement_phrases import (
    SAID,
    Tokens,
    clause_end,
    coordinated,
    is_verb,
    new_token,
    phrase_end,
    subject_ends,
)
from qa.answering.statement_tokens import COLON, COMMA, Token


def speaker_first(words: Tokens) -> Iterator[Tokens]:
    """ "X, sagte Y" and "Y sagte, dass X" → "Y said: X"."""
    commas = [at for at, word in enumerate(words) if word.key in (COMMA, COLON)]
    if not commas or commas[-1] + 2 >= len(words):
        return
    first, last = commas[0], commas[-1]
    yield from _said_before(words[:first], words[first], words[first + 1 :])
    if words[last].key == COMMA:
        yield from _said_after(words[:last], words[last + 1 :])
    if words[0].key == "wie" and is_verb(words[first + 1]):
        for subject in subject_ends(words, first + 2):
            content = (*words[first + 2 : subject], words[first + 1], *words[subject:])
            yield from _said_as(words[:first], content)


def _said_before(clause: Tokens, mark: Token, content: Tokens) -> Iterator[Tokens]:
    """ "Y sagte" and what was said; "ich" is Y only behind a colon."""
    if mark.key == COLON or not any(word.key in known.FIRST_PERSON for word in content):
        for speaker in subject_ends(clause, 0):
            yield from _reported(clause[:speaker], _said(clause[speaker:]), content)


def _said_after(content: Tokens, clause: Tokens) -> Iterator[Tokens]:
    """What was said, and "sagte Y" or "wie Y sagte"."""
    for speaker in subject_ends(clause, 1):
        yield from _reported(clause[1:speaker], _said((clause[0], *clause[speaker:])), content)
    yield from _said_as(clause, content)


def _said_as(clause: Tokens, content: Tokens) -> Iterator[Tokens]:
    """ "wie Y am Montag sagte" and what was said."""
    if clause[0].key == "wie":
        for speaker in subject_ends(clause, 1):
            said = _said((clause[-1], *clause[speaker:-1])) if speaker < len(clause) else None
            yield from _reported(clause[1:speaker], said, content)


def _said(words: Tokens) -> Tokens | None:
    """A verb of speech and what goes with it as one form: "teilte am Montag mit" and "sagte am Montag"."""
    if not words or words[0].key not in known.SAID["de"]:
        return None
    rest = words[1:]
    if words[0].key in ("teilte", "teilten"):  # without "mit" it is no verb of speech
        if not rest or rest[-1].key != "mit":
            return None
        rest = rest[:-1]
    if rest and phrase_end(rest, 0, preposition=True) != len(rest):
        return None
    return (new_token(f"{SAID}{known.SAID['de'][words[0].key]}"), *rest)


def _reported(speaker: Tokens, said: Tokens | None, content: Tokens) -> Iterator[Tokens]:
    if said is None or not content or coordinated(content):
        return
    for reading in _main_clause(content):
        plain = tuple(new_token(known.INDICATIVE.get(w.key, w.key)) if not w.noun else w for w in reading)
        yield (*speaker, *said, new_token(COLON), *plain)


def _main_clause(words: Tokens) -> Iterator[Tokens]:
    """ "dass der Plan gescheitert sei" → "der Plan sei gescheitert"; anything else as it is."""
    if words[0].key != "dass":
        yield words
        yield from without_fronting(words)
        return
    if len(words) > 3 and clause_end(words, 0) == len(words) and is_verb(words[-1]):
        for end in subject_ends(words, 1):
            if end < len(words) - 1:
                yield (*words[1:end], words[-1], *words[end:-1])
