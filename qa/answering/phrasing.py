"""An answer in the words of a language model, shown sentence by sentence after each was checked.

The second step of answering: it may take long and needs no encoder, so call it after `Bot.ask` and hold no
lock of the index meanwhile. The quotes stand whatever happens here. Knows no protocol: a `Client` gives the
pieces of text.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from qa.answering import prompt
from qa.answering.checked_sentences import CheckedSentences, Client, Vectors
from qa.errors import LLMError
from qa.text import tokens
from qa.types import Answer, Article
from qa.types_phrasing import Phrased

if TYPE_CHECKING:
    from qa.llm.deadlines import Stop


@dataclass(frozen=True, slots=True)
class Event:
    """A step of phrasing.

    "quotes": the answer as it is; "sentence": one was kept; "dropped": one was not; "end": the answer with
    its `phrased`. With "sentence", `answer` has the citations so far, so that each label has one.
    """

    name: Literal["quotes", "sentence", "dropped", "end"]
    answer: Answer
    sentence: Phrased | None = None


def phrase(
    answer: Answer,
    client: Client,
    article: Callable[[str], Article],
    stop: Stop | None = None,
    vectors: Vectors | None = None,
) -> Iterator[Event]:
    """Phrase an answer: its quotes at once, then each sentence after its check, then the whole.

    A refusal calls no model. Failures of the model end up in `Phrasing.error`. Close the iterator to close
    the connection, or set `stop` from another thread. `article` may raise CorpusError. With `vectors`, an
    article in another language than the question may back a sentence, which is then shown above its original.
    """
    yield Event("quotes", answer)
    if answer.status != "answered":
        yield Event("end", answer)
        return
    began = time.perf_counter()
    language = tokens.question_language(answer.question) or tokens.DEFAULT_LANGUAGE
    sent = prompt.passages_to_send(answer, article)
    checked = CheckedSentences(sent, language, answer.citations, answer.question, vectors)
    error = ""
    try:
        messages = prompt.messages(answer.searched or answer.question, sent, language)
        for sentence in checked.read(client, messages, stop):
            so_far = replace(answer, citations=checked.citations)
            yield Event("sentence" if sentence.kept else "dropped", so_far, sentence)
    except LLMError as failure:
        error = str(failure)
    took = time.perf_counter() - began
    seconds = {**answer.seconds, "phrase": took, "total": answer.seconds.get("total", 0.0) + took}
    phrased = checked.phrasing(client, error, took)
    yield Event("end", replace(answer, citations=checked.citations, phrased=phrased, seconds=seconds))
