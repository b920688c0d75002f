"""Pasted text -> the plain texts that lie in it: what a page shows, then what its scripts hold."""

import html
import re
from collections.abc import Iterator

_HTML = re.compile(r"<(?:!doctype|html|head|body|div|script|pre|p|span|main|table)\b", re.I)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)[^<>]*>|<!--")
_HIDDEN = frozenset({"script", "style", "svg", "template"})
_INLINE = frozenset({"a", "b", "i", "em", "strong", "span", "code", "mark", "small", "font", "u"})
_ENTITY_FIRST = re.compile(r"\{\s*&(?:quot|#34|#x22);")
_ESCAPED_FIRST = re.compile(r'\{\s*(?:\\n)*\s*\\+"')
_ESCAPE = re.compile(r'\\(["\\/nrt])')
_UNESCAPED = {'"': '"', "\\": "\\", "/": "/", "n": "\n", "r": "\r", "t": "\t"}
# A script within a string within a script is as deep as pages were seen to go.
_UNESCAPED_TIMES = 2


def layers(text: str) -> Iterator[str]:
    """The texts in which a description may stand, the likeliest first."""
    text = text.replace("\r\n", "\n").removeprefix("\ufeff")
    found = _page_in(text) if is_html(text) else [text]
    for layer in found:
        # Twice escaped is met where a page shows the source of another.
        for _ in range(2):
            if not _ENTITY_FIRST.search(layer):
                break
            layer = html.unescape(layer)
        yield layer
    for layer in found:
        for _ in range(_UNESCAPED_TIMES):
            if not _ESCAPED_FIRST.search(layer):
                break
            layer = _ESCAPE.sub(lambda escape: _UNESCAPED[escape[1]], layer)
            yield layer


def is_html(text: str) -> bool:
    """Whether a text is a web page's source."""
    return _HTML.search(text) is not None


def _page_in(source: str) -> list[str]:
    """What a page shows; what its scripts hold; what its tags carry."""
    shown: list[str] = []
    hidden: list[str] = []
    carried: list[str] = []
    position = 0
    while tag := _TAG.search(source, position):
        shown.append(source[position : tag.start()])
        position = tag.end()
        if tag[0] == "<!--":
            end = source.find("-->", position)
            position = len(source) if end < 0 else end + 3
            continue
        name = tag[2].lower()
        if "{" in tag[0]:
            carried.append(tag[0])
        if name in _HIDDEN and not tag[1]:
            closing = re.compile(rf"</{name}", re.I).search(source, position)
            end = closing.start() if closing else len(source)
            hidden.append(source[position:end])
            position = end
        elif name not in _INLINE:
            shown.append("\n")
    shown.append(source[position:])
    return [html.unescape("".join(shown)), "\n".join(hidden), html.unescape("\n".join(carried))]
