"""Whether two sentences make the same statement: for the labels of several articles behind one quote.

Two sentences are the same if they share a *reading*: the list of their tokens as it stands, or what a few
rewritings make of it (an adverbial moved to the front, perfect for preterite, active for passive, the
speaker before or after what was said, clauses exchanged). Everything else must agree word for word in the
same order, so a number, a name, "nicht", "soll" or the roles of two names decide by themselves. When in
doubt, the answer is no. A cosine has no say: two sentences that differ in one number are as near to each
other as a copy.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import takewhile

from qa.answering import statement_words as known
from qa.answering.statement_tokens import (
    COLON,
    COMMA,
    DATE,
    NUMBER,
    QUESTION,
    Token,
    dateline,
    statement_tokens,
)
from qa.text.dates import month_names
from qa.text.tokens import DEFAULT_LANGUAGE

MAX_TOKENS = 80  # longer sentences are compared word for word only
MAX_READINGS = 60  # of one sentence; rewritings follow one another
LEAST_SHARED = 4  # one word in so many is the same in both, whatever is rewritten

Tokens = tuple[Token, ...]
Reading = tuple[str, ...]
_WEAK = re.compile(r"(?P<stem>[a-zäöüß]{2,}?)(?P<linking>e?)te(?P<plural>n?)")
_UNSTRESSED = re.compile(r"(?:be|emp|ent|er|miss|ver|zer|durch|hinter|über|unter|wider)[a-zäöüß]{3}")
_ADJECTIVE = re.compile(r"(?P<stem>[\w-]{3,}?)(?:e|en|er|es|em)")
_YEAR = re.compile(rf"{NUMBER}(?:19|20)\d\d")
_PAST = "past:"  # a preterite or perfect, by its participle
_SAID = "said:"


def same_statement(first: str, second: str, language: str = "", other_language: str | None = None) -> bool:
    """Whether `second` makes the same statement as `first`.

    `language` is the ISO 639-1 code of the first sentence, and of the second unless `other_language` is
    given; empty counts as German. Sentences of two languages are the same only if they are equal but for
    spaces. Symmetric and reflexive, but not transitive: a dateline counts only against another one.
    """
    if first.split() == second.split():
        return True
    languages = {
        code or DEFAULT_LANGUAGE
        for code in (language, language if other_language is None else other_language)
    }
    if len(languages) > 1:
        return False
    if dateline(first) and dateline(second) and dateline(first) != dateline(second):
        return False
    (spoken,) = languages
    mine, other = statement_tokens(first, spoken), statement_tokens(second, spoken)
    if not mine or not other:
        return False
    if _keys(mine) == _keys(other):
        return True
    if not _comparable(mine, other):
        return False
    return not _readings(mine, spoken).isdisjoint(_readings(other, spoken))


def _comparable(mine: Tokens, other: Tokens) -> bool:
    """Whether rewriting could help: it changes no number, and the few words that it changes are known.

    Nearly all pairs of sentences of a corpus end here, which takes a tenth of the time of their readings.
    """
    if sorted(filter(_is_number, mine)) != sorted(filter(_is_number, other)):
        return False
    shared = {word.key for word in mine} & {word.key for word in other}
    return len(shared) * LEAST_SHARED >= min(len(mine), len(other))


def _keys(words: Sequence[Token]) -> Reading:
    return tuple(word.key for word in words)


@lru_cache(maxsize=4096)
def _readings(words: Tokens, language: str) -> frozenset[Reading]:
    """What a sentence reads like after any rewritings, one after the other."""
    rules = _RULES.get(language, ())
    if len(words) > MAX_TOKENS or words[-1].key == QUESTION:
        return frozenset([_keys(words)])
    found = {_keys(words)}
    waiting = [words]
    while waiting and len(found) < MAX_READINGS:
        sentence = waiting.pop(0)
        for rule in rules:
            for rewritten in rule(sentence):
                if _keys(rewritten) not in found and len(found) < MAX_READINGS:
                    found.add(_keys(rewritten))
                    waiting.append(rewritten)
    return frozenset(found)


def _new(key: str) -> Token:
    return Token(key, False)


# Phrases


def _is_verb(word: Token) -> bool:
    """Whether a word can be the finite verb of a German sentence, by its form."""
    return (
        not word.noun
        and word.key.isalpha()
        and word.key not in known.PREPOSITIONS["de"]
        and word.key not in known.DETERMINERS["de"]
        and word.key not in known.PARTICLES
        and word.key not in known.ADVERBS
    )


def _phrase(words: Sequence[Token], start: int, *, preposition: bool) -> int:
    """The end of the German noun phrase that begins at `start`, or `start` if there is none."""
    at = start
    if preposition:
        while at < len(words) and words[at].key in known.PREPOSITIONS["de"]:
            at += 1
        if at == start:
            return start
    key = words[at].key if at < len(words) else ""
    approximate = key in known.APPROXIMATE and at + 1 < len(words) and _is_number(words[at + 1])
    at += approximate or key in known.DETERMINERS["de"] or key in known.QUANTIFIERS
    while at < len(words) and _is_adjective(words[at]):
        at += 1
    nouns = sum(1 for _ in takewhile(lambda word: word.noun, words[at:]))
    return at + nouns if nouns else start


def _is_adjective(word: Token) -> bool:
    """Whether a word may be an inflected adjective, by its form: "neuen", "34-jährigen"."""
    compound = "-" in word.key and not word.noun
    return (compound or _is_verb(word)) and _ADJECTIVE.fullmatch(word.key) is not None


def _is_number(word: Token) -> bool:
    return word.key.startswith(NUMBER)


def _subjects(words: Sequence[Token], start: int) -> Iterator[int]:
    """Where a subject that begins at `start` may end.

    Before the verb it may have any attributes. Behind it, what could belong to the verb as well ("mit …",
    "der …") is a reason to give up.
    """
    end = _phrase(words, start, preposition=False)
    if end == start:
        return
    number = next((at for at in range(start + 1, end) if _is_number(words[at]) and words[at - 1].noun), end)
    yield from sorted({number, end})
    for _ in range(2):
        key = words[end].key if end < len(words) else ""
        if key == "und":
            more = _phrase(words, end + 1, preposition=False)
            more = more if more > end + 1 else end
        elif start == 0:
            more = max(_phrase(words, end, preposition=True), _phrase(words, end, preposition=False))
        elif key in ("in", "im"):  # "stieg die Quote in Bonn auf 5 Prozent"
            more = _phrase(words, end, preposition=True)
            more = more if _figure_follows(words, more) else end
        else:
            more = _phrase(words, end, preposition=False) if key in ("des", "eines") else end
        if more == end:
            return
        end = more
        yield end


def _figure_follows(words: Sequence[Token], at: int) -> bool:
    return at + 1 < len(words) and words[at].key in known.PREPOSITIONS["de"] and _is_number(words[at + 1])


def _fronts(words: Sequence[Token]) -> Iterator[int]:
    """Where what stands before the verb may end: a subject, or phrases with prepositions."""
    yield from _subjects(words, 0)
    end = _phrase(words, 0, preposition=True)
    while end:
        yield end
        more = _phrase(words, end, preposition=True)
        end = more if more > end else 0


def _ambiguous(words: Sequence[Token], end: int) -> bool:
    """Whether what follows a subject behind its verb may be its attribute: "gewann der Mann mit dem Hund"."""
    if end + 1 >= len(words):
        return False
    key = words[end].key
    return key in ("der", "einer") or (key in known.ATTRIBUTIVE and not _is_number(words[end + 1]))


def _coordinated(words: Sequence[Token]) -> bool:
    """Whether it is open which part of a sentence a clause or adverbial belongs to."""
    return any(word.key in known.COORDINATORS or word.key in (COMMA, COLON, ";") for word in words)


def _clause(words: Sequence[Token], start: int) -> int:
    """Where the clause from `start` on ends: at a comma or colon, or with the sentence."""
    return next((at for at in range(start, len(words)) if words[at].key in (COMMA, COLON, ";")), len(words))


# Rewritings, German. Each yields sentences that say the same.


def _without_fronting(words: Tokens) -> Iterator[Tokens]:
    """ "Am Montag stieg die Quote auf …" → "Die Quote stieg am Montag auf …"."""
    alone = words[0].key in known.ADVERBS or _YEAR.fullmatch(words[0].key)
    verb = 1 if alone else _phrase(words, 0, preposition=True)
    if 0 < verb < len(words) and _is_verb(words[verb]):
        for end in _subjects(words, verb + 1):
            if not _ambiguous(words, end):
                yield (*words[verb + 1 : end], words[verb], *words[:verb], *words[end:])


def _without_leading_clause(words: Tokens) -> Iterator[Tokens]:
    """ "Weil es regnet, fällt das Spiel aus" → "Das Spiel fällt aus, weil es regnet"."""
    comma = _clause(words, 0)
    if words[0].key not in known.SUBORDINATORS or comma + 1 >= len(words) or words[comma].key != COMMA:
        return
    verb = comma + 1
    if _coordinated(words[verb:]) or any(word.key in known.PRONOUNS for word in words):
        return
    if _is_verb(words[verb]):
        for end in _subjects(words, verb + 1):
            if not _ambiguous(words, end):
                yield (*words[verb + 1 : end], words[verb], *words[end:], words[comma], *words[:comma])


def _past(words: Tokens) -> Iterator[Tokens]:
    """ "Der Rat lehnte den Plan ab" and "Der Rat hat den Plan abgelehnt" → the same form."""
    for start in _fronts(words):
        end = _clause(words, start)
        if start >= end or not _is_verb(words[start]):
            continue
        verb, last = words[start].key, words[end - 1].key
        if verb in ("hat", "haben", "ist", "sind") and end - 1 > start and _is_participle(last):
            if (verb in ("ist", "sind")) == (last in known.MOVED) and last not in known.NO_PERFECT:
                number = "sg" if verb in ("hat", "ist") else "pl"
                yield (
                    *words[:start],
                    _new(f"{_PAST}{last}:{number}"),
                    *words[start + 1 : end - 1],
                    *words[end:],
                )
            continue
        particle = last if last in known.SEPARABLE and end - 1 > start + 1 else ""
        kept = end - 1 if particle else end
        if found := _participle(verb, separable=bool(particle)):
            participle, number = found
            past = _new(f"{_PAST}{particle}{participle}:{number}")
            yield (*words[:start], past, *words[start + 1 : kept], *words[end:])


def _participle(verb: str, *, separable: bool) -> tuple[str, str] | None:
    """The participle of a preterite, and its number ("sg", "pl"); None if it is no preterite by its form."""
    for ending in ("", "en", "n"):
        base = verb.removesuffix(ending)
        if base in known.STRONG and (base != verb or not ending):
            return known.STRONG[base], "pl" if ending else "sg"
    match = _WEAK.fullmatch(verb)
    if not match or (not match["linking"] and match["stem"].endswith(("d", "t"))):
        return None
    stem = match["stem"] + match["linking"]
    plain = not separable and _UNSTRESSED.match(stem)
    prefix = "" if plain or stem.endswith("ier") else "ge"
    return f"{prefix}{stem}t", "pl" if match["plural"] else "sg"


def _is_participle(word: str) -> bool:
    return word.endswith(("t", "en")) and len(word) > 4 and word.isalpha()


def _active(words: Tokens) -> Iterator[Tokens]:
    """ "Der Plan wurde am Montag vom Rat abgelehnt" → "Der Rat lehnte am Montag den Plan ab"."""
    for start in _subjects(words, 0):
        end = _clause(words, start)
        if end < len(words) or start >= end:
            continue
        verb, last = words[start].key, end - 1
        if verb in ("ist", "sind") and words[last].key == "worden":
            last -= 1
        elif verb not in ("wurde", "wurden"):
            continue
        participle = words[last].key
        if last <= start or not _is_participle(participle) or participle in known.NO_AGENT:
            continue
        yield from _agents(words, start, last)


def _agents(words: Tokens, verb: int, participle: int) -> Iterator[Tokens]:
    """The active forms; the agent stands directly before the participle, or its attributes would be open."""
    agents = [at for at in range(verb + 1, participle) if words[at].key in ("von", "vom")]
    if len(agents) != 1 or _phrase(words, agents[0], preposition=True) != participle:
        return
    between = words[verb + 1 : agents[0]]
    if any(word.key in known.PARTICLES for word in between):
        return
    for agent, number in _nominative(words[agents[0] : participle]):
        for patient in _accusative(words[:verb]):
            yield (*agent, _new(f"{_PAST}{words[participle].key}:{number}"), *between, *patient)


def _nominative(phrase: Tokens) -> Iterator[tuple[Tokens, str]]:
    """The agent of a passive as a subject, with its number."""
    preposition, *rest = phrase
    if preposition.key == "vom":
        rest = [_new("dem"), *rest]
    if rest[0].key not in known.DETERMINERS["de"]:
        yield tuple(rest), "sg"
        yield tuple(rest), "pl"
        if rest[-1].key.endswith("n"):
            yield (*rest[:-1], Token(rest[-1].key[:-1], True)), "pl"
        return
    for nominative, number in _DATIVES.get(rest[0].key, ()):
        yield (_new(nominative), *rest[1:]), number
        if number == "pl" and rest[-1].key.endswith("n"):
            yield (_new(nominative), *rest[1:-1], Token(rest[-1].key[:-1], True)), number


def _accusative(phrase: Tokens) -> Iterator[Tokens]:
    """The subject of a passive as the object of its active form."""
    if phrase[0].key in ("den", "dem", "des", "einen", "einem"):
        return
    determiner = _ACCUSATIVES.get(phrase[0].key)
    yield (_new(determiner), *phrase[1:]) if determiner else phrase


def _endings(words: Tokens) -> Iterator[Tokens]:
    """Adjectives without their endings, where the verb stands for both voices."""
    if any(word.key.startswith(_PAST) for word in words):
        yield _bare(words)


def _bare(words: Sequence[Token]) -> Tokens:
    """Adjectives between a determiner and a noun without their endings: number and gender remain told."""
    out = list(words)
    for at in range(1, len(words) - 1):
        match = _ADJECTIVE.fullmatch(words[at].key) if _is_adjective(words[at]) else None
        if match and words[at + 1].noun and words[at - 1].key in known.DETERMINERS["de"]:
            out[at] = _new(match["stem"])
    return tuple(out)


_ACCUSATIVES = {"der": "den", "ein": "einen", "dieser": "diesen", "die": "die", "das": "das", "eine": "eine"}
_DATIVES = {
    "dem": (("der", "sg"), ("das", "sg")),
    "der": (("die", "sg"),),
    "den": (("die", "pl"),),
    "einem": (("ein", "sg"),),
    "einer": (("eine", "sg"),),
}


def _speaker_first(words: Tokens) -> Iterator[Tokens]:
    """ "X, sagte Y" and "Y sagte, dass X" → "Y said: X"."""
    commas = [at for at, word in enumerate(words) if word.key in (COMMA, COLON)]
    if not commas or commas[-1] + 2 >= len(words):
        return
    first, last = commas[0], commas[-1]
    yield from _said_before(words[:first], words[first], words[first + 1 :])
    if words[last].key == COMMA:
        yield from _said_after(words[:last], words[last + 1 :])
    if words[0].key == "wie" and _is_verb(words[first + 1]):
        for subject in _subjects(words, first + 2):
            content = (*words[first + 2 : subject], words[first + 1], *words[subject:])
            yield from _said_as(words[:first], content)


def _said_before(clause: Tokens, mark: Token, content: Tokens) -> Iterator[Tokens]:
    """ "Y sagte" and what was said; "ich" is Y only behind a colon."""
    if mark.key == COLON or not any(word.key in known.FIRST_PERSON for word in content):
        for speaker in _subjects(clause, 0):
            yield from _reported(clause[:speaker], _said(clause[speaker:]), content)


def _said_after(content: Tokens, clause: Tokens) -> Iterator[Tokens]:
    """What was said, and "sagte Y" or "wie Y sagte"."""
    for speaker in _subjects(clause, 1):
        yield from _reported(clause[1:speaker], _said((clause[0], *clause[speaker:])), content)
    yield from _said_as(clause, content)


def _said_as(clause: Tokens, content: Tokens) -> Iterator[Tokens]:
    """ "wie Y am Montag sagte" and what was said."""
    if clause[0].key == "wie":
        for speaker in _subjects(clause, 1):
            said = _said((clause[-1], *clause[speaker:-1])) if speaker < len(clause) else None
            yield from _reported(clause[1:speaker], said, content)


def _said(words: Tokens) -> Tokens | None:
    """A verb of speech and what goes with it as one form: "teilte am Montag mit" and "sagte am Montag"."""
    if not words or words[0].key not in known.SAID["de"]:
        return None
    rest = words[1:]
    if words[0].key in ("teilte", "teilten"):  # without "mit" it is no verb of speech
        if not rest or rest[-1].key != "mit":
            return None
        rest = rest[:-1]
    if rest and _phrase(rest, 0, preposition=True) != len(rest):
        return None
    return (_new(f"{_SAID}{known.SAID['de'][words[0].key]}"), *rest)


def _reported(speaker: Tokens, said: Tokens | None, content: Tokens) -> Iterator[Tokens]:
    if said is None or not content or _coordinated(content):
        return
    for reading in _main_clause(content):
        plain = tuple(_new(known.INDICATIVE.get(w.key, w.key)) if not w.noun else w for w in reading)
        yield (*speaker, *said, _new(COLON), *plain)


def _main_clause(words: Tokens) -> Iterator[Tokens]:
    """ "dass der Plan gescheitert sei" → "der Plan sei gescheitert"; anything else as it is."""
    if words[0].key != "dass":
        yield words
        yield from _without_fronting(words)
        return
    if len(words) > 3 and _clause(words, 0) == len(words) and _is_verb(words[-1]):
        for end in _subjects(words, 1):
            if end < len(words) - 1:
                yield (*words[1:end], words[-1], *words[end:-1])


# Rewritings, English


def _english_active(words: Tokens) -> Iterator[Tokens]:
    """ "The plan was rejected by the council on Monday" → "the council rejected the plan on Monday"."""
    keys = _keys(words)
    if _coordinated(words):
        return
    for verb in range(1, len(keys) - 3):
        if keys[verb] in ("was", "were") and keys[verb + 2] == "by":
            participle = keys[verb + 1]
            end = next((at for at in range(verb + 3, len(keys)) if keys[at] in _ENGLISH_BREAKS), len(keys))
            if not _is_english_participle(participle) or end == verb + 3 or not _is_day(words[end:]):
                continue
            yield (*words[verb + 3 : end], _new(_PAST + participle), *words[:verb], *words[end:])


def _english_past(words: Tokens) -> Iterator[Tokens]:
    """The preterite as its participle, as `_english_active` has it."""
    for at, word in enumerate(words[1:-1], start=1):
        participle = known.STRONG_EN.get(word.key) or (word.key if word.key.endswith("ed") else "")
        if participle and not word.noun and words[at - 1].key not in _ENGLISH_AUXILIARIES:
            yield (*words[:at], _new(_PAST + participle), *words[at + 1 :])


def _english_speaker_first(words: Tokens) -> Iterator[Tokens]:
    """ "X, Y said" and "Y said that X" → "Y said: X"."""
    keys = _keys(words)
    if keys[-1] in known.SAID["en"] and keys.count(COMMA) == 1:
        comma = keys.index(COMMA)
        if 0 < comma < len(keys) - 2 and not _coordinated(words[:comma]):
            yield (*words[comma + 1 : -1], _new(_SAID), _new(COLON), *words[:comma])
    said = next((at for at, key in enumerate(keys) if key in known.SAID["en"]), 0)
    if not said or said + 2 >= len(keys) or _coordinated(words[:said]):
        return
    content = words[said + 1 + (keys[said + 1] in ("that", COMMA, COLON)) :]
    spoken = keys[said + 1] != COLON and any(word.key in known.FIRST_PERSON for word in content)
    if content and not spoken and not _coordinated(content):
        yield (*words[:said], _new(_SAID), _new(COLON), *content)


def _english_without_fronting(words: Tokens) -> Iterator[Tokens]:
    """ "In May, sales rose to 5 percent" → "sales rose to 5 percent in May"; only behind a figure."""
    comma = _clause(words, 0)
    rest = words[comma + 1 :]
    dated = comma > 1 and len(rest) > 2 and words[comma].key == COMMA and _is_day(words[:comma])
    if dated and rest[-1].key in _FIGURE_ENDS and not _coordinated(rest):
        yield (*rest, *words[:comma])


def _is_english_participle(word: str) -> bool:
    return word.endswith("ed") or word in known.STRONG_EN.values()


def _is_day(words: Sequence[Token]) -> bool:
    """Whether a phrase is nothing, or "on Monday", "in May", "on 5 May 2024", "in 2024"."""
    if not words:
        return True
    return words[0].key in ("on", "in") and all(
        word.key in _TIMES or word.key[0] in (DATE, NUMBER) for word in words[1:]
    )


_TIMES = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday".split()
    + [name.casefold() for name in month_names("en")]
)
_ENGLISH_AUXILIARIES = frozenset("was were is are be been being has have had".split())
_ENGLISH_BREAKS = frozenset("on in at after before during since until because when with for from to".split())
_FIGURE_ENDS = frozenset("percent euro dollar people kilometre points jobs".split())
_RULES: dict[str, tuple[Callable[[Tokens], Iterator[Tokens]], ...]] = {
    "de": (_without_fronting, _without_leading_clause, _past, _active, _endings, _speaker_first),
    "en": (_english_active, _english_past, _english_speaker_first, _english_without_fronting),
}
