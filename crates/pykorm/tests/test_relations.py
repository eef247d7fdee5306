"""Relations: loaded in bulk, one list for each kind, and never by reading an attribute; on both servers."""

from __future__ import annotations

import asyncio
import copy
import datetime
import pickle

import pykorm
import pytest
from conftest import Namespace, group, unique
from pykorm.exceptions import DecodeError, FieldError, ModelError, NotLoaded, ReadOnlyException, UsageError

GROUP = group("relations")


@pykorm.k8s_custom_object(GROUP, "v1", "trees")
class Tree(pykorm.NamespacedModel):
    labels_wanted: dict[str, str] = pykorm.Spec("labelsWanted")
    selector: dict = pykorm.Spec("selector")
    orchard_name: str = pykorm.Spec("orchardName")

    named = pykorm.HasMany(lambda: Fruit, field="tree_name")
    listed = pykorm.HasMany("Fruit", field="all_trees")
    owned = pykorm.HasMany(lambda: Fruit, owner=True)
    labelled = pykorm.HasMany(lambda: Fruit, labels="labels_wanted")
    selected = pykorm.HasMany(lambda: Fruit, selector="selector")
    by_path = pykorm.HasMany(lambda: Slim, path=["spec", "treeName"])
    orchard = pykorm.BelongsTo(lambda: Orchard, field="orchard_name")


@pykorm.k8s_custom_object(GROUP, "v1", "fruits")
class Fruit(pykorm.NamespacedModel):
    tree_name: str = pykorm.Spec("treeName")
    all_trees: list[str] = pykorm.Spec("allTrees", default=[])
    size: str = pykorm.Label("size")

    tree = pykorm.BelongsTo(Tree, field="tree_name")
    trees = pykorm.BelongsToMany(Tree, field="all_trees")
    owner = pykorm.BelongsTo(Tree, owner=True)
    orchard = pykorm.BelongsTo(lambda: Orchard, owner=True, controller=True, block_deletion=True)


@pykorm.k8s_custom_object(GROUP, "v1", "fruits", "Fruit")
class Slim(pykorm.NamespacedModel):
    """The same kind, of which nothing is mapped."""


@pykorm.k8s_custom_object(GROUP, "v1", "orchards")
class Orchard(pykorm.ClusterModel):
    trees = pykorm.HasMany(Tree, field=Tree.orchard_name)


KINDS = (Tree, Fruit, Orchard)


@pytest.fixture(scope="module")
def cluster(installed):
    return installed


@pytest.fixture
def pk(cluster):
    return pykorm.Pykorm(cluster)


@pytest.fixture
def garden(pk, ns):
    """Two trees; of six fruits each third names the second tree; two are large; one is owned."""
    orchard = Orchard(name=ns)
    pk.save(orchard)
    old = Tree(namespace=ns, name="old", labels_wanted={"size": "large"}, orchard_name=ns)
    young = Tree(
        namespace=ns,
        name="young",
        selector={"matchExpressions": [{"key": "size", "operator": "DoesNotExist"}]},
        orchard_name=ns,
    )
    assert all(outcome.ok for outcome in pk.save_all([old, young]))
    fruits = [
        Fruit(
            namespace=ns, name=f"f{n}", tree_name="young" if n % 3 == 2 else "old", all_trees=["old", "young"][: n % 3]
        )
        for n in range(6)
    ]
    for n in (1, 4):
        fruits[n].size = "large"
    fruits[5].owner = old
    assert all(outcome.ok for outcome in pk.save_all(fruits))
    yield fruits
    pk.delete(orchard)


def names(objects):
    return " ".join(found.name for found in objects)


def kinds(sent):
    return [line.rpartition("/")[2] for line in sent.lines()]


def test_what_is_not_included_is_not_loaded(cluster, pk, ns, garden):
    with cluster.requests() as sent:
        fruits = pk.query(Fruit).filter(namespace=ns).all()
        assert not any(Fruit.tree.is_loaded(fruit) for fruit in fruits)
        with pytest.raises(NotLoaded, match=rf"Fruit {ns}/f0: tree is not loaded; ask for it with Fruit.query.include"):
            _ = fruits[0].tree
        with pytest.raises(NotLoaded, match="trees is not loaded"):
            _ = fruits[0].trees
        with pytest.raises(NotLoaded):
            getattr(fruits[0], "owner", None)  # not to be mistaken for an attribute that is not there
        repr(fruits[0]), fruits[0].to_dict(), fruits[0] == fruits[1]
    assert kinds(sent) == ["fruits"]


def test_one_list_per_kind_for_the_whole_result(cluster, pk, ns, garden):
    with cluster.requests() as sent:
        fruits = pk.query(Fruit).filter(namespace=ns).include(Fruit.tree).all()
        for fruit in fruits:
            assert fruit.tree.name == fruit.tree_name
        assert kinds(sent) == ["fruits", "trees"]
        assert sent[1].path.startswith(f"/apis/{GROUP}/v1/namespaces/{ns}/trees")
        # What several belong to is one object.
        assert fruits[0].tree is fruits[1].tree
        sent.clear()
        assert pk.query(Fruit).filter(namespace=ns, size="tiny").include("tree").all() == []
        assert kinds(sent) == ["fruits"]  # nothing points anywhere
        sent.clear()
        one = pk.query(Fruit).filter(namespace=ns, name="f2").include("tree").one()
        assert (one.tree.name, kinds(sent)) == ("young", ["fruits", "trees"])
        assert "metadata.name%3Dyoung" in sent[1].path
    assert fruits[0].tree.cluster is cluster


def test_relations_to_one_kind_share_a_list(cluster, pk, ns, garden):
    with cluster.requests() as sent:
        fruits = pk.query(Fruit).filter(namespace=ns).include(Fruit.tree, "trees", Fruit.owner).all()
        assert kinds(sent) == ["fruits", "trees"]
    assert [fruit.owner.name if fruit.owner else None for fruit in fruits] == [None] * 5 + ["old"]
    assert [names(fruit.trees) for fruit in fruits] == ["", "old", "old young"] * 2
    assert fruits[5].owner is fruits[0].tree


def test_from_the_other_side(cluster, pk, ns, garden):
    with cluster.requests() as sent:
        query = pk.query(Tree).filter(namespace=ns)
        old, young = query.include("named", "listed", "owned", "labelled", "selected").all()
        assert kinds(sent) == ["trees", "fruits"]
    assert (names(old.named), names(young.named)) == ("f0 f1 f3 f4", "f2 f5")
    assert (names(old.listed), names(young.listed)) == ("f1 f2 f4 f5", "f2 f5")
    assert (names(old.owned), names(young.owned)) == ("f5", "")
    assert (names(old.labelled), names(young.labelled)) == ("f1 f4", "")
    assert (names(old.selected), names(young.selected)) == ("", "f0 f2 f3 f5")
    assert isinstance(old.named, tuple)
    with pytest.raises(ReadOnlyException, match="Tree.named cannot be assigned"):
        old.named = []


def test_a_path_that_nothing_is_mapped_to(pk, ns, garden):
    old = pk.query(Tree).filter(namespace=ns).include(Tree.by_path).get("old")
    assert names(old.by_path) == "f0 f1 f3 f4"


def test_relations_of_relations(cluster, pk, ns, garden):
    with cluster.requests() as sent:
        fruits = pk.query(Fruit).filter(namespace=ns).include("tree__orchard").all()
        assert kinds(sent) == ["fruits", "trees", "orchards"]
    assert {fruit.tree.orchard.name for fruit in fruits} == {ns}
    (orchard,) = pk.query(Orchard).filter(name=ns).include("trees__owned")
    assert [(tree.name, names(tree.owned)) for tree in orchard.trees] == [("old", "f5"), ("young", "")]


def test_objects_at_hand(cluster, pk, ns, garden):
    old = pk.query(Tree).filter(namespace=ns).get("old")
    with cluster.requests() as sent:
        pk.load([old], Tree.named, Tree.owned)
        assert kinds(sent) == ["fruits"]
        assert (names(old.named), names(old.owned)) == ("f0 f1 f3 f4", "f5")
        sent.clear()
        # Also what was never saved can be looked up.
        new = Fruit(namespace=ns, name="new", tree_name="young")
        pk.load([new, *pk.query(Fruit).filter(namespace=ns, name="f0")], "tree")
        assert new.tree.name == "young"
        assert kinds(sent) == ["fruits", "trees"]
        sent.clear()
        pk.load([], "tree")
        assert kinds(sent) == []


def test_the_asynchronous_twins(cluster, pk, ns, garden):
    async def main():
        fruits = [fruit async for fruit in pk.query(Fruit).filter(namespace=ns).include("tree")]
        assert fruits[0].tree.name == "old"
        assert (await pk.query(Fruit).filter(namespace=ns).include("tree").aget("f2")).tree.name == "young"
        tree = await pk.query(Tree).filter(namespace=ns).aget("old")
        await pk.aload([tree], Tree.owned)
        assert names(tree.owned) == "f5"

    asyncio.run(main())


def test_a_name_can_be_assigned(cluster, pk, ns, garden):
    fruit = pk.query(Fruit).filter(namespace=ns).include("tree", "trees").get("f0")
    young = pk.query(Tree).filter(namespace=ns).get("young")
    fruit.tree = young
    fruit.trees = [young, fruit.tree]
    assert (fruit.tree_name, fruit.all_trees) == ("young", ["young", "young"])
    assert fruit.tree is young
    with cluster.requests() as sent:
        pk.save(fruit)
        assert [request.method for request in sent] == ["PATCH"]
    assert fruit.tree is young
    # The field is what counts: what was loaded for another name is not shown any more.
    fruit.tree_name = "old"
    with pytest.raises(NotLoaded, match="tree was loaded before tree_name was changed"):
        _ = fruit.tree
    pk.load([fruit], "tree")
    assert fruit.tree.name == "old"
    fruit.tree = None
    assert (fruit.tree, fruit.tree_name) == (None, None)
    made = Fruit(namespace=ns, name="made", tree=young)
    assert (made.tree_name, made.tree) == ("young", young)
    with pytest.raises(ModelError, match=r"Fruit.tree: a Tree is needed, not 'young'"):
        made.tree = "young"
    with pytest.raises(ModelError, match="is in another namespace than Fruit"):
        made.tree = Tree(namespace="elsewhere", name="x")


def test_an_owner_is_set_and_checked_on_save(cluster, pk, ns, garden):
    old, young = pk.query(Tree).filter(namespace=ns)
    fruit = pk.query(Fruit).filter(namespace=ns).get("f0")
    fruit.owner = old
    with cluster.requests() as sent:
        pk.save(fruit)
        pk.save(fruit)
        assert [request.method for request in sent] == ["PATCH"]
        assert "/metadata/ownerReferences" in sent[0].body
        assert "treeName" not in sent[0].body
    assert fruit.owner is old
    back = pk.query(Fruit).filter(namespace=ns).include("owner", "orchard").get("f0")
    assert (back.owner, back.orchard) == (old, None)
    # Another one takes its place; owners of other kinds stay.
    back.orchard = Orchard.query.using(cluster).get(ns)
    back.owner = young
    pk.save(back)
    references = back._stored("ownerReferences")
    assert sorted((one["kind"], one["name"]) for one in references) == [("Orchard", ns), ("Tree", "young")]
    (orchard,) = (one for one in references if one["kind"] == "Orchard")
    assert (orchard["controller"], orchard["blockOwnerDeletion"]) == (True, True)
    back = pk.query(Fruit).filter(namespace=ns).include("owner", "orchard").get("f0")
    back.owner = None
    pk.save(back)
    assert [one["kind"] for one in back._stored("ownerReferences")] == ["Orchard"]
    assert back.owner is None


def test_what_cannot_own_is_told_and_nothing_is_sent(cluster, pk, ns, garden):
    fruit = pk.query(Fruit).filter(namespace=ns).get("f0")
    with cluster.requests() as sent:
        fruit.owner = Tree(namespace=ns, name="unsaved")
        with pytest.raises(
            UsageError,
            match=rf"Fruit {ns}/f0: owner: Tree {ns}/unsaved cannot own anything: it is not stored yet; save it",
        ):
            pk.save(fruit)
        elsewhere = Tree(namespace="default", name=unique("tree"))
        pk.save(elsewhere)
        new = Fruit(namespace=ns, name="new", owner=elsewhere)
        sent.clear()
        with pytest.raises(UsageError, match="an owner is in the same namespace or cluster-scoped"):
            pk.save(new)
        assert list(sent) == []
    pk.delete(elsewhere)


def test_apply_keeps_owners(pk, ns, garden):
    old = pk.query(Tree).filter(namespace=ns).get("old")
    fruit = Fruit(namespace=ns, name="applied", tree_name="old", owner=old)
    pk.apply(fruit)
    assert [one["name"] for one in fruit._stored("ownerReferences")] == ["old"]
    again = pk.query(Fruit).filter(namespace=ns).include("owner").get("applied")
    again.size = "small"
    pk.apply(again)
    assert [one["name"] for one in again._stored("ownerReferences")] == ["old"]


def test_children_go_with_their_owner(pk, ns, garden):
    old = pk.query(Tree).filter(namespace=ns).get("old")
    pk.delete(old, propagation="Foreground", wait=60)
    pk.wait_for(Fruit(namespace=ns, name="f5"), "gone", timeout=60)
    assert names(pk.query(Fruit).filter(namespace=ns)) == "f0 f1 f2 f3 f4"


def test_computed_filters_may_look_at_what_is_included(pk, ns, garden):
    class Sorted(Fruit):
        @property
        def of_young(self):
            return self.tree.name == "young"

    query = pk.query(Sorted).filter(namespace=ns).include("tree")
    assert names(query.filter(of_young=True)) == "f2 f5"
    assert query.filter(of_young=True).count() == 2
    assert names(query.order_by("-of_young", "name")[:3]) == "f2 f5 f0"


def test_explaining(pk, ns, cluster):
    text = pk.query(Fruit).filter(namespace=ns).include("tree", "trees").explain()
    assert text.endswith("then load tree: one list of trees\nthen load trees: one list of trees")
    with cluster.requests() as sent:
        pk.query(Tree).filter(namespace=ns).include("named").count()
        pk.query(Tree).filter(namespace=ns).include("named").exists()
    assert set(kinds(sent)) == {"trees"}


def test_refreshing_forgets_what_was_loaded(pk, ns, garden):
    fruit = pk.query(Fruit).filter(namespace=ns).include("tree").get("f0")
    pk.refresh(fruit)
    assert not Fruit.tree.is_loaded(fruit)


def test_copies_keep_what_was_loaded(pk, ns, garden):
    fruit = pk.query(Fruit).filter(namespace=ns).include("tree").get("f0")
    for copied in (copy.copy(fruit), copy.deepcopy(fruit), pickle.loads(pickle.dumps(fruit))):
        assert copied.tree == fruit.tree

    copied = copy.copy(fruit)
    copied.tree = None
    assert fruit.tree.name == "old"


def test_what_cannot_be_read_does_not_keep_relations_from_being_loaded(pk, ns, garden):
    class Odd(Fruit):
        when: datetime.datetime = pykorm.Spec("treeName")

    fruits = pk.query(Odd).filter(namespace=ns).all()
    assert [fruit.name for fruit in fruits][:2] == ["f0", "f1"]
    assert fruits[0].tree_name == "old"
    pk.load(fruits, "tree")
    assert fruits[0].tree.name == "old"
    with pytest.raises(DecodeError):
        _ = fruits[0].when


def test_native_kinds(pk, ns, cluster):
    @pykorm.k8s_core("ConfigMap")
    class ConfigMap(pykorm.NamespacedModel):
        data: dict[str, str] = pykorm.DataField("data")
        secrets = pykorm.HasMany(lambda: Secret, owner=True)
        matching = pykorm.HasMany(lambda: Secret, labels="data")

    @pykorm.k8s_core("Secret")
    class Secret(pykorm.NamespacedModel):
        app: str = pykorm.Label("app")
        owner = pykorm.BelongsTo(ConfigMap, owner=True)
        home = pykorm.BelongsTo(Namespace, path=["metadata", "namespace"])

    box = ConfigMap(namespace=ns, name="box", data={"app": "web"})
    pk.save(box)
    pk.save(Secret(namespace=ns, name="a", owner=box))
    pk.save(Secret(namespace=ns, name="b", app="web"))
    with cluster.requests() as sent:
        (found,) = pk.query(ConfigMap).filter(namespace=ns, name="box").include("secrets", "matching")
        assert kinds(sent) == ["configmaps", "secrets"]
    assert (names(found.secrets), names(found.matching)) == ("a", "b")
    secrets = pk.query(Secret).filter(namespace=ns).include("owner", "home")
    assert [(one.owner and one.owner.name, one.home.name) for one in secrets] == [("box", ns), (None, ns)]


# What is declared wrongly.


def test_names_that_do_not_exist_are_told():
    with pytest.raises(FieldError, match="Fruit has no relation 'zork'; it has tree, trees, owner, orchard"):
        Fruit.query.include("zork")
    with pytest.raises(FieldError, match="Orchard has no relation 'zork'"):
        Fruit.query.include("orchard__zork")
    with pytest.raises(FieldError, match="Tree has no relation 'tree'"):
        Tree.query.include(Fruit.tree)
    with pytest.raises(FieldError, match="conditions on fields only"):
        Fruit.query.include("tree").watch()


def test_declarations_that_cannot_be():
    with pytest.raises(ModelError, match="one way in which objects belong together: owner or field or path"):
        pykorm.BelongsTo(Tree)
    with pytest.raises(ModelError, match="one way"):
        pykorm.HasMany(Tree, owner=True, field="x")

    class Odd(pykorm.NamespacedModel):
        tree = pykorm.BelongsTo(Tree, field="zork")
        lost = pykorm.BelongsTo("NowhereDefined", owner=True)

    with pytest.raises(ModelError, match=r"Odd.tree: Odd has no field 'zork'"):
        Odd(namespace="a", name="b", tree=Tree(namespace="a", name="x"))
    with pytest.raises(ModelError, match="Odd.lost: 'NowhereDefined' is no model that can be found"):
        _ = Odd.lost.target
    with pytest.raises(ModelError, match="Inside.tree: only whole objects have relations"):
        type("Inside", (pykorm.Nested,), {"tree": pykorm.BelongsTo(Tree, path="tree")})
    assert repr(Fruit.tree) == "<pykorm/BelongsTo: tree by field=tree_name>"
    assert repr(Fruit.owner) == "<pykorm/BelongsTo: owner by owner>"
