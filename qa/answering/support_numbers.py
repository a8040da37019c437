"""Whether two sentences give the same numbers, dates and days: of the same things, within the same bounds.

For `support`; knows nothing else of what they say.
"""

from __future__ import annotations

from datetime import date

from qa.answering import support_words
from qa.answering.statement_tokens import DATE
from qa.answering.support_sentence import Evidence, Parsed, Word, numbers, parsed
from qa.text import tokens
from qa.text.dates import month_number


def has_other_numbers(claim: Parsed, ground: Parsed, evidence: Evidence, question: str) -> bool:
    """Whether a sentence has a number, date or bound that the other has not, or counts something else."""
    mine = {number for word in claim.words for number in numbers(word)}
    its = {number for word in ground.words for number in numbers(word)}
    known = its | _dates_of(evidence, question, claim.language)
    if mine - known or _wrong_dates(claim, ground, evidence):
        return True
    lists = support_words.NUMERALS[claim.language] | support_words.DAYS
    worded = {word.key for word in claim.words if word.key in lists}
    allowed = set(ground.keys) | _weekday(evidence.date)
    if any(not _same_word(word, allowed, claim.language) for word in worded):
        return True
    months = {month_number(word.key) for word in claim.words} - {0}
    if months - {month_number(word.key) for word in ground.words} - _months_of(evidence, question, ground):
        return True
    return any(_counts_other(claim, word, ground) for word in claim.words if numbers(word))


def _same_word(word: str, others: set[str], language: str) -> bool:
    return word in others or tokens.stem(word, language) in {tokens.stem(other, language) for other in others}


def _dates_of(evidence: Evidence, question: str, language: str) -> set[str]:
    """Years and days that a sentence may take from the article's date, its title and the question.

    A quantity must stand in the evidence: that of a title or of a question may be of something else.
    """
    found = {part.lstrip("0") for part in evidence.date.split("-")} if evidence.date else set()
    for text in (evidence.title, question):
        for word in parsed(text, language).words:
            for number in numbers(word):
                if word.key.startswith(DATE) or (len(number) == 4 and number[:2] in ("19", "20")):
                    found.add(number)
    return found


def _wrong_dates(claim: Parsed, ground: Parsed, evidence: Evidence) -> bool:
    """Whether a whole date is neither one of the evidence nor the article's."""
    known = [word.key[1:].split(".") for word in ground.words if _is_day(word)]
    if evidence.date:
        known.append([part.lstrip("0") for part in reversed(evidence.date.split("-"))])
    for word in claim.words:
        if not _is_day(word):
            continue
        parts = word.key[1:].split(".")
        if not any(all(not a or not b or a == b for a, b in zip(parts, one, strict=False)) for one in known):
            return True
    return False


def _is_day(word: Word) -> bool:
    return word.key.startswith(DATE) and ":" not in word.key


def _weekday(day: str) -> set[str]:
    """The weekday of the day on which an article appeared."""
    if len(day) != 10:
        return set()
    number = date.fromisoformat(day).weekday()
    names = "montag dienstag mittwoch donnerstag freitag samstag sonntag".split()
    english = "monday tuesday wednesday thursday friday saturday sunday".split()
    return {names[number], english[number]}


def _months_of(evidence: Evidence, question: str, ground: Parsed) -> set[int]:
    dated = {int(word.key[1:].split(".")[1]) for word in ground.words if _is_day(word)}
    own = {int(evidence.date[5:7])} if len(evidence.date) >= 7 else set()
    return dated | own | {month_number(word.text) for word in tokens.words(question)}


def _counts_other(claim: Parsed, number: Word, ground: Parsed) -> bool:
    """Whether a number counts something else in the evidence, or has other bounds there."""
    same = [word for word in ground.words if numbers(word) & numbers(number)]
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
    mine = _bounds(claim, number)
    return not any(mine - support_words.WEAKER == _bounds(ground, word) - support_words.WEAKER and
                   (_bounds(ground, word) <= mine or not _bounds(ground, word) & support_words.WEAKER)
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


def _bounds(sentence: Parsed, number: Word) -> frozenset[str]:
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
    if number.key.startswith(DATE) or (number.key[1:].isdigit() and len(number.key) == 5):
        found -= {"um", "auf", "ab", "seit", "bis", "nach", "vor", "from", "since", "about", "by"}
    return frozenset(found - {"to", "auf"})
