"""An answer as a message of the chat, in safe Markdown.

The message is all that is kept of an answer (by the browser), so its links carry what a later click needs;
`qa.web.conversation` reads them. All foreign text passes `qa.web.escape.markdown`. This module knows nothing
of the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from qa.answering.answer_text import sentences
from qa.i18n import explanations
from qa.i18n.wording import words
from qa.templating import html
from qa.text.addresses import web_address
from qa.types import Answer
from qa.web import escape
from qa.web.sources import Source

MOST_PERCENT = 99  # of an estimate; 100 would read as certain
# Minimum probability that the first quote answers, for each word.
CONFIDENCE_WORDS = ((0.85, "sure"), (0.5, "likely"), (0.0, "unsure"))
_NOTICE = '<span class="notice">'


def answer_markdown(
    answer: Answer,
    sources: Sequence[Source],
    language: str,
    *,
    shown: int | None = None,
    within: str = "",
) -> str:
    """The chat message of an answer: quotes as block quotes, each with its citation links.

    What the quotes lack comes before them; the words that answer are bold. The sources follow as a numbered
    list, so that each answer can be copied, printed and read without anything around it.
    With `shown`, only that many sentences (while the answer is being written); `within` describes the filter,
    if any.
    """
    if within:
        rest = answer_markdown(answer, sources, language, shown=shown)
        unfiltered = [f"[{words(language)['ask_all']}](#all)"] if answer.status == "no_answer" else []
        searched = small_line("searched", f"{words(language)['filtered']} {within}")
        return "\n\n".join([*searched, rest, *unfiltered])
    if answer.status == "no_answer":
        return _refusal(answer, sources, language)
    by_label = {source.label: source for source in sources}
    blocks: list[_Block] = []
    for piece in sentences(answer)[:shown]:
        cited = [by_label[label] for label in piece.labels if label in by_label]
        line = " ".join([escape.markdown(piece.text, piece.answer), *(cite_link(source) for source in cited)])
        quoted = cited if piece.quoted else []
        if not (blocks and blocks[-1].takes(quoted)):
            blocks.append(_Block())
        blocks[-1].add(line, quoted)
    unsure = confidence_word(answer.confidence) == "unsure"
    parts = [
        *small_line("searched", explanations.reading(answer, language)),
        *_missing(answer, language),
        *small_line("maybe", words(language)["maybe"] if unsure else ""),
        *(b.markdown() for b in blocks),
    ]
    if shown is None:
        counted = small_line("counted", explanations.sources(answer, language))
        parts += [*counted, *references(sources, language), _confidence(answer, language)]
    return "\n\n".join(parts)


class _Block:
    """Sentences shown together: quotes from the same articles, or prose."""

    def __init__(self) -> None:
        self._paragraphs: list[list[str]] = []
        self._cited: list[Source] = []

    def takes(self, cited: list[Source]) -> bool:
        """Whether a sentence with these sources belongs here."""
        return _ids(cited) == _ids(self._cited)

    def add(self, line: str, cited: list[Source]) -> None:
        """Add a sentence; quotes that are not adjacent in the article get separate paragraphs."""
        if self._paragraphs and (not cited or _neighbours(self._cited[0], cited[0])):
            self._paragraphs[-1].append(line)
        else:
            self._paragraphs.append([line])
        self._cited = cited

    def markdown(self) -> str:
        """A block quote, or a paragraph."""
        lines = [" ".join(paragraph) for paragraph in self._paragraphs]
        return "\n>\n".join(f"> {line}" for line in lines) if self._cited else "\n\n".join(lines)


def _ids(cited: list[Source]) -> list[str]:
    return [source.article.article_id for source in cited]


def _neighbours(before: Source, after: Source) -> bool:
    """Whether only white space separates two quotes of an article."""
    return before.end <= after.start and not before.article.text[before.end : after.start].strip()


def written_out(
    answer: Answer, sources: Sequence[Source], language: str, within: str = "", card: str = ""
) -> Iterator[str]:
    """The chat message as it grows, sentence by sentence; the last one is complete.

    `card`: of the figures, see `qa.web.figures_card`.
    """
    for shown in range(1, len(sentences(answer))):
        if answer.status == "answered":
            yield answer_markdown(answer, sources, language, shown=shown, within=within)
    complete = answer_markdown(answer, sources, language, within=within)
    yield f"{complete}\n\n{card}" if card else complete


def cite_link(source: Source) -> str:
    """The link by which a source is cited."""
    return f"[{source.label}](#cite-{source.ref})"


def _refusal(answer: Answer, sources: Sequence[Source], language: str) -> str:
    blocks = [
        *small_line("searched", explanations.reading(answer, language)),
        *_missing(answer, language),
        f'<span class="no-answer">{escape.markdown(answer.text)}</span>',
        *small_line("not-found", explanations.not_found(answer, language)),
    ]
    if sources:
        refs = ",".join(source.ref for source in sources)
        titles = dict.fromkeys(source.article.title or source.article.article_id for source in sources[:2])
        blocks += small_line("near", f"{words(language)['nearest']} {' · '.join(titles)}")
        blocks.append(f"[{words(language)['near_link']}](#near-{refs})")
    return "\n\n".join([*blocks, _confidence(answer, language)])


def _missing(answer: Answer, language: str) -> list[str]:
    """What the question names and no quote holds; `qa.web.conversation.missing_terms` reads it back."""
    sentence = explanations.missing(answer, language, lambda term: f"<b>{escape.markdown(term)}</b>")
    return [_small("missing", sentence)] if sentence else []


def small_line(name: str, text: str) -> list[str]:
    """A small line of a message; empty if there is nothing to say."""
    return [_small(name, escape.markdown(text))] if text else []


def _small(name: str, html: str) -> str:
    return f'<span class="{name}">{html}</span>'


def references(sources: Sequence[Source], language: str) -> list[str]:
    """The numbered sources, on one line (a blank line would end the HTML)."""
    items = "".join(_reference(source, language) for source in sources if source.label)
    return [f'<ol class="refs">{items}</ol>'] if items else []


def _reference(source: Source, language: str) -> str:
    article = source.article
    title = escape.markdown(article.title or article.article_id)
    place = escape.markdown(source.place(language))
    # a bracket could begin what `qa.web.conversation` reads as a citation
    address = str(html(web_address(article.url))).replace("[", "&#91;")
    link = f'<a href="{address}">{words(language)["original_short"]}</a>' if address else ""
    parts = " · ".join(part for part in (f"<b>{title}</b>", place, link) if part)
    return f'<li value="{source.label}">{parts}</li>'


def _confidence(answer: Answer, language: str) -> str:
    """How well the quote fits the question, in words; unfolded, the number and the reasons. On one line."""
    text, refused = words(language), answer.status == "no_answer"
    word = "no_answer" if refused else confidence_word(answer.confidence)
    measured = [confidence(answer, language), *([] if refused else [text["confidence_only"]])]
    reasons = [*measured, *explanations.about_words(answer, language)]
    items = (escape.markdown(reason) for reason in reasons)
    kind = "why-not" if refused else word  # "no-answer" is the refusal itself
    hint = "" if refused else f' title="{html(" ".join(measured))}"'
    return fold(f'<span class="confidence {kind}"{hint}>{text[word]}</span>', items)


def fold(summary: str, items: Iterable[str]) -> str:
    """Items below `summary`, all of them safe HTML, to unfold; `qa.web.conversation` reads them as no answer.

    An item may begin with words that are struck.
    """
    lines = "".join(f"<li>{item}</li>" for item in items)
    return f'<details class="why"><summary>{summary}</summary><ul>{lines}</ul></details>'


def notice_markdown(text: str) -> str:
    """A message from the program."""
    return f"{_NOTICE}{escape.markdown(text)}</span>"


def is_notice(message: str) -> bool:
    """Whether a message begins as one from the program."""
    return message.startswith(_NOTICE)


def confidence_word(probability: float) -> str:
    """The key of the word for a probability: "sure", "likely" or "unsure"."""
    return next(key for least, key in CONFIDENCE_WORDS if probability >= least or least == 0.0)


def confidence(answer: Answer, language: str) -> str:
    """The answer's confidence as a number, in a sentence.

    Of a refusal only the words: a number below "there is no answer" reads as the probability of just that.
    """
    text, probability = words(language), answer.confidence
    if answer.status == "no_answer":
        return text["confidence_refused"]
    wording = text["confidence_one" if len(answer.citations) == 1 else "confidence"]
    return wording.format(percent=min(MOST_PERCENT, round(100 * probability)))


def question_markdown(question: str) -> str:
    """The chat message of a question; `qa.web.conversation.question_text` takes it back."""
    return escape.markdown(question)
