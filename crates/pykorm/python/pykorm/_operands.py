"""What a field can be compared with.

A comparison that can never hold is a mistake in the program, and is told when it is written rather than answered with
nothing. This module is imported at first use: by programs that filter.
"""

from __future__ import annotations

import enum
import sys
from typing import TYPE_CHECKING, Any

from ._types import TimeCodec, _is_label_or_annotation, _without_none, is_time
from .exceptions import DecodeError, FieldError, ModelError

if TYPE_CHECKING:
    from .fields import DataField

#: Of each type what its values may be compared with, and how that is called.
_FITTING: dict[Any, tuple[tuple[type, ...], str]] = {
    bool: ((bool,), "True or False"),
    float: ((int, float), "a number"),
    int: ((int, float), "a number"),
    str: ((str,), "a string"),
}

_TEXT = {"starts_with": "startswith", "ends_with": "endswith", "matches": "regex"}


def operand(field: DataField[Any] | None, op: str, value: Any, where: str, strict: bool) -> Any:
    """What is compared with, as it stands in the cluster.

    :param where: what the value is compared with, for messages.
    :param strict: whether a value that is not of the field's type is refused.
    """
    if op in ("in", "not_in"):
        return [_one(field, item, where, strict) for item in _several(value, where)]
    if op in _TEXT:
        if not isinstance(value, str):
            raise FieldError(f"{where}: {_TEXT[op]} needs a string, not {value!r}")
        return value
    if op == "contains":
        return _plain(value, where)
    return _one(field, value, where, strict)


def _several(value: Any, where: str) -> list[Any]:
    if isinstance(value, (str, bytes)) or not hasattr(value, "__iter__"):
        raise FieldError(f"{where}: a list of values is needed, not {value!r}")
    return list(value)


def _one(field: DataField[Any] | None, value: Any, where: str, strict: bool) -> Any:
    if value is None or field is None:
        return _plain(value, where)
    if strict:
        _check(field, value, where)
    try:
        encoded = field.encode(value)
    except (ModelError, TypeError, AttributeError) as error:
        raise FieldError(f"{where}: {error}") from None
    return _plain(encoded, where)


def _check(field: DataField[Any], value: Any, where: str) -> None:
    kind = _without_none(field.annotation())
    if field.has_processors:
        return
    if is_time(kind):
        _check_time(value, where)
    elif isinstance(kind, type) and issubclass(kind, enum.Enum):
        _check_member(kind, value, where)
    else:
        if kind is None and _is_label_or_annotation(field._full):
            kind = str
        types, words = _FITTING.get(kind, (None, ""))
        if types is not None and (not isinstance(value, types) or (isinstance(value, bool) and kind is not bool)):
            raise FieldError(f"{where} is compared with {words}, not with {value!r}")


def _check_time(value: Any, where: str) -> None:
    if isinstance(value, sys.modules["datetime"].datetime):
        return
    try:
        TimeCodec().decode(value)
    except DecodeError:
        raise FieldError(
            f"{where} is compared with a datetime, or a string as 2026-01-01T00:00:00Z, not with {value!r}"
        ) from None


def _check_member(kind: type[enum.Enum], value: Any, where: str) -> None:
    if isinstance(value, str) and value in kind.__members__ and value not in [member.value for member in kind]:
        member = f"{kind.__name__}.{value}"
        raise FieldError(f"{where}: {value!r} is the name of {member}, not its value; did you mean {member}?")


def _plain(value: Any, where: str) -> Any:
    """The value, if it is one that JSON has."""
    for found in _leaves(value):
        if not isinstance(found, (str, int, float, bool, type(None))):
            raise FieldError(
                f"{where}: a value of type {type(found).__name__} cannot be compared with what is in the cluster: that "
                "is made of dicts, lists, strings, numbers, booleans and None"
            )
    return value


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in _leaves(item)]
    if isinstance(value, (list, tuple)):
        return [leaf for item in value for leaf in _leaves(item)]
    return [value]
