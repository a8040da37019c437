"""The article of a web page as lines of text: where it is, what belongs to it, what was left out.

Consent notices, navigation and teasers of other articles are left out and reported (`page_cleaning`);
captions, boxes, tables and lists are kept (`page_blocks`). Knows nothing of files or metadata.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from qa.corpus.formats.page_blocks import blocks
from qa.corpus.formats.page_cleaning import remove_consent, remove_link_lines, remove_rest
from qa.corpus.formats.page_elements import HEADINGS, LINK_NAMES, PROSE_ENDS, PROSE_WORDS, flat, names, prose

MIN_SHARE = 0.35  # minimum share of a page's prose that an element named as its article must hold
BRANCH_SHARE = 0.85  # share of the prose from which an element is followed to the child that holds it
MIN_NAMED = 2  # capitalised words that a box outside the article shares with it

_BOX_NAMES = frozenset(
    "infobox factbox faktenbox infokasten kasten fakten faktencheck hintergrund steckbrief background"
    " facts".split()
)
_CAPITALISED = re.compile(r"(?<!\w)[A-ZÄÖÜ][\w-]{3,30}")


class PageText(NamedTuple):
    """The article of a page: its text, a paragraph a line, and what was left out, each as a note."""

    text: str
    is_marked: bool  # whether the page says which part of it is the article
    notes: tuple[str, ...]


def page_text(root: Any) -> PageText:
    """The article of a page, from the root of its tree, which is changed: what is left out is removed from
    it.
    """
    notices = remove_consent(root)
    links = remove_rest(root) + remove_link_lines(root)
    container, is_marked = _container(root)
    boxes = _boxes(root, container)
    text = "\n\n".join(block for part in (container, *boxes) for block in blocks(part))
    notes = []
    if notices:
        notes.append("A consent notice on the page was left out. Nothing needs to be done.")
    if links:
        notes.append(f"Links to other articles were left out ({links}). Nothing needs to be done.")
    if outside := _outside(root, [container, *boxes]):
        notes.append(
            f"Text outside the article was left out (paragraphs: {len(outside)}, the first one begins “"
            f"{' '.join(outside[0].split()[:8])[:80]} …”). Save it as .txt if it belongs to the article."
        )
    return PageText(text, is_marked, tuple(notes))


def _container(root: Any) -> tuple[Any, bool]:
    """The element that holds the article, and whether the page marks it as such."""
    body = root.find("body")
    body = root if body is None else body
    everything = prose(body)
    marked = [*body.iter("article"), *(e for e in body.iter() if e.get("itemprop") == "articleBody")]
    main = [*body.iter("main"), *(e for e in body.iter() if e.get("role") == "main")]
    for candidates in (marked, main):
        best = max(candidates, key=prose, default=None)
        if best is not None and flat(best) and prose(best) >= MIN_SHARE * everything:
            for parent in best.iterancestors("article"):
                best = parent
            return best, True
    element = body
    while True:
        inner = max(element, key=prose, default=None)
        if inner is None or inner.tag in {"p", *HEADINGS} or prose(inner) < BRANCH_SHARE * prose(element):
            return element, False
        element = inner


def _boxes(root: Any, container: Any) -> list[Any]:
    """Boxes outside the article that belong to it: they tell of those that the article names."""
    inside = {*container.iter(), *container.iterancestors()}
    known = set(_CAPITALISED.findall(flat(container)))
    found: list[Any] = []
    for element in root.iter("aside", "div", "section"):
        if element in inside or not (element.tag == "aside" or names(element) & _BOX_NAMES):
            continue
        named = known & set(_CAPITALISED.findall(flat(element)))
        if len(named) >= MIN_NAMED and _outside(element, []) and not names(element) & LINK_NAMES:
            found.append(element)
            inside |= set(element.iter())
    return found


def _outside(root: Any, parts: list[Any]) -> list[str]:
    """Paragraphs of prose outside the parts that are read."""
    inside = {element for part in parts for element in part.iter()}
    texts = (flat(p) for p in root.iter("p") if p not in inside and prose(p) > 0.5 * len(flat(p)))
    return [text for text in texts if len(text.split()) >= PROSE_WORDS and text.endswith(PROSE_ENDS)]
