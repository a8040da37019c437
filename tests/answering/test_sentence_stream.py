"""Whole sentences out of pieces."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.answering.sentence_stream import MAX_TEXT, Heard, SentenceStream

ONE, TWO = "Der Kran wurde verkauft.", "Im Hafen liegt ein Schiff."


def heard(*pieces: str, language: str = "de") -> list[Heard]:
    stream = SentenceStream(language)
    found = [one for piece in pieces for one in stream.feed(piece)]
    return [*found, *stream.end()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{ONE} [1] {TWO} [2]", [(ONE, (1,)), (TWO, (2,))]),
        (f"{ONE[:-1]} [1]. {TWO[:-1]} [2].", [(ONE, (1,)), (TWO, (2,))]),
        (f"{ONE} [1][3] {TWO}", [(ONE, (1, 3)), (TWO, ())]),
        (f"{ONE}[1, 3] {TWO}[^2]", [(ONE, (1, 3)), (TWO, (2,))]),
        (f"{ONE}[1]{TWO}", [(ONE, (1,)), (TWO, ())]),
        (f"{ONE}\n{TWO} [2]", [(ONE, ()), (TWO, (2,))]),
        (f"- {ONE} [1]\n- {TWO} [2]\n", [(ONE, (1,)), (TWO, (2,))]),
        (f"1. {ONE} [1]\n2. {TWO} [2]\n", [(ONE, (1,)), (TWO, (2,))]),
        (f"**{ONE}** [1]", [(ONE, (1,))]),
        (f"[1] {ONE}\n[2] {TWO}", [(ONE, (1,)), (TWO, (2,))]),
        (f"<think>Hm. Ja? [1]</think>{ONE} [2]", [(ONE, (2,))]),
        (f"<THINK>Hm.</think>\n\n{ONE}", [(ONE, ())]),
        (f"{ONE} <think>{TWO}", []),
        (f"{ONE}\n<think>{TWO}", [(ONE, ())]),
        (f"Hm.</think>{ONE} <thi", [(f"Hm.{ONE}", ())]),
        (f"{ONE} [", [(ONE, ())]),
        (f"{ONE} [1", [(ONE, ())]),
        (f"{ONE} Und dann wurde das", [(ONE, ())]),
        ("Am 3. Mai kam Dr. Huber z. B. mit. Er ging.", [("Am 3. Mai kam Dr. Huber z. B. mit.", ())]),
        (f"Ja. {ONE}", [(ONE, ())]),
        ("Der Kran [sic] wurde verkauft.", [("Der Kran [sic] wurde verkauft.", ())]),
        ("Der Kran kostet < 5 Euro.", [("Der Kran kostet < 5 Euro.", ())]),
        ("KEINE ANTWORT.", []),
        ("", []),
        ("[1][2]", []),
    ],
)
def test_sentences(text: str, expected: list[tuple[str, tuple[int, ...]]]) -> None:
    found = heard(text)
    assert [(one.text, one.hints) for one in found] == expected
    assert heard(*text) == found


PARTS = st.sampled_from(
    f"{ONE}|{TWO}| |  |\n|[1]| [2]|[1, 2]|[|]|<think>|</think>|<thi|<|nk>|Am 3. Mai|z. B.|Dr.|…|!|„Ja.“|- "
    "|1. |**|ein Schiff|2,5|[x]|\u00a0".split("|")
)


@settings(max_examples=200, deadline=None)
@given(st.data(), st.lists(PARTS, max_size=14).map("".join))
def test_it_does_not_matter_where_the_text_is_cut(data: st.DataObject, text: str) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert heard(*pieces) == heard(text)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_survived(text: str) -> None:
    assert heard(*text) == heard(text)


def test_a_sentence_comes_as_soon_as_it_is_whole() -> None:
    stream = SentenceStream("de")
    assert list(stream.feed(f"{ONE} [1] Im ")) == [Heard(ONE, (1,))]


def test_only_so_much_is_read() -> None:
    found = heard("Der Kran wurde verkauft. " * 1000)
    assert 0 < len(found) <= MAX_TEXT / len(ONE)
