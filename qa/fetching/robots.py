"""robots.txt: which addresses of a host this program may request (RFC 9309).

The longest rule that matches decides, and an allowing one of two equally long. A host without such a file,
or that refuses it (4xx), allows everything; one that fails (5xx, no answer) allows nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from qa.errors import FetchError
from qa.fetching.addresses import Place
from qa.fetching.transport import AGENT, Response

MAX_BYTES = 500_000  # of a file; RFC 9309 asks for at least 500 KiB of 1,024 bytes, nearly so much
MAX_RULES = 5_000
MAX_DELAY = 30.0  # seconds between two requests that a host may ask for
_LINE = re.compile(r"\s*([A-Za-z-]+)\s*:\s*([^#]*)")


class Rule(NamedTuple):
    """A path that is allowed or not; `*` stands for anything and `$` at the end for the end."""

    path: str
    allows: bool

    def matches(self, target: str) -> bool:
        """Whether an address's path and query fall under the rule, in linear time for each star."""
        ends = self.path.endswith("$")
        first, *rest = (self.path[:-1] if ends else self.path).split("*")
        if not target.startswith(first):
            return False
        at = len(first)
        for number, part in enumerate(rest):
            if ends and number == len(rest) - 1:
                return len(target) - len(part) >= at and target.endswith(part)
            at = target.find(part, at)
            if at < 0:
                return False
            at += len(part)
        return not ends or at == len(target)


class Rules(NamedTuple):
    """What a host's file says to this program."""

    rules: tuple[Rule, ...] = ()
    delay: float = 0.0  # seconds between two requests

    def allow(self, target: str) -> bool:
        """Whether a path with its query may be requested."""
        matching = [rule for rule in self.rules if rule.matches(target)]
        return not matching or max(matching, key=lambda rule: (len(rule.path), rule.allows)).allows


NOTHING = Rules((Rule("/", allows=False),))


def parse(text: str, agent: str = AGENT) -> Rules:
    """The rules for a program; those of its own groups or, without any, those for all."""
    groups: dict[str, list[tuple[str, str]]] = {}
    named: list[str] = []
    in_rules = False
    for line in text.splitlines():
        if not (match := _LINE.match(line)):
            continue
        name, value = match[1].lower(), match[2].strip()
        if name == "user-agent":
            if in_rules:
                named, in_rules = [], False
            named.append(value.lower())
            groups.setdefault(value.lower(), [])
        elif name in ("allow", "disallow", "crawl-delay"):
            in_rules = True
            for group in named:
                groups[group].append((name, value))
    lines = groups.get(agent, groups.get("*", []))[:MAX_RULES]
    rules = tuple(Rule(value, name == "allow") for name, value in lines if value and name != "crawl-delay")
    delays = [float(value) for name, value in lines if name == "crawl-delay" and _is_number(value)]
    return Rules(rules, min(max(delays, default=0.0), MAX_DELAY))


def _is_number(value: str) -> bool:
    return re.fullmatch(r"\d{1,6}(?:\.\d{1,6})?", value) is not None


class Robots:
    """The rules of each host, requested once."""

    def __init__(self, get: Callable[[str], Response]) -> None:
        """`get` requests an address. Raises FetchError."""
        self._get = get
        self._rules: dict[str, Rules] = {}

    def rules(self, place: Place) -> Rules:
        """The rules of an address's host."""
        if place.origin not in self._rules:
            self._rules[place.origin] = self._requested(f"{place.origin}/robots.txt")
        return self._rules[place.origin]

    def _requested(self, url: str) -> Rules:
        try:
            response = self._get(url)
        except FetchError:
            return NOTHING
        if response.status >= 500:
            return NOTHING
        if not 200 <= response.status < 300:
            return Rules()
        return parse(response.body[:MAX_BYTES].decode("utf-8", "replace"))
