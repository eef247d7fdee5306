"""Fields: which attribute of a model stands for which path of the object.

A field is declared on a class and then is two things: on an instance the value, on the class itself something to ask
for (``Peach.query.filter(Peach.price > 2)``).
"""

from __future__ import annotations

import copy
from types import GenericAlias
from typing import TYPE_CHECKING, Any, Generic, overload

from ._codecs import PLAIN, ListCodec, NestedCodec
from ._hints import kind_of
from ._paths import MISSING, get, put
from .exceptions import DecodeError, ModelError, ReadOnlyException
from .expressions import Expression, atom, conceals

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ._codecs import Codec
    from .models import ModelMixin

__all__ = [
    "MISSING",
    "Annotation",
    "DataField",
    "DictNestedField",
    "Label",
    "ListField",
    "Metadata",
    "MetadataAnnotation",
    "MetadataLabel",
    "Spec",
    "Status",
]

if TYPE_CHECKING:
    from typing_extensions import Self, TypeVar

    T = TypeVar("T", default=Any)
    _Item = TypeVar("_Item")

    # To a type checker a field may stand wherever the annotation says what its value is:
    # ``variety: str = Spec("variety")``.
    class _Base(Any, Generic[T]):  # type: ignore[misc]
        # Without it a type checker takes what is called for that of the base, and does not look at __init__.
        def __new__(cls, *args: Any, **kwargs: Any) -> Self: ...
        def __class_getitem__(cls, item: Any, /) -> GenericAlias: ...

else:
    from typing import TypeVar

    T = TypeVar("T")

    class _Base:
        __class_getitem__ = classmethod(GenericAlias)


class DataField(_Base[T]):
    """One attribute bound to one path, counted from the object's root.

    :param path: a string is one key, taken literally with its dots and slashes; a list of strings leads into nested
        objects.
    :param default: what the attribute reads where the object has no value, and what a new object is created with.
        Every object gets a copy of its own.
    :param required: saving an object whose attribute is None raises
        :class:`~pykorm.exceptions.ValidationError` before anything is sent. ``False`` and ``0`` are values.
    :param readonly: the attribute is never sent, and can be set once only.
    :param allow_empty: None is written as null; without it, None means that the key is absent.
    :param selectable: the CustomResourceDefinition lists this path in ``selectableFields``, so that the API server
        can filter by it.
    :param column: the title of a column in ``kubectl get``; ``True`` takes the attribute's name.
    :param description: a sentence for the CustomResourceDefinition.
    :param schema: keys to add to the schema in the CustomResourceDefinition, as ``{"maximum": 10}``.

    Subclasses may override :meth:`preprocessor` and :meth:`postprocessor` to give the attribute another type than the
    value in the cluster has.
    """

    _root_dict_key: list[str] = []

    required: bool = False
    readonly: bool = False
    allow_empty: bool = False

    if not TYPE_CHECKING:
        # Fields are compared with ==, which gives a condition; they are told apart by what they are.
        __hash__ = object.__hash__

    def __init__(
        self,
        path: str | Iterable[str],
        default: Any = None,
        required: bool = False,
        readonly: bool = False,
        allow_empty: bool = False,
        *,
        selectable: bool = False,
        column: str | bool = False,
        description: str | None = None,
        schema: Mapping[str, Any] | None = None,
    ) -> None:
        keys: Any = (path,) if isinstance(path, str) or not hasattr(path, "__iter__") else path
        self.path: tuple[str, ...] = tuple(keys)
        if not self.path or not all(isinstance(part, str) and part for part in self.path):
            raise ModelError(f"{type(self).__name__}({path!r}): a path is a key or a list of keys, none of them empty")
        self._full = (*self._root_dict_key, *self.path)
        self.default = default
        self.required = required
        self.readonly = readonly
        self.allow_empty = allow_empty
        self.selectable = selectable
        self.column = column
        self.description = description
        self.schema = dict(schema or {})
        self.name: str = self.path[-1]
        where = ".".join(self._full)
        self.__doc__ = f"{where}: {description}" if description else where  # what help() says of the attribute
        self._owner: type | None = None
        self._codec: Codec | None = None
        self._plain: bool | None = None

    def __set_name__(self, owner: type, name: str) -> None:
        if self._owner is None:
            self._owner = owner
            self.name = name

    def __repr__(self) -> str:
        return f"<pykorm/{type(self).__name__}: {list(self._full)}>"

    @property
    def fullpath(self) -> list[str]:
        """The whole path, from the object's root."""
        return list(self._full)

    @staticmethod
    def preprocessor(x: Any) -> Any:
        """From the attribute's value to the one in the cluster. Not called with None."""
        return x

    @staticmethod
    def postprocessor(x: Any) -> Any:
        """From the value in the cluster to the attribute's. Not called where there is none."""
        return x

    def to_dict(self, value: Any) -> dict[str, Any]:
        """An object that holds nothing but ``value`` at this field's path; for None the default, if there is one."""
        result: dict[str, Any] = {}
        written = self.absent() if value is None else value
        if written is not None or self.allow_empty:
            put(result, self._full, self.encode(written))
        return result

    def get_data(self, k8s_dict: Mapping[str, Any]) -> Any:
        """The attribute's value in an object given as a dict."""
        raw = get(k8s_dict, self._full)
        return self.absent() if raw is MISSING or (raw is None and not self.allow_empty) else self.decode(raw)

    def encode(self, value: Any) -> Any:
        """The value as it is written into the object."""
        return None if value is None else self.codec.encode(self.preprocessor(value))

    def decode(self, raw: Any) -> Any:
        """The attribute's value for what stands in the object."""
        return None if raw is None else self.postprocessor(self.codec.decode(raw))

    def coerce(self, value: Any) -> Any:
        """What is kept when ``value`` is assigned: a dict given for a nested object becomes one."""
        return self.codec.coerce(value)

    def absent(self) -> Any:
        """What the attribute reads where the object has nothing: a copy of the default."""
        default = self.default
        return default if isinstance(default, _PLAIN) else copy.deepcopy(default)

    @property
    def is_scalar(self) -> bool:
        """Whether the annotation says that there is nothing inside the value."""
        if self.has_processors:
            return False
        annotation = self.annotation()
        from ._types import is_scalar

        return is_scalar(annotation)

    def nested_fields(self) -> Mapping[str, DataField[Any]] | None:
        """The fields inside this one, where its value is a nested object."""
        return self.codec.fields()

    @property
    def codec(self) -> Codec:
        """How values are turned into JSON and back, from the attribute's annotation."""
        if self._codec is None:
            self._codec = self._find_codec()
        return self._codec

    def _find_codec(self) -> Codec:
        if self.has_processors:
            return PLAIN  # the annotation speaks of what the processors give, not of what is in the cluster
        annotation = self.annotation()
        if annotation is None or annotation in _PLAIN_TYPES:
            return PLAIN
        from ._types import codec_for

        return codec_for(annotation)

    @property
    def _is_plain(self) -> bool:
        """Whether the attribute's value is what stands in the object, as it is."""
        if self._plain is None:
            kind = type(self)
            own = kind.decode is not DataField.decode or kind.encode is not DataField.encode
            self._plain = not own and not self.has_processors and self.codec is PLAIN
        return self._plain

    @property
    def has_processors(self) -> bool:
        """Whether a subclass makes other values of those in the cluster."""
        kind = type(self)
        return kind.preprocessor is not DataField.preprocessor or kind.postprocessor is not DataField.postprocessor

    def annotation(self) -> Any:
        """The type that the class says this attribute has, or None."""
        made_as = getattr(self, "__orig_class__", None)
        if made_as is not None:
            return made_as.__args__[0]
        if self._owner is None:
            return None
        from ._types import annotation_of

        return annotation_of(self._owner, self.name, type(self))

    @overload
    def __get__(self, instance: None, owner: Any = None) -> DataField[T]: ...
    @overload
    def __get__(self, instance: object, owner: Any = None) -> T: ...
    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        found = instance.__dict__.get(self.name, MISSING)
        return self._load(instance) if found is MISSING else found

    def __set__(self, instance: Any, value: T | None) -> None:
        values = instance.__dict__
        if self.readonly or self.name in instance._set_once:
            now = self.__get__(instance)
            if now is not None and now != value:
                values_shown = f"{now!r}; it cannot become {value!r}"
                raise ReadOnlyException(
                    f"{type(instance).__name__}.{self.name} is read-only and already is "
                    f"{'set' if instance._conceals(self.name) else values_shown}"
                )
        try:
            values[self.name] = self.coerce(value)
        except ModelError as error:
            reason = f"{kind_of(value)} does not fit" if instance._conceals(self.name) else error
            raise ModelError(f"{type(instance).__name__}.{self.name}: {reason}") from None
        implied = values.get("_implied")
        if implied is not None:
            implied.discard(self.name)

    def _load(self, instance: ModelMixin) -> Any:
        """Takes the value out of what was read, once."""
        values = instance.__dict__
        source = values.get("_source")
        raw = MISSING if source is None else source.get(self._full, MISSING)
        if raw is MISSING or (raw is None and not self.allow_empty):
            value = self.absent()
            values.setdefault("_implied", set()).add(self.name)
        else:
            try:
                value = raw if self._plain or self._is_plain else self.decode(raw)
            except DecodeError as error:
                raise DecodeError(f"{instance._called()}: {error}", error.details) from error
            except Exception as error:
                where = ".".join(self._full)
                raise DecodeError(
                    f"{instance._called()}: the value at {where} cannot be read as "
                    f"{type(instance).__name__}.{self.name}: {type(error).__name__}",
                    {"path": where, "field": self.name},
                ) from error
        values[self.name] = value
        return value

    # Conditions on this field.

    def _atom(self, op: str, value: Any) -> Expression:
        owner = self._owner
        where = self.name if owner is None else f"{owner.__name__}.{self.name}"
        return Expression(atom(self, self._full, op, value, where, concealed=conceals(owner, self.name)), self)

    def __eq__(self, other: object) -> Expression:  # type: ignore[override]
        return self._atom("eq", other)

    def __ne__(self, other: object) -> Expression:  # type: ignore[override]
        return self._atom("ne", other)

    def __lt__(self, other: object) -> Expression:
        return self._atom("lt", other)

    def __le__(self, other: object) -> Expression:
        return self._atom("le", other)

    def __gt__(self, other: object) -> Expression:
        return self._atom("gt", other)

    def __ge__(self, other: object) -> Expression:
        return self._atom("ge", other)

    def in_(self, values: Iterable[Any]) -> Expression:
        """The value is one of these."""
        return self._atom("in", values)

    def not_in(self, values: Iterable[Any]) -> Expression:
        """The value is none of these."""
        return self._atom("not_in", values)

    def contains(self, value: Any) -> Expression:
        """A string contains this text, a list this element, an object this key."""
        return self._atom("contains", value)

    def startswith(self, text: str) -> Expression:
        """The value is a string that starts with this text."""
        return self._atom("starts_with", text)

    def endswith(self, text: str) -> Expression:
        """The value is a string that ends with this text."""
        return self._atom("ends_with", text)

    def matches(self, pattern: str) -> Expression:
        """The value is a string in which this regular expression finds something."""
        return self._atom("matches", pattern)

    def exists(self) -> Expression:
        """There is something at the path, null included."""
        return self._atom("exists", True)

    def is_null(self) -> Expression:
        """There is nothing at the path, or null."""
        return self._atom("is_null", True)


class Spec(DataField[T]):
    """A field in the object's spec."""

    _root_dict_key = ["spec"]


class Status(DataField[T]):
    """A field in the object's status. It is written through the status subresource where the kind has one."""

    _root_dict_key = ["status"]


class Metadata(DataField[T]):
    """A field in the object's metadata."""

    _root_dict_key = ["metadata"]


class MetadataAnnotation(DataField[T]):
    """One annotation; the path is its key."""

    _root_dict_key = ["metadata", "annotations"]


class MetadataLabel(DataField[T]):
    """One label; the path is its key. The API server can filter by it."""

    _root_dict_key = ["metadata", "labels"]


Annotation = MetadataAnnotation
Label = MetadataLabel


class DictNestedField(DataField[T]):
    """A nested object, as an instance of a :class:`~pykorm.models.Nested` class.

    Where the object has none, the attribute reads one with its defaults. A dict given for it becomes one.

    :param nested_type: the class.
    :param path: counted from the root of the object, or of the nested object that this field is part of.
    """

    def __init__(self, nested_type: type[T], path: str | Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(path, **kwargs)
        self.nested_type: Any = nested_type
        self._codec = self._nested_codec()

    def _nested_codec(self) -> Codec:
        return NestedCodec(self.nested_type)

    def absent(self) -> Any:
        return self.nested_type() if self.default is None else self.coerce(copy.deepcopy(self.default))


class ListField(DataField[T]):
    """A list, of nested objects or of plain values. Where the object has none, the attribute reads ``[]``.

    :param nested_type: the class of the elements: a :class:`~pykorm.models.Nested` class or a plain type.
    :param path: counted from the root of the object, or of the nested object that this field is part of.
    """

    @overload
    def __init__(
        self: ListField[list[_Item]], nested_type: type[_Item], path: str | Iterable[str] = (), **kwargs: Any
    ) -> None: ...
    @overload
    def __init__(
        self: ListField[list[_Item]], nested_type: DataField[_Item], path: str | Iterable[str] = (), **kwargs: Any
    ) -> None: ...
    @overload
    def __init__(
        self: ListField[list[Any]], nested_type: Any, path: str | Iterable[str] = (), **kwargs: Any
    ) -> None: ...
    def __init__(self, nested_type: Any, path: str | Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(path, **kwargs)
        self.nested_type = nested_type
        self._codec = ListCodec(self._item_codec())

    def _item_codec(self) -> Codec:
        if hasattr(self.nested_type, "_fields_by_name"):
            return NestedCodec(self.nested_type)
        if isinstance(self.nested_type, DataField):
            return self.nested_type.codec
        from ._types import codec_for

        return codec_for(self.nested_type)

    def absent(self) -> Any:
        return [] if self.default is None else self.coerce(copy.deepcopy(self.default))


_PLAIN = (str, int, float, bool, type(None))
_PLAIN_TYPES: tuple[Any, ...] = (str, int, float, bool, dict, list, Any, object)
