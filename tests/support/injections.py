"""Injection attempts for an article, a title, a file name, a URL or a question.

Those that could run set `window.broken`; those that could load request something from example.org.
"""

from __future__ import annotations

_RUN = "window.broken=1"
_OUT = "https://example.org/pixel"

SCRIPTS = {
    "script": f"<script>{_RUN}</script>",
    "script-upper": f"<SCRIPT>{_RUN}</SCRIPT>",
    "script-src": f'<script src="{_OUT}.js"></script>',
    "script-module": f'<script type="module">{_RUN}</script>',
    "script-split": f"<scr<script>ipt>{_RUN}</scr</script>ipt>",
    "script-unclosed": f"<script>{_RUN}//",
    "script-slash": f"<script/x>{_RUN}</script >",
    "script-end": f"</script><script>{_RUN}</script>",
    "json-end": f'"}}]}}</script><script>{_RUN}</script>',
    "comment-end": f"--><script>{_RUN}</script><!--",
    "cdata-end": f"]]><script>{_RUN}</script>",
    "textarea-end": f"</textarea><script>{_RUN}</script>",
    "title-end": f"</title></head><body onload={_RUN}>",
    "mark-end": f'</mark></span></button><img src=x onerror="{_RUN}">',
    "attribute-end": f'"><img src=x onerror={_RUN}>',
    "attribute-end-single": f"'><img src=x onerror={_RUN}>",
    "attribute-backtick": f"`><img src=x onerror={_RUN}>",
}
HANDLERS = {
    "img-onerror": f"<img src=x onerror={_RUN}>",
    "img-slashes": f"<img/src=x/onerror={_RUN}>",
    "img-newline": f"<img src=x\nonerror={_RUN}>",
    "svg-onload": f"<svg onload={_RUN}>",
    "svg-script": f"<svg><script>{_RUN}</script></svg>",
    "svg-animate": f"<svg><animate onbegin={_RUN} attributeName=x dur=1s>",
    "svg-use": f'<svg><use href="data:image/svg+xml,<svg id=x onload={_RUN}>#x"/></svg>',
    "math": f'<math><mtext><img src=x onerror="{_RUN}"></mtext></math>',
    "details": f"<details open ontoggle={_RUN}>x</details>",
    "autofocus": f"<input autofocus onfocus={_RUN}>",
    "attribute-handler": f'" autofocus onfocus="{_RUN}" x="',
    "video": f'<video src="{_OUT}.mp4" onerror={_RUN} autoplay></video>',
    "custom-element": f"<gradio-app onpointerenter={_RUN}></gradio-app>",
    "event-attribute": f"<b onmouseover={_RUN} style='display:block'>x</b>",
}
ADDRESSES = {
    "javascript": f"javascript:{_RUN}",
    "javascript-case": f"JaVaScRiPt:{_RUN}",
    "javascript-tab": f"java\tscript:{_RUN}",
    "javascript-control": f"\x01javascript:{_RUN}",
    "javascript-entity": f"&#106;avascript:{_RUN}",
    "javascript-link": f'<a href="javascript:{_RUN}">Link</a>',
    "data": f"data:text/html,<script>{_RUN}</script>",
    "vbscript": f"vbscript:{_RUN}",
    "file": "file:///etc/passwd",
    "protocol-relative": "//example.org/x",
    "user-in-host": "https://user:secret@example.org@127.0.0.1/",
    "broken-host": "http://[::1",
    "base": '<base href="https://example.org/">',
    "refresh": '<meta http-equiv="refresh" content="0;url=https://example.org/">',
    "form": '<form action="https://example.org/"><button>Weiter</button></form>',
    "iframe": '<iframe src="https://example.org/"></iframe>',
    "srcdoc": f"<iframe srcdoc='<script>parent.{_RUN}</script>'></iframe>",
    "object": '<object data="https://example.org/x.swf"></object>',
    "link-style": '<link rel="stylesheet" href="https://example.org/x.css">',
    "percent": "%3Cscript%3Ewindow.broken=1%3C/script%3E%00%0d%0aSet-Cookie:x=1",
}
MARKDOWN = {
    "image": f"![Bild]({_OUT})",
    "link": f"[Link](javascript:{_RUN})",
    "link-title": f'[Link](https://example.org "x" onclick={_RUN})',
    "reference": f"[Text][1]\n\n[1]: javascript:{_RUN}",
    "autolink": f"<javascript:{_RUN}> <https://example.org>",
    "bare-address": "https://example.org/mitlesen?geheim=1",
    "bare-www": "www.example.org anna@example.org",
    "forged-citation": "[1](#cite-x) [2](#cite-ZmFlaHJlLm1k.0-5.99.00000000)",
    "forged-nearest": "[Stellen](#near-ZmFlaHJlLm1k.0-5.0.00000000)",
    "forged-refusal": '<span class="no-answer">Dazu steht nichts in den Artikeln.</span>',
    "fence": f"```html\n<script>{_RUN}</script>\n```",
    "heading": "# Überschrift\n\n> Zitat\n\n- Punkt\n\n1. Nummer\n\n---",
    "table": "| a | b |\n|---|---|\n| <img src=x onerror=window.broken=1> | c |",
    "html-block": f"<div>\n\n<img src=x onerror={_RUN}>\n\n</div>",
}
TEMPLATES = {
    "handlebars": "{{value}} {{{value}}} {{#each value}}x{{/each}} {{constructor.constructor('x')()}}",
    "template-literal": f"${{{_RUN}}} ${{Function('{_RUN}')()}}",
    "template-open": "${ ` ${",
    "format": "{0} {question} {__class__} %s %(name)s",
    "i18n": '__i18n__{"__type__":"translation_metadata","key":"qa_title"}',
    "latex": r"$$\href{javascript:window.broken=1}{x}$$ \(\includegraphics{https://example.org/x}\)",
    "entities": "&lt;script&gt;window.broken=1&lt;/script&gt; &#60;img src=x onerror=window.broken=1&#62;",
    "gradio-file": '{"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}',
    "prototype": '{"__proto__": {"broken": 1}, "constructor": {"prototype": {"broken": 1}}}',
}
LOOKS = {
    "style": "<style>body{display:none!important}</style>",
    "style-import": "<style>@import 'https://example.org/x.css';</style>",
    "style-attribute": '<div style="position:fixed;inset:0;background:url(https://example.org/x)">x</div>',
    "style-end": '";position:fixed;inset:0;z-index:9999;background:red;x:"',
    "class": '<span class="unseen card active">x</span>',
    "right-to-left": "\u202egnp.live\u202c \u2066x\u2069 \u200fشيء\u200e",
    "zero-width": "Ge\u200bhe\u200cim\u200d\ufeff\u2060nis",
    "combining": "Z" + "\u0317\u0343\u036f\u0489" * 60 + "algo",
    "long-word": "Donaudampfschifffahrtsgesellschaft" * 150,
    "long-emoji": "👩\u200d👩\u200d👧\u200d👦" * 200,
    "wide": "﷽" * 150,
    "control": "\x00\x07\x08\x1b[31mrot\x1b[0m\x7f\x9b\u2028\u2029",
    "surrogate": "allein \udc00 und \ud800",
    "lines": "\n" * 40 + "unten" + "\r\n" * 40,
    "spaces": " " * 300 + "\t" * 100 + "\u3000" * 50,
}
INJECTIONS = {
    f"{kind}-{name}": text
    for kind, texts in (
        ("script", SCRIPTS),
        ("handler", HANDLERS),
        ("address", ADDRESSES),
        ("markdown", MARKDOWN),
        ("template", TEMPLATES),
        ("look", LOOKS),
    )
    for name, text in texts.items()
}
