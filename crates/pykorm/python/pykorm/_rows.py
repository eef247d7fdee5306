"""What of a query's result only Python can make: what properties say, and rows of attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from .exceptions import FieldError
from .expressions import split_name

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

COMPUTED: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda found, wanted: bool(found == wanted),
    "ne": lambda found, wanted: bool(found != wanted),
    "lt": lambda found, wanted: found is not None and bool(found < wanted),
    "le": lambda found, wanted: found is not None and bool(found <= wanted),
    "gt": lambda found, wanted: found is not None and bool(found > wanted),
    "ge": lambda found, wanted: found is not None and bool(found >= wanted),
    "in": lambda found, wanted: found in wanted,
    "not_in": lambda found, wanted: found not in wanted,
    "contains": lambda found, wanted: found is not None and wanted in found,
}


def follow(item: Any, name: str) -> Any:
    """An attribute, or with ``__`` what lies inside it."""
    attribute, inside = split_name(type(item), name)
    value = getattr(item, attribute)
    for step in inside:
        if value is None:
            return None
        value = value.get(step) if isinstance(value, dict) else getattr(value, step)
    return value


def ordered(found: list[T], name: str) -> list[T]:
    key = name.removeprefix("-")
    with_value = [item for item in found if follow(item, key) is not None]
    without = [item for item in found if follow(item, key) is None]
    try:
        with_value.sort(key=lambda item: follow(item, key), reverse=name.startswith("-"))
    except TypeError as error:
        raise FieldError(f"cannot order by {key!r}: {error}") from None
    return with_value + without


def row(item: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: follow(item, name) for name in names} if names else item.to_dict()


def row_tuple(item: Any, names: tuple[str, ...], flat: bool) -> Any:
    return follow(item, names[0]) if flat else tuple(follow(item, name) for name in names)
