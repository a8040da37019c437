"""What a language model made of an answer, after every sentence was checked.

Apart from `qa.types`, which is about articles and quotes; this module knows neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PhrasingStatus = Literal["kept", "partly", "nothing", "failed"]


@dataclass(frozen=True, slots=True)
class Phrased:
    """A sentence of a language model that was shown, or dropped."""

    text: str  # as shown: nearly a sentence of an article, it is that sentence
    labels: tuple[int, ...]  # of `Answer.citations` that say it; none if it was dropped
    support: float  # 0..1, share of its words that the article's sentence holds
    kept: bool
    reason: str = ""  # why it was dropped, a key of `qa.i18n.phrasing.REASONS`; "" if it was kept
    hedged: str = ""  # "laut Küstenbote": what the article leaves to somebody and the sentence does not
    # The sentence of an article in another language that this one translates, else "". Only numbers, dates,
    # names and negations were compared, so the labels belong to the original.
    original: str = ""

    @property
    def shown(self) -> str:
        """The sentence as a reader sees it: with its tag, its original and its labels."""
        labels = "".join(f"[{label}]" for label in self.labels)
        tag = f" ({self.hedged})" if self.hedged else ""
        quote = f" “{self.original}”" if self.original else ""
        return f"{self.text}{tag}{quote} {labels}".rstrip()


@dataclass(frozen=True, slots=True)
class Phrasing:
    """A phrased answer. Its sentences follow the order in which the model wrote them."""

    model: str
    host: str  # where question and passages went
    status: PhrasingStatus  # all kept, some, none; "failed": none, because the model failed
    sentences: tuple[Phrased, ...] = ()
    error: str = ""  # one sentence for the user
    seconds: float = 0.0

    @property
    def text(self) -> str:
        """The kept sentences with their labels."""
        return " ".join(sentence.shown for sentence in self.sentences if sentence.kept)

    @property
    def dropped(self) -> tuple[Phrased, ...]:
        """The sentences that no article says."""
        return tuple(sentence for sentence in self.sentences if not sentence.kept)
