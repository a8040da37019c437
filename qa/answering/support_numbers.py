"""Whether two sentences give the same numbers, dates and days: of the same things, within the same bounds.

For `support`; knows nothing else of what they say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from qa.answering import support_words
from qa.answering.statement_tokens import DATE
from qa.answering.support_sentence import Evidence, Parsed, Word, numbers, parsed
from qa.text import dates, tokens
from qa.text.dates import month_number, weekday_names

YEAR = re.compile(dates.YEAR)
_DAY = re.compile(rf"{DATE}(\d+)\.(\d+)\.(\d*)")  # as `statement_tokens` writes it
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)")


def has_other_numbers(claim: Parsed, ground: Parsed, evidence: Evidence, question: str) -> bool:
    """Whether a sentence has a number, date or bound that the other has not, or counts something else."""
    known = quantities(ground) | years(ground, evidence, question)
    if quantities(claim) - known or has_other_dates(claim, ground, evidence):
        return True
    lists = support_words.NUMERALS[claim.language] | support_words.DAYS
    worded = {word.key for word in claim.words if word.key in lists}
    allowed = set(ground.keys) | _weekday(evidence.date)
    if any(not _same_word(word, allowed, claim.language) for word in worded):
        return True
    if _months(claim) - _months(ground) - _months_of(evidence, question):
        return True
    return any(
        _counts_other(claim, word, ground) for word in claim.words if numbers(word) and not _is_date(word)
    )


def _same_word(word: str, others: set[str], language: str) -> bool:
    return word in others or tokens.stem(word, language) in {tokens.stem(other, language) for other in others}


def quantities(sentence: Parsed) -> set[str]:
    """The numbers of a sentence that are no parts of dates or times."""
    return {number for word in sentence.words if not _is_date(word) for number in numbers(word)}


def years(ground: Parsed, evidence: Evidence, question: str) -> set[str]:
    """Years that a sentence may name: of the evidence, the article's date and title, and the question.

    No other number of a title or a question is evidence: it may count something else.
    """
    sentences = (ground, *(parsed(text, ground.language) for text in (evidence.title, question)))
    found = {number for one in sentences for word in one.words for number in numbers(word)}
    return {number for number in (*found, evidence.date[:4]) if YEAR.fullmatch(number)}


def has_other_dates(claim: Parsed, ground: Parsed, evidence: Evidence) -> bool:
    """Whether a date is neither one of the evidence nor the article's, or a time of day is another."""
    known = [match.groups() for word in ground.words if (match := _DAY.fullmatch(word.key))]
    if match := _ISO.fullmatch(evidence.date):
        known.append((match["day"].lstrip("0"), match["month"].lstrip("0"), match["year"]))
    for word in claim.words:
        day = _DAY.fullmatch(word.key)
        if day and not any(_agree(day.groups(), one) for one in known):
            return True
        if not day and _is_date(word) and word.key not in ground.keys:
            return True
    return False


def _agree(mine: Sequence[str], its: Sequence[str]) -> bool:
    return all(not a or not b or a == b for a, b in zip(mine, its, strict=True))


def _is_date(word: Word) -> bool:
    """Whether a word is a date or a time of day."""
    return word.key.startswith(DATE)


def _weekday(day: str) -> set[str]:
    """The weekday of the day on which an article appeared, German and English."""
    try:
        number = date.fromisoformat(day).weekday()
    except ValueError:
        return set()
    return {weekday_names(language)[number].casefold() for language in ("de", "en")}


def _months(sentence: Parsed) -> set[int]:
    dated = {int(match[2]) for word in sentence.words if (match := _DAY.fullmatch(word.key))}
    return dated | {month_number(word.key) for word in sentence.words} - {0}


def _months_of(evidence: Evidence, question: str) -> set[int]:
    match = _ISO.fullmatch(evidence.date)
    own = {int(match["month"])} if match else set()
    return own | {month_number(word.text) for word in tokens.words(question)}


def _counts_other(claim: Parsed, number: Word, ground: Parsed) -> bool:
    """Whether a number counts something else in the evidence, or has other bounds there."""
    same = [word for word in ground.words if not _is_date(word) and numbers(word) & numbers(number)]
    if not same:
        return False  # taken from a date or a title
    counted = _behind(claim, number)
    if counted is not None and not any(_counts(ground, word, counted) for word in same):
        elsewhere = [word for word in ground.words if numbers(word) and word not in same]
        if any(_counts(ground, word, counted) for word in elsewhere):
            return True
        behind = [one for word in same if (one := _behind(ground, word))]
        if counted.key in support_words.UNITS and any(one.key in support_words.UNITS for one in behind):
            return True
    mine = bounds(claim, number)
    return not any(mine - support_words.WEAKER == bounds(ground, word) - support_words.WEAKER and
                   (bounds(ground, word) <= mine or not bounds(ground, word) & support_words.WEAKER)
                   for word in same)  # fmt: skip


def _behind(sentence: Parsed, number: Word) -> Word | None:
    """The word that a number counts: the next noun, or the unit."""
    for word in sentence.words[number.at + 1 : number.at + 4]:
        if numbers(word) or word.clause != number.clause:
            return None
        if word.noun or word.key in support_words.UNITS:
            return word
        if sentence.language == "en" and word.content:
            return word
    return None


def _counts(ground: Parsed, number: Word, counted: Word) -> bool:
    behind = _behind(ground, number)
    if behind is None:
        return False
    near = [behind, *ground.words[behind.at + 1 : behind.at + 2]]
    return any(bool(word.forms & counted.forms) or word.key == counted.key for word in near)


def bounds(sentence: Parsed, number: Word) -> frozenset[str]:
    """The bounds before a number: "mindestens", "mehr" of "mehr als", "um"."""
    lists = support_words.BOUNDS[sentence.language]
    found = set()
    for at in range(number.at - 1, max(-1, number.at - 4), -1):
        key = sentence.words[at].key
        if key in support_words.BOUND_ENDS:
            continue
        if key not in lists:
            break
        found.add(key)
    if number.key[1:].isdigit() and len(number.key) == 5:  # it may be a year
        found -= {"um", "auf", "ab", "seit", "bis", "nach", "vor", "from", "since", "about", "by"}
    return frozenset(found - {"to", "auf"})
