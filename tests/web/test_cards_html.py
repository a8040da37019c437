"""The cards of an answer's sources."""

from __future__ import annotations

import re
from html import unescape

import pytest

from qa.types import Article
from qa.web import cards_html
from qa.web.sources import Source, make_ref, read_refs, sources_of
from tests.support.fakes import ARTICLES, FERRY, FakeBot, FakeIndex
from tests.support.markup import Seen

INDEX = FakeIndex("g1", ARTICLES)
BOT = FakeBot(INDEX)


def _at(quote: str, label: int = 1, article: Article = ARTICLES[0]) -> Source:
    start = article.text.index(quote)
    end = start + len(quote)
    return Source(label, article, start, end, 0.8, make_ref(article, start, end, 0.8))


SHIP, NETS = _at("Das Schiff fasst 412 Fahrgäste und 60 Fahrzeuge."), _at("Sie fürchten, dass das Schiff", 2)


def test_cards_name_outlet_and_date_and_the_chosen_one_is_active() -> None:
    out = cards_html.cards_html([SHIP, NETS], NETS.ref, "de")
    assert len(re.findall(r'class="card(?: active)?"', out)) == 2
    active = out[out.index('class="card active"') :]
    assert f'data-ref="{NETS.ref}" data-label="2" aria-current="true"' in active
    assert "Küstenbote · 5. November 2024<" in active
    assert "<mark>Sie fürchten, dass das Schiff</mark>" in active
    assert out.count("<mark>") == 1


def test_context_on_a_card_is_cut_between_words() -> None:
    words = set(FERRY.split())
    out = cards_html.cards_html([NETS], NETS.ref, "de")
    snippet = unescape(re.sub(r"<[^>]*>", "", out[out.index('class="snippet"') :].split(">", 1)[1]))
    assert snippet.startswith("… ")
    assert snippet.rstrip().endswith(" …")
    assert set(snippet.split()) - words == {"…"}


def test_nearest_passages_are_offered_as_such() -> None:
    answer = BOT.ask("Mondgestein")
    out = cards_html.cards_html(sources_of(answer, INDEX.article), "", "de")
    assert "beantworten sie aber nicht" in out
    assert 'data-label="0"' in out
    assert 'class="number"' not in out
    assert "Relevanz" not in out


@pytest.mark.parametrize(("language", "said"), [("de", "laut Ute Brand"), ("en", "according to Ute Brand")])
def test_a_card_says_who_says_so(language: str, said: str) -> None:
    text = "Die Fähre fährt wieder. Sie kostet laut Ute Brand 12 Euro. Das Wetter bleibt gut."
    article = Article("u.txt", "Fähre", text, source="Bote", language="de")
    index = FakeIndex("g2", [article])
    shown = []
    for quote in ("Sie kostet laut Ute Brand 12 Euro.", "Das Wetter bleibt gut."):
        start = text.index(quote)
        ref = make_ref(article, start, start + len(quote), 0.9)
        (source,) = read_refs([(1, ref)], index.article)
        shown.append(Seen(cards_html.cards_html([source], "", language)).text)
    assert f"Bote · {said}" in shown[0]
    assert said not in shown[1]


def test_headings_do_not_run_into_the_text_of_a_card() -> None:
    parts = [
        "Die Werft baut um. Das kostet viel Geld.",
        "Streit um die Kosten",
        "Die Stadt zahlt nicht. Sie nennt Gründe.",
        "Noch kein Beschluss",
        "Im Mai wird entschieden.",
    ]
    article = Article("w.txt", "Werft", "\n\n".join(parts), language="de")
    alone = _at("Sie nennt Gründe.", 1, article)
    out = " ".join(Seen(cards_html.cards_html([alone], alone.ref, "de")).text.split())
    assert "Die Stadt zahlt nicht. Sie nennt Gründe." in out
    across = _at("Das kostet viel Geld.\n\nStreit um die Kosten\n\nDie Stadt zahlt nicht.", 1, article)
    both = " ".join(Seen(cards_html.cards_html([across], across.ref, "de")).text.split())
    assert "baut um. Das kostet viel Geld. Die Stadt zahlt nicht. Sie nennt" in both
    for heading in ("Streit um", "Beschluss", "Im Mai"):
        assert heading not in out
        assert heading not in both
    heading = _at("Streit um die Kosten", 1, article)  # quoted alone, it is the text
    assert "Streit um die Kosten" in Seen(cards_html.cards_html([heading], "", "de")).text
