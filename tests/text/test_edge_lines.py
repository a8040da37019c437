"""What is a page number, a running head, a foot, and what is text."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from qa.text.edge_lines import PAGE_NUMBER, Around, edge_line, is_running, opening_names


def running(
    line: str,
    *,
    same: Sequence[str] = (),
    opposite: Sequence[str] = (),
    opening: Sequence[str] = (),
    foot: bool = False,
) -> bool:
    """Whether a line is a running one; each other line stands on a page of its own."""
    around = Around(
        [[edge_line(other)] for other in same],
        [[edge_line(other)] for other in opposite],
        opening_names(opening),
        is_kept=False,
    )
    return is_running(edge_line(line), around, is_foot=foot, is_alone=False)


@pytest.mark.parametrize(
    "line",
    "4;- 4 -;– 4 –;- 1 of 3 -;[2];(2);[ 2/3 ];Blatt 1 von 2;Seite 4;p. 2;| 7 |;2/3;Page 2 of 9".split(";"),
)
def test_page_numbers(line: str) -> None:
    assert PAGE_NUMBER.fullmatch(line)


@pytest.mark.parametrize("line", ["4 Boote", "2)", "[2] Siehe oben", "Blatt", "4.", "12.000 Euro", "(a)"])
def test_no_page_numbers(line: str) -> None:
    assert not PAGE_NUMBER.fullmatch(line)


@pytest.mark.parametrize(
    ("line", "other"),
    [
        (
            "Seeblatt Nr. 8 Montag, 3. Juli 2023 Seite 5",
            "Seeblatt | Lokales Nr. 8 Montag, 3. Juli 2023 Seite 4",
        ),
        (
            "The Orrin Herald, Tuesday 4 May 2021, page 3",
            "The Orrin Herald, Sport, Tuesday 4 May 2021, page 2",
        ),
        ("7 Tal-Anzeiger Ausgabe Nord", "Tal-Anzeiger Ausgabe Nord 6"),
    ],
)
def test_heads_that_are_alike(line: str, other: str) -> None:
    assert running(line, same=[other])
    assert running(line, opposite=[other])


@pytest.mark.parametrize(
    ("line", "other"),
    [
        ("Der Chor aus Ulm erhält 400 Euro", "Der Chor aus Bonn erhält 300 Euro"),
        ("The club of Orrin gets 40 pounds", "The club of Dale gets 30 pounds"),
        ("Mehr Geld für Schulen und Kitas", "Mehr Geld für Schulen und Bäder"),
        ("Anna Berg 14 Punkte", "Anna Lohr 12 Punkte"),
        ("Die Brücke über die Jahne wird im Mai 2023 für", "Die Brücke über die Jahne wird im Juni 2024 für"),
    ],
)
def test_lines_of_text_that_are_alike_stay(line: str, other: str) -> None:
    assert not running(line, same=[other])
    assert not running(line, opposite=[other], foot=True)


@pytest.mark.parametrize(
    ("line", "opposite", "expected"),
    [
        ("Seeblatt 5", "Seeblatt 4", True),
        ("SEEBLATT", "Seeblatt", True),
        ("Montag 8.30 Uhr", "Montag 9.15 Uhr", False),  # rows of a table over two pages
        ("3. Mai 40 Euro", "2. Mai 35 Euro", False),
    ],
)
def test_a_head_on_one_page_is_the_foot_of_another(line: str, opposite: str, expected: bool) -> None:
    assert running(line, opposite=[opposite]) is expected


@pytest.mark.parametrize(
    "line",
    [
        "Seeblatt am Morgen | 2",
        "[2] Seeblatt am Morgen",
        "SEEBLATT AM MORGEN",
        "Seeblatt am Morgen, 3. Juli 2023",
        "MUSEUM ZEIGT ALTE BOOTE",
        "3.7.23, 10:12      Museum zeigt alte Boote",
        "Museum zeigt alte Boote - Fortsetzung    2",
        "Uferpost Seite 2",
        "Page 2 of 3 | Orrin Herald",
        "(Fortsetzung auf Seite 3)",
        "Fortsetzung von Seite 1",
        "Continued on page 4",
    ],
)
def test_a_head_that_stands_once_names_its_page_outlet_or_title(line: str) -> None:
    assert running(line, opening=["Seeblatt am Morgen", "Museum zeigt alte Boote", "Von Ina Rau"])


@pytest.mark.parametrize(
    "line",
    [
        "Museum zeigt alte Boote und plant 3 Räume für",  # goes on as a sentence
        "Das Museum zeigt 12 Boote",
        "12 Boote stehen im Saal",
        "Mehr dazu steht auf Seite 2",
        "Der Plan füllt im Bericht die Seite 2",
        "Museum zeigt alte Boote.",
        "Das Seeblatt",
        "Gezeigt werden 3 Einbäume, die das",
        "Im Saal 2",
    ],
)
def test_lines_of_text_that_stand_once_stay(line: str) -> None:
    assert not running(line, opening=["Seeblatt am Morgen", "Museum zeigt alte Boote", "Von Ina Rau"])


def test_a_sentence_of_the_opening_names_nothing() -> None:
    assert opening_names(["Der Rat tagt.", "Uferpost"]) == []
    assert not running("Der Rat tagt am 3. Mai", opening=["Der Rat tagt."])


@pytest.mark.parametrize(
    ("line", "feet", "expected"),
    [
        ("© Verlag Seeblatt GmbH. Alle Rechte vorbehalten.", 1, True),
        ("Seeblatt, Am Kai 2. Gedruckt in Ulm.", 2, True),
        ("Seeblatt, Am Kai 2. Gedruckt in Ulm.", 1, False),  # may be a sentence that is said twice
        ("Das Museum hat geöffnet.", 1, False),
    ],
)
def test_a_foot_that_is_a_sentence_stands_on_all_pages(line: str, feet: int, expected: bool) -> None:
    assert running(line, same=[line] * feet, foot=True) is expected
    assert not running(line, same=[line] * feet + ["Etwas anderes."], foot=True)
    assert not running(line, same=[line] * feet), "a head is no sentence"
