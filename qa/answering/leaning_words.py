"""Words and forms, German and English, by which `leaning` tells a question that leans on the one before.

Data only.
"""

from __future__ import annotations

import re

from qa.answering.support_words import FINITE

OPENERS = {"de": frozenset("und aber oder".split()), "en": frozenset("and but or".split())}
# Words that may refer to an earlier turn; the words around them decide.
POINTING = {
    "de": frozenset(
        "er sie ihn ihm ihnen es dies diese dieser diesem diesen dieses jene jener jenem jenen jenes das"
        " denen dessen deren dort da dabei dadurch dafür dagegen daher dahin dahinter damals damit danach"
        " dann daran darauf daraufhin daraus darin darüber darum darunter davon davor dazu deshalb deswegen"
        " dorthin"
        " hierzu hiervon seitdem letztere letzterer letzteren".split()
    ),
    "en": frozenset("he him she they them it this that these those there then so thereby therefore".split()),
}
OWNING = {
    "de": frozenset(
        f"{stem}{ending}" for stem in ("sein", "ihr") for ending in ("", "e", "em", "en", "er", "es")
    ),
    "en": frozenset("his her hers its their theirs".split()),
}
# Adverbs that may also announce a clause: "Wer spricht davon, dass …"
ANNOUNCING = re.compile(r"(?:da(?:r(?=[aeiouäöü]))?|hier)\w{2,}|es|it|das|dies")
CLAUSE = re.compile(
    r",\s*(?:(?:in|an|auf|mit|von|zu)\s+)?(?:dass|daß|ob|wie|was|wer|wen|wann|warum|welch\w*)\b"
)
INFINITIVE = re.compile(r"\bzu\s+\w+n\b")  # announced where a comma stands before it
TIMES = frozenset(  # "dieses Jahr" points to the calendar
    "jahr jahres jahre monat monats woche wochen tag tage tagen mal winter sommer frühjahr herbst saison"
    " season year years month months week weeks day days time morning summer winter spring autumn".split()
)
IMPERSONAL = frozenset(  # "es" with these stands for nothing
    "gibt gab gäbe gegeben geben geht ging gehen heißt hieß handelt handelte kommt kam bedarf scheint dauert"
    " dauerte".split()
)
IT = re.compile(r"it\b")
IT_ANNOUNCES = re.compile(r"\b(?:that|to (?!th|him|her\b|me\b|us\b|a\b)[a-z])")  # "Is it true that …"
ANYBODY = frozenset("man one jemand someone".split())  # owners that need no name
BE = frozenset("is are was were be been isn wasn aren weren".split())
# Words before a "that" that refers to something ("Who did that?", "after that"); elsewhere it joins clauses.
BEFORE_THAT = frozenset(
    "about after at before by did do does for from has in is of on than to was will with would".split()
)
# A group holds what must still stand between such an end and the word that points.
CLAUSE_ENDS = {
    "de": re.compile(r"[,;:.!?–]|\b(?:und|oder) (?=(w))"),
    "en": re.compile(
        r"[,;:.!?–]|\b(?:and|or) (?=(how|wh))|\b(?:when|while|because|that|if|who|whether|as|where)\b"
        r"|\b(?:says?|said|announced?|claim(?:s|ed)?|think|thinks) (?=(it|he|she|they))"
    ),
}
HELPING = {
    "de": FINITE["de"]
    | frozenset("worden mag mögen wäre wären hätte hätten bleibt blieb gibt gab seit bereits laut".split()),
    "en": FINITE["en"] | frozenset("be been being since ago yet still ever".split()),
}
# Words that mention that something was said or happened, but not what.
EMPTY = {
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
