"""SETTINGS -> the JSON Schema (draft-07) of a settings file, and of [tool.allo-keyscan] in pyproject.toml."""

from __future__ import annotations

import json
from typing import Any

from allo_keyscan.config import SETTINGS, Setting

NAME = "allo-keyscan.schema.json"
"""What the file is called in the repository and in the installed package."""


def schema() -> dict[str, Any]:
    """The schema, as JSON has it."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "settings of allo-keyscan",
        "description": "The keys of .allo-keyscan.toml, and of [tool.allo-keyscan] in pyproject.toml.",
        "type": "object",
        "additionalProperties": False,
        "properties": {one.key: _property(one) for one in SETTINGS},
    }


def _property(one: Setting) -> dict[str, Any]:
    said = {"title": one.key.replace("-", " "), "description": one.what}
    default = {} if one.default is None or isinstance(one.default, tuple) else {"default": one.default}
    return {**said, **default, **one.kind.schema}


def text() -> str:
    """The schema as the committed file has it."""
    return json.dumps(schema(), indent=2) + "\n"
