"""Objects in a cluster: saved, changed, found, deleted; on the embedded and on the reference server."""

from __future__ import annotations

import datetime
import enum
import os

import pykorm
import pytest
from conftest import Namespace, group, unique
from pykorm import Q, fields, models
from pykorm.exceptions import (
    AlreadyExists,
    ApiError,
    ApplyConflict,
    ConfigError,
    ConflictError,
    DecodeError,
    DoesNotExist,
    FieldError,
    Forbidden,
    Invalid,
    ModelError,
    MultipleObjectsReturned,
    NotFound,
    NotInstalled,
    UsageError,
)

GROUP = group("objects")
UTC = datetime.timezone.utc


class Size(enum.Enum):
    SMALL = "small"
    BIG = "big"


class Origin(models.Nested):
    country: str = fields.DataField("country", default="CH")
    farm: str = fields.DataField("farm")


@pykorm.k8s_custom_object(GROUP, "v1", "peaches")
class Peach(pykorm.NamespacedModel):
    """A fruit."""

    variety: str = fields.Spec("variety", required=True, selectable=True)
    price: int = fields.Spec("price", default=1)
    size: Size = fields.Spec("size")
    tags: list[str] = fields.Spec("tags", default=[])
    origin = fields.DictNestedField(Origin, path=["spec", "origin"])
    harvests = fields.ListField(Origin, path=["spec", "harvests"])
    extra: dict = fields.Spec("extra")
    orchard: str = fields.Label("orchard.example.com/name")
    note: str = fields.Annotation("example.com/note")
    ripe: bool = fields.Status("ripe")
    picked: datetime.datetime = fields.Status("picked")

    @property
    def dear(self):
        return self.price > 5


@pykorm.k8s_core("ConfigMap")
class ConfigMap(pykorm.NamespacedModel):
    data: dict[str, str] = fields.DataField("data", default={})


KINDS = (Peach,)


@pytest.fixture(scope="module")
def cluster(installed):
    return installed


@pytest.fixture
def pk(cluster):
    return pykorm.Pykorm(cluster)


@pytest.fixture
def peaches(cluster, ns):
    return Peach.query.using(cluster).filter_by(namespace=ns)


def stored(pk, ns, name="cake", **attributes):
    peach = Peach(namespace=ns, name=name, **{"variety": "Frost", **attributes})
    pk.save(peach)
    return peach


def test_create_and_read(pk, ns, peaches):
    peach = stored(
        pk,
        ns,
        size=Size.BIG,
        tags=["sweet"],
        origin={"farm": "hill"},
        harvests=[{"country": "IT"}],
        orchard="north",
        note="a note, with /",
        ripe=False,
        picked=datetime.datetime(2026, 7, 1, tzinfo=UTC),
    )
    assert peach.created_at.endswith("Z")
    assert peach._k8s_uid
    back = peaches.get("cake")
    assert back == peach
    assert back.size is Size.BIG
    assert (back.origin.country, back.origin.farm) == ("CH", "hill")
    assert [harvest.country for harvest in back.harvests] == ["IT"]
    assert (back.orchard, back.note, back.ripe) == ("north", "a note, with /", False)
    assert back.picked == datetime.datetime(2026, 7, 1, tzinfo=UTC)
    assert repr(back).startswith(f"<Peach namespace={ns}, name=cake, variety=Frost, ")


def test_a_save_sends_only_what_changed(pk, ns, peaches):
    peach = stored(pk, ns)
    other = peaches.get("cake")
    other.price = 7
    pk.save(other)
    peach.tags.append("sweet")
    pk.save(peach)  # another field: no conflict, and nothing of the other's is lost
    assert (peach.price, peach.tags) == (7, ["sweet"])
    back = peaches.get("cake")
    assert (back.price, back.tags) == (7, ["sweet"])


def test_a_conflict_names_the_fields(pk, ns, peaches):
    peach = stored(pk, ns, price=2)
    other = peaches.get("cake")
    other.price = 7
    pk.save(other)
    peach.price = 8
    with pytest.raises(ConflictError) as raised:
        pk.save(peach)
    (field,) = raised.value.fields
    assert (field.field, field.path, field.base, field.theirs, field.mine) == ("price", "spec.price", 2, 7, 8)
    assert raised.value.status == 409
    pk.refresh(peach)
    assert peach.price == 7


def test_both_had_the_same_idea(pk, ns, peaches):
    peach = stored(pk, ns)
    other = peaches.get("cake")
    for one in (other, peach):
        one.price = 9
        pk.save(one)
    assert peaches.get("cake").price == 9


def test_nothing_changed_nothing_sent(pk, ns):
    peach = stored(pk, ns)
    for attribute in Peach._fields_by_name:
        getattr(peach, attribute)  # reading is no change
    before = peach._stored("resourceVersion")
    pk.save(peach)
    assert peach._stored("resourceVersion") == before


def test_none_clears_a_field(pk, ns, peaches):
    peach = stored(pk, ns, size=Size.BIG, orchard="north", note="x", origin={"farm": "hill"}, harvests=[{}])
    peach.size = None
    peach.orchard = None
    peach.note = None
    peach.origin = None
    peach.harvests = None
    pk.save(peach)
    back = peaches.get("cake")
    assert (back.size, back.orchard, back.note, back.harvests) == (None, None, None, [])
    assert back.origin == Origin()


def test_what_the_class_does_not_know_survives(pk, ns, cluster, peaches):
    @pykorm.k8s_custom_object(GROUP, "v1", "peaches", "Peach")
    class Slim(pykorm.NamespacedModel):
        origin = fields.DictNestedField(
            type("Farm", (models.Nested,), {"farm": fields.DataField("farm")}), path=["spec", "origin"]
        )

    stored(pk, ns, price=5, origin={"country": "IT", "farm": "hill"})
    slim = Slim.query.using(cluster).filter_by(namespace=ns).get("cake")
    slim.origin.farm = "valley"
    pk.save(slim)
    back = peaches.get("cake")
    assert (back.price, back.origin.country, back.origin.farm) == (5, "IT", "valley")


def test_the_status_goes_to_its_subresource(pk, ns, peaches):
    peach = stored(pk, ns)
    peach.ripe = True
    peach.price = 4
    pk.save(peach)
    back = peaches.get("cake")
    assert (back.ripe, back.price) == (True, 4)


def test_lists_that_are_held_stay_part_of_the_object(pk, ns, peaches):
    tags = ["a"]
    peach = stored(pk, ns, tags=tags)
    tags.append("b")
    pk.save(peach)
    tags.append("c")
    pk.save(peach)
    assert peaches.get("cake").tags == ["a", "b", "c"]


def test_delete_and_save_again(pk, ns, peaches):
    peach = stored(pk, ns, price=3)
    pk.delete(peach)
    assert peaches.get("cake") is None
    assert (peach.name, peach.price) == ("cake", 3)
    pk.save(peach)
    assert peaches.get("cake").price == 3
    with pytest.raises(NotFound, match="Peach"):
        pk.delete(Peach(namespace=ns, name="zork", variety="x"))


def test_delete_means_the_object_that_was_read(pk, ns, peaches):
    peach = stored(pk, ns)
    again = peaches.get("cake")
    pk.delete(peach)
    pk.save(peach)  # another object of the same name
    with pytest.raises(NotFound):
        pk.delete(again)
    assert peaches.get("cake")


def test_an_object_that_is_gone(pk, ns, peaches):
    peach = stored(pk, ns)
    peaches.get("cake").delete(pk._cluster)
    peach.price = 3
    with pytest.raises(NotFound, match="Peach"):
        pk.save(peach)
    with pytest.raises(NotFound, match="Peach"):
        pk.refresh(peach)


def test_the_namespace_is_writable_and_makes_another_object(pk, ns, cluster, peaches):
    peach = stored(pk, ns, price=3)
    other = Namespace(name=unique("objects"))
    other.save(cluster)
    peach.namespace = other.name
    pk.save(peach)
    assert Peach.query.using(cluster).filter_by(namespace=other.name).get("cake").price == 3
    assert peaches.get("cake").price == 3
    other.delete(cluster)


def test_apply(pk, ns, peaches):
    peach = Peach(namespace=ns, name="cake", variety="Frost", price=3)
    pk.apply(peach)
    assert peach._k8s_uid
    other = peaches.get("cake")
    other.price = 7
    pk.save(other)
    again = Peach(namespace=ns, name="cake", variety="Frost", price=4)
    pk.apply(again)  # it was pykorm itself that saved, so this is no conflict
    assert peaches.get("cake").price == 4
    other = peaches.get("cake")
    other.price = 7
    pk.save(other, pk._cluster.with_field_manager("somebody"))
    with pytest.raises(ApplyConflict, match="spec.price") as raised:
        pk.apply(again)
    assert raised.value.owned == (("somebody", ".spec.price"),)
    pk.apply(again, force=True)
    assert peaches.get("cake").price == 4
    other = peaches.get("cake")
    other.price = 8
    pk.save(other, pk._cluster.with_field_manager("OpenAPI-Generator"))  # as pykorm 0.60 did
    pk.apply(again)
    assert peaches.get("cake").price == 4


FRUIT = [
    ("a", "Frost", 1, "north"),
    ("b", "Frost", 2, "south"),
    ("c", "Redhaven", 3, "north"),
    ("d", "Redhaven", 10, None),
    ("e", "Elberta", 7, None),
]


@pytest.fixture
def fruit(pk, ns, peaches):
    for name, variety, price, orchard in FRUIT:
        stored(pk, ns, name, variety=variety, price=price, orchard=orchard, size=Size.BIG if price > 2 else None)
    return peaches


@pytest.mark.parametrize(
    ("wanted", "conditions", "lookups"),
    [
        ("abcde", [], {}),
        ("ab", [], {"variety": "Frost"}),
        ("b", [], {"variety": "Frost", "price": 2}),
        ("cde", [], {"price__gt": 2}),
        ("cd", [], {"price__gt": 2, "price__lt": 20, "variety__in": ["Redhaven", "Frost"]}),
        ("e", [], {"variety__not_in": ["Redhaven", "Frost"]}),
        ("cd", [], {"variety__startswith": "Red"}),
        ("e", [], {"variety__regex": "^[A-E]"}),
        ("ac", [], {"orchard": "north"}),
        ("de", [], {"orchard": None}),
        ("de", [], {"orchard__isnull": True}),
        ("abc", [], {"orchard__exists": True}),
        ("cde", [], {"size": Size.BIG}),
        ("a", [], {"name": "a"}),
        ("", [], {"name": "zork"}),
        ("de", [], {"dear": True}),
        ("a", [], {"dear": False, "orchard": "north", "price": 1}),
        ("ae", [Q(price=1) | Q(variety="Elberta")], {}),
        ("bcde", [~Q(price=1)], {}),
        ("cd", [Peach.price > 2, Peach.variety != "Elberta"], {}),
        ("de", [(Peach.price > 5) & ~(Peach.variety == "Frost")], {}),
        ("b", [Peach.orchard == "south"], {}),
        ("abcde", [], {"origin__country": "CH"}),
    ],
)
def test_filters(fruit, wanted, conditions, lookups):
    query = fruit.filter(*conditions, **lookups)
    assert "".join(sorted(query.values_list("name", flat=True))) == wanted
    assert query.count() == len(wanted)
    assert query.exists() == bool(wanted)


def test_selectors(fruit):
    assert fruit.filter_by_labels(**{"orchard.example.com/name": "north"}).count() == 2
    assert fruit.filter_by_fields(**{"metadata.name": "a"}).one().name == "a"
    assert fruit.filter_by_fields(**{"spec.variety": "Frost"}).count() == 2


def test_order_slices_and_values(fruit):
    def names(query):
        return "".join(query.values_list("name", flat=True))

    assert names(fruit.order_by("-price")) == "decba"
    assert names(fruit.order_by("variety", "-price")) == "ebadc"
    assert names(fruit.order_by("-orchard", "name")) == "bacde"
    assert names(fruit.order_by("dear", "-name")) == "cbaed"
    assert names(fruit.order_by("-price")[1:3]) == "ec"
    assert names(fruit.order_by("-price")[1:][:1]) == "e"
    assert fruit.order_by("price")[0].name == "a"
    assert fruit.order_by("price")[-1].name == "d"
    with pytest.raises(IndexError):
        _ = fruit[17]
    assert fruit.filter(name="a").values("name", "price", "dear") == [{"name": "a", "price": 1, "dear": False}]
    assert fruit.filter(name="a").values_list("name", "origin__country") == [("a", "CH")]


def test_first_one_get(fruit):
    assert fruit.filter(variety="Elberta").one().name == "e"
    assert fruit.filter(variety="zork").first() is None
    assert fruit.order_by("price").first().name == "a"
    with pytest.raises(DoesNotExist):
        fruit.filter(variety="zork").one()
    with pytest.raises(MultipleObjectsReturned):
        fruit.one()
    assert fruit.get("zork") is None
    assert fruit.filter(variety="Frost").get("a").name == "a"
    assert fruit.filter(variety="Frost").get("e") is None
    with pytest.raises(ModelError, match="Must specify namespace"):
        Peach.query.get("a")


def test_a_query_is_sent_when_it_is_looked_at(fruit, pk):
    query = fruit.filter(variety="Frost")
    assert len(query) == 2
    stored_later = Peach(namespace=query.first().namespace, name="later", variety="Frost")
    pk.save(stored_later)
    assert len(query) == 2  # one result for iterating, len and bool
    assert [peach.name for peach in query] == ["a", "b"]
    assert query
    assert query.count() == 3
    assert len(query.all()) == 3
    assert not fruit.filter(variety="zork")


def test_update_and_delete_of_many(fruit):
    assert fruit.filter(variety="Frost").update(price=20, note="dear") == 2
    assert fruit.filter(price=20).values_list("note", flat=True) == ["dear", "dear"]
    assert fruit.exclude(price=20).delete() == 3
    assert fruit.count() == 2
    with pytest.raises(FieldError, match="zork"):
        fruit.update(zork=1)


def test_explain(fruit):
    text = fruit.filter(variety="Frost", price__gt=2, dear=True).explain()
    assert "fieldSelector=spec.variety%3DFrost" in text
    assert "spec.price > 2" in text
    assert "dear" in text


def test_defaults_are_seen_by_filters(pk, ns, cluster, peaches):
    @pykorm.k8s_custom_object(GROUP, "v1", "peaches", "Peach")
    class Later(Peach):
        grade: str = fields.Spec(["extra", "grade"], default="A")

    stored(pk, ns, "old")
    stored(pk, ns, "new", extra={"grade": "B"})
    later = Later.query.using(cluster).filter_by(namespace=ns)
    assert [peach.grade for peach in later.order_by("name")] == ["B", "A"]
    assert later.filter(grade="A").one().name == "old"
    assert later.filter(grade__ne="A").one().name == "new"


def test_values_that_do_not_fit_hide_nothing(pk, ns, cluster):
    @pykorm.k8s_custom_object(GROUP, "v1", "peaches", "Peach")
    class Wrong(pykorm.NamespacedModel):
        when: datetime.datetime = fields.Spec("variety")
        price: int = fields.Spec("price")

    stored(pk, ns)
    (wrong,) = Wrong.query.using(cluster).filter_by(namespace=ns)
    assert wrong.price == 1
    with pytest.raises(DecodeError, match=f"Wrong {ns}/cake: a time is needed"):
        _ = wrong.when


def test_watch(pk, ns, peaches):
    stored(pk, ns, "before")
    seen = []
    with peaches.filter(variety="Frost").watch() as watch:
        for event in watch:
            seen.append((event.type, event.object.name if event.object else None))
            if event.type == "synced":
                peach = stored(pk, ns, "cake")
                peach.price = 3
                pk.save(peach)
                peach.variety = "Redhaven"  # does not satisfy the query any more
                pk.save(peach)
            if event.type == "deleted":
                break
    assert seen == [
        ("added", "before"),
        ("synced", None),
        ("added", "cake"),
        ("modified", "cake"),
        ("deleted", "cake"),
    ]
    with pytest.raises(StopIteration):
        next(watch)


def test_watch_without_what_is_there(pk, ns, peaches):
    stored(pk, ns, "before")
    with peaches.watch(existing=False) as watch:
        assert next(watch).type == "synced"
        stored(pk, ns, "cake")
        assert next(watch).object.name == "cake"
    with pytest.raises(FieldError, match="conditions on fields only"):
        peaches.filter(dear=True).watch()


def test_native_kinds(pk, ns, cluster):
    box = ConfigMap(namespace=ns, name="box", data={"a.b-c": "1"})
    pk.save(box)
    box.data["more"] = "2"
    pk.save(box)
    back = ConfigMap.query.using(cluster).filter_by(namespace=ns).get("box")
    assert back.data == {"a.b-c": "1", "more": "2"}
    assert Namespace.query.using(cluster).get(ns).phase == "Active"
    assert Namespace.query.using(cluster).filter(name=ns).one()

    @pykorm.k8s_appsv1("Deployment")
    class Deployment(pykorm.NamespacedModel):
        replicas: int = fields.Spec("replicas")
        selector: dict = fields.Spec("selector")
        template: dict = fields.Spec("template")

    @pykorm.k8s_native("batch/v1", "Job")
    class Job(pykorm.NamespacedModel):
        pass

    labels = {"app": "web"}
    web = Deployment(
        namespace=ns,
        name="web",
        replicas=1,
        selector={"matchLabels": labels},
        template={"metadata": {"labels": labels}, "spec": {"containers": [{"name": "a", "image": "b"}]}},
    )
    pk.save(web)
    web.replicas = 3
    pk.save(web)
    assert Deployment.query.using(cluster).filter_by(namespace=ns).get("web").replicas == 3
    assert Job.query.using(cluster).filter_by(namespace=ns).all() == []


# What goes wrong.


def test_the_schema_refuses(pk, ns):
    with pytest.raises(Invalid) as raised:
        stored(pk, ns, price="much")
    error = raised.value
    assert error.status == 422
    assert any(cause.field == "spec.price" for cause in error.causes)
    assert f"Peach {ns}/cake" in str(error)
    assert "spec.price" in str(error)
    peach = stored(pk, ns)
    peach.size = "huge"
    with pytest.raises(Invalid, match="spec.size"):
        pk.save(peach)


def test_names_that_are_none(pk, ns):
    with pytest.raises(Invalid, match="metadata.name"):
        stored(pk, ns, "Not_A_Name")
    with pytest.raises((Invalid, UsageError), match="a/b"):
        stored(pk, ns, "a/b")


def test_it_exists_already(pk, ns):
    stored(pk, ns)
    with pytest.raises(AlreadyExists, match="Peach"):
        stored(pk, ns)


def test_the_kind_is_not_installed(pk, ns, cluster):
    @pykorm.k8s_custom_object(GROUP, "v1", "pears")
    class Pear(pykorm.NamespacedModel):
        pass

    with pytest.raises(NotInstalled, match="Pear"):
        Pear.query.using(cluster).all()
    with pytest.raises(NotInstalled, match="Pear"):
        pk.save(Pear(namespace=ns, name="x"))


def test_missing_names_and_namespaces(pk):
    with pytest.raises(ModelError, match="has no name"):
        pk.save(Peach(namespace="default", variety="x"))
    with pytest.raises(ModelError, match="Peach x has no namespace; set one"):
        pk.save(Peach(name="x", variety="x"))


def test_the_namespace_is_not_there(pk):
    with pytest.raises(NotFound, match="nowhere"):
        pk.save(Peach(namespace="nowhere", name="x", variety="x"))


def test_malformed_selectors(peaches):
    with pytest.raises(ApiError):
        peaches.filter_by_fields(**{"zork": "1"}).all()
    with pytest.raises((UsageError, FieldError), match="regular expression"):
        peaches.filter(variety__regex="(").all()


def test_forbidden():
    """Only the reference server knows somebody who may do nothing."""
    found = os.environ.get("KORM_REFERENCE_KUBECONFIG")
    if not found:
        pytest.skip("KORM_REFERENCE_KUBECONFIG is not set")
    nobody = pykorm.Cluster(found, context="reference-nobody")
    with pytest.raises(Forbidden, match="cannot list"):
        Namespace.query.using(nobody).all()


def test_unknown_clusters():
    with pytest.raises(ConfigError, match="there is no cluster 'zork'"):
        Namespace.query.using("zork").all()
    with pytest.raises(ConfigError, match="/nowhere/kubeconfig"):
        Namespace.query.using(pykorm.Cluster("/nowhere/kubeconfig")).all()


def test_kubeconfigs_that_are_none(tmp_path):
    def told(text, context=None):
        path = tmp_path / "kubeconfig"
        path.write_text(text)
        with pytest.raises(ConfigError) as raised:
            Namespace.query.using(pykorm.Cluster(path, context=context)).all()
        assert str(path) in str(raised.value)
        return str(raised.value)

    assert "hunter2" not in told("users: [{user: {token: hunter2\n")
    whole = (
        "apiVersion: v1\nkind: Config\nclusters: [{name: a, cluster: {server: 'https://127.0.0.1:1'}}]\n"
        "users: [{name: a, user: {token: hunter2}}]\ncontexts: [{name: a, context: {cluster: a, user: a}}]\n"
    )
    assert "zork" in told(whole, context="zork")
    assert "context" in told(whole)


def test_install_again_changes_nothing(cluster):
    cluster.install(Peach)


def test_the_crd(cluster):
    crd = Peach.crd()
    assert crd["metadata"]["name"] == f"peaches.{GROUP}"
    schema = crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    assert schema["properties"]["spec"]["properties"]["price"] == {"type": "integer", "format": "int64", "default": 1}
    assert schema["properties"]["spec"]["required"] == ["variety"]
    assert "kind: CustomResourceDefinition" in Peach.crd_yaml()
