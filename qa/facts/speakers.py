"""Who makes a statement, by the words that attribute it: "laut X", "X zufolge", "sagte X".

Looks at the sentence, then at a sentence behind it that points back and at one before it that ends with a
colon. A speaker carried over from further back is a guess and marked as one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from qa.facts.speaker_patterns import CONTINUES, MEDIUM, NO_SPEAKER, POINTS_BACK, PRONOUN, RULES
from qa.types import Span

CARRIED = "carried"  # rule of a speaker that is only guessed from the sentences before
LOOKED_BACK = 3  # sentences before that may name the speaker of "demnach" or "sagte er"
_ARTICLE = re.compile(r"^(?:d(?:er|ie|as|en|em|es)|eine?[mnrs]?|the|an?)\s(?=\S)", re.IGNORECASE)
LONGEST = 160  # characters of a speaker's name with office


class Attribution(NamedTuple):
    """Words that name a speaker, and the rule that found them."""

    span: Span  # within the text it was found in
    rule: str
    medium: bool  # names a newspaper, an agency, …, not who said it


class Speaker(NamedTuple):
    """Who makes a statement; empty where it was not recognised."""

    speaker: str = ""
    medium: str = ""
    rule: str = ""

    @property
    def named(self) -> str:
        """The speaker and, behind a slash, the medium."""
        return " / ".join(part for part in (self.speaker, self.medium) if part)


@lru_cache(maxsize=4096)
def attributions(sentence: str) -> tuple[Attribution, ...]:
    """The attributions in a sentence, in order, without overlaps."""
    found: list[Attribution] = []
    for rule, pattern in RULES:
        for match in pattern.finditer(sentence):
            span = _trimmed(sentence, Span(*match.span("np")))
            name = sentence[span.start : span.end]
            if not name or len(name) > LONGEST or NO_SPEAKER.fullmatch(name):
                continue
            if any(span.start < one.span.end and one.span.start < span.end for one in found):
                continue
            found.append(Attribution(span, rule, bool(MEDIUM.search(name))))
    return tuple(sorted(found, key=lambda one: one.span.start))


def _trimmed(sentence: str, span: Span) -> Span:
    """Without marks around a name and an article before it."""
    name = sentence[span.start : span.end]
    bare = _ARTICLE.sub("", name.strip(" ,;:.„“”\"»«’‘'"), count=1)
    start = span.start + name.find(bare) if bare else span.start
    return Span(start, start + len(bare))


def speaker_of(text: str, sentences: Sequence[Span], number: int, at: int | None = None) -> Speaker:
    """Who says sentence `number` of a text; with `at`, what is at this character of the text."""
    own = _of_sentence(text, sentences[number], at)
    if own.speaker:
        return own
    behind = _sentence(text, sentences, number + 1)
    if behind and POINTS_BACK.match(behind):
        found = _of_sentence(text, sentences[number + 1], None)
        if found.named:
            return Speaker(found.speaker, found.medium or own.medium, found.rule)
    if own.medium:
        return own
    before = _sentence(text, sentences, number - 1)
    if before.rstrip('“”"»«„ ').endswith(":"):
        found = _of_sentence(text, sentences[number - 1], None)
        if found.named:
            return found
    sentence = _sentence(text, sentences, number)
    if CONTINUES.search(sentence) or PRONOUN.search(sentence):
        for earlier in range(number - 1, max(-1, number - 1 - LOOKED_BACK), -1):
            found = _of_sentence(text, sentences[earlier], None)
            if found.named:
                return Speaker(found.speaker, found.medium, CARRIED)
    return Speaker()


def _sentence(text: str, sentences: Sequence[Span], number: int) -> str:
    return text[slice(*sentences[number])] if 0 <= number < len(sentences) else ""


def _of_sentence(text: str, span: Span, at: int | None) -> Speaker:
    sentence = text[span.start : span.end]
    found = attributions(sentence)
    if not found:
        return Speaker()
    place = at - span.start if at is not None else 0

    def distance(one: Attribution) -> int:
        return max(one.span.start - place, place - one.span.end) if at is not None else one.span.start

    people = [one for one in found if not one.medium]
    media = [one for one in found if one.medium]
    first = min(people, key=distance, default=None)
    medium = min(media, key=distance, default=None)
    rule = (first or medium or found[0]).rule
    return Speaker(
        _full_name(text, span, sentence[slice(*first.span)]) if first else "",
        sentence[slice(*medium.span)] if medium else "",
        rule,
    )


def _full_name(text: str, span: Span, name: str) -> str:
    """A family name with the name before it, as the article gave it first."""
    if " " in name or not name[:1].isupper():
        return name
    at = 0
    while (at := text.find(f" {name}", at)) >= 0 and at < span.start:
        start = max(text.rfind(" ", 0, at), text.rfind("\n", 0, at)) + 1
        given = text[start:at]
        if given[:1].isupper() and given.isalpha() and len(given) > 2 and not NO_SPEAKER.fullmatch(given):
            return f"{given} {name}"
        at += 1
    return name
