"""One module for each kind of file.

Knows nothing of folders.
Read `registry` first.
"""

__all__ = [
    "archives",
    "docx",
    "draft",
    "guarded",
    "html",
    "pdf",
    "registry",
    "tables",
    "tags",
    "text",
    "worker",
]
