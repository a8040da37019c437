"""The page's handlers and markup.

Knows nothing of Gradio's layout (see `ui.py`) or of serving.
Read `ask_tab` first.
"""

__all__ = [
    "answer_html",
    "ask_tab",
    "chat",
    "corpus_html",
    "corpus_tab",
    "escape",
    "export",
    "filters",
    "pages",
    "sources",
]
