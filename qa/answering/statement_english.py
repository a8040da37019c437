"""Rewritings of English sentences: voice, tense, the speaker first, dates at the end.

Knows the word order around "was … by", verbs of speech and dates, and nothing of the comparison. English
nouns and verbs look alike, so it does not tell noun phrases.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qa.answering import statement_words as known
from qa.answering.statement_phrases import (
    PAST,
    SAID,
    Rule,
    Tokens,
    clause_end,
    coordinated,
    new_token,
    token_keys,
)
from qa.answering.statement_tokens import COLON, COMMA, DATE, NUMBER, Token
from qa.text.dates import month_names, weekday_names


def _active(words: Tokens) -> Iterator[Tokens]:
    """ "The plan was rejected by the council on Monday" → "the council rejected the plan on Monday"."""
    keys = token_keys(words)
    if coordinated(words):
        return
    for verb in range(1, len(keys) - 3):
        if keys[verb] in ("was", "were") and keys[verb + 2] == "by":
            participle = keys[verb + 1]
            end = next((at for at in range(verb + 3, len(keys)) if keys[at] in _BREAKS), len(keys))
            if not _is_participle(participle) or end == verb + 3 or not _is_day(words[end:]):
                continue
            yield (*words[verb + 3 : end], new_token(PAST + participle), *words[:verb], *words[end:])


def _past(words: Tokens) -> Iterator[Tokens]:
    """The preterite as its participle, as `_active` has it."""
    for at, word in enumerate(words[1:-1], start=1):
        participle = known.STRONG_EN.get(word.key) or (word.key if word.key.endswith("ed") else "")
        if participle and not word.noun and words[at - 1].key not in _AUXILIARIES:
            yield (*words[:at], new_token(PAST + participle), *words[at + 1 :])


def _speaker_first(words: Tokens) -> Iterator[Tokens]:
    """ "X, Y said" and "Y said that X" → "Y said: X"."""
    keys = token_keys(words)
    if keys[-1] in known.SAID["en"] and keys.count(COMMA) == 1:
        comma = keys.index(COMMA)
        if 0 < comma < len(keys) - 2 and not coordinated(words[:comma]):
            yield (*words[comma + 1 : -1], new_token(SAID), new_token(COLON), *words[:comma])
    said = next((at for at, key in enumerate(keys) if key in known.SAID["en"]), 0)
    if not said or said + 2 >= len(keys) or coordinated(words[:said]):
        return
    content = words[said + 1 + (keys[said + 1] in ("that", COMMA, COLON)) :]
    spoken = keys[said + 1] != COLON and any(word.key in known.FIRST_PERSON for word in content)
    if content and not spoken and not coordinated(content):
        yield (*words[:said], new_token(SAID), new_token(COLON), *content)


def _without_fronting(words: Tokens) -> Iterator[Tokens]:
    """ "In May, sales rose to 5 percent" → "sales rose to 5 percent in May"; only behind a figure."""
    comma = clause_end(words, 0)
    rest = words[comma + 1 :]
    dated = comma > 1 and len(rest) > 2 and words[comma].key == COMMA and _is_day(words[:comma])
    if dated and rest[-1].key in _FIGURE_ENDS and not coordinated(rest):
        yield (*rest, *words[:comma])


def _is_participle(word: str) -> bool:
    return word.endswith("ed") or word in known.STRONG_EN.values()


def _is_day(words: Sequence[Token]) -> bool:
    """Whether a phrase is nothing, or "on Monday", "in May", "on 5 May 2024", "in 2024"."""
    if not words:
        return True
    return words[0].key in ("on", "in") and all(
        word.key in _TIMES or word.key[0] in (DATE, NUMBER) for word in words[1:]
    )


_TIMES = frozenset(name.casefold() for name in (*weekday_names("en"), *month_names("en")))
_AUXILIARIES = frozenset("was were is are be been being has have had".split())
_BREAKS = frozenset("on in at after before during since until because when with for from to".split())
_FIGURE_ENDS = frozenset("percent euro dollar people kilometre points jobs".split())
RULES: tuple[Rule, ...] = (_active, _past, _speaker_first, _without_fronting)
