"""Answers, conversations and dossiers as files: Markdown, Word, and rows that `qa check` can check.

Writers work on an `Export`, which is made from answers here and from a browser's messages in `qa.web`. Knows
neither the page nor the command line. Read `document` first, then `files`.
"""

__all__ = ["answers", "document", "files", "footnotes", "lines", "markdown", "word"]
