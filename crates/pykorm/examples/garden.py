"""Relations, several clusters and careful writes, on embedded clusters. Run it; nothing is needed but pykorm."""

from __future__ import annotations

import pykorm
from pykorm.exceptions import ApplyConflict, NotLoaded


@pykorm.k8s_custom_object("garden.example.com", "v1", "trees")
class Tree(pykorm.NamespacedModel):
    """Something that bears fruit."""

    height: int = pykorm.Spec("height", default=2)
    peaches = pykorm.HasMany(lambda: Peach, field="tree_name")
    graftings = pykorm.HasMany(lambda: Peach, owner=True)


@pykorm.k8s_custom_object("garden.example.com", "v1", "peaches")
class Peach(pykorm.NamespacedModel):
    """A fruit."""

    variety: str = pykorm.Spec("variety")
    price: int = pykorm.Spec("price", default=1)
    tree_name: str | None = pykorm.Spec("treeName")
    tree = pykorm.BelongsTo(Tree, field="tree_name")
    grafted_on = pykorm.BelongsTo(Tree, owner=True)


def plant(cluster: pykorm.Cluster, *names: str) -> None:
    pk = pykorm.Pykorm(cluster)
    pk.install(Tree, Peach)
    tree = Tree(namespace="default", name="old")
    pk.save(tree)
    peaches = [Peach(namespace="default", name=name, variety="Frost", tree=tree) for name in names]
    peaches[0].grafted_on = tree  # an owner reference: when the tree goes, the peach goes too
    for outcome in pk.save_all(peaches):
        if outcome.error is not None:
            print(outcome.object.name, "was not saved:", outcome.error)


def relations(cluster: pykorm.Cluster) -> None:
    with cluster.requests() as sent:
        for peach in cluster.query(Peach).include(Peach.tree, "grafted_on"):
            tree = peach.tree
            print(peach.name, "grows on", tree.name if tree else "nothing")
        print(sent.lines())  # one list for each kind, however many objects
    (old,) = cluster.query(Tree).include(Tree.peaches)
    print(old.name, "bears", [peach.name for peach in old.peaches])
    try:
        print(old.graftings)
    except NotLoaded as error:
        print(error)


def several(**clusters: pykorm.Cluster) -> None:
    answers = pykorm.Clusters(clusters).query(Peach.query.filter(Peach.price < 5).order_by("name"))
    for name, peach in answers:
        print(f"{name}: {peach.name}")
        peach.price = 5
        peach.save()  # in the cluster where it came from
    for name, error in answers.failures():
        print(f"{name} did not answer: {type(error).__name__}")


def careful(cluster: pykorm.Cluster) -> None:
    shop = pykorm.Pykorm(cluster.with_field_manager("shop"))
    market = pykorm.Pykorm(cluster.with_field_manager("market"))
    shop.apply(Peach(namespace="default", name="pie-peach", variety="Redhaven", price=3))
    try:
        market.apply(Peach(namespace="default", name="pie-peach", price=4))
    except ApplyConflict as conflict:
        for manager, field in conflict.owned:
            print(f"{field} is {manager}'s")
    peach = Peach(namespace="default", name="pie-peach")
    market.update(peach, lambda peach: setattr(peach, "price", peach.price + 1))
    print(peach.price, shop.owned_fields(peach))
    pykorm.Pykorm(cluster.dry_run()).delete(peach)  # only tried
    shop.add_finalizer(peach, "garden.example.com/harvest")
    shop.delete(peach, propagation="Foreground")
    shop.remove_finalizer(peach, "garden.example.com/harvest")
    shop.wait_for(peach, "gone", timeout=10)


if __name__ == "__main__":
    with pykorm.embedded() as north, pykorm.embedded() as south, pykorm.embedded() as empty:
        plant(north, "a", "b")
        plant(south, "c")
        relations(north)
        several(north=north, south=south, empty=empty)
        careful(north)
