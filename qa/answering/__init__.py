"""Question → answer: rewrite it, take it apart, score sentences, choose, explain.

Knows nothing of pages, protocols or files.
Read `bot` first.
"""

__all__ = ["bot", "explanation", "features", "question", "rewriting", "scoring", "selection"]
