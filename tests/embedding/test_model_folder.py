"""The folder that sentence-transformers loads, made of a small checkpoint."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from qa.embedding import checkpoint_format, model_folder
from tests.support.weights import small_file


@pytest.fixture
def checkpoint(tmp_path: Path) -> checkpoint_format.Checkpoint:
    file = tmp_path / "small.bin"
    file.write_bytes(small_file())
    return checkpoint_format.read(file)


@pytest.fixture
def written(checkpoint: checkpoint_format.Checkpoint, tmp_path: Path) -> Path:
    place = tmp_path / "model"
    place.mkdir()
    model_folder.write(checkpoint, place)
    return place


def test_writes_every_weight_under_its_bert_name(
    checkpoint: checkpoint_format.Checkpoint, written: Path
) -> None:
    weights = load_file(written / "model.safetensors")
    tensors = checkpoint.tensors
    pairs = {
        "embeddings.word_embeddings.weight": "emb.word",
        "embeddings.LayerNorm.bias": "emb.ln.b",
        "encoder.layer.1.attention.self.key.weight": "l1.k.w",
        "encoder.layer.0.attention.output.dense.bias": "l0.ao.b",
        "encoder.layer.0.attention.output.LayerNorm.weight": "l0.aln.w",
        "encoder.layer.1.intermediate.dense.weight": "l1.fi.w",
        "encoder.layer.1.output.dense.weight": "l1.fo.w",
        "encoder.layer.1.output.LayerNorm.bias": "l1.oln.b",
    }
    assert len(weights) == len(tensors)
    for bert, name in pairs.items():
        np.testing.assert_array_equal(weights[bert], tensors[name])
    config = json.loads((written / "config_sentence_transformers.json").read_text())
    assert config["prompts"] == {"query": "query: ", "passage": "passage: "}


def test_tokenizer_follows_the_vocabulary_and_the_normalisation(written: Path) -> None:
    tokenizer = Tokenizer.from_file(str(written / "tokenizer.json"))
    assert tokenizer.encode("der  Hund\tbe\u00adllt").tokens == ["<s>", "▁der", "▁Hund", "▁bellt", "</s>"]
    assert tokenizer.encode("ﬁ").tokens == ["<s>", "▁", "f", "i", "</s>"]
    assert tokenizer.encode("✂").ids == [0, 4, 3, 2]
    assert tokenizer.encode("").tokens == ["<s>", "</s>"]
