"""Whether a question leans on the conversation before it, and which of its words say what it is about.

Decided by words and forms alone, German and English; no index and no model.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.text import tokens
from qa.text.tokens import Word

ADJECTIVES = 3  # between "das" and its noun at most
OPENED = 2  # content words up to which a question that begins with "Und" leans

_OPENERS = {"de": frozenset("und aber oder".split()), "en": frozenset("and but or".split())}
# Words that point to what was said. Whether they do is decided by what stands around them.
_POINTING = {
    "de": frozenset(
        "er sie ihn ihm ihnen es dies diese dieser diesem diesen dieses jene jener jenem jenen jenes das"
        " denen dessen deren dort da dabei dadurch dafür dagegen daher dahin dahinter damals damit danach"
        " dann daran darauf daraufhin daraus darin darüber darum darunter davon davor dazu deshalb deswegen"
        " dorthin"
        " hierzu hiervon seitdem letztere letzterer letzteren".split()
    ),
    "en": frozenset("he him she they them it this that these those there then so thereby therefore".split()),
}
_OWNING = {
    "de": frozenset(
        f"{stem}{ending}" for stem in ("sein", "ihr") for ending in ("", "e", "em", "en", "er", "es")
    ),
    "en": frozenset("his her hers its their theirs".split()),
}
# Adverbs that may also announce a clause: "Wer spricht davon, dass …"
_ANNOUNCING = re.compile(r"(?:da(?:r(?=[aeiouäöü]))?|hier)\w{2,}|es|it|das|dies")
_ANNOUNCED = re.compile(
    r",\s*(?:(?:in|an|auf|mit|von|zu)\s+)?(?:dass|daß|ob|wie|was|wer|wen|wann|warum|welch\w*)\b|,.*\bzu\s+\w+n\b"
    r"|^,|^ hinaus\b"
)
_TIMES = frozenset(  # "dieses Jahr" points to the calendar
    "jahr jahres jahre monat monats woche wochen tag tage tagen mal winter sommer frühjahr herbst saison"
    " season year years month months week weeks day days time morning summer winter spring autumn".split()
)
_IMPERSONAL = frozenset(  # with these, "es" stands for nothing
    "gibt gab gäbe gegeben geben geht ging gehen heißt hieß handelt handelte kommt kam bedarf scheint dauert"
    " dauerte".split()
)
_IT_ANNOUNCES = re.compile(r"it\b.*\b(?:that|to (?!th|him|her\b|me\b|us\b|a\b)[a-z])")  # "Is it true that …"
_ANYBODY = frozenset("man one jemand someone".split())  # owners that need no name
_BE = frozenset("is are was were be been isn wasn aren weren".split())
# Before a "that" that stands for something: "Who did that?", "after that"; elsewhere it joins clauses.
_BEFORE_THAT = frozenset(
    "about after at before by did do does for from has in is of on than to was will with would".split()
)
_CLAUSE_ENDS = {
    "de": re.compile(r"[,;:.!?–]|\b(?:und|oder) (?=w)"),
    "en": re.compile(
        r"[,;:.!?–]|\b(?:and|or) (?=(?:how|wh))|\b(?:when|while|because|that|if|who|whether|as|where)\b"
        r"|\b(?:says?|said|announced?|claim(?:s|ed)?|think|thinks) (?=it|he|she|they)"
    ),
}
_HELPING = {
    "de": frozenset(
        "ist sind war waren wird werden wurde wurden worden hat habe haben hatte hatten kann können konnte"
        " konnten könnte könnten soll sollen sollte sollten will wollen wollte wollten muss müssen musste"
        " mussten darf dürfen durfte durften mag mögen würde würden sei seien wäre wären hätte hätten bleibt"
        " blieb gibt gab seit bereits laut".split()
    ),
    "en": frozenset(
        "is are was were be been being has have had do does did can could will would shall should may might"
        " must since ago yet still ever".split()
    ),
}
# Words that say that something was said or happened, without saying what.
_EMPTY = {
    "de": frozenset(
        "sagt sagte sagten gesagt sagen nannte nannten genannt nennt behauptet behauptete erzählt erzählte"
        " berichtet berichtete gemeldet meldete bestätigt bestätigte passiert passierte geschah geschehen"
        " geschieht stammt stammen kommt stimmt heißt genau schon etwa eigentlich wirklich denn beim allem"
        " sonst davor ebenfalls bisher zahl zahlen angabe angaben aussage aussagen meldung meldungen bericht"
        " berichte vorfall ereignis grund gründe ort quelle folge folgen behauptung schilderung nachricht"
        " information informationen nenne erkläre erzähl erzähle sag zeig zeige".split()
    ),
    "en": frozenset(
        "said say says saying named told tell claimed claim claims reported report confirmed happened happen"
        " happens exactly really actually else already true number numbers figure figures statement incident"
        " event reason place source sources information news come comes came tell show explain".split()
    ),
}


def leans(question: str) -> bool:
    """Whether a question cannot be understood without what was said before it."""
    language = language_of(question)
    words = list(tokens.words(question))
    if not words:
        return False
    if any(_points(question, words, at, language) for at in range(len(words))):
        return True
    content = content_words(question, language)
    opened = tokens.fold(words[0].text) in _OPENERS[language]
    if opened and (len(content) <= OPENED or not _has_verb(content, words, language)):
        return True
    return not _names_something(question, content, words, language)


def language_of(question: str) -> str:
    """The language whose rules hold for a question: "en" if its words say so, else "de"."""
    return "en" if tokens.question_language(question) == "en" else "de"


def content_words(question: str, language: str) -> list[Word]:
    """The words of a question that say what it is about."""
    idle = (
        tokens.stop_words(language)
        | tokens.INTERROGATIVES[language]
        | _POINTING[language]
        | _OWNING[language]
        | _OPENERS[language]
        | _HELPING[language]
        | _EMPTY[language]
    )
    return [word for word in tokens.words(question) if tokens.fold(word.text) not in idle]


def _names_something(question: str, content: Sequence[Word], words: Sequence[Word], language: str) -> bool:
    """Whether the content words of a question are enough for it to stand on its own."""
    if language == "en":
        defines = re.match(r"what (?:is|are)\b", question.lower())
        return len(content) > 1 or any(_capital(word) or defines for word in content)
    if question == question.lower():  # typed without capitals: nouns cannot be told
        return len(content) > 1
    begins = tokens.fold(words[0].text) in tokens.INTERROGATIVES[language]
    named = any(_capital(word) or word.text[0].isdigit() for word in content)
    return named and (_has_verb(content, words, language) or not begins)


def _has_verb(content: Sequence[Word], words: Sequence[Word], language: str) -> bool:
    """Whether a question has a verb: in German what is no noun, in English also what asks for a subject."""
    folded = {tokens.fold(word.text) for word in words}
    if folded & (_HELPING[language] | _EMPTY[language]):
        return True
    if language == "en":
        return bool(folded & {"who", "what", "which"})
    return any(not _capital(word) for word in content)


def _capital(word: Word) -> bool:
    return word.text[:1].isupper()


def _points(question: str, words: Sequence[Word], at: int, language: str) -> bool:
    """Whether the word at this place points to something outside the question."""
    word, folded = words[at], tokens.fold(words[at].text)
    after = words[at + 1] if at + 1 < len(words) else None
    if folded in _OWNING[language]:
        return _owns(question, words, at, language)
    if folded not in _POINTING[language] or (at and word.text[0].isupper()):  # "Sie" is an address
        return False
    if folded != "that" and _inside(question, words, at, language):
        return False
    if after and folded.startswith(("dies", "jene", "this", "these", "those")):
        return tokens.fold(after.text) not in _TIMES
    if language == "en":
        return _points_in_english(question, words, at)
    if folded == "das" and _is_article(words, at):
        return False
    if folded == "es" and any(tokens.fold(other.text) in _IMPERSONAL for other in words):
        return False
    return not (_ANNOUNCING.fullmatch(folded) and _ANNOUNCED.search(question, word.end))


def _points_in_english(question: str, words: Sequence[Word], at: int) -> bool:
    folded = tokens.fold(words[at].text)
    before = tokens.fold(words[at - 1].text) if at else ""
    last = at + 1 == len(words)
    if folded == "it":
        return not _IT_ANNOUNCES.match(question, words[at].start)
    if folded == "that":
        return last or before in _BEFORE_THAT or at == 0
    if folded == "there":
        exists = before in _BE or (not last and tokens.fold(words[at + 1].text) in _BE)
        return not (exists and content_words(question, "en"))
    if folded in ("then", "so"):
        return last
    return True


def _owns(question: str, words: Sequence[Word], at: int, language: str) -> bool:
    """Whether a possessive belongs to somebody outside the question; a name before it is the owner."""
    word = words[at]
    after = words[at + 1] if at + 1 < len(words) else None
    folded = tokens.fold(word.text)
    if language == "de" and (word.text[0].isupper() and at):  # "Ihre" is an address
        return False
    if folded in ("sein", "ihr") and not (after and _capital(after)):
        return False
    if any(tokens.fold(other.text) in _ANYBODY for other in words[:at]):
        return False
    return not _names(content_words(question[: word.start], language), language)


def _is_article(words: Sequence[Word], at: int) -> bool:
    """Whether "das" belongs to a noun: "das Schiff", "das größte Schiff"."""
    for word in words[at + 1 : at + 2 + ADJECTIVES]:
        if word.text != word.text.lower():
            return True
        idle = tokens.fold(word.text) in tokens.stop_words("de")
        if not word.text.endswith(("e", "en")) or (idle and not word.text.startswith("ander")):
            return False
    return False


def _names(words: Sequence[Word], language: str) -> bool:
    """Whether words hold a noun; in English, where none is capitalised, any word of content will do."""
    return any(language == "en" or _capital(word) for word in words)


def _inside(question: str, words: Sequence[Word], at: int, language: str) -> bool:
    """Whether an earlier clause of the question names what a word may point to."""
    ends = list(_CLAUSE_ENDS[language].finditer(question, 0, words[at].start))
    earlier = content_words(question[: ends[-1].start()], language) if ends else []
    return _names(earlier, language)
