"""What the command line and the page say of a phrased answer, German and English."""

from __future__ import annotations

from qa.i18n.messages import said
from qa.types_phrasing import Phrasing

# Why a sentence of the model was dropped.
REASONS = {
    "de": {
        "empty": "Der Satz sagt nichts.",
        "language": "Der Satz ist nicht in der Sprache der Frage.",
        "number": "Eine Zahl oder ein Datum steht so nicht im Artikel.",
        "name": "Ein Name oder Hauptwort steht nicht in dem Satz des Artikels.",
        "negation": "Satz und Artikel widersprechen sich.",
        "opposite": "Satz und Artikel widersprechen sich.",
        "modality": "Der Artikel berichtet es als Absicht oder Möglichkeit, der Satz nicht.",
        "roles": "Wer was tut, ist im Artikel anders.",
        "incomplete": "Der Satz ist unvollständig.",
        "meaning": "Kein Satz der Artikel sagt das.",
        "repeated": "Der Satz steht schon da.",
    },
    "en": {
        "empty": "The sentence says nothing.",
        "language": "The sentence is not in the language of the question.",
        "number": "A number or date is not in the article like this.",
        "name": "A name or noun is not in the article’s sentence.",
        "negation": "Sentence and article contradict each other.",
        "opposite": "Sentence and article contradict each other.",
        "modality": "The article reports an intention or a possibility, the sentence does not.",
        "roles": "In the article, somebody else does it.",
        "incomplete": "The sentence is incomplete.",
        "meaning": "No sentence of the articles says this.",
        "repeated": "The sentence is there already.",
    },
}
_DROPPED = {
    "de": ("1 Satz weggelassen", "{} Sätze weggelassen"),
    "en": ("1 sentence left out", "{} sentences left out"),
}
_NOTHING = {
    "de": "Kein Satz des Sprachmodells ist durch die Artikel belegt, deshalb stehen hier nur die Zitate.",
    "en": "The articles support no sentence of the language model, so the quotes stand alone.",
}
_NO_SUMMARY = {
    "de": "Kein Satz des Sprachmodells ist durch die Artikel belegt, deshalb gibt es keine Zusammenfassung.",
    "en": "The articles support no sentence of the language model, so there is no summary.",
}
_UNREAD = {
    "de": "Die Texte sind zu lang für das Sprachmodell: die letzten {} Zeichen sind nicht zusammengefasst.",
    "en": "The texts are too long for the language model: the last {} characters are not summed up.",
}
_READERS = {
    "de": (
        "Sprachmodell: {model} auf diesem Rechner",
        "Frage und Textstellen gehen an {host} ({model})",
        "Frage und Textstellen gehen über {host} an fremde Rechner ({model})",
    ),
    "en": (
        "Language model: {model} on this machine",
        "Question and passages go to {host} ({model})",
        "Question and passages go through {host} to other machines ({model})",
    ),
}


def reason(key: str, language: str) -> str:
    """Why a sentence was dropped, in words; an unknown key gives "meaning"."""
    return REASONS[language].get(key, REASONS[language]["meaning"])


def dropped(phrasing: Phrasing, language: str) -> str:
    """How many sentences were left out, or ""."""
    number = len(phrasing.dropped)
    one, several = _DROPPED[language]
    return one if number == 1 else several.format(number) if number else ""


def note(phrasing: Phrasing, language: str, *, summary: bool = False) -> str:
    """Why a phrased answer or a summary failed or is empty, or ""."""
    if phrasing.error:
        return said(phrasing.error, language)
    return (_NO_SUMMARY if summary else _NOTHING)[language] if phrasing.status == "nothing" else ""


def unread(characters: int, language: str) -> str:
    """How much of some articles a summary leaves out, or ""."""
    return _UNREAD[language].format(characters) if characters else ""


def who_reads(model: str, host: str, *, local: bool, language: str) -> str:
    """Where a question and its passages go."""
    here, elsewhere, beyond = _READERS[language]
    if local and model.casefold().endswith("cloud"):  # Ollama passes such models on
        return beyond.format(model=model, host=host)
    return here.format(model=model) if local else elsewhere.format(model=model, host=host)
