from __future__ import annotations

from html import unescape

import pytest

from qa.i18n.moments import when
from qa.types import Article, DatedSentence
from qa.web import conversation
from qa.web.sources import Source, make_ref
from qa.web.timeline_card import MOST_TEXT, fold, table_html

TOWER = Article(
    "turm.md",
    "Der <Turm>",
    "Am Montag fiel der Turm. Im März 2021 wurde er gebaut. Er war rot. "
    "Im Januar wurde er <b>gestrichen</b>.",
    source="Bote",
    date="2024-10-17",
)
UNDATED = Article("park.md", "Der Park", "Im Januar blühte nichts. Der Park war leer.")
PLAIN = Article("leer.md", "Leer", "Hier steht nichts.")


def _source(article: Article, label: int = 1) -> Source:
    return Source(label, article, 0, 9, 0.8, make_ref(article, 0, 9, 0.8))


def test_the_rows_are_in_order_and_lead_to_their_sentences() -> None:
    made = table_html([_source(TOWER), _source(UNDATED, 2), _source(TOWER, 3)], "de")
    rows = [row for row in made.split("<tr>") if "#dated-" in row]
    assert [row.split("</a>")[0].rsplit(">", 1)[-1] for row in rows] == [
        "März 2021",
        "Januar 2024",
        "14. Oktober 2024",
        "Januar (Jahr nicht genannt)",
    ]
    assert "im Text: „Am Montag“" not in made
    assert "im Text: „Montag“" in rows[2]
    assert "<strong>Montag</strong> fiel" in rows[2]
    assert "im Text" not in rows[0]
    assert "Bote, 17. Oktober 2024" in rows[0]
    assert "&lt;b&gt;gestrichen" in rows[1]
    start = TOWER.text.index("Im März")
    end = TOWER.text.index(" Er war")
    assert f'href="#dated-{make_ref(TOWER, start, end, 0.0)}"' in rows[0]


def test_a_fold_is_offered_where_a_cited_article_names_a_date() -> None:
    made = fold([_source(PLAIN), _source(UNDATED, 2)], "en")
    assert made == '<details class="timeline"><summary>Timeline</summary></details>'
    assert conversation.plain_answer(f"Satz. [1]\n\n{made}") == "Satz. [1]"
    assert fold([_source(PLAIN)], "de") == fold([], "de") == ""
    assert fold([_source(UNDATED, 0)], "de") == ""  # the nearest passages of a refusal are no answer


def test_articles_without_dates_say_so_and_long_ones_are_bounded() -> None:
    assert "nennt kein Satz ein Datum" in table_html([_source(PLAIN)], "de")
    long = Article("lang.md", "Lang", "Wort. " * (MOST_TEXT // 6 + 1) + "Am 3. Mai 2020 war es so.")
    assert "2020" not in unescape(table_html([_source(long)], "de"))


@pytest.mark.parametrize(
    ("value", "german", "english"),
    [
        ("2024-10-16TEV", "16. Oktober 2024", "16 October 2024"),
        ("2024-10", "Oktober 2024", "October 2024"),
        ("2024", "2024", "2024"),
        ("2024-W42-WE", "KW 42, 2024", "week 42, 2024"),
        ("2024-Q3", "3. Quartal 2024", "quarter 3, 2024"),
        ("2023-WI", "Winter 2023", "winter 2023"),
        ("XXXX-10", "Ende Oktober (Jahr nicht genannt)", "Ende Oktober (no year given)"),
    ],
)
def test_when(value: str, german: str, english: str) -> None:
    since = "" if value.startswith("X") else "2024-01-01"
    one = DatedSentence("q", "a", "t", "s", "", 0, 1, "Ende Oktober", value, since, since)
    assert (when(one, "de"), when(one, "en")) == (german, english)
