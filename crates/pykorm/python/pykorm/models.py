"""Models: a class is a kind, an instance is an object in the cluster."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast, overload

from . import _native, fields
from ._attributes import DictSource, ModelMixin, Nested
from ._paths import MISSING, drop, put
from .exceptions import Cause, ModelError, PykormError, ValidationError
from .relations import owned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Literal

    from .clusters import Cluster
    from .query import BaseQuery

__all__ = ["ClusterModel", "ModelMixin", "NamespacedModel", "Nested", "PykormModel"]

Model = TypeVar("Model", bound="PykormModel")


#: What copies share: what was read never changes, and a connection is one.
_SHARED = ("_source", "_origin")


class _ClusterOfObject:
    """``peach.cluster``: where the object was read from or written to; None if it never was."""

    @overload
    def __get__(self, instance: None, owner: Any = None) -> _ClusterOfObject: ...
    @overload
    def __get__(self, instance: object, owner: Any = None) -> Cluster | None: ...
    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else instance.__dict__.get("_origin")


class _QueryOfClass:
    """``Peach.query``: a fresh query each time, so that no query can leak into another."""

    def __get__(self, instance: Any, owner: type[Model]) -> BaseQuery[Model]:
        if owner is PykormModel:
            return cast("BaseQuery[Model]", self)  # help() and its like look at every class
        made: BaseQuery[Model] = owner._query_class()(owner)
        return made


class PykormModel(ModelMixin):
    """An object in the cluster; the base of :class:`NamespacedModel` and :class:`ClusterModel`."""

    name: fields.Metadata[str] = fields.Metadata("name")
    created_at: fields.Metadata[str] = fields.Metadata("creationTimestamp", readonly=True)
    _k8s_uid: fields.Metadata[str] = fields.Metadata("uid", readonly=True)

    query = _QueryOfClass()
    cluster = _ClusterOfObject()

    _set_once = frozenset({"name"})
    _hidden = frozenset({"created_at"})

    _pykorm_group: ClassVar[str | None] = None
    _pykorm_version: ClassVar[str | None] = None
    _pykorm_plural: ClassVar[str | None] = None
    _pykorm_kind: ClassVar[str | None] = None
    _pykorm_native: ClassVar[bool] = False
    _namespaced: ClassVar[bool] = False

    @classmethod
    def _query_class(cls) -> Any:
        from ._binding import get_query_cls

        return get_query_cls(cls)

    @classmethod
    def _definition(cls) -> _native.Model:
        """The engine's description of this class, made at first use."""
        made: _native.Model | None = cls.__dict__.get("_native_definition")
        if made is None:
            from ._types import definition_of

            made = definition_of(cls)
            cls._native_definition = made  # type: ignore[attr-defined]
        return made

    @classmethod
    def _kind(cls) -> str:
        return cls._pykorm_kind or cls.__name__

    @classmethod
    def _api_version(cls) -> str:
        if cls._pykorm_version is None:
            raise ModelError(
                f"{cls.__name__} is not bound to a kind: put @pykorm.k8s_custom_object(group, version, plural) above "
                "the class, or @pykorm.k8s_core, @pykorm.k8s_appsv1 or @pykorm.k8s_native for a native kind"
            )
        return f"{cls._pykorm_group}/{cls._pykorm_version}" if cls._pykorm_group else cls._pykorm_version

    @classmethod
    def crd(cls) -> dict[str, Any]:
        """The CustomResourceDefinition of this class, as a dict."""
        cls._api_version()
        if cls._pykorm_native:
            raise ModelError(f"{cls.__name__} belongs to Kubernetes itself: it has no CustomResourceDefinition")
        made: dict[str, Any] = cls._definition().crd()
        return made

    @classmethod
    def crd_yaml(cls) -> str:
        """The CustomResourceDefinition of this class, as YAML for ``kubectl apply -f``."""
        from ._yaml import dump

        return dump(cls.crd())

    @classmethod
    def process_labels(cls, d: Mapping[str, str]) -> str:
        """A label selector that wants all of these labels."""
        return ",".join(f"{key}={value}" for key, value in d.items())

    @classmethod
    def _from_source(cls: type[Model], source: Any, origin: Cluster | None) -> Model:
        """An instance for an object as it was read. ``__init__`` is not called: it belongs to the class's author."""
        self = cls.__new__(cls)
        values = self.__dict__
        values["_source"] = source
        values["_origin"] = origin
        return self

    @classmethod
    def _instantiate_with_dict(cls: type[Model], k8s_dict: dict[str, Any], queryset: Any = None) -> Model:
        return cls._from_source(DictSource(k8s_dict), None)

    @property
    def _k8s_dict(self) -> dict[str, Any]:
        """The object as it would be created: without read-only fields, and without what is None."""
        self._check_required()
        body: dict[str, Any] = {"apiVersion": self._api_version(), "kind": self._kind(), "metadata": {}}
        _merge(body, self._encode_fields())
        owners = [
            name for name in self.__dict__.get("_related", ()) if getattr(self._relations[name], "is_owner", False)
        ]
        return owned(self, body, owners) if owners else body

    def _called(self) -> str:
        namespace = self.__dict__.get("namespace") or self._stored("namespace")
        name = self.__dict__.get("name") or self._stored("name") or "(unnamed)"
        return f"{type(self).__name__} {namespace}/{name}" if namespace else f"{type(self).__name__} {name}"

    def _stored(self, key: str) -> Any:
        source = self.__dict__.get("_source")
        return None if source is None else source.get(("metadata", key), None)

    def _is_stored_in(self, cluster: Cluster) -> bool:
        """Whether this very object was read from, or written to, that cluster."""
        values = self.__dict__
        origin = values.get("_origin")
        if values.get("_source") is None:
            return False
        if origin is None:  # a pickle, or a dict that somebody read: its uid tells whether it is the one that is there
            if not self._stored("uid"):
                return False
        elif origin._root is not cluster._root:
            return False
        return not self._namespaced or getattr(self, "namespace", None) == self._stored("namespace")

    def _written(self, names: Iterable[str]) -> dict[str, Any]:
        """The object as it would be written, of its fields these only. What was made up on reading is left out."""
        result: dict[str, Any] = {"apiVersion": self._api_version(), "kind": self._kind(), "metadata": {}}
        for key in ("name", "namespace"):
            value = getattr(self, key, None)
            if value is not None:
                result["metadata"][key] = value
        names = list(names)
        shared = [self._fields_by_name[name]._full for name in names if name in self._shared]
        for name in names:
            path = self._fields_by_name[name]._full
            value = self._value_to_write(name)
            if self._untouched(name):
                continue
            if any(len(outer) < len(path) and path[: len(outer)] == outer for outer in shared) and self._as_read(name):
                continue  # what the outer attribute says counts
            if value is MISSING:
                drop(result, path)  # what an attribute for the whole of it, as that of all annotations, still has
            else:
                put(result, path, value)
        return result

    def _as_read(self, name: str) -> bool:
        """Whether an attribute still has the value that was read."""
        source = self.__dict__.get("_source")
        if source is None:
            return False
        return bool(self._from_source(source, None)._value_to_write(name) == self._value_to_write(name))

    def _with_owners(self, body: dict[str, Any]) -> dict[str, Any]:
        """What is written, with the owners that were assigned."""
        names = self.__dict__.get("_assigned")
        if not names:
            return body
        references = self._stored("ownerReferences")
        if references:
            body["metadata"].setdefault("ownerReferences", references)
        return owned(self, body, sorted(names))

    @classmethod
    def _normalize(cls, names: Iterable[str], *, owners: bool = False) -> _native._Normalize:
        """How the engine gets to what would be written had nobody changed anything: see :meth:`_normalizer`.

        Where values are written as they are read it needs no Python for that, but their paths, and whether null is a
        value there.
        """
        names = list(names)
        if owners or not cls._are_plain(names):
            return cls._normalizer(names, owners=owners)
        return [(cls._fields_by_name[name]._full, cls._fields_by_name[name].allow_empty) for name in names]

    @classmethod
    def _normalizer(cls, names: Iterable[str], *, owners: bool = False) -> Callable[[dict[str, Any]], dict[str, Any]]:
        """From an object as it was read to what would be written had nobody changed anything.

        :param owners: whether the references to its owners are written too.
        """

        def normalized(raw: dict[str, Any]) -> dict[str, Any]:
            read = cls._from_source(DictSource(raw), None)
            body = read._written(names)
            references = read._stored("ownerReferences") if owners else None
            if references:
                body["metadata"].setdefault("ownerReferences", references)
            return body

        return normalized

    @classmethod
    def _are_plain(cls, names: Iterable[str]) -> bool:
        """Whether these attributes, and those that say which object it is, have the values that stand in the object."""
        plain: frozenset[str] | None = cls.__dict__.get("_plain_names")
        if plain is None:
            plain = cls._plain_names = cls._find_plain()  # type: ignore[attr-defined]
        return plain.issuperset(names)

    @classmethod
    def _find_plain(cls) -> frozenset[str]:
        """The attributes that have the values which stand in the object; none where the object's identity has not."""
        fields_of = cls._fields_by_name.items()
        plain = {name: field for name, field in fields_of if field._is_plain and name not in cls._shared}
        for name in cls._identity():
            if hasattr(cls, name) and (name not in plain or plain[name]._full != ("metadata", name)):
                return frozenset()
        return frozenset(plain)

    def _plain_values(self, names: Sequence[str]) -> list[_native._PlainValue] | None:
        """What is to be written of attributes that are written as they are: see :meth:`_are_plain`.

        Nothing if one of them is not, or was made up on reading.
        """
        values = self.__dict__
        if values.get("_implied") or not self._are_plain(names):
            return None
        found = self._fields_by_name
        return [(found[name]._full, found[name].allow_empty, values[name]) for name in names]

    def _touched(self) -> list[str]:
        """The writable fields that were read or set."""
        values = self.__dict__
        return [name for name in self._writable() if name in values]

    @classmethod
    def _writable(cls) -> tuple[str, ...]:
        made: tuple[str, ...] | None = cls.__dict__.get("_writable_names")
        if made is None:
            left_out = cls._identity().union(name for name, field in cls._fields_by_name.items() if field.readonly)
            made = cls._writable_names = tuple(  # type: ignore[attr-defined]
                name for name in cls._writing_order if name not in left_out
            )
        return made

    @classmethod
    def _identity(cls) -> frozenset[str]:
        return frozenset({"name", "namespace"})

    def _held(self, unchanged: bool = False) -> dict[str, Any]:
        """What the attributes hold now, so that it can be told later what was changed since.

        :param unchanged: only those that hold what was read.
        """
        values = self.__dict__
        return {
            name: copy.deepcopy(values[name]) if isinstance(values[name], (list, dict, set, Nested)) else values[name]
            for name in self._fields_by_name.keys() & values.keys()
            if not unchanged or self._as_read(name)
        }

    def _accept(self, source: Any, origin: Cluster | None, before: Mapping[str, Any] | None = None) -> None:
        """From now on the object holds what the server holds.

        Lists, dicts and nested objects that still have the right content stay the same Python objects, so that
        somebody who holds one of them goes on holding a part of this object.

        :param before: what the attributes held when their values were sent. What was set since, by another thread or
            task, stays: it is to be saved yet.
        """
        values = self.__dict__
        held = {name: values.pop(name) for name in self._fields_by_name.keys() & values.keys()}
        values.pop("_implied", None)
        values.pop("_assigned", None)
        values["_source"] = source
        values["_origin"] = origin
        for name, value in held.items():
            if before is not None and not (name in before and before[name] == value):
                values[name] = value
            elif isinstance(value, (list, dict, set, Nested)):
                fresh = self._fields_by_name[name].__get__(self)
                if fresh == value:
                    values[name] = value

    def _replace(self, source: Any, origin: Cluster | None) -> None:
        """From now on the object holds what was read, and nothing of what was changed before."""
        for name in (*self._fields_by_name, "_related"):
            self.__dict__.pop(name, None)
        self._accept(source, origin)

    def _forget_stored(self) -> None:
        """After a delete: the values stay, but saving creates a new object."""
        for field in self._fields_by_name.values():
            try:
                field.__get__(self)
            except PykormError:
                continue
        self.__dict__.pop("_source", None)

    def _home(self, cluster: str | Cluster | None) -> str | Cluster:
        """The cluster that is meant: the one given, or the one that the object was read from or written to."""
        if cluster is not None:
            return cluster
        origin: Cluster | None = self.__dict__.get("_origin")
        return "default" if origin is None else origin

    def save(self, cluster: str | Cluster | None = None) -> None:
        """Saves the object: see :meth:`pykorm.Pykorm.save`.

        :param cluster: as such or by name; the one it was read from or written to unless given, or else ``default``.
        """
        from ._flow import run
        from ._writes import save_flow

        run(save_flow(self, self._home(cluster)))

    async def asave(self, cluster: str | Cluster | None = None) -> None:
        """:meth:`save`, under asyncio."""
        from ._flow import arun
        from ._writes import save_flow

        await arun(save_flow(self, self._home(cluster)))

    def apply(self, cluster: str | Cluster | None = None, *, force: bool = False) -> None:
        """Creates the object or brings it to this state: see :meth:`pykorm.Pykorm.apply`."""
        from ._flow import run
        from ._writes import apply_flow

        run(apply_flow(self, self._home(cluster), force))

    async def aapply(self, cluster: str | Cluster | None = None, *, force: bool = False) -> None:
        """:meth:`apply`, under asyncio."""
        from ._flow import arun
        from ._writes import apply_flow

        await arun(apply_flow(self, self._home(cluster), force))

    def delete(
        self,
        cluster: str | Cluster | None = None,
        *,
        propagation: Literal["Background", "Foreground", "Orphan"] | None = None,
        grace_period: int | None = None,
        if_unchanged: bool = False,
        wait: bool | float = False,
    ) -> None:
        """Deletes the object: see :meth:`pykorm.Pykorm.delete`."""
        from ._flow import run
        from ._writes import delete_flow

        options: Any = {"propagation": propagation, "grace_period": grace_period}
        run(delete_flow(self, self._home(cluster), if_unchanged=if_unchanged, wait=wait, **options))

    async def adelete(
        self,
        cluster: str | Cluster | None = None,
        *,
        propagation: Literal["Background", "Foreground", "Orphan"] | None = None,
        grace_period: int | None = None,
        if_unchanged: bool = False,
        wait: bool | float = False,
    ) -> None:
        """:meth:`delete`, under asyncio."""
        from ._flow import arun
        from ._writes import delete_flow

        options: Any = {"propagation": propagation, "grace_period": grace_period}
        await arun(delete_flow(self, self._home(cluster), if_unchanged=if_unchanged, wait=wait, **options))

    def validate(self) -> None:
        """Checks the object by the class's own schema, without sending anything.

        :raises ValidationError: with the causes the API server would name.
        """
        body = self._k8s_dict
        found = [Cause(field, message, reason) for field, reason, message in self._definition().violations(body)]
        if found:
            text = "; ".join(f"{cause.field}: {cause.message}" for cause in found)
            raise ValidationError(f"{self._called()} is invalid: {text}", {"causes": found})

    def refresh(self, cluster: str | Cluster | None = None) -> None:
        """Reads the object anew; changes that were not saved are given up."""
        from ._flow import run
        from ._writes import refresh_flow

        run(refresh_flow(self, self._home(cluster)))

    async def arefresh(self, cluster: str | Cluster | None = None) -> None:
        """:meth:`refresh`, under asyncio."""
        from ._flow import arun
        from ._writes import refresh_flow

        await arun(refresh_flow(self, self._home(cluster)))

    @classmethod
    def _conceals(cls, name: str) -> bool:
        if cls._pykorm_native and cls._pykorm_group == "" and cls._kind() == "Secret":
            field = cls._fields_by_name.get(name)
            return field is None or field._full[0] in ("data", "stringData")
        return False

    def __hash__(self) -> int:
        # The name can be set once only, so it is the one part of the content a hash may rest on.
        values = self.__dict__
        if "_hash" not in values:
            values["_hash"] = hash((type(self), self.name))
        found: int = values["_hash"]
        return found

    def __eq__(self, other: object) -> bool:
        return ModelMixin.__eq__(self, other)

    def __copy__(self: Model) -> Model:
        """The same object once more, in the same cluster."""
        made = self.__class__.__new__(self.__class__)
        made.__dict__.update(self._own_state(), **{n: self.__dict__[n] for n in _SHARED if n in self.__dict__})
        return made

    def __deepcopy__(self: Model, memo: dict[int, Any]) -> Model:
        made = copy.copy(self)
        memo[id(self)] = made
        made.__dict__.update({n: copy.deepcopy(v, memo) for n, v in made.__dict__.items() if n not in _SHARED})
        return made

    def _own_state(self) -> dict[str, Any]:
        """What this object holds and a copy is to hold, but for what was read and where."""
        state = {name: value for name, value in self.__dict__.items() if name not in (*_SHARED, "_hash", "_saving")}
        for name in ("_implied", "_related", "_assigned"):  # what a copy notes there is not about this object
            if name in state:
                state[name] = copy.copy(state[name])
        return state

    def __getstate__(self) -> dict[str, Any]:
        """For pickle: the object as it was read and what was changed; never the connection.

        What is made of it is saved in whatever cluster it is given, if that is where the very object is.
        """
        state = self._own_state()
        source = self.__dict__.get("_source")
        if source is not None:
            state["_raw"] = source.to_dict() if hasattr(source, "to_dict") else source._raw
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        values = dict(state)
        raw = values.pop("_raw", None)
        self.__dict__.update(values)
        if raw is not None:
            self.__dict__["_source"] = _native.Source(raw)


class NamespacedModel(PykormModel):
    """An object that lives in a namespace."""

    namespace: fields.Metadata[str] = fields.Metadata("namespace")

    _namespaced = True


class ClusterModel(PykormModel):
    """An object of the whole cluster, in no namespace."""


def _merge(target: dict[str, Any], addition: dict[str, Any]) -> None:
    for key, value in addition.items():
        mine = target.get(key)
        if isinstance(mine, dict) and isinstance(value, dict):
            _merge(mine, value)
        else:
            target[key] = value
