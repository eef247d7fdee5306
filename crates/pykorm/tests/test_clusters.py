"""Several clusters at once, and handles to one cluster that behave differently."""

from __future__ import annotations

import asyncio
import time

import pykorm
import pytest
from pykorm.exceptions import ConnectError, Invalid, NotInstalled, ResidualRefused, Timeout, UsageError


@pykorm.k8s_custom_object("clusters.example.com", "v1", "peaches")
class Peach(pykorm.NamespacedModel):
    variety: str = pykorm.Spec("variety")
    price: int = pykorm.Spec("price", default=1)


@pykorm.k8s_core("Namespace")
class Namespace(pykorm.ClusterModel):
    pass


def orchard(*names: str) -> pykorm.Cluster:
    cluster = pykorm.embedded()
    cluster.install(Peach)
    for number, name in enumerate(names):
        Peach(namespace="default", name=name, variety="Frost", price=number).save(cluster)
    return cluster


@pytest.fixture
def clusters():
    nobody = pykorm.clusters.from_configuration({"host": "http://127.0.0.1:1"})
    return pykorm.Clusters(
        {"north": orchard("a", "b"), "empty": pykorm.embedded(), "nobody": nobody, "south": orchard("c")}
    )


def check(answers, clusters):
    assert [(name, peach.name) for name, peach in answers] == [("north", "a"), ("north", "b"), ("south", "c")]
    assert [peach.cluster is clusters[name] for name, peach in answers] == [True] * 3
    failures = dict(answers.failures())
    assert list(failures) == ["empty", "nobody"]
    assert isinstance(failures["empty"], NotInstalled)
    assert isinstance(failures["nobody"], ConnectError)
    assert "127.0.0.1:1" in str(failures["nobody"])
    assert len(answers) == 3
    assert [peach.name for peach in answers["north"]] == ["a", "b"]
    with pytest.raises(NotInstalled):
        answers["empty"]
    with pytest.raises(KeyError):
        answers["zork"]
    assert repr(answers) == "<Answers of 4 clusters: 3 objects, 2 failures>"


def test_one_query_over_several_clusters(clusters):
    answers = clusters.query(Peach.query.filter(variety="Frost").order_by("name"))
    check(answers, clusters)
    for name, peach in answers:
        peach.price = 7
        peach.save()
        assert Peach.query.using(clusters[name]).filter(namespace="default").get(peach.name).price == 7


def test_one_query_over_several_clusters_under_asyncio(clusters):
    check(asyncio.run(clusters.aquery(Peach.query.order_by("name"))), clusters)


def test_they_are_asked_in_parallel():
    several = pykorm.Clusters({name: orchard(name) for name in "abcd"})
    for cluster in several.values():
        cluster.faults.on("read", path="/peaches").delay(1)
    began = time.monotonic()
    assert len(several.query(Peach.query)) == 4
    assert time.monotonic() - began < 3.5  # one after the other they would take 4 seconds
    for cluster in several.values():
        assert cluster.faults.waiting == 0


def test_both_servers_at_once(any_cluster):
    own = pykorm.embedded()
    answers = pykorm.Clusters({"one": any_cluster, "own": own}).query(Namespace.query.filter(name="kube-system"))
    assert [(name, found.name) for name, found in answers] == [("one", "kube-system"), ("own", "kube-system")]
    assert [found.cluster for found in answers.objects()] == [any_cluster, own]


def test_the_clusters_of_the_configuration(monkeypatch):
    here, there = orchard("a"), orchard("b")
    monkeypatch.setattr(pykorm.Pykorm, "clusters_config", {"here": here, "there": there})
    several = pykorm.Clusters()
    assert dict(several) == {"here": here, "there": there}
    assert [name for name, _ in several.query(Peach.query)] == ["here", "there"]
    assert repr(several) == "<Clusters here, there>"


def test_an_object_knows_its_cluster():
    cluster = orchard("a")
    peach = Peach(namespace="default", name="b", variety="Frost")
    assert peach.cluster is None
    peach.save(cluster)
    assert peach.cluster is cluster
    assert Peach.query.using(cluster).first().cluster is cluster
    assert "cluster" not in peach.to_dict()
    # What is done with the object itself is done where it lives; there is no default cluster here.
    peach.price = 4
    peach.save()
    peach.price = 5
    peach.apply()
    peach.price = 6
    peach.refresh()
    assert Peach.query.using(cluster).filter(namespace="default").get("b").price == 5
    peach.delete()
    assert Peach.query.using(cluster).filter(namespace="default").get("b") is None
    peach.save()
    assert Peach.query.using(cluster).count() == 2


# Handles.


def test_dry_run_stores_nothing_and_changes_no_object():
    cluster = orchard("a")
    trial = pykorm.Pykorm(cluster.dry_run())
    new = Peach(namespace="default", name="new", variety="Frost")
    with cluster.requests() as sent:
        trial.save(new)
        assert "dryRun=All" in sent[0].path
    assert (new.cluster, new.created_at) == (None, None)
    with pytest.raises(Invalid):
        trial.save(Peach(namespace="default", name="Not_A_Name", variety="x"))
    peach = Peach.query.using(cluster).filter(namespace="default").get("a")
    peach.price = 9
    trial.save(peach)
    trial.apply(peach, force=True)
    trial.delete(peach)
    trial.add_finalizer(peach, "example.com/x")
    assert Peach.query.using(cluster).values_list("name", "price") == [("a", 0)]
    pykorm.Pykorm(cluster).save(peach)  # it still is to be saved
    assert Peach.query.using(cluster).one().price == 9


def test_refusing_a_residual():
    cluster = orchard("a")
    strict = cluster.refuse_residual()
    assert Peach.query.using(strict).filter(name="a").count() == 1
    with pytest.raises(ResidualRefused, match="price"), cluster.requests() as sent:
        Peach.query.using(strict).filter(price__gt=1).all()
    assert list(sent) == []
    assert Peach.query.using(cluster).filter(price__gt=1).all() == []


def test_timeouts():
    cluster = orchard("a")
    cluster.faults.on("read").hang()
    began = time.monotonic()
    with pytest.raises(Timeout, match="listing peaches"):
        Peach.query.using(cluster.with_timeout(0.2)).all()
    assert time.monotonic() - began < 30  # and not the 60 seconds that a call may take otherwise


def test_pages_and_managers():
    cluster = orchard("a", "b", "c")
    with cluster.requests() as sent:
        assert Peach.query.using(cluster.with_page_size(2)).count() == 3
        assert len(Peach.query.using(cluster.with_page_size(2)).all()) == 3
        assert "limit=2" in sent[-1].path
    shop = pykorm.Pykorm(cluster.with_field_manager("shop"))
    peach = Peach(namespace="default", name="d", variety="Frost")
    shop.apply(peach)
    assert "spec.variety" in shop.owned_fields(peach)
    assert pykorm.Pykorm(cluster).owned_fields(peach) == []
    # An object read by one handle is saved by another.
    peach.price = 3
    pykorm.Pykorm(cluster).save(peach)
    assert Peach.query.using(cluster).filter(namespace="default").get("d").price == 3


def test_kinds_by_name(any_cluster):
    for name in ("deploy", "deployments", "deployment", "Deployment", "deployments.apps", "deployments.v1.apps"):
        found = any_cluster.kind(name)
        assert (found._api_version(), found.__name__, found._pykorm_plural) == ("apps/v1", "Deployment", "deployments")
        assert issubclass(found, pykorm.NamespacedModel)
    with pytest.raises(UsageError, match="serves no kind called `zork`"):
        any_cluster.kind("zork")
    role = any_cluster.kind("clusterroles", fields=["rules"])
    assert issubclass(role, pykorm.ClusterModel)
    made = role(name="pykorm-test-kinds", rules=[{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}])
    made.save(any_cluster)
    assert any_cluster.query(role).get("pykorm-test-kinds").rules[0]["verbs"] == ["get"]
    made.delete(any_cluster)
    kinds = {kind.plural: kind for kind in any_cluster.kinds() if kind.api_version in ("v1", "apps/v1")}
    assert kinds["pods"] == ("v1", "Pod", "pods", True, ("po",))
    assert kinds["namespaces"].namespaced is False


def test_custom_kinds_by_name():
    cluster = orchard("a")
    found = cluster.kind("Peach")
    peach = cluster.query(found).filter(namespace="default").get("a")
    assert peach.spec == {"variety": "Frost", "price": 0}
    peach.spec["price"] = 5
    peach.save(cluster)
    assert Peach.query.using(cluster).one().price == 5

    async def main():
        assert (await cluster.akind("peaches")).__name__ == "Peach"
        assert "peaches" in [kind.plural for kind in await cluster.akinds()]

    asyncio.run(main())
