"""From a class to the columns of a table, and from a table to what other packages make of it.

This module is imported at first use: most programs never ask for a table.
"""

from __future__ import annotations

import enum
import typing
from typing import TYPE_CHECKING, Any

from ._types import _is_label_or_annotation, _without_none, codec_for, is_time
from .exceptions import DecodeError, FieldError, MissingDependency
from .expressions import reach, split_name
from .fields import DataField, DictNestedField, ListField

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from . import _native
    from .models import PykormModel

    #: Columns in the engine's form, and for each the function that makes its values, if they are Python's.
    _Columns = tuple[list[dict[str, Any]], list[Callable[[Any], Any] | None]]

#: The engine's words for types.
_PLAIN: dict[Any, Any] = {
    bool: "bool",
    dict: "json",
    float: "float64",
    int: "int64",
    list: "json",
    set: "json",
    str: "utf8",
    tuple: "json",
}

_TIMES = {("metadata", "creationTimestamp"), ("metadata", "deletionTimestamp")}


def columns_of(model: type[PykormModel], names: Iterable[str]) -> _Columns:
    """The columns for these attributes; for all public fields, namespace and name first, if none are named."""
    chosen = tuple(names) or _public(model)
    described = [_column(model, name) for name in chosen]
    return [column for column, _ in described], [function for _, function in described]


def _public(model: type[PykormModel]) -> tuple[str, ...]:
    names = [name for name in model._fields_by_name if not name.startswith("_")]
    first = [name for name in ("namespace", "name") if name in names]
    return (*first, *(name for name in names if name not in first))


def _column(model: type[PykormModel], name: str) -> tuple[dict[str, Any], Callable[[Any], Any] | None]:
    attribute, inside = split_name(model, name)
    if attribute in model._properties:
        return _property(model, attribute, inside)
    field, path = reach(model, name, attribute, inside)
    if field is None:
        return _described(name, path, "inferred"), None
    return {**_member(name, field, ()), "path": path}, _function(field)


def _property(
    model: type[PykormModel], name: str, inside: list[str]
) -> tuple[dict[str, Any], Callable[[Any], Any] | None]:
    """A property: computed in Python for each object, and of the type that its getter says it returns."""
    if inside:
        raise FieldError(f"{model.__name__}.{name} is a property: it makes one column, not {inside[0]!r} of it")
    try:
        annotation = typing.get_type_hints(getattr(model, name).fget).get("return")
    except Exception:  # a name that exists for type checkers only
        annotation = None
    encode = codec_for(annotation).encode

    def computed(raw: dict[str, Any]) -> Any:
        value = getattr(model._instantiate_with_dict(raw), name)
        return None if value is None else encode(value)

    return _described(name, [], "inferred" if annotation is None else _kind(annotation, ())), computed


def _described(name: str, path: list[str], kind: Any) -> dict[str, Any]:
    return {"name": name, "path": path, "kind": kind, "default": None, "nullable": False}


def _member(name: str, field: DataField[Any], around: tuple[Any, ...]) -> dict[str, Any]:
    """A field as a column, or as a member of the struct that a nested object is."""
    described = _described(name, list(field._full), _kind_of_field(field, around))
    if isinstance(field, DictNestedField) and field.default is None:
        described["default"] = {}  # reads as one with its defaults
    else:
        absent = field.absent()
        described["default"] = None if absent is None else field.encode(absent)
    described["nullable"] = field.allow_empty
    return described


def _function(field: DataField[Any]) -> Callable[[Any], Any] | None:
    """What makes the attribute's value, where the class has a say in that; None where the engine can."""
    if not field.has_processors:
        return None
    annotation = field.annotation()
    encode = codec_for(annotation).encode

    def decoded(raw: Any) -> Any:
        value = field.decode(raw)
        return None if value is None else encode(value)

    return decoded


def _kind_of_field(field: DataField[Any], around: tuple[Any, ...]) -> Any:
    if field._full in _TIMES and not field.has_processors:
        return "timestamp"
    if isinstance(field, DictNestedField):
        return _kind(field.nested_type, around)
    if isinstance(field, ListField):
        of = field.nested_type
        return {"list": _inner(_kind_of_field(of, around) if isinstance(of, DataField) else _kind(of, around))}
    annotation = field.annotation()
    if annotation is None:
        return "utf8" if _is_label_or_annotation(field._full) and not field.has_processors else "inferred"
    return _kind(annotation, around)


def _kind(annotation: Any, around: tuple[Any, ...]) -> Any:
    """The engine's word for a type; ``around`` are the nested classes that this one is part of."""
    annotation = _without_none(annotation)
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    if is_time(annotation):
        return "timestamp"
    if annotation in _PLAIN:
        return _PLAIN[annotation]
    if isinstance(annotation, type) and hasattr(annotation, "_encode_fields"):
        if annotation in around:
            return "json"  # it contains itself, and a type of Arrow cannot
        fields: dict[str, DataField[Any]] = getattr(annotation, "_fields_by_name", {})
        within = (*around, annotation)
        members = [_member(name, field, within) for name, field in fields.items() if not name.startswith("_")]
        return {"struct": [{**member, "kind": _inner(member["kind"])} for member in members]}
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return _kind_of_values([member.value for member in annotation])
    if origin is typing.Literal:
        return _kind_of_values(list(args))
    if origin in (list, tuple, set, frozenset) and args:
        return {"list": _inner(_kind(args[0], around))}
    if origin is dict and len(args) == 2 and args[1] is not Any:
        return {"map": _inner(_kind(args[1], around))}
    return "json" if origin is dict else "inferred"


def _inner(kind: Any) -> Any:
    return "json" if kind == "inferred" else kind


def _kind_of_values(values: list[Any]) -> Any:
    kinds = {type(value) for value in values}
    return _PLAIN.get(kinds.pop(), "inferred") if len(kinds) == 1 else "inferred"


def checked(
    model: type[PykormModel], found: tuple[_native.Table, list[Any]], faults: list[DecodeError] | None
) -> _native.Table:
    """The table, once it is told what in it is null because it does not fit its column."""
    table, misfits = found
    errors = [_error(model, misfit) for misfit in misfits]
    if faults is not None:
        faults.extend(errors)
    elif errors:
        more = f" (and {len(errors) - 1} more like it)" if len(errors) > 1 else ""
        raise DecodeError(f"{errors[0]}{more}; with faults=[] they are null, and listed there", errors[0].details)
    return table


def _error(model: type[PykormModel], misfit: tuple[str | None, str, str, str, str]) -> DecodeError:
    namespace, name, column, path, reason = misfit
    key = f"{namespace}/{name}" if namespace else name
    where = f"the value at {path}" if path else "what is computed"
    return DecodeError(
        f"{model.__name__} {key}: {where} cannot be kept in the column {column!r}: {reason}",
        {"path": path, "field": column, "name": name, "namespace": namespace},
    )


def arrow() -> Callable[[_native.Table], Any]:
    """What makes a ``pyarrow.Table`` on the same memory; asked for before anything is sent, as it may be missing."""
    try:
        import pyarrow
    except ImportError as error:
        raise MissingDependency(_missing("to_arrow()", "pyarrow", "arrow")) from error
    made: Callable[[_native.Table], Any] = pyarrow.table
    return made


def pandas() -> Callable[[_native.Table], Any]:
    """What makes a ``pandas.DataFrame`` on the same memory."""
    try:
        import pandas
        import pyarrow
    except ImportError as error:
        raise MissingDependency(_missing("to_pandas()", "pandas and pyarrow", "pandas")) from error
    return lambda table: pyarrow.table(table).to_pandas(types_mapper=pandas.ArrowDtype)


def polars() -> Callable[[_native.Table], Any]:
    """What makes a ``polars.DataFrame`` on the same memory."""
    try:
        import polars
    except ImportError as error:
        raise MissingDependency(_missing("to_polars()", "polars", "polars")) from error
    return polars.DataFrame


def _missing(method: str, packages: str, extra: str) -> str:
    return f"{method} needs {packages}: pip install 'pykorm[{extra}]'"
