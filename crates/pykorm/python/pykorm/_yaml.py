"""YAML for people, as far as a CustomResourceDefinition needs it."""

from __future__ import annotations

from typing import Any

_RESERVED = {"", "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n"}


def dump(value: Any) -> str:
    """A value made of dicts, lists and scalars, as block-style YAML."""
    return "\n".join(_lines(value)) + "\n"


def _lines(value: Any) -> list[str]:
    if isinstance(value, dict) and value:
        return [line for key, inner in value.items() for line in _entry(f"{_scalar(key)}:", inner)]
    if isinstance(value, list) and value:
        return [line for inner in value for line in _item(inner)]
    return [_scalar(value)]


def _entry(head: str, inner: Any) -> list[str]:
    if isinstance(inner, (dict, list)) and inner:
        indent = "  " if isinstance(inner, dict) else ""
        return [head, *(indent + line for line in _lines(inner))]
    return [f"{head} {_scalar(inner)}"]


def _item(inner: Any) -> list[str]:
    first, *rest = _lines(inner)
    return [f"- {first}", *(f"  {line}" for line in rest)]


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        plain = value[:1].isalpha() and all(c.isalnum() or c in "-_./ " for c in value) and value == value.strip()
        return value if plain and value.lower() not in _RESERVED else _quoted(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, dict):
        return "{}"
    if isinstance(value, list):
        return "[]"
    return repr(value)


def _quoted(text: str) -> str:
    # JSON's strings are YAML's double-quoted ones.
    import json

    return json.dumps(text)
