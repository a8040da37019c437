"""A stream of training windows in batches, every one a pure function of the seed and its place.

So a run that is resumed at place n sees exactly what an uninterrupted one would have seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import torch

from benchmarks.reader.data import ANSWER_KINDS, PassageText, Prepared, QuestionText, Source, Window
from benchmarks.reader.project import Span, four_bits, surface_ids
from benchmarks.reader.tokens import QUESTION_TOKENS, TITLE_TOKENS, Ids, Tokenizer, Tokens

POOL = 256  # windows that are sorted by length together
ANSWERED = 0.6  # of the windows
TRANSLATED = 0.5  # of XQuAD's windows: the question in another language, drawn among all
# How often a window comes from a set; German news is what the reader is for.
SHARES: Mapping[str, float] = {
    "norquad_news": 3.0,
    "squadshifts_wikipedia": 3.0,
    "norquad_wikipedia": 2.0,
    "jaquad": 1.5,
    "afriqa": 1.5,
    "squadshifts_amazon": 1.0,
    "squadshifts_reddit": 1.0,
    "afriqa_fr": 0.7,
    "heq": 0.7,
    "xquad_de": 1.0,
    "xquad_en": 0.7,
}
OTHER_SHARE = 0.25  # each of XQuAD's ten other languages
# How often a window that does not answer is of a kind; what a set lacks is drawn from the rest.
NEGATIVES: Mapping[Source, float] = {
    "neighbour": 0.6,
    "changed question": 0.25,
    "changed passage": 0.1,
    "unanswerable": 0.05,
}
ECHO_SHARE = 0.03  # of the windows that answer
COARSE_STEPS = 100  # the share of windows in 4 bits is rounded to one of these
NONE = 0  # the position that means "no answer": the first token
PAD, QUESTION, PASSAGE = 0, 1, 2  # sides


@dataclass(frozen=True, slots=True)
class Example:
    """A window in tokens; position 0 stands for "no answer"."""

    ids: Ids  # [T]
    side: Ids  # [T], PAD (special tokens), QUESTION or PASSAGE (the title too)
    sentence: Ids  # [T], -1: in none
    gold: tuple[int, ...]
    sentences: int
    span: Span  # first and last position of the answer, or (0, 0)
    kind: int  # of the answer, of ANSWER_KINDS; -1: not known
    states: np.ndarray | None = None  # [T, 64], zeros at special tokens
    group: int = -1  # windows of one question that are weighed against each other share a number


@dataclass(frozen=True, slots=True)
class Batch:
    """Examples padded to one length."""

    ids: torch.Tensor  # [B, T]
    side: torch.Tensor  # [B, T]
    real: torch.Tensor  # [B, T] bool
    sentence: torch.Tensor  # [B, T]
    labels: torch.Tensor  # [B, S] float
    known: torch.Tensor  # [B, S] bool: the sentence has a token here
    span: torch.Tensor  # [B, 2]
    kind: torch.Tensor  # [B], -100: not known
    states: torch.Tensor | None  # [B, T, 64]
    group: torch.Tensor  # [B], from 0

    def __len__(self) -> int:
        return len(self.ids)


Drawn = tuple[QuestionText, PassageText, Window]


class Maker(Protocol):
    """Turns windows into examples, many at a time."""

    def __call__(self, windows: Sequence[Drawn], crops: Sequence[int | None]) -> list[Example]:
        """`crops` are random numbers for the choice of a part of each passage; None: the whole passage."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The windows of one set that may be drawn, by kind, and its questions' translations."""

    prepared: Prepared
    by_source: Mapping[Source, Sequence[Window]]
    share: float
    alike: Mapping[str, Sequence[Window]]  # key of a question -> windows of passages that do not answer it


class Stream:
    """Windows drawn at random from the sets, cut into batches of about equal length."""

    def __init__(
        self,
        sets: Sequence[Prepared],
        maker: Maker,
        *,
        seed: int,
        fold: int,
        tokens: int,
        group: int = 1,
        keep: Callable[[str, Window], bool] | None = None,
    ) -> None:
        """Articles of `fold` are left out (-1: none is); `tokens` are those of a padded batch.

        `group` windows of one question follow each other: the drawn one and passages that do not answer.
        `keep` says of a set's name and a window whether it may be drawn at all.
        """
        self._choices = [found for one in sets if (found := _choice(one, fold, keep)).by_source["answer"]]
        self._maker, self._seed, self._tokens, self._group = maker, seed, tokens, group
        total = sum(choice.share for choice in self._choices)
        self._odds = [choice.share / total for choice in self._choices]
        self._translations: dict[str, list[QuestionText]] = {}
        for choice in self._choices:
            if choice.prepared.name.startswith("xquad"):
                drawn = {window.question for windows in choice.by_source.values() for window in windows}
                for question in (choice.prepared.questions[number] for number in sorted(drawn)):
                    self._translations.setdefault(question.key, []).append(question)

    def draw(self, place: int) -> list[Drawn]:
        """The windows of one question at a place of the stream."""
        rng = np.random.default_rng((self._seed, place))
        choice = self._choices[rng.choice(len(self._choices), p=self._odds)]
        source = _source(choice, rng)
        window = choice.by_source[source][int(rng.integers(len(choice.by_source[source])))]
        question = choice.prepared.questions[window.question]
        others = self._translations.get(question.key, ())
        alike = [w for w in choice.alike.get(_base(question), ()) if w.passage != window.passage]
        if others and source != "echo" and rng.random() < TRANSLATED:
            question = others[rng.integers(len(others))]
        more = rng.permutation(len(alike))[: self._group - 1].tolist()
        windows = [window, *(alike[n] for n in more)]
        return [(question, choice.prepared.passages[w.passage], w) for w in windows]

    def pool(self, number: int) -> list[list[Example]]:
        """The batches of one pool, in random order; the windows of a question stay together."""
        rng = np.random.default_rng((self._seed, number, 1))
        places = range(number * POOL, (number + 1) * POOL)
        drawn = [self.draw(place) for place in places]
        flat = [window for windows in drawn for window in windows]
        crops = rng.integers(1 << 30, size=len(flat)).tolist()
        made = iter(self._maker(flat, crops))
        groups = [
            [replace(next(made), group=number) for _ in windows] for number, windows in enumerate(drawn)
        ]
        groups.sort(key=_longest)
        batches: list[list[Example]] = [[]]
        for group in groups:
            if batches[-1] and (len(batches[-1]) + len(group)) * _longest(group) > self._tokens:
                batches.append([])
            batches[-1] += group
        return [batches[n] for n in rng.permutation(len(batches))]

    def batches(self, pool: int, batch: int) -> Iterator[tuple[int, int, list[Example]]]:
        """Batches from a place on, each with the place behind it: the pool and the number in it."""
        while True:
            found = self.pool(pool)
            for number in range(batch, len(found)):
                behind = (pool, number + 1) if number + 1 < len(found) else (pool + 1, 0)
                yield *behind, found[number]
            pool, batch = pool + 1, 0


def _longest(group: Sequence[Example]) -> int:
    return max(len(example.ids) for example in group)


def _base(question: QuestionText) -> str:
    """The key of a question, or of the one that it was changed from."""
    return question.key.removesuffix("/changed")


def _choice(prepared: Prepared, fold: int, keep: Callable[[str, Window], bool] | None) -> Choice:
    by_source: dict[Source, list[Window]] = {"answer": []}
    for window in prepared.windows:
        held = prepared.questions[window.question].fold == fold != -1 or _always_held(prepared, window)
        if not held and (keep is None or keep(prepared.name, window)):
            by_source.setdefault(window.source, []).append(window)
    alike: dict[str, list[Window]] = {}
    for window in by_source.get("neighbour", ()):
        alike.setdefault(_base(prepared.questions[window.question]), []).append(window)
    share = SHARES.get(prepared.name, OTHER_SHARE)
    return Choice(prepared, by_source, share, alike)


def _always_held(prepared: Prepared, window: Window) -> bool:
    """Whether the window is of an article that no run trains on: fold 0 of every set but XQuAD."""
    return not prepared.name.startswith("xquad") and prepared.questions[window.question].fold == 0


def _source(choice: Choice, rng: np.random.Generator) -> Source:
    if rng.random() < ANSWERED:
        return "echo" if choice.by_source.get("echo") and rng.random() < ECHO_SHARE else "answer"
    there = [(source, share) for source, share in NEGATIVES.items() if choice.by_source.get(source)]
    if not there:
        return "answer"
    odds = np.array([share for _, share in there])
    return there[int(rng.choice(len(there), p=odds / odds.sum()))][0]


class CrossMaker:
    """Examples of `<s> question </s></s> title passage </s>`, tokens only.

    With prompts, `<s> query: question </s><s> passage: title passage </s>`: two texts as e5 reads them.
    """

    def __init__(self, tokenizer: Tokenizer, *, crop: int = 0, prompts: bool = False) -> None:
        """`crop` is the length in tokens of the part of a passage that is trained on (0: all)."""
        self._tokenizer, self._crop = tokenizer, crop
        nothing = np.zeros(0, np.int64)
        asking, reading = (one.ids for one in tokenizer(["query:", "passage:"]))
        self._prompts = (asking, reading) if prompts else (nothing, nothing)
        self._between = [tokenizer.eos, tokenizer.bos if prompts else tokenizer.eos]

    def __call__(self, windows: Sequence[Drawn], crops: Sequence[int | None]) -> list[Example]:
        questions = self._tokenizer([question.text for question, _, _ in windows])
        titles = self._tokenizer([passage.title for _, passage, _ in windows])
        passages = self._tokenizer([passage.text for _, passage, _ in windows])
        return [
            self._example(question, title, _cut(tokens, window, passage, self._crop, crop), kind)
            for question, title, tokens, (asked, passage, window), crop in zip(
                questions, titles, passages, windows, crops, strict=True
            )
            for kind in (ANSWER_KINDS.index(asked.kind) if asked.answer else -1,)
        ]

    def _example(self, question: Tokens, title: Tokens, part: Part, kind: int) -> Example:
        bos, eos = [self._tokenizer.bos], [self._tokenizer.eos]
        asking, reading = self._prompts
        asked, head = question.ids[:QUESTION_TOKENS], title.ids[:TITLE_TOKENS]
        ids = np.concatenate([bos, asking, asked, self._between, reading, head, part.ids, eos])
        side = np.full(len(ids), PAD)
        first = 1 + len(asking)
        side[first : first + len(asked)] = QUESTION
        first += len(asked) + 2 + len(reading)
        begin = first + len(head)
        side[first : begin + len(part.ids)] = PASSAGE
        sentence = np.full(len(ids), -1)
        sentence[begin : begin + len(part.ids)] = part.sentence
        return Example(ids, side, sentence, part.gold, part.sentences, part.moved(begin), kind)


class StateMaker:
    """Examples of the token states that an index stores: `[none] question passage`."""

    def __init__(
        self, states: Callable[[str, str], tuple[Tokens, np.ndarray]], *, coarse: float = 0.0
    ) -> None:
        """`states` gives for "question" or "passage" and its text the tokens and their states.

        `coarse` is the share of windows in training whose passage is read from 4 bits a number. A window
        without a random number (`crops`) is read in 4 bits where `coarse` is 1.
        """
        self._states, self._coarse = states, coarse

    def __call__(self, windows: Sequence[Drawn], crops: Sequence[int | None]) -> list[Example]:
        return [self._example(*window, crop) for window, crop in zip(windows, crops, strict=True)]

    def _example(
        self, question: QuestionText, passage: PassageText, window: Window, crop: int | None
    ) -> Example:
        asked, asked_states = self._states("question", question.text)
        tokens, states = self._states("passage", passage.title + "\n" + passage.text)
        if self._coarse >= 1 or (crop is not None and crop % COARSE_STEPS < self._coarse * COARSE_STEPS):
            states = four_bits.decode(four_bits.encode(states))
        part = _cut(tokens, window, passage, 0, None)
        begin = 1 + len(asked.ids)
        words = surface_ids(question.text, asked.spans), surface_ids(passage.text, tokens.spans)
        ids = np.concatenate([[-1], *words])  # as `qa.answering.reader` has them
        side = np.concatenate([[PAD], np.full(len(asked.ids), QUESTION), np.full(len(part.ids), PASSAGE)])
        sentence = np.concatenate([np.full(begin, -1), part.sentence])
        rows = np.concatenate([np.zeros((1, states.shape[1]), np.float32), asked_states, states])
        kind = ANSWER_KINDS.index(question.kind) if question.answer else -1
        return Example(ids, side, sentence, part.gold, part.sentences, part.moved(begin), kind, rows)


@dataclass(frozen=True, slots=True)
class Part:
    """The tokens of a passage, or of some of its sentences."""

    ids: Ids
    sentence: Ids
    gold: tuple[int, ...]
    sentences: int  # in the whole passage
    span: Span | None  # tokens of this part, from the first to behind the last

    def moved(self, begin: int) -> Span:
        """First and last position of the answer where the part begins at `begin`; (0, 0) for none."""
        return Span(begin + self.span.start, begin + self.span.end - 1) if self.span else Span(NONE, NONE)


def _cut(tokens: Tokens, window: Window, passage: PassageText, size: int, crop: int | None) -> Part:
    """The passage, or sentences of it in a row, about `size` tokens, that hold all of the answer."""
    numbers = tokens.sentence_numbers(passage.sentences)
    span = tokens.covering(window.span) if window.span else None
    first, last = 0, len(tokens.ids)
    if size and crop is not None and len(tokens.ids) > size:
        first, last = _range(numbers, span, size, crop)
    inner = Span(span.start - first, span.end - first) if span else None
    return Part(tokens.ids[first:last], numbers[first:last], window.gold, len(passage.sentences), inner)


def _range(numbers: Ids, span: Span | None, size: int, crop: int) -> tuple[int, int]:
    """Bounds of at most `size` tokens, at the beginning of a sentence where that can be.

    They hold the sentences of the span whole unless these are longer than `size`.
    """
    rng = np.random.default_rng(crop)
    starts = [0, *(np.flatnonzero(np.diff(numbers)) + 1).tolist()]
    latest = span.start if span else len(numbers) - size
    if span:
        own = numbers[span.start : span.end]
        inside = np.flatnonzero((numbers >= own.min()) & (numbers <= own.max()))
        fits = inside[-1] + 1 - inside[0] <= size
        latest, must = (int(inside[0]), int(inside[-1]) + 1) if fits else (span.start, span.end)
        fitting = [start for start in starts if must - size <= start <= latest]
    else:
        fitting = [start for start in starts if start <= latest]
    first = fitting[rng.integers(len(fitting))] if fitting else latest
    return first, max(min(len(numbers), first + size), span.end if span else 0)


def collate(examples: Sequence[Example]) -> Batch:
    """The examples as one padded batch."""
    count, width = len(examples), max(len(example.ids) for example in examples)
    most = max(1, *(example.sentences for example in examples))
    ids, side = torch.zeros(count, width, dtype=torch.long), torch.zeros(count, width, dtype=torch.long)
    real, sentence = torch.zeros(count, width, dtype=torch.bool), torch.full((count, width), -1)
    labels, known = torch.zeros(count, most), torch.zeros(count, most, dtype=torch.bool)
    first = examples[0].states
    states = None if first is None else torch.zeros(count, width, first.shape[1])
    for row, example in enumerate(examples):
        size = len(example.ids)
        ids[row, :size] = torch.from_numpy(example.ids)
        side[row, :size] = torch.from_numpy(example.side)
        sentence[row, :size] = torch.from_numpy(example.sentence)
        real[row, :size] = True
        labels[row, list(example.gold)] = 1.0
        known[row, np.unique(example.sentence[example.sentence >= 0])] = True
        if states is not None and example.states is not None:
            states[row, :size] = torch.from_numpy(example.states.astype(np.float32))
    span = torch.tensor([[example.span.start, example.span.end] for example in examples])
    kind = torch.tensor([example.kind if example.kind >= 0 else -100 for example in examples])
    groups = {example.group: number for number, example in enumerate(examples) if example.group >= 0}
    group = torch.tensor([groups[e.group] if e.group >= 0 else number for number, e in enumerate(examples)])
    return Batch(ids, side, real, sentence, labels, known, span, kind, states, group)
