"""Words of running text: tokens, folding, stems, stop words, the language of a question.

Pure functions of strings. Words keep their offsets, so that they can be highlighted. Knows nothing of
articles or indexes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import Stemmer

from qa.text.characters import IN_WORDS, UNSEEN
from qa.text.composition import composed

DEFAULT_LANGUAGE = "de"  # language assumed if unknown

# ISO 639-1 -> Snowball algorithm (https://snowballstem.org/algorithms/)
SNOWBALL = {
    "ar": "arabic",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hi": "hindi",
    "hu": "hungarian",
    "it": "italian",
    "nl": "dutch",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "tr": "turkish",
}
# ISO 639-1 -> stop words, as collected by bm25s 0.3 (Lù 2024, MIT) from NLTK and Apache Lucene.
_STOP_WORDS: dict[str, str] = json.loads(Path(__file__).with_name("stop_words.json").read_text("utf-8"))
# Question words: they say what is asked for, not what the question is about.
INTERROGATIVES = {
    "de": frozenset(
        "wer wen wem wessen was wann wo woher wohin wie wieso weshalb warum welche welcher welches welchem"
        " welchen wieviel wieviele viel viele worüber woran worauf woraus wodurch wofür womit wonach worin"
        " wovon wovor wozu gibt gab sagt sagte".split()
    ),
    "en": frozenset("who whom whose what when where why how which many much did does do".split()),
}
# Scripts without spaces are indexed by character pairs: Han, kana, Thai, Lao, Khmer, Burmese.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(
    rf"[{_UNSPACED}]+"
    r"|\d+(?:[.,:]\d+)*"  # 1.000   4,7   16:30
    rf"|[^\W\d_{_UNSPACED}](?:[^\W\d_{_UNSPACED}]|[{IN_WORDS}\u0300-\u036f\u064b-\u0652\u093c-\u094d])*"
)
_UNSPACED_RUN = re.compile(rf"[{_UNSPACED}]")
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")  # 12.000 in German, 12,000 in English


class Word(NamedTuple):
    """A word of a text with its half-open character range."""

    text: str
    start: int
    end: int


def words(text: str) -> Iterator[Word]:
    """The words and numbers of `text` in order; runs without spaces come as overlapping pairs."""
    for match in _WORD.finditer(text):
        run, start, end = match[0], match.start(), match.end()
        if len(run) > 2 and _UNSPACED_RUN.match(run):
            for offset in range(len(run) - 1):
                yield Word(run[offset : offset + 2], start + offset, start + offset + 2)
        else:
            yield Word(run, start, end)


def fold(word: str) -> str:
    """A word without case, invisible characters within it and thousands separators."""
    if word[:1].isdigit():
        return re.sub(r"[.,]", "", word) if _GROUPED.fullmatch(word) else word
    return composed(UNSEEN.sub("", word)).casefold()


@cache
def _stemmer(language: str) -> Stemmer.Stemmer | None:
    algorithm = SNOWBALL.get(language or DEFAULT_LANGUAGE)
    return Stemmer.Stemmer(algorithm, 0) if algorithm else None


@lru_cache(maxsize=1 << 17)
def stem(word: str, language: str) -> str:
    """Snowball stem of a folded word, or the word itself if the language has no stemmer.

    An empty language counts as `DEFAULT_LANGUAGE`.
    """
    stemmer = _stemmer(language)
    return str(stemmer.stemWord(word)) if stemmer else word


@cache
def stop_words(language: str) -> frozenset[str]:
    """Stop words of a language; an empty set where no list is known."""
    return frozenset(_STOP_WORDS.get(language or DEFAULT_LANGUAGE, "").split())


def terms(text: str, language: str) -> list[str]:
    """Index terms of a text: folded stems without stop words, in order."""
    stop = stop_words(language)
    folded = (fold(word.text) for word in words(text))
    return [stem(word, language) for word in folded if word and word not in stop]


def query_terms(text: str, languages: frozenset[str]) -> list[str]:
    """Distinct terms of a query against articles of several languages.

    Stop words of the question's own language and of the articles' languages are omitted.
    """
    stop = stop_words(question_language(text)).union(*map(stop_words, languages))
    folded = [term for term in (fold(word.text) for word in words(text)) if term and term not in stop]
    return list(dict.fromkeys(stem(word, language) for word in folded for language in sorted(languages)))


def question_language(text: str) -> str:
    """ "de" or "en", by function words in the question; "" if undecided.

    An umlaut only breaks ties, because it may be part of a name.
    """
    folded = [fold(word.text) for word in words(text)]
    german = stop_words("de") | INTERROGATIVES["de"]
    english = stop_words("en") | INTERROGATIVES["en"]
    score = sum((word in english) - (word in german) for word in folded)
    if score == 0 and re.search("[äöüß]", text.casefold()):
        return "de"
    return "en" if score > 0 else "de" if score < 0 else ""
