"""Files → articles.

Knows nothing of passages or indexes.
Read `folder` first, then `parsing`.
"""

__all__ = [
    "changes",
    "cleaning",
    "datelines",
    "decoding",
    "file_names",
    "fingerprint",
    "folder",
    "formats",
    "metadata",
    "ocr",
    "parsing",
    "stamps",
]
