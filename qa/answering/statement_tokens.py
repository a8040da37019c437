"""A sentence as a list of tokens in one spelling: numbers by value, dates, units, words of one meaning.

"2.000", "2000" and "zweitausend" become one token, and so do "5,7 %" and "5,7 Prozent". What could change a
statement stays: commas, signs, question marks. Knows German and English; of other languages, the words as
they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Context, Decimal
from functools import cache, lru_cache
from typing import NamedTuple

from qa.answering import statement_words as known
from qa.text.agencies import AGENCIES
from qa.text.characters import IN_WORDS, ZERO_WIDTH
from qa.text.characters import NUMBER_SPACE as _SPACE
from qa.text.dates import month_number
from qa.text.number_words import SCALES, cardinal
from qa.text.tokens import fold

NUMBER = "#"  # first character of a token that is a number
DATE = "@"  # first character of one that is a date or a time of day
COMMA = ","
COLON = ":"
QUESTION = "?"

_TOKEN = re.compile(
    r"(?P<iso>(?<![\w-])\d{4}-\d{2}-\d{2}(?![\w-]))"
    rf"|(?P<dmy>(?<![\w.,])\d{{1,2}}\.{_SPACE}?\d{{1,2}}\.(?:{_SPACE}?\d{{4}})?(?!\d))"
    rf"|(?P<day>(?<![\w.,])\d{{1,2}})(?P<th>\.|st|nd|rd|th)?{_SPACE}(?P<month>[^\W\d_]{{3,9}})\b\.?"
    rf"(?:{_SPACE}(?P<year>\d{{4}})(?![\w.,]\d))?"
    rf"|(?P<month2>(?<!\w)[A-Z][a-z]{{2,8}})\.?{_SPACE}(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?![\w.:]|,\d)"
    rf"(?:,?{_SPACE}(?P<year2>\d{{4}})(?![\w.,]\d))?"
    rf"|(?P<clock>(?<![\w.,:])\d{{1,2}}(?:[.:]\d{{2}})?){_SPACE}?Uhr\b"
    r"|(?P<joined>\d+(?:-[^\W\d_]+)+)"  # "34-jährig"
    rf"|(?P<number>\d{{1,3}}(?:{_SPACE}\d{{3}})+(?![\d.,]\d|\d)|\d+(?:[.,:]\d+)*)(?P<point>\.(?={_SPACE}+\S))?"
    rf"|(?P<word>[^\W\d_][^\W_]*(?:[-'’{IN_WORDS}\u0300-\u036f]+[^\W_]+)*)"
    r"|(?P<pause>\s[-–—]+\s)|(?P<sign>(?<![\w)])[-–−+](?=\d))|(?P<range>(?<=\d)[-–](?=\d))|(?P<mark>[^\w\s]|_)"
)
# "BERLIN (dpa) - ", no digits
_DATELINE = re.compile(
    r"(?P<place>(?:[^\W\d_a-zäöüß][^\W\d_]*[ /,-]+){1,4})"
    rf"\((?i:{AGENCIES})(?:/[^\W\d_]{{2,6}})?\)\s*[-–—]\s+"
)
_DROPPED = frozenset("\"'“”„‟«»‹›‘’‚‛`´.!…*_#")
_GROUPS = {
    "de": re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?"),
    "en": re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?"),
}
_PLAIN = {"de": re.compile(r"\d+(?:,\d+)?"), "en": re.compile(r"\d+(?:\.\d+)?")}


class Token(NamedTuple):
    """A word, number, date or mark of a sentence."""

    key: str  # what is compared
    noun: bool  # may be part of a noun phrase by its form: a capital, a number, a date


def dateline(sentence: str) -> str:
    """The place in an agency's dateline ("berlin"), or ""."""
    match = _DATELINE.match(sentence)
    return match["place"].strip(" /,-").casefold() if match else ""


@lru_cache(maxsize=4096)
def statement_tokens(sentence: str, language: str) -> tuple[Token, ...]:
    """The tokens of a sentence, without a dateline and without final marks but "?".

    `language` is an ISO 639-1 code; numbers, dates and synonyms are known for "de" and "en".
    """
    before = _DATELINE.match(sentence)
    text = sentence[before.end() :] if before else sentence
    found = list(_read(text, language))
    while found and found[-1].key in (COMMA, ";", COLON):
        found.pop()
    if language in known.EQUAL:
        found = _equal_words(_values(found, language), language)
        if len(found) > 2 and found[0].key in known.CONNECTIVES[language] and not found[0].noun:
            found = found[2:] if found[1].key == COMMA else found[1:]
    return tuple(found)


def _read(text: str, language: str) -> Iterator[Token]:
    first = True
    at = 0
    while match := _TOKEN.search(text, at):
        at = match.end()
        token, at = _token(match, language)
        for one in token:
            yield Token(one.key, False) if first and _is_function_word(one.key, language) else one
            first = first and not any(c.isalnum() for c in one.key)


def _is_function_word(key: str, language: str) -> bool:
    return language in known.EQUAL and (
        key in known.PREPOSITIONS[language]
        or key in known.DETERMINERS[language]
        or key in known.CONNECTIVES[language]
        or key in known.PARTICLES
        or key in known.ADVERBS
        or key in known.SUBORDINATORS
    )


def _token(match: re.Match[str], language: str) -> tuple[list[Token], int]:
    """The tokens of a match, and where to go on reading."""
    kind, end = match.lastgroup or "", match.end()
    if match["month"] or match["month2"]:
        month = month_number(match["month"] or match["month2"])
        day = match["day"] or match["day2"]
        if month and language in known.EQUAL:
            year = match["year"] or match["year2"] or ""
            return [Token(f"{DATE}{int(day)}.{month}.{year}", True)], end
        if match["month2"]:
            return _word(match["month2"], language), match.end("month2")
        last = match.end("th") if match["th"] else match.end("day")
        if match["th"] in (None, "."):
            return [_number(match["day"], bool(match["th"]), language)], last
        return [_number(match["day"], True, language)], last
    if match["iso"]:
        year, number, day = match["iso"].split("-")
        return [Token(f"{DATE}{int(day)}.{int(number)}.{year}", True)], end
    if match["dmy"]:
        day, number, year = re.split(rf"\.{_SPACE}?", match["dmy"])
        return [Token(f"{DATE}{int(day)}.{int(number)}.{year}", True)], end
    if match["clock"]:
        hour, _, minute = match["clock"].replace(".", ":").partition(":")
        return [Token(f"{DATE}{int(hour)}:{minute or '00'}", True)], end
    if match["number"]:
        return [_number(match["number"], bool(match["point"]), language)], end
    if match["joined"]:
        return [Token(fold(match["joined"]), any(c.isupper() for c in match["joined"]))], end
    if match["word"]:
        return _word(match["word"], language), end
    return _mark(match[0], kind, language), end


def _mark(mark: str, kind: str, language: str) -> list[Token]:
    if kind == "pause":
        return [Token(COMMA, False)]
    if kind == "sign":
        return [Token("+" if mark == "+" else "minus", False)]
    if kind == "range":
        return [Token({"de": "bis", "en": "to"}.get(language, "-"), False)]
    return (
        []
        if mark in _DROPPED or ZERO_WIDTH.match(mark)
        else [Token(mark, mark in "%°" or mark in known.CURRENCIES)]
    )


def _word(word: str, language: str) -> list[Token]:
    folded = fold(word.replace("’", "'"))
    if language == "en" and folded in known.CONTRACTIONS:
        return [Token(part, False) for part in known.CONTRACTIONS[folded]]
    return [Token(folded, word[0].isupper())]


def _number(digits: str, ordinal: bool, language: str) -> Token:
    """A number by its value; what is not a number in this language ("10.30", "3:1") as it is written."""
    plain = re.sub(_SPACE, "", digits)
    if language in known.EQUAL:
        point = "," if language == "de" else "."
        if _GROUPS[language].fullmatch(plain) or _PLAIN[language].fullmatch(plain):
            plain = plain.replace("." if language == "de" else ",", "").replace(point, ".")
            plain = _canonical(plain)
    return Token(f"{NUMBER}{plain}{'.' if ordinal else ''}", True)


def _canonical(number: str) -> str:
    """A decimal number without zeros at its end; those at its beginning make it a code, not a value."""
    whole, _, fraction = number.partition(".")
    fraction = fraction.rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole


def _values(found: Sequence[Token], language: str) -> list[Token]:
    """Number words as numbers, scales multiplied out, signs of currencies behind their number."""
    out: list[Token] = []
    for at, token in enumerate(found):
        key = token.key
        scale = SCALES[language].get(key)
        before = out[-1].key if out else ""
        after = found[at + 1].key if at + 1 < len(found) else ""
        number = cardinal(key, language)
        if scale and _is_value(before):
            out[-1] = Token(NUMBER + _scaled(before[1:], scale), True)
        elif key in known.ONE[language] and (
            after in SCALES[language] or (language == "de" and after in ("%", "prozent"))
        ):
            out.append(Token(f"{NUMBER}1", True))
        elif number is not None:
            out.append(Token(f"{NUMBER}{number}", True))
        elif key in known.ORDINALS[language]:
            out.append(Token(f"{NUMBER}{known.ORDINALS[language][key]}.", True))
        else:
            out.append(token)
    for at in range(len(out) - 1):
        if out[at].key in known.CURRENCIES and _is_value(out[at + 1].key):
            out[at], out[at + 1] = out[at + 1], out[at]
    return out


def _is_value(key: str) -> bool:
    return key.startswith(NUMBER) and re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", key[1:]) is not None


def _scaled(number: str, scale: int) -> str:
    exact = Context(prec=len(number) + scale + 1)
    return _canonical(f"{exact.scaleb(Decimal(number), scale):f}")


@cache
def _phrases(language: str) -> dict[str, list[tuple[tuple[str, ...], str, bool]]]:
    """First word -> (words, their replacement, only before a number), longest first."""
    found: dict[str, list[tuple[tuple[str, ...], str, bool]]] = {}
    for line in known.EQUAL[language]:
        head = line.split("|")[0].removeprefix("# ")
        for phrase in line.split("|"):
            words = tuple(phrase.replace("# ", "").split())
            found.setdefault(words[0], []).append((words, head, "#" in phrase))
    for entries in found.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    return found


def _equal_words(found: Sequence[Token], language: str) -> list[Token]:
    phrases = _phrases(language)
    keys = [token.key for token in found]
    out: list[Token] = []
    at = 0
    while at < len(found):
        for words, head, before_number in phrases.get(keys[at], ()):
            end = at + len(words)
            number = end < len(keys) and keys[end].startswith(NUMBER)
            if tuple(keys[at:end]) == words and (number or not before_number):
                out.append(Token(head, any(token.noun for token in found[at:end])))
                at = end
                break
        else:
            out.append(found[at])
            at += 1
    return out
