"""Text → vectors.

Knows nothing of articles or indexes.
Read `base` first, then `sentence_transformer`.
"""

__all__ = [
    "base",
    "checkpoint_format",
    "default_model",
    "deferred",
    "int8",
    "int8_product",
    "model_folder",
    "model_loading",
    "sentence_transformer",
    "threads",
]
