"""A program as a newcomer types it, for mypy and pyright in strict mode; it is not run.

What is right has the type that ``assert_type`` says, and what is wrong is told: an ``ignore`` where nothing is to be
ignored is an error too.
"""

from __future__ import annotations

import asyncio
import datetime
import enum
from typing import TYPE_CHECKING, Any, Optional

import pykorm
from pykorm import Q, exceptions, fields

if TYPE_CHECKING:
    from pykorm.clusters import Cluster
    from pykorm.fields import DataField
    from pykorm.query import BaseQuery
    from pykorm.watch import Event, Watch
    from typing_extensions import assert_type


class Size(enum.Enum):
    SMALL = "small"
    BIG = "big"


class Origin(pykorm.Nested):
    country: str = pykorm.DataField("country", default="CH")
    farm: Optional[str] = pykorm.DataField("farm")


@pykorm.k8s_custom_object("typed.example.com", "v1", "trees")
class Tree(pykorm.NamespacedModel):
    height: int = pykorm.Spec("height", default=2)
    peaches = pykorm.HasMany(lambda: Peach, field="tree_name")


@pykorm.k8s_custom_object("typed.example.com", "v1", "peaches")
class Peach(pykorm.NamespacedModel):
    variety: str = pykorm.Spec("variety", required=True)
    price: int = pykorm.Spec("price", default=1)
    size: Size | None = pykorm.Spec("size")
    tags: list[str] = pykorm.Spec("tags", default=[])
    counts: dict[str, int] = pykorm.Spec("counts", default={})
    origin = pykorm.DictNestedField(Origin, path=["spec", "origin"])
    harvests = fields.ListField(Origin, path=["spec", "harvests"])
    ports = fields.ListField(int, path=["spec", "ports"])
    annotated: list[Origin] = fields.ListField(Origin, path=["spec", "annotated"])
    picked: datetime.datetime | None = pykorm.Status("picked")
    ripe = pykorm.Status[bool]("ripe")
    tree_name: str | None = pykorm.Spec("treeName")
    tree = pykorm.BelongsTo(Tree, field="tree_name")
    trees = pykorm.BelongsToMany(Tree, owner=True)

    @property
    def dear(self) -> bool:
        return self.price > 5


@pykorm.k8s_native("batch/v1", "Job")
class Job(pykorm.NamespacedModel):
    parallelism: int | None = pykorm.Spec("parallelism")


def attributes(peach: Peach) -> None:
    assert_type(peach.name, str)
    assert_type(peach.namespace, str)
    assert_type(peach.created_at, str)
    assert_type(peach.variety, str)
    assert_type(peach.size, Optional[Size])
    assert_type(peach.tags, list[str])
    assert_type(peach.counts, dict[str, int])
    assert_type(peach.origin, Origin)
    assert_type(peach.origin.farm, Optional[str])
    assert_type(peach.harvests, list[Origin])
    assert_type(peach.ports, list[int])
    assert_type(peach.annotated[0].country, str)
    assert_type(peach.picked, Optional[datetime.datetime])
    assert_type(peach.ripe, bool)
    assert_type(peach.tree, Optional[Tree])
    assert_type(peach.trees, tuple[Tree, ...])
    assert_type(Tree(name="old").peaches, tuple[Peach, ...])
    assert_type(Peach.ripe, DataField[bool])
    assert_type(peach.cluster, Optional[Cluster])
    assert_type(Peach.crd(), dict[str, Any])
    peach.price += 1
    peach.ripe = True
    peach.origin.farm = None
    peach.tree = Tree(name="old")


def queries(cluster: pykorm.Cluster) -> None:
    pk = pykorm.Pykorm(cluster)
    query = Peach.query.using(cluster).filter(Peach.price > 2, Q(price__lt=10) | ~Q(variety="Frost"), orchard="north")
    assert_type(query, BaseQuery[Peach])
    assert_type(query.exclude(price=3).order_by("-price").include(Peach.tree)[:10], BaseQuery[Peach])
    assert_type(query.first(), Optional[Peach])
    assert_type(query.get("cake"), Optional[Peach])
    assert_type(query.one(), Peach)
    assert_type(query[0], Peach)
    assert_type(query.all(), list[Peach])
    assert_type([found.dear for found in query], list[bool])
    assert_type(pk.query(Peach), BaseQuery[Peach])
    assert_type(cluster.query(Job).all(), list[Job])
    assert_type(query.count(), int)
    assert_type(query.exists(), bool)
    assert_type(query.explain(), str)
    assert_type(query.update(price=3), int)
    assert_type(query.delete(), int)
    assert_type(query.watch(), Watch[Peach])
    with query.watch() as watch:
        for event in watch:
            assert_type(event, Event[Peach])
            assert_type(event.object, Optional[Peach])
    for name, found in pykorm.Clusters({"north": cluster}).query(query):
        assert_type((name, found), tuple[str, Peach])


def writes(cluster: pykorm.Cluster) -> None:
    pk = pykorm.Pykorm(cluster)
    pk.install(Tree, Peach)
    peach = Peach(namespace="default", name="cake", variety="Frost", price=3)
    assert_type(pk.get_or_create(peach), bool)
    pk.update(peach, lambda mine: setattr(mine, "price", mine.price + 1))
    pk.wait_for(peach, Peach.ripe == True, unless=(Peach.price > 3) & (Peach.variety == "Frost"))  # noqa: E712
    for outcome in pk.save_all([peach], progress=True):
        assert_type(outcome.object, Peach)
        assert_type(outcome.error, Optional[Exception])
    try:
        pk.apply(peach, force=False)
    except exceptions.ApplyConflict as conflict:
        print([f"{manager} {field}" for manager, field in conflict.owned])
    except exceptions.ConflictError as conflict:
        print([(part.field, part.base, part.theirs, part.mine) for part in conflict.fields])
    except exceptions.Invalid as invalid:
        print([cause.field for cause in invalid.causes])
    pk.delete(peach, propagation="Foreground", wait=True)


async def asynchronous(cluster: pykorm.Cluster) -> None:
    pk = pykorm.Pykorm(cluster)
    query = pk.query(Peach)
    assert_type(await query.afirst(), Optional[Peach])
    assert_type(await query.aall(), list[Peach])
    assert_type(await query.acount(), int)
    async for found in query:
        assert_type(found, Peach)
    async with query.watch() as watch:
        async for event in watch:
            assert_type(event, Event[Peach])
    (outcome,) = await pk.asave_all([Peach(name="x")])
    assert_type(outcome.object, Peach)
    await asyncio.gather(*(found.asave() for found in await query.aall()))


def wrong(peach: Peach, pk: pykorm.Pykorm) -> None:
    peach.price = "much"  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]
    peach.vareity = "Frost"  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    peach.origin.farm = 3  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]
    peach.harvests = ["CH"]  # type: ignore[list-item]  # pyright: ignore[reportAttributeAccessIssue]
    peach.tree = peach  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]
    pk.save("peach")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    pk.delete(peach, propagation="foreground")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    trees: list[Tree] = Peach.query.all()  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    print(trees, peach.price.upper())  # type: ignore[attr-defined]  # pyright: ignore
