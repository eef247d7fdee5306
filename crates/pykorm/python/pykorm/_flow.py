"""One way through, two faces.

What has to be done is written once, as a generator that yields operations of the native half and gets their results.
:func:`run` drives it by waiting, :func:`arun` by awaiting.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Generator

    from ._native import Operation

    _Flow = Generator[Operation, Any, "T"]

T = TypeVar("T")


def run(flow: _Flow[T]) -> T:
    """Drives a flow to its end, waiting for each operation with the GIL released. Ctrl-C ends the wait."""
    try:
        operation = next(flow)
        while True:
            try:
                result = operation.wait()
            except BaseException as error:
                operation = flow.throw(error)
            else:
                operation = flow.send(result)
    except StopIteration as end:
        value: T = end.value
        return value


async def arun(flow: _Flow[T]) -> T:
    """Drives a flow to its end under asyncio. Cancelling the task cancels the operation that is under way."""
    try:
        operation = next(flow)
        while True:
            try:
                result = await awaited(operation)
            except BaseException as error:
                operation = flow.throw(error)
            else:
                operation = flow.send(result)
    except StopIteration as end:
        value: T = end.value
        return value


async def awaited(operation: Operation) -> Any:
    """The result of one operation."""
    import asyncio

    loop = asyncio.get_running_loop()
    future: asyncio.Future[Any] = loop.create_future()

    def done(result: Any, error: BaseException | None) -> None:
        # Called from a thread of the engine.
        try:
            loop.call_soon_threadsafe(_settle, future, result, error)
        except RuntimeError:
            pass  # the loop was closed meanwhile: nobody waits any more

    operation.start(done)
    try:
        return await future
    finally:
        if not future.done() or future.cancelled():
            operation.cancel()


def _settle(future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)
