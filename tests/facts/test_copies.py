"""Copies among texts that were written for these tests."""

from __future__ import annotations

import random

from qa.facts.copies import LEAST, SHINGLE, copies, groups, sample, shingles

PARTS = [
    "Der Leuchtturm von Selmstedt bekommt in diesem Sommer einen neuen roten Anstrich.",
    "Die Reederei Thoden bezahlt die Farbe, die Maler kommen aus dem Nachbarort.",
    "Zwei Wochen lang bleibt der Turm für alle Gäste geschlossen, sagte die Kapitänin.",
    "Im Winter soll dann auch das Haus des Wärters an die Reihe kommen.",
]
TEXT = " ".join(PARTS)
OTHER = (
    "Im Watt vor der Insel haben Forscher eine seltene Muschel entdeckt, die sonst nur im Süden lebt. "
    "Sie vermuten, dass sie mit einem Schiff in den Norden kam und hier genug Nahrung findet."
)
CASES = {
    "the same": TEXT,
    "half with a new lede": f"Neues von der Küste: An der Mole wird wieder gebaut. {' '.join(PARTS[:2])}",
    "edited": TEXT.replace("roten ", "").replace("Gäste", "Besucher").replace("Winter", "Herbst"),
}


def test_copies_are_found() -> None:
    for name, text in CASES.items():
        assert copies([TEXT, OTHER, text]) == [0, 1, 0], name


def test_a_chain_of_copies_is_one_group() -> None:
    assert copies([PARTS[0] + PARTS[1], PARTS[1] + PARTS[2], PARTS[2] + PARTS[3]]) == [0, 0, 0]


def test_short_texts_are_no_copies() -> None:
    short = " ".join(["wort"] * SHINGLE)
    assert len(shingles(short)) < LEAST
    assert copies([short, short]) == [0, 1]


def test_no_text_and_a_single_one() -> None:
    assert copies([]) == []
    assert copies([TEXT]) == [0]


def test_many_texts_are_grouped_by_a_part_of_their_shingles() -> None:
    rng = random.Random(7)  # noqa: S311 (no secret)
    words = [f"wort{n}" for n in range(5_000)]
    footer = " ".join(f"fuss{n}" for n in range(30))  # below each article of a paper: no copy
    texts = [f"{' '.join(rng.choices(words, k=200))} {footer}" for _ in range(60)]
    texts += [f"{texts[3][:700]} {footer}", f"{footer} {texts[40][300:]}"]
    held = [shingles(text) for text in texts]
    found = groups([sample(one) for one in held], held.__getitem__)
    assert {number: first for number, first in enumerate(found) if first != number} == {60: 3, 61: 40}
    assert copies(texts) == found
    assert groups([], held.__getitem__) == []
