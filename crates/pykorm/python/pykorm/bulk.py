"""Many objects at once: bounded concurrency, one outcome per object, in the order they were given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ._flow import _Flow

__all__ = ["Outcome"]


class Outcome(NamedTuple):
    """What became of one object of many."""

    object: Any
    """The object."""
    error: Exception | None
    """Why it failed; None if it did not."""

    @property
    def ok(self) -> bool:
        """Whether it succeeded."""
        return self.error is None


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


def run_many(
    objects: Sequence[Any],
    flow_of: Callable[[Any], _Flow[Any]],
    concurrency: int,
    progress: bool | Callable[[int, int], Any],
) -> list[Outcome]:
    """Drives a flow for each object, so many at the same time, waiting for all of them."""
    import queue

    ready: queue.SimpleQueue[tuple[int, Any, BaseException | None]] = queue.SimpleQueue()
    flows: dict[int, tuple[_Flow[Any], Any]] = {}
    outcomes: list[Outcome | None] = [None] * len(objects)
    tally = _Tally(len(objects), progress)
    waiting = iter(range(len(objects)))

    def advance(at: int, flow: _Flow[Any], result: Any, error: BaseException | None) -> bool:
        """Takes one flow as far as its next operation; false if it has come to its end."""
        try:
            operation = flow.send(result) if error is None else flow.throw(error)
        except StopIteration:
            outcomes[at] = Outcome(objects[at], None)
        except Exception as failure:
            outcomes[at] = Outcome(objects[at], failure)
        else:
            flows[at] = (flow, operation)
            operation.start(lambda result, error: ready.put((at, result, error)))
            return True
        tally.one()
        return False

    def begin() -> None:
        """Begins with the next object that has something to send."""
        for at in waiting:
            if advance(at, flow_of(objects[at]), None, None):
                return

    try:
        for _ in range(max(concurrency, 1)):
            begin()
        while flows:
            at, result, error = ready.get()
            flow, _ = flows.pop(at)
            if not advance(at, flow, result, error):
                begin()
    except BaseException:
        for _, operation in flows.values():
            operation.cancel()
        raise
    return [outcome for outcome in outcomes if outcome is not None]


async def arun_many(
    objects: Sequence[Any],
    flow_of: Callable[[Any], _Flow[Any]],
    concurrency: int,
    progress: bool | Callable[[int, int], Any],
) -> list[Outcome]:
    """:func:`run_many`, under asyncio."""
    import asyncio

    from ._flow import arun

    gate = asyncio.Semaphore(max(concurrency, 1))
    tally = _Tally(len(objects), progress)

    async def one(item: Any) -> Outcome:
        async with gate:
            try:
                await arun(flow_of(item))
            except Exception as failure:
                return Outcome(item, failure)
            finally:
                tally.one()
        return Outcome(item, None)

    return list(await asyncio.gather(*(one(item) for item in objects)))


def counted(outcomes: list[Outcome]) -> int:
    """How many succeeded, if all did; the first failure otherwise."""
    failures = [outcome.error for outcome in outcomes if outcome.error is not None]
    if failures:
        raise failures[0]
    return len(outcomes)
