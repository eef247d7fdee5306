"""Objects that are copied, pickled, and shared by threads and tasks."""

from __future__ import annotations

import asyncio
import copy
import pickle
import threading

import pykorm
import pytest
from conftest import group, unique
from pykorm.exceptions import ConflictError, NotFound


class Origin(pykorm.Nested):
    country: str = pykorm.DataField("country")


@pykorm.k8s_custom_object(group("sharing"), "v1", "peaches")
class Peach(pykorm.NamespacedModel):
    variety: str = pykorm.Spec("variety")
    price: int = pykorm.Spec("price", default=1)
    tags: list[str] = pykorm.Spec("tags", default=[])
    origin = pykorm.DictNestedField(Origin, path=["spec", "origin"])


KINDS = (Peach,)


@pytest.fixture
def cluster(here):
    return here


@pytest.fixture
def peach(cluster):
    made = Peach(namespace="default", name=unique("peach"), variety="Frost", origin={"country": "CH"})
    made.save(cluster)
    return made


def stored(cluster, peach):
    return Peach.query.using(cluster).filter(namespace="default").get(peach.name)


COPIES = {"copy": copy.copy, "deepcopy": copy.deepcopy, "pickle": lambda found: pickle.loads(pickle.dumps(found))}


@pytest.mark.parametrize("how", COPIES)
def test_a_copy_is_the_object_that_was_read(cluster, peach, how):
    read = stored(cluster, peach)
    read.variety = "changed"
    made = COPIES[how](read)
    assert made == read
    made.price = 7
    made.origin.country = "IT"
    with cluster.requests() as sent:
        made.save(cluster)
    assert [request.method for request in sent] == ["PATCH"]
    back = stored(cluster, peach)
    assert (back.variety, back.price, back.origin.country) == ("changed", 7, "IT")
    assert read.price == 1
    # It is that very object, and not another one of its name; and somebody else's change is a conflict.
    late = COPIES[how](stored(cluster, peach))
    back.price = 8
    back.save()
    late.price = 9
    with pytest.raises(ConflictError, match="read: 7, now: 8, yours: 9"):
        late.save(cluster)
    back.delete()
    with pytest.raises(NotFound, match="is gone: it was deleted after it was read"):
        late.save(cluster)


def test_where_a_copy_lives(cluster, peach):
    for made in (copy.copy(peach), copy.deepcopy(peach), *copy.deepcopy([peach])):
        assert made.cluster is cluster
        assert made.tags == []
    assert pickle.loads(pickle.dumps(peach)).cluster is None  # a connection does not travel


def test_a_dict_that_somebody_read(cluster, peach):
    """As a controller gets it from somewhere else."""
    made = Peach._instantiate_with_dict(stored(cluster, peach)._source.to_dict())
    made.price = 5
    with cluster.requests() as sent:
        made.save(cluster)
    assert [request.method for request in sent] == ["PATCH"]
    assert stored(cluster, peach).price == 5


def test_queries_and_clusters_are_copied(cluster, peach):
    query = Peach.query.using(cluster).filter(name=peach.name)
    assert copy.copy(query).count() == copy.deepcopy(query).count() == 1
    assert copy.deepcopy([cluster])[0] is cluster


def test_threads_that_save_one_object(cluster, peach):
    failures = []

    def work(number):
        try:
            for turn in range(8):
                peach.price = number * 100 + turn
                peach.tags.append(f"{number}-{turn}")
                peach.save()
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    peach.save()
    assert failures == []  # nobody else changed it
    back = stored(cluster, peach)
    assert back.price == peach.price
    assert back.tags == peach.tags


def test_tasks_that_save_one_object(cluster, peach):
    async def main():
        for turn in range(5):
            peach.price = turn
            await asyncio.gather(*(peach.asave() for _ in range(4)))

    asyncio.run(main())
    assert stored(cluster, peach).price == 4


def test_what_is_set_while_a_save_is_under_way_is_to_be_saved(here, faults):
    for action in (Peach.asave, Peach.aapply):
        peach = Peach(namespace="default", name=unique("peach"), variety="Frost")
        for first in (True, False):  # created, and changed

            async def main(peach=peach, action=action, first=first):
                peach.variety = f"sent {first}"
                faults.on("write").delay(0.2)
                saving = asyncio.create_task(action(peach))
                await asyncio.sleep(0.1)
                peach.price = 7 if first else 8
                peach.tags.append("late")
                peach.origin.country = "IT"
                await saving

            asyncio.run(main())
            assert (peach.variety, peach.price) == (f"sent {first}", 7 if first else 8)
            back = stored(here, peach)
            assert (back.variety, back.price) == (f"sent {first}", 1 if first else 7)
            peach.save()
            back = stored(here, peach)
            assert (back.price, back.tags) == (7 if first else 8, ["late"] if first else ["late"] * 2)
            assert back.origin.country == "IT"


def test_what_is_not_saved_yet_survives_a_finalizer(cluster, peach):
    pk = pykorm.Pykorm(cluster)
    other = stored(cluster, peach)
    other.variety = "theirs"
    other.save()
    peach.price = 7
    peach.tags.append("mine")
    pk.add_finalizer(peach, "example.com/cleanup")
    assert (peach.price, peach.tags, peach.variety) == (7, ["mine"], "theirs")
    peach.save()
    back = stored(cluster, peach)
    assert (back.price, back.tags, back.variety) == (7, ["mine"], "theirs")
    pk.remove_finalizer(peach, "example.com/cleanup")


def test_one_watch_in_several_threads_is_closed_once(cluster, peach):
    watch = Peach.query.using(cluster).filter(name=peach.name).watch()
    assert next(watch).type == "added"
    threads = [threading.Thread(target=lambda: list(watch)) for _ in range(3)]
    for thread in threads:
        thread.start()
    watch.close()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()


def test_one_cluster_in_many_event_loops(cluster, peach):
    query = Peach.query.using(cluster).filter(name=peach.name)
    counts = []

    def work():
        for _ in range(3):
            counts.append(asyncio.run(query.acount()))  # a loop of its own each time

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [1] * 12
    watch = query.watch()
    kinds = [asyncio.run(watch.__anext__()).type for _ in range(2)]  # begun in one loop, and gone on with in another
    assert kinds == ["added", "synced"]
    watch.close()


def test_those_who_are_the_first_share_one_connection(own_cluster, ns):
    """What one of them makes the others see: where each had an embedded server of its own, they would not."""
    together = threading.Barrier(8)

    def config_map(name: str) -> pykorm.NamespacedModel:
        return pykorm.dynamic("v1", "ConfigMap")(namespace="default", name=name, labels={"first": ns})

    def save(number: int) -> None:
        together.wait()
        config_map(f"{ns}-thread-{number}").save(own_cluster)

    async def save_all() -> None:
        await asyncio.gather(*(config_map(f"{ns}-task-{number}").asave(own_cluster) for number in range(8)))

    def save_by_threads() -> None:
        threads = [threading.Thread(target=save, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    for save_eight in (save_by_threads, lambda: asyncio.run(save_all())):
        own_cluster.close()
        save_eight()
        made = own_cluster.query(pykorm.dynamic("v1", "ConfigMap")).filter_by_labels(first=ns)
        assert made.count() == 8
        assert made.delete() == 8


def test_blocks_of_asyncio(here, own_cluster):
    async def main():
        async with own_cluster as cluster:
            await cluster.ainstall(Peach)
            async with cluster.requests() as sent:
                await Peach(namespace="default", name="a", variety="x").asave(cluster)
            assert [request.method for request in sent] == ["POST"]

    asyncio.run(main())
