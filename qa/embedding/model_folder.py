"""A checkpoint written as the folder that sentence-transformers loads. Runs no model and knows no torch."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qa.embedding.checkpoint_format import Checkpoint, Shape, Vocabulary

PROMPTS = {"query": "query: ", "passage": "passage: "}  # the model card of multilingual-e5-small
METASPACE = "▁"  # SentencePiece's symbol for a space; alone it corresponds to no character

_EMBEDDINGS = {  # names in the file -> names in BertModel
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_SPECIAL = ("bos", "pad", "eos", "unk")
_ENDINGS = {"w": "weight", "b": "bias"}


def _bert_name(name: str) -> str:
    if name in _EMBEDDINGS:
        return _EMBEDDINGS[name]
    layer, part, ending = name.split(".")
    return f"encoder.layer.{layer[1:]}.{_LAYER[part]}.{_ENDINGS[ending]}"


def write(checkpoint: Checkpoint, folder: Path) -> None:
    """Write the files of a sentence-transformers model into an empty folder. Raises OSError."""
    from safetensors.numpy import save_file

    tensors = {_bert_name(name): tensor for name, tensor in checkpoint.tensors.items()}
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    shape, vocabulary = checkpoint.shape, checkpoint.vocabulary
    (folder / "tokenizer.json").write_text(_tokenizer_json(vocabulary), encoding="utf-8")
    for name, content in _settings(shape, vocabulary).items():
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(content, indent=2), encoding="utf-8")


def _settings(shape: Shape, vocabulary: Vocabulary) -> dict[str, Any]:
    """The JSON files of the folder: name -> content."""
    special = {role: vocabulary.pieces[getattr(vocabulary, role)][0] for role in _SPECIAL}
    return {
        "config.json": {
            "model_type": "bert",
            "architectures": ["BertModel"],
            "hidden_size": shape.hidden,
            "num_hidden_layers": shape.layers,
            "num_attention_heads": shape.heads,
            "intermediate_size": shape.intermediate,
            "vocab_size": shape.vocabulary,
            "max_position_embeddings": shape.positions,
            "type_vocab_size": shape.types,
            "layer_norm_eps": shape.epsilon,
            "hidden_act": "gelu",
            "pad_token_id": vocabulary.pad,
            "dtype": "float32",
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            **{f"{role}_token": piece for role, piece in special.items()},
            "cls_token": special["bos"],
            "sep_token": special["eos"],
            # without this list transformers reads the whole tokenizer.json a second time, in Python
            "added_tokens_decoder": {
                str(getattr(vocabulary, role)): {"content": piece, "special": True}
                for role, piece in special.items()
            },
            "model_max_length": shape.positions,
            "model_input_names": ["input_ids", "attention_mask"],
            "clean_up_tokenization_spaces": False,
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
        ],
        "sentence_bert_config.json": {
            "max_seq_length": shape.positions,
            "do_lower_case": False,
            "model_args": {"add_pooling_layer": False},  # the file has no pooler
        },
        "1_Pooling/config.json": {
            "word_embedding_dimension": shape.hidden,
            "pooling_mode_mean_tokens": True,
        },
        "2_Normalize/config.json": {},
        "config_sentence_transformers.json": {
            "prompts": PROMPTS,
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }


def _tokenizer_json(vocabulary: Vocabulary) -> str:
    """The tokenizer of XLM-R: Unigram over words that begin with a metaspace, `<s> $A </s>`."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    special = {role: vocabulary.pieces[getattr(vocabulary, role)][0] for role in _SPECIAL}
    bos, eos = special["bos"], special["eos"]
    tokenizer = Tokenizer(models.Unigram(list(vocabulary.pieces), vocabulary.unk, False))
    tokenizer.normalizer = _normalizer(vocabulary.normalisation)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(METASPACE, prepend_scheme="always")]
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}", special_tokens=[(bos, vocabulary.bos), (eos, vocabulary.eos)]
    )
    tokenizer.add_special_tokens(list(special.values()))
    return tokenizer.to_str()


def _normalizer(normalisation: Mapping[str, str]) -> Any:
    """The normalisation map as its differences from NFKC, followed by NFKC, which also composes (the file's
    map cannot).
    """
    from tokenizers import Regex, normalizers

    groups: dict[str, list[str]] = {}
    for source, target in sorted(normalisation.items()):
        if unicodedata.normalize("NFKC", source) != target:
            groups.setdefault(target, []).append(rf"\x{{{ord(source):x}}}")
    steps = [normalizers.Replace(Regex(f"[{''.join(codes)}]"), target) for target, codes in groups.items()]
    return normalizers.Sequence([*steps, normalizers.NFKC()])
