"""The REST documentation page, generated from the OpenAPI schema: one file, no script, nothing loaded from
elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.templating import environment

if TYPE_CHECKING:
    from jinja2 import Environment


Schema = Mapping[str, Any]
TEMPLATES = Path(__file__).with_name("templates")
BOUNDS = {"minimum": "from", "maximum": "to", "maxLength": "at most", "maxItems": "at most"}


def documentation(schema: Schema) -> str:
    """Render the documentation page of an OpenAPI schema."""
    return (
        _templates()
        .get_template("reference.html")
        .render(
            title=schema["info"]["title"],
            version=schema["info"]["version"],
            description=schema["info"].get("description", ""),
            base=schema["servers"][0]["url"],
            routes=list(_routes(schema)),
            shapes=list(_shapes(schema)),
            bounds=BOUNDS,
        )
    )


@cache
def _templates() -> Environment:
    templates = environment(TEMPLATES)
    templates.filters["json"] = lambda value: json.dumps(value, ensure_ascii=False)
    return templates


def _routes(schema: Schema) -> Iterator[dict[str, Any]]:
    for path, methods in schema["paths"].items():
        for method, route in methods.items():
            yield {
                "path": path,
                "method": method.upper(),
                "summary": route.get("summary", ""),
                "parameters": [
                    _field(row["name"], row["schema"], row.get("required", False), row.get("description", ""))
                    for row in route.get("parameters", [])
                ],
                "has_body": "requestBody" in route,
                "body": _json(route.get("requestBody", {})),
                "responses": [
                    {
                        "status": status,
                        "shape": _json(response) if status.startswith("2") else None,
                        "description": response["description"],
                    }
                    for status, response in route["responses"].items()
                ],
            }


def _json(content: Schema) -> Schema:
    shape: Schema = content.get("content", {}).get("application/json", {}).get("schema", {})
    return shape


def _shapes(schema: Schema) -> Iterator[dict[str, Any]]:
    for name, shape in schema.get("components", {}).get("schemas", {}).items():
        if "properties" not in shape or name.endswith("ValidationError"):  # FastAPI's own; our errors differ
            continue
        required = shape.get("required", ())
        fields = [
            _field(field, about, field in required, about.get("description", ""))
            for field, about in shape["properties"].items()
        ]
        yield {"name": name, "description": shape.get("description", ""), "fields": fields}


def _field(name: str, shape: Schema, required: bool, description: str) -> dict[str, Any]:
    return {"name": name, "shape": shape, "required": required, "description": description}
