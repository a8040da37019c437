"""The article of a web page as lines of text: what to leave out, where the article is, how it reads.

Consent notices, navigation and teasers of other articles are left out and reported; captions, boxes,
tables and lists are kept. The rules go by HTML elements, by common words in class names, and by the share
of links; they know no single outlet. Knows nothing of files or metadata.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from qa.corpus.formats import tags
from qa.text import consent
from qa.text.table_rows import fact_lines, spread, table_lines, with_one_head

MIN_SHARE = 0.35  # minimum share of a page's prose that an element named as its article must hold
BRANCH_SHARE = 0.85  # share of the prose from which an element is followed to the child that holds it
LINKED = 0.7  # share of linked text from which a block consists of links
MIN_LINK_WORDS = 4  # mean words of links that are headlines of other articles, not names in a list
MIN_CONSENT = 3  # different terms of consent in a notice
MAX_CONSENT = 6_000  # characters of a notice
OTHER_PROSE = 0.34  # share of the paragraphs of a notice that may speak of something else
MAX_TERM, MAX_VALUE = 60, 100  # characters of a name and a value; longer ones are text
MOST_SHARE = 0.5  # share of a page's prose from which an element is kept, whatever its name
MIN_NAMED = 2  # capitalised words that a box outside the article shares with it
PROSE_WORDS = 12  # words of a paragraph outside the article that is reported

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
_LINK_NAMES = frozenset(
    "related teaser teasers teaserlist recommendation recommendations recommended readmore more mehr promo"
    " links linklist tags taglist keywords topics themen".split()
)
_BOX_NAMES = frozenset(
    "infobox factbox faktenbox infokasten kasten fakten faktencheck hintergrund steckbrief background"
    " facts".split()
)
_CAPITALISED = re.compile(r"(?<!\w)[A-ZÄÖÜ][\w-]{3,30}")
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
_ENDS = (".", "!", "?", "“", '"', ":")
_NAME_PARTS = re.compile(r"[a-z]+|[A-Z][a-z]*")
_FOOTNOTE = re.compile(r"\s*\[?(?:\d{1,3}|[a-z*])\]?\s*")
_BLOCKS = tags.BLOCKS | {"td", "th", "tr"}
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())


class PageText(NamedTuple):
    """The article of a page: its text, a paragraph a line, and what was left out, each as a note."""

    text: str
    is_marked: bool  # whether the page says which part of it is the article
    notes: tuple[str, ...]


def page_text(root: Any) -> PageText:
    """The article of a page, from the root of its tree, which is changed: what is left out is removed from
    it.
    """
    consent = _remove_consent(root)
    links = _remove_rest(root) + _remove_link_lines(root)
    container, is_marked = _container(root)
    boxes = _boxes(root, container)
    blocks = [block for part in (container, *boxes) for block in _blocks(part)]
    notes = []
    if consent:
        notes.append("A consent notice on the page was left out. Nothing needs to be done.")
    if links:
        notes.append(f"Links to other articles were left out ({links}). Nothing needs to be done.")
    if outside := _outside(root, [container, *boxes]):
        notes.append(
            f"Text outside the article was left out (paragraphs: {len(outside)}, the first one begins “"
            f"{' '.join(outside[0].split()[:8])[:80]} …”). Save it as .txt if it belongs to the article."
        )
    return PageText("\n\n".join(blocks), is_marked, tuple(notes))


def _remove_consent(root: Any) -> int:
    """Remove consent notices; how many there were."""
    found = 0
    for element in list(root.iter("div", "section", "aside", "dialog", "form", "footer")):
        if element.getparent() is None or _holds_headline(element) or not _is_consent(element):
            continue
        found += len(_flat(element)) > 40
        _drop(element)
    return found


def _holds_headline(element: Any) -> bool:
    """Whether an element holds the article, or a headline that is none of a consent notice."""
    if any(True for _ in element.iter("article", "main")):
        return True
    headlines = filter(None, map(_flat, element.iter("h1", "h2", "h3")))
    return not all(consent.terms(one) or _OF_NOTICE.search(one) for one in headlines)


def _is_consent(element: Any) -> bool:
    text = _flat(element)
    if not text or len(text) > MAX_CONSENT:
        return False
    terms = consent.terms(text)
    if _names(element) & _CONSENT_NAMES:
        return terms > 0
    if terms < MIN_CONSENT or any(parent.tag == "article" for parent in element.iterancestors()):
        return False
    prose = [one for one in map(_flat, element.iter("p", "li")) if len(one.split()) >= PROSE_WORDS]
    if sum(consent.terms(one) == 0 for one in prose) > OTHER_PROSE * len(prose):
        return False
    buttons = (_flat(button) for button in element.iter("button", "a", "label"))
    return consent.is_notice(text) or any(map(consent.is_button, buttons))


def _remove_rest(root: Any) -> int:
    """Remove what is not shown, navigation, and links to other articles; how many blocks of those."""
    links = 0
    most = MOST_SHARE * _prose(root)
    waiting = [root]
    while waiting:
        for element in list(waiting.pop()):
            if _is_left_out(element, most):
                _drop(element)
            elif element.tag in _BLOCKS and not _holds_article(element) and _is_elsewhere(element):
                links += any(parent.tag in {"article", "main"} for parent in element.iterancestors())
                _drop(element)
            else:
                waiting.append(element)
    return links


def _is_left_out(element: Any, most: float) -> bool:
    """Whether an element is not shown or no part of an article, unless it holds `most` of the page."""
    if element.tag in _NEVER_SHOWN or _is_hidden(element):
        return not _holds_article(element) or element.tag in _UNREADABLE
    if element.tag == "sup":
        return element.find(".//a") is not None and bool(_FOOTNOTE.fullmatch(_flat(element)))
    named = element.get("role") in _ROLES or bool(_names(element) & _OTHER_NAMES)
    return named and not _holds_article(element) and _prose(element) < most


def _is_hidden(element: Any) -> bool:
    style = (element.get("style") or "").replace(" ", "").lower()
    return element.get("hidden") is not None or "display:none" in style


def _remove_link_lines(root: Any) -> int:
    """Remove links to other articles that are lines of a block between line breaks; how many runs of them."""
    runs = 0
    for block in {anchor.getparent() for anchor in root.iter("a") if anchor.get("href")}:
        is_run = False
        for child in list(block):
            if child.tag == "br":
                continue
            text = _flat(child)
            if child.tag != "a" or not text or not _is_line(child):
                is_run = False
            elif is_run or _ELSEWHERE.match(text):
                runs += not is_run
                is_run = True
                _drop(child)
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
    text = _flat(element)
    if element.tag in _HEADINGS:
        return bool(_ELSEWHERE.fullmatch(text))
    anchors = [_flat(anchor) for anchor in element.iter("a") if anchor.get("href")]
    linked = sum(map(len, anchors))
    if not anchors or not text:
        return False
    share = linked / len(text)
    if _names(element) & _LINK_NAMES:
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
    text = _flat(element)
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
    return before is not None and _flat(before).endswith(":")


def _container(root: Any) -> tuple[Any, bool]:
    """The element that holds the article, and whether the page marks it as such."""
    body = root.find("body")
    body = root if body is None else body
    everything = _prose(body)
    marked = [*body.iter("article"), *(e for e in body.iter() if e.get("itemprop") == "articleBody")]
    main = [*body.iter("main"), *(e for e in body.iter() if e.get("role") == "main")]
    for candidates in (marked, main):
        best = max(candidates, key=_prose, default=None)
        if best is not None and _flat(best) and _prose(best) >= MIN_SHARE * everything:
            for parent in best.iterancestors("article"):
                best = parent
            return best, True
    element = body
    while True:
        inner = max(element, key=_prose, default=None)
        if inner is None or inner.tag in {"p", *_HEADINGS} or _prose(inner) < BRANCH_SHARE * _prose(element):
            return element, False
        element = inner


def _prose(element: Any) -> int:
    """Characters of an element that are not linked."""
    linked = sum(len(_flat(anchor)) for anchor in element.iter("a"))
    return len(_flat(element)) - linked


def _boxes(root: Any, container: Any) -> list[Any]:
    """Boxes outside the article that belong to it: they tell of those that the article names."""
    inside = {*container.iter(), *container.iterancestors()}
    names = set(_CAPITALISED.findall(_flat(container)))
    found: list[Any] = []
    for element in root.iter("aside", "div", "section"):
        if element in inside or not (element.tag == "aside" or _names(element) & _BOX_NAMES):
            continue
        named = names & set(_CAPITALISED.findall(_flat(element)))
        if len(named) >= MIN_NAMED and _outside(element, []) and not _names(element) & _LINK_NAMES:
            found.append(element)
            inside |= set(element.iter())
    return found


def _outside(root: Any, parts: list[Any]) -> list[str]:
    """Paragraphs of prose outside the parts that are read."""
    inside = {element for part in parts for element in part.iter()}
    texts = (_flat(p) for p in root.iter("p") if p not in inside and _prose(p) > 0.5 * len(_flat(p)))
    return [
        text
        for text in texts
        if len(text.split()) >= PROSE_WORDS and text.endswith((".", "!", "?", "“", '"'))
    ]


def _holds_article(element: Any) -> bool:
    return element.tag in {"article", "main", "h1"} or any(
        True for _ in element.iter("article", "main", "h1")
    )


def _names(element: Any) -> set[str]:
    """The words in an element's class and id."""
    value = f"{element.get('class') or ''} {element.get('id') or ''}"[:500]
    whole = re.split(r"[\s_-]+", value.lower())
    return {part.lower() for part in _NAME_PARTS.findall(value)} | set(whole)


def _flat(element: Any) -> str:
    """The text of an element on one line."""
    return " ".join("".join(element.itertext()).split())


def _drop(element: Any) -> None:
    """Empty an element; the text behind it stays where it is (lxml refuses to set text with controls)."""
    element.clear(keep_tail=True)


def _blocks(element: Any) -> Iterator[str]:
    """The paragraphs of an element; the items of a list and the rows of a table are lines of one."""
    inline: list[str] = [element.text or ""]
    for child in element:
        if child.tag in _BLOCKS or _holds_block(child):
            yield from _paragraph(inline)
            yield from _block(child)
            inline = [child.tail or ""]
        else:
            inline += [_inline(child), child.tail or ""]
    yield from _paragraph(inline)


def _block(element: Any) -> Iterator[str]:
    if element.tag in {"ul", "ol"}:
        lines = list(_items(element))
        if lines:
            yield "\n".join(lines)
    elif element.tag == "table":
        yield from _table(element)
    elif element.tag == "dl":
        yield from _definitions(element)
    elif element.tag == "pre":
        yield "".join(element.itertext()).strip("\n")
    else:
        yield from _blocks(element)


def _paragraph(parts: list[str]) -> Iterator[str]:
    lines = (" ".join(line.split()) for line in "".join(parts).split("\0"))
    text = "\n".join(line for line in lines if line)
    if text:
        yield text


def _inline(element: Any) -> str:
    """The text of an element within a line; a line break is a NUL."""
    if element.tag == "br":
        return "\0"
    parts = [element.text or ""]
    for child in element:
        parts += [_inline(child), child.tail or ""]
    return "".join(parts)


def _holds_block(element: Any) -> bool:
    return any(True for _ in element.iter(*_BLOCKS))


def _items(element: Any) -> Iterator[str]:
    """The items of a list, each on a line of its own with its mark."""
    number = 0
    for child in element:
        if child.tag in {"ul", "ol"}:
            yield from _items(child)
        if child.tag != "li":
            continue
        number += 1
        mark = f"{number}." if element.tag == "ol" else "-"
        parts = [part for block in _blocks(child) for part in block.split("\n")]
        inner = [part for part in parts if part.startswith(("- ", "1. "))]
        text = " ".join(part for part in parts if part not in inner)
        if text:
            yield f"{mark} {text}"
        yield from inner


def _table(element: Any) -> Iterator[str]:
    """The rows of a table as lines; a table that only places things is read as text."""
    rows = [row for row in element.iter("tr") if _table_of(row) is element]
    cells = [[cell for cell in row if cell.tag in {"td", "th"}] for row in rows]
    if (
        any(cell.find(".//table") is not None for row in cells for cell in row)
        or max(map(len, cells), default=0) < 2
    ):
        yield from (block for row in cells for cell in row for block in _blocks(cell))
        return
    caption = element.find("caption")
    if caption is not None and _flat(caption):
        yield _flat(caption)
    heads = next((at for at, row in enumerate(cells) if not all(c.tag == "th" for c in row)), len(cells))
    texts = spread([[(_flat(cell), *_spans(cell)) for cell in row] for row in cells])
    has_head: bool | None = True if heads else None
    if not heads and all(row[:1] and row[0].tag == "th" for row in cells):  # the names stand in front
        has_head = False
    lines = table_lines(with_one_head(texts, heads), has_head=has_head)
    if lines:
        yield "\n".join(lines)


def _spans(cell: Any) -> tuple[int, int]:
    """How many rows and columns a cell takes."""
    found = [re.match(r"\s*(\d{1,3})", cell.get(name) or "") for name in ("rowspan", "colspan")]
    rows, columns = (int(match[1]) if match else 1 for match in found)
    return rows, columns


def _table_of(row: Any) -> Any:
    return next(row.iterancestors("table"), None)


def _definitions(element: Any) -> Iterator[str]:
    """The entries of a list of terms: names and values, or questions and answers, each a paragraph."""
    facts: list[tuple[str, str]] = []
    term = ""
    entries = [
        child for child in element.iter("dt", "dd") if next(child.iterancestors("dl"), None) is element
    ]
    for child in entries:
        text = _flat(child)
        if child.tag == "dt":
            term = text
        elif text:
            facts.append((term, text))
            term = ""
    if all(len(name) <= MAX_TERM and len(value) <= MAX_VALUE and name[-1:] != "?" for name, value in facts):
        facts_in_lines = fact_lines(facts)
        if facts_in_lines:
            yield "\n".join(facts_in_lines)
        return
    for name, value in facts:
        yield from filter(None, (name, value))
