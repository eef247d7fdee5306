"""From annotations to codecs and schemas, and from a class to the engine's description of it.

This module is imported at first use, so that programs that declare plain fields do not pay for ``typing``.
"""

from __future__ import annotations

import enum
import sys
import types
import typing
from typing import TYPE_CHECKING, Any

from . import _native
from ._codecs import PLAIN, Codec, ListCodec, NestedCodec
from .exceptions import DecodeError, ModelError
from .fields import DataField, DictNestedField, ListField, MetadataAnnotation, MetadataLabel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .models import PykormModel

#: Any value at all, in a structural schema.
ANYTHING: dict[str, Any] = {"x-kubernetes-preserve-unknown-fields": True}


def annotation_of(owner: type, name: str, field: type) -> Any:
    """The annotation of an attribute, evaluated; None where there is none or it cannot be evaluated here."""
    for base in owner.__mro__:
        raw = _annotations(base).get(name)
        if raw is None:
            continue
        found = _evaluated(raw, base)
        origin = typing.get_origin(found)
        if isinstance(origin, type) and issubclass(origin, DataField):
            return typing.get_args(found)[0]
        if isinstance(found, type) and issubclass(found, DataField):
            return None
        return None if isinstance(found, typing.TypeVar) else found
    return None


def _annotations(owner: type) -> Mapping[str, Any]:
    if sys.version_info >= (3, 14):
        import annotationlib

        return annotationlib.get_annotations(owner, format=annotationlib.Format.FORWARDREF)
    # What inspect.get_annotations gives for a class; importing that module takes longer than all else here.
    found: Mapping[str, Any] = vars(owner).get("__annotations__") or {}
    return found


def is_time(annotation: Any) -> bool:
    """Whether an annotation is ``datetime.datetime``; a program that did not import the module has none of it."""
    found = sys.modules.get("datetime")
    return found is not None and annotation is found.datetime


def _evaluated(raw: Any, owner: type) -> Any:
    if not isinstance(raw, str):
        return raw
    module = sys.modules.get(owner.__module__)
    try:
        return eval(raw, dict(vars(module)) if module else {}, dict(vars(owner)))
    except Exception:  # a name that exists for type checkers only: the field stays untyped
        return None


def codec_for(annotation: Any) -> Codec:
    """How values of this type are written and read; what is not known stays as it is."""
    annotation = _without_none(annotation)
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    if isinstance(annotation, type) and hasattr(annotation, "_encode_fields"):
        return NestedCodec(annotation)
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return EnumCodec(annotation)
    if is_time(annotation):
        return TimeCodec()
    kind = origin or annotation
    if kind is list and args:
        item = codec_for(args[0])
        return PLAIN if item is PLAIN else ListCodec(item)
    if kind in (tuple, set, frozenset):
        return CollectionCodec(kind, codec_for(_item_of(kind, args)))
    if origin is dict and len(args) == 2:
        inner = codec_for(args[1])
        return PLAIN if inner is PLAIN else DictCodec(inner)
    return PLAIN


def _item_of(kind: Any, args: tuple[Any, ...]) -> Any:
    """The type of the items of a collection; that of a tuple of several types is not known."""
    one = bool(args) and (kind is not tuple or args[1:] in ((), (...,)))
    return args[0] if one else Any


def is_scalar(annotation: Any) -> bool:
    """Whether values of this type have nothing inside that could be asked for."""
    annotation = _without_none(annotation)
    if annotation in _SCHEMAS or is_time(annotation) or typing.get_origin(annotation) is typing.Literal:
        return True
    return isinstance(annotation, type) and issubclass(annotation, enum.Enum)


class CollectionCodec(ListCodec):
    """A list in the cluster that is a tuple or a set on this side. What a set gives is sorted: it has no order."""

    def __init__(self, kind: Callable[[list[Any]], Any], item: Codec) -> None:
        super().__init__(item)
        self.kind = kind

    def encode(self, value: Any) -> Any:
        written = super().encode(value)
        if self.kind is tuple:
            return written
        import json

        return sorted(written, key=json.dumps)

    def decode(self, raw: Any) -> Any:
        read = super().decode(raw)
        try:
            return self.kind(read)
        except TypeError as error:
            raise DecodeError(f"a list of plain values is needed: {error}") from None

    def coerce(self, value: Any) -> Any:
        if value is None or isinstance(value, (str, bytes)) or not hasattr(value, "__iter__"):
            return super().coerce(value)
        return self.kind([self.item.coerce(item) for item in value])


class EnumCodec(Codec):
    """An enumeration: written as its values."""

    def __init__(self, kind: type[enum.Enum]) -> None:
        self.kind = kind

    def encode(self, value: Any) -> Any:
        return value.value if isinstance(value, enum.Enum) else value

    def decode(self, raw: Any) -> Any:
        try:
            return self.kind(raw)
        except ValueError:
            # A newer server may know values this program does not; they must not make objects unreadable.
            return raw


class TimeCodec(Codec):
    """A point in time: an RFC 3339 string on one side, a ``datetime`` with a time zone on the other."""

    compare = "instant"

    def encode(self, value: Any) -> Any:
        import datetime

        if not isinstance(value, datetime.datetime):
            return value
        if value.tzinfo is None:
            raise ModelError(f"{value!r} has no time zone; use datetime.datetime(..., tzinfo=datetime.timezone.utc)")
        text = value.astimezone(datetime.timezone.utc).isoformat()
        return text.removesuffix("+00:00") + "Z"

    def decode(self, raw: Any) -> Any:
        import datetime

        if not isinstance(raw, str):
            raise DecodeError("a time is needed, as 2026-01-01T00:00:00Z")
        text = raw[:-1] + "+00:00" if raw[-1:] in ("Z", "z") else raw
        if "." in text:
            # Before Python 3.11 fromisoformat takes three or six digits only, and never more than six.
            head, _, tail = text.partition(".")
            digits = tail[: len(tail) - len(tail.lstrip("0123456789"))]
            text = f"{head}.{digits[:6].ljust(6, '0')}{tail[len(digits) :]}"
        try:
            return datetime.datetime.fromisoformat(text)
        except ValueError:
            raise DecodeError("a time is needed, as 2026-01-01T00:00:00Z") from None


class DictCodec(Codec):
    """A map from strings to values of one kind."""

    def __init__(self, inner: Codec) -> None:
        self.inner = inner

    def encode(self, value: Any) -> Any:
        return {key: None if item is None else self.inner.encode(item) for key, item in value.items()}

    def coerce(self, value: Any) -> Any:
        if isinstance(value, dict):
            for key, item in value.items():
                value[key] = self.inner.coerce(item)
        return value

    def decode(self, raw: Any) -> Any:
        if not isinstance(raw, dict):
            raise DecodeError("an object is needed")
        return {key: None if item is None else self.inner.decode(item) for key, item in raw.items()}


def _without_none(annotation: Any) -> Any:
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        rest = [part for part in typing.get_args(annotation) if part is not type(None)]
        return rest[0] if len(rest) == 1 else annotation
    if typing.get_origin(annotation) is typing.Annotated:
        return _without_none(typing.get_args(annotation)[0])
    return annotation


_SCHEMAS: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer", "format": "int64"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
}


def schema_for(annotation: Any) -> dict[str, Any]:
    """The structural schema of a type."""
    annotation = _without_none(annotation)
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    if is_time(annotation):
        return {"type": "string", "format": "date-time"}
    if annotation in _SCHEMAS:
        return dict(_SCHEMAS[annotation])
    if isinstance(annotation, type) and hasattr(annotation, "_encode_fields"):
        return _schema_of_nested(annotation)
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return _schema_of_values([member.value for member in annotation])
    if origin is typing.Literal:
        return _schema_of_values(list(args))
    if origin in (list, tuple, set, frozenset) or annotation in (list, tuple, set, frozenset):
        kind = origin or annotation
        made: dict[str, Any] = {"type": "array", "items": schema_for(_item_of(kind, args))}
        if kind in (set, frozenset):
            made["x-kubernetes-list-type"] = "set"
        return made
    if origin is dict and len(args) == 2 and args[1] is not Any:
        return {"type": "object", "additionalProperties": schema_for(args[1])}
    if origin is dict or annotation is dict:
        return {"type": "object", **ANYTHING}
    return dict(ANYTHING)


def _schema_of_values(values: list[Any]) -> dict[str, Any]:
    kinds = {type(value) for value in values}
    schema = dict(_SCHEMAS.get(kinds.pop(), {})) if len(kinds) == 1 else {}
    return {**schema, "enum": values}


def _schema_of_nested(model: Any) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object"}
    for field in model._fields_by_name.values():
        at = schema
        for part in field._full[:-1]:
            at = at.setdefault("properties", {}).setdefault(part, {"type": "object"})
        at.setdefault("properties", {})[field._full[-1]] = _schema_of_field(field, with_default=True)
        if field.required:
            at.setdefault("required", []).append(field._full[-1])
    return schema


def _schema_of_field(field: DataField[Any], *, with_default: bool = False) -> dict[str, Any]:
    if isinstance(field, (MetadataLabel, MetadataAnnotation)) or _is_label_or_annotation(field._full):
        schema: dict[str, Any] = {"type": "string"}
    elif isinstance(field, DictNestedField):
        schema = schema_for(field.nested_type)
    elif isinstance(field, ListField):
        of = field.nested_type
        item = _schema_of_field(of) if isinstance(of, DataField) else schema_for(of)
        schema = {"type": "array", "items": item}
    elif field.has_processors:
        schema = dict(ANYTHING)
    else:
        schema = schema_for(field.annotation())
    if field.allow_empty:
        schema["nullable"] = True
    if with_default and field.default is not None:
        schema["default"] = field.encode(field.absent())
    if field.description:
        schema["description"] = field.description
    schema.update(field.schema)
    return schema


def _is_label_or_annotation(path: tuple[str, ...]) -> bool:
    return len(path) == 3 and path[0] == "metadata" and path[1] in ("labels", "annotations")


def definition_of(model: type[PykormModel]) -> _native.Model:
    """The engine's description of a class.

    Metadata that every object has (its name, its labels as a whole) is known to the engine already and is left out,
    and so is a field whose path lies inside another one's.
    """
    model._api_version()
    found: list[dict[str, Any]] = []
    seen: list[tuple[str, ...]] = []
    for name, field in sorted(model._fields_by_name.items(), key=lambda item: len(item[1]._full)):
        path = field._full
        if path[0] == "metadata" and not _is_label_or_annotation(path):
            continue
        if any(path[: len(other)] == other for other in seen):
            continue
        seen.append(path)
        found.append(_field_definition(name, field))
    order = {name: position for position, name in enumerate(model._fields_by_name)}
    found.sort(key=lambda definition: order[definition["name"]])
    return _native.Model(
        {
            "group": model._pykorm_group or "",
            "version": model._pykorm_version,
            "kind": model._kind(),
            "plural": model._pykorm_plural,
            "singular": model._kind().lower(),
            "short_names": list(getattr(model, "_pykorm_short_names", ())),
            "namespaced": model._namespaced,
            "native": model._pykorm_native,
            "description": _first_paragraph(model),
            "fields": found,
        }
    )


def _field_definition(name: str, field: DataField[Any]) -> dict[str, Any]:
    plain_text = _is_label_or_annotation(field._full)
    column = field.column
    return {
        "name": name,
        "path": list(field._full),
        "schema": {key: value for key, value in _schema_of_field(field).items() if key != "description"},
        "default": None if plain_text or field.default is None else field.encode(field.absent()),
        "required": field.required and not plain_text,
        "read_only": field.readonly,
        "selectable": field.selectable,
        "nullable": field.allow_empty,
        "column": (name.replace("_", " ").title().replace(" ", "") if column is True else column) or None,
        "description": field.description,
    }


def _first_paragraph(model: type) -> str | None:
    text = model.__dict__.get("__doc__")
    if not text:
        return None
    return " ".join(text.strip().split("\n\n")[0].split())
