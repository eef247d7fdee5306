"""Faults on purpose: what happens in production once a month, exactly when a test says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from . import _native

__all__ = ["Fault", "Faults", "Trigger"]


class Fault(NamedTuple):
    """A fault that met a request."""

    method: str
    """The request's HTTP method."""
    path: str
    """Its path and query."""
    fault: str
    """What went wrong, in words."""


class Faults:
    """The faults of one connection: none, until :meth:`on` says otherwise.

    ::

        cluster.faults.on("write").lose_answer()  # the next write is carried out, and nobody is told
        cluster.faults.on("read", path="/peaches", times=3).answer(503)
        cluster.faults.on("watch", times=None).cut_stream(after_lines=2)

    Of several rules about a request, the one that was added first meets it.
    """

    def __init__(self, native: _native.Faults) -> None:
        self._native = native

    def on(
        self,
        requests: Literal["read", "write", "watch"] | None = None,
        *,
        method: str | None = None,
        path: str | None = None,
        query: str | None = None,
        after: int = 0,
        times: int | None = 1,
        chance: tuple[int, int] | None = None,
    ) -> Trigger:
        """A rule in the making: which requests are met. What goes wrong with them is said by the method that follows.

        :param requests: watches, other reads, or writes; any unless given.
        :param method: the HTTP method.
        :param path: a part of the path, as ``"/peaches/"``.
        :param query: a part of the query as it is sent, as ``"continue="``.
        :param after: so many requests are let through first.
        :param times: so many are met; None means all.
        :param chance: of those that would be met so many of a thousand are, drawn from a seed: ``(250, 7)``.
        """
        rule = {
            "requests": requests,
            "method": method,
            "path": path,
            "query": query,
            "after": after,
            "times": times,
            "chance": None if chance is None else list(chance),
        }
        return Trigger(self._native, rule)

    def calm(self) -> None:
        """No faults any more. Answers that are under way keep theirs."""
        self._native.calm()

    @property
    def waiting(self) -> int:
        """How many rules still wait for requests; those with ``times=None`` are not counted."""
        return self._native.waiting()

    @property
    def injected(self) -> list[Fault]:
        """What went wrong so far, in the order of the requests."""
        return [Fault(*found) for found in self._native.injected()]

    def __repr__(self) -> str:
        return f"<Faults: {len(self.injected)} injected, {self.waiting} rules waiting>"


class Trigger:
    """A rule that :meth:`Faults.on` began; each method says what goes wrong, and adds it."""

    def __init__(self, native: _native.Faults, rule: Mapping[str, Any]) -> None:
        self._native = native
        self._rule = rule

    def _inject(self, fault: Any) -> None:
        self._native.add(self._rule, fault)

    def unreachable(self) -> None:
        """The connection breaks before the server sees the request."""
        self._inject("unreachable")

    def lose_answer(self) -> None:
        """The server carries the request out; the connection breaks before its answer arrives."""
        self._inject("lose_answer")

    def hang(self) -> None:
        """The server never sees the request, and nothing ever answers it."""
        self._inject("hang")

    def delay(self, seconds: float) -> None:
        """The request reaches the server only after this time."""
        self._inject({"delay": float(seconds)})

    def answer(self, status: int, *, retry_after: int | None = None, after_applying: bool = False) -> None:
        """Somebody answers in the server's place: a proxy, or a server that is overloaded or stopping.

        :param status: the HTTP status code, as 429, 500, 503, 504, 410.
        :param retry_after: the seconds of the header ``Retry-After``.
        :param after_applying: the server carries the request out first.
        """
        self._inject({"answer": [status, retry_after, after_applying]})

    def end_stream(self, after_lines: int = 0) -> None:
        """The body ends cleanly after so many lines, as that of a watch does when a server stops."""
        self._inject({"end": after_lines})

    def cut_stream(self, after_lines: int = 0) -> None:
        """After so many lines comes half a line, and a clean end. A list is one line."""
        self._inject({"cut": after_lines})

    def reset_stream(self, after_lines: int = 0) -> None:
        """After so many lines comes half a line, and the connection breaks."""
        self._inject({"reset": after_lines})

    def stall_stream(self, after_lines: int = 0) -> None:
        """After so many lines nothing comes any more: no line, no end, no error."""
        self._inject({"stall": after_lines})

    def gone_in_stream(self, after_lines: int = 0) -> None:
        """After so many lines a watch says that its resourceVersion is too old (410), and ends."""
        self._inject({"gone": after_lines})

    def insert_event(self, event: Mapping[str, Any], after_lines: int = 0) -> None:
        """After so many lines of a watch comes this event, which the server never sent."""
        self._inject({"insert": [after_lines, dict(event)]})
