"""Text → vectors.

Knows nothing of articles or indexes.
Read `base` first, then `sentence_transformer`.
"""

__all__ = ["base", "default_model", "int8", "sentence_transformer", "threads"]
