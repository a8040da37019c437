"""Follow-up questions: whether a question leans on the conversation, and what completes it.

Decided by words and forms alone, German and English; no index and no model. A question that stands
on its own is left as it is. One that leans gets the content words of the last question that stood,
behind its own words, so that what it asks for is still decided by itself.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from qa.text import tokens
from qa.text.tokens import Word
from qa.types import Turn

MOST_WORDS = 12  # taken over from the conversation; more would outweigh the question itself
MAX_EARLIER = 2_000  # characters of an earlier question that are looked at; none that can be asked has more
LOOKED_BACK = 10  # questions that a chain of follow-ups reaches back at most
ADJECTIVES = 3  # between "das" and its noun at most
OPENED = 2  # words of its own up to which a question that begins with "Und" leans

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
_CLAUSE = re.compile(
    r",\s*(?:(?:in|an|auf|mit|von|zu)\s+)?(?:dass|daß|ob|wie|was|wer|wen|wann|warum|welch\w*)\b"
)
_INFINITIVE = re.compile(r"\bzu\s+\w+n\b")  # announced where a comma stands before it
_TIMES = frozenset(  # "dieses Jahr" points to the calendar
    "jahr jahres jahre monat monats woche wochen tag tage tagen mal winter sommer frühjahr herbst saison"
    " season year years month months week weeks day days time morning summer winter spring autumn".split()
)
_IMPERSONAL = frozenset(  # "es" beside these stands for nothing
    "gibt gab gäbe gegeben geben geht ging gehen heißt hieß handelt handelte kommt kam bedarf scheint dauert"
    " dauerte".split()
)
_IT = re.compile(r"it\b")
_IT_ANNOUNCES = re.compile(r"\b(?:that|to (?!th|him|her\b|me\b|us\b|a\b)[a-z])")  # "Is it true that …"
_ANYBODY = frozenset("man one jemand someone".split())  # owners that need no name
_BE = frozenset("is are was were be been isn wasn aren weren".split())
# Before a "that" that stands for something: "Who did that?", "after that"; elsewhere it joins clauses.
_BEFORE_THAT = frozenset(
    "about after at before by did do does for from has in is of on than to was will with would".split()
)
# A group holds what must still stand between such an end and the word that points.
_CLAUSE_ENDS = {
    "de": re.compile(r"[,;:.!?–]|\b(?:und|oder) (?=(w))"),
    "en": re.compile(
        r"[,;:.!?–]|\b(?:and|or) (?=(how|wh))|\b(?:when|while|because|that|if|who|whether|as|where)\b"
        r"|\b(?:says?|said|announced?|claim(?:s|ed)?|think|thinks) (?=(it|he|she|they))"
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
    asked = _Asked(question, _language(question), list(tokens.words(question)))
    language, found, own = asked.language, asked.found, asked.own
    if not found:
        return False
    if any(_points(asked, at) for at in range(len(found))):
        return True
    opened = tokens.fold(found[0].text) in _OPENERS[language]
    if opened and (len(own) <= OPENED or not _has_verb(own, found, language)):
        return True
    return not _names_something(question, own, found, language)


def completed(question: str, history: Sequence[Turn]) -> str:
    """The question as it is to be searched for: itself where it stands on its own, or was the first.

    Else its own words come first and those of the questions it reaches back to behind, without
    repeating any.
    """
    chain = _chain(history) if leans(question) else []
    language = _language(question)
    known = {_stem(word.text, language) for word in tokens.words(question)}
    added: list[str] = []
    for earlier in chain:
        for word in _own(earlier, _language(earlier)):
            stem = _stem(word.text, language)
            if stem not in known:
                known.add(stem)
                added.append(word.text)
    return " ".join([question, *added[:MOST_WORDS]])


def own_words(question: str) -> frozenset[str]:
    """The words of a question that say what it is about, as they are written in it."""
    return frozenset(word.text for word in _own(question, _language(question)))


def _chain(history: Sequence[Turn]) -> list[str]:
    """The questions that a leaning one reaches back to: the last that stood, and those since."""
    chain: list[str] = []
    for turn in reversed(history):
        if turn.role == "user" and len(chain) < LOOKED_BACK:
            chain.insert(0, turn.content[:MAX_EARLIER])
            if not leans(chain[0]):
                break
    return chain


def _language(question: str) -> str:
    return "en" if tokens.question_language(question) == "en" else "de"


def _stem(word: str, language: str) -> str:
    return tokens.stem(tokens.fold(word), language)


def _own(question: str, language: str) -> list[Word]:
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


def _names_something(question: str, own: Sequence[Word], found: Sequence[Word], language: str) -> bool:
    """Whether the words of its own are enough for a question to stand on."""
    if language == "en":
        defines = re.match(r"what (?:is|are)\b", question.lower())
        return len(own) > 1 or any(_capital(word) or defines for word in own)
    if question == question.lower():  # typed without capitals: nouns cannot be told
        return len(own) > 1
    begins = tokens.fold(found[0].text) in tokens.INTERROGATIVES[language]
    named = any(_capital(word) or word.text[0].isdigit() for word in own)
    return named and (_has_verb(own, found, language) or not begins)


def _has_verb(own: Sequence[Word], found: Sequence[Word], language: str) -> bool:
    """Whether a question has a verb: in German what is no noun, in English also what asks for a subject."""
    folded = {tokens.fold(word.text) for word in found}
    if folded & (_HELPING[language] | _EMPTY[language]):
        return True
    if language == "en":
        return bool(folded & {"who", "what", "which"})
    return any(not _capital(word) for word in own)


def _capital(word: Word) -> bool:
    return word.text[:1].isupper()


@dataclass(frozen=True)
class _Asked:
    """A question and what is looked up in it for each of its words, found once.

    Places are characters; -1, or the question's length, stands for what is not there.
    """

    question: str
    language: str
    found: Sequence[Word]

    @cached_property
    def own(self) -> list[Word]:
        return _own(self.question, self.language)

    @cached_property
    def named(self) -> int:
        """Where the first noun begins; in English, where none is capitalised, the first word of content."""
        starts = (word.start for word in self.own if self.language == "en" or _capital(word))
        return next(starts, len(self.question))

    @cached_property
    def owned_by_anybody(self) -> int:
        """Where the first owner that needs no name begins."""
        starts = (word.start for word in self.found if tokens.fold(word.text) in _ANYBODY)
        return next(starts, len(self.question))

    @cached_property
    def impersonal(self) -> bool:
        return any(tokens.fold(word.text) in _IMPERSONAL for word in self.found)

    @cached_property
    def announced(self) -> int:
        """Where the last comma stands behind which something is announced."""
        commas = [match.start() for match in _CLAUSE.finditer(self.question)]
        for match in _INFINITIVE.finditer(self.question):
            line = self.question.rfind("\n", 0, match.start()) + 1
            commas.append(self.question.rfind(",", line, match.start()))
        return max(commas, default=-1)

    @cached_property
    def announced_by_it(self) -> list[int]:
        """Where what an "it" may announce begins."""
        return [match.start() for match in _IT_ANNOUNCES.finditer(self.question)]

    @cached_property
    def clause_ends(self) -> list[tuple[int, int]]:
        """Where each clause ends, and from where on a word is behind that end."""
        return [
            (match.start(), max(match.end(), match.end(match.lastindex or 0)))
            for match in _CLAUSE_ENDS[self.language].finditer(self.question)
        ]


def _points(asked: _Asked, at: int) -> bool:
    """Whether the word at this place points to something outside the question."""
    found, language = asked.found, asked.language
    word, folded = found[at], tokens.fold(found[at].text)
    after = found[at + 1] if at + 1 < len(found) else None
    if folded in _OWNING[language]:
        return _owns(asked, at)
    if folded not in _POINTING[language] or (at and word.text[0].isupper()):  # "Sie" is an address
        return False
    if folded != "that" and _inside(asked, at):
        return False
    if after and folded.startswith(("dies", "jene", "this", "these", "those")):
        return tokens.fold(after.text) not in _TIMES
    if language == "en":
        return _points_in_english(asked, at)
    if folded == "das" and _is_article(found, at):
        return False
    if folded == "es" and asked.impersonal:
        return False
    return not (_ANNOUNCING.fullmatch(folded) and asked.announced >= word.end)


def _points_in_english(asked: _Asked, at: int) -> bool:
    found = asked.found
    folded = tokens.fold(found[at].text)
    before = tokens.fold(found[at - 1].text) if at else ""
    last = at + 1 == len(found)
    if folded == "it":
        return not (_IT.match(asked.question, found[at].start) and _it_announces(asked, found[at].end))
    if folded == "that":
        return last or before in _BEFORE_THAT or at == 0
    if folded == "there":
        exists = before in _BE or (not last and tokens.fold(found[at + 1].text) in _BE)
        return not (exists and asked.own)
    if folded in ("then", "so"):
        return last
    return True


def _it_announces(asked: _Asked, end: int) -> bool:
    """Whether an "it" that ends here announces something on the same line."""
    places = asked.announced_by_it
    following = bisect_left(places, end)
    return following < len(places) and asked.question.find("\n", end, places[following]) < 0


def _owns(asked: _Asked, at: int) -> bool:
    """Whether a possessive belongs to somebody outside the question; a name before it is the owner."""
    found, word = asked.found, asked.found[at]
    after = found[at + 1] if at + 1 < len(found) else None
    folded = tokens.fold(word.text)
    if asked.language == "de" and (word.text[0].isupper() and at):  # "Ihre" is an address
        return False
    if folded in ("sein", "ihr") and not (after and _capital(after)):
        return False
    return word.start <= min(asked.owned_by_anybody, asked.named)


def _is_article(found: Sequence[Word], at: int) -> bool:
    """Whether "das" belongs to a noun: "das Schiff", "das größte Schiff"."""
    for word in found[at + 1 : at + 2 + ADJECTIVES]:
        if word.text != word.text.lower():
            return True
        idle = tokens.fold(word.text) in tokens.stop_words("de")
        if not word.text.endswith(("e", "en")) or (idle and not word.text.startswith("ander")):
            return False
    return False


def _inside(asked: _Asked, at: int) -> bool:
    """Whether an earlier clause of the question names what a word may point to."""
    before = bisect_right(asked.clause_ends, asked.found[at].start, key=lambda end: end[1])
    return before > 0 and asked.named < asked.clause_ends[before - 1][0]
