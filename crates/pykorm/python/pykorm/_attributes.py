"""What models and nested objects have in common: attributes that stand for paths of an object."""

from __future__ import annotations

import copy
from typing import Any, ClassVar, TypeVar

from . import fields
from ._hints import kind_of, unknown
from ._paths import MISSING, get, put
from .exceptions import ModelError, ValidationError
from .fields import DataField
from .relations import Relation

Self = TypeVar("Self", bound="ModelMixin")


class DictSource:
    """A nested object as it was read."""

    __slots__ = ("_raw",)

    def __init__(self, raw: dict[str, Any]) -> None:
        self._raw = raw

    def get(self, path: tuple[str, ...], default: Any) -> Any:
        """What stands at the path; a copy, so that nobody changes what was read."""
        found = get(self._raw, path)
        if found is MISSING:
            return default
        return copy.deepcopy(found) if isinstance(found, (dict, list)) else found


class ModelMixin:
    """What models and nested objects have in common: fields, collected from the class and all its bases."""

    _fields_by_name: ClassVar[dict[str, DataField[Any]]] = {}
    #: The names of the fields, those of shorter paths first, so that longer ones win.
    _writing_order: ClassVar[tuple[str, ...]] = ()
    #: The fields in whose values other ones lie: all annotations, where one of them has an attribute too.
    _shared: ClassVar[frozenset[str]] = frozenset()
    _properties: ClassVar[tuple[str, ...]] = ()
    _relations: ClassVar[dict[str, Relation[Any]]] = {}
    _set_once: ClassVar[frozenset[str]] = frozenset()
    _hidden: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        found: dict[str, DataField[Any]] = {}
        properties: dict[str, None] = {}
        relations: dict[str, Relation[Any]] = {}
        for base in reversed(cls.__mro__):
            for name, value in vars(base).items():
                if isinstance(value, DataField):
                    found[name] = value
                elif name in found:
                    del found[name]
                if isinstance(value, Relation):
                    relations[name] = value
                else:
                    relations.pop(name, None)
                if isinstance(value, property) and not name.startswith("_"):
                    properties[name] = None
                else:
                    properties.pop(name, None)
        cls._fields_by_name = found
        cls._writing_order = tuple(sorted(found, key=lambda name: len(found[name]._full)))
        outer = {field._full[:length] for field in found.values() for length in range(1, len(field._full))}
        cls._shared = frozenset(name for name, field in found.items() if field._full in outer)
        cls._properties = tuple(properties)
        cls._relations = relations

    def __init__(self, **attributes: Any) -> None:
        for name, value in attributes.items():
            if name not in self._fields_by_name and name not in self._relations and not _settable(type(self), name):
                raise ModelError(_not_settable(type(self), name))
            setattr(self, name, value)

    @classmethod
    def _of(cls: type[Self], raw: dict[str, Any]) -> Self:
        """An instance for what was read, without calling ``__init__``: that belongs to the class's author."""
        self = cls.__new__(cls)
        self.__dict__["_source"] = DictSource(raw)
        return self

    def _called(self) -> str:
        return type(self).__name__

    def _value_to_write(self, name: str) -> Any:
        """The field's value as JSON, or MISSING where the key is to be absent."""
        field = self._fields_by_name[name]
        value = field.__get__(self)
        if value is None:
            return None if field.allow_empty else MISSING
        try:
            written = field.encode(value)
            return copy.deepcopy(written) if name in self._shared else written
        except (ModelError, TypeError, AttributeError) as error:
            if field.has_processors:
                raise  # what the class's author has to say
            where = ".".join(field._full)
            reason = f"{kind_of(value)} does not fit" if self._conceals(name) else error
            raise ModelError(
                f"{self._called()}: the value of {name} cannot be written to {where}: {reason}",
                {"field": name, "path": where},
            ) from None

    def _untouched(self, name: str) -> bool:
        """Whether a value that was made up on reading still is as it was made."""
        field = self._fields_by_name[name]
        if name not in self.__dict__.get("_implied", ()):
            return False
        return bool(field.encode(self.__dict__[name]) == field.encode(field.absent()))

    def _encode_fields(self) -> dict[str, Any]:
        """All that would be written, as nested dicts."""
        result: dict[str, Any] = {}
        for name in self._writing_order:
            field = self._fields_by_name[name]
            if field.readonly:
                continue
            if isinstance(field, (fields.DictNestedField, fields.ListField)) and field.default is None:
                field.__get__(self)
                if self._untouched(name):
                    continue
            value = self._value_to_write(name)
            if value is not MISSING:
                put(result, field._full, value)
        return result

    def _check_required(self, called: str = "", within: str = "", at: tuple[str, ...] = ()) -> None:
        """Refuses what lacks a required field; ``called``, ``within`` and ``at`` say where a nested object is."""
        values = self.__dict__
        for name, field in self._fields_by_name.items():
            if field.required and not field.readonly and field.__get__(self) is None:
                here, where = within + name, ".".join((*at, *field._full))
                raise ValidationError(
                    f"{called or self._called()}: {here} ({where}) must be set before it can be saved",
                    {"field": here, "path": where},
                )
            # What nobody looked at is as it was read, or absent.
            value = values.get(name)
            if isinstance(value, Nested):
                if not self._untouched(name):
                    value._check_required(called or self._called(), f"{within}{name}.", (*at, *field._full))
            elif isinstance(value, list):
                for position, item in enumerate(value):
                    if isinstance(item, Nested):
                        place = (*at, *field._full, str(position))
                        item._check_required(called or self._called(), f"{within}{name}[{position}].", place)

    def to_dict(self) -> dict[str, Any]:
        """The attributes by name: fields that have a value, and public properties."""
        result: dict[str, Any] = {}
        for name in self._fields_by_name:
            value = getattr(self, name)
            if value is not None and not name.startswith("_"):
                result[name] = _as_plain(value)
        for name in self._properties:
            result[name] = _as_plain(getattr(self, name))
        return result

    def _shown(self) -> list[str]:
        names = [name for name in self._fields_by_name if not name.startswith("_") and name not in self._hidden]
        first = [name for name in ("namespace", "name") if name in names]
        return [*first, *(name for name in names if name not in first), *self._properties]

    @classmethod
    def _conceals(cls, name: str) -> bool:
        """Whether the values of this attribute appear in no repr and no message."""
        return False

    def __repr__(self) -> str:
        shown: list[str] = []
        for name in self._shown():
            try:
                value = getattr(self, name)
            except Exception as error:  # a repr must not fail where an attribute cannot be read
                value = f"({type(error).__name__})"
            if value is None and name in self._fields_by_name:
                continue
            shown.append(f"{name}={'***' if self._conceals(name) else value}")
        return f"<{type(self).__name__} {', '.join(shown)}>" if shown else f"<{type(self).__name__}>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ModelMixin) or type(self) is not type(other):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self._fields_by_name)

    def __hash__(self) -> int:
        return hash(type(self))


class Nested(ModelMixin):
    """A nested object: part of a model, declared as a class with fields of its own.

    Paths of its fields (:class:`~pykorm.fields.DataField`) are counted from the nested object::

        class Origin(pykorm.models.Nested):
            country = pykorm.fields.DataField("country")

        class Peach(pykorm.NamespacedModel):
            origin = pykorm.fields.DictNestedField(Origin, path=["spec", "origin"])
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls._relations:
            name = next(iter(cls._relations))
            raise ModelError(f"{cls.__name__}.{name}: only whole objects have relations; declare it on the model")


def _not_settable(cls: type[ModelMixin], name: str) -> str:
    """Why an attribute of this name cannot be given when an object is made."""
    if name in cls._properties:
        return f"{cls.__name__}.{name} is a property that cannot be set"
    return f"{cls.__name__} has no attribute {unknown(name, (*cls._fields_by_name, *cls._relations))}"


def _settable(cls: type, name: str) -> bool:
    found = getattr(cls, name, None)
    return isinstance(found, property) and found.fset is not None


def _as_plain(value: Any) -> Any:
    if isinstance(value, ModelMixin):
        return value.to_dict()
    if isinstance(value, list):
        return [_as_plain(item) for item in value]
    return value
