"""Waiting for the engine under trio."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import trio

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._flow import _Done


def is_running() -> bool:
    """Whether the code that asks runs under trio; both it and asyncio may be imported."""
    try:
        trio.lowlevel.current_task()
    except RuntimeError:
        return False
    return True


async def called_back(start: Callable[[_Done], Any], cancel: Callable[[], Any]) -> Any:
    """What :func:`pykorm._flow.called_back` is for asyncio."""
    task = trio.lowlevel.current_task()
    token = trio.lowlevel.current_trio_token()
    results: list[tuple[Any, BaseException | None]] = []
    sleeping = True

    def wake() -> None:
        nonlocal sleeping
        if sleeping:
            sleeping = False
            trio.lowlevel.reschedule(task)

    def done(result: Any, error: BaseException | None) -> None:
        results.append((result, error))
        try:
            token.run_sync_soon(wake)
        except trio.RunFinishedError:
            pass  # nobody waits any more

    def give_up(_: Any) -> trio.lowlevel.Abort:
        nonlocal sleeping
        sleeping = False
        cancel()
        return trio.lowlevel.Abort.SUCCEEDED

    await trio.lowlevel.checkpoint_if_cancelled()
    start(done)
    await trio.lowlevel.wait_task_rescheduled(give_up)
    result, error = results[0]
    if error is not None:
        raise error
    return result
