"""An answer in the words of a language model, held to the citations of its quotes.

The second step of answering: it may take long and needs neither index nor encoder, so call it after `Bot.ask`
and hold no lock of theirs meanwhile. Knows no model and no protocol.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from qa.errors import LLMError
from qa.types import Answer, Citation

# From a question and its citations to a text with the labels of some of them, as [n]. May raise LLMError.
Compose = Callable[[str, Sequence[Citation]], str]

_LABEL = re.compile(r"\[([0-9]+)\]")


def phrased(answer: Answer, compose: Compose) -> Answer:
    """The answer with the text that `compose` makes of its question and citations.

    The quotes stay where `compose` raises LLMError, and where its text is empty, has no label, or one that is
    no citation's. A refusal is left as it is. `seconds` gains "phrase", which "total" includes.
    """
    if answer.status != "answered":
        return answer
    began = time.perf_counter()
    text = _checked(_composed(answer, compose), answer.citations)
    took = time.perf_counter() - began
    seconds = {**answer.seconds, "phrase": took, "total": answer.seconds.get("total", 0.0) + took}
    return replace(answer, text=text or answer.text, seconds=seconds)


def _composed(answer: Answer, compose: Compose) -> str:
    try:
        return compose(answer.question, answer.citations).strip()
    except LLMError:
        return ""  # an answer in quotes is better than none


def _checked(text: str, citations: Sequence[Citation]) -> str:
    """The text if all its labels, and at least one, are those of citations; else ""."""
    labels = {int(label) for label in _LABEL.findall(text)}
    return text if labels and labels <= {citation.label for citation in citations} else ""
