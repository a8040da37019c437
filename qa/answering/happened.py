"""Questions for what happened: "Was geschah im Bad?", "Was meldete das Blatt über das Bad?", "What was new?"

Their answer is the lead of an article, whatever words it has in common with the question. Told by forms
alone, German and English; the date is taken out before by `qa.answering.dated`.
"""

# ruff: noqa: E501 (patterns are easier to read whole)
from __future__ import annotations

import re

_NEWS_DE = r"(?:nachrichten|neuigkeiten|meldungen|neues|ereignisse|vorfälle|berichte)"
_PAPER = (
    r"(?:in (?:der|den) (?:zeitung(?:en)?|presse|medien|nachrichten|artikeln?)|in the (?:news|papers?|press))"
)
_ABOUT = r"(?:über|zu|zum|zur|von|vom|aus|about|on|of)"
_TOPIC = r"(?P<topic>(?:\s[^?.!]*?)?)"
_FORMS = (
    rf"(?:was|what)\s(?:geschah|geschieht|passierte?|passiert|ereignete sich|trug sich zu|spielte sich ab|tat sich"
    rf"|war(?: denn)?(?: alles)? los|war|gab es(?: {_NEWS_DE}| alles)?|happened|took place|was going on|was new"
    rf"|was the news){_TOPIC}(?:\s(?:los|zu lesen|zu hören))?",
    rf"was\s(?:ist|hat sich|war|wurde|wird){_TOPIC}\s(?:geschehen|passiert|ereignet|zugetragen|getan|vorgefallen|berichtet"
    rf"|gemeldet|geschrieben|bekannt(?:gegeben|geworden| geworden)?|zu lesen)(?: worden)?(?:\s{_PAPER})?",
    rf"was\s(?:berichtete|meldete|schrieb|stand|steht|erfuhr man|berichtet|meldet|schreibt)(?:\s{_PAPER})?"
    rf"(?:\s(?:d(?:as|ie|er)\s)?[^?.!]{{2,40}}?)?(?P<named>\s{_ABOUT}\s[^?.!]*?)(?:\s{_PAPER})?",
    rf"(?:welche|was für)\s{_NEWS_DE}\s(?:gab es|kamen|standen){_TOPIC}(?:\s{_PAPER})?",
    rf"what\s(?:was|has been|is)\s(?:reported|written|said|published|known)(?P<named>\s{_ABOUT}\s[^?.!]*?)(?:\s{_PAPER})?",
    rf"what\s(?:did|does)\s[^?.!]{{2,40}}?\s(?:report|write|say)(?P<named>\s{_ABOUT}\s[^?.!]*?)(?:\s{_PAPER})?",
    rf"what\s(?:news|events?)\s(?:was|were) there{_TOPIC}",
)
_HAPPENED = tuple(re.compile(rf"\s*(?:und |and )?{form}[?.!\s]*", re.IGNORECASE) for form in _FORMS)


def asks_what_happened(question: str) -> str | None:
    """What such a question is about, "" for anything; None if it asks for something else."""
    for form in _HAPPENED:
        if match := form.fullmatch(question):
            found = match.groupdict()
            return (found.get("topic") or found.get("named") or "").strip()
    return None
