"""The page's handlers and markup.

Knows nothing of serving; the page itself is put together in `ui.py`.
Read `ask_tab` first.
"""

__all__ = [
    "appearance",
    "article_html",
    "article_list",
    "ask_tab",
    "builds_html",
    "cards_html",
    "chat",
    "conversation",
    "corpus_html",
    "corpus_layout",
    "corpus_tab",
    "dossier",
    "escape",
    "events",
    "exchanges",
    "export",
    "figures_card",
    "filters",
    "frames_html",
    "lookup",
    "opening",
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
