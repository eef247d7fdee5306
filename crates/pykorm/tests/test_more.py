"""Requests that are counted, updates, waits, many objects, files, kinds without a class; on every server."""

from __future__ import annotations

import threading

import pykorm
import pytest
from conftest import group, uninstall
from pykorm.exceptions import (
    ConflictError,
    Invalid,
    ModelError,
    Timeout,
    UsageError,
    ValidationError,
    WaitFailed,
)

GROUP = group("more")


@pykorm.k8s_custom_object(GROUP, "v1", "peaches")
class Peach(pykorm.NamespacedModel):
    variety: str = pykorm.Spec("variety", selectable=True)
    price: int = pykorm.Spec("price", default=1)
    ripe: bool = pykorm.Status("ripe")
    orchard: str = pykorm.Label("orchard")


KINDS = (Peach,)


@pytest.fixture
def cluster(here):
    return here


@pytest.fixture
def pk():
    return pykorm.Pykorm()


def made(count: int, **more: object) -> list[Peach]:
    return [Peach(namespace="default", name=f"p-{n:03}", variety="Frost", price=n, **more) for n in range(count)]


# Requests.


def test_a_save_is_one_request_with_one_field(cluster, pk):
    (peach,) = made(1)
    with cluster.requests() as sent:
        pk.save(peach)
        peach.price = 7
        pk.save(peach)
        pk.save(peach)
    assert [(request.method, request.status) for request in sent] == [("POST", 201), ("PATCH", 200)]
    body = sent[1].body
    assert '"path":"/spec/price"' in body
    assert "variety" not in body
    assert "Frost" not in repr(sent)
    assert len(sent) == 2
    pk.save(peach)  # not recorded any more
    assert len(sent) == 2


def test_reading_attributes_sends_nothing(cluster, pk):
    pk.save_all(made(20))
    peaches = Peach.query.all()
    with cluster.requests() as sent:
        for peach in peaches:
            assert peach.variety == "Frost"
            repr(peach)
            peach.to_dict()
            hash(peach)
    assert list(sent) == []


def test_what_the_server_can_filter_it_filters(cluster, pk):
    pk.save_all(made(5, orchard="north"))
    with cluster.requests() as sent:
        Peach.query.filter(namespace="default", variety="Frost", orchard="north", name="p-001").all()
    (request,) = sent
    assert request.path.startswith(f"/apis/{GROUP}/v1/namespaces/default/peaches?")
    assert "labelSelector=orchard%3Dnorth" in request.path
    assert "spec.variety%3DFrost" in request.path
    assert "metadata.name%3Dp-001" in request.path


def test_what_cannot_hold_is_not_asked(cluster):
    with cluster.requests() as sent:
        assert Peach.query.filter(name="a").filter(name="b").all() == []
    assert list(sent) == []


def test_pages(cluster, pk):
    pk.save_all(made(25))
    peaches = Peach.query.using(cluster.with_page_size(10))
    with cluster.requests() as sent:
        assert len(peaches.all()) == 25
        assert len(sent) == 3
        assert len(peaches[:5].all()) == 5
    assert len(sent) == 4


def test_one_list_for_iterating_len_and_bool(cluster, pk):
    pk.save_all(made(3))
    with cluster.requests() as sent:
        query = Peach.query.filter(variety="Frost")
        assert len(query) == 3
        assert [peach.price for peach in query] == [0, 1, 2]
        assert query
    assert len(sent) == 1


# Updates, waits, many at once.


def test_update_is_tried_again(cluster, pk):
    (peach,) = made(1)
    pk.save(peach)

    def count():
        mine = Peach(namespace="default", name="p-000")
        for _ in range(10):
            pk.update(mine, lambda p: setattr(p, "price", p.price + 1), attempts=100)

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pk.refresh(peach)
    assert peach.price == 80


def test_update_gives_up(cluster, pk):
    (peach,) = made(1)
    pk.save(peach)

    def contested(mine):
        other = Peach.query.filter(namespace="default").get("p-000")
        other.price += 1
        pk.save(other)
        mine.price = 99

    with pytest.raises(ConflictError):
        pk.update(peach, contested, attempts=3)


def test_waiting(cluster, pk):
    (peach,) = made(1)
    waited = Peach(namespace="default", name="p-000")
    threading.Timer(0.1, lambda: pk.save(peach)).start()
    pk.wait_for(waited, "exists", timeout=10)
    assert waited.variety == "Frost"

    def ripen():
        mine = Peach.query.filter(namespace="default").get("p-000")
        mine.ripe = True
        pk.save(mine)

    threading.Timer(0.1, ripen).start()
    pk.wait_for(waited, Peach.ripe == True, timeout=10)  # noqa: E712
    assert waited.ripe is True
    threading.Timer(0.1, lambda: pk.delete(Peach(namespace="default", name="p-000"))).start()
    pk.wait_for(waited, "gone", timeout=10)
    assert Peach.query.count() == 0
    assert waited.ripe is True


def test_waiting_in_vain(cluster, pk):
    (peach,) = made(1)
    pk.save(peach)
    with pytest.raises(Timeout, match="Peach default/p-000"):
        pk.wait_for(peach, Peach.price > 7, timeout=0.2)
    with pytest.raises(WaitFailed, match="Peach default/p-000"):
        pk.wait_for(peach, Peach.price > 7, unless=Peach.price == 0, timeout=10)
    with pytest.raises(UsageError, match="a condition is needed"):
        pk.wait_for(peach, True)


def test_many(cluster, pk):
    seen = []
    peaches = made(40)
    peaches[7].price = "much"
    outcomes = pk.save_all(peaches, concurrency=8, progress=lambda done, total: seen.append((done, total)))
    assert [outcome.object.name for outcome in outcomes] == [peach.name for peach in peaches]
    assert [outcome.object.name for outcome in outcomes if not outcome.ok] == ["p-007"]
    assert isinstance(outcomes[7].error, Invalid)
    assert seen == [(done, 40) for done in range(1, 41)]
    assert Peach.query.count() == 39
    assert [outcome.ok for outcome in pk.delete_all(peaches)].count(False) == 1
    assert Peach.query.count() == 0
    assert pk.save_all([]) == []


def test_validating_before_sending():
    @pykorm.k8s_custom_object(GROUP, "v1", "pears")
    class Pear(pykorm.NamespacedModel):
        """Never installed: the class's own schema is what counts."""

        price: int = pykorm.Spec("price", schema={"minimum": 1})

    Pear(namespace="default", name="a", price=3).validate()
    with pytest.raises(ValidationError, match="Pear default/a is invalid: spec.price: Invalid value: 0") as raised:
        Pear(namespace="default", name="a", price=0).validate()
    (cause,) = raised.value.causes
    assert (cause.field, cause.reason) == ("spec.price", "FieldValueInvalid")


# Files, and kinds without a class.

TEXT = f"""
apiVersion: {GROUP}/v1
kind: Plum
metadata: {{name: opal}}
spec: {{sweet: true}}
---
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Namespace
  metadata: {{name: NAMESPACE}}
- apiVersion: v1
  kind: ConfigMap
  metadata: {{name: box, namespace: NAMESPACE}}
  data: {{a: "1"}}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: plums.{GROUP}}}
spec:
  group: {GROUP}
  names: {{kind: Plum, plural: plums}}
  scope: Cluster
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec: {{type: object, x-kubernetes-preserve-unknown-fields: true}}
"""


@pytest.fixture
def text(cluster, ns):
    yield TEXT.replace("NAMESPACE", ns)
    uninstall(cluster, f"plums.{GROUP}")


def test_objects_from_a_file(cluster, text, tmp_path):
    assert cluster.load(text) == 4
    plum = pykorm.dynamic(f"{GROUP}/v1", "Plum", "plums", namespaced=False)
    (opal,) = plum.query
    assert opal.spec == {"sweet": True}
    assert repr(opal) == "<Plum name=opal, labels={}, annotations={}, spec={'sweet': True}>"
    path = tmp_path / "objects.yaml"
    path.write_text(text.replace("sweet: true", "sweet: false"))
    assert cluster.load(path) == 4
    assert plum.query.one().spec == {"sweet": False}


def test_files_that_are_none(cluster):
    with pytest.raises(UsageError, match="line") as raised:
        cluster.load("data: {password: hunter2\n")
    assert "hunter2" not in str(raised.value)
    with pytest.raises(UsageError, match="apiVersion and a kind"):
        cluster.load("a: b\n")
    with pytest.raises(UsageError, match="neither a kind of Kubernetes itself nor defined"):
        cluster.load("apiVersion: nowhere.example.com/v1\nkind: Nothing\nmetadata: {name: x}\n")


def test_kinds_without_a_class(cluster, ns):
    config_map = pykorm.dynamic("v1", "ConfigMap")
    box = config_map(namespace=ns, name="box", data={"a": "1"}, labels={"x": "y"})
    box.save()
    box.data["b"] = "2"
    box.labels["z"] = "w"
    box.save()
    back = config_map.query.filter(namespace=ns, labels__x="y").one()
    assert (back.data, back.labels) == ({"a": "1", "b": "2"}, {"x": "y", "z": "w"})
    del back.data["a"]
    back.save()
    assert config_map.query.filter(namespace=ns).get("box").data == {"b": "2"}
    with pytest.raises(ModelError, match="its plural is needed"):
        pykorm.dynamic("nowhere.example.com/v1", "Nothing")


def test_native_kinds_know_where_they_live():
    with pytest.raises(ModelError, match="must inherit from ClusterModel"):
        pykorm.k8s_core("Node")(type("Node", (pykorm.NamespacedModel,), {}))
    with pytest.raises(ModelError, match="must inherit from NamespacedModel"):
        pykorm.k8s_native("batch/v1", "Job")(type("Job", (pykorm.ClusterModel,), {}))
