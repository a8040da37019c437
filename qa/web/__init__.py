"""The page's handlers and markup.

Knows nothing of Gradio's layout (see `ui.py`) or of serving.
Read `ask_tab` first.
"""

__all__ = [
    "answer_html",
    "appearance",
    "ask_tab",
    "chat",
    "conversation",
    "corpus_html",
    "corpus_tab",
    "escape",
    "events",
    "export",
    "figures_card",
    "filters",
    "lookup",
    "pages",
    "phrased",
    "small_talk",
    "sources",
    "starters",
    "suggestions",
    "timeline_card",
]
