"""Messages that nobody was sent: reading them takes time in proportion to their length."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.types import Article, Turn
from qa.web import conversation, escape, exchanges, export
from qa.web.figures_card import CARD
from qa.web.sources import MAX_QUOTE, make_ref
from tests.support.exports import conversation_markdown

ROOT = Path(__file__).resolve().parents[2]
LENGTH = 200_000  # quadratic patterns take minutes for it, linear ones well below a second
PATIENCE = 60  # seconds; for a process that must start, too
FORGED = [
    "[",
    "[1",
    "[x](#near-",
    "[1](#cite-",
    '<span class="origin">',
    '<span class="origin',
    '<span class="missing">',
    '<span class="missing"><b>',
    '<span class="phrased">',
    '<span class="phrased"><b>',
    "<b>",
    "<strong>",
    '<details class="why">',
    '<details class="why"><summary>x</summary><ul>',
    '<details class="why"><summary>x</summary><ul><li><s>',
    '<details class="why"><summary></summary><ul><li></li>',
    '<details class="why"><summary><span class="',
    '<details class="why"><summary><span class="" title="',
    '<details class="timeline"><summary>',
    '<ol class="refs">',
    '<table class="figures">',
    '<table class="figures"><caption></caption><thead><tr></tr></thead><tbody><tr><td></td></tr>',
    '<table class="figures"><caption></caption><thead><tr></tr></thead><tbody><tr><th colspan="6">',
    '<ol class="refs"><li value="1"><b></b></li>',
    '<ol class="refs"><li value="1"><b></b><a href="',
    "<span",
    "</span ",
    "&#",
    "&#9",
    " ",
    "\n>",
]
READ = """
import sys
from qa.errors import CorpusError
from qa.types import Turn
from qa.exporting.markdown import to_markdown
from qa.web import conversation, export

def unknown(article_id):
    raise CorpusError("")

for piece in {forged!r}:
    message = piece * ({length} // len(piece))
    conversation.message_refs(message)
    conversation.plain_answer(message)
    conversation.question_text({{"content": message}})
    turns = [Turn("assistant", message), Turn("user", message)]
    to_markdown(export.conversation_export(turns, unknown, "de"))
"""
# What chat messages are made of; foreign text is escaped in them.
PIECES = st.sampled_from(
    [
        "Das Schiff.",
        "&#60;b&#62; &#91;x&#93;",
        "\n",
        "\n>\n",
        "> ",
        " [1](#cite-YQ.0-5.90.0123abcd)",
        "[Ähnliche Stellen anzeigen](#near-YQ.0-5.0.0123abcd,Yg.1-9.0.0123abcd)",
        '<span class="origin">Küstenbote · 5. November</span>',
        '<span class="confidence">wahrscheinlich (93 %)</span>',
        '<span class="searched">gesucht: x</span>',
        '<span class="no-answer">Nein.</span>',
        '<span class="missing">Zu <b>2019</b> und <b>&#60;b&#62;</b> steht in diesen Zitaten nichts.</span>',
        "Das <strong>Schiff</strong>.",
        '<table class="figures"><caption>Z</caption><thead><tr><th>A</th></tr></thead>'
        '<tbody><tr class="beside">'
        '<td><a href="#figure-YQ.0-5.0.0123abcd">600</a></td><td title="Was">Tote</td></tr></tbody></table>',
        '<span class="phrased">Ausformuliert von <b>klein</b> (<b>127.0.0.1</b>); geprüft.</span>',
        '<details class="why"><summary>Warum?</summary><ul><li>a</li><li>b</li></ul></details>',
        '<details class="why"><summary>1 Satz</summary><ul><li><s>a</s> b</li></ul></details>',
        '<details class="why"><summary><span class="confidence sure" title="Das …">passt gut</span></summary>'
        "<ul><li>a</li></ul></details>",
        '<details class="why"><summary><span class="confidence sure">gesichert</span></summary>'
        "<ul><li>a</li></ul></details>",
        '<ol class="refs"><li value="1"><b>Titel</b> · Bote · <a href="https://a.org/">Original</a></li>'
        '<li value="2"><b>Titel</b></li></ol>',
    ]
)
LAZY = {  # the same patterns, shorter and slower
    conversation.NEAR_LINK: re.compile(r"\[[^\]]*\]\(#near-([\w.,-]+)\)"),
    conversation._ASIDE: re.compile(
        r'<span class="(?:origin|confidence|searched|counted|not-found|maybe)">.*?</span>'
    ),
    conversation._MISSING: re.compile(r'<span class="missing">.*?</span>'),
    conversation.PHRASED_BY: re.compile(r'<span class="phrased">.*?</span>'),
    conversation._TERM: re.compile(r"<b>(.*?)</b>"),
    conversation.ADDED: re.compile(r'<details class="why">.*?</details>|<ol class="refs">.*?</ol>'),
    CARD: re.compile(r'<table class="figures">.*?</table>'),
    conversation.TAG: re.compile(r"</?span[^>]*>|</?b>"),
}


def test_reading_a_forged_message_ends() -> None:
    code = READ.format(forged=FORGED, length=LENGTH)
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=PATIENCE, check=True)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_messages_are_read_as_by_the_simple_patterns(message: str) -> None:
    for quick, lazy in LAZY.items():
        assert quick.findall(message) == lazy.findall(message)
        assert quick.sub("", message) == lazy.sub("", message)


def test_a_whole_conversation_is_bounded() -> None:
    long = "x" * conversation.MAX_MESSAGE
    sent = [{"role": "assistant", "content": f"{n:02}{long}"} for n in range(10)]
    kept = conversation.turns_of(sent)
    assert [turn.content[:2] for turn in kept] == ["06", "07", "08", "09"]
    assert sum(len(turn.content) for turn in kept) <= conversation.MAX_CONVERSATION


def test_an_export_is_bounded_whatever_is_cited() -> None:
    article = Article("a.md", "t" * 5_000, "x" * 50_000)
    turns = [
        Turn(
            "assistant", " ".join(f"[1](#cite-{make_ref(article, n, n + MAX_QUOTE, 0.5)})" for n in range(20))
        )
        for _ in range(exchanges.MAX_SOURCES_TEXT // 1_000 // 50)
    ]
    bound = exchanges.MAX_SOURCES_TEXT + 20 * (MAX_QUOTE + 6_000) + 200_000
    whole = export.conversation_json(turns, lambda _: article, "g")
    assert MAX_QUOTE < len(whole) < bound
    assert [bool(turn["citations"]) for turn in json.loads(whole)["turns"]][:1] == [True]
    assert 5_000 < len(conversation_markdown(turns, lambda _: article, "de")) < bound


@pytest.mark.parametrize(("text", "read"), [("&#233;&amp;", "é&"), ("a&#" + "9" * 5_000 + ";b", "a\ufffdb")])
def test_character_references_of_any_length_are_read(text: str, read: str) -> None:
    assert escape.unescaped(text) == read
    assert conversation.turns_of([{"role": "user", "content": text}]) == [Turn("user", read)]
