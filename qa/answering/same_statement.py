"""Whether two sentences make the same statement: for the labels of several articles behind one quote.

Two sentences are the same if they share a *reading*: the list of their tokens as written, or what a few
rewritings make of it (an adverbial moved to the front, perfect for preterite, active for passive, the
speaker before or after what was said, clauses exchanged). Everything else must agree word for word in the
same order, so a number, a name, "nicht", "soll" or the roles of two names decide by themselves. When in
doubt, the answer is no. A cosine has no say: two sentences that differ in one number are as near to each
other as a copy. Knows no grammar: the rewritings are in `statement_german`, `statement_german_speech` and
`statement_english`.
"""

from __future__ import annotations

from functools import lru_cache

from qa.answering import statement_english, statement_german, statement_german_speech
from qa.answering.statement_phrases import Reading, Rule, Tokens, is_number, token_keys
from qa.answering.statement_tokens import QUESTION, dateline, statement_tokens
from qa.text.tokens import DEFAULT_LANGUAGE

MAX_TOKENS = 80  # longer sentences are compared word for word only
MAX_READINGS = 60  # of one sentence; rewritings follow one another
LEAST_SHARED = 4  # one word in so many is the same in both, whatever is rewritten
_RULES: dict[str, tuple[Rule, ...]] = {
    "de": (*statement_german.RULES, statement_german_speech.speaker_first),
    "en": statement_english.RULES,
}


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
    if token_keys(mine) == token_keys(other):
        return True
    if not _comparable(mine, other):
        return False
    return not _readings(mine, spoken).isdisjoint(_readings(other, spoken))


def _comparable(mine: Tokens, other: Tokens) -> bool:
    """Whether rewriting could help: it changes no number, and the few words that it changes are known.

    Nearly all pairs of sentences of a corpus end here, which takes a tenth of the time of their readings.
    """
    if sorted(filter(is_number, mine)) != sorted(filter(is_number, other)):
        return False
    shared = {word.key for word in mine} & {word.key for word in other}
    return len(shared) * LEAST_SHARED >= min(len(mine), len(other))


@lru_cache(maxsize=4096)
def _readings(words: Tokens, language: str) -> frozenset[Reading]:
    """What a sentence reads like after any rewritings, one after the other."""
    rules = _RULES.get(language, ())
    if len(words) > MAX_TOKENS or words[-1].key == QUESTION:
        return frozenset([token_keys(words)])
    found = {token_keys(words)}
    waiting = [words]
    while waiting and len(found) < MAX_READINGS:
        sentence = waiting.pop(0)
        for rule in rules:
            for rewritten in rule(sentence):
                if token_keys(rewritten) not in found and len(found) < MAX_READINGS:
                    found.add(token_keys(rewritten))
                    waiting.append(rewritten)
    return frozenset(found)
