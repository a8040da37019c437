"""What of a web page is left out: consent notices, navigation, what is not shown, links to other articles.

The rules go by HTML elements, by common words in class names, and by the share of links; they know no single
outlet.
"""

from __future__ import annotations

import re
from typing import Any

from qa.corpus.formats.page_elements import (
    BLOCKS,
    HEADINGS,
    LINK_NAMES,
    PROSE_ENDS,
    PROSE_WORDS,
    drop,
    flat,
    holds_article,
    names,
    prose,
)
from qa.text import consent

LINKED = 0.7  # share of linked text from which a block consists of links
MIN_LINK_WORDS = 4  # mean words of links that are headlines of other articles, not names in a list
MIN_CONSENT = 3  # different terms of consent in a notice
MAX_CONSENT = 6_000  # characters of a notice
OTHER_PROSE = 0.34  # share of the paragraphs of a notice that may speak of something else
MAX_TERM, MAX_VALUE = 60, 100  # characters of a name and a value; longer ones are text
MOST_SHARE = 0.5  # share of a page's prose from which an element is kept, whatever its name

_NEVER_SHOWN = frozenset(
    "script style noscript template svg canvas form button select textarea input iframe object embed audio"
    " video nav footer dialog menu map link meta head title".split()
)
_UNREADABLE = frozenset("script style template svg canvas select textarea input iframe object embed".split())
_ROLES = frozenset("navigation contentinfo dialog alertdialog search menu toolbar tablist".split())
_CONSENT_NAMES = frozenset(
    "consent cookie cookies cmp gdpr dsgvo didomi onetrust usercentrics sourcepoint cookiebanner cookiebot"
    " cookieconsent cookielayer consentlayer".split()
)
_OTHER_NAMES = frozenset(
    "share sharing sharebar social socialbar breadcrumb breadcrumbs comments kommentare advert"
    " advertisement ads anzeige werbung outbrain taboola paywall newsletter pagination navigation nav menu"
    " skiplink popup modal overlay login toolbar mostread meistgelesen".split()
)
_ELSEWHERE = re.compile(
    r"(?:lesen sie (?:auch|mehr|dazu)|mehr (?:zum thema|dazu|lesen|nachrichten)|auch interessant"
    r"|zum thema|das könnte sie|siehe auch|weitere (?:artikel|meldungen|themen|nachrichten)|meistgelesen"
    r"|read (?:more|also|next)|related|see also|more (?:on|from)|recommended|you may also)\b.{0,60}",
    re.IGNORECASE,
)
_OF_NOTICE = re.compile(
    r"\b(?:daten|willkommen|weiterlesen|werbung|einstellungen|auswahl|externer inhalt|choices?|welcome|data"
    r"|ads)\b",
    re.IGNORECASE,
)
_GO_ON = re.compile(
    r"(?:weiter ?lesen|mehr(?: lesen| erfahren| dazu)?|zum artikel|read more|more)\W*", re.IGNORECASE
)
_ENDS = (*PROSE_ENDS, ":")
_FOOTNOTE = re.compile(r"\s*\[?(?:\d{1,3}|[a-z*])\]?\s*")


def remove_consent(root: Any) -> int:
    """Remove consent notices; how many there were."""
    found = 0
    for element in list(root.iter("div", "section", "aside", "dialog", "form", "footer")):
        if element.getparent() is None or _holds_headline(element) or not _is_consent(element):
            continue
        found += len(flat(element)) > 40
        drop(element)
    return found


def _holds_headline(element: Any) -> bool:
    """Whether an element holds the article, or a headline that is none of a consent notice."""
    if any(True for _ in element.iter("article", "main")):
        return True
    headlines = filter(None, map(flat, element.iter("h1", "h2", "h3")))
    return not all(consent.terms(one) or _OF_NOTICE.search(one) for one in headlines)


def _is_consent(element: Any) -> bool:
    text = flat(element)
    if not text or len(text) > MAX_CONSENT:
        return False
    terms = consent.terms(text)
    if names(element) & _CONSENT_NAMES:
        return terms > 0
    if terms < MIN_CONSENT or any(parent.tag == "article" for parent in element.iterancestors()):
        return False
    paragraphs = [one for one in map(flat, element.iter("p", "li")) if len(one.split()) >= PROSE_WORDS]
    if sum(consent.terms(one) == 0 for one in paragraphs) > OTHER_PROSE * len(paragraphs):
        return False
    buttons = (flat(button) for button in element.iter("button", "a", "label"))
    return consent.is_notice(text) or any(map(consent.is_button, buttons))


def remove_rest(root: Any) -> int:
    """Remove what is not shown, navigation, and links to other articles; how many blocks of those."""
    links = 0
    most = MOST_SHARE * prose(root)
    waiting = [root]
    while waiting:
        for element in list(waiting.pop()):
            if _is_left_out(element, most):
                drop(element)
            elif element.tag in BLOCKS and not holds_article(element) and _is_elsewhere(element):
                links += any(parent.tag in {"article", "main"} for parent in element.iterancestors())
                drop(element)
            else:
                waiting.append(element)
    return links


def _is_left_out(element: Any, most: float) -> bool:
    """Whether an element is not shown or no part of an article, unless it holds `most` of the page."""
    if element.tag in _NEVER_SHOWN or _is_hidden(element):
        return not holds_article(element) or element.tag in _UNREADABLE
    if element.tag == "sup":
        return element.find(".//a") is not None and bool(_FOOTNOTE.fullmatch(flat(element)))
    named = element.get("role") in _ROLES or bool(names(element) & _OTHER_NAMES)
    return named and not holds_article(element) and prose(element) < most


def _is_hidden(element: Any) -> bool:
    style = (element.get("style") or "").replace(" ", "").lower()
    return element.get("hidden") is not None or "display:none" in style


def remove_link_lines(root: Any) -> int:
    """Remove links to other articles that are lines of a block between line breaks; how many runs of them."""
    runs = 0
    for block in {anchor.getparent() for anchor in root.iter("a") if anchor.get("href")}:
        is_run = False
        for child in list(block):
            if child.tag == "br":
                continue
            text = flat(child)
            if child.tag != "a" or not text or not _is_line(child):
                is_run = False
            elif is_run or _ELSEWHERE.match(text):
                runs += not is_run
                is_run = True
                drop(child)
    return runs


def _is_line(element: Any) -> bool:
    """Whether an element stands alone between line breaks or the bounds of its block."""
    before, after = element.getprevious(), element.getnext()
    text_before = element.getparent().text if before is None else before.tail
    starts = before is None or before.tag == "br"
    ends = after is None or after.tag == "br"
    return starts and ends and not (text_before or "").strip() and not (element.tail or "").strip()


def _is_elsewhere(element: Any) -> bool:
    """Whether a block only leads to other articles."""
    text = flat(element)
    if element.tag in HEADINGS:
        return bool(_ELSEWHERE.fullmatch(text))
    anchors = [flat(anchor) for anchor in element.iter("a") if anchor.get("href")]
    linked = sum(map(len, anchors))
    if not anchors or not text:
        return False
    share = linked / len(text)
    if names(element) & LINK_NAMES:
        return share >= 0.5 or (len(anchors) > 1 and bool(_GO_ON.fullmatch(anchors[-1])))
    if element.tag == "p":
        return _is_teaser(element, anchors, share)
    if share < LINKED:
        return bool(_ELSEWHERE.match(text)) and share >= 0.5 and len(text) < 300
    if _ELSEWHERE.match(text):
        return True
    words = sum(len(anchor.split()) for anchor in anchors) / len(anchors)
    return (
        element.tag in {"ul", "ol", "div", "section", "aside"}
        and len(anchors) > 1
        and (words >= MIN_LINK_WORDS and not _is_introduced(element))
    )


def _is_teaser(element: Any, anchors: list[str], share: float) -> bool:
    """Whether a paragraph is the headline of another article: nothing but a link, and no sentence."""
    text = flat(element)
    if _ELSEWHERE.match(text):
        return share >= 0.5 or text.endswith(anchors[-1])
    words = len(anchors[0].split())
    return (
        len(anchors) == 1
        and share == 1
        and words >= MIN_LINK_WORDS
        and not text.endswith(_ENDS)
        and not _is_introduced(element)
    )


def _is_introduced(element: Any) -> bool:
    """Whether the text before a block announces it."""
    before = element.getprevious()
    return before is not None and flat(before).endswith(":")
