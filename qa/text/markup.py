"""Markup in what should be plain text: Markdown, HTML tags and entities, RTF.

Authors write Markdown, content systems export cells with tags; readers of an article see neither. Every rule
takes linear time. Knows nothing of files.
"""

from __future__ import annotations

import html
import re

from qa.text.rtf import is_rtf, rtf_text
from qa.text.text_tables import with_barred_rows

MAX_INLINE = 1_000  # characters of a link's text or of emphasised words

_TAG = re.compile(r"<(/?)([a-z][a-z0-9]{0,10})(?:[\s/][^<>]{0,2000})?>", re.IGNORECASE)
_KNOWN = frozenset(
    "a abbr article aside b blockquote body br caption center cite dd del div dl dt em figcaption figure font"
    " footer h1 h2 h3 h4 h5 h6 header hr html i iframe img ins li link main mark meta nav ol p pre q s"
    " script section small span strike strong style sub sup table"
    " tbody td tfoot th thead tr tt u ul video".split()
)
_BLOCKS = frozenset(
    "article aside blockquote center dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr main"
    " ol p pre section table ul".split()
)
_EMPTY = frozenset({"hr"})
_DOCTYPE = re.compile(r"<!doctype\b[^<>]{0,300}>", re.IGNORECASE)
_LINE_BREAK = re.compile(r"[ \t]*\n[ \t]*(?![ \t]*\n)(?<!\n\n)")
_ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,30}|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});")
_ESCAPED_ENTITY = re.compile(r"&amp;(?=(?:[A-Za-z][A-Za-z0-9]{1,30}|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});)")
_ESCAPED_TAG = re.compile("&(?:lt|gt|quot);")
# shortcodes of WordPress and BBCode: with attributes, or in pairs
_SHORTCODE = re.compile(
    r"\[/?(?:caption|gallery|embed|video|audio|playlist|contact-form|wp_\w{1,30}|vc_\w{1,30}|et_pb_\w{1,30}|url|img"
    r"|quote|size|color|font|email)(?:[\s=][^\[\]\n]{0,500})?/?\]",
    re.IGNORECASE,
)
_PAIRED_CODE = re.compile(r"\[(/?)([biusp]|url|img|quote|center|list|code|embed|caption)\]", re.IGNORECASE)
_BB_IMAGE = re.compile(r"\[(img|embed)(?:[\s=][^\[\]\n]{0,300})?\][^\[\]\s]{1,2000}\[/\1\]", re.IGNORECASE)
_HIDDEN_PAIRS = (("<head>", "</head>"), ("<!--", "-->"), ("<script", "</script>"), ("<style", "</style>"))

_TEXT = rf"(?:[^\[\]\n\\]|\\.){{0,{MAX_INLINE}}}"
_TITLE = r"(?:\s+(?:\"[^\"\n]{0,300}\"|'[^'\n]{0,300}'))?"
_ATTRIBUTES = r"(?:\{[^{}\n]{0,300}\})?"  # "{width=50%}" of Pandoc
_IMAGE = re.compile(rf"!\[({_TEXT})\]\([^()\s]{{0,2000}}{_TITLE}\){_ATTRIBUTES}")
_TARGET = rf"(?:<[^<>\n]{{0,2000}}>|(?:[^()\s<>]|\([^()\s]{{0,200}}\)){{0,2000}}){_TITLE}"
_LINK = re.compile(rf"\[({_TEXT})\]\(\s?{_TARGET}\s?\){_ATTRIBUTES}")
# a link within the page that shows a sign or number: a footnote, the way back, a permalink
_ANCHOR = re.compile(
    rf"\[(?:[^\[\]\n\\^\W\d_]?|(?:[^\[\]\n\\\w]|[\d_]|\\.){{1,20}})\]\(#[^()\s]{{0,200}}{_TITLE}\)"
)
_REFERENCE = re.compile(rf"\[({_TEXT})\]\s?\[([^\[\]\n]{{0,100}})\]")
_DEFINITION = re.compile(
    r"^ {0,3}\[([^\[\]\n^]{1,100})\]:[ \t]+<?\S{1,2000}>?(?:[ \t]+[\"'(][^\n]{0,300})?[ \t]*$", re.M
)
_FOOTNOTE_TEXT = re.compile(r"^ {0,3}\[\^[^\[\]\s]{1,50}\]:[ \t]*", re.M)
_FOOTNOTE_MARK = re.compile(r"\[\^[^\[\]\s]{1,50}\]")
_WIKI_IMAGE = re.compile(r"!\[\[[^\[\]\n]{1,300}\]\]")
_WIKI_LINK = re.compile(r"\[\[(?:[^\[\]|\n]{1,300}\|)?([^\[\]|\n]{1,300})\]\]")
_CALLOUT = re.compile(
    r"^[ \t]*\[![\w-]{1,30}\][+-]?[ \t]*", re.M
)  # the kind of a box in Obsidian and on GitHub
_BLOCK_NAME = re.compile(r"(?<=\S)[ \t]+\^[A-Za-z0-9-]{1,40}[ \t]*$", re.M)
_COMMENT = re.compile(r"%%[^%]{1,2000}%%")
_LINE_RULE = re.compile(r"^ {0,3}(?:(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$", re.M)  # not of hyphens
_AUTOLINK = re.compile(r"<(https?://[^<>\s]{1,2000})>")
_EMPHASIS = tuple(
    re.compile(
        rf"(?<![\w{mark}\\]){mark}{{{count}}}(?=[^\s{mark}])([^\n{mark}]{{1,{MAX_INLINE}}}?)(?<=\S)(?<!\\){mark}{{{count}}}(?![\w{mark}])"
    )
    for count, mark in ((3, r"\*"), (2, r"\*"), (1, r"\*"), (2, "_"), (1, "_"), (2, "~"), (2, "="))
)
_CODE = re.compile(r"(?<!`)`([^`\n]{1,1000})`(?!`)")
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+([^\n]*?)[ \t#]*$", re.M)
_UNDERLINED = re.compile(r"^([^\s>|#*+-][^\n]{0,118}[^\s.!?:;,])\n(?:={3,}|-{3,})[ \t]*$", re.M)
_FENCE = re.compile(r"^ {0,3}(?:```|~~~)[^\n`]{0,100}$\n?", re.M)
_QUOTED = re.compile(r"^ {0,3}(?:>[ \t]?)+", re.M)
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|~<>=])")
_HARD_BREAK = re.compile(r"(?<=\S)\\$", re.M)


def without_code(text: str) -> str:
    """`text` without HTML tags, entities and RTF code, if any; the text that they mark up is kept."""
    if is_rtf(text):
        return rtf_text(text)
    if "&amp;" in text:  # entities of entities, as programs write that escape a text twice
        text = _ESCAPED_ENTITY.sub("&", text)
    if "&lt;" in text and not _has_tags(text) and _has_tags(shown := _ESCAPED_TAG.sub(_character, text)):
        text = shown
    if _has_tags(text):
        text = _without_tags(text)
    if "[/" in text or "=" in text:
        text = _without_shortcodes(text)
    return _ENTITY.sub(_character, text) if "&" in text else text


def without_markdown(text: str) -> str:
    """`text` without the marks of Markdown: addresses of links, footnotes, emphasis, headings, tables.

    The marks of list items stay: they separate the items.
    """
    text = _FENCE.sub("", _QUOTED.sub("", text))
    if "|" in text:
        text = with_barred_rows(text)
    if "[" in text:
        text = _without_links(text)
    text = _AUTOLINK.sub(r"\1", text)
    if "%%" in text:
        text = _COMMENT.sub("", text)
    if "^" in text:
        text = _BLOCK_NAME.sub("", text)
    text = _UNDERLINED.sub(r"\1", _HEADING.sub(r"\1", text))
    text = _LINE_RULE.sub("", text)
    for pattern in _EMPHASIS:
        text = pattern.sub(r"\1", text)
    return _HARD_BREAK.sub("", _ESCAPE.sub(r"\1", _CODE.sub(r"\1", text)))


def _character(entity: re.Match[str]) -> str:
    """The character of an entity; a non-breaking space becomes a space."""
    return html.unescape(entity[0]).replace("\u00a0", " ")


def _without_shortcodes(text: str) -> str:
    """The text without the codes in brackets of content systems and forums; what they enclose is kept."""
    text = _SHORTCODE.sub("", _BB_IMAGE.sub("", text))
    closed = {match[2].lower() for match in _PAIRED_CODE.finditer(text) if match[1]}
    return (
        _PAIRED_CODE.sub(lambda code: "" if code[2].lower() in closed else code[0], text) if closed else text
    )


def _has_tags(text: str) -> bool:
    """Whether a text is HTML: an end tag or line break, or a tag at its beginning."""
    found = [match for match in _TAG.finditer(text) if match[2].lower() in _KNOWN]
    pairs = {match[2].lower() for match in found if match[1]} & {m[2].lower() for m in found if not m[1]}
    breaks = sum(match[2].lower() in {"br", "p"} for match in found)
    return bool(pairs) or breaks > 1 or (breaks == 1 and len(found) > 1)


def _without_tags(text: str) -> str:
    """The text between tags; blocks become paragraphs, items lines with a mark, cells parts of a row."""
    for opened, closed in _HIDDEN_PAIRS:
        text = _without_pairs(text, opened, closed)
    text = _with_lines_joined(_DOCTYPE.sub("", text))
    text = _TAG.sub(_in_place, text)
    text = re.sub(r" ?\n ?", "\n", re.sub(r"[ \t]{2,}", " ", text))
    lines = [re.sub(r"^\s*\|\s*|\s*\|\s*$", "", line) for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _with_lines_joined(text: str) -> str:
    """The text with the lines of each block joined; lines outside of blocks are those of Markdown."""
    out: list[str] = []
    at = depth = 0
    for match in _TAG.finditer(text):
        if match[2].lower() not in _BLOCKS - _EMPTY:
            continue
        between = text[at : match.end()]
        out.append(_LINE_BREAK.sub(" ", between) if depth else between)
        at, depth = match.end(), max(0, depth - 1) if match[1] else depth + 1
    return "".join([*out, text[at:]])


def _without_pairs(text: str, opened: str, closed: str) -> str:
    """The text without what lies between two marks, in linear time."""
    out, at, lower = [], 0, text.lower()
    while (start := lower.find(opened, at)) >= 0:
        end = lower.find(closed, start)
        if end < 0:
            break
        out.append(text[at:start])
        at = end + len(closed)
    return "".join([*out, text[at:]])


def _in_place(match: re.Match[str]) -> str:
    """What a tag becomes."""
    name = match[2].lower()
    if name not in _KNOWN:
        return match[0]
    if name in _BLOCKS:
        return "\n\n"
    if name in {"br", "tr"}:
        return "\n"
    if name == "li":
        return "" if match[1] else "\n- "
    if name in {"td", "th"}:
        return " | " if match[1] else ""
    return ""


def _without_links(text: str) -> str:
    defined = {match[1].casefold() for match in _DEFINITION.finditer(text)}
    text = _DEFINITION.sub("", _FOOTNOTE_TEXT.sub("", text))
    text = _ANCHOR.sub("", _CALLOUT.sub("", _FOOTNOTE_MARK.sub("", text)))
    text = _IMAGE.sub(r"\1", _WIKI_IMAGE.sub("", text))
    text = _WIKI_LINK.sub(r"\1", _LINK.sub(r"\1", text))
    if defined:
        text = _REFERENCE.sub(
            lambda match: match[1] if (match[2] or match[1]).casefold() in defined else match[0], text
        )
    return text
