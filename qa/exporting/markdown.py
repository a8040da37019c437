"""An export as Markdown (CommonMark with tables), readable as it is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.exporting import lines
from qa.exporting.document import Exchange, Export, Paragraph, shown
from qa.i18n import moments
from qa.i18n.figure_rows import HEADINGS, row
from qa.i18n.wording import words
from qa.text.addresses import web_address
from qa.types import Citation, DatedSentence, Figure

# What Markdown interprets anywhere; an underscore only at the edge of a word.
_SIGNS = re.compile(r"[\\`*\[\]<>~$^]|&(?=#?\w+;)|(?<![^\W_])_|_(?![^\W_])")
_LINE_START = re.compile(r"^(?:[-+=#>:|]|\d+[.)])")


def to_markdown(export: Export) -> str:
    """An export as the text of a Markdown file."""
    blocks = [f"# {_line(export.title)}", *(_line(line) for line in lines.about(export))]
    for before, exchange in zip((None, *export.exchanges), export.exchanges, strict=False):
        blocks += _heading(exchange, before) + _blocks(exchange, export)
    return "\n\n".join(blocks) + "\n"


def escaped(text: str) -> str:
    """Foreign text for the middle of a line, shown as it is. No longer than twice the text."""
    return _SIGNS.sub(lambda sign: f"\\{sign[0]}", shown(text))


def _line(text: str) -> str:
    """Foreign text as a line of its own."""
    return _begun(escaped(text).strip())


def _begun(line: str) -> str:
    """A line that begins no list, heading or table."""
    return _LINE_START.sub(lambda mark: f"{mark[0][:-1]}\\{mark[0][-1]}", line)


def _heading(exchange: Exchange, before: Exchange | None) -> list[str]:
    """The question, unless what stands before answers the same one."""
    new = exchange.question.strip() and (before is None or before.question != exchange.question)
    return [f"## {_line(exchange.question)}"] if new else []


def _blocks(exchange: Exchange, export: Export) -> list[str]:
    language, text = export.language, words(export.language)
    blocks = [_paragraph(paragraph) for paragraph in exchange.paragraphs]
    if exchange.note:
        blocks.append(f"{text['note']}: {escaped(exchange.note).strip()}")
    groups = lines.by_article(exchange.citations)
    sources = [_source(group, language) for group in groups]
    blocks += sources if export.kind == "dossier" else _listed(text["sources"], sources)
    groups = lines.by_article(exchange.nearest)
    blocks += _listed(text["near"], [_near(group, language) for group in groups])
    blocks += _listed(text["stale_card"], [_changed(one) for one in exchange.changed])
    blocks += _listed(text["gone"], [_gone(one) for one in exchange.gone])
    blocks += _figures(exchange.figures, language)
    return blocks + _listed(text["timeline"], [_dated(one, language) for one in exchange.dated])


def _listed(heading: str, items: Sequence[str]) -> list[str]:
    return [f"**{heading}**", "\n".join(f"- {item}" for item in items)] if items else []


def _paragraph(paragraph: Paragraph) -> str:
    parts: list[str] = []
    texts = [shown(piece.text) for piece in paragraph.pieces]
    for number, piece in enumerate(paragraph.pieces):
        if piece.label:
            parts.append(f" [{piece.label}]")
        elif piece.bold:
            before = texts[number - 1] if number else ""
            after = texts[number + 1] if number + 1 < len(texts) else ""
            parts.append(_bold(texts[number], before[-1:], after[:1]))
        else:
            parts.append(escaped(piece.text))
    line = _begun(re.sub(r" {2,}", " ", "".join(parts)).strip())
    return f"> {line}" if paragraph.quoted else line


def _bold(text: str, before: str, after: str) -> str:
    """Bold words in asterisks; as HTML where Markdown would not read these as bold.

    Asterisks count next to a letter or digit within them, or next to white space outside (CommonMark,
    "left-flanking delimiter run").
    """
    inner = text.strip()
    if not inner:
        return text
    lead, trail = text[: -len(text.lstrip())], text[len(text.rstrip()) :]
    opens = inner[0].isalnum() or bool(lead) or before in ("", " ")
    closes = inner[-1].isalnum() or bool(trail) or after in ("", " ")
    marks = ("**", "**") if opens and closes else ("<strong>", "</strong>")
    return f"{lead}{marks[0]}{escaped(inner)}{marks[1]}{trail}"


def _source(group: Sequence[Citation], language: str) -> str:
    """An article once, with the labels and places of its quotes."""
    first = group[0]
    labels = " ".join(f"[{one.label}]" for one in group if one.label)
    known = [f"**{escaped(lines.title(first)).strip()}**", *map(escaped, lines.origin(first, language))]
    if address := web_address(first.url):
        known.append(_address(address))
    if len(group) == 1:
        known += [*_place(first, language), escaped(_where(first, language))]
    else:
        known += [escaped(first.article_id)] * lines.names_itself(first)
        known.append("; ".join(_one(one, language) for one in group))
    return f"{labels} {' · '.join(known)}".strip()


def _near(group: Sequence[Citation], language: str) -> str:
    """An article with the beginning of its nearest passage, which does not answer."""
    quote = words(language)["quoted"].format(quote=lines.shortened(group[0].quote))
    return f"{_source(group[:1], language)}: {escaped(quote)}"


def _one(one: Citation, language: str) -> str:
    """The place of one of several quotes of an article."""
    parts = [*_place(one, language), lines.characters(one, language)]
    return " ".join([*([f"[{one.label}]"] if one.label else []), ", ".join(parts)])


def _changed(one: Citation) -> str:
    label = f"[{one.label}] " if one.label else ""
    return f"{label}**{escaped(lines.title(one)).strip()}**"


def _gone(one: Citation) -> str:
    file = f" · {escaped(one.article_id)}" if lines.names_itself(one) else ""
    return f"{_changed(one)}{file}"


def _place(one: Citation, language: str) -> list[str]:
    """Page, speaker, and the label of the source that it is a copy of."""
    copied = [words(language)["same_report"].format(label=one.copy_of)] if one.copy_of else []
    return [*map(escaped, lines.place(one, language)), *copied]


def _where(one: Citation, language: str) -> str:
    file = f"{one.article_id}, " if lines.names_itself(one) else ""
    return f"{file}{lines.characters(one, language)}"


def _address(address: str) -> str:
    """An address as a link; as text where it holds what could end the link."""
    return escaped(address) if re.search(r"[<>\\\x00-\x20]", address) else f"<{shown(address)}>"


def _figures(figures: Sequence[Figure], language: str) -> list[str]:
    """The figures of the answer, then those of another quantity, each with its sentence."""
    text = words(language)
    out: list[str] = []
    heads = [*(text[name] for name in HEADINGS), text["figure_sentence"]]
    for block, heading in (("answer", "figures"), ("beside", "figures_beside")):
        inside = [figure for figure in figures if figure.block == block]
        rows = [heads, ["---"] * len(heads), *([*row(one, language), one.quote] for one in inside)]
        table = "\n".join(f"| {' | '.join(map(_cell, cells))} |" for cells in rows)
        out += [f"**{text[heading]}**", table] if inside else []
    return out


def _cell(text: str) -> str:
    return escaped(text).replace("|", "\\|").strip()


def _dated(one: DatedSentence, language: str) -> str:
    where = ", ".join(part for part in (one.source, one.article_id) if part)
    when = escaped(moments.when(one, language)).strip()
    return f"**{when}** {escaped(one.quote).strip()} ({escaped(where)}, {one.start}–{one.end})"
