"""Many objects at once: bounded concurrency, one outcome per object, in the order they were given."""

from __future__ import annotations

from types import GenericAlias
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from .exceptions import OutcomeUnknown, PykormError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Literal

    from ._flow import _Flow
    from ._native import Operation

    #: Which object, and the result or the failure of its operation.
    _Arrived = tuple[int, Any, BaseException | None]

__all__ = ["Outcome"]

T = TypeVar("T")

if TYPE_CHECKING:
    # Named tuples can be generic since Python 3.11 only.
    class _Outcome(NamedTuple, Generic[T]):
        object: T
        error: Exception | None

else:

    class _Outcome(NamedTuple):
        object: Any
        error: Exception | None

        __class_getitem__ = classmethod(GenericAlias)


class Outcome(_Outcome[T]):
    """What became of one object of many: the ``object``, and the ``error`` why it failed, None if it did not."""

    __slots__ = ()

    @property
    def ok(self) -> bool:
        """Whether it succeeded."""
        return self.error is None

    @property
    def kind(self) -> Literal["done", "rejected", "unknown"]:
        """``unknown`` where the answer was lost, so that nobody can tell whether it happened: read the object again."""
        if self.error is None:
            return "done"
        return "unknown" if isinstance(self.error, OutcomeUnknown) else "rejected"


class _Tally:
    """Counts what is done, and shows it if somebody wants to see it."""

    def __init__(self, total: int, progress: bool | Callable[[int, int], Any]) -> None:
        self._total = total
        self._done = 0
        self._tell: Callable[[int, int], Any] | None = _bar if progress is True else (progress or None)

    def one(self) -> None:
        self._done += 1
        if self._tell is not None:
            self._tell(self._done, self._total)


def _bar(done: int, total: int) -> None:
    """A bar on the terminal's error output; nothing where that is no terminal."""
    import sys

    if not sys.stderr.isatty():
        return
    width = 40
    filled = width * done // max(total, 1)
    end = "\n" if done == total else ""
    sys.stderr.write(f"\r[{'#' * filled}{'.' * (width - filled)}] {done}/{total}{end}")
    sys.stderr.flush()


class _Many:
    """Flows for many objects, of which so many are under way at the same time.

    :param arrived: called, from whatever thread, with what :meth:`take` is to be called with.
    """

    def __init__(
        self,
        objects: Sequence[Any],
        flow_of: Callable[[Any], _Flow[Any]],
        progress: bool | Callable[[int, int], Any],
        arrived: Callable[[_Arrived], Any],
    ) -> None:
        self._objects = objects
        self._flow_of = flow_of
        self._arrived = arrived
        self._outcomes: list[Outcome[Any] | None] = [None] * len(objects)
        self._tally = _Tally(len(objects), progress)
        self._waiting = iter(range(len(objects)))
        self.running: dict[int, tuple[_Flow[Any], Operation]] = {}

    def begin(self) -> None:
        """Begins with the next object that has something to send."""
        for at in self._waiting:
            if self._advance(at, self._flow_of(self._objects[at]), None, None):
                return

    def take(self, at: int, result: Any, error: BaseException | None) -> None:
        """Goes on with the flow whose operation has come to its end."""
        flow, _ = self.running.pop(at)
        if not self._advance(at, flow, result, error):
            self.begin()

    def _advance(self, at: int, flow: _Flow[Any], result: Any, error: BaseException | None) -> bool:
        """Takes one flow as far as its next operation; false if it has come to its end."""
        try:
            operation = flow.send(result) if error is None else flow.throw(error)
        except StopIteration:
            self._outcomes[at] = Outcome(self._objects[at], None)
        except Exception as failure:
            self._outcomes[at] = Outcome(self._objects[at], failure)
        else:
            self.running[at] = (flow, operation)
            operation.start(lambda result, error: self._arrived((at, result, error)))
            return True
        self._tally.one()
        return False

    def give_up(self) -> None:
        """Cancels what is under way."""
        for _, operation in self.running.values():
            operation.cancel()

    def outcomes(self) -> list[Outcome[Any]]:
        """One outcome for each object, in their order."""
        return [outcome for outcome in self._outcomes if outcome is not None]


def run_many(
    objects: Sequence[T],
    flow_of: Callable[[Any], _Flow[Any]],
    concurrency: int,
    progress: bool | Callable[[int, int], Any],
) -> list[Outcome[T]]:
    """Drives a flow for each object, so many at the same time, waiting for all of them."""
    import queue

    arrived: queue.SimpleQueue[_Arrived] = queue.SimpleQueue()
    many = _Many(objects, flow_of, progress, arrived.put)
    try:
        for _ in range(max(concurrency, 1)):
            many.begin()
        while many.running:
            many.take(*arrived.get())
    except BaseException:
        many.give_up()
        raise
    return many.outcomes()


async def arun_many(
    objects: Sequence[T],
    flow_of: Callable[[Any], _Flow[Any]],
    concurrency: int,
    progress: bool | Callable[[int, int], Any],
) -> list[Outcome[T]]:
    """:func:`run_many`, awaited."""
    import queue

    from ._flow import called_back

    arrived: queue.SimpleQueue[_Arrived] = queue.SimpleQueue()
    bell: list[Callable[[Any, BaseException | None], None]] = []

    def ring(found: _Arrived) -> None:
        arrived.put(found)
        for wake in tuple(bell):
            wake(None, None)

    def listen(wake: Callable[[Any, BaseException | None], None]) -> None:
        bell.append(wake)
        if not arrived.empty():  # it came before anybody listened
            wake(None, None)

    many = _Many(objects, flow_of, progress, ring)
    try:
        for _ in range(max(concurrency, 1)):
            many.begin()
        while many.running:
            if arrived.empty():
                await called_back(listen, bell.clear)
                bell.clear()
            many.take(*arrived.get())
    except BaseException:
        many.give_up()
        raise
    return many.outcomes()


def counted(outcomes: list[Outcome[Any]]) -> int:
    """How many succeeded, if all did; the first failure otherwise, which knows all outcomes."""
    failures = [outcome.error for outcome in outcomes if outcome.error is not None]
    if failures:
        first = failures[0]
        if isinstance(first, PykormError):
            first.details = {**first.details, "outcomes": outcomes}
        raise first
    return len(outcomes)
