"""The description of the REST door as a page: one file made of its schema, no script, nothing loaded."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from qa.markup import html

Schema = Mapping[str, Any]
STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1e293b;"
    "background:#fff}code,pre{font-family:ui-monospace,monospace}table{border-collapse:collapse;width:100%}"
    "th,td{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0;border-bottom:1px solid #cbd5e1}"
    "h2{margin-top:2.5rem}@media(prefers-color-scheme:dark){body{color:#e2e8f0;background:#0f172a}a{color:#93c5fd}}"
)


def documentation(schema: Schema) -> str:
    """The page of an OpenAPI schema."""
    base = schema["servers"][0]["url"]
    routes = "".join(_routes(schema, base))
    shapes = "".join(_shapes(schema))
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{html(schema['info']['title'])} API</title><style>{STYLE}</style></head><body><main>"
        f"<h1>{html(schema['info']['title'])} API {html(schema['info']['version'])}</h1>"
        f"<p>{html(schema['info'].get('description', ''))}</p>"
        f"<p>Addresses begin with <code>{html(base)}</code>; the schema is "
        '<a href="openapi.json">openapi.json</a>. '
        'An error is <code>{"error": "one sentence"}</code>.</p>'
        f"{routes}<h2>Objects</h2>{shapes}</main></body></html>"
    )


def _routes(schema: Schema, base: str) -> Iterator[str]:
    for path, methods in schema["paths"].items():
        for method, route in methods.items():
            yield f"<h2><code>{html(method.upper())} {html(base + path)}</code></h2>"
            yield f"<p>{html(route.get('summary', ''))}.</p>"
            yield _table(
                (row["name"], row["schema"], row.get("required", False), row.get("description", ""))
                for row in route.get("parameters", [])
            )
            if "requestBody" in route:
                shape = _json(route["requestBody"])
                yield f"<p>Body: {_kind(shape) if shape else 'the bytes of the file'}</p>"
            for status, response in route["responses"].items():
                shape = _json(response)
                kind = (
                    f": {_kind(shape)}"
                    if status.startswith("2") and shape
                    else f": {html(response['description'])}"
                )
                yield f"<p><code>{html(status)}</code>{kind}</p>"


def _json(content: Schema) -> Schema:
    shape: Schema = content.get("content", {}).get("application/json", {}).get("schema", {})
    return shape


def _shapes(schema: Schema) -> Iterator[str]:
    for name, shape in schema.get("components", {}).get("schemas", {}).items():
        if "properties" not in shape or name.endswith("ValidationError"):  # FastAPI's own; our errors differ
            continue
        required = shape.get("required", ())
        yield f'<h3 id="{html(name)}">{html(name)}</h3><p>{html(shape.get("description", ""))}</p>'
        yield _table(
            (field, about, field in required, about.get("description", ""))
            for field, about in shape["properties"].items()
        )


def _table(rows: Iterator[tuple[str, Schema, bool, str]]) -> str:
    body = "".join(
        f"<tr><td><code>{html(name)}</code></td><td>{_kind(shape)}</td>"
        f"<td>{'required' if required else _default(shape)}</td><td>{html(text)}</td></tr>"
        for name, shape, required, text in rows
    )
    head = "<tr><th>field</th><th>kind</th><th>default</th><th></th></tr>"
    return f"<table>{head}{body}</table>" if body else ""


def _default(shape: Schema) -> str:
    if "default" not in shape:
        return ""
    return f"<code>{html(json.dumps(shape['default'], ensure_ascii=False))}</code>"


def _kind(shape: Schema) -> str:
    """The kind of a value in words, a link where it is an object with a name."""
    if "$ref" in shape:
        name = html(shape["$ref"].rsplit("/", 1)[-1])
        return f'<a href="#{name}">{name}</a>'
    if "anyOf" in shape:
        return " or ".join(map(_kind, shape["anyOf"]))
    if "enum" in shape:
        return " or ".join(f"<code>{html(json.dumps(value))}</code>" for value in shape["enum"])
    if shape.get("type") == "array":
        return f"list of {_kind(shape.get('items', {}))}"
    bounds = [
        f"{word} {shape[key]}"
        for key, word in (
            ("minimum", "from"),
            ("maximum", "to"),
            ("maxLength", "at most"),
            ("maxItems", "at most"),
        )
        if key in shape
    ]
    return html(" ".join([shape.get("type", "any"), *bounds]))
