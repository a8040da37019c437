"""The whole text of a piece of HTML: of an e-mail, a chapter, an entry of a feed, an export.

Nothing is left out as boilerplate, as `html` does for pages of the web. Knows nothing of files.
"""

from __future__ import annotations

import re
from typing import Any

from qa.corpus.decoding import settled
from qa.corpus.formats import tags
from qa.errors import CorpusError

MAX_TAGS = 200_000
_UNREAD = frozenset(
    "script style head title meta link template noscript svg math object iframe nav button select"
    " textarea audio video canvas".split()
)
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dir div dl dt fieldset figcaption figure"
    " footer h1 h2 h3 h4 h5 h6 header hr html legend li main menu ol p pre section summary table tbody tfoot"
    " thead ul".split()
)
_HEADINGS = frozenset({"h1", "h2", "h3"})
_HAS_TAGS = re.compile(r"</?[A-Za-z][^<>]{0,2000}>|&(?:#\d{1,7}|[A-Za-z]\w{1,30});")


def text_of_html(source: str) -> str:
    """The text that a browser shows of HTML, paragraphs with a blank line between.

    Cells of a row are separated by bars, as in tables of Word files. Raises CorpusError where it has more
    than `MAX_TAGS` tags.
    """
    root = _parsed(source)
    return "" if root is None else shown(root)


def title_of_html(source: str) -> str:
    """The title in the head of an HTML document, or else its first heading; "" if it has neither."""
    root = _parsed(source)
    if root is None:
        return ""
    for names in ({"title"}, _HEADINGS):
        for element in root.iter():
            if _name(element) in names and (title := " ".join("".join(element.itertext()).split())):
                return title
    return ""


def plain(source: str) -> str:
    """A field that may hold HTML, as feeds have it, in one line."""
    text = text_of_html(source) if _HAS_TAGS.search(source) else source
    return " ".join(text.split())


def _parsed(source: str) -> Any:
    from lxml import etree

    if source.count("<") > MAX_TAGS:
        raise CorpusError(f"The file has more than {MAX_TAGS:,} HTML tags. Save the article's text as .txt.")
    if any(tag.attributes > tags.MAX_ATTRIBUTES for tag in tags.tags(source)):
        raise CorpusError(
            f"The file has an HTML tag with more than {tags.MAX_ATTRIBUTES} attributes. Save the article's "
            "text as .txt."
        )
    source = re.sub(r"^\s*<\?xml[^>]{0,200}\?>", "", settled(source).replace("\0", ""), count=1)
    if not source.strip():
        return None
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(source.encode(), parser)
    except (etree.XMLSyntaxError, ValueError):  # nothing but a comment
        return None
    if any(entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for entry in parser.error_log):
        raise CorpusError(
            "The file's HTML tags are nested more than 250 levels deep. Save the article's text as .txt."
        )
    return root


def shown(root: Any) -> str:
    """The text below an element of HTML or XHTML."""
    out: list[str] = []
    waiting: list[Any] = [root]  # elements, and texts that follow them
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            out.append(node)
            continue
        name = _name(node)
        if not name or name in _UNREAD:
            continue
        if name == "br":
            out.append("\n")
        elif name == "tr":
            out.append(f"\n{_row(node)}\n")
            continue
        elif name == "li":
            out.append("\n\n- ")
        elif name in _BLOCKS:
            out.append("\n\n")
        after: list[Any] = [_spaced(node.text)] if node.text else []
        for child in node:
            after.append(child)
            if child.tail:
                after.append(_spaced(child.tail))
        if name in _BLOCKS:
            after.append("\n\n")
        waiting += reversed(after)
    text = "\n".join(re.sub(" {2,}", " ", line).strip() for line in "".join(out).split("\n"))
    text = re.sub(r"^-\n+", "- ", text, flags=re.MULTILINE)  # an item that begins with a paragraph
    text = re.sub(r"\n{3,}", "\n\n", text).strip("\n")
    return f"{text}\n" if text else ""


def _row(row: Any) -> str:
    """A row of a table; one of a single cell is a paragraph, for pages are laid out in such tables."""
    cells = [cell for cell in row if _name(cell) in ("td", "th")]
    texts = [shown(cell).strip() for cell in cells]
    texts = [text for text in texts if text]
    if len(texts) == 1 or any("\n\n" in text for text in texts):
        return "\n\n" + "\n\n".join(texts) + "\n\n"
    return f"| {' | '.join(' '.join(text.split()) for text in texts)} |" if texts else ""


def _name(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def _spaced(text: str) -> str:
    return re.sub(r"[ \t\r\n\f]+", " ", text)
