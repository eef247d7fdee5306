"""The asynchronous twins under trio."""

from __future__ import annotations

import asyncio

import pykorm
import pytest
from conftest import group
from pykorm.exceptions import Invalid, NotFound

trio = pytest.importorskip("trio", reason="trio is not installed")


@pykorm.k8s_custom_object(group("trio"), "v1", "peaches")
class Peach(pykorm.NamespacedModel):
    variety: str = pykorm.Spec("variety")
    price: int = pykorm.Spec("price", default=1, schema={"minimum": 0})


KINDS = (Peach,)


def peach(name="cake", **attributes):
    return Peach(namespace="default", name=name, **{"variety": "Frost", **attributes})


def test_a_program_under_trio(here):
    async def main():
        pk = pykorm.Pykorm(here)
        await pk.ainstall(Peach)
        mine = peach()
        await pk.asave(mine)
        await pk.aupdate(mine, lambda peach: setattr(peach, "price", 7))
        assert [found.price async for found in pk.query(Peach)] == [7]
        with pytest.raises(NotFound):
            await pk.adelete(peach("zork"))
        seen = []
        outcomes = await pk.asave_all(
            [peach(f"p{n}", price=n - 1) for n in range(20)], concurrency=4, progress=lambda *done: seen.append(done)
        )
        assert [outcome.ok for outcome in outcomes] == [False] + [True] * 19
        assert isinstance(outcomes[0].error, Invalid)
        assert seen == [(n, 20) for n in range(1, 21)]
        answers = await pykorm.Clusters({"a": here, "b": pykorm.embedded()}).aquery(Peach.query)
        assert (len(answers), [name for name, _ in answers.failures()]) == (20, ["b"])

    trio.run(main)


def test_watching_beside_other_tasks_and_cancelling(here):
    async def main():
        names = []

        async def follow(task_status):
            async with Peach.query.using(here).watch() as watch:
                async for event in watch:
                    if event.type == "synced":
                        task_status.started()
                    else:
                        names.append(event.object.name)
                    if len(names) == 2:
                        return

        async with trio.open_nursery() as nursery:
            await nursery.start(lambda task_status: follow(task_status))
            for name in ("a", "b"):
                await peach(name).asave(here)
        assert names == ["a", "b"]

        with trio.move_on_after(0.1) as scope:
            async for _ in Peach.query.using(here).watch(existing=False):
                pass
        assert scope.cancelled_caught
        here.faults.on(times=None).hang()
        with trio.move_on_after(0.1) as scope:
            await pykorm.Pykorm(here).asave_all([peach(f"x{n}") for n in range(5)])
        assert scope.cancelled_caught
        here.faults.calm()
        assert await Peach.query.using(here).acount() == 2

    trio.run(main)


def test_asyncio_goes_on_where_trio_is_imported(here):
    async def main():
        assert await Peach.query.using(here).acount() == 0

    asyncio.run(main())
