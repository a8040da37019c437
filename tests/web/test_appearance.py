"""The style of the page, as Gradio rewrites it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa.web.appearance import STYLE

_LIST = re.compile(r":is\(([^()]*(?:\([^()]*\)[^()]*)*)\)")
_COMMA_WITHIN = re.compile(r":(?:has|is|not|where)\([^()]*(?:\([^()]*\)[^()]*)*,")


def _rules(css: str, around: str = "") -> Iterator[tuple[str, str, str]]:
    """The rules of a style: the medium, the selectors, the declarations."""
    for found in re.finditer(r"([^{}]+)\{((?:[^{}]|\{[^{}]*\})*)\}", css):
        head, body = found[1].strip(), found[2]
        if head.startswith("@media"):
            yield from _rules(body, head)
        elif not head.startswith("@"):
            yield around, head, body


RULES = list(_rules(re.sub(r"/\*.*?\*/", "", STYLE, flags=re.S)))


def _listed(selectors: str) -> list[str]:
    """The members of a list, which commas within parentheses do not part."""
    depth, parts = 0, [""]
    for sign in selectors:
        depth += (sign == "(") - (sign == ")")
        if sign == "," and not depth:
            parts.append("")
        else:
            parts[-1] += sign
    return [part.strip() for part in parts]


def _spelled_out(selector: str) -> list[str]:
    """A selector without `:is()`."""
    found = _LIST.search(selector)
    if found is None:
        return [selector]
    return [
        whole
        for part in _listed(found[1])
        for whole in _spelled_out(selector[: found.start()] + part + selector[found.end() :])
    ]


def _properties(body: str) -> set[str]:
    """What a rule sets; `margin` where it sets `margin-top`."""
    names = (line.partition(":")[0].strip() for line in body.split(";") if ":" in line)
    return {re.sub(r"-(?:top|right|bottom|left|inline|block)\b.*", "", name) for name in names}


def test_the_style_is_read_whole() -> None:
    assert len(RULES) > 200
    assert len({medium for medium, *_ in RULES}) > 5
    assert _spelled_out(":is(#a, .b:not(.c, .d)) :is(p, i)") == [
        "#a p",
        "#a i",
        ".b:not(.c, .d) p",
        ".b:not(.c, .d) i",
    ]


def test_no_rule_looks_for_one_of_several_descendants() -> None:
    """Gradio puts its prefix after the comma, and nothing has its own ancestor within."""
    assert [head for _, head, _ in RULES if re.search(r":has\([^()]*(?:\([^()]*\)[^()]*)*,", head)] == []


def test_a_later_rule_for_the_same_elements_is_not_outweighed() -> None:
    """Gradio's prefix after a comma within parentheses adds the weight of three classes."""
    outweighed = []
    earlier: dict[str, list[tuple[int, set[str], str]]] = {}
    for _, head, body in RULES:
        for selector in _listed(head):
            weight = len(_COMMA_WITHIN.findall(selector))
            for element in _spelled_out(selector):
                for more, properties, before in earlier.get(element, []):
                    if more > weight and properties & _properties(body):
                        outweighed.append(f"{selector} by {before}")
                earlier.setdefault(element, []).append((weight, _properties(body), selector))
    assert outweighed == []
