"""How the values of fields are written and read: between what an attribute holds and plain JSON.

Those for enumerations, times and maps are in :mod:`pykorm._types`, which is imported where a class needs them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .exceptions import DecodeError, ModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .fields import DataField


class Codec:
    """How the values of a field are written and read. This one leaves them as they are."""

    #: How the engine is to compare values: ``json`` or, for times, ``instant``.
    compare = "json"

    def encode(self, value: Any) -> Any:
        """From the attribute's value to plain JSON."""
        return value

    def decode(self, raw: Any) -> Any:
        """From plain JSON to the attribute's value."""
        return raw

    def coerce(self, value: Any) -> Any:
        """From what is assigned to what is kept."""
        return value

    def fields(self) -> Mapping[str, DataField[Any]] | None:
        """The fields inside, where the value is a nested object."""
        return None


class NestedCodec(Codec):
    """A nested object: a dict on one side, an instance of a :class:`~pykorm.models.Nested` class on the other."""

    def __init__(self, model: Callable[..., Any]) -> None:
        self.model: Any = model

    def encode(self, value: Any) -> Any:
        return self.coerce(value)._encode_fields()

    def decode(self, raw: Any) -> Any:
        if not isinstance(raw, dict):
            raise DecodeError(f"{self.model.__name__} needs an object, but there is {_kind_of(raw)}")
        return self.model._of(raw)

    def coerce(self, value: Any) -> Any:
        if value is None or isinstance(value, self.model):
            return value
        if isinstance(value, dict):
            return self.model(**value)
        raise ModelError(f"{self.model.__name__} or a dict of its attributes is needed, not {value!r}")

    def fields(self) -> Mapping[str, DataField[Any]] | None:
        found: Mapping[str, DataField[Any]] = self.model._fields_by_name
        return found


class ListCodec(Codec):
    """A list of values of one kind."""

    def __init__(self, item: Codec) -> None:
        self.item = item

    def encode(self, value: Any) -> Any:
        return [None if item is None else self.item.encode(item) for item in value]

    def decode(self, raw: Any) -> Any:
        if not isinstance(raw, list):
            raise DecodeError(f"a list is needed, but there is {_kind_of(raw)}")
        return [None if item is None else self.item.decode(item) for item in raw]

    def coerce(self, value: Any) -> Any:
        if value is None:
            return None
        if isinstance(value, (str, bytes)) or not hasattr(value, "__iter__"):
            raise ModelError(f"a list is needed, not {value!r}")
        if isinstance(value, list):
            value[:] = [self.item.coerce(item) for item in value]
            return value
        return [self.item.coerce(item) for item in value]

    def fields(self) -> Mapping[str, DataField[Any]] | None:
        return None


PLAIN = Codec()


def _kind_of(raw: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "a boolean", type(None): "null"}
    return names.get(type(raw), "a number")
