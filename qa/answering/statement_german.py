"""Rewritings of German sentences: fronting, leading clauses, tense and voice.

Knows the order of German main clauses, participles and determiners, and nothing of the comparison. What
somebody said is rewritten in `statement_german_speech`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from qa.answering import statement_words as known
from qa.answering.statement_phrases import (
    ADJECTIVE,
    PAST,
    Rule,
    Tokens,
    ambiguous,
    clause_end,
    coordinated,
    front_ends,
    is_adjective,
    is_verb,
    new_token,
    phrase_end,
    subject_ends,
)
from qa.answering.statement_tokens import COMMA, NUMBER, Token

_WEAK = re.compile(r"(?P<stem>[a-zäöüß]{2,}?)(?P<linking>e?)te(?P<plural>n?)")
_UNSTRESSED = re.compile(r"(?:be|emp|ent|er|miss|ver|zer|durch|hinter|über|unter|wider)[a-zäöüß]{3}")
_YEAR = re.compile(rf"{NUMBER}(?:19|20)\d\d")


def without_fronting(words: Tokens) -> Iterator[Tokens]:
    """ "Am Montag stieg die Quote auf …" → "Die Quote stieg am Montag auf …"."""
    alone = words[0].key in known.ADVERBS or _YEAR.fullmatch(words[0].key)
    verb = 1 if alone else phrase_end(words, 0, preposition=True)
    if 0 < verb < len(words) and is_verb(words[verb]):
        for end in subject_ends(words, verb + 1):
            if not ambiguous(words, end):
                yield (*words[verb + 1 : end], words[verb], *words[:verb], *words[end:])


def _without_leading_clause(words: Tokens) -> Iterator[Tokens]:
    """ "Weil es regnet, fällt das Spiel aus" → "Das Spiel fällt aus, weil es regnet"."""
    comma = clause_end(words, 0)
    if words[0].key not in known.SUBORDINATORS or comma + 1 >= len(words) or words[comma].key != COMMA:
        return
    verb = comma + 1
    if coordinated(words[verb:]) or any(word.key in known.PRONOUNS for word in words):
        return
    if is_verb(words[verb]):
        for end in subject_ends(words, verb + 1):
            if not ambiguous(words, end):
                yield (*words[verb + 1 : end], words[verb], *words[end:], words[comma], *words[:comma])


def _past(words: Tokens) -> Iterator[Tokens]:
    """ "Der Rat lehnte den Plan ab" and "Der Rat hat den Plan abgelehnt" → the same form."""
    for start in front_ends(words):
        end = clause_end(words, start)
        if start >= end or not is_verb(words[start]):
            continue
        verb, last = words[start].key, words[end - 1].key
        if verb in ("hat", "haben", "ist", "sind") and end - 1 > start and _is_participle(last):
            if (verb in ("ist", "sind")) == (last in known.MOVED) and last not in known.NO_PERFECT:
                number = "sg" if verb in ("hat", "ist") else "pl"
                yield (
                    *words[:start],
                    new_token(f"{PAST}{last}:{number}"),
                    *words[start + 1 : end - 1],
                    *words[end:],
                )
            continue
        particle = last if last in known.SEPARABLE and end - 1 > start + 1 else ""
        kept = end - 1 if particle else end
        if found := _participle(verb, separable=bool(particle)):
            participle, number = found
            past = new_token(f"{PAST}{particle}{participle}:{number}")
            yield (*words[:start], past, *words[start + 1 : kept], *words[end:])


def _participle(verb: str, *, separable: bool) -> tuple[str, str] | None:
    """The participle of a preterite, and its number ("sg", "pl"); None if it is no preterite by its form."""
    for ending in ("", "en", "n"):
        base = verb.removesuffix(ending)
        if base in known.STRONG and (base != verb or not ending):
            return known.STRONG[base], "pl" if ending else "sg"
    match = _WEAK.fullmatch(verb)
    if not match or (not match["linking"] and match["stem"].endswith(("d", "t"))):
        return None
    stem = match["stem"] + match["linking"]
    plain = not separable and _UNSTRESSED.match(stem)
    prefix = "" if plain or stem.endswith("ier") else "ge"
    return f"{prefix}{stem}t", "pl" if match["plural"] else "sg"


def _is_participle(word: str) -> bool:
    return word.endswith(("t", "en")) and len(word) > 4 and word.isalpha()


def _active(words: Tokens) -> Iterator[Tokens]:
    """ "Der Plan wurde am Montag vom Rat abgelehnt" → "Der Rat lehnte am Montag den Plan ab"."""
    for start in subject_ends(words, 0):
        end = clause_end(words, start)
        if end < len(words) or start >= end:
            continue
        verb, last = words[start].key, end - 1
        if verb in ("ist", "sind") and words[last].key == "worden":
            last -= 1
        elif verb not in ("wurde", "wurden"):
            continue
        participle = words[last].key
        if last <= start or not _is_participle(participle) or participle in known.NO_AGENT:
            continue
        yield from _agents(words, start, last)


def _agents(words: Tokens, verb: int, participle: int) -> Iterator[Tokens]:
    """The active forms; the agent stands directly before the participle, or its attributes would be open."""
    agents = [at for at in range(verb + 1, participle) if words[at].key in ("von", "vom")]
    if len(agents) != 1 or phrase_end(words, agents[0], preposition=True) != participle:
        return
    between = words[verb + 1 : agents[0]]
    if any(word.key in known.PARTICLES for word in between):
        return
    for agent, number in _nominative(words[agents[0] : participle]):
        for patient in _accusative(words[:verb]):
            yield (*agent, new_token(f"{PAST}{words[participle].key}:{number}"), *between, *patient)


def _nominative(phrase: Tokens) -> Iterator[tuple[Tokens, str]]:
    """The agent of a passive as a subject, with its number."""
    preposition, *rest = phrase
    if preposition.key == "vom":
        rest = [new_token("dem"), *rest]
    if rest[0].key not in known.DETERMINERS["de"]:
        yield tuple(rest), "sg"
        yield tuple(rest), "pl"
        if rest[-1].key.endswith("n"):
            yield (*rest[:-1], Token(rest[-1].key[:-1], True)), "pl"
        return
    for nominative, number in _DATIVES.get(rest[0].key, ()):
        yield (new_token(nominative), *rest[1:]), number
        if number == "pl" and rest[-1].key.endswith("n"):
            yield (new_token(nominative), *rest[1:-1], Token(rest[-1].key[:-1], True)), number


def _accusative(phrase: Tokens) -> Iterator[Tokens]:
    """The subject of a passive as the object of its active form."""
    if phrase[0].key in ("den", "dem", "des", "einen", "einem"):
        return
    determiner = _ACCUSATIVES.get(phrase[0].key)
    yield (new_token(determiner), *phrase[1:]) if determiner else phrase


def _endings(words: Tokens) -> Iterator[Tokens]:
    """Adjectives without their endings, where the verb may be in either voice."""
    if any(word.key.startswith(PAST) for word in words):
        yield _bare(words)


def _bare(words: Sequence[Token]) -> Tokens:
    """Adjectives between a determiner and a noun without their endings: number and gender are still clear."""
    out = list(words)
    for at in range(1, len(words) - 1):
        match = ADJECTIVE.fullmatch(words[at].key) if is_adjective(words[at]) else None
        if match and words[at + 1].noun and words[at - 1].key in known.DETERMINERS["de"]:
            out[at] = new_token(match["stem"])
    return tuple(out)


_ACCUSATIVES = {"der": "den", "ein": "einen", "dieser": "diesen", "die": "die", "das": "das", "eine": "eine"}
_DATIVES = {
    "dem": (("der", "sg"), ("das", "sg")),
    "der": (("die", "sg"),),
    "den": (("die", "pl"),),
    "einem": (("ein", "sg"),),
    "einer": (("eine", "sg"),),
}

RULES: tuple[Rule, ...] = (without_fronting, _without_leading_clause, _past, _active, _endings)
