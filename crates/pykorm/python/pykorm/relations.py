"""Relations: objects of other kinds that belong to an object, or that it belongs to.

A relation is declared on a class and loaded when a query is asked to include it, one list for each kind::

    class Tree(pykorm.NamespacedModel):
        peaches = pykorm.HasMany(lambda: Peach, field="tree_name")

    class Peach(pykorm.NamespacedModel):
        tree_name: str = pykorm.Spec("treeName")
        tree = pykorm.BelongsTo(Tree, field="tree_name")

    for peach in Peach.query.include(Peach.tree):  # two requests, however many peaches
        print(peach.name, peach.tree)

Reading a relation never sends a request: one that was not loaded raises :class:`~pykorm.exceptions.NotLoaded`.
"""

from __future__ import annotations

import copy
import sys
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from . import _native
from ._paths import put
from .exceptions import FieldError, ModelError, NotLoaded, ReadOnlyException, UsageError
from .fields import DataField

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ._flow import _Flow
    from .clusters import Cluster
    from .models import PykormModel

__all__ = ["BelongsTo", "BelongsToMany", "HasMany", "Relation"]

M = TypeVar("M", bound="PykormModel")


class Relation(ABC, Generic[M]):
    """What the kinds of relations have in common; use :class:`BelongsTo`, :class:`BelongsToMany` or :class:`HasMany`.

    :param target: the class on the other side. One that is defined later is given as ``lambda: Peach``, or by its name.
    """

    def __init__(self, target: type[M] | Callable[[], type[M]] | str, ways: dict[str, Any]) -> None:
        self._target = target
        self.name = ""
        self._owner: Any = None
        given = {way: value for way, value in ways.items() if value is not None and value is not False}
        if len(given) != 1:
            raise ModelError(
                f"{type(self).__name__} needs to know one way in which objects belong together: {' or '.join(ways)}"
            )
        ((self._way, self._by),) = given.items()

    def __set_name__(self, owner: type, name: str) -> None:
        if self._owner is None:
            self._owner, self.name = owner, name

    def __repr__(self) -> str:
        way = self._way if self._by is True else f"{self._way}={self._said_by()}"
        return f"<pykorm/{type(self).__name__}: {self.name} by {way}>"

    @property
    def target(self) -> type[M]:
        """The class on the other side."""
        found: Any = self._target
        if isinstance(found, str):
            module = sys.modules.get(self._owner.__module__) if self._owner is not None else None
            found = getattr(module, found, None)
        elif not isinstance(found, type):
            found = found()
        if not isinstance(found, type) or not hasattr(found, "_pykorm_plural"):
            raise ModelError(
                f"{self._called()}: {self._target!r} is no model that can be found; give the class, or lambda: TheClass"
            )
        self._target = found
        return found

    def is_loaded(self, instance: PykormModel) -> bool:
        """Whether somebody asked for it: ``Peach.tree.is_loaded(peach)``."""
        return self._held(instance) is not None

    def _said_by(self) -> str:
        return str(self._by.name if isinstance(self._by, DataField) else self._by)

    def _called(self) -> str:
        return f"{self._owner.__name__}.{self.name}" if self._owner is not None else repr(self)

    def _own_path(self, model: type[PykormModel]) -> list[str]:
        return _path(model, self._by, self._called())

    @abstractmethod
    def _link(self, model: type[PykormModel]) -> Any:
        """The engine's form of how the objects belong together."""

    def _depends_on(self, model: type[PykormModel]) -> DataField[Any] | None:
        """The field of ours that says what belongs to the object, where there is one."""
        return None

    def _mark(self, instance: PykormModel) -> Any:
        """What the object itself says about what belongs to it."""
        field = self._depends_on(type(instance))
        return None if field is None else copy.deepcopy(field.encode(field.__get__(instance)))

    def _held(self, instance: PykormModel) -> tuple[Any, Any] | None:
        held: tuple[Any, Any] | None = instance.__dict__.get("_related", {}).get(self.name)
        if held is None or held[0] != self._mark(instance):
            return None
        return held

    def _hold(self, instance: PykormModel, value: Any) -> None:
        instance.__dict__.setdefault("_related", {})[self.name] = (self._mark(instance), value)

    def _value(self, instance: PykormModel) -> Any:
        held = self._held(instance)
        if held is not None:
            return held[1]
        model = type(instance).__name__
        stale = self.name in instance.__dict__.get("_related", {})
        why = f"was loaded before {self._said_by()} was changed" if stale else "is not loaded"
        raise NotLoaded(
            f"{instance._called()}: {self.name} {why}; ask for it with {model}.query.include({model}.{self.name}) or "
            f"pk.load([...], {model}.{self.name})"
        )

    def _shape(self, found: list[Any]) -> Any:
        """What was found, as reading the attribute gives it."""
        return tuple(found)

    def _set(self, instance: PykormModel, value: Any) -> None:
        raise ReadOnlyException(
            f"{self._called()} cannot be assigned: which objects belong to it is said on the other side, by "
            f"{self.target.__name__}"
        )

    def __set__(self, instance: PykormModel, value: Any) -> None:
        self._set(instance, value)


class _Belonging(Relation[M]):
    """Relations that the object itself knows of: by an owner reference or by a name."""

    def __init__(
        self,
        target: type[M] | Callable[[], type[M]] | str,
        *,
        owner: bool = False,
        field: str | DataField[Any] | None = None,
        path: str | Iterable[str] | None = None,
        controller: bool | None = None,
        block_deletion: bool | None = None,
    ) -> None:
        super().__init__(target, {"owner": owner, "field": field, "path": path})
        self._controller = controller
        self._block_deletion = block_deletion

    @property
    def is_owner(self) -> bool:
        """Whether the objects belong together by an owner reference."""
        return self._way == "owner"

    def _link(self, model: type[PykormModel]) -> Any:
        return "owner" if self.is_owner else {"names": self._own_path(model)}

    def _depends_on(self, model: type[PykormModel]) -> DataField[Any] | None:
        return _field(model, self._by, self._called()) if self._way == "field" else None

    def _check(self, instance: PykormModel, value: Any) -> None:
        target = self.target
        if not isinstance(value, target):
            raise ModelError(f"{self._called()}: a {target.__name__} is needed, not {value!r}")
        if self.is_owner:
            return
        here, there = getattr(instance, "namespace", None), getattr(value, "namespace", None)
        if not value.name:
            raise ModelError(f"{self._called()}: this {target.__name__} has no name by which it could be referred to")
        if here and there and here != there:
            raise ModelError(
                f"{self._called()}: {value._called()} is in another namespace than {instance._called()}, and a name "
                "cannot lead there"
            )

    def _assign(self, instance: PykormModel, objects: Sequence[Any], names: Any) -> None:
        for value in objects:
            self._check(instance, value)
        if self.is_owner:
            instance.__dict__.setdefault("_assigned", set()).add(self.name)
        else:
            field = self._depends_on(type(instance))
            if field is None:
                raise ReadOnlyException(f"{self._called()} is found by a path that no attribute stands for: set that")
            field.__set__(instance, names)
        self._hold(instance, self._shape(list(objects)))


class BelongsTo(_Belonging[M]):
    """One object of another kind that this one belongs to; None where there is none.

    ::

        tree = pykorm.BelongsTo(Tree, field="tree_name")
        owner = pykorm.BelongsTo(Tree, owner=True)

    It can be assigned. By a name, that sets the field; by owner, the reference is checked and written when the object
    is saved, in place of those to other objects of that kind: an owner must be stored, and be in the same namespace or
    in none.

    :param target: the class of the other one; ``lambda: Tree`` or its name, where it is defined later.
    :param owner: the other one is an owner in ``metadata.ownerReferences``.
    :param field: the attribute of this class that holds the other one's name.
    :param path: where in this object the other one's name is, if no attribute stands for that.
    :param controller: whether a reference that is written says that this owner is the one that controls the object.
    :param block_deletion: whether the owner's foreground deletion waits for this object.
    """

    if TYPE_CHECKING:

        def __set__(self, instance: PykormModel, value: M | None) -> None: ...

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: Any = None) -> BelongsTo[M]: ...
        @overload
        def __get__(self, instance: object, owner: Any = None) -> M | None: ...

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else self._value(instance)

    def _shape(self, found: list[Any]) -> Any:
        return found[0] if found else None

    def _set(self, instance: PykormModel, value: Any) -> None:
        self._assign(
            instance, [] if value is None else [value], None if value is None else getattr(value, "name", None)
        )


class BelongsToMany(_Belonging[M]):
    """Objects of another kind that this one belongs to, as a tuple: by a list of names, or as owners.

    ::

        secrets = pykorm.BelongsToMany(Secret, field="secret_names")

    The parameters are those of :class:`BelongsTo`.
    """

    if TYPE_CHECKING:

        def __set__(self, instance: PykormModel, value: Iterable[M] | None) -> None: ...

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: Any = None) -> BelongsToMany[M]: ...
        @overload
        def __get__(self, instance: object, owner: Any = None) -> tuple[M, ...]: ...

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else self._value(instance)

    def _set(self, instance: PykormModel, value: Any) -> None:
        objects = list(value or ())
        self._assign(instance, objects, [getattr(one, "name", None) for one in objects])


class HasMany(Relation[M]):
    """Objects of another kind that belong to this one, as a tuple.

    ::

        peaches = pykorm.HasMany(lambda: Peach, field="tree_name")
        owned = pykorm.HasMany(lambda: Peach, owner=True)
        pods = pykorm.HasMany(Pod, labels="selector")

    :param target: the class of the others; ``lambda: Peach`` or its name, where it is defined later.
    :param owner: this object is an owner in the others' ``metadata.ownerReferences``.
    :param field: the attribute of the other class that holds this one's name, or a list of names.
    :param path: where in the others this one's name is, if no attribute stands for that, as ``["spec", "nodeName"]``.
    :param selector: the attribute of this class that holds a label selector (``matchLabels``, ``matchExpressions``).
    :param labels: the attribute of this class that holds the labels to have, as in the selector of a Service.
    """

    def __init__(
        self,
        target: type[M] | Callable[[], type[M]] | str,
        *,
        owner: bool = False,
        field: str | DataField[Any] | None = None,
        path: str | Iterable[str] | None = None,
        selector: str | DataField[Any] | None = None,
        labels: str | DataField[Any] | None = None,
    ) -> None:
        super().__init__(target, {"owner": owner, "field": field, "path": path, "selector": selector, "labels": labels})

    def _link(self, model: type[PykormModel]) -> Any:
        if self._way == "owner":
            return "owned_by"
        if self._way in ("field", "path"):
            return {"named_by": _path(self.target, self._by, self._called())}
        return {self._way: self._own_path(model)}

    def _depends_on(self, model: type[PykormModel]) -> DataField[Any] | None:
        return _field(model, self._by, self._called()) if self._way in ("selector", "labels") else None

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: Any = None) -> HasMany[M]: ...
        @overload
        def __get__(self, instance: object, owner: Any = None) -> tuple[M, ...]: ...

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else self._value(instance)


def _field(model: type[PykormModel], by: Any, called: str) -> DataField[Any]:
    name = by.name if isinstance(by, DataField) else by
    found = model._fields_by_name.get(name)
    if found is None:
        raise ModelError(f"{called}: {model.__name__} has no field {name!r}; it has {', '.join(model._fields_by_name)}")
    return found


def _path(model: type[PykormModel], by: Any, called: str) -> list[str]:
    """The path of an attribute given by its name, or a path given as such."""
    if isinstance(by, (str, DataField)):
        return _field(model, by, called).fullpath
    return list(by)


def relation_of(model: type[PykormModel], relation: str | Relation[Any]) -> Relation[Any]:
    """A relation of a class, given as such or by its name."""
    name = relation.name if isinstance(relation, Relation) else relation
    found = model._relations.get(name)
    if found is None or (isinstance(relation, Relation) and found is not relation):
        known = ", ".join(model._relations) or "none"
        raise FieldError(f"{model.__name__} has no relation {name!r}; it has {known}")
    return found


Tree = dict[str, Any]


def tree_of(model: type[PykormModel], relations: Iterable[str | Relation[Any]]) -> Tree:
    """Relations, of which some lead on with ``__``, as a tree: ``tree__orchard`` is ``{"tree": {"orchard": {}}}``."""
    tree: Tree = {}
    for relation in relations:
        at, inner = tree, model
        for name in [relation] if isinstance(relation, Relation) else relation.split("__"):
            found = relation_of(inner, name)
            at = at.setdefault(found.name, {})
            inner = found.target
    return tree


def load_flow(objects: Sequence[PykormModel], tree: Tree, target: Cluster) -> _Flow[None]:
    """Loads relations of objects of one class: for each kind one list, joined by the engine."""
    if not objects or not tree:
        return
    model = type(objects[0])
    relations = [model._relations[name] for name in tree]
    asked = [(relation._link(model), relation.target._definition()) for relation in relations]
    native = yield from target._connected()
    kinds = yield _native.belonging(native, [_described(obj, relations) for obj in objects], asked)
    found: dict[str, list[PykormModel]] = {name: [] for name in tree}
    for sources, joined in kinds:
        made: dict[int, PykormModel] = {}  # an object that several belong to is one object
        for place, belonging in joined:
            relation = relations[place]
            for obj, places in zip(objects, belonging, strict=True):
                for at in places:
                    if at not in made:
                        made[at] = relation.target._from_source(sources[at], target)
                relation._hold(obj, relation._shape([made[at] for at in places]))
            used = sorted({at for places in belonging for at in places})
            found[relation.name] = [made[at] for at in used]
    for name, below in tree.items():
        yield from load_flow(found[name], below, target)


def _described(obj: PykormModel, relations: Sequence[Relation[Any]]) -> Any:
    """An object as the engine joins it: as it was read, or of what it is now no more than joins it.

    Attributes that have nothing to do with it are not looked at: one of them may hold what cannot be read.
    """
    model = type(obj)
    values = obj.__dict__
    source = values.get("_source")
    depends = [(relation, relation._depends_on(model)) for relation in relations]
    if isinstance(source, _native.Source) and not any(
        field is not None and field.name in values for _, field in depends
    ):
        return source
    metadata = {key: obj._stored(key) for key in ("uid", "ownerReferences")}
    metadata.update({key: getattr(obj, key, None) for key in ("name", "namespace")})
    body: dict[str, Any] = {"metadata": {key: value for key, value in metadata.items() if value is not None}}
    for relation, field in depends:
        if field is not None:
            put(body, field._full, relation._mark(obj))
        elif source is not None and relation._way == "path" and isinstance(relation, _Belonging):
            path = tuple(relation._own_path(model))
            put(body, path, source.get(path, None))
    return body


def owned(obj: PykormModel, body: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """``body`` with the owners that these relations hold, checked."""
    wanted: dict[Any, list[tuple[Any, list[Any]]]] = {}
    for name in names:
        relation: Any = obj._relations[name]
        held = obj.__dict__["_related"][name][1]
        owners = [] if held is None else list(held) if isinstance(held, tuple) else [held]
        wanted.setdefault(relation.target, []).append((relation, owners))
    for model, parts in wanted.items():
        first = parts[0][0]
        owners = [_identity(owner) for _, several in parts for owner in several]
        try:
            body = _native.with_owners(body, model._definition(), owners, first._controller, first._block_deletion)
        except UsageError as error:
            raise UsageError(f"{obj._called()}: {first.name}: {error}") from None
    return body


def _identity(owner: PykormModel) -> dict[str, Any]:
    metadata = {"name": owner.name, "namespace": getattr(owner, "namespace", None), "uid": owner._stored("uid")}
    return {"metadata": {key: value for key, value in metadata.items() if value is not None}}
