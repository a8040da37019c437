"""Subtitles, as files of their own and as text."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.corpus.formats import subtitles
from qa.errors import CorpusError
from tests.support.articles import quotes, read

SRT = """\
1
00:00:01,000 --> 00:00:03,000
Die Gemeinde Auental will

2
00:00:03,000 --> 00:00:05,500
den <i>Steg</i> am Ufer
bis zum Herbst

3
00:00:05,500 --> 00:00:08,000
sperren. {\\an8}Eltern sind

4
00:00:08,000 --> 00:00:10,000
dagegen.

5
00:00:14,000 --> 00:00:16,000
Der Rat tagt 2024
"""
SENTENCES = [
    "Die Gemeinde Auental will den Steg am Ufer bis zum Herbst sperren.",
    "Eltern sind dagegen.",
    "Der Rat tagt 2024",
]


@pytest.mark.parametrize("name", ["a.srt", "a.txt", "a.md"])
def test_a_sentence_is_one_whatever_cues_it_has(name: str) -> None:
    found = read(SRT, name)
    assert quotes(found) == SENTENCES
    assert found.text.split("\n\n")[1:] == ["Der Rat tagt 2024\n"], "a pause begins a paragraph"


def test_web_vtt() -> None:
    text = (
        "\ufeffWEBVTT - Rede\nKind: captions\n\nNOTE ein\nKommentar\n\nSTYLE\n::cue {}\n\nanfang\n"
        "00:00.000 --> 00:02.000 align:start\n<v Eva Kern>Guten <c.rot>Tag</c>,\nmeine Damen\n\n2\n"
        "00:02.000 --> 00:04.000\nund Herren &amp; alle.\n\n"
        "00:04.000 --> 00:06.000\n- Danke <00:05.000>sehr.\n"
    )
    assert (
        read(text, "a.vtt").text == "Eva Kern: Guten Tag, meine Damen und Herren & alle.\n\n- Danke sehr.\n"
    )


def test_lines_that_scroll_are_said_once() -> None:
    lines = ["Der Steg", "ist zu", "seit gestern."]
    cues = [f"00:0{n}.000 --> 00:0{n + 1}.000\n{a}\n{b}\n" for n, (a, b) in enumerate(pairwise(lines))]
    assert subtitles.spoken("WEBVTT\n\n" + "\n".join(cues)) == "Der Steg ist zu seit gestern.\n"


def test_captions_without_full_stops_have_paragraphs() -> None:
    cues = "".join(f"00:{n:02}:00.000 --> 00:{n:02}:59.000\nder steg ist {n} tage zu\n\n" for n in range(60))
    paragraphs = subtitles.spoken(f"WEBVTT\n\n{cues}").split("\n\n")
    assert len(paragraphs) > 1
    assert max(map(len, paragraphs)) < 2 * subtitles.LONGEST


@pytest.mark.parametrize(
    "text",
    [
        "0:01\nDie Gemeinde will\n0:03\nden Steg\n0:05\nam Ufer sperren.\n",
        "[00:00:01] Die Gemeinde will\n[00:00:03] den Steg\n[00:00:05] am Ufer sperren.\n",
        "(00:01)\nDie Gemeinde\nwill\n\n(00:03)\nden Steg\n\n(00:05)\nam Ufer sperren.\n",
    ],
)
def test_transcripts_with_times(text: str) -> None:
    assert quotes(read(text, "a.txt")) == ["Die Gemeinde will den Steg am Ufer sperren."]


@pytest.mark.parametrize(
    "text",
    [
        "14:05\nDer Rat beginnt.\n14:20\nDer Rat streitet.\n15:00\nDer Rat geht.\n",
        "0:01\nEin Tor.\n0:00\nNoch eins.\n0:02\nEnde.\n",
        "0:01\nEin Tor nach Minuten.\n0:02\nEnde.\n",
        "[0:01] Eins.\n[0:02] Zwei.\n[0:03] Drei.\n" + "Der Rat tagt.\n" * 20,
    ],
)
def test_times_of_the_day_are_text(text: str) -> None:
    assert read(text, "a.txt").text.startswith(text[:6])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1\nDer Steg ist zu.",
        "WEBVTTX",
        "2024\nDer Steg\n00:00:01,000 --> 00:00:02,000\nx",
        "Der Steg --> zu",
    ],
)
def test_what_is_no_subtitle(text: str) -> None:
    assert not subtitles.is_subtitles(text)


def test_a_file_without_times() -> None:
    with pytest.raises(CorpusError, match="no subtitles"):
        read("Der Steg ist zu.", "a.srt")


@settings(deadline=None)
@given(st.text(st.sampled_from("1a.:,->\n <{}v&"), max_size=200))
def test_any_text_is_read(text: str) -> None:
    subtitles.spoken(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{text}")


def test_no_word_is_lost() -> None:
    words = SRT.replace("<i>", "").replace("</i>", "").replace("{\\an8}", "").split()
    shown = [word for word in words if not word.isdecimal() and ":" not in word and word != "-->"]
    assert [word for word in subtitles.spoken(SRT).split() if not word.isdecimal()] == shown


def test_a_title_above_the_cues_and_words_broken_at_their_ends() -> None:
    cues = (
        "1\n00:00:01,000 --> 00:00:03,000\nDer Steg in Au-\n\n2\n00:00:03,000 --> 00:00:05,000\nental ist zu."
    )
    found = read(f"Uferschau vom 6. März\n\n{cues}", "a.txt")
    assert found.text == "Uferschau vom 6. März\n\nDer Steg in Auental ist zu.\n"


@pytest.mark.parametrize(
    "text",
    [
        "00:01 Eva Kern: Der Steg ist\n00:04 Eva Kern: seit heute zu.\n00:09 Uwe Ast: Warum?\n",
        "Eva Kern (00:00:01):\nDer Steg ist\n\nEva Kern (00:00:04):\nseit heute zu.\n\n"
        "Uwe Ast (00:00:09):\nWarum?\n",
        "WEBVTT\n\n00:01.000 --> 00:04.000\n<v Eva Kern>Der Steg ist\n\n00:04.000 --> 00:06.000\n"
        "<v Eva Kern>seit heute zu.\n\n00:09.000 --> 00:11.000\n<v Uwe Ast>Warum?\n",
    ],
)
def test_who_goes_on_speaking_is_named_once(text: str) -> None:
    assert read(text, "a.txt").text.split() == "Eva Kern: Der Steg ist seit heute zu. Uwe Ast: Warum?".split()


def test_a_list_of_times_is_no_transcript() -> None:
    text = "0:10 Uhr: Der Alarm geht ein.\n0:25 Uhr: Das Dach brennt.\n1:10 Uhr: Der Steg ist zu.\n"
    assert read(text, "a.txt").text == text


SAID = "Die Gemeinde will den Steg am Ufer sperren."


@pytest.mark.parametrize(
    "text",
    [
        "0:00:01.000,0:00:03.000\nDie Gemeinde will\n\n0:00:03.000,0:00:05.000\nden Steg[br]am Ufer"
        " sperren.\n",
        "00:01 --> 00:03\nDie Gemeinde will\n\n00:03 --> 00:05\nden Steg am Ufer sperren.\n",
        "00:01 Die Gemeinde will\n00:03 den Steg\n00:05 am Ufer sperren.\n",
        "0:00:01 Die Gemeinde will\n0:00:03 den Steg\n0:00:05 am Ufer sperren.\n",
        "00:01 - 00:03 Die Gemeinde will\n00:03 - 00:05 den Steg\n00:05 - 00:07 am Ufer sperren.\n",
    ],
)
@pytest.mark.parametrize("above", ["", "Uferschau vom 6. März\n\n"])
def test_times_in_other_forms(text: str, above: str) -> None:
    assert read(above + text, "a.txt").text == f"{above}{SAID}\n"


def test_sub_viewer() -> None:
    text = (
        "0:00:01.000,0:00:03.000\nDie Gemeinde will den Steg\n\n0:00:03.000,0:00:05.000\nam Ufer sperren.\n"
    )
    assert read(text, "a.sbv").text == f"{SAID}\n"


@pytest.mark.parametrize(
    "text",
    [
        "00:10 Ein Auto brennt.\n00:25 Das Dach brennt.\n01:10 Der Steg ist zu.\n",
        "00:10 Alarm in Auental\n00:40 die Wehr rückt aus\n02:10 Ende\n",
        "0:00:01 Kern\n0:00:00 Ast\n0:00:02 Roth\n",
        "2:05 Tor\n3:09 noch eins\n4:10 Ende\n",
    ],
)
def test_a_chronicle_is_no_transcript(text: str) -> None:
    assert not subtitles.is_subtitles(text)


@pytest.mark.parametrize("first", ["WEBVTT\n", "\ufeffWEBVTT\n", ""])
def test_what_web_vtt_says_of_itself_is_no_title(first: str) -> None:
    text = f"{first}Kind: captions\nLanguage: de\n\n00:01.000 --> 00:03.000\n{SAID}\n"
    for name in ("a.vtt", "a.txt"):
        assert read(text, name).text == f"{SAID}\n"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (">> EVA KERN: Guten Tag.", "EVA KERN: Guten Tag."),
        ("&gt;&gt; Eva Kern: Guten Tag.", "Eva Kern: Guten Tag."),
        (">>> Guten Tag.", "- Guten Tag."),
        ("♪ Am Ufer steht ein Steg ♪", "Am Ufer steht ein Steg"),
        ("[Musik] Guten Tag.", "Guten Tag."),
        ("Guten Tag. [leise Musik]", "Guten Tag."),
        ("Guten Tag. [Applause]", "Guten Tag."),
        ("[Er zeigt auf den Steg] Dort.", "[Er zeigt auf den Steg] Dort."),
        ("Die Musik (Gesang) ist neu.", "Die Musik (Gesang) ist neu."),
        ("4 > 3 sagt er.", "4 > 3 sagt er."),
    ],
)
def test_speakers_and_what_is_heard_besides_speech(line: str, shown: str) -> None:
    assert subtitles.spoken(f"WEBVTT\n\n00:01.000 --> 00:03.000\n{line}\n") == f"{shown}\n"


@pytest.mark.parametrize(
    "line", ["[Musik]", "♪♪", "(Applaus)", "♪ (leise Musik) ♪", "* Trommeln *", "[MUSIC PLAYING]"]
)
def test_a_cue_without_speech_shows_nothing(line: str) -> None:
    cues = f"00:01.000 --> 00:03.000\n{line}\n\n00:03.000 --> 00:05.000\n{SAID}\n"
    assert subtitles.spoken(f"WEBVTT\n\n{cues}") == f"{SAID}\n"
