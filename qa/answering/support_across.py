"""Whether a sentence of one language says what a sentence of the other says, as far as rules can tell.

What is the same in both languages is compared exactly: numbers, dates, names and their order, negation,
hedges, a list of opposites. What a sentence is about is left to a cosine. Another noun or verb that is not
in the list passes, so such a sentence is shown only above the original, and the label stands behind the
original. Pure functions of text, German and English. The figures are in decision 37.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from qa.answering import statement_words, support_words
from qa.answering import support_across_words as known
from qa.answering.features import COMPOUND_LETTERS
from qa.answering.statement_tokens import DATE
from qa.answering.support import Reason, Support, has_foreign_marks
from qa.answering.support_mood import is_hedged
from qa.answering.support_numbers import YEAR, bounds, has_other_dates, quantities, years
from qa.answering.support_sentence import LANGUAGES, Evidence, Parsed, Word, is_dated, numbers, parsed
from qa.text import tokens
from qa.text.dates import month_number

COSINE = 0.86  # least cosine of a sentence and what it translates; from decision 37
_BEFORE = 2  # words before a name among which its preposition stands
_NOT_NAMES = ("s", "ly", "ing", "ed")  # ends of English words that begin a sentence without a determiner


def best_across(
    sentence: str, language: str, evidence: Sequence[Evidence], cosines: Sequence[float], question: str = ""
) -> Support:
    """The support of a sentence by the sentence of an article in the other language that is nearest to it.

    `language` ("de" or "en") is that of the sentence, `cosines` those of the sentence and each of `evidence`.
    What is kept is no proof: show it above the original only. Evidence in the same language, or in one that
    is neither, counts as none.
    """
    if not any(character.isalpha() for character in sentence):
        return Support(-1, 0.0, "empty")
    spoken = tokens.question_language(sentence)
    foreign = [
        at for at, one in enumerate(evidence) if one.language in LANGUAGES and one.language != language
    ]
    if language not in LANGUAGES or (spoken and spoken != language) or not foreign:
        return Support(-1, 0.0, "language")
    best = max(foreign, key=lambda at: cosines[at])
    reason = other_facts(sentence, language, evidence[best], question)
    if not reason and cosines[best] < COSINE:
        reason = "meaning"
    return Support(best, min(1.0, max(0.0, float(cosines[best]))), reason)


def other_facts(sentence: str, language: str, evidence: Evidence, question: str = "") -> Reason:
    """What a sentence states that one in the other language does not; "" if nothing was found."""
    claim = parsed(sentence, language)
    ground = parsed(evidence.text, evidence.language or "de")
    if not any(word.content for word in claim.words):
        return "empty"
    checks: tuple[tuple[Reason, Callable[[], bool]], ...] = (
        ("number", lambda: _has_other_numbers(claim, ground, evidence, question)),
        ("name", lambda: has_foreign_marks(sentence, evidence.text)),
        ("name", lambda: _has_other_names(claim, ground, evidence)),
        ("negation", lambda: _denies(claim) != _denies(ground)),
        ("opposite", lambda: _has_opposites(claim, ground)),
        ("modality", lambda: _loses_hedge(claim, ground) or _wants(claim) != _wants(ground)),
        ("roles", lambda: _is_reordered(claim, ground)),
        ("incomplete", lambda: claim.words[0].key in support_words.FINITE[language]),
    )
    return next((reason for reason, hits in checks if hits()), "")


# ---------------------------------------------------------------- numbers


def _has_other_numbers(claim: Parsed, ground: Parsed, evidence: Evidence, question: str) -> bool:
    allowed = quantities(ground) | years(ground, evidence, question) | _worded(ground)
    if quantities(claim) - allowed or has_other_dates(claim, ground, evidence):
        return True
    if _months(claim) - _months(ground) - _months_of(evidence):
        return True
    if _days(claim) - _days(ground) or _classes(claim.keys, known.NUMERALS) - _numerals(ground):
        return True
    return any(_counts_other(claim, ground, word) for word in claim.words if numbers(word))


def _numerals(ground: Parsed) -> set[int]:
    """The numerals of the evidence, and "both" where it has a 2."""
    return _classes(ground.keys, known.NUMERALS) | ({0} if "2" in quantities(ground) else set())


def _worded(ground: Parsed) -> set[str]:
    """The number of "both"."""
    return {"2"} if known.NUMERALS[0].intersection(ground.keys) else set()


def _days(sentence: Parsed) -> set[int]:
    """The days that a sentence names, by their place in the week."""
    return {day for word in sentence.words for day in _days_of(word)}


def _days_of(word: Word) -> set[int]:
    """The day that a word names; "Sonntagabend" is one."""
    return _classes([word.key.removesuffix(part) for part in ("", *known.PARTS_OF_DAYS)], known.DAYS)


def _classes(words: Iterable[str], classes: Sequence[frozenset[str]]) -> set[int]:
    return {number for number, line in enumerate(classes) for word in words if word in line}


def _months(sentence: Parsed) -> set[int]:
    return {month_number(word.key) for word in sentence.words} - {0}


def _months_of(evidence: Evidence) -> set[int]:
    return {int(evidence.date[5:7])} if evidence.date[5:7].isdigit() else set()


def _counts_other(claim: Parsed, ground: Parsed, number: Word) -> bool:
    """Whether a number has another unit or other bounds in the evidence."""
    same = [word for word in ground.words if numbers(word) & numbers(number)]
    if not same:
        return False  # a year of the title or a date
    unit, units = _unit(claim, number), [_unit(ground, word) for word in same]
    if unit and any(units) and unit not in units:
        return True
    mine = _bounds(claim, number)
    return not any(mine - {"about"} == _bounds(ground, word) - {"about"} for word in same)


def _unit(sentence: Parsed, number: Word) -> set[int]:
    following = [word.key for word in sentence.words[number.at + 1 : number.at + 2]]
    return _classes(following, known.UNITS)


def _bounds(sentence: Parsed, number: Word) -> set[str]:
    words = bounds(sentence, number)
    return {name for name, line in known.BOUNDS if words & line}


# ---------------------------------------------------------------- names


def _has_other_names(claim: Parsed, ground: Parsed, evidence: Evidence) -> bool:
    """Whether a sentence has a name that the other has not, or one more often."""
    names = [word for word in claim.words if _may_be_name(word, claim)]
    outlet = {word.key for word in parsed(evidence.source, claim.language).words}
    if outlet and outlet.issubset(claim.keys):  # "according to the Harbour Gazette"
        names = [word for word in names if word.key not in outlet]
    often = Counter(claim.keys)
    return any(
        not (held := sum(_same(word.key, other) for other in ground.keys)) or often[word.key] > held
        for word in names
    )


def _may_be_name(word: Word, sentence: Parsed) -> bool:
    """Whether a word can only be a name, as far as its form and place tell."""
    if not word.noun or is_dated(word) or word.key in known.TITLES:
        return False
    if _days_of(word) or _classes([word.key], known.NUMERALS):
        return False
    following = sentence.words[word.at + 1 : word.at + 2]
    before = sentence.words[word.at - 1] if word.at else None
    beside = any(other.noun and not numbers(other) for other in following)
    if sentence.language == "en":
        # the first word may be a title, a plural or no noun at all
        return bool(before) or not (beside or word.key.endswith(_NOT_NAMES))
    if word.common or before is None:
        return False
    # in German every noun has a capital: a name is next to another one or follows a bare preposition
    named = before.noun and not is_dated(before) and not _days_of(before)
    return named or before.key in statement_words.PREPOSITIONS["de"]


def _same(name: str, other: str) -> bool:
    """Whether a word is a name: as it is, in a compound, or as the other language writes it."""
    if name == other or any(name in line and other in line for line in known.NAMES):
        return True
    mine, its = name.rstrip("s"), other.rstrip("s")
    shorter, longer = sorted((mine, its), key=len)
    if len(shorter) >= COMPOUND_LETTERS and (longer.startswith(shorter) or longer.endswith(shorter)):
        return True
    return mine in {part.rstrip("s") for part in (its, *other.split("-"))} - {""}


def _is_reordered(claim: Parsed, ground: Parsed) -> bool:
    """Whether shared numbers or names are in another order, or a name behind another preposition."""
    counted, known_order = _numbers_in_order(claim), _numbers_in_order(ground)
    if any(
        _differ_in_order(counted[unit], known_order[unit]) for unit in counted.keys() & known_order.keys()
    ):
        return True
    mine, its = _names(claim), _names(ground)
    placed = {name for name in mine.keys() & its.keys() if mine[name] and its[name]}
    if any(mine[name].isdisjoint(its[name]) for name in placed):
        return True
    return _differ_in_order([name for name in mine if name not in placed], [*its])


def _differ_in_order(mine: Sequence[str], its: Sequence[str]) -> bool:
    both = set(mine) & set(its)
    orders = [list(dict.fromkeys(one for one in side if one in both)) for side in (mine, its)]
    return orders[0] != orders[1]


def _numbers_in_order(sentence: Parsed) -> dict[frozenset[int], list[str]]:
    """The numbers by their unit, without dates and years, whose place in a sentence is free."""
    found: dict[frozenset[int], list[str]] = {}
    for word in sentence.words:
        if not word.key.startswith(DATE):
            plain = [number for number in sorted(numbers(word)) if not YEAR.fullmatch(number)]
            found.setdefault(frozenset(_unit(sentence, word)), []).extend(plain)
    return found


def _names(sentence: Parsed) -> dict[str, set[int]]:
    """Each name in its order, and what the preposition before it says of a place."""
    found: dict[str, set[int]] = {}
    for word in sentence.words:
        if word.noun and not is_dated(word):
            before = [other.key for other in sentence.words[max(0, word.at - _BEFORE) : word.at]]
            found.setdefault(word.key, _classes(before, known.PLACES))
    return found


# ---------------------------------------------------------------- mood


def _denies(sentence: Parsed) -> bool:
    """Whether it has an odd number of negations."""
    words = support_words.NEGATIONS[sentence.language]
    return sum(word.key in words for word in sentence.words) % 2 == 1


def _has_opposites(claim: Parsed, ground: Parsed) -> bool:
    mine, its = frozenset(claim.keys), frozenset(ground.keys)
    return any(
        (mine & a and its & b and not mine & b and not its & a)
        or (mine & b and its & a and not mine & a and not its & b)
        for a, b in known.OPPOSITES
    )


def _loses_hedge(claim: Parsed, ground: Parsed) -> bool:
    return is_hedged(ground) and not is_hedged(claim) and known.EXPECTED.isdisjoint(claim.keys)


def _wants(sentence: Parsed) -> bool:
    """Whether it is only wanted or planned. German "will" is a wish, English "will" the future."""
    wanted = known.WANTED[sentence.language]
    following = (*sentence.keys[1:], "")
    # "plans to build", but not "plans for a quarry"
    return any(
        word in wanted and (not word.startswith("plan") or sentence.language == "de" or after != "for")
        for word, after in zip(sentence.keys, following, strict=True)
    )
