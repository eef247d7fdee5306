"""A record of the requests that are sent, for tests and for the curious."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, overload

from ._flow import arun

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from . import _native
    from .clusters import Cluster

__all__ = ["Request", "Requests"]


class Request(NamedTuple):
    """One request, each attempt of it."""

    method: str
    """The HTTP method."""
    path: str
    """Path and query."""
    body: str
    """What was sent."""
    status: int | None
    """The HTTP status; None if no answer came."""

    def __repr__(self) -> str:
        # Without the body: it may be a Secret.
        return f"<Request {self.method} {self.path} -> {self.status}>"

    @property
    def line(self) -> str:
        """Method and path without the query, as ``GET /api/v1/namespaces``."""
        return f"{self.method} {self.path.partition('?')[0]}"


class Requests:
    """The requests of a cluster while a ``with`` block lasts; a sequence of :class:`Request`.

    ::

        with cluster.requests() as sent:
            peach.save(cluster)
        assert [request.method for request in sent] == ["PATCH"]

    Handles derived from the cluster are recorded too, and so are other threads.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._log: _native.RequestLog | None = None
        self._seen: list[Request] = []

    def __enter__(self) -> Requests:
        self._log = self._cluster._now().record()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        log, self._log = self._log, None
        if log is not None:
            self._seen.extend(Request(*found) for found in log.end())

    async def __aenter__(self) -> Requests:
        self._log = (await arun(self._cluster._connected())).record()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, trace)

    def _read(self) -> list[Request]:
        if self._log is not None:
            self._seen.extend(Request(*found) for found in self._log.take())
        return self._seen

    def clear(self) -> None:
        """Forgets what was recorded so far."""
        self._read().clear()

    def lines(self) -> list[str]:
        """Of each request method and path, without the query."""
        return [request.line for request in self._read()]

    def __len__(self) -> int:
        return len(self._read())

    def __iter__(self) -> Iterator[Request]:
        return iter(list(self._read()))

    @overload
    def __getitem__(self, index: int) -> Request: ...
    @overload
    def __getitem__(self, index: slice) -> list[Request]: ...
    def __getitem__(self, index: int | slice) -> Request | list[Request]:
        return self._read()[index]

    def __repr__(self) -> str:
        return repr(self._read())
