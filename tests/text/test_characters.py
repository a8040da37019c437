"""Kinds of characters."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from qa.text.characters import BINARY, CONTROL, UNSEEN, UNSHOWN, ZERO_WIDTH, has_invisible

ALL = [chr(code) for code in range(sys.maxunicode + 1)]


def test_controls_are_those_of_unicode() -> None:
    assert CONTROL.findall("".join(ALL)) == [c for c in ALL if unicodedata.category(c) == "Cc"]


def test_white_space_makes_no_file_binary() -> None:
    assert set(CONTROL.findall("".join(ALL))) - set(BINARY.findall("".join(ALL))) == set("\t\n\v\f\r\x85")


def test_a_page_shows_neither_controls_nor_what_turns_text_around() -> None:
    unshown = set(UNSHOWN.findall("".join(ALL)))
    assert unshown >= set(CONTROL.findall("".join(ALL))) - set("\t\n")
    assert unshown >= {
        c for c in ALL if unicodedata.bidirectional(c) in set("LRE RLE LRO RLO PDF LRI RLI FSI PDI".split())
    }
    assert not unshown & {c for c in ALL if c.isprintable()}


def test_what_takes_no_room_is_invisible_in_a_name() -> None:
    zero_width = set(ZERO_WIDTH.findall("".join(ALL)))
    assert zero_width > set(UNSEEN.findall("".join(ALL)))
    assert all(map(has_invisible, zero_width))
    assert not any(unicodedata.category(character) in ("Ll", "Lu", "Nd", "Po") for character in zero_width)


@pytest.mark.parametrize(
    "character", ["\n", "\u200b", "\u202e", "\u2028", "\ufeff", "\u3164", "\ufe0f", "\U000e0041"]
)
def test_invisible_characters(character: str) -> None:
    assert has_invisible(f"a{character}b")


@pytest.mark.parametrize("name", ["Größe 1.txt", "日本.md", "e\u0301.txt"])
def test_names_that_can_be_seen(name: str) -> None:
    assert not has_invisible(name)
