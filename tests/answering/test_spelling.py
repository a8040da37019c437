"""The spelling of questions, against a small corpus."""

# ruff: noqa: E501 (sentences are easier to read whole)
from __future__ import annotations

import pytest

from qa.answering.spelling import corrected, with_umlauts
from qa.embedding.base import Reading
from qa.index.build import build
from qa.index.search import Index
from tests.support.standin import StandIn

TEXT = (
    "Die Bäckerei in Grünwalde schließt im März. Geschäftsführerin Wiebke Größing sucht Nachfolger. "
    "Die Feuerwehr löschte den Brand im Schwimmbad. Im Stadtarchiv liegen Urkunden, auch eine von Müller. "
    "Viele Fußgänger überqueren die Brücke nach Irland. Die Möwen brüten am Leuchtturm. Manuel baute neue Häuser."
)
KNOWN = {"island", "möller", "saturn", "reimann"}  # words that the encoder has, and the articles have not


class Pieces(StandIn):
    """Takes words in three pieces that neither it nor the articles know."""

    def _read(self, text: str) -> Reading:
        whole = super()._read(text)
        words = KNOWN | {word.strip(".,").casefold() for word in TEXT.split()}
        times = [1 if text[s.start : s.end].casefold() in words else 3 for s in whole.spans]
        return Reading(
            whole.vector,
            whole.states.repeat(times, axis=0),
            whole.outputs.repeat(times, axis=0),
            tuple(span for span, several in zip(whole.spans, times, strict=True) for _ in range(several)),
        )


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("spelling")
    (folder / "c").mkdir()
    (folder / "c" / "a.md").write_text(f"---\ntitle: Stadt\nlanguage: de\n---\n{TEXT}\n", encoding="utf-8")
    encoder = Pieces()
    build(folder / "c", folder / "v", encoder=encoder)
    return Index.open(folder / "v", encoder=encoder)


READ = [
    # transcribed
    ("Warum schliesst die Baeckerei in Gruenwalde?", "Warum schließt die Bäckerei in Grünwalde?"),
    ("baeckerei gruenwalde", "Bäckerei Grünwalde"),
    ("Wer ist Wiebke Groessing?", "Wer ist Wiebke Größing?"),
    ("Wie viele Fussgaenger ueberqueren die Bruecke?", "Wie viele Fußgänger überqueren die Brücke?"),
    ("Wo brueten die Moewen?", "Wo brüten die Möwen?"),
    ("Gibt es zwei Baeckereien?", "Gibt es zwei Bäckereien?"),
    ("Who is Wiebke Groessing and is she the owner?", "Who is Wiebke Größing and is she the owner?"),
    # letters that changed places
    ("Warum schließt die Bäckeeri?", "Warum schließt die Bäckerei?"),
    ("Was liegt im Stadtacrhiv?", "Was liegt im Stadtarchiv?"),
    ("Wer löschte im Schiwmmbad?", "Wer löschte im Schwimmbad?"),
    ("Was tat die Feuerwher?", "Was tat die Feuerwehr?"),
    ("Was steht am Luechtturm?", "Was steht am Leuchtturm?"),
    # missing
    ("Was liegt im Stadtarchv?", "Was liegt im Stadtarchiv?"),
    ("Was tat die Feurwehr?", "Was tat die Feuerwehr?"),
    ("Wer löschte im Schwimbad?", "Wer löschte im Schwimmbad?"),
    ("Wann schließt die Bäckerei in Grünwale?", "Wann schließt die Bäckerei in Grünwalde?"),
    # too many
    ("Was tat die Feuerrwehr?", "Was tat die Feuerwehr?"),
    ("Was steht am Leuchtturrm?", "Was steht am Leuchtturm?"),
    ("Was liegt im Stadttarchiv?", "Was liegt im Stadtarchiv?"),
    # next to the right key
    ("Was liegt im Stadtarchuv?", "Was liegt im Stadtarchiv?"),
    ("Was tat die Feuetwehr?", "Was tat die Feuerwehr?"),
    ("Wer löschte im Schwimmbsd?", "Wer löschte im Schwimmbad?"),
    # in an ending that the stemmer takes off
    ("Wer ist die Geschäftsführeirn?", "Wer ist die Geschäftsführerin?"),
    ("Wer ist die Geschaeftsfuehrerin?", "Wer ist die Geschäftsführerin?"),
    # two in a long word
    ("Wer ist die Geschäfstführrerin?", "Wer ist die Geschäftsführerin?"),
    # function words
    ("welhce Urkunden liegen im Stadtarchiv", "welche Urkunden liegen im Stadtarchiv"),
]


@pytest.mark.parametrize(("typed", "meant"), READ)
def test_a_misspelled_word_is_read_as_the_word_of_the_articles(index: Index, typed: str, meant: str) -> None:
    assert corrected(with_umlauts(typed), index) == meant


LEFT = [
    "Warum schließt die Bäckerei in Grünwalde?",
    "Wo liegt Island?",  # the articles have Irland
    "Was sagte Möller?",  # the articles have Müller
    "Wo brütet die Möwe?",  # another form of a word is no slip
    "Wer baute das neue Haus?",
    "Wer ist Manuel?",
    "Was kostet die Fähre nach Norderney?",
    "Wie viele Menschen leben in Dänemark?",
    "Wer sagte am 12.000. Tag etwas?",
    "Was ist mit Brndt?",
    "Brand 2024",
    "Who owns the bakery?",
    "Which animals breed near the tower?",
    "Wer ist Reimann?",
    "Was zeigt der Saturn?",
    "",
    "?",
    "ae oe ue",
]


@pytest.mark.parametrize("question", LEFT)
def test_what_may_be_right_is_left_alone(index: Index, question: str) -> None:
    assert corrected(with_umlauts(question), index) == question


def test_a_word_that_the_encoder_has_whole_is_no_slip(index: Index) -> None:
    assert corrected("Was tat die Feuerwher?", index).endswith("Feuerwehr?")
    KNOWN.add("feuerwhher")
    try:
        assert corrected("Was tat die Feuerwhher?", index) == "Was tat die Feuerwhher?"
    finally:
        KNOWN.remove("feuerwhher")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("fuer wen und ueber was", "für wen und über was"),
        ("Waehrend welcher Zeit koennte er", "Während welcher Zeit könnte er"),
        ("Manuel, Israel und die neue Treue", "Manuel, Israel und die neue Treue"),
        ("Who sued the blue queen?", "Who sued the blue queen?"),
    ],
)
def test_function_words_get_their_umlauts_without_an_index(typed: str, meant: str) -> None:
    assert with_umlauts(typed) == meant
