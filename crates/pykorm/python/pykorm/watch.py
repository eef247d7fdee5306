"""Watches: the changes of a query's objects, as they happen."""

from __future__ import annotations

from types import GenericAlias
from typing import TYPE_CHECKING, Any, Generic, Literal, NamedTuple, TypeVar

from ._flow import arun, run

if TYPE_CHECKING:
    from types import TracebackType

    from . import _native
    from ._flow import _Flow
    from .models import PykormModel
    from .query import BaseQuery

__all__ = ["Event", "Watch"]

M = TypeVar("M", bound="PykormModel")


if TYPE_CHECKING:
    # Named tuples can be generic since Python 3.11 only.
    class _Event(NamedTuple, Generic[M]):
        type: Literal["added", "modified", "deleted", "synced"]
        object: M | None

else:

    class _Event(NamedTuple):
        type: str
        object: Any

        __class_getitem__ = classmethod(GenericAlias)


class Event(_Event[M]):
    """One change of one object.

    ``type`` is ``added``, ``modified`` or ``deleted``; or ``synced``, once, when all objects that were there already
    have come. ``object`` is the object as it is now; of a deleted one, as it was last; None for ``synced``.
    """

    __slots__ = ()


class Watch(Generic[M]):
    """An iterator over :class:`Event`; it goes on until it is closed, and carries on where a connection was cut.

    ::

        with Peach.query.filter(variety="Frost").watch() as watch:
            for event in watch:
                print(event.type, event.object)

    Under asyncio, ``async for`` iterates. Waiting releases the GIL, and Ctrl-C ends it.
    """

    def __init__(self, query: BaseQuery[M], *, existing: bool) -> None:
        self._query = query
        self._silent = not existing
        self._stream: _native.EventStream | None = None
        self._closed = False

    def _next(self) -> _Flow[Event[M] | None]:
        query = self._query
        target = query._target()
        if self._stream is None and not self._closed:
            native = yield from target._connected()
            self._stream = yield native.watch(query._model._definition(), query._options())
        while self._stream is not None:
            found = yield self._stream.next()
            if found is None:
                self.close()
                break
            kind, source = found
            if kind == "synced":
                self._silent = False
            elif self._silent:
                continue
            return Event(kind, None if source is None else query._model._from_source(source, target))
        return None

    def __iter__(self) -> Watch[M]:
        return self

    def __next__(self) -> Event[M]:
        event = run(self._next())
        if event is None:
            raise StopIteration
        return event

    def __aiter__(self) -> Watch[M]:
        return self

    async def __anext__(self) -> Event[M]:
        event = await arun(self._next())
        if event is None:
            raise StopAsyncIteration
        return event

    def close(self) -> None:
        """Ends the watch; what waits for the next event ends as well."""
        self._closed = True
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()

    def __enter__(self) -> Watch[M]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def __aenter__(self) -> Watch[M]:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
