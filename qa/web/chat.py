"""An answer as a message of the chat, in safe Markdown.

The message is all that is kept of an answer (by the browser), so its links carry what a later click needs;
`qa.web.conversation` reads them. All foreign text passes `qa.web.escape.markdown`. This module knows nothing
of the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qa.answering.answer_text import sentences
from qa.i18n import explanations
from qa.i18n.wording import words
from qa.types import Answer
from qa.web import escape
from qa.web.sources import Source, origin

# Minimum probability for each word.
CONFIDENCE_WORDS = ((0.9, "sure"), (0.7, "likely"), (0.4, "doubtful"), (0.0, "unlikely"))


def answer_markdown(
    answer: Answer,
    sources: Sequence[Source],
    language: str,
    *,
    shown: int | None = None,
    within: str = "",
) -> str:
    """The chat message of an answer: quotes as block quotes, each with its citation links.

    What the quotes lack comes before them; the words that answer are bold.
    With `shown`, only that many sentences (while the answer is being written); `within` describes the filter,
    if any.
    """
    if within:
        rest = answer_markdown(answer, sources, language, shown=shown)
        return "\n\n".join([*_line("searched", f"{words(language)['filtered']} {within}"), rest])
    if answer.status == "no_answer":
        return _refusal(answer, sources, language)
    by_label = {source.label: source for source in sources}
    blocks: list[_Block] = []
    for piece in sentences(answer)[:shown]:
        cited = [by_label[label] for label in piece.labels if label in by_label]
        line = " ".join(
            [escape.markdown(piece.text, piece.answer), *(_cite_link(source) for source in cited)]
        )
        quoted = cited if piece.quoted else []
        if not (blocks and blocks[-1].takes(quoted)):
            blocks.append(_Block())
        blocks[-1].add(line, quoted)
    parts = [
        *_line("searched", explanations.searched(answer, language)),
        *_missing(answer, language),
        *(b.markdown(language) for b in blocks),
    ]
    if shown is None:
        parts += [_small("confidence", confidence(answer, language)), *_why(answer, language)]
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

    def markdown(self, language: str) -> str:
        """A block quote with its origin, or a paragraph."""
        lines = [" ".join(paragraph) for paragraph in self._paragraphs]
        if not self._cited:
            return "\n\n".join(lines)
        names = [origin(s.article, language, s.article.title) for s in self._cited]
        origins = "; ".join(dict.fromkeys(map(escape.markdown, names)))
        return "\n>\n".join(f"> {line}" for line in [*lines, f'<span class="origin">{origins}</span>'])


def _ids(cited: list[Source]) -> list[str]:
    return [source.article.article_id for source in cited]


def _neighbours(before: Source, after: Source) -> bool:
    """Whether only white space separates two quotes of an article."""
    return before.end <= after.start and not before.article.text[before.end : after.start].strip()


def written_out(answer: Answer, sources: Sequence[Source], language: str, within: str = "") -> Iterator[str]:
    """The chat message as it grows, sentence by sentence; the last one is complete."""
    for shown in range(1, len(sentences(answer))):
        if answer.status == "answered":
            yield answer_markdown(answer, sources, language, shown=shown, within=within)
    yield answer_markdown(answer, sources, language, within=within)


def _cite_link(source: Source) -> str:
    return f"[{source.label}](#cite-{source.ref})"


def _refusal(answer: Answer, sources: Sequence[Source], language: str) -> str:
    blocks = [
        *_line("searched", explanations.searched(answer, language)),
        *_missing(answer, language),
        f'<span class="no-answer">{escape.markdown(answer.text)}</span>',
        *_line("not-found", explanations.not_found(answer, language)),
    ]
    if sources:
        refs = ",".join(source.ref for source in sources)
        blocks.append(f"[{words(language)['near_link']}](#near-{refs})")
    unsure = _small("confidence", confidence(answer, language))
    return "\n\n".join([*blocks, unsure, *_why(answer, language)])


def _missing(answer: Answer, language: str) -> list[str]:
    """What the question names and no quote holds; `qa.web.conversation.missing_terms` reads it back."""
    sentence = explanations.missing(answer, language, lambda term: f"<b>{escape.markdown(term)}</b>")
    return [_small("missing", sentence)] if sentence else []


def _line(name: str, text: str) -> list[str]:
    """A small line of a message; empty if there is nothing to say."""
    return [_small(name, escape.markdown(text))] if text else []


def _small(name: str, html: str) -> str:
    return f'<span class="{name}">{html}</span>'


def _why(answer: Answer, language: str) -> list[str]:
    """The reasons, collapsed, on one line (a blank line would end the HTML); empty without reasons."""
    items = "".join(f"<li>{escape.markdown(line)}</li>" for line in explanations.lines(answer, language))
    summary = words(language)["why"]
    return [f'<details class="why"><summary>{summary}</summary><ul>{items}</ul></details>'] if items else []


def notice_markdown(text: str) -> str:
    """A message from the program."""
    return f'<span class="notice">{escape.markdown(text)}</span>'


def confidence(answer: Answer, language: str) -> str:
    """The answer's confidence in words and as a number.

    Of a refusal only the words: a number below "there is no answer" reads as the probability of just that.
    """
    text, probability = words(language), answer.confidence
    if answer.status == "no_answer":
        return text["confidence_refused"]
    key = next(key for least, key in CONFIDENCE_WORDS if probability >= least or least == 0.0)
    wording = text["confidence_one" if len(answer.citations) == 1 else "confidence"]
    return wording.format(words=text[key], percent=round(100 * probability))


def question_markdown(question: str) -> str:
    """The chat message of a question; `qa.web.conversation.question_text` takes it back."""
    return escape.markdown(question)
