"""One way through, two faces.

What has to be done is written once, as a generator that yields operations of the native half and gets their results.
:func:`run` drives it by waiting, :func:`arun` by awaiting, under asyncio or trio.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Generator

    from ._native import Operation

    _Flow = Generator[Operation, Any, "T"]
    _Done = Callable[[Any, BaseException | None], None]

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
    """Drives a flow to its end. Cancelling the task cancels the operation that is under way."""
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
    return await called_back(operation.start, operation.cancel)


async def called_back(start: Callable[[_Done], Any], cancel: Callable[[], Any]) -> Any:
    """Calls ``start(done)`` and waits until ``done(result, error)`` is called, from whatever thread.

    If the task is cancelled meanwhile, ``cancel()`` is called.
    """
    if "trio" in sys.modules:
        from ._trio import called_back as by_trio
        from ._trio import is_running

        if is_running():
            return await by_trio(start, cancel)
    import asyncio

    loop = asyncio.get_running_loop()
    future: asyncio.Future[Any] = loop.create_future()

    def done(result: Any, error: BaseException | None) -> None:
        try:
            loop.call_soon_threadsafe(_settle, future, result, error)
        except RuntimeError:
            pass  # the loop was closed meanwhile: nobody waits any more

    start(done)
    try:
        return await future
    finally:
        if not future.done() or future.cancelled():
            cancel()


def _settle(future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)
