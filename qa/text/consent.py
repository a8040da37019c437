"""Consent notices: what a page says about cookies, partners and data before it shows its article.

A notice speaks of itself and its reader ("Wir und unsere 90 Partner … auf Ihrem Gerät"). An article about
cookies does not, so terms alone never make a notice. German and English; knows nothing of HTML.
"""

# ruff: noqa: E501 (patterns are easier to read whole)
from __future__ import annotations

import re
from collections.abc import Sequence

LEAST_TERMS = 2  # different terms in a line that is a notice by itself
MAX_LINE = 1_200  # characters of a line of a notice

TERMS = tuple(
    re.compile(term, re.IGNORECASE)
    for term in (
        r"cookies?\b",
        r"einwillig|zustimm|stimmen sie\b.{0,80}\bzu\b|consent|einverstanden",
        r"\d+ (?:\w+ )?partner|unsere partner|our (?:\w+ )?partners|drittanbieter|dienstleister|third part|vendors",
        r"ip-adresse|ip address|ger[äa]tekennung|identifier|kennungen",
        r"personenbezogene|personal data|browsing data|ihre daten|your data",
        r"personalisierte (?:werbung|anzeigen|inhalte)|personali[sz]ed (?:ads?|content)|(?:inhalte|anzeigen) (?:zu )?messen",
        r"widerruf|withdraw",
        r"datenschutz|privatsph|privacy",
        r"pur-abo|tracking|werbefrei|ohne werbung|ad-free|without ads",
        r"drittst|staaten außerhalb|third countr",
        r"auf ihrem (?:end)?gerät|on your device",
    )
)  # fmt: skip
# What the operator of a page does with its readers' data.
_OURS = re.compile(
    r"\b(?:(?:wir|we) (?:und|and) (?:bis zu |up to )?(?:unsere|unser|our)\b"
    r"|(?:wir|unsere \w*\s?partner|diese (?:web)?se?ite|unsere (?:web)?se?ite)\b.{0,60}\b(?:verwende\w*|nutz\w+|setz\w+"
    r"|speicher\w*|verarbeit\w*|erheb\w+)"
    r"|(?:verwende\w*|nutzen|setzen|speichern|verarbeiten|erheben|brauchen) wir\b"
    r"|(?:we|our \w*\s?partners|this (?:web)?site|our (?:web)?site)\b.{0,60}\b(?:uses?|stores?|process(?:es)?|collects?|access(?:es)?|shares?)\b)",
    re.IGNORECASE,
)
_YOURS = re.compile(r"\b(?:Sie|Ihr(?:e[mnrs]?)?|Ihnen|(?i:you|your|dein\w*|dir))\b")
# The other choice, which names no reader: "Als Abonnent für 2,49 Euro im Monat ohne Tracking"
_OFFER = re.compile(
    r"(?:als (?:\w+-?)?(?:abonnent|kund|nutzer|mitglied)\w*|(?:im|mit|per) (?:\w+-)?abo|(?:\w+-)?abo\b|werbefrei|ohne (?:werbung|tracking)"
    r"|weiterlesen|lesen|jetzt|nur|ab|as an? \w+|subscribe|ad-free|without ads|from)\b.{0,80}(?:\d ?(?:€|euro\b|eur\b|cent\b)|[€£$] ?\d)",
    re.IGNORECASE,
)
MAX_OFFER = 160  # characters of it
_BUTTON = re.compile(
    r"(?:(?:alle[sn]? |cookies |nur )?(?:zustimmen|akzeptieren|ablehnen|einwilligen|verweigern|annehmen|notwendige"
    r"|accept|reject|agree|decline|manage|i accept)\b.{0,40}|(?:datenschutz-?|cookie-?)?einstellungen|settings|zwecke(?: anzeigen)?"
    r"|mehr informationen|weitere informationen|more options|partner(?:liste)?(?: anzeigen)?)",
    re.IGNORECASE,
)


def terms(text: str) -> int:
    """How many different terms of consent a text has."""
    return sum(bool(term.search(text)) for term in TERMS)


def is_notice(text: str) -> bool:
    """Whether a text is a consent notice, or its beginning, by itself."""
    return bool(_OURS.search(text)) and bool(_YOURS.search(text)) and terms(text) >= LEAST_TERMS


def is_button(text: str) -> bool:
    """Whether a line is the label of a button of a notice."""
    return bool(_BUTTON.fullmatch(text))


def belongs(text: str) -> bool:
    """Whether a text next to a notice is a part of it."""
    offers = len(text) <= MAX_OFFER and bool(_OFFER.match(text))
    return is_notice(text) or is_button(text) or (terms(text) > 0 and (offers or bool(_YOURS.search(text))))


def notice_lines(lines: Sequence[str]) -> list[bool]:
    """Which lines of a text are a consent notice: those that are one by themselves and what belongs to them
    above and below.
    """
    found = [len(line) <= MAX_LINE and is_notice(line) for line in lines]
    for order in (range(len(lines)), reversed(range(len(lines)))):
        before = False
        for at in order:
            found[at] = found[at] or (before and len(lines[at]) <= MAX_LINE and belongs(lines[at]))
            before = found[at]
    return found
