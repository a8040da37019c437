"""The language of a text, by its script or its common words.

Nothing is guessed: a language needs enough of its own common words or its own script.
"""

from __future__ import annotations

import re
from collections import Counter

SAMPLE_CHARS = 20_000  # characters of the text that are examined
MIN_COMMON = 3  # minimum number of common words
MIN_SHARE = 0.08  # minimum share of all words …
MIN_LEAD = 1.25  # … and this many times as many as of the next language

_SCRIPTS = {
    "el": "\u0370-\u03ff",
    "ru": "\u0400-\u04ff",
    "he": "\u0590-\u05ff",
    "ar": "\u0600-\u06ff",
    "hi": "\u0900-\u097f",
    "th": "\u0e00-\u0e7f",
    "ko": "\uac00-\ud7af",
    "ja": "\u3040-\u30ff",
    "zh": "\u4e00-\u9fff",
}
# letters that distinguish languages of one script: Persian and Urdu; Ukrainian; Marathi is not distinguished
_NOT_ARABIC = re.compile("[\u067e\u0686\u06af\u06cc\u06a9]")
_UKRAINIAN, _RUSSIAN = re.compile("[іїєґ]"), re.compile("[ыэё]")
# The commonest words of running text; shared words are listed for each language.
_COMMON = {
    language: frozenset(words.split())
    for language, words in {
        "de": "der die das und ist in den von zu mit sich auf für nicht im dem des ein eine als auch es"
        " an werden aus er hat dass sie nach wird bei einer um am sind noch wie einem über so zum"
        " haben nur oder aber vor zur bis",
        "en": "the of and to in a is that for it as was with on be by at from are this have has not"
        " which or an were their but its his he they had been more will would who also can",
        "fr": "le la les de des et est un une en du que qui dans pour par sur au pas plus ne se ce il"
        " elle avec sont aux ont été cette mais ou leur",
        "es": "el la los las de y en que es un una del se por con para su al como más pero sus no lo"
        " fue entre ha sobre también este está son",
        "it": "il la di e che è un una in per con del della dei le gli al non si da sono come più nel"
        " alla anche ha lo questo dal delle",
        "nl": "de het een van en in is dat op te zijn met voor niet aan er om ook als door bij naar uit"
        " maar die heeft wordt over werd tot worden",
        "pt": "o a os as de e em que um uma do da dos das no na por para com não se mais como foi ao ou"
        " é seu sua são pelo entre também",
        "ro": "și în de la a cu pe este că din o un pentru care au fost mai nu prin sau ale al ca se"
        " sunt lui fi dar acest după între",
        "tr": "ve bir bu için ile de da olarak en çok daha olan sonra gibi kadar ancak göre ise ne her"
        " veya tarafından değil olduğu",
        "vi": "và của là các trong có được một cho không với những đã người này để khi từ đến về như"
        " vào ở ra cũng năm",
        "pl": "i w na z się nie do że jest to o jak po przez od dla za są oraz był ale tym ich które"
        " może roku",
        "sv": "och i att det som en på är av för med till den har de inte om ett han var från men vid"
        " kan",
        "da": "og i at det er en til på som for af med de den har ikke der et han var fra men ved kan"
        " blev",
    }.items()
}  # fmt: skip


def language_of(text: str) -> str:
    """ISO 639-1 code of the language of a text, or "" if it is unclear."""
    sample = text[:SAMPLE_CHARS].casefold()
    letters = sum(c.isalpha() for c in sample)
    script = max(_SCRIPTS, key=lambda name: len(re.findall(f"[{_SCRIPTS[name]}]", sample)))
    counted = len(re.findall(f"[{_SCRIPTS[script]}]", sample))
    if script == "zh" and len(re.findall(f"[{_SCRIPTS['ja']}]", sample)) > counted / 10:
        script = "ja"
    if counted > letters / 2:
        return _within_script(script, sample)
    return _by_common_words(sample)


def _within_script(script: str, sample: str) -> str:
    if script == "ru":
        ukrainian, russian = (len(pattern.findall(sample)) for pattern in (_UKRAINIAN, _RUSSIAN))
        return "ru" if russian > ukrainian else "uk" if ukrainian else ""
    if script == "ar":
        return "" if _NOT_ARABIC.search(sample) else "ar"
    return script


def _by_common_words(sample: str) -> str:
    counts = Counter(re.findall(r"[^\W\d_]+", sample))
    scores = {name: sum(counts[word] for word in words) for name, words in _COMMON.items()}
    (best, most), (_, second) = Counter(scores).most_common(2)
    enough = most >= MIN_COMMON and most >= MIN_SHARE * counts.total() and most >= MIN_LEAD * second
    return best if enough else ""
