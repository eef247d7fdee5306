"""The asyncio twins."""

from __future__ import annotations

import asyncio
import inspect
import time

import pykorm
import pytest
from pykorm import models, query
from pykorm.exceptions import ConflictError, Timeout


@pykorm.k8s_custom_object("async.example.com", "v1", "peaches")
class Peach(pykorm.NamespacedModel):
    variety: str = pykorm.Spec("variety")
    price: int = pykorm.Spec("price", default=1)


@pytest.mark.parametrize(
    "cls", [pykorm.Pykorm, pykorm.Cluster, models.PykormModel, query.BaseQuery], ids=lambda cls: cls.__name__
)
def test_everything_that_talks_has_a_twin(cls):
    coroutines = {name for name, value in vars(cls).items() if inspect.iscoroutinefunction(value)}
    for name in coroutines - {"__aenter__", "__aexit__", "__anext__"}:
        assert name.startswith("a"), name
        twin = getattr(cls, name[1:] if name != "await_for" else "wait_for")
        here, there = inspect.signature(twin), inspect.signature(getattr(cls, name))
        assert here.parameters.keys() == there.parameters.keys(), name
    talking = {"save", "delete", "apply", "refresh", "install", "load", "all", "first", "one", "get", "count", "exists"}
    talking |= {"values", "values_list", "update", "explain", "save_all", "delete_all"}
    for name in talking & set(vars(cls)):
        assert f"a{name}" in coroutines, name


def test_a_program_under_asyncio():
    async def main():
        cluster = pykorm.embedded()
        pk = pykorm.Pykorm(cluster)
        await pk.ainstall(Peach)
        peaches = Peach.query.using(cluster)

        peach = Peach(namespace="default", name="a", variety="Frost")
        await pk.asave(peach)
        outcomes = await pk.asave_all(
            [Peach(namespace="default", name=f"p-{n}", variety="Redhaven", price=n) for n in range(20)]
        )
        assert all(outcome.ok for outcome in outcomes)

        assert await peaches.acount() == 21
        assert await peaches.filter(variety="Frost").aexists()
        assert (await peaches.order_by("-price").afirst()).name == "p-19"
        assert [p.name async for p in peaches.filter(price__gt=17)] == ["p-18", "p-19"]
        assert await peaches.filter(price__gt=17).avalues_list("price", flat=True) == [18, 19]
        assert await peaches.filter(price__lt=10, variety="Redhaven").aupdate(price=50) == 10

        again = await peaches.filter_by(namespace="default").aget("a")
        again.price = 7
        await again.asave(cluster)
        peach.price = 8
        with pytest.raises(ConflictError):
            await pk.asave(peach)
        await pk.arefresh(peach)
        assert peach.price == 7
        await pk.aupdate(peach, lambda p: setattr(p, "price", p.price + 1))
        assert peach.price == 8

        with pytest.raises(Timeout):
            await pk.await_for(peach, Peach.price == 9, timeout=0.1)
        waiting = asyncio.create_task(pk.await_for(peach, Peach.price == 9, timeout=10))
        await asyncio.sleep(0.05)
        again = await peaches.filter_by(namespace="default").aget("a")
        again.price = 9
        await pk.asave(again)
        await waiting
        assert peach.price == 9

        await pk.adelete(peach)
        assert await peaches.adelete() == 20

    asyncio.run(main())


def test_much_at_the_same_time():
    async def main():
        cluster = pykorm.embedded()
        await cluster.ainstall(Peach)
        query = Peach.query.using(cluster)
        await asyncio.gather(
            *(Peach(namespace="default", name=f"p-{n}", variety="Frost").asave(cluster) for n in range(50))
        )
        counts = await asyncio.gather(*(query.acount() for _ in range(20)))
        assert counts == [50] * 20

    asyncio.run(main())


def test_cancelling_a_task_ends_its_operation():
    async def main():
        cluster = pykorm.embedded()
        await cluster.ainstall(Peach)
        watch = Peach.query.using(cluster).watch()
        assert (await watch.__anext__()).type == "synced"
        task = asyncio.create_task(watch.__anext__())
        await asyncio.sleep(0.05)
        began = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert time.monotonic() - began < 5  # nobody was waited for
        # The watch itself is not broken by that: nothing is lost.
        await Peach(namespace="default", name="a", variety="Frost").asave(cluster)
        assert (await asyncio.wait_for(watch.__anext__(), 30)).object.name == "a"

    asyncio.run(main())


def test_closing_a_watch_from_another_task():
    async def main():
        cluster = pykorm.embedded()
        await cluster.ainstall(Peach)
        async with Peach.query.using(cluster).watch(existing=False) as watch:
            asyncio.get_running_loop().call_later(0.1, watch.close)
            assert [event.type async for event in watch] == ["synced"]

    asyncio.run(main())
