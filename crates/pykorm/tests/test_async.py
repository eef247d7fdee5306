"""The asyncio twins."""

from __future__ import annotations

import asyncio
import inspect
import time

import pykorm
import pytest
from conftest import group
from pykorm import query, requests, watch
from pykorm.exceptions import ConflictError, Timeout


@pykorm.k8s_custom_object(group("async"), "v1", "peaches")
class Peach(pykorm.NamespacedModel):
    variety: str = pykorm.Spec("variety")
    price: int = pykorm.Spec("price", default=1)


KINDS = (Peach,)

#: What sends nothing, and so needs no twin; whatever else is public has one. (A watch is iterated, see below.)
SILENT = {
    pykorm.Pykorm: "query get_api_client_mapping",
    pykorm.Cluster: "close dry_run refuse_residual with_timeout with_field_manager with_page_size query requests",
    pykorm.Clusters: "get items keys values",
    pykorm.NamespacedModel: "crd crd_yaml process_labels to_dict validate",
    query.BaseQuery: (
        "exclude filter filter_by filter_by_fields filter_by_labels include order_by overwrite_clusters using watch"
    ),
}


@pytest.mark.parametrize("cls", SILENT, ids=lambda cls: cls.__name__)
def test_everything_that_talks_has_a_twin(cls):
    public = {name: getattr(cls, name) for name in dir(cls) if name[0] != "_"}
    public = {name: value for name, value in public.items() if inspect.isfunction(value) or inspect.ismethod(value)}
    twins = {name for name, value in public.items() if inspect.iscoroutinefunction(value)}
    silent = set(SILENT[cls].split())
    assert silent <= set(public)
    for name in set(public) - twins - silent:
        twin = {"wait_for": "await_for"}.get(name, f"a{name}")
        assert twin in twins, f"{cls.__name__}.{name} has no twin"
        twins.remove(twin)
        here, there = public[name], public[twin]
        assert inspect.signature(here) == inspect.signature(there), name
        assert inspect.getdoc(here), name
        assert inspect.getdoc(there), name
    assert twins == set()


@pytest.mark.parametrize(
    ("cls", "waiting", "awaiting"),
    [
        (query.BaseQuery, "__iter__", "__aiter__"),
        (watch.Watch, "__next__", "__anext__"),
        (watch.Watch, "__enter__", "__aenter__"),
        (watch.Watch, "__exit__", "__aexit__"),
        (pykorm.Cluster, "__enter__", "__aenter__"),
        (pykorm.Cluster, "__exit__", "__aexit__"),
        (requests.Requests, "__enter__", "__aenter__"),
        (requests.Requests, "__exit__", "__aexit__"),
    ],
)
def test_what_is_iterated_and_entered_has_a_twin(cls, waiting, awaiting):
    assert inspect.signature(getattr(cls, waiting)).parameters == inspect.signature(getattr(cls, awaiting)).parameters


def test_a_program_under_asyncio(here):
    async def main():
        pk = pykorm.Pykorm(here)
        await pk.ainstall(Peach)
        peaches = Peach.query.using(here)

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
        await again.asave(here)
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


def test_much_at_the_same_time(here):
    async def main():
        query = Peach.query.using(here)
        await asyncio.gather(
            *(Peach(namespace="default", name=f"p-{n}", variety="Frost").asave(here) for n in range(50))
        )
        counts = await asyncio.gather(*(query.acount() for _ in range(20)))
        assert counts == [50] * 20

    asyncio.run(main())


def test_cancelling_a_task_ends_its_operation(here):
    async def main():
        watch = Peach.query.using(here).watch()
        assert (await watch.__anext__()).type == "synced"
        task = asyncio.create_task(watch.__anext__())
        await asyncio.sleep(0.05)
        began = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert time.monotonic() - began < 5  # nobody was waited for
        # The watch itself is not broken by that: nothing is lost.
        await Peach(namespace="default", name="a", variety="Frost").asave(here)
        assert (await asyncio.wait_for(watch.__anext__(), 30)).object.name == "a"

    asyncio.run(main())


def test_closing_a_watch_from_another_task(here):
    async def main():
        async with Peach.query.using(here).watch(existing=False) as watch:
            asyncio.get_running_loop().call_later(0.1, watch.close)
            assert [event.type async for event in watch] == ["synced"]

    asyncio.run(main())
