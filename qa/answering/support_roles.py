"""Whether the nouns of two sentences play the same parts: who does what to whom, and who says it.

By order and form alone, so some true sentences are taken for false ones. For `support`.
"""

from __future__ import annotations

from qa.answering import statement_words, support_words
from qa.answering.support_coverage import stems
from qa.answering.support_sentence import Parsed, Word, numbers


def has_other_roles(claim: Parsed, ground: Parsed) -> bool:
    """Whether two nouns changed places: who does it and who suffers it, from and to, who says it."""
    return (
        bool(_inversions(claim, ground))
        or _swaps_prepositions(claim, ground)
        or _has_other_speaker(claim, ground)
    )


def _ranks(sentence: Parsed) -> dict[str, tuple[int, int, int]]:
    """Stem of a subject or object → its clause, rank (who does it first) and place."""
    found: dict[str, tuple[int, int, int]] = {}
    language = sentence.language
    for clause in sentence.clauses:
        words = sentence.clause(clause)
        passive = any(word.key in support_words.PASSIVE[language] for word in words)
        for word in words:
            if (
                not word.content
                or numbers(word)
                or (not word.noun if language == "de" else _is_past(word.key))
            ):
                continue
            agent = passive and word.role in support_words.AGENT[language]
            if agent or word.role in ("", "acc", "dat"):
                rank = 0 if agent else 1 if word.role == "" else 2
                for stem in stems(word):
                    found.setdefault(stem, (clause, rank, word.at))
    return found


def _is_past(word: str) -> bool:
    """Whether an English word looks like the past of a verb."""
    irregular = statement_words.STRONG_EN
    return word.endswith("ed") or word in irregular or word in irregular.values()


def _inversions(claim: Parsed, ground: Parsed) -> list[tuple[str, str]]:
    """Pairs of nouns of one clause whose order by rank is the other way round."""
    mine, its = _ranks(claim), _ranks(ground)
    shared = sorted(mine.keys() & its.keys())
    return [
        (a, b)
        for a in shared
        for b in shared
        if mine[a][0] == mine[b][0] and its[a][0] == its[b][0] and mine[a] < mine[b] and its[a] > its[b]
    ]


def _swaps_prepositions(claim: Parsed, ground: Parsed) -> bool:
    mine, its = _prepositions(claim), _prepositions(ground)
    shared = sorted(mine.keys() & its.keys())
    swapped = any(
        mine[a] == its[b] and mine[b] == its[a] and mine[a] != mine[b]
        for a in shared
        for b in shared
        if a < b
    )
    than = support_words.THAN[claim.language]
    if swapped or than not in claim.keys or than not in ground.keys:
        return swapped
    behind, before = (frozenset(side(claim) & side(ground)) for side in (_behind_than, _before_than))
    return bool(_behind_than(claim) & _before_than(ground) - before) and bool(
        _before_than(claim) & _behind_than(ground) - behind
    )


def _prepositions(sentence: Parsed) -> dict[str, str]:
    return {
        stem: word.role
        for word in sentence.words
        if word.noun and word.role not in ("", "acc", "dat", "gen")
        for stem in stems(word)
    }


def _behind_than(sentence: Parsed) -> frozenset[str]:
    at = sentence.keys.index(support_words.THAN[sentence.language])
    return frozenset(stem for word in sentence.words[at:] if word.noun for stem in stems(word))


def _before_than(sentence: Parsed) -> frozenset[str]:
    at = sentence.keys.index(support_words.THAN[sentence.language])
    return frozenset(stem for word in sentence.words[:at] if word.noun for stem in stems(word))


def _has_other_speaker(claim: Parsed, ground: Parsed) -> bool:
    mine, its = _speakers(claim), _speakers(ground)
    return bool(mine) and bool(its) and mine.isdisjoint(its)


def _speakers(sentence: Parsed) -> frozenset[str]:
    """The nouns next to the first verb of speech."""
    verbs = support_words.SPEECH[sentence.language]
    clause = next((word.clause for word in sentence.words if word.key in verbs), None)
    if clause is None:
        return frozenset()
    return frozenset(stem for word in sentence.clause(clause) if word.noun for stem in stems(word))


def is_incomplete(claim: Parsed, ground: Parsed) -> bool:
    """Whether a sentence has no subject: it begins with its verb, or no noun or pronoun could be one."""
    language = claim.language
    words = claim.words
    if not words:
        return True
    first = words[0].key
    if first in support_words.FINITE[language] or claim.text.rstrip().endswith("?"):
        return True
    if language == "de" and _is_verb_of(words[0], ground):
        return True
    subjects = support_words.SUBJECTS[language]
    return not any(
        word.key in subjects
        or numbers(word)
        or (
            word.content
            and word.role == ""
            and (word.noun or language == "en")
            and not _is_verb_of(word, ground)
        )
        for word in words
    )


def _is_verb_of(word: Word, ground: Parsed) -> bool:
    """Whether a word is written small in the evidence, as the form of a verb is."""
    same = [other for other in ground.words if other.key == word.key and other.at > 0]
    return bool(same) and not any(other.noun for other in same) and word.content and word.key.endswith(
        ("te", "ten")
    )  # fmt: skip
