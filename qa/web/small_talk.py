"""Greetings and thanks: what is no question, and is not looked up in the articles."""

from __future__ import annotations

import re

_GREETING = (
    r"hallo|hi|hey|moin|servus|gr(?:ü|ue)(?:ß|ss) gott|guten (?:tag|morgen|abend)"
    r"|hello|good (?:morning|evening|day)"
)
_THANKS = (
    r"(?:vielen |herzlichen |besten )?dank(?:e)?(?: (?:dir|ihnen|sch(?:ö|oe)n|sehr|vielmals))?"
    r"|thanks?(?: you)?(?: (?:very|so) much| a lot)?"
)
_FAREWELL = r"tsch(?:ü|ue)(?:s|ss|ß)|auf wiedersehen|bye(?: bye)?|goodbye"
_KINDS = (("greeting", _GREETING), ("thanks", _THANKS), ("farewell", _FAREWELL))
_ALONE = [
    (key, re.compile(rf"(?:{said})(?: (?:zusammen|there|all))?", re.IGNORECASE)) for key, said in _KINDS
]
MOST = 40  # characters; what is longer says more than that


def reply_key(question: str) -> str:
    """The key of the reply to a greeting, to thanks or to a farewell; "" for anything else."""
    said = " ".join(re.sub(r"[^\w\s]", " ", question[: MOST + 1]).split())
    if len(question) > MOST:
        return ""
    return next((key for key, pattern in _ALONE if pattern.fullmatch(said)), "")
