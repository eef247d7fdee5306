"""Values at paths of nested dicts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


class _Missing:
    """The absence of a value, where None is a value."""

    def __repr__(self) -> str:
        return "MISSING"

    def __bool__(self) -> bool:
        return False


MISSING = _Missing()


def get(source: Any, path: Iterable[str]) -> Any:
    """What stands at a path of nested dicts, or MISSING."""
    for part in path:
        if not isinstance(source, dict) or part not in source:
            return MISSING
        source = source[part]
    return source


def put(target: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """Writes a value at a path of nested dicts, making those that are absent."""
    for part in path[:-1]:
        inner = target.get(part)
        if not isinstance(inner, dict):
            inner = target[part] = {}
        target = inner
    target[path[-1]] = value


def drop(target: dict[str, Any], path: tuple[str, ...]) -> None:
    """Takes away what stands at a path of nested dicts."""
    inner = get(target, path[:-1])
    if isinstance(inner, dict):
        inner.pop(path[-1], None)
