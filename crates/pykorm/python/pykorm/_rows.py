"""What of a query's result only Python can make: what properties say, and rows of attributes."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, TypeVar

from .exceptions import FieldError
from .expressions import split_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from .models import PykormModel

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


def reader(model: type[PykormModel], name: str) -> Callable[[Any], Any]:
    """What reads an attribute of an object, or with ``__`` what lies inside it."""
    attribute, inside = split_name(model, name)
    if not inside:
        return operator.attrgetter(attribute)

    def read(item: Any) -> Any:
        value = getattr(item, attribute)
        for step in inside:
            if value is None:
                return None
            value = value.get(step) if isinstance(value, dict) else getattr(value, step)
        return value

    return read


def ordered(model: type[PykormModel], found: list[T], name: str) -> list[T]:
    """The objects in the order of an attribute, with a ``-`` before it the other way round; those without it last."""
    read = reader(model, name.removeprefix("-"))
    with_value = [item for item in found if read(item) is not None]
    without = [item for item in found if read(item) is None]
    try:
        with_value.sort(key=read, reverse=name.startswith("-"))
    except TypeError as error:
        raise FieldError(f"cannot order by {name.removeprefix('-')!r}: {error}") from None
    return with_value + without


def rows(model: type[PykormModel], found: list[Any], names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Of each object a dict of these attributes; of all of them, if none are named."""
    readers = [(name, reader(model, name)) for name in names]
    return [{name: read(item) for name, read in readers} if readers else item.to_dict() for item in found]


def tuples(model: type[PykormModel], found: list[Any], names: tuple[str, ...], flat: bool) -> list[Any]:
    """Of each object a tuple of these attributes; with ``flat`` the bare values of the only one."""
    readers = [reader(model, name) for name in names]
    if flat:
        return [readers[0](item) for item in found]
    return [tuple([read(item) for read in readers]) for item in found]
