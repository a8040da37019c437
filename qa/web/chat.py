"""Messages of the conversation: an answer as safe Markdown, and back.

The message is all that is kept of an answer (by the browser), so its links carry what a later
click needs. This module knows nothing of the page; all foreign text passes
`qa.web.escape.markdown`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qa.i18n import explanations
from qa.i18n.wording import words
from qa.types import Answer, Turn
from qa.web import escape
from qa.web.sources import Source, origin

# Probability that the corpus answers the question, from which each word is used.
CONFIDENCE_WORDS = ((0.9, "sure"), (0.7, "likely"), (0.4, "doubtful"), (0.0, "unlikely"))

MAX_MESSAGE = 50_000  # characters of one message that comes back from a browser
KEPT_MESSAGES = 40  # of a conversation
MAX_CONVERSATION = 200_000  # characters of the messages that are kept; some 100 long answers

_LABELS = re.compile(r"(?:\s*\[(\d{1,2})\])+")  # in an answer's own text
# A message may be forged. No repetition in these patterns accepts the character that the pattern starts
# with; otherwise each occurrence of that character would start another scan to the end: quadratic time.
CITE_LINK = re.compile(r"\[(\d{1,2})\]\(#cite-([\w.-]+)\)")
NEAR_LINK = re.compile(r"\[[^\[\]]*\]\(#near-([\w.,-]+)\)")
_ASIDE = re.compile(r'<span class="(?:origin|confidence|searched|missing)">[^<\n]*</span>')
WHY = re.compile(  # as `_why` writes it
    r'<details class="why"><summary>[^<\n]*</summary><ul>(?:<li>[^<\n]*</li>)*</ul></details>'
)
TAG = re.compile(r"</?span[^<>]*>")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A piece of an answer and the labels behind it; `quoted` if it is an article's own words."""

    text: str
    labels: tuple[int, ...]
    quoted: bool


def sentences(answer: Answer) -> tuple[Sentence, ...]:
    """The answer's text in pieces, each up to and with its labels.

    A quote is recognised whole, so that a bracketed number inside an article is not taken for
    a label.
    """
    quotes = {_any_space(c.quote) for c in answer.citations if c.quote.strip()}
    # the longest first: one quote may begin like another
    quoted = (
        re.compile(f"({'|'.join(sorted(quotes, key=len, reverse=True))}){_LABELS.pattern}")
        if quotes
        else None
    )
    pieces, position = [], 0
    while rest := answer.text[position:].lstrip():
        position = len(answer.text) - len(rest)
        found = quoted.match(answer.text, position) if quoted else None
        text_end, end = (found.end(1), found.end()) if found else _prose_end(answer.text, position)
        labels = tuple(int(n) for n in re.findall(r"\[(\d{1,2})\]", answer.text[text_end:end]))
        pieces.append(Sentence(answer.text[position:text_end], labels, found is not None))
        position = end
    return tuple(pieces)


def _any_space(quote: str) -> str:
    return r"\s+".join(re.escape(word) for word in quote.split())


def _prose_end(text: str, position: int) -> tuple[int, int]:
    found = _LABELS.search(text, position)
    return (found.start(), found.end()) if found else (len(text), len(text))


def answer_markdown(
    answer: Answer,
    sources: Sequence[Source],
    language: str,
    *,
    shown: int | None = None,
    within: str = "",
) -> str:
    """The chat message of an answer: quotes as block quotes, each with its citation links.

    With `shown`, only so many sentences (while the answer is being written out); `within` says in words
    which articles were asked, if not all.
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
        line = " ".join([escape.markdown(piece.text), *(_cite_link(source) for source in cited)])
        quoted = cited if piece.quoted else []
        if not (blocks and blocks[-1].takes(quoted)):
            blocks.append(_Block())
        blocks[-1].add(line, quoted)
    parts = [
        *_line("searched", explanations.searched(answer, language)),
        *(b.markdown(language) for b in blocks),
    ]
    if shown is None:
        parts += [_confidence(answer, language), *_why(answer, language)]
    return "\n\n".join(parts)


class _Block:
    """Sentences that stand together: quotes from the same articles, or prose."""

    def __init__(self) -> None:
        self._paragraphs: list[list[str]] = []
        self._cited: list[Source] = []

    def takes(self, cited: list[Source]) -> bool:
        """Whether a sentence with these sources belongs here."""
        return _ids(cited) == _ids(self._cited)

    def add(self, line: str, cited: list[Source]) -> None:
        """Add a sentence; quotes that are not neighbours in the article get paragraphs of their own."""
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
        known = [origin(s.article, language, s.article.title) for s in self._cited]
        origins = "; ".join(dict.fromkeys(map(escape.markdown, known)))
        return "\n>\n".join(f"> {line}" for line in [*lines, f'<span class="origin">{origins}</span>'])


def _ids(cited: list[Source]) -> list[str]:
    return [source.article.article_id for source in cited]


def _neighbours(before: Source, after: Source) -> bool:
    """Whether nothing but white space stands between two quotes of an article."""
    return before.end <= after.start and not before.article.text[before.end : after.start].strip()


def written_out(answer: Answer, sources: Sequence[Source], language: str, within: str = "") -> Iterator[str]:
    """The chat message as it grows, sentence by sentence; the last one is whole."""
    for shown in range(1, len(sentences(answer))):
        if answer.status == "answered":
            yield answer_markdown(answer, sources, language, shown=shown, within=within)
    yield answer_markdown(answer, sources, language, within=within)


def _cite_link(source: Source) -> str:
    return f"[{source.label}](#cite-{source.ref})"


def _refusal(answer: Answer, sources: Sequence[Source], language: str) -> str:
    blocks = [
        *_line("searched", explanations.searched(answer, language)),
        f'<span class="no-answer">{escape.markdown(answer.text)}</span>',
        *_line("missing", explanations.not_found(answer, language)),
    ]
    if sources:
        refs = ",".join(source.ref for source in sources)
        blocks.append(f"[{words(language)['near_link']}](#near-{refs})")
    return "\n\n".join([*blocks, _confidence(answer, language), *_why(answer, language)])


def _confidence(answer: Answer, language: str) -> str:
    return f'<span class="confidence">{confidence(answer.confidence, language)}</span>'


def _line(name: str, text: str) -> list[str]:
    """A small line of a message; none where there is nothing to say."""
    return [f'<span class="{name}">{escape.markdown(text)}</span>'] if text else []


def _why(answer: Answer, language: str) -> list[str]:
    """The reasons, folded, on one line (a blank one would end the HTML); none where there are none."""
    items = "".join(f"<li>{escape.markdown(line)}</li>" for line in explanations.lines(answer, language))
    summary = words(language)["why"]
    return [f'<details class="why"><summary>{summary}</summary><ul>{items}</ul></details>'] if items else []


def notice_markdown(text: str) -> str:
    """A message of the program itself."""
    return f'<span class="notice">{escape.markdown(text)}</span>'


def confidence(probability: float, language: str) -> str:
    """The answer's confidence in words and as a number."""
    text = words(language)
    key = next(key for least, key in CONFIDENCE_WORDS if probability >= least or least == 0.0)
    return text["confidence"].format(words=text[key], percent=round(100 * probability))


def message_refs(message: str) -> list[tuple[int, str]]:
    """The (label, ref) pairs of a chat message; label 0 for the nearest passages of a refusal."""
    cited = [(int(label), ref) for label, ref in CITE_LINK.findall(message)]
    near = [(0, ref) for refs in NEAR_LINK.findall(message) for ref in refs.split(",")]
    return list(dict.fromkeys([*cited, *near]))


def plain_answer(message: str) -> str:
    """A chat message as plain text with [n], without what the page added to the answer."""
    text = NEAR_LINK.sub("", _ASIDE.sub("", WHY.sub("", CITE_LINK.sub(r"[\1]", message))))
    lines = [line.removeprefix(">").strip() for line in TAG.sub("", text).splitlines()]
    return escape.unescaped("\n".join(line for line in lines if line))


def plain_turns(turns: Iterable[Turn]) -> list[Turn]:
    """A conversation as a bot wants it: plain text."""
    return [turn if turn.role == "user" else Turn(turn.role, plain_answer(turn.content)) for turn in turns]


def turns_of(chat: object) -> list[Turn]:
    """A conversation as the browser holds it: well-formed text messages, the last ones only.

    Questions are as they were typed; answers are the Markdown that was made of them.
    """
    messages = chat if isinstance(chat, list) else []
    found: list[Turn] = []
    left = MAX_CONVERSATION
    for item in reversed(messages[-KEPT_MESSAGES:]):
        role = item.get("role") if isinstance(item, dict) else None
        if role in ("user", "assistant") and (content := message_text(item)[:MAX_MESSAGE]):
            left -= len(content)
            if left < 0:
                break
            found.append(Turn(role, escape.unescaped(content) if role == "user" else content))
    return found[::-1]


def question_markdown(question: str) -> str:
    """The chat message of a question; `question_text` takes it back."""
    return escape.markdown(question)


def question_text(item: Mapping[str, Any]) -> str:
    """The question of a chat message as it was typed, on one line."""
    return escape.unescaped(message_text(item))


def message_text(item: Mapping[str, Any]) -> str:
    """The text of a chat message; in Gradio's own form it is a list of parts."""
    content = item.get("content", "")
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    texts = [
        part if isinstance(part, str) else part.get("text", "")
        for part in parts
        if isinstance(part, str | dict)
    ]
    return "".join(text for text in texts if isinstance(text, str))


def pairs_of(payload: object) -> list[tuple[int, str]]:
    """The (label, ref) pairs of a click; anything else in it is left out."""
    pairs = payload.get("pairs") if isinstance(payload, dict) else None
    return [
        (pair[0], pair[1])
        for pair in (pairs if isinstance(pairs, list) else [])
        if isinstance(pair, list) and len(pair) == 2 and type(pair[0]) is int and isinstance(pair[1], str)
    ]
