"""The page's handlers and markup.

Knows nothing of Gradio's layout (see `ui.py`) or of serving.
Read `ask_tab` first.
"""

__all__ = [
    "answer_html",
    "appearance",
    "article_list",
    "ask_tab",
    "chat",
    "conversation",
    "corpus_html",
    "corpus_tab",
    "dossier",
    "escape",
    "events",
    "exchanges",
    "export",
    "figures_card",
    "filters",
    "lookup",
    "pages",
    "phrased",
    "saving",
    "small_talk",
    "sources",
    "starters",
    "suggested_questions",
    "suggestions",
    "summaries",
    "timeline_card",
    "updates",
    "verdicts",
]
