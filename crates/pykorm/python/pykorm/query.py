"""Queries: lazy, chained without side effects, sent when their result is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, overload

from ._flow import arun, run
from ._hints import unknown
from ._narrowing import Narrowing
from ._rows import ordered, rows, tuples
from .bulk import arun_many, counted, run_many
from .clusters import cluster_of
from .exceptions import ConflictError, DoesNotExist, FieldError, ModelError, MultipleObjectsReturned, NotFound
from .expressions import Q, all_of, lookup, reach, split_name
from .relations import load_flow, tree_of
from .tables import Tabular

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from . import _native
    from ._flow import _Flow
    from .clusters import Cluster
    from .models import PykormModel
    from .watch import Watch

__all__ = ["BaseQuery", "ClusterObjectQuery", "NamespacedObjectQuery"]

#: How many writes of one query are under way at the same time.
_CONCURRENCY = 16

M = TypeVar("M", bound="PykormModel")
Self = TypeVar("Self", bound="BaseQuery[Any]")


class BaseQuery(Narrowing[M], Tabular):
    """The objects of one kind that a program asks for.

    Nothing is sent until the result is looked at: by iterating, by ``len`` or ``bool``, by an index, or by one of
    :meth:`all`, :meth:`first`, :meth:`get`, :meth:`one`, :meth:`count`, :meth:`exists`, :meth:`values`. Iterating,
    ``len`` and ``bool`` on one query share one result; the methods ask anew. Every method that narrows a query gives a
    new one and leaves the old one alone.

    Each method that asks has an asynchronous twin with an ``a`` before its name, for asyncio and trio, and
    ``async for`` iterates. Relations are loaded by :meth:`include`.
    """

    def _target(self) -> Cluster:
        return cluster_of(self._cluster, self._clusters)

    def _options(self, limit: int | None = None) -> dict[str, Any]:
        nodes = [condition.resolve(self._model) for condition in self._conditions]
        stop = self._stop if limit is None else limit if self._stop is None else min(self._stop, self._start + limit)
        orders = [] if self._orders_in_python() else [self._order_of(name) for name in self._order]
        late = bool(self._computed or self._orders_in_python())
        return {
            "where": all_of(nodes) if nodes else None,
            "labels": ",".join(self._labels) or None,
            "fields": ",".join(self._selectors) or None,
            "limit": None if late else stop,
            "order": orders,
        }

    def _is_for_the_engine(self) -> bool:
        """Whether the engine's answer is the result, and nothing of it is left to Python."""
        return not (self._computed or self._orders_in_python() or self._start)

    def _order_of(self, name: str) -> tuple[list[str], bool, str]:
        test = lookup(self._model, f"{name.removeprefix('-')}__eq", None)["test"]
        return test["path"], name.startswith("-"), test.get("compare", "json")

    def _fetch(self, limit: int | None = None) -> _Flow[list[M]]:
        target = self._target()
        native = yield from target._connected()
        model = self._model
        sources = yield native.list(model._definition(), self._options(limit))
        found = [model._from_source(source, target) for source in sources]
        late = bool(self._computed or self._orders_in_python())
        if self._includes and late:  # what is computed in Python may look at them
            yield from load_flow(found, tree_of(model, self._includes), target)
        for name, holds in self._computed:
            found = [item for item in found if holds(getattr(item, name))]
        if self._orders_in_python():
            for name in reversed(self._order):
                found = ordered(model, found, name)
        stop = self._stop if limit is None else (limit if self._stop is None else min(self._stop, self._start + limit))
        found = found[self._start : stop]
        if self._includes and not late:
            yield from load_flow(found, tree_of(model, self._includes), target)
        return found

    def _loaded(self) -> list[M]:
        if self._result is None:
            self._result = run(self._fetch())
        return self._result

    def _query(self) -> list[M]:
        return self.all()

    def all(self) -> list[M]:
        """The objects, as a list.

        Values are looked at when an attribute is read: one that does not fit raises
        :class:`~pykorm.exceptions.DecodeError` there, and hides neither other objects nor other attributes.
        """
        return run(self._fetch())

    async def aall(self) -> list[M]:
        """:meth:`all`, under asyncio."""
        return await arun(self._fetch())

    def _first(self) -> _Flow[M | None]:
        found = yield from self._fetch(limit=1)
        return found[0] if found else None

    def first(self) -> M | None:
        """The first object, or None."""
        return run(self._first())

    async def afirst(self) -> M | None:
        """:meth:`first`, under asyncio."""
        return await arun(self._first())

    def _one(self) -> _Flow[M]:
        found = yield from self._fetch(limit=2)
        if not found:
            raise DoesNotExist(f"there is no such {self._model.__name__}: {self!r}")
        if len(found) > 1:
            raise MultipleObjectsReturned(f"there is more than one such {self._model.__name__}: {self!r}")
        return found[0]

    def one(self) -> M:
        """The only object.

        :raises DoesNotExist: if there is none.
        :raises MultipleObjectsReturned: if there are several.
        """
        return run(self._one())

    async def aone(self) -> M:
        """:meth:`one`, under asyncio."""
        return await arun(self._one())

    def _get(self, name: str) -> _Flow[M | None]:
        model = self._model
        if model._namespaced and self._namespace is None:
            raise ModelError(
                f"Must specify namespace: {model.__name__}.query.filter_by(namespace='default').get({name!r})"
            )
        only_namespace = all(isinstance(c, Q) and set(c._lookups) == {"namespace"} for c in self._conditions)
        if not only_namespace or self._computed or self._labels or self._selectors:
            return (yield from self.filter_by(name=name)._first())
        target = self._target()
        native = yield from target._connected()
        source = yield native.get(model._definition(), self._namespace, name)
        if source is None:
            return None
        found = model._from_source(source, target)
        yield from load_flow([found], tree_of(model, self._includes), target)
        return found

    def get(self, name: str) -> M | None:
        """The object of that name, or None. For a namespaced kind the query must name the namespace."""
        return run(self._get(name))

    async def aget(self, name: str) -> M | None:
        """:meth:`get`, under asyncio."""
        return await arun(self._get(name))

    def _count(self) -> _Flow[int]:
        if self._computed or self._start or self._stop is not None:
            return len((yield from self._alone()._fetch()))
        native = yield from self._target()._connected()
        counted: int = yield native.count(self._model._definition(), self._options())
        return counted

    def count(self) -> int:
        """How many objects there are."""
        return run(self._count())

    async def acount(self) -> int:
        """:meth:`count`, under asyncio."""
        return await arun(self._count())

    def _exists(self) -> _Flow[bool]:
        return bool((yield from self._alone()._fetch(limit=1)))

    def exists(self) -> bool:
        """Whether there is any object."""
        return run(self._exists())

    async def aexists(self) -> bool:
        """:meth:`exists`, under asyncio."""
        return await arun(self._exists())

    def values(self, *names: str) -> list[dict[str, Any]]:
        """Of each object a dict of these attributes; of all that have a value, if none are named."""
        self._check_names(names)
        return rows(self._model, self.all(), names)

    async def avalues(self, *names: str) -> list[dict[str, Any]]:
        """:meth:`values`, under asyncio."""
        self._check_names(names)
        return rows(self._model, await self.aall(), names)

    def values_list(self, *names: str, flat: bool = False) -> list[Any]:
        """Of each object a tuple of these attributes; with ``flat``, of one attribute its bare values."""
        self._check_flat(names, flat)
        return tuples(self._model, self.all(), names, flat)

    async def avalues_list(self, *names: str, flat: bool = False) -> list[Any]:
        """:meth:`values_list`, under asyncio."""
        self._check_flat(names, flat)
        return tuples(self._model, await self.aall(), names, flat)

    def _check_names(self, names: tuple[str, ...]) -> None:
        model = self._model
        for name in names:
            attribute, inside = split_name(model, name)
            if attribute not in model._properties:
                reach(model, name, attribute, inside)

    def _check_flat(self, names: tuple[str, ...], flat: bool) -> None:
        if flat and len(names) != 1:
            raise FieldError("values_list(flat=True) needs exactly one name")
        if not names:
            raise FieldError("values_list needs the names of attributes")
        self._check_names(names)

    def _delete_one(self, target: Cluster) -> Callable[[Any], _Flow[None]]:
        from ._writes import delete_flow

        def flow(item: Any) -> _Flow[None]:
            try:
                yield from delete_flow(item, target)
            except NotFound:
                pass  # somebody else was faster, and that is what was wanted

        return flow

    def delete(self) -> int:
        """Deletes the objects, several at a time, and says how many there were.

        Where one cannot be deleted the others are, and then the failure is raised; its ``details["outcomes"]`` has one
        :class:`~pykorm.Outcome` for each object.
        """
        return counted(run_many(self._alone().all(), self._delete_one(self._target()), _CONCURRENCY, False))

    async def adelete(self) -> int:
        """:meth:`delete`, under asyncio."""
        return counted(
            await arun_many(await self._alone().aall(), self._delete_one(self._target()), _CONCURRENCY, False)
        )

    def _update_one(self, target: Cluster, values: dict[str, Any]) -> Callable[[Any], _Flow[None]]:
        from ._writes import save_flow, update_flow

        wrong = [name for name in values if name not in self._model._fields_by_name]
        if wrong:
            raise FieldError(
                f"{self._model.__name__} has no attribute {unknown(wrong[0], self._model._fields_by_name)}"
            )

        def change(item: Any) -> None:
            for name, value in values.items():
                setattr(item, name, value)

        def flow(item: Any) -> _Flow[None]:
            change(item)
            try:
                yield from save_flow(item, target)
            except ConflictError:
                yield from update_flow(item, change, target, 10)

        return flow

    def update(self, **values: Any) -> int:
        """Sets these attributes on all objects and saves them, several at a time; says how many there were.

        Each is saved as :meth:`pykorm.Pykorm.save` does, so that objects that have the values already are not sent;
        where somebody else changed the same attributes meanwhile, again on what they are then. Where one cannot be
        saved the others are, and then the failure is raised; its ``details["outcomes"]`` has one
        :class:`~pykorm.Outcome` for each object.
        """
        flow = self._update_one(self._target(), values)
        return counted(run_many(self._alone().all(), flow, _CONCURRENCY, False))

    async def aupdate(self, **values: Any) -> int:
        """:meth:`update`, under asyncio."""
        flow = self._update_one(self._target(), values)
        return counted(await arun_many(await self._alone().aall(), flow, _CONCURRENCY, False))

    def _explain(self) -> _Flow[str]:
        native: _native.Cluster = yield from self._target()._connected()
        text: str = yield native.explain(self._model._definition(), self._options())
        if self._computed:
            text += f"\nin Python: {', '.join(name for name, _ in self._computed)} (properties)"
        if self._orders_in_python():
            text += f"\nin Python: ordered by {', '.join(self._order)}"
        for name in tree_of(self._model, self._includes):
            relation = self._model._relations[name]
            text = f"{text.rstrip()}\nthen load {name}: one list of {relation.target._pykorm_plural}"
        return text

    def explain(self) -> str:
        """The requests this query would send, and what is left to be evaluated here. Lists nothing."""
        return run(self._explain())

    async def aexplain(self) -> str:
        """:meth:`explain`, under asyncio."""
        return await arun(self._explain())

    def watch(self, *, existing: bool = True) -> Watch[M]:
        """The changes of these objects, as they happen: an iterator of events, see :class:`~pykorm.watch.Watch`.

        :param existing: whether the objects that are there already come first, each as an added one.
        """
        from .watch import Watch

        if self._computed or self._order or self._includes or self._start or self._stop is not None:
            raise FieldError("a watch follows conditions on fields only: no properties, order, slices or relations")
        return Watch(self, existing=existing)

    def __iter__(self) -> Iterator[M]:
        return iter(self._loaded())

    async def __aiter__(self) -> AsyncIterator[M]:
        if self._result is None:
            self._result = await arun(self._fetch())
        for item in self._result:
            yield item

    def __len__(self) -> int:
        return len(self._loaded())

    def __bool__(self) -> bool:
        if self._result is not None:
            return bool(self._result)
        return self.exists()

    @overload
    def __getitem__(self: Self, index: slice) -> Self: ...
    @overload
    def __getitem__(self, index: int) -> M: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            if index.step is not None or (index.start or 0) < 0 or (index.stop or 0) < 0:
                raise FieldError("a query can be sliced from the front only, and without a step: [:10] or [10:20]")
            return self._sliced(index.start or 0, index.stop)
        if not isinstance(index, int):
            raise TypeError(f"a query is indexed by numbers and slices, as [0] or [:10], not by {index!r}")
        if self._result is not None:
            found = self._result[index : index + 1 or None]
        else:
            found = self._loaded()[index : index + 1 or None] if index < 0 else self._sliced(index, index + 1).all()
        if not found:
            raise IndexError(f"there is no object {index} in {self!r}")
        return found[0]


class NamespacedObjectQuery(BaseQuery[M]):
    """A query for objects that live in namespaces."""


class ClusterObjectQuery(BaseQuery[M]):
    """A query for objects of the whole cluster."""
