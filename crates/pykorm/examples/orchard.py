"""A tour on an embedded cluster: typed fields, conditions, conflicts, a watch. Run it; nothing is needed but pykorm."""

from __future__ import annotations

import asyncio
import enum

import pykorm
from pykorm import Q
from pykorm.exceptions import ConflictError


class Size(enum.Enum):
    SMALL = "small"
    BIG = "big"


class Origin(pykorm.Nested):
    country: str = pykorm.DataField("country", default="CH")
    farm: str | None = pykorm.DataField("farm")


@pykorm.k8s_custom_object("orchard.example.com", "v1", "peaches")
class Peach(pykorm.NamespacedModel):
    """A fruit."""

    variety: str = pykorm.Spec("variety", required=True, column=True)
    price = pykorm.Spec[int]("price", default=1, column=True)
    size: Size | None = pykorm.Spec("size")
    tags: list[str] = pykorm.Spec("tags", default=[])
    origin = pykorm.DictNestedField(Origin, path=["spec", "origin"])
    orchard = pykorm.MetadataLabel[str]("orchard")
    ripe = pykorm.Status[bool]("ripe")


def tour(cluster: pykorm.Cluster) -> None:
    pk = pykorm.Pykorm(cluster)
    pk.install(Peach)
    for number, variety in enumerate(["Frost", "Redhaven", "Frost"], start=1):
        pk.save(Peach(namespace="default", name=f"peach-{number}", variety=variety, price=number, orchard="north"))

    peaches = Peach.query.using(cluster)
    print(peaches.filter(Peach.price >= 2, variety="Frost").all())
    print(peaches.filter(Q(price__lt=2) | ~Q(variety="Frost")).order_by("-price").values_list("name", flat=True))
    print(peaches.filter(orchard="north").explain())

    first = peaches.filter(namespace="default").get("peach-1")
    again = peaches.filter(namespace="default").get("peach-1")
    assert first is not None and again is not None
    first.origin.farm = "hill"
    pk.save(first)
    again.price = 7
    pk.save(again)  # another field: no conflict
    first.price = 8
    try:
        pk.save(first)
    except ConflictError as conflict:
        print([(field.field, field.base, field.theirs, field.mine) for field in conflict.fields])


async def follow(cluster: pykorm.Cluster) -> None:
    pk = pykorm.Pykorm(cluster)
    async with Peach.query.using(cluster).filter(variety="Frost").watch() as watch:
        async for event in watch:
            print(event.type, event.object)
            if event.type == "synced":
                await pk.asave(Peach(namespace="default", name="late-peach", variety="Frost"))
            if event.object is not None and event.object.name == "late-peach":
                return


if __name__ == "__main__":
    with pykorm.embedded() as orchard:
        tour(orchard)
        asyncio.run(follow(orchard))
